//! Sightings of MISP: somebody met an indicator again, found it wrong, or let it go.
//!
//! They come below the attributes of an event, or by themselves with their attribute beside them. A sighting
//! is about the value of its attribute; one whose value is neither an address nor a name says nothing about
//! anybody's system. Source: the MISP core format, `Sighting`, and the answers of `/sightings/restSearch`.

use std::borrow::Cow;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use domain::observation::{Class, Method, Observed, ProductGuess, Seen};
use domain::tlp::Tlp;
use serde_json::Value;

use super::own::{text, told};
use super::pieces::Pieces;
use super::place;
use super::{Done, Intake, Reject};
use crate::json::Limits;

/// An event comes as one document.
const EVENT_BYTES_MAX: usize = 64 << 20;

/// Whether an object with these keys holds sightings.
pub(super) fn is_one(keys: &[&str], head: &[u8]) -> bool {
    let has = |key: &str| keys.contains(&key);
    let sights = || memchr::memmem::find(head, b"\"Sighting\"").is_some();
    has("Sighting") || has("date_sighting") || has("Event") || has("response") && sights()
}

pub(super) fn sightings(from: impl Read, head: &[u8], intake: &mut Intake<'_>) -> Done {
    let limits = Limits { size_bytes_max: EVENT_BYTES_MAX, ..Limits::default() };
    let mut pieces = Pieces::new(BufReader::new(from), head, EVENT_BYTES_MAX);
    while let Some(piece) = pieces.advance()? {
        let bytes = pieces.bytes();
        let flow = match pieces.tree(piece, limits) {
            Ok(tree) => walk(&tree, &Around::default(), intake),
            Err(why) => {
                let number = intake.next_row();
                intake.reject(number, why, bytes)
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What stands around a sighting.
#[derive(Clone, Copy, Default)]
struct Around<'v> {
    event: Option<&'v Value>,
    attribute: Option<&'v Value>,
}

/// Finds sightings wherever they stand. Ends because a paper nests no deeper than its limit.
fn walk(value: &Value, around: &Around<'_>, intake: &mut Intake<'_>) -> ControlFlow<()> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|it| walk(it, around, intake)),
        Value::Object(members) => {
            if members.contains_key("date_sighting") {
                return one(value, around, intake);
            }
            let mut around = *around;
            if members.contains_key("Attribute") && members.contains_key("info") {
                around.event = Some(value);
            }
            if members.contains_key("value") && members.contains_key("type") {
                around.attribute = Some(value);
            }
            members
                .values()
                .filter(|it| it.is_object() || it.is_array())
                .try_for_each(|it| walk(it, &around, intake))
        }
        _ => ControlFlow::Continue(()),
    }
}

fn one(value: &Value, around: &Around<'_>, intake: &mut Intake<'_>) -> ControlFlow<()> {
    let row = intake.next_row();
    // An event holds many: one that is struck spoils no other.
    match sighting(row, value, around, intake.source).and_then(without_nul) {
        Ok(observed) => intake.offer(observed, told(value).as_bytes()),
        Err(why) => intake.reject(row, why, told(value).as_bytes()),
    }
}

