//! `GET /my/feeds`: with which tokens our programs fetch what is ours, and since when nobody used one.

use disclosure::{Cut, Redact};
use domain::ids::FeedTokenId;
use domain::tlp::Tlp;
use flow::feeds::{self as stage, LIFE_DAYS, NoToken};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{contacts, feed_tokens};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Member, Onward, ReadOwn};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::terms::{Tone, status};

#[derive(Debug, Clone)]
pub struct View {
    /// The newest first.
    pub tokens: Vec<Item>,
    /// Where this node answers.
    pub node: String,
    /// Whether it writes documents at all.
    pub has_documents: bool,
    /// What was made just now, on this page only.
    pub made: Option<String>,
    pub may_change: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    pub made_by: String,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub state: State,
}

/// Whether something can be fetched with it, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Lives,
    Withdrawn,
    Expired,
    /// Who made it may not speak for the participant any more.
    MakerGone,
}

impl State {
    fn key(self) -> &'static str {
        match self {
            Self::Lives => "feeds-lives",
            Self::Withdrawn => "feeds-withdrawn",
            Self::Expired => "feeds-expired",
            Self::MakerGone => "feeds-maker-gone",
        }
    }
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let title = frame.say("feeds-title");
    frame.document(
        &title,
        html! {
            h1 { (title) }
            p { (frame.say("feeds-what")) }
            @if let Some(token) = &view.made {
                section .notice.good aria-labelledby="made-head" tabindex="-1" data-answer {
                    h2 #made-head { (frame.say("feeds-made")) }
                    p { (frame.say("feeds-made-once")) }
                    pre .wrap { code { (token) } }
                    p { (frame.say("feeds-care")) }
                }
            }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.say("feeds-list")) }
                @if view.tokens.is_empty() { p .notice { (frame.say("feeds-none")) } }
                ul .cards.plain { @for token in &view.tokens { (card(frame, token, view.may_change)) } }
            }
            @if view.may_change {
                section aria-labelledby="make-head" {
                    h2 #make-head { (frame.say("feeds-make")) }
                    (frame.form("/my/feeds", html! {
                        (Field::new("make", "name", frame.say("feeds-name")).required().autocomplete("off")
                            .hint(frame.say("feeds-name-hint")))
                        (list("make", "days", &frame.say("feeds-life"), &lives(frame), None))
                        button { (frame.say("feeds-make-send")) }
                    }))
                }
            }
            section aria-labelledby="where-head" {
                h2 #where-head { (frame.say("feeds-where")) }
                dl .pairs {
                    dt { (frame.say("feeds-warnings")) }
                    dd { code { (view.node) "/feeds/warnings.xml" } }
                    @if view.has_documents {
                        @for edition in ["2.0", "2.1"] {
                            dt { (frame.say_with("feeds-csaf", &[("edition", edition)])) }
                            dd { code { (view.node) "/feeds/csaf/v" (edition) "/provider-metadata.json" } }
                        }
                    }
                }
                @if !view.has_documents { p { (frame.say("feeds-no-csaf")) } }
                p { (frame.say("feeds-how")) }
                pre .wrap { code { "Authorization: Bearer dijkwacht_feed_…" } }
                p .small.soft { (frame.say("feeds-thin")) }
            }
        },
    )
}

fn lives(frame: &Frame) -> [(String, String); 3] {
    LIFE_DAYS.map(|days| (days.to_string(), frame.say(&format!("feeds-life-{days}"))))
}

fn card(frame: &Frame, token: &Item, may_change: bool) -> Markup {
    let tone = if token.state == State::Lives { Tone::Good } else { Tone::Quiet };
    html! {
        li .card id={ "token-" (token.id) } {
            h3 { (token.name) }
            dl .pairs.small {
                dt { (frame.say("feeds-state")) }
                dd { (status(tone, &frame.say(token.state.key()))) }
                dt { (frame.say("feeds-made-by")) }
                dd { (token.made_by) ", " (frame.day(token.made_at)) }
                dt { (frame.say("feeds-until")) }
                dd { (frame.day(token.expires_at)) }
                dt { (frame.say("feeds-used")) }
                dd {
                    @match token.used_at {
                        Some(at) => { (frame.time(at)) }
                        None => { (frame.say("feeds-never-used")) }
                    }
                }
            }
            @if may_change && token.state == State::Lives {
                div .acts {
                    (frame.button("/my/feeds/withdraw", &[("feed", &token.id.to_string())],
                        &frame.say("feeds-withdraw")))
                }
            }
        }
    }
}

