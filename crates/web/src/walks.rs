//! Short walks through the doors, as visitors go them.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::{Method, StatusCode};
use domain::warning::{Fact, Gate, Stage};
use flow::canaries;
use flow::deliver::post::Post;
use flow::deliver::read_back::ReadBack;
use flow::house::{Clock, House};
use flow::jobs;
use jiff::ToSpan;
use maud::Markup;
use store::testing::digest_of_all;
use store::{Db, StoreError, contacts, warnings};

use crate::may::{Anybody, May};
use crate::routes::{Route, Verb, open, table};
use crate::testing::{
    Answer, CANARY, INVENTORY, Knock, NOW, OWN, Scratch, Template, Visitor, WORKAROUND, World, house,
};
use crate::{Rate, WebError};

/// Somebody at the doors of a world.
struct Somebody<'a> {
    world: &'a World,
    doors: &'a Router,
    visitor: Visitor,
}

impl Somebody<'_> {
    async fn gets(&self, path: &str) -> Answer {
        self.knocks(Knock::new(Method::GET, path).from(self.world.known.token(self.visitor))).await
    }

    async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.world.known.form_token(self.visitor);
        let fields = [&[("token", token.as_str())], fields].concat();
        let knock = Knock::new(Method::POST, path).from(self.world.known.token(self.visitor));
        self.knocks(knock.form(&fields)).await
    }

    /// Whoever is no officer reads no word of the other participant, whatever was asked: page, file, error. What was
    /// typed comes back to whoever typed it, and a demonstration shows everything to everybody.
    async fn knocks(&self, knock: Knock) -> Answer {
        let asked = format!("{} {}", knock.path, String::from_utf8_lossy(&knock.body));
        let answer = knock.at(self.doors).await;
        let is_officer = matches!(self.visitor, Visitor::Analyst | Visitor::DutyOfficer);
        if !is_officer && !asked.contains(CANARY) && !asked.contains("/demo") {
            let output = format!("{:?}\n{}", answer.headers, answer.text());
            let foreign = format!("{CANARY}zuid");
            assert_eq!(canaries::found(output.as_bytes(), [foreign.as_str()]), None, "{asked}");
        }
        answer
    }

    async fn stage(&self) -> Stage {
        let own = self.world.known.own;
        let house = &self.world.house;
        let found = warnings::of_participant(&house.db, own.warning, own.participant, house.now()).await;
        found.unwrap().unwrap().stage(house.now())
    }
}

#[tokio::test]
async fn a_link_in_a_mail_signs_in_once_and_opening_it_changes_nothing() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };

    let home = nobody.gets("/my").await;
    assert_eq!(home.header("location"), Some("/sign-in?back=%2Fmy"));
    let stranger = nobody.posts("/sign-in", &[("mail", "nobody@elsewhere.example")]).await;
    let known =
        nobody.posts("/sign-in", &[("mail", " Anna@Noordzorg.example"), ("back", "/my/assets")]).await;
    assert_eq!(
        (stranger.status, &stranger.body),
        (known.status, &known.body),
        "the answer does not tell who is known"
    );
    jobs::work_off(&world.house).await.unwrap();
    let Post::Catcher(catcher) = &world.house.post else { panic!("a test sends nothing") };
    let mails: Vec<_> =
        catcher.mails().into_iter().filter(|mail| mail.to == "anna@noordzorg.example").collect();
    let text = ReadBack::of(&mails.last().unwrap().bytes).text;
    let link =
        text.lines().find_map(|line| line.trim().strip_prefix("http://127.0.0.1:8080")).unwrap().to_owned();

    let before = digest_of_all(&world.house.db).await;
    let shown = nobody.gets(&link).await;
    assert!(
        shown.text().contains(&format!("action=\"{link}\"")) && shown.text().contains("anna van noordzorg")
    );
    assert_eq!(digest_of_all(&world.house.db).await, before);

    let back = known.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let press = async || Knock::new(Method::POST, &link).with("cookie", &back).form(&[]).at(&doors).await;
    let signed_in = press().await;
    assert_eq!(signed_in.header("location"), Some("/my/assets"), "back to where they were going");
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("dijkwacht=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap().to_owned();
    let again = press().await;
    assert_eq!((again.status, again.header("set-cookie")), (StatusCode::OK, None), "a link works once");

    let mine = Knock::new(Method::GET, "/my").with("cookie", &session).at(&doors).await;
    assert!(mine.text().contains("anna van noordzorg"));
}

#[tokio::test]
async fn over_tls_the_session_stays_with_this_host_and_browsers_come_back_over_tls_only() {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.0.join("tls.sqlite")).await.unwrap();
    let mut world = World::settle(db, &folder.0.join("papers")).await;
    world.house.team = std::sync::Arc::new(flow::house::Team {
        address: "https://z-cert.example".into(),
        ..(*world.house.team).clone()
    });
    let doors = world.doors(table());
    let link = format!("/sign-in/{}", world.known.code);
    let signed_in = Knock::new(Method::POST, link).form(&[]).at(&doors).await;
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-dijkwacht=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    assert!(
        signed_in.header("strict-transport-security").is_some_and(|it| it.starts_with("max-age=31536000"))
    );
    let session = cookie.split(';').next().unwrap();
    let plain = session.trim_start_matches("__Host-").to_owned();
    let home =
        async |cookie: &str| Knock::new(Method::GET, "/my").with("cookie", cookie).at(&doors).await.status;
    assert_eq!(home(session).await, StatusCode::OK);
    assert_eq!(home(&plain).await, StatusCode::SEE_OTHER, "a cookie that a neighbour planted is none");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let mut said = BTreeSet::new();
    let style = crate::static_files::style().path();
    for (visitor, path) in [
        (Visitor::Admin, "/my"),
        (Visitor::Nobody, "/my/warnings/x"),
        (Visitor::Nobody, "/nowhere"),
        (Visitor::Nobody, "/livez"),
        (Visitor::DutyOfficer, "/desk"),
        (Visitor::Admin, style),
    ] {
        let answer = Somebody { world: &world, doors: &doors, visitor }.gets(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(!policy.contains("unsafe") && policy.contains("trusted-types dijkwacht"), "{policy}");
        for name in
            ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "permissions-policy"]
        {
            said.insert(format!("{name}: {}", answer.header(name).unwrap()));
        }
        let expected = if path == style { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(expected), "{path}");
    }
    assert_eq!(said.len(), 4, "the same everywhere: {said:?}");
    let put = Knock::new(Method::PUT, "/my").at(&doors).await;
    assert_eq!((put.status, put.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, Some("GET,HEAD")));
}

