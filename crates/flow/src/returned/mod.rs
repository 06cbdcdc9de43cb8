//! What comes back to the mailbox that our mail comes from.
//!
//! ```text
//! new/ ─► a bounce of a letter of ours ─► the letter bounced, its contact is suspect, somebody else is tried ─► cur/, seen
//!      ─► a complaint about one (RFC 5965) ─► likewise, and nothing is sent to that address any more         ─► cur/, seen
//!      ─► a reply of one digit, under its own signature ─► an answer, through the mailbox                    ─► cur/, seen
//!      ─► a reply in words, likewise ─► a note about the warning                                             ─► cur/, seen
//!      ─► an automatic answer, a bounce of nothing of ours ─► nothing changes                                ─► cur/, seen
//!      ─► anything else ─► nothing changes; a person reads it                                                ─► cur/, unseen
//! ```
//!
//! The mailbox is a Maildir that the operator's mail server fills (`docs/decisions/0021-mail-comes-in-by-a-folder.md`): no
//! port of ours is open to mail, and what was delivered while the node was down is still there. A file is moved after its
//! deed was committed; one that is read twice changes nothing the second time.

mod answer;
mod read;
mod seal;

use std::path::{Path, PathBuf};

use domain::reply::Became;
use domain::suppression::Reason;
use domain::warning::{Delivery, Fact, Stage};
use jiff::Timestamp;
use store::outbox::{self, State};
use store::{StoreError, Tx, contacts, warnings};

use self::answer::{Post, Silent};
use self::read::Meant;
use crate::deliver::{self, brake};
use crate::house::House;

/// The largest mail that is looked into; a longer one is for a person.
const BYTES_MAX: u64 = 1 << 20;
/// How many are looked into at a time, so that a flood of bounces does not hold the node up.
const AT_A_TIME: usize = 500;

/// The folder into which the mail server delivers.
#[derive(Debug, Clone)]
pub struct Maildir(PathBuf);

/// Why the mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    #[error("{place}: {cause}", place = .place.display())]
    Folder { place: PathBuf, cause: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was found at one look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Letters of ours of which it was not known yet that they came back.
    pub bounced: usize,
    /// Replies that count: an answer, or a note.
    pub answered: usize,
    /// Replies to letters of ours that change nothing, and that stand at the desk with their reason.
    pub not_taken: usize,
    /// Whose key could not be asked for: they are read again at the next look, for a day.
    pub put_off: usize,
    /// Automatic answers, and bounces that said nothing new or of nothing of ours.
    pub passed_over: usize,
    /// Mail that a person reads.
    pub for_a_person: usize,
}

impl Maildir {
    /// The Maildir at `place`, with the three folders that it consists of.
    ///
    /// # Errors
    /// [`Unread`] when they cannot be made.
    pub fn open(place: &Path) -> Result<Self, Unread> {
        for folder in ["tmp", "new", "cur"].map(|name| place.join(name)) {
            std::fs::create_dir_all(&folder).map_err(|cause| Unread::Folder { place: folder, cause })?;
        }
        Ok(Self(place.to_owned()))
    }