impl Redact for View {
    /// Less than all of it is nothing: each line names a person.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.tokens.clear();
            self.made = None;
        }
        self
    }
}

async fn load(house: &House, member: &Member, made: Option<String>) -> Result<View, WebError> {
    let (of, now) = (member.actor.participant, house.now());
    let people = contacts::names(&house.db, of).await?;
    let tokens = feed_tokens::of_participant(&house.db, of).await?;
    let item = |it: &feed_tokens::FeedToken| Item {
        id: it.id.0,
        name: it.name.clone(),
        made_by: people.get(&it.made_by).cloned().unwrap_or_default(),
        made_at: it.made_at,
        expires_at: it.expires_at,
        used_at: it.used_at,
        state: match it {
            it if it.withdrawn_at.is_some() => State::Withdrawn,
            it if now >= it.expires_at => State::Expired,
            it if !it.maker_may => State::MakerGone,
            _ => State::Lives,
        },
    };
    Ok(View {
        tokens: tokens.iter().map(item).collect(),
        node: house.team.address.clone(),
        has_documents: house.website.place().is_some(),
        made,
        may_change: member.is_admin(),
    })
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let view = load(&house, &may.who, None).await?;
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

pub struct Made {
    name: String,
    days: i64,
}

impl Form for Made {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let days = |word: &str| LIFE_DAYS.into_iter().find(|days| days.to_string() == word);
        Ok(Self { name: fields.needed_line("name")?, days: fields.word("days", days)? })
    }
}

/// `POST /my/feeds`: the answer is the page with the token, which no other page ever shows.
pub async fn make(house: House, may: May<EditOwn>, (): (), asked: Made) -> Result<Markup, WebError> {
    let token =
        stage::make(&house, may.who.actor, &asked.name, asked.days).await.map_err(|why| match why {
            NoToken::NoSuchLife(_) => WebError::Refused("refused-form"),
            NoToken::TooMany => WebError::Refused("refused-feed-tokens"),
            NoToken::Store(cause) => cause.into(),
        })?;
    let view = load(&house, &may.who, Some(token)).await?;
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

pub struct Withdrawn {
    feed: FeedTokenId,
}

impl Form for Withdrawn {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { feed: fields.id("feed")?.ok_or(WebError::Refused("refused-form"))? })
    }
}

/// `POST /my/feeds/withdraw`.
pub async fn withdraw(house: House, may: May<EditOwn>, (): (), which: Withdrawn) -> Result<Onward, WebError> {
    // Somebody else's and one that is withdrawn look the same.
    match stage::withdraw(&house, may.who.actor, which.feed).await? {
        true => Ok(Onward::saying("/my/feeds", "feed-token-withdrawn")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn a_token_stands_with_who_made_it_and_when_it_was_used() {
        let at = |text: &str| text.parse().unwrap();
        let item = |number: u128, state, used_at| Item {
            id: Uuid::from_u128(number),
            name: "meldkamer".into(),
            made_by: "Anna".into(),
            made_at: at("2020-01-01T00:00:00Z"),
            expires_at: at("2020-12-31T00:00:00Z"),
            used_at,
            state,
        };
        let states = [State::Lives, State::Withdrawn, State::Expired, State::MakerGone];
        let tokens = (1..).zip(states);
        let used = Some(at("2020-01-10T08:00:00Z"));
        let view = View {
            tokens: tokens.map(|(number, state)| item(number, state, used.filter(|_| number > 1))).collect(),
            node: "https://z-cert.example".into(),
            has_documents: true,
            made: Some("dijkwacht_feed_0123".into()),
            may_change: true,
        };
        check("my-feeds", "/my/feeds", |frame| page(frame, &view));
        let reader = View { may_change: false, made: None, has_documents: false, ..view.clone() };
        check("my-feeds-reader", "/my/feeds", |frame| page(frame, &reader));
        let none = View { tokens: vec![], made: None, ..view.clone() };
        check("my-feeds-none", "/my/feeds", |frame| page(frame, &none));
    }
}