#[tokio::test]
async fn a_claim_is_noted_and_a_refusal_says_what_would_work() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let at = format!("/my/warnings/{}/claims", world.known.own.warning);
    let mut log = String::new();
    for (visitor, measure, executed_at) in [
        (Visitor::Nobody, WORKAROUND.to_string(), ""),
        (Visitor::Reader, WORKAROUND.to_string(), ""),
        (Visitor::Admin, WORKAROUND.to_string(), "2020-01-13T16:30"),
        (Visitor::Admin, WORKAROUND.to_string(), ""),
        (Visitor::Admin, WORKAROUND.to_string(), "2020-01-13T17:30"),
        (Visitor::Admin, WORKAROUND.to_string(), "yesterday"),
        (Visitor::Admin, world.known.advisory.to_string(), ""),
        (Visitor::Admin, String::new(), ""),
    ] {
        let somebody = Somebody { world: &world, doors: &doors, visitor };
        let answer = somebody.posts(&at, &[("measure", &measure), ("executed_at", executed_at)]).await;
        let html = answer.text();
        let why =
            html.split("data-error").nth(1).and_then(|rest| rest.split("<p>").nth(1)?.split('<').next());
        log += &format!("{visitor:?} {} {}\n", answer.status.as_u16(), why.unwrap_or_default());
    }
    insta::assert_snapshot!(log, @r"
    Nobody 404 Het adres klopt niet, of deze pagina is niet voor u.
    Reader 404 Het adres klopt niet, of deze pagina is niet voor u.
    Admin 303 
    Admin 303 
    Admin 422 Dit tijdstip ligt in de toekomst. Kies een tijdstip dat al voorbij is.
    Admin 422 Dit is geen datum of tijd die wij kennen. Kies er een met de kalender.
    Admin 422 Deze maatregel hoort niet bij deze waarschuwing. Kies er een van de pagina.
    Admin 422 Kies welke maatregel u heeft genomen.
    ");
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let english = Knock::new(Method::POST, &at)
        .from(world.known.token(Visitor::Admin))
        .with("accept-language", "en-GB, nl;q=0.5")
        .form(&[("token", &world.known.form_token(Visitor::Admin))])
        .at(&doors)
        .await;
    assert!(english.text().contains("Choose which measure you took."));
    assert_eq!(admin.stage().await, Stage::Claimed);
}

#[tokio::test]
async fn a_citizen_number_is_kept_nowhere_whatever_the_field() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let at = format!("/my/warnings/{}/answers", world.known.own.warning);
    let before = digest_of_all(&world.house.db).await;
    let accepted = [
        ("answer", "risk_accepted"),
        ("manager", "H. Polder"),
        ("until", "2020-02-01"),
        ("reason", "het dossier van 111222333 staat erop"),
    ];
    let answer = admin.posts(&at, &accepted).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("burgerservicenummer") && !answer.text().contains("111222333"));
    let list = "vendor,product,notes\nCitrix,NetScaler,BSN 111222333\n";
    let upload = Knock::new(Method::POST, "/my/assets/import").from(world.known.token(Visitor::Admin));
    let answer = upload.file(&world.known.form_token(Visitor::Admin), list).at(&doors).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !world
            .house
            .papers
            .path()
            .join(store::papers::Folder::place(store::papers::Digest::of(list.as_bytes())))
            .exists()
    );
    assert_eq!(digest_of_all(&world.house.db).await, before);
}

