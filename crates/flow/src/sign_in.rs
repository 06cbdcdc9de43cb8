//! Signing in by a link that works once.
//!
//! Whether an address is known is never told: the answer is the same, and the mail comes or does not.

use domain::text::Language;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::sign_in::{Hash, Link, Person, SignedIn};
use store::{StoreError, contacts, officers, sign_in};

use crate::deliver::{self, email::sign_in_mail};
use crate::house::House;
use crate::words::Words;

/// How long a link can be used.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long somebody stays signed in at the most, and without doing anything (ASVS 5.0, V7.3).
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
const IDLE: SignedDuration = SignedDuration::from_hours(1);

fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Sends a link to everybody who signs in with `address`. Nothing happens for a stranger.
pub async fn ask(house: &House, address: &str) -> Result<(), StoreError> {
    let address = address.trim().to_lowercase();
    let mut people = Vec::new();
    if let Some(officer) = officers::of_mail(&house.db, &address).await? {
        people.push((Person::Officer(officer.id), Language::Nl));
    }
    for (contact, _) in contacts::with_access(&house.db, &address).await? {
        people.push((Person::Contact(contact.id), contact.language));
    }
    for (person, language) in people {
        let code = link(house, person, LINK_LIFE).await?;
        send(house, &address, language, &code).await?;
    }
    Ok(())
}

/// Makes a link for `person` that works once within `life`. Gives its code.
pub async fn link(house: &House, person: Person, life: SignedDuration) -> Result<String, StoreError> {
    let code = hex::encode(house.secret::<24>());
    let expires_at = house.now() + life;
    house
        .write("make a sign-in link", async |tx| {
            sign_in::add_link(tx, &hash(&code), person, expires_at).await
        })
        .await?;
    Ok(code)
}

async fn send(house: &House, address: &str, language: Language, code: &str) -> Result<(), StoreError> {
    let url = format!("{}/sign-in/{code}", house.team.address);
    let mail = sign_in_mail(&Words::of(language), &house.team, &url);
    deliver::at_once(house, "send a sign-in link", address, &mail).await
}

/// Uses a link up. Gives the token that the browser keeps; `None` when the link is used, too old, or
/// never was.
pub async fn begin(house: &House, code: &str) -> Result<Option<String>, StoreError> {
    let token = hex::encode(house.secret::<32>());
    let now = house.now();
    let person = house
        .write("sign in", async |tx| sign_in::use_link(tx, &hash(code), &hash(&token), now).await)
        .await?;
    Ok(person.map(|_| token))
}

/// What the page behind a link shows. Looking at it uses nothing up. `None` when the link is used, too
/// old, or never was.
pub async fn peek(house: &House, code: &str) -> Result<Option<Link>, StoreError> {
    sign_in::of_link(&house.db, &hash(code), house.now()).await
}

/// Who `token` belongs to. Renews, at most once a minute, when they were last seen.
pub async fn who(house: &House, token: &str) -> Result<Option<SignedIn>, StoreError> {
    let now = house.now();
    let Some((signed_in, seen_at)) = found(house, token).await? else { return Ok(None) };
    if !house.is_a_story() && now.duration_since(seen_at) >= SignedDuration::from_mins(1) {
        house.write("see a visitor", async |tx| sign_in::see(tx, &hash(token), now).await).await?;
    }
    Ok(Some(signed_in))
}

/// As [`who`], for something that listens without anybody doing anything: renews nothing.
pub async fn look(house: &House, token: &str) -> Result<Option<SignedIn>, StoreError> {
    Ok(found(house, token).await?.map(|(signed_in, _)| signed_in))
}

/// The clock of a story passes days between two clicks, so there a sign-in lasts until it is ended.
async fn found(house: &House, token: &str) -> Result<Option<(SignedIn, Timestamp)>, StoreError> {
    let now = house.now();
    let (oldest, idle_since) = match house.is_a_story() {
        true => (Timestamp::MIN, Timestamp::MIN),
        false => (now - LONGEST, now - IDLE),
    };
    sign_in::of_token(&house.db, &hash(token), oldest, idle_since).await
}

/// Ends a sign-in.
pub async fn end(house: &House, token: &str) -> Result<(), StoreError> {
    let now: Timestamp = house.now();
    house.write("sign out", async |tx| sign_in::end(tx, &hash(token), now).await).await
}