    /// The names of what came in, oldest first as their names say.
    fn new_mail(&self) -> Result<Vec<String>, Unread> {
        let place = self.0.join("new");
        let broken = |cause| Unread::Folder { place: place.clone(), cause };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&place).map_err(broken)? {
            names.extend(entry.map_err(broken)?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }

    /// Puts a mail with those that were looked at.
    fn put_away(&self, name: &str, seen: bool) -> Result<(), Unread> {
        let place = self.0.join("new").join(name);
        let flags = if seen { "S" } else { "" };
        let to = self.0.join("cur").join(format!("{}:2,{flags}", name.split(':').next().unwrap_or(name)));
        std::fs::rename(&place, to).map_err(|cause| Unread::Folder { place, cause })
    }
}

/// Looks into what came in since the last look.
///
/// # Errors
/// [`Unread`]. What was done before stays done; the rest is there at the next look.
pub async fn look(house: &House, mailbox: &Maildir) -> Result<Looked, Unread> {
    let (mut looked, mut silent, mut settled) = (Looked::default(), Silent::new(), 0);
    for name in mailbox.new_mail()? {
        // What is put off takes nobody's place.
        if settled == AT_A_TIME {
            break;
        }
        let place = mailbox.0.join("new").join(&name);
        let broken = |cause| Unread::Folder { place: place.clone(), cause };
        let about = std::fs::metadata(&place).map_err(broken)?;
        let length = about.len();
        let since = about.modified().map_err(broken)?;
        let since = Timestamp::try_from(since).unwrap_or(Timestamp::MIN);
        let bytes = if length > BYTES_MAX { Vec::new() } else { std::fs::read(&place).map_err(broken)? };
        let meant = if bytes.is_empty() { Meant::ForAPerson } else { read::meant(&bytes) };
        let seen = match meant {
            Meant::Bounces(bounces) => {
                let mut new = 0;
                for bounce in &bounces {
                    new += usize::from(came_back(house, bounce).await?);
                }
                looked.bounced += new;
                looked.passed_over += usize::from(new == 0);
                true
            }
            Meant::Automatic => {
                looked.passed_over += 1;
                true
            }
            Meant::Reply(reply) => {
                match answer::came(house, Post { name: &name, bytes: &bytes, since }, &reply, &mut silent)
                    .await?
                {
                    answer::Came::OfNothingOfOurs if reply.is_automatic => {
                        looked.passed_over += 1;
                        true
                    }
                    answer::Came::OfNothingOfOurs => {
                        looked.for_a_person += 1;
                        false
                    }
                    answer::Came::Later => {
                        looked.put_off += 1;
                        continue;
                    }
                    answer::Came::As(became @ (Became::Answered | Became::Note)) => {
                        tracing::info!(became = became.word(), "somebody replied by mail");
                        looked.answered += 1;
                        true
                    }
                    answer::Came::As(became) => {
                        looked.not_taken += 1;
                        // What a person must see is found by the same person in the mailbox too.
                        !became.is_for_a_person()
                    }
                }
            }
            Meant::ForAPerson => {
                looked.for_a_person += 1;
                false
            }
        };
        mailbox.put_away(&name, seen)?;
        settled += 1;
    }
    if looked != Looked::default() {
        tracing::info!(
            bounced = looked.bounced,
            answered = looked.answered,
            not_taken = looked.not_taken,
            put_off = looked.put_off,
            passed_over = looked.passed_over,
            for_a_person = looked.for_a_person,
            "mail came in"
        );
    }
    Ok(looked)
}

/// A letter of ours came back after a server had taken it. Gives whether that was news.
///
/// Whoever says so must name the letter by its Message-ID, which nobody knows but who got it, and the mailbox to which
/// it went.
async fn came_back(house: &House, bounce: &read::Bounce) -> Result<bool, StoreError> {
    let Some(delivery) = outbox::of_message_id(&house.db, &bounce.message_id).await? else {
        return Ok(false);
    };
    // Who complains is left out by many, to protect them (RFC 6590).
    let names_it = bounce.recipients.iter().any(|it| it.eq_ignore_ascii_case(&delivery.recipient));
    if !names_it && !bounce.is_complaint {
        return Ok(false);
    }
    let now = house.now();
    house
        .write("record a bounce", async |tx| {
            if !outbox::return_it(tx, delivery.id, &bounce.said, now).await? {
                return Ok(false);
            }
            let bounced = outbox::Delivery { state: State::Bounced, ..delivery.clone() };
            match bounce.is_complaint {
                true => {
                    brake::suppress(house, tx, &delivery.recipient, Reason::Complaint, &bounce.said).await?
                }
                false => brake::after_a_bounce(house, tx, &bounced, &bounce.said).await?,
            }
            tell_somebody_else(house, tx, &bounced).await?;
            Ok(true)
        })
        .await
}

/// As for a letter that was refused at once, unless somebody at the participant has read the warning by now: then
/// nobody need be told, and the contact is suspect all the same.
async fn tell_somebody_else(
    house: &House,
    tx: &mut Tx,
    delivery: &outbox::Delivery,
) -> Result<(), StoreError> {
    let (Some((id, of)), now) = (delivery.about, house.now()) else { return Ok(()) };
    let Some(mut warning) = warnings::take(tx, id, of).await? else { return Ok(()) };
    if matches!(warning.stage(now), Stage::Matched | Stage::Unreached | Stage::Notified) {
        return deliver::bounced(house, tx, delivery).await;
    }
    if let Some(contact) = delivery.contact {
        contacts::fail(tx, contact, of, now).await?;
    }
    let fact = Fact::Delivery(delivery.channel, Delivery::Bounced);
    warnings::learn(tx, &mut warning, &[(now, fact)], now).await
}
