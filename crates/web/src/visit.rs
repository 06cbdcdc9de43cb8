//! What a request says about its visitor, before anybody decides whether they may come in.
//!
//! Nothing but the cookie says who somebody is: no header, no address, no parameter. A bearer token says whose
//! programs ask for a feed (`feeds.rs`); it opens nothing else.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use domain::text::Language;
use flow::house::{House, Team};
use flow::sign_in;
use flow::words::Words;
use sha2::{Digest, Sha256};
use store::officers::Role;
use store::sign_in::SignedIn;

use crate::WebError;
use crate::demo::Stage;
use crate::page::{Clock, Csirt, Frame, Side, Theme, Visitor};
use crate::rates::{Rates, Whose};
use crate::routes::Doorway;

/// The cookie that holds the token of a session.
///
/// With the prefix `__Host-` a browser takes it over TLS only, for this host only, and lets no other
/// host plant one. On a plain address, which is a demonstration on the loopback interface, browsers
/// would refuse both the prefix and `Secure`, so it goes without.
pub(crate) fn session_cookie(team: &Team) -> &'static str {
    if is_encrypted(team) { "__Host-dijkwacht" } else { "dijkwacht" }
}

/// Whether visitors come over TLS, which ends here or at a proxy before us.
pub(crate) fn is_encrypted(team: &Team) -> bool {
    team.address.starts_with("https://")
}

/// A `Set-Cookie` line. `age` in seconds; `None` lasts as long as the browser is open, 0 takes it back.
pub(crate) fn set_cookie(team: &Team, name: &str, value: &str, age: Option<u32>) -> HeaderValue {
    let mut line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    if is_encrypted(team) {
        line += "; Secure";
    }
    if let Some(age) = age {
        line += &format!("; Max-Age={age}");
    }
    HeaderValue::from_str(&line).expect("a token and a word of ours are plain letters")
}

/// One knock at a door.
#[derive(Debug, Clone)]
pub struct Visit {
    /// `None` when nobody is signed in, or no longer may be.
    pub who: Option<SignedIn>,
    pub(crate) token: Option<String>,
    /// With which a program asks for a feed.
    pub(crate) bearer: Option<String>,
    pub(crate) stage: Option<Stage>,
    pub(crate) rates: Arc<Rates>,
    pub(crate) peer: Option<SocketAddr>,
    language: Language,
    theme: Theme,
    keys: bool,
    /// The address that was asked for, without what is shown once.
    path: String,
    /// Where this browser was going when it was asked to sign in.
    pub(crate) back: Option<String>,
    done: Option<&'static str>,
    team: Csirt,
}

