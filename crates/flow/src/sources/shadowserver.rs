//! The reports API of Shadowserver: which reports there are of a day, and each of them.
//!
//! Every question is a JSON object with the key of whoever asks, sent by `POST` under the head `HMAC2`, which holds
//! the HMAC-SHA256 of its bytes by the secret. Source: their "call_api Documentation" and "API: Reports Query".
//!
//! A day is asked for until the day after the day after it, because reports of a day come for longer than the day
//! lasts. A report is known by the name of its file, and one of the same name with another id is another version.

use domain::source::Trouble;
use formats::listing::{self, ListedReport};
use hmac::{Hmac, Mac};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use super::reader::Miss;
use super::{Stop, Thing, Visit, folder};
use crate::egress::{Fetched, Secret};

/// How many days before today are asked for at first, and how many of those that were read once more.
const FIRST_DAYS: i64 = 7;
const ONCE_MORE_DAYS: i64 = 2;
/// A list is some hundred reports.
const LIST_BYTES_MAX: usize = 8 << 20;
/// What they call the head; in which case it is written says nothing.
const HEAD: &str = "hmac2";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// Up to and with this day everything that was listed was asked for.
    day: Option<Date>,
}

/// Asks for every report that was listed since the last visit.
pub(crate) async fn fetch(visit: &mut Visit<'_>) -> Result<(), Stop> {
    if visit.reader.root().is_some() {
        return folder::folder(visit).await;
    }
    let today = visit.house.now().to_zoned(TimeZone::UTC).date();
    let begin = match visit.cursor::<Cursor>().day {
        Some(day) => day.saturating_sub(ONCE_MORE_DAYS.days()),
        None => today.saturating_sub(FIRST_DAYS.days()),
    };
    let mut day = begin;
    while day <= today {
        let address = address(visit, "reports/list");
        let fetched = ask(visit, "reports/list", json!({ "date": day.to_string() }), LIST_BYTES_MAX).await?;
        let listed =
            listing::shadowserver_reports(&fetched.bytes).map_err(|_| Trouble::Unreadable(address))?;
        visit.listed += u64::try_from(listed.len()).unwrap_or(u64::MAX);
        for report in listed {
            if !take(visit, report).await? {
                return Ok(());
            }
        }
        visit.set_cursor(&Cursor { day: Some(day) });
        day = day.saturating_add(1.day());
    }
    // What could not be had on its day is asked for as long as it takes, also when its day is listed no more.
    for (file_name, id) in visit.parked_unlisted() {
        if !take(visit, ListedReport { id, file_name }).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Asks for one report, unless it is known. Gives `false` when it is others' turn.
async fn take(visit: &mut Visit<'_>, ListedReport { id, file_name }: ListedReport) -> Result<bool, Stop> {
    visit.lists(&file_name);
    if !visit.wants(&file_name, &id) {
        return Ok(true);
    }
    if !visit.has_room() {
        return Ok(false);
    }
    let bytes_max = visit.paper_bytes_max();
    match ask(visit, "reports/download", json!({ "id": id }), bytes_max).await {
        Ok(Fetched { bytes, .. }) if said_no(&bytes) => {
            let why = Trouble::Unreadable(file_name.clone());
            visit.park(&file_name, &id, why).await?;
        }
        Ok(Fetched { bytes, address, .. }) => {
            let name = file_name.clone();
            visit.take_in(Thing { name, mark: id, address, file_name, bytes, remark: None }).await?;
        }
        Err(why) => visit.park(&file_name, &id, why).await?,
    }
    Ok(true)
}

/// Whether it is no report but the API's word for "no".
fn said_no(bytes: &[u8]) -> bool {
    bytes.is_empty()
        || bytes.starts_with(b"{")
            && serde_json::from_slice::<Value>(bytes).is_ok_and(|it| it.get("error").is_some())
}

fn address(visit: &Visit<'_>, method: &str) -> String {
    format!("{}/{method}", visit.source.address.trim_end_matches('/'))
}

/// Asks a question under our key.
async fn ask(
    visit: &Visit<'_>,
    method: &str,
    mut question: Value,
    bytes_max: usize,
) -> Result<Fetched, Trouble> {
    let address = address(visit, method);
    let none = || Trouble::NoKey(visit.source.name.clone());
    let (key, secret) = visit.reader.credentials().and_then(pair).ok_or_else(none)?;
    question["apikey"] = Value::from(key);
    let question = question.to_string();
    let seal = seal(secret, &question);
    visit.reader.post(&address, &question, (HEAD, &seal), bytes_max).await.map_err(Miss::trouble)
}

/// The key and the secret, as they stand in their file: a line each.
fn pair(credentials: &Secret) -> Option<(&str, &str)> {
    let mut lines = credentials.tell().lines().map(str::trim).filter(|line| !line.is_empty());
    Some((lines.next()?, lines.next()?))
}

/// HMAC-SHA256 in hexadecimal.
fn seal(secret: &str, question: &str) -> String {
    let mut seal = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length will do");
    seal.update(question.as_bytes());
    hex::encode(seal.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_sealed_as_rfc_4231_has_it() {
        // Test case 2.
        assert_eq!(
            seal("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_key_without_its_secret_is_none() {
        assert_eq!(pair(&Secret::new("key\r\n\n secret \n")), Some(("key", "secret")));
        assert_eq!(pair(&Secret::new("key")), None);
    }

    #[test]
    fn a_refusal_is_no_report() {
        assert!(said_no(b"") && said_no(br#"{"error": "no such report"}"#));
        assert!(!said_no(b"\"timestamp\",\"ip\"\n") && !said_no(b"{}"));
    }
}