fn without_nul(it: Observed<'_>) -> Result<Observed<'_>, Reject> {
    let has = |text: &str| text.contains('\0');
    let fields = [Some(&it.finding), Some(&it.tags), Some(&it.source), it.host.as_ref()];
    let rest = it.rest.pairs();
    let is_struck = fields.into_iter().flatten().any(|text| has(text))
        || rest.iter().any(|(key, text)| has(key) || has(text));
    if is_struck { Err(Reject::Nul) } else { Ok(it) }
}

fn sighting<'v>(
    row: u64,
    value: &'v Value,
    around: &Around<'v>,
    source: &'v str,
) -> Result<Observed<'v>, Reject> {
    let attribute = value.get("Attribute").or(around.attribute).ok_or(Reject::NoPlace)?;
    let event = value.get("Event").or(around.event);
    let at = value.get("date_sighting").map(told).and_then(|it| place::of_unix(&it)).ok_or(Reject::NoTime)?;
    let kind = text(attribute, "type").ok_or(Reject::Missing)?;
    let written = text(attribute, "value").ok_or(Reject::Missing)?;
    let (address, host, port) = at_value(kind, written)?;
    let outcome = value.get("type").map(told).unwrap_or_default();
    let seen = match outcome.as_str() {
        "" | "0" => Seen::Abuse,
        // A false alarm, or no longer valid.
        "1" | "2" => Seen::NotVulnerable,
        _ => return Err(Reject::UnknownWord),
    };
    let organisation = value.pointer("/Organisation/name").and_then(Value::as_str);
    let tags = |of: Option<&Value>| -> Vec<String> {
        let tags = of.and_then(|it| it.get("Tag")).and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(|tag| text(tag, "name").map(str::to_owned)).collect()
    };
    let all_tags: Vec<String> = tags(Some(attribute)).into_iter().chain(tags(event)).collect();
    // The narrowest of all labels binds.
    let labels = all_tags.iter().filter(|tag| tag.to_ascii_lowercase().starts_with("tlp:"));
    let tlp = labels.map(|tag| Tlp::of_word(tag)).max();
    let vulnerable = |word: &str| word.to_ascii_lowercase().contains("cve-");
    let numbers = all_tags
        .iter()
        .filter(|tag| vulnerable(tag))
        .map(|tag| tag.rsplit(['=', ':']).next().unwrap_or(tag).trim_matches('"').to_owned());
    let kept = ["uuid", "attribute_uuid", "source"]
        .into_iter()
        .filter_map(|key| text(value, key).map(|text| (key.to_owned(), text.to_owned())));
    let mut rest: Vec<(String, String)> = kept.collect();
    rest.extend(event.and_then(|it| text(it, "info")).map(|info| ("event".to_owned(), info.to_owned())));
    Ok(Observed {
        row,
        at,
        address,
        port,
        host: host.map(Cow::Owned),
        certificate: Cow::Borrowed(""),
        asn: None,
        product: ProductGuess::default(),
        finding: Cow::Owned(format!("misp-{kind}")),
        tags: Cow::Owned(numbers.collect::<Vec<_>>().join(";")),
        seen,
        class: Class::Undetermined,
        severity: None,
        method: Method::Unstated,
        vantage: None,
        confidence: None,
        source: organisation.or_else(|| text(value, "source")).map_or(Cow::Borrowed(source), Cow::Borrowed),
        tlp,
        pap: None,
        rest: super::pairs(rest),
    })
}

type Place = (Option<std::net::IpAddr>, Option<String>, Option<u16>);

/// Where the value of an attribute is: `192.0.2.7`, `vpn.noordzorg.example|192.0.2.7`, `192.0.2.7|443`.
fn at_value(kind: &str, written: &str) -> Result<Place, Reject> {
    let is_place = ["ip-", "domain", "hostname", "url", "email"].iter().any(|start| kind.starts_with(start));
    if !is_place {
        return Err(Reject::NoPlace);
    }
    let mut place: Place = (None, None, None);
    let parts: Vec<&str> = if kind.contains('|') { written.split('|').collect() } else { vec![written] };
    for part in parts {
        if let Some(address) = crate::inventory_table::address_of(part) {
            place.0 = Some(address);
        } else if let Some(port) = place::port(part).filter(|_| kind.ends_with("port")) {
            place.2 = Some(port);
        } else if kind.starts_with("ip-") {
            return Err(Reject::NoAddress);
        } else {
            place.1 = place::host(part).map(Cow::into_owned);
        }
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::testing::page;

    #[test]
    fn a_sighting_is_about_the_value_of_its_attribute() {
        let text = include_str!("../../../../fixtures/observations/misp.json");
        let (_, page) = page(text, Kind::Misp, |it| {
            format!(
                "{} {} {:?} {:?} {:?} {} {:?} {:?} {:?}",
                it.row, it.at, it.address, it.host, it.port, it.finding, it.seen, it.source, it.tlp,
            )
        });
        insta::assert_snapshot!(page, @r#"
        1 2026-11-21T06:15:58Z Some(192.0.2.7) None None misp-ip-src Abuse "Dijkleger" Some(Amber)
        2 2026-11-21T07:15:58Z Some(192.0.2.7) None None misp-ip-src NotVulnerable "a partner" Some(Amber)
        3 2026-11-21T06:15:58Z Some(192.0.2.8) Some("vpn.noordzorg.example") None misp-domain|ip Abuse "a partner" Some(Green)
        4 it does not say where
        5 it does not say when, or names a moment that cannot be
        6 2026-11-21T06:15:58Z None Some("mail.zuidzorg.example") None misp-hostname NotVulnerable "a partner" None
        "#);
    }

    #[test]
    fn a_nul_spoils_its_own_sighting_and_no_other() {
        let sighting = |source: &str| {
            format!(
                r#"{{"date_sighting": "1795328158", "type": "0", "source": "{source}",
                    "Attribute": {{"type": "ip-src", "value": "192.0.2.7"}}}}"#
            )
        };
        let text = format!("{{\"Sighting\": [{}, {}]}}", sighting("a\\u0000b"), sighting("ab"));
        let (_, page) = page(&text, Kind::Misp, |it| format!("{} {}", it.row, it.source));
        insta::assert_snapshot!(page, @"
        1 a NUL stands in it
        2 ab
        ");
    }
}
