//! How often somebody may knock, and how many are served at once, per class of doors.
//!
//! Each class has buckets and places of its own: whoever reloads the board a thousand times uses up
//! pages, and the answer of a hospital still finds its door free. The buckets fill by the clock of
//! the machine and not by that of the house, which a story moves.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use domain::note::FILE_BYTES_MAX;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::WebError;

/// A class of doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rate {
    Page,
    /// What a participant says about a warning. Never waits for anything else.
    Answer,
    /// Everything else that changes something.
    Change,
    SignIn,
    /// What a participant and the desk write to each other, with a file of up to 8 MiB.
    Note,
    /// Papers of up to 64 MiB.
    Import,
    Events,
    /// Files and signs of life.
    Static,
}

impl Rate {
    const ALL: [Self; 8] = [
        Self::Page,
        Self::Answer,
        Self::Change,
        Self::SignIn,
        Self::Note,
        Self::Import,
        Self::Events,
        Self::Static,
    ];

    /// How many at a stretch, how many a minute after that, and how many at once of all visitors
    /// together.
    fn allowance(self) -> (u32, u32, usize) {
        match self {
            Self::Page => (600, 600, 64),
            Self::Answer => (60, 60, 64),
            Self::Change => (120, 120, 32),
            Self::SignIn => (20, 20, 16),
            Self::Note => (20, 20, 8),
            Self::Import => (10, 10, 2),
            // Every page opens one.
            Self::Events => (600, 600, 2_000),
            Self::Static => (1_200, 1_200, 256),
        }
    }

    /// The largest body, in bytes.
    pub fn size_bytes_max(self) -> usize {
        match self {
            Self::Import => 64 << 20,
            Self::Note => FILE_BYTES_MAX + (1 << 16),
            _ => 1 << 20,
        }
    }
}

/// Whose bucket it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// A session, by the hash of its token.
    Session([u8; 32]),
    Peer(Option<IpAddr>),
    /// A mailbox to which links are asked for, by its hash.
    Mailbox([u8; 32]),
}

impl Whose {
    pub fn session(token: &str) -> Self {
        Self::Session(Sha256::digest(token).into())
    }

    pub fn mailbox(address: &str) -> Self {
        Self::Mailbox(Sha256::digest(address.trim().to_lowercase()).into())
    }
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// More buckets than this are swept: the full ones say nothing.
const BUCKETS_MAX: usize = 20_000;

#[derive(Debug)]
pub(crate) struct Rates {
    /// `None` counts nothing: for tests that knock a hundred thousand times.
    buckets: Option<Mutex<HashMap<(Rate, Whose), Bucket>>>,
    places: HashMap<Rate, Arc<Semaphore>>,
}

impl Rates {
    pub fn new() -> Self {
        let places = Rate::ALL.map(|rate| (rate, Arc::new(Semaphore::new(rate.allowance().2))));
        Self { buckets: Some(Mutex::default()), places: places.into() }
    }

    #[cfg(test)]
    pub fn unlimited() -> Self {
        Self { buckets: None, ..Self::new() }
    }

    /// A place for one knock, held until it is answered.
    ///
    /// # Errors
    /// 429 when this visitor knocks too often; the answer says so, and the telephone number.
    pub async fn enter(&self, rate: Rate, whose: &Whose) -> Result<OwnedSemaphorePermit, WebError> {
        if !self.may_at(rate, whose, Instant::now()) {
            return Err(WebError::Turned(StatusCode::TOO_MANY_REQUESTS, "refused-too-often"));
        }
        let places = Arc::clone(&self.places[&rate]);
        places.acquire_owned().await.map_err(|cause| WebError::Broken(cause.into()))
    }

    fn may_at(&self, rate: Rate, whose: &Whose, now: Instant) -> bool {
        let (burst, per_minute, _) = rate.allowance();
        self.take((rate, whose.clone()), f64::from(burst), f64::from(per_minute) / 60.0, now)
    }

    /// Whether another link may be sent to this mailbox at `now`: five at a stretch, and one in five
    /// minutes after that, whoever asks.
    pub fn may_mail(&self, address: &str, now: Instant) -> bool {
        self.take((Rate::SignIn, Whose::mailbox(address)), 5.0, 1.0 / 300.0, now)
    }

    /// How long every answer about a sign-in link takes, so that its time does not tell whether a mail
    /// was written. Writing one takes about a tenth of it.
    pub fn answer_time(&self) -> Duration {
        if self.buckets.is_some() { Duration::from_millis(250) } else { Duration::ZERO }
    }

    fn take(&self, key: (Rate, Whose), burst: f64, per_second: f64, now: Instant) -> bool {
        let Some(buckets) = &self.buckets else { return true };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > BUCKETS_MAX {
            // A bucket that was not touched for an hour is full again, whatever its class.
            buckets.retain(|_, bucket| now.duration_since(bucket.at).as_secs() < 3_600);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: burst, at: now });
        let since = now.duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + since * per_second).min(burst);
        bucket.at = now;
        let may = bucket.left >= 1.0;
        if may {
            bucket.left -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_pages_leaves_answers_free_and_passes() {
        let (rates, now) = (Rates::new(), Instant::now());
        let somebody = Whose::session("token");
        let came_in = (0..1_000).filter(|_| rates.may_at(Rate::Page, &somebody, now)).count();
        assert_eq!(came_in, 600);
        assert!(rates.may_at(Rate::Answer, &somebody, now));
        assert!(rates.may_at(Rate::Page, &Whose::session("another"), now));
        assert!(rates.may_at(Rate::Page, &somebody, now + Duration::from_secs(1)));
    }

    #[test]
    fn nobody_can_have_a_mailbox_bombed_with_links() {
        let (rates, now) = (Rates::new(), Instant::now());
        let sent = (0..100).filter(|_| rates.may_mail("A.Duin@noordzorg.example ", now)).count();
        assert_eq!(sent, 5);
        assert!(rates.may_mail("b.duin@noordzorg.example", now));
        assert!(rates.may_mail("a.duin@noordzorg.example", now + Duration::from_secs(300)));
    }
}