impl Visit {
    /// Somebody of whom nothing is known yet.
    pub(crate) fn of_stranger(at: &Doorway, parts: &Parts) -> Self {
        let house = &at.house;
        let cookie = |name: &str| cookie(&parts.headers, name);
        let wished = cookie("language").as_deref().and_then(Language::of_tag);
        let theme = cookie("theme").and_then(|name| Theme::of_name(&name)).unwrap_or_default();
        Self {
            who: None,
            token: None,
            bearer: bearer(&parts.headers),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0),
            language: wished.or_else(|| spoken(&parts.headers)).unwrap_or_default(),
            theme,
            keys: cookie("keys").as_deref() != Some("off"),
            path: path_without_done(parts.uri.path_and_query().map_or("/", |it| it.as_str())),
            back: cookie("back").and_then(|hidden| place_of(&hidden)),
            done: parts.uri.query().and_then(done),
            team: Csirt {
                name: house.team.name.clone(),
                telephone: house.team.telephone.clone(),
                site: house.team.site.clone(),
            },
            stage: at.stage.clone(),
            rates: Arc::clone(&at.rates),
        }
    }

    /// The visitor of a request, with what they may do at this moment.
    pub(crate) async fn recognise(mut self, house: &House, headers: &HeaderMap) -> Result<Self, WebError> {
        let token = cookie(headers, session_cookie(&house.team)).filter(|token| token.len() <= 128);
        if let Some(token) = token {
            self.who = sign_in::who(house, &token).await?;
            self.token = self.who.is_some().then_some(token);
        }
        Ok(self)
    }

    /// What every form of this visitor carries. A page of another site cannot know it, because it
    /// cannot read the cookie that it is made of. It stays the same for a session: a guess at it
    /// through the size of packed pages would need requests with the cookie from another site,
    /// which `SameSite` takes away.
    pub(crate) fn form_token(&self) -> String {
        let of = |token: &String| hex::encode(Sha256::digest(format!("form token of {token}")));
        self.token.as_ref().map(of).unwrap_or_default()
    }

    /// Whether a form was sent from a page of ours.
    ///
    /// Browsers say where a request comes from, and pages cannot change what they say. Who says
    /// nothing is no browser, and then nothing is known of the sender but the token of the form.
    ///
    /// # Errors
    /// 403 when another site made the browser send it.
    pub(crate) fn came_from_here(&self, house: &House, headers: &HeaderMap) -> Result<(), WebError> {
        let says = |name: &str| headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let own = || {
            let origin = headers.get(ORIGIN).map(|it| it.to_str().unwrap_or_default());
            origin.is_none_or(|origin| is_ours(origin, headers, &house.team))
        };
        let ours = match says("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => own(),
        };
        if ours { Ok(()) } else { Err(WebError::Turned(StatusCode::FORBIDDEN, "refused-other-site")) }
    }

    /// Whether a form carries the token of this session. Who is not signed in has none to carry.
    pub(crate) fn holds(&self, token: Option<&str>) -> Result<(), WebError> {
        let expected = self.form_token();
        let given = token.unwrap_or_default();
        let differs = expected.bytes().zip(given.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
        match self.token.is_none() || expected.len() == given.len() && differs == 0 {
            true => Ok(()),
            false => Err(WebError::Turned(StatusCode::FORBIDDEN, "refused-stale")),
        }
    }

    pub(crate) fn whose(&self) -> Whose {
        match &self.token {
            Some(token) => Whose::session(token),
            None => Whose::Peer(self.peer.map(|peer| peer.ip())),
        }
    }

    /// The frame of the page that this visitor gets.
    pub fn frame(&self, house: &House) -> Frame {
        let visitor = self.who.as_ref().map(|who| match who {
            SignedIn::Contact { name, participant_name, .. } => Visitor {
                name: name.clone(),
                organisation: participant_name.clone(),
                side: Side::Participant,
            },
            SignedIn::Officer { name, role, .. } => Visitor {
                name: name.clone(),
                organisation: self.team.name.clone(),
                side: match role {
                    Role::Analyst | Role::DutyOfficer => Side::Desk,
                    Role::Administrator => Side::Node,
                    Role::Supervisor => Side::Oversight,
                },
            },
        });
        Frame {
            words: Words::of(self.language),
            now: house.now(),
            path: self.path.clone(),
            csirt: self.team.clone(),
            events: visitor.is_some().then_some("/events"),
            visitor,
            tlp: None,
            theme: self.theme,
            keys: self.keys,
            token: self.form_token(),
            clock: match &self.stage {
                Some(stage) => Clock::Demo { moving: stage.is_moving() },
                None => Clock::Real,
            },
            done: self.done.map(str::to_owned),
        }
    }

    /// The frame of a page that says that something is not there, which must look the same wherever
    /// it was asked for.
    pub(crate) fn frame_of_nowhere(&self, house: &House) -> Frame {
        Frame { path: "/".into(), done: None, events: None, ..self.frame(house) }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// The address that was asked for, without what is shown once.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let fits = scheme.eq_ignore_ascii_case("bearer") && token.len() <= 128;
    fits.then(|| token.to_owned())
}

/// The value of the first cookie of exactly this name.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
}

/// The first language that the browser asks for and that we speak.
fn spoken(headers: &HeaderMap) -> Option<Language> {
    let wished = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    wished.split(',').take(20).find_map(|tag| Language::of_tag(tag.split(';').next()?.trim()))
}

/// Whether `origin` is the address of this node. On the loopback interface the same machine goes by
/// several names.
fn is_ours(origin: &str, headers: &HeaderMap, team: &Team) -> bool {
    let loopback = |authority: &str| {
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        ["localhost", "127.0.0.1", "[::1]"].contains(&host)
    };
    let own = team.address.trim_end_matches('/');
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let at_home = |authority: &str| loopback(authority) && authority == asked;
    origin == own || !is_encrypted(team) && origin.strip_prefix("http://").is_some_and(at_home)
}

