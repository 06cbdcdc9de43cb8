//! Feeds for the programs of a participant: a token opens them, and nothing else does.
//!
//! ```text
//! make ─► shown once, a hash is kept ─► who: lives? ─► what the gate lets through, as of now
//!                                   └─ withdrawn, past its time, its maker gone ─► nobody
//! ```
//!
//! A token is no person: what goes to named persons only is in no feed (`docs/decisions/0028-feeds-by-token.md`).

use disclosure::{Classified, Cleared, Cut, Detail, Marks, Recipient, Redact};
use domain::ids::{FeedTokenId, ParticipantId, WarningId};
use domain::participant::Participant;
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::Channel;
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use store::feed_tokens::{self, FeedToken};
use store::sign_in::Hash;
use store::warnings::{self, Asked};
use store::{StoreError, advisories, participants};

use crate::deliver::letter;
use crate::disclose;
use crate::house::{Actor, House};

/// How long a token may last, in days; the first is proposed.
pub const LIFE_DAYS: [i64; 3] = [365, 90, 30];
/// More that can be used at once nobody keeps apart.
const TOKENS_MAX: usize = 20;
/// How often the moment of the last use is written down.
const USED_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// How many warnings stand in a feed: readers of feeds keep what they saw.
const LINES_MAX: i64 = 100;

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    #[error("a token does not last {0} days")]
    NoSuchLife(i64),
    #[error("{TOKENS_MAX} tokens can be used already")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

/// Makes a token for the participant of `by`, who may speak for it, and gives it: it is never seen again.
///
/// # Errors
/// [`NoToken`]; then there is none.
pub async fn make(house: &House, by: Actor, name: &str, days: i64) -> Result<String, NoToken> {
    if !LIFE_DAYS.contains(&days) {
        return Err(NoToken::NoSuchLife(days));
    }
    let now = house.now();
    let known = feed_tokens::of_participant(&house.db, by.participant).await?;
    if known.iter().filter(|it| it.lives(now)).count() >= TOKENS_MAX {
        return Err(NoToken::TooMany);
    }
    // So that whoever finds one in a repository knows whose lock it opens.
    let token = format!("dijkwacht_feed_{}", hex::encode(house.secret::<32>()));
    let made = FeedToken {
        id: house.id(),
        participant: by.participant,
        name: name.to_owned(),
        made_by: by.contact,
        made_at: now,
        expires_at: now + (24 * days).hours(),
        used_at: None,
        withdrawn_at: None,
        maker_may: true,
    };
    house.write("make a feed token", async |tx| feed_tokens::add(tx, &made, &hash(&token)).await).await?;
    Ok(token)
}

/// Withdraws a token: from now on nothing is fetched with it. `false` for one that is not there to be withdrawn.
///
/// # Errors
/// Those of the store.
pub async fn withdraw(house: &House, by: Actor, id: FeedTokenId) -> Result<bool, StoreError> {
    let now = house.now();
    house
        .write("withdraw a feed token", async |tx| {
            feed_tokens::withdraw(tx, id, by.participant, by.contact, now).await
        })
        .await
}

/// Whose programs hold `token`. `None` when it was never made or is of no use any more.
///
/// # Errors
/// Those of the store.
pub async fn who(house: &House, token: &str) -> Result<Option<Participant>, StoreError> {
    let now = house.now();
    let found = feed_tokens::of_hash(&house.db, &hash(token)).await?.filter(|it| it.lives(now));
    let Some(found) = found else { return Ok(None) };
    if found.used_at.is_none_or(|at| now.duration_since(at) >= USED_AGAIN) {
        house.write("use a feed token", async |tx| feed_tokens::note_use(tx, found.id, now).await).await?;
    }
    participants::of_id(&house.db, found.participant).await
}

/// A warning as a reader of feeds shows it: that there is one, and as far as its label allows what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub warning: WarningId,
    pub number: String,
    pub severity: Severity,
    /// Blank where the way is not shut enough for it.
    pub title: Text,
    pub due_at: Timestamp,
    pub opened_at: Timestamp,
    pub changed_at: Timestamp,
    pub of: ParticipantId,
    pub target_group: String,
    pub tlp: Tlp,
}

impl Redact for Line {
    /// As a letter: number, severity and deadline name nothing (`ux.md` 6.3).
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() || cut.detail < Detail::Product {
            self.title = Text::default();
        }
        self
    }
}

impl Classified for Line {
    fn marks_for(&self, to: &Recipient) -> Marks {
        letter::marks(self.of, self.tlp, &self.target_group, false, to)
    }
}

/// The warnings of a participant for its feed, the last changed first. A reader of feeds keeps what it fetched where
/// we do not know, so it counts as a mailbox does and not as a page that somebody signed in for.
///
/// # Errors
/// Those of the store.
pub async fn warnings_of(house: &House, of: &Participant) -> Result<Vec<Cleared<Line>>, StoreError> {
    let asked = Asked { participant: Some(of.id), ..Asked::default() };
    let mut found = Vec::new();
    for line in warnings::list(&house.db, &asked, 0, LINES_MAX).await? {
        let warning = warnings::of_participant(&house.db, line.id, of.id, house.now()).await?;
        // What the gate held back was never told, here neither.
        let Some(warning) = warning.filter(|warning| !warning.is_held_by_the_gate()) else { continue };
        let Some(on_desk) = advisories::of_id(&house.db, line.advisory).await? else { continue };
        let Some(content) = on_desk.advisory.current().map(|revision| &revision.content) else { continue };
        let item = Line {
            warning: warning.id,
            number: line.advisory_number,
            severity: line.severity,
            title: content.title.clone(),
            due_at: line.due_at,
            opened_at: line.opened_at,
            changed_at: line.learned_at.max(line.opened_at),
            of: of.id,
            target_group: of.sector.clone(),
            tlp: content.tlp.unwrap_or(Tlp::Red),
        };
        match disclose::to_member(house, item, of, Channel::Webhook) {
            Ok(cleared) => found.push(cleared),
            Err(held) => tracing::warn!(warning.id = %line.id, "a line of a feed is held: {held}"),
        }
    }
    found.sort_by_key(|line| std::cmp::Reverse(line.item().changed_at));
    Ok(found)
}
