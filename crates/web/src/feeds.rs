//! `GET /feeds/…`: what the programs of a participant fetch, with a token in a header and in no address: addresses are
//! kept by proxies. Whose programs they are says the token, and nothing else about the request.
//!
//! ```text
//! /feeds/warnings.xml                              its warnings, thin: Atom (RFC 4287)
//! /feeds/csaf/v2.0/provider-metadata.json          the way in for a CSAF client
//! /feeds/csaf/v2.0/green/feed-tlp-green.json       and everything around the documents of a label
//! ```

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use disclosure::{Cleared, Say as _};
use domain::participant::Participant;
use flow::feeds::{self as stage, Line};
use flow::house::House;
use flow::publication::NotPublic;
use flow::publication::protected;
use flow::words::Words;
use jiff::Timestamp;
use maud::{PreEscaped, html};
use tokio::time::{Instant, sleep_until};

use crate::WebError;
use crate::may::{Anybody, May};
use crate::path::FileName;
use crate::public::door::media_type;
use crate::rates::{Rate, Whose};

/// Whose programs ask. Every wrong token takes as long, and after twenty of them from one place it says "too often".
async fn asked_by(house: &House, may: &May<Anybody>) -> Result<Participant, WebError> {
    let (visit, asked_at) = (may.visit(), Instant::now());
    let found = match &visit.bearer {
        Some(token) => stage::who(house, token).await?,
        None => None,
    };
    if let Some(participant) = found {
        return Ok(participant);
    }
    sleep_until(asked_at + visit.rates.answer_time()).await;
    let _place = visit.rates.enter(Rate::SignIn, &Whose::Peer(visit.peer.map(|peer| peer.ip()))).await?;
    Err(WebError::Turned(StatusCode::UNAUTHORIZED, "refused-feed-token"))
}

/// For whoever asked, and for no cache on the way.
fn reply(media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    (headers, bytes).into_response()
}

/// `GET /feeds/warnings.xml`.
pub async fn warnings(house: House, may: May<Anybody>, (): (), (): ()) -> Result<Response, WebError> {
    let of = asked_by(&house, &may).await?;
    let lines = stage::warnings_of(&house, &of).await?;
    let words = Words::of(may.visit().language());
    let feed = atom(&words, &house.team.address, &of, &lines);
    Ok(reply("application/atom+xml; charset=utf-8", feed.into_bytes()))
}

/// `GET /feeds/csaf/{*path}`.
pub async fn csaf(house: House, may: May<Anybody>, path: FileName, (): ()) -> Result<Response, WebError> {
    let of = asked_by(&house, &may).await?;
    let served = protected::file(&house, &of, &path.0).await.map_err(|why| match why {
        // It is our key, and the program can only come back later.
        NotPublic::NoKey(why) => {
            tracing::error!("a feed cannot be signed: {why}");
            WebError::Turned(StatusCode::SERVICE_UNAVAILABLE, "refused-website-key")
        }
        why => why.into(),
    })?;
    let served = served.ok_or(WebError::NotFound)?;
    Ok(reply(media_type(&path.0), served.bytes().to_vec()))
}

/// What a reader of feeds shows. An id says which warning it is and needs a sign-in to be read.
fn atom(words: &Words, address: &str, of: &Participant, lines: &[Cleared<Line>]) -> String {
    let own = format!("{address}/feeds/warnings.xml");
    let updated = lines.iter().map(|it| it.item().changed_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let title = |line: &Line| {
        let severity =
            words.say(&format!("term-severity-{}", format!("{:?}", line.severity).to_lowercase()), &[]);
        match line.title.for_reader(words.language()).trim() {
            "" => format!("{severity}: {}", line.number),
            title => format!("{severity}: {}, {title}", line.number),
        }
    };
    let time = |at: Timestamp| at.to_zoned(House::zone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let link = |rel: &str, to: &str| {
        PreEscaped(
            html! { a rel=(rel) href=(to) {} }
                .into_string()
                .replacen("<a ", "<link ", 1)
                .replace("></a>", "/>"),
        )
    };
    let feed = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(words.tag()) {
            id { "urn:uuid:" (of.id) }
            title { (words.say("feeds-atom-title", &[("name", &of.name)])) }
            updated { (updated) }
            author { name { (address) } }
            (link("self", &own))
            @for line in lines.iter().map(Cleared::item) {
                entry {
                    id { "urn:uuid:" (line.warning) }
                    title { (title(line)) }
                    published { (line.opened_at) }
                    updated { (line.changed_at) }
                    (link("alternate", &format!("{address}/my/warnings/{}", line.warning)))
                    summary { (words.say("feeds-atom-line", &[("time", &time(line.due_at))])) }
                }
            }
        }
    };
    feed.into_string()
}