#[tokio::test]
async fn where_there_is_no_room_an_inventory_is_not_kept_and_the_page_says_so() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let brings = async || {
        let list = "vendor,product\nCitrix,NetScaler\n";
        let upload = Knock::new(Method::POST, "/my/assets/import").from(world.known.token(Visitor::Admin));
        upload.file(&world.known.form_token(Visitor::Admin), list).at(&doors).await
    };
    let before = digest_of_all(&world.house.db).await;
    world.house.room.let_be_free(300 << 20);
    let answer = brings().await;
    assert_eq!(answer.status, StatusCode::INSUFFICIENT_STORAGE);
    assert!(answer.text().contains("085-000 00 10"), "whom to call: {}", answer.text());
    assert_eq!(digest_of_all(&world.house.db).await, before);
    world.house.room.let_be_free(2 << 30);
    assert_eq!(brings().await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_gate_holds_is_not_there_for_its_participant_and_has_a_line_on_the_desk() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let own = world.known.own;
    world
        .house
        .write("hold", async |tx| {
            let mut warning = warnings::take(tx, own.warning, own.participant).await?.unwrap();
            warnings::learn(tx, &mut warning, &[(NOW, Fact::Gate(Gate::Blocked))], NOW).await
        })
        .await
        .unwrap();
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let page = format!("/my/warnings/{}", own.warning);
    assert_eq!(admin.gets(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.posts(&format!("{page}/opening"), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(!admin.gets("/my").await.text().contains("2020-0042"));
    let officer = Somebody { world: &world, doors: &doors, visitor: Visitor::DutyOfficer };
    assert!(officer.gets(&format!("/desk/warnings/{}", own.warning)).await.text().contains("noordzorg"));
}

#[tokio::test]
async fn what_could_not_be_stored_is_never_called_stored() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    world.house.db.close().await;
    let at = format!("/my/warnings/{}/claims", world.known.own.warning);
    let answer = admin.posts(&at, &[("measure", &WORKAROUND.to_string())]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("Dit is niet opgeslagen") && answer.text().contains("085-000 00 10"));
    assert!(!answer.text().to_lowercase().contains("sqlx") && !answer.text().contains("closed"));
    let page = admin.gets("/my").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(admin.gets("/livez").await.status, StatusCode::OK, "it lives,");
    assert_eq!(admin.gets("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE, "and is not ready");
}

#[tokio::test]
async fn a_handler_that_panics_costs_one_visitor_one_page_with_a_number() {
    async fn falls(_: House, _: May<Anybody>, (): (), (): ()) -> Result<Markup, WebError> {
        let nothing: [u8; 0] = [];
        Ok(maud::html! { (nothing[usize::from(nothing.len() < 9)]) })
    }
    let template = Template::new().await;
    let world = template.copy(1).await;
    let falling = Route::get("/falls", Rate::Page, falls);
    let doors = world.doors(table().into_iter().chain([falling]).collect());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };
    let answer = nobody.gets("/falls").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        answer.text().contains("Noem dit nummer als u belt:")
            && !answer.text().contains("index out of bounds")
    );
    assert_eq!(nobody.gets("/livez").await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_the_doors_for_papers_and_lists_take_much_and_a_flood_is_turned_away_with_the_telephone_number()
{
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let much = "x".repeat((1 << 20) + 1);
    let duty_officer = world.known.form_token(Visitor::DutyOfficer);
    let paper = Knock::new(Method::POST, "/desk/papers").from(world.known.token(Visitor::DutyOfficer));
    let taken = paper.file(&duty_officer, &much).at(&doors).await;
    assert_eq!(taken.header("location"), Some("/desk/shelf?done=paper-shelved"));
    let bare = Knock::new(Method::POST, "/desk/papers")
        .from(world.known.token(Visitor::DutyOfficer))
        .with("content-type", "application/json")
        .with("x-form-token", &duty_officer);
    let bare = Knock { body: much.clone().into_bytes(), ..bare }.at(&doors).await;
    assert_eq!(bare.header("location"), Some("/desk/advisories?done=paper-known"), "the same bytes");
    let list = Knock::new(Method::POST, "/my/assets/import").from(world.known.token(Visitor::Admin));
    let read = list.file(&world.known.form_token(Visitor::Admin), &much).at(&doors).await;
    assert_eq!(read.status, StatusCode::OK, "whatever its columns are");
    let columns =
        Knock::new(Method::POST, "/my/assets/import/columns").from(world.known.token(Visitor::Admin));
    let turned = columns.file(&world.known.form_token(Visitor::Admin), &much).at(&doors).await;
    assert_eq!(turned.status, StatusCode::PAYLOAD_TOO_LARGE);

    let counted = open(world.house.clone());
    let mut last = None;
    for _ in 0..21 {
        last = Some(Knock::new(Method::GET, "/sign-in").at(&counted).await);
    }
    let last = last.unwrap();
    assert_eq!((last.status, last.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("10")));
    assert!(last.text().contains("085-000 00 10"));
    let page = Knock::new(Method::GET, "/livez").at(&counted).await;
    assert_eq!(page.status, StatusCode::OK, "other doors are still open");
}

#[tokio::test]
async fn a_list_shows_its_difference_before_it_counts() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let count = async || {
        store::assets::of_participant(&world.house.db, world.known.own.participant, 100).await.unwrap().len()
    };
    let list = Knock::new(Method::POST, "/my/assets/import").from(world.known.token(Visitor::Admin));
    let shown = list.file(&world.known.form_token(Visitor::Admin), INVENTORY).at(&doors).await;
    let html = shown.text();
    assert!(html.contains("FortiGate") && !html.contains("vpn.kanariezuid"), "{html}");
    assert_eq!(count().await, 1, "nothing is saved yet");
    let upload = html.split("name=\"upload\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let colleague = Somebody { world: &world, doors: &doors, visitor: Visitor::Reader };
    assert_eq!(
        colleague.posts("/my/assets/import/confirm", &[("upload", &upload)]).await.status,
        StatusCode::NOT_FOUND
    );
    let other = format!("{}x", &upload[..upload.len() - 1]);
    let forged = admin.posts("/my/assets/import/confirm", &[("upload", &other)]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = admin.posts("/my/assets/import/confirm", &[("upload", &upload)]).await;
    assert_eq!(saved.header("location"), Some("/my/assets?done=assets-imported"));
    assert_eq!(count().await, 2);
}

#[tokio::test]
async fn what_goes_out_is_released_by_a_second_person() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    // What was claimed was claimed before.
    world.house.move_clock(NOW + 1.hour());
    let officer = Somebody { world: &world, doors: &doors, visitor: Visitor::DutyOfficer };
    let at = format!("/desk/advisories/{}", world.known.advisory);
    let doubt = [
        ("measure", WORKAROUND.to_string()),
        ("reliability", "revoked".into()),
        ("reason", "a bypass".into()),
    ];
    let doubt: Vec<(&str, &str)> = doubt.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(officer.posts(&format!("{at}/measures"), &doubt).await.status, StatusCode::SEE_OTHER);
    let page = officer.gets(&at).await.text();
    assert!(page.contains("2 waarschuwingen gaan hierdoor weer open"), "both lean on it");
    let own = officer.posts(&format!("{at}/release"), &[]).await;
    assert!(own.status == StatusCode::UNPROCESSABLE_ENTITY && own.text().contains("Wie iets schrijft"));
    let analyst = Somebody { visitor: Visitor::Analyst, ..officer };
    let draft = format!("/desk/drafts/{}", world.known.advisory);
    // It was begun before the measure was revoked, and must not take that back.
    let page = analyst.gets(&draft).await.text();
    assert!(page.contains("is veranderd"), "what waits is no longer what the draft went on from");
    assert_eq!(analyst.posts(&format!("{draft}/catch-up"), &[]).await.status, StatusCode::SEE_OTHER);
    let words = [
        ("summary_nl", "Er is een lek."),
        ("abuse_nl", "Kijk in het logboek."),
        ("measure-0-steps_nl", "Zet hem aan."),
        ("reason", "clearer"),
        ("then", "hand-in"),
    ];
    let typed = typed_again(&analyst.gets(&draft).await.text(), &words);
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
    let handed_in = analyst.posts(&draft, &typed).await;
    let gaps = analyst.gets(&draft).await.text();
    let gaps =
        gaps.split("id=\"checker\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    assert_eq!(handed_in.header("location"), Some(format!("{at}?done=proposed#proposal").as_str()), "{gaps}");
    let officer = Somebody { visitor: Visitor::DutyOfficer, ..analyst };
    let released = officer.posts(&format!("{at}/release"), &[]).await;
    assert_eq!(released.header("location"), Some(format!("{at}?done=released").as_str()));
    jobs::work_off(&world.house).await.unwrap();
    assert_eq!(officer.stage().await, Stage::Notified, "a new run, of which they were told");
    let admin = Somebody { visitor: Visitor::Admin, ..officer };
    let page = admin.gets(&format!("/my/warnings/{}", world.known.own.warning)).await.text();
    assert!(page.contains("Uw maatregel is niet meer genoeg."));
}

/// The fields of the editor as a browser would send them, with some of them filled in otherwise.
fn typed_again(page: &str, instead: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.split("data-autosaved").nth(1).unwrap().split("</form>").next().unwrap();
    let words = |text: &str| {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(words)
    };
    let mut fields = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, inside) = part.split_once('>').unwrap();
        let name = || attribute(tag, "name").unwrap_or_default();
        if tag.starts_with("input") {
            let is_box = tag.contains("type=\"checkbox\"");
            if !is_box || tag.contains(" checked") {
                fields.push((name(), attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea") {
            fields.push((name(), words(inside)));
        } else if tag.starts_with("select") {
            fields.push((name(), String::new()));
        } else if tag.starts_with("option") {
            // A question that nobody has answered yet is answered with the first that can be said.
            let chosen = fields.last_mut().unwrap();
            let is_first = chosen.0.starts_with("answer-") && chosen.1.is_empty();
            if is_first || tag.contains(" selected") {
                chosen.1 = attribute(tag, "value").unwrap_or_default();
            }
        }
    }
    fields.retain(|(name, _)| name != "token" && instead.iter().all(|(other, _)| other != name));
    fields.extend(instead.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

#[tokio::test]
async fn a_page_hears_that_something_changed_and_is_cut_off_with_its_visitor() {
    use axum::body::Body;
    use axum::http::Request;
    use futures_util::StreamExt;
    use tower::ServiceExt;

    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let cookie = format!("dijkwacht={}", world.known.token(Visitor::Reader).unwrap());
    let request = Request::get("/events").header("cookie", cookie).body(Body::empty()).unwrap();
    let mut events = doors.oneshot(request).await.unwrap().into_body().into_data_stream();
    let own = world.known.own;
    let change = async |what: &'static str, number: u128| {
        let id = domain::ids::ContactId(uuid::Uuid::from_u128(own.participant.0.as_u128() | number));
        let done = async |tx: &mut store::Tx| contacts::remove(tx, id, own.participant, NOW).await;
        world.house.write::<_, StoreError>(what, done).await.unwrap();
    };
    change("remove somebody", 4).await;
    let heard = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert_eq!(heard, "event: changed\ndata: 1\n\n", "that something changed, and nothing of what");
    change("remove the listener", 2).await;
    assert!(events.next().await.is_none(), "who lost the role hears no more");
}

#[tokio::test]
async fn every_form_and_every_link_of_every_page_leads_to_a_door() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let leads = |verb: Verb, place: &str| {
        let path = place.split(['?', '#']).next().unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        table().iter().any(|route| {
            let own: Vec<&str> = route.door.path.split('/').collect();
            let fits = |(own, part): (&&str, &&str)| own == part || own.starts_with('{') && !part.is_empty();
            route.door.verb == verb && own.len() == parts.len() && own.iter().zip(&parts).all(fits)
        })
    };
    let (mut pages, mut places, mut wrong) = (0, BTreeSet::new(), BTreeSet::new());
    for visitor in Visitor::ALL {
        let somebody = Somebody { world: &world, doors: &doors, visitor };
        for route in
            table().iter().filter(|route| route.door.verb == Verb::Get && route.door.path != "/events")
        {
            let mut path = route.door.path.to_owned();
            for (name, id) in [
                ("{file}", "x".to_owned()),
                ("{code}", world.known.code.clone()),
                ("{of}", world.known.own.participant.to_string()),
            ] {
                path = path.replace(name, &id);
            }
            let own = match route.door.path {
                "/my/warnings/{id}" | "/desk/warnings/{id}" => world.known.own.warning.to_string(),
                "/my/assets/{id}" | "/desk/participants/{of}/assets/{id}" => {
                    world.known.own.asset.to_string()
                }
                "/desk/participants/{id}" | "/desk/participants/{id}/agreements" => {
                    world.known.own.participant.to_string()
                }
                "/desk/advisories/{id}" => world.known.advisory.to_string(),
                "/desk/organisations/{id}" | "/desk/organisations/{id}/designation" => {
                    world.known.organisation.clone()
                }
                "/desk/disclosures/{id}" => world.known.disclosure.to_string(),
                _ => "0".to_owned(),
            };
            let html = somebody.gets(&path.replace("{id}", &own)).await.text();
            pages += usize::from(!html.is_empty());
            for (before, verb) in [
                ("method=\"post\" action=\"", Verb::Post),
                ("method=\"get\" action=\"", Verb::Get),
                ("href=\"/", Verb::Get),
            ] {
                for rest in html.split(before).skip(1) {
                    let place = rest.split('"').next().unwrap();
                    let place =
                        if before.starts_with("href") { format!("/{place}") } else { place.to_owned() };
                    if !leads(verb, &place) {
                        wrong.insert(format!("{path}: {verb:?} {place}"));
                    }
                    places.insert(place);
                }
            }
        }
    }
    eprintln!("pages: {pages}, places: {}", places.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(places.len() > 60, "{}", places.len());
}

#[tokio::test]
async fn without_the_clock_of_a_story_there_is_no_door_to_it() {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.0.join("wall.sqlite")).await.unwrap();
    let wall = open(house(db, &folder.0.join("papers"), Clock::Wall, 1));
    for path in ["/demo", "/demo/mail", "/demo/mail/0"] {
        assert_eq!(Knock::new(Method::GET, path).at(&wall).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let become_somebody = Knock::new(Method::POST, "/demo/sign-in").form(&[("as", "contact")]);
    assert_eq!(become_somebody.at(&wall).await.status, StatusCode::NOT_FOUND);
    let ready = Knock::new(Method::GET, "/readyz").at(&wall).await;
    assert_eq!((ready.status, ready.text().as_str()), (StatusCode::OK, "ready\n"));
}

#[tokio::test]
async fn who_shows_a_story_becomes_somebody_as_often_as_they_like() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };
    for time in ["first", "second"] {
        let ordered = nobody.posts("/demo/sign-in", &[("as", "contact")]).await;
        assert!(
            ordered.header("set-cookie").unwrap().starts_with("back=;"),
            "a link signs in, not this door"
        );
        let link = ordered.header("location").unwrap().to_owned();
        let signed_in = nobody.posts(&link, &[]).await;
        assert!(signed_in.header("set-cookie").unwrap().starts_with("dijkwacht="), "{time}");
        let again = nobody.posts(&link, &[]).await;
        assert_eq!(again.header("set-cookie"), None, "{time}");
    }
    let stranger = nobody.posts("/demo/sign-in", &[("as", "king")]).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_visitor_chooses_language_and_colours_and_comes_back_to_the_same_page() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };
    let chosen = nobody.posts("/settings", &[("language", "en"), ("back", "/sign-in?back=%2Fmy")]).await;
    assert_eq!(chosen.header("location"), Some("/sign-in?back=%2Fmy"));
    let cookie = chosen.header("set-cookie").unwrap();
    assert!(cookie.starts_with("language=en; Path=/;"), "{cookie}");
    let page =
        Knock::new(Method::GET, "/sign-in").with("cookie", "language=en; theme=dark").at(&doors).await.text();
    assert!(
        page.contains("lang=\"en\" data-theme=\"dark\"") && page.contains("Your e-mail address"),
        "{page}"
    );
    let elsewhere = nobody.posts("/settings", &[("language", "en"), ("back", "//evil.example/")]).await;
    assert_eq!(elsewhere.header("location"), Some("/"));
    assert!(page.contains("Dijkwacht") && !page.contains(OWN));
}

#[tokio::test]
async fn a_finder_without_an_account_hands_in_and_reads_nobodys_name() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };
    let page = format!("/finders/{}", world.known.finder_code);
    let brings = async |list: &str| {
        let answer = Knock::new(Method::POST, format!("{page}/sets")).file("", list).at(&doors).await;
        (answer.status, answer.header("location").unwrap_or_default().to_owned(), answer.text())
    };
    let row = |host: &str| format!("2020-01-13T12:00:00Z,{host},CVE-2019-19781,vulnerable,safe_check\n");
    let hosts = [format!("vpn.{OWN}.example"), format!("vpn.{CANARY}zuid.example")].map(|host| row(&host));
    let list = format!("at,host,finding,seen,method\n{}", hosts.concat());
    let (status, first, _) = brings(&list).await;
    assert!(status == StatusCode::SEE_OTHER && first.contains("done=set-taken"), "{status} {first}");
    let before = digest_of_all(&world.house.db).await;
    assert!(brings(&list).await.1.contains("done=set-known"));
    let (status, _, refusal) = brings("vendor,product\nCitrix,ADC\n").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(digest_of_all(&world.house.db).await, before, "neither changed anything");

    jobs::work_off(&world.house).await.unwrap();
    world.house.move_clock(NOW + 25.hours());
    jobs::work_off(&world.house).await.unwrap();
    let shown = nobody.gets(&page).await.text();
    assert!(shown.contains("minder dan vijf") || shown.contains("fewer than five"), "{shown}");
    let part = |part: &str| shown.split('"').find(|it| it.contains(part)).unwrap().replace("&amp;", "&");
    let text = nobody.gets(&part("/receipt?part=text")).await.text();
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((said["schema"].as_str(), said["rows"].as_u64()), (Some("dijkwacht.receipt/1"), Some(2)));
    let signature = nobody.gets(&part("/receipt?part=signature")).await.text();
    assert_eq!(signature, world.house.key.sign(flow::signing::RECEIPT, text.as_bytes()));
    let signers = nobody.gets("/.well-known/dijkwacht-signers").await.text();
    assert!(signers.contains(&world.house.key.public()), "{signers}");
    let link = &part("/receipt?set=");
    let receipt = nobody.gets(link).await;
    assert_eq!(receipt.header("content-type"), Some("application/json"));
    let proof: serde_json::Value = serde_json::from_str(&receipt.text()).unwrap();
    assert_eq!(proof["entry"]["set_handed_in"]["rows"], 2);
    for text in [&refusal, &shown, &receipt.text(), &text] {
        assert!(!text.contains(OWN) && !text.contains(CANARY), "{text}");
    }
    let elsewhere = nobody.gets(&format!("/finders/{}", "0".repeat(48))).await;
    assert_eq!(elsewhere, nobody.gets("/finders/nothing").await);
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_supervisor_reads_what_the_hour_told_and_nobody_works_out_what_happened_since() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let supervisor = Somebody { world: &world, doors: &doors, visitor: Visitor::Supervisor };
    let untold = supervisor.gets("/desk/figures").await;
    assert!(untold.text().contains("Er zijn nog geen cijfers verteld"), "{}", untold.text());
    flow::disclose::figures_told::begin(&world.house).await.unwrap();
    jobs::work_off(&world.house).await.unwrap();
    let told = supervisor.gets("/desk/figures").await.text();
    assert!(told.contains("minder dan vijf"), "two hospitals are few");
    // Nothing that happens within the hour is to be seen there, and everything at the desk.
    let count = |html: &str| html.matches("<td class=\"number\">2</td>").count();
    assert_eq!(count(&told), 0, "{told}");
    let officer = Somebody { world: &world, doors: &doors, visitor: Visitor::DutyOfficer };
    assert!(count(&officer.gets("/desk/figures").await.text()) > 0);
}

#[tokio::test]
async fn a_designation_is_seen_before_it_is_said_and_what_was_said_before_stays_readable() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let analyst = Somebody { world: &world, doors: &doors, visitor: Visitor::Analyst };
    let team = [("id", "Havenring"), ("name", "Havenring"), ("kind", "OK"), ("groups", "Ports, water")];
    let added = analyst.posts("/desk/organisations", &team).await;
    assert_eq!(added.header("location"), Some("/desk/organisations/havenring?done=organisation-said"));
    let twice = analyst.posts("/desk/organisations", &team).await;
    assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.text().contains("staat er al"));

    let here = "/desk/organisations/havenring";
    let days = "document=stcrt-2020-4410&group=water&signed_on=2020-01-10&in_force_from=2020-01-12";
    let before = digest_of_all(&world.house.db).await;
    let shown = analyst.gets(&format!("{here}/designation?{days}")).await.text();
    assert!(shown.contains("in werking") && shown.contains("gaat hierdoor niets"), "{shown}");
    assert_eq!(digest_of_all(&world.house.db).await, before, "seen is not said");
    let said = |in_force_from: &'static str| {
        [
            ("document", "stcrt-2020-4410"),
            ("group", "water"),
            ("signed_on", "2020-01-10"),
            ("in_force_from", in_force_from),
        ]
    };
    let designate = format!("{here}/designations");
    let first = analyst.posts(&designate, &said("2020-01-12")).await;
    assert_eq!(first.header("location"), Some("/desk/disclosures?done=designation-said#waiting"));
    let again = analyst.posts(&designate, &said("2020-01-12")).await;
    assert!(again.text().contains("al bekend"), "{}", again.text());

    world.house.move_clock(NOW + 48.hours());
    let officer = Somebody { visitor: Visitor::DutyOfficer, ..analyst };
    let correction = officer.gets(&format!("{here}/designation?document=stcrt-2020-4410&group=water")).await;
    assert!(correction.text().contains("value=\"2020-01-12\""), "the form begins from what is known");
    let corrected = officer.posts(&designate, &said("2020-01-20")).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER);
    let page = officer.gets(here).await.text();
    assert!(page.contains("getekend, nog niet in werking"), "{page}");
    let history = page.split("id=\"history\"").nth(1).unwrap();
    assert!(history.contains("2020-01-12") && history.contains("2020-01-20"), "{history}");
    assert!(history.contains("Analyst") && history.contains("DutyOfficer"), "{history}");
    let then = officer.gets(&format!("{here}?known=2020-01-14")).await.text();
    let then = then.split("id=\"designations\"").nth(1).unwrap().split("id=\"change\"").next().unwrap();
    assert!(then.contains("2020-01-12") && !then.contains("2020-01-20"), "{then}");
    let ended = officer.posts(here, &[("name", "Havenring"), ("kind", "OK"), ("to", "2020-01-15")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert!(officer.gets("/desk/organisations").await.text().contains("telt vandaag niet"));
    let taken = officer.posts("/desk/organisations/record", &[("id", "ibd")]).await;
    assert_eq!(taken.header("location"), Some("/desk/organisations/ibd?done=organisation-said"));
    assert!(officer.gets("/desk/organisations/ibd").await.text().contains("Stcrt. 2020, 4410"));
}

#[tokio::test]
async fn whoever_asks_why_somebody_did_or_did_not_get_something_finds_the_decision_step_by_step() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let officer = Somebody { world: &world, doors: &doors, visitor: Visitor::Analyst };
    let found = officer.gets("/desk/disclosures?q=NOORD").await.text();
    let about = format!("/desk/disclosures?about={}", world.known.own.participant);
    assert!(found.contains(&about) && !found.contains(CANARY), "{found}");
    let all = officer.gets(&about).await.text();
    let one = format!("/desk/disclosures/{}", world.known.disclosure);
    assert!(all.contains(&one) && all.contains("Besloten over noordzorg"), "{all}");
    let before = digest_of_all(&world.house.db).await;
    let page = officer.gets(&one).await.text();
    for words in ["is op ", "Het recht", "Het label", "Kleine aantallen", "Een mens", "hetzelfde als toen"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("permit (principal, action"), "the rule as it is written: {page}");
    assert_eq!(digest_of_all(&world.house.db).await, before, "asked, and not written down");
    let warning = officer.gets(&format!("/desk/warnings/{}", world.known.own.warning)).await.text();
    assert!(warning.contains(&one), "{warning}");
    let nobody = officer.gets("/desk/disclosures?q=nobodyatall").await.text();
    assert!(nobody.contains("Niemand heet zo"), "{nobody}");
    let advisory = officer.gets(&format!("/desk/disclosures?advisory={}", world.known.advisory)).await;
    assert!(advisory.text().contains("Hierover is niets besloten"), "{}", advisory.text());
    let withheld = officer.gets("/desk/disclosures?state=withheld&page=7").await;
    assert_eq!(withheld.status, StatusCode::OK);
}