/// Sentences that can be shown once after something was done. The list is closed, so that no link
/// can put words of its own on a page.
const DONE: [&str; 64] = [
    "done-admitted",
    "done-alarm-given",
    "done-asset-added",
    "done-asset-changed",
    "done-asset-retired",
    "done-assets-begun",
    "done-assets-confirmed",
    "done-assets-imported",
    "done-assets-undone",
    "done-call-held",
    "done-claimed-for-clients",
    "done-consent-given",
    "done-consent-withdrawn",
    "done-contact-added",
    "done-contact-changed",
    "done-contact-confirmed",
    "done-contact-key-forgotten",
    "done-contact-key-set",
    "done-contact-removed",
    "done-contact-tested",
    "done-decided",
    "done-designation-said",
    "done-draft-discarded",
    "done-draft-saved",
    "done-draft-unfinished",
    "done-feed-token-withdrawn",
    "done-ladders-in-force",
    "done-left",
    "done-let-go",
    "done-look-asked",
    "done-mandate-ended",
    "done-mandate-given",
    "done-noted",
    "done-organisation-said",
    "done-paper-known",
    "done-paper-noted",
    "done-paper-on-desk",
    "done-paper-routed",
    "done-paper-shelved",
    "done-place-claimed",
    "done-place-decided",
    "done-place-dropped",
    "done-place-looked",
    "done-place-proven",
    "done-proposed",
    "done-put-aside",
    "done-recall-ordered",
    "done-record-on-desk",
    "done-released",
    "done-sent-again",
    "done-set-known",
    "done-set-parked",
    "done-set-released",
    "done-set-taken",
    "done-signed-out",
    "done-source-added",
    "done-source-asked",
    "done-source-paused",
    "done-suppressed",
    "done-tried-again",
    "done-webhook-ended",
    "done-webhook-made",
    "done-webhook-tried",
    "done-website-decided",
];

fn done(query: &str) -> Option<&'static str> {
    let word = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    DONE.into_iter().find(|key| key.strip_prefix("done-") == Some(word))
}

fn path_without_done(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("done=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// A place of our own to go to. Anything that a browser could take for another host is none:
/// `//host` and `/\host` (CVE-2026-10856 was the second).
pub(crate) fn own_place(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let rooted = path.starts_with('/') && !path.starts_with("//");
    (plain && rooted && path.len() <= 2_000).then_some(path)
}

/// A place as the value of a cookie, which takes fewer characters.
pub(crate) fn hide_place(place: &str) -> String {
    hex::encode(place)
}

fn place_of(hidden: &str) -> Option<String> {
    let place = String::from_utf8(hex::decode(hidden).ok()?).ok()?;
    own_place(&place).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_host() {
        assert_eq!(own_place("/my/warnings/1?x=%2F#answer"), Some("/my/warnings/1?x=%2F#answer"));
        for other in
            ["//evil.example", "/\\evil.example", "https://evil.example", "my", "", "/a\r\nb", "/a b"]
        {
            assert_eq!(own_place(other), None, "{other}");
        }
    }

    #[test]
    fn a_link_cannot_put_words_on_a_page() {
        assert_eq!(done("page=2&done=noted"), Some("done-noted"));
        assert_eq!(done("done=call%20this%20number"), None);
        assert_eq!(path_without_done("/desk?page=2&done=noted"), "/desk?page=2");
        assert_eq!(path_without_done("/desk?done=noted"), "/desk");
        assert_eq!(path_without_done("/desk"), "/desk");
    }

    #[test]
    fn a_cookie_counts_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "xdijkwacht=1; dijkwacht-old=2; dijkwacht=3; dijkwacht=4".parse().unwrap());
        assert_eq!(cookie(&headers, "dijkwacht").as_deref(), Some("3"));
    }

    #[test]
    fn the_language_is_the_first_that_both_speak() {
        let of = |wished: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, wished.parse().unwrap());
            spoken(&headers)
        };
        assert_eq!(of("fy, de;q=0.9, en-GB;q=0.8, nl;q=0.7"), Some(Language::En));
        assert_eq!(of("fr"), None);
    }
}