#[tokio::test]
async fn an_organisation_reads_all_that_was_decided_about_it_and_nothing_about_another() {
    use domain::disclosure::{Class, Form, Item, Kind, Purpose, Record, State};
    use domain::tlp::Tlp;
    use store::disclosures::{self, Disclosure, Wanted};

    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let (own, foreign) = (world.known.own.participant, world.known.foreign.participant);
    let listed = |number: u128, of: Vec<domain::ids::ParticipantId>, recipient: &str| Disclosure {
        id: domain::ids::DisclosureId(uuid::Uuid::from_u128(number)),
        decided_at: NOW,
        record: Record {
            item: Item::Offer { offer: domain::ids::OfferId(uuid::Uuid::from_u128(number)) },
            about: None,
            listed: of.into_iter().collect(),
            sender: "national".into(),
            recipient: recipient.into(),
            kind: Kind::new("CCT"),
            class: Class::D6,
            tlp: Tlp::Amber,
            purpose: Purpose::Warn,
            channel: domain::warning::Channel::Platform,
            form: Some(Form::Full),
            needs_person: true,
            rules: vec![],
            ground: "Wbni art. 3(2)(c)".into(),
            version: "0".into(),
            masks: vec![],
            obligations: vec!["tell-those-concerned".into()],
            world: jiff::civil::date(2020, 1, 31),
            known: jiff::civil::date(2020, 1, 31),
            why_not_more: None,
        },
        state: State::Released,
        settled: Some((NOW, "B. Sluis".into())),
        delivery: None,
    };
    let lists = [listed(0x11e, vec![own, foreign], "zorgteam"), listed(0x22e, vec![foreign], "elders")];
    world
        .house
        .write("tell", async |tx| {
            for list in &lists {
                disclosures::add(tx, list).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let all = async |of| {
        let wanted = Wanted { about: Some(of), ..Wanted::default() };
        disclosures::list(&world.house.db, &wanted, 0, 1_000).await.unwrap()
    };
    let (mine, theirs) = (all(own).await, all(foreign).await);
    let reader = Somebody { world: &world, doors: &doors, visitor: Visitor::Reader };
    assert!(reader.gets("/my").await.text().contains("href=\"/my/disclosures\""));
    let page = reader.gets("/my/disclosures").await.text();
    let stands = |one: &Disclosure| page.contains(&format!("id=\"d-{}\"", one.id.0.simple()));
    assert!(mine.len() > 1 && mine.iter().all(stands), "{page}");
    let others: Vec<_> = theirs.iter().filter(|one| !mine.contains(one)).collect();
    assert!(others.len() > 1 && !others.into_iter().any(stands), "{page}");
    assert!(!page.contains(CANARY) && !page.contains("elders"), "{page}");
    for words in ["Zorgteam", "stond op deze lijst", "Wbni art. 3 lid 2 onder c", "van uw eigen organisatie"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("B. Sluis"), "who of us it was is ours: {page}");
}

#[tokio::test]
async fn a_consent_is_given_on_a_quiet_day_read_by_the_desk_and_taken_back() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let officer = Somebody { visitor: Visitor::Analyst, ..admin };
    let reader = Somebody { visitor: Visitor::Reader, ..admin };
    let desk = format!("/desk/participants/{}/agreements", world.known.own.participant);
    assert!(officer.gets(&desk).await.text().contains("nog niemand laten kijken"));
    let given =
        |asset: String| [("asset", asset), ("touch", "the_system".into()), ("until", "2020-03-01".into())];
    let give = async |asset: String| {
        let fields = given(asset);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.posts("/my/consents", &fields).await
    };
    let all = give("all".into()).await;
    assert_eq!(all.header("location"), Some("/my/consents?done=consent-given"));
    let foreign = give(world.known.foreign.asset.to_string()).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    for page in [admin.gets("/my/consents").await.text(), officer.gets(&desk).await.text()] {
        assert!(page.contains("1 toestemming loopt") && page.contains("vpn"), "{page}");
        assert!(page.contains("anna van noordzorg"), "{page}");
    }
    let read = reader.gets("/my/consents").await.text();
    assert!(read.contains("1 toestemming loopt") && !read.contains("action=\"/my/consents"), "{read}");
    let withdrawn = admin.posts("/my/consents/withdraw", &[("asset", "all")]).await;
    assert_eq!(withdrawn.header("location"), Some("/my/consents?done=consent-withdrawn"));
    let again = admin.posts("/my/consents/withdraw", &[("asset", "all")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(officer.gets(&desk).await.text().contains("ingetrokken"));
}

#[tokio::test]
async fn number_and_code_from_the_mail_answer_without_signing_in_and_show_no_system() {
    let folder = Scratch::new();
    let db = Db::open_file(&folder.0.join("codes.sqlite")).await.unwrap();
    let world = World::settle(db, &folder.0.join("papers")).await;
    let doors = world.doors(table());
    let nobody = Somebody { world: &world, doors: &doors, visitor: Visitor::Nobody };
    jobs::work_off(&world.house).await.unwrap();
    let Post::Catcher(catcher) = &world.house.post else { panic!("a test sends nothing") };
    let mails = catcher.mails();
    let own = mails.iter().rev().filter(|mail| mail.to.ends_with("@noordzorg.example"));
    let mut texts = own.map(|mail| ReadBack::of(&mail.bytes).text.replace('\n', " "));
    let letter = texts.find(|text| text.contains("/answer")).unwrap();
    let code = letter.split_once("code ").unwrap().1.trim_start()[..9].to_owned();

    let asked = nobody.gets("/sign-in").await;
    assert!(asked.text().contains("href=\"/answer\""), "who is not signed in finds the way");
    let (before, stood_at) = (digest_of_all(&world.house.db).await, nobody.stage().await);
    assert_eq!(nobody.gets("/answer").await.status, StatusCode::OK);
    assert_eq!(digest_of_all(&world.house.db).await, before, "looking changes nothing");

    let typed = [("number", " 2020-0042 "), ("code", code.as_str())];
    let opened = nobody.posts("/answer", &typed).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let text = opened.text();
    for word in ["noordzorg", "NetScaler", "vpn.", "13.0"] {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word}: {text}");
    }
    assert_eq!(nobody.stage().await, stood_at, "to look is not to answer");

    let not_ours = [&typed[..], &[("answer", "not_affected"), ("reason", "not_in_use")]].concat();
    let said = nobody.posts("/answer", &not_ours).await;
    assert_eq!(said.status, StatusCode::OK);
    assert!(said.text().contains("value=\"undo\""), "{}", said.text());
    assert_eq!(nobody.stage().await, Stage::NotAffected);
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let own_page = admin.gets(&format!("/my/warnings/{}", world.known.own.warning)).await;
    assert!(own_page.text().contains("minder zeker"), "the page says how weak that is");
    let undone = nobody.posts("/answer", &[&typed[..], &[("answer", "undo")]].concat()).await;
    assert!(undone.text().contains("teruggenomen"), "{}", undone.text());
    assert_eq!(nobody.stage().await, stood_at);

    let wrong = nobody.posts("/answer", &[("number", "2020-0042"), ("code", "0000-0000")]).await;
    let unknown = nobody.posts("/answer", &[("number", "1999-0001"), ("code", "0000-0000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        wrong.text().replace("2020-0042", ""),
        unknown.text().replace("1999-0001", "").replace("2020-0042", ""),
        "a number that never was looks like a wrong code"
    );
}

#[tokio::test]
async fn an_answer_on_the_page_is_taken_back_by_whoever_gave_it() {
    let template = Template::new().await;
    let world = template.copy(77).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let page = format!("/my/warnings/{}", world.known.own.warning);
    let before = admin.stage().await;
    admin.posts(&format!("{page}/answers"), &[("answer", "not_affected"), ("reason", "other")]).await;
    assert_eq!(admin.stage().await, Stage::NotAffected);
    let shown = admin.gets(&page).await.text();
    let said_at =
        shown.split_once("name=\"said_at\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let undone = admin.posts(&format!("{page}/undo"), &[("said_at", &said_at)]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    assert_eq!(admin.stage().await, before.max(Stage::Read), "as if it had not been said, but read");
    assert!(!admin.gets(&page).await.text().contains("name=\"said_at\""));

    let officer = Somebody { world: &world, doors: &doors, visitor: Visitor::DutyOfficer };
    let desk = format!("/desk/warnings/{}", world.known.own.warning);
    let contact = world.known.own.contact.to_string();
    let on_the_telephone = [
        ("contact", contact.as_str()),
        ("spoke_with", "K. Dijkstra"),
        ("number", "+31850000009"),
        ("answer", "not_affected"),
        ("reason", "not_in_use"),
    ];
    officer.posts(&format!("{desk}/words"), &on_the_telephone).await;
    assert_eq!(admin.stage().await, Stage::NotAffected);
    let shown = officer.gets(&desk).await.text();
    assert!(shown.contains("door de telefoon gezegd door K. Dijkstra") && shown.contains("+31850000009"));
}

#[tokio::test]
async fn a_draft_shows_the_page_for_everybody_and_the_document_with_the_field_to_mend() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let analyst = Somebody { world: &world, doors: &doors, visitor: Visitor::Analyst };
    let at = format!("/desk/drafts/{}", world.known.advisory);
    let version = async || {
        let page = analyst.gets(&at).await.text();
        let from = page.find("id=\"draft-version\"").map(|at| page[at..].to_owned()).unwrap();
        from.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let saves = async |more: &[(&str, &str)]| {
        let now = version().await;
        let fields = [&[("version", now.as_str()), ("title_nl", "Een gat in de sluis")], more].concat();
        let saved = analyst.posts(&at, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        analyst.gets(&at).await.text()
    };
    // Nothing of it needs the script: it stands in the page, folded.
    let product = [
        ("products", "1"),
        ("product-0-vendor", "Polderweb"),
        ("product-0-name", "Sluis"),
        ("product-0-ranges", "1.0"),
        ("product-0-status", "affected"),
    ];
    let page = saves(&[&product[..], &[("tlp", "CLEAR")]].concat()).await;
    for part in ["preview-mail", "preview-page", "preview-public", "preview-csaf-2-0", "preview-csaf-2-1"] {
        assert!(page.contains(&format!("<details id=\"{part}\"")), "{part}");
    }
    assert!(page.contains("id=\"public-affected\""), "the page for everybody");
    assert!(page.contains("&quot;title&quot;: &quot;Een gat in de sluis&quot;"), "the document");
    assert!(page.contains("href=\"#draft-products\""), "a recommendation leads to its field");
    for link in page.split("href=\"#").skip(1).filter_map(|it| it.split('"').next()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "#{link} is somewhere");
    }

    // Why a product has not the hole comes back as it was typed, and makes the document a VEX.
    let exempt = [
        ("product-0-status", "not_affected"),
        ("product-0-why", "component_not_present"),
        ("product-0-why_words_nl", "De bibliotheek zit er niet in."),
    ];
    let page = saves(&[&product[..4], &exempt, &[("tlp", "CLEAR")]].concat()).await;
    assert!(page.contains("value=\"component_not_present\" selected"), "the word for programs");
    assert!(page.contains("&quot;csaf_vex&quot;") && page.contains("De bibliotheek zit er niet in."));
    let page = saves(&[&product[..], &exempt[1..], &[("tlp", "CLEAR")]].concat()).await;
    assert!(!page.contains("&quot;csaf_vex&quot;") && !page.contains("De bibliotheek zit er niet in."));

    let page = saves(&[("tlp", "CLEAR"), ("products", "0")]).await;
    assert!(page.contains("Er staat nog geen product in."));
    let page = saves(&[&product[..], &[("tlp", "GREEN")]].concat()).await;
    assert!(page.contains("Dit is niet voor iedereen") && !page.contains("id=\"public-affected\""));
}

/// The token that a page shows once.
fn token_on(page: &str) -> Option<String> {
    let from = page.find("dijkwacht_feed_").map(|at| &page[at..])?;
    let token: String = from.chars().take_while(|it| it.is_ascii_alphanumeric() || *it == '_').collect();
    (token.len() > 64).then_some(token)
}

#[tokio::test]
async fn a_program_fetches_with_a_token_until_somebody_withdraws_it() {
    let template = Template::new().await;
    let world = template.copy(1).await;
    let doors = world.doors(table());
    let admin = Somebody { world: &world, doors: &doors, visitor: Visitor::Admin };
    let reader = Somebody { visitor: Visitor::Reader, ..admin };
    let program = Somebody { visitor: Visitor::Nobody, ..admin };
    const FEED: &str = "/feeds/warnings.xml";
    let fetches = async |token: &str| {
        program.knocks(Knock::new(Method::GET, FEED).with("authorization", &format!("Bearer {token}"))).await
    };

    let asked = [("name", "meldkamer"), ("days", "90")];
    assert_eq!(reader.posts("/my/feeds", &asked).await.status, StatusCode::NOT_FOUND);
    let wrong = admin.posts("/my/feeds", &[("name", "meldkamer"), ("days", "9000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = admin.posts("/my/feeds", &asked).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, Some("no-store")));
    let token = token_on(&made.text()).unwrap();
    for page in [admin.gets("/my/feeds").await, reader.gets("/my/feeds").await] {
        assert!(page.text().contains("meldkamer") && token_on(&page.text()).is_none(), "it is shown once");
        assert!(page.text().contains("nog niet"), "and was not used yet");
    }

    let feed = fetches(&token).await;
    assert_eq!((feed.status, feed.header("cache-control")), (StatusCode::OK, Some("private, no-store")));
    assert_eq!(feed.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    let (text, warning) = (feed.text(), world.known.own.warning);
    assert!(text.contains(&format!("<id>urn:uuid:{warning}</id>")), "{text}");
    assert!(text.contains(&format!("/my/warnings/{warning}\"/>")), "{text}");
    assert!(!text.contains("vpn.noordzorg.example"), "no system of anybody: {text}");
    assert!(!admin.gets("/my/feeds").await.text().contains("nog niet"), "it was used");
    let documents = Knock::new(Method::GET, "/feeds/csaf/v2.0/provider-metadata.json");
    let documents = program.knocks(documents.with("authorization", &format!("Bearer {token}"))).await;
    assert_eq!(documents.status, StatusCode::NOT_FOUND, "this node has no key to sign documents with");

    // Nothing else opens a feed, and a token opens nothing else.
    let session = world.known.token(Visitor::Admin);
    let in_address = format!("{FEED}?token={token}");
    for knock in [
        Knock::new(Method::GET, FEED),
        Knock::new(Method::GET, FEED).from(session),
        Knock::new(Method::GET, &in_address),
        Knock::new(Method::GET, FEED).with("authorization", &format!("Basic {token}")),
        Knock::new(Method::GET, FEED).with("authorization", &format!("Bearer {}", session.unwrap())),
        Knock::new(Method::GET, FEED).with("authorization", "Bearer "),
    ] {
        let turned = program.knocks(knock).await;
        assert_eq!(turned.status, StatusCode::UNAUTHORIZED);
        assert_eq!(turned.header("www-authenticate"), Some("Bearer"));
    }
    for path in ["/my/assets", "/my/feeds", "/desk/advisories"] {
        let knock = Knock::new(Method::GET, path).with("authorization", &format!("Bearer {token}"));
        assert_eq!(program.knocks(knock).await.status, StatusCode::NOT_FOUND, "{path}");
    }

    let known =
        store::feed_tokens::of_participant(&world.house.db, world.known.own.participant).await.unwrap();
    let id = known[0].id.to_string();
    assert_eq!(reader.posts("/my/feeds/withdraw", &[("feed", &id)]).await.status, StatusCode::NOT_FOUND);
    let withdrawn = admin.posts("/my/feeds/withdraw", &[("feed", &id)]).await;
    assert_eq!(withdrawn.header("location"), Some("/my/feeds?done=feed-token-withdrawn"));
    assert_eq!(fetches(&token).await.status, StatusCode::UNAUTHORIZED, "at once");
    let again = admin.posts("/my/feeds/withdraw", &[("feed", &id)]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);

    // Whoever guesses is turned away.
    let counted = open(world.house.clone());
    let guesses = (0..21).map(|guess| {
        let knock = Knock::new(Method::GET, FEED).with("authorization", &format!("Bearer {guess}"));
        let counted = &counted;
        async move { knock.at(counted).await.status }
    });
    let statuses = futures_util::future::join_all(guesses).await;
    let turned = |status| statuses.iter().filter(|it| **it == status).count();
    assert_eq!(turned(StatusCode::UNAUTHORIZED), 20);
    assert_eq!(turned(StatusCode::TOO_MANY_REQUESTS), 1);
}
