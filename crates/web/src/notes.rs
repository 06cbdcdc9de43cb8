//! What a participant and the desk write to each other about a warning, on both their pages. Files are served as
//! something to save and never shown by the browser: what it would show could do things in our name.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::ids::{NoteId, ParticipantId, WarningId};
use domain::note::{FILE_BYTES_MAX, NoteFile, Writer};
use flow::follow_up::note::{self as stage, NotWritten, Sent};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::{StoreError, contacts, notes, officers};
use uuid::Uuid;

use crate::WebError;
use crate::fields::Field;
use crate::form::{Fields, Form};
use crate::may::{AnswerOwn, May, Onward, ReadOwn, WatchDesk, WorkDesk};
use crate::own_file::{Part, clear};
use crate::page::Frame;
use crate::tables::address;
use domain::tlp::Tlp;

/// What was written, the oldest first, and since when an answer of the desk is waited for.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub all: Vec<Shown>,
    pub asks_since: Option<Timestamp>,
}

/// One note.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: Uuid,
    pub by: String,
    pub is_of_the_desk: bool,
    pub at: Timestamp,
    pub text: String,
    /// Name, size in bytes.
    pub files: Vec<(String, u64)>,
}

pub(crate) async fn notes(house: &House, id: WarningId, of: ParticipantId) -> Result<Notes, StoreError> {
    let written = notes::of_warning(&house.db, id, of).await?;
    if written.is_empty() {
        return Ok(Notes::default());
    }
    let people = contacts::names(&house.db, of).await?;
    let desk = officers::names(&house.db).await?;
    let shown = |note: domain::note::Note| {
        let (by, is_of_the_desk) = match note.writer {
            Writer::Contact(id) => (people.get(&id), false),
            Writer::Officer(id) => (desk.get(&id), true),
        };
        Shown {
            id: note.id.0,
            by: by.cloned().unwrap_or_default(),
            is_of_the_desk,
            at: note.written_at,
            text: note.text,
            files: note.files.into_iter().map(|file| (file.name, file.size_bytes)).collect(),
        }
    };
    Ok(Notes {
        all: written.into_iter().map(shown).collect(),
        asks_since: notes::asks_since(&house.db, id).await?,
    })
}

/// The conversation, with a form below it when the visitor `may_write`. `at` is the warning's own page.
pub(crate) fn section(frame: &Frame, view: &Notes, at: &str, may_write: bool, is_desk: bool) -> Markup {
    html! {
        section #notes aria-labelledby="notes-head" {
            h2 #notes-head { (frame.say(if is_desk { "notes-desk" } else { "notes-own" })) }
            @if let Some(since) = view.asks_since {
                p .notice.heed {
                    (frame.say("notes-waiting")) " "
                    strong { (frame.span(frame.now.duration_since(since))) }
                }
            }
            @if view.all.is_empty() { p .soft { (frame.say("notes-none")) } }
            ol .cards.plain {
                @for note in &view.all {
                    li .card id={ "note-" (note.id.simple()) } {
                        p .small.soft {
                            b { (note.by) } " · "
                            @if note.is_of_the_desk { (frame.csirt.name) " · " }
                            (frame.time(note.at))
                        }
                        @for paragraph in note.text.lines().filter(|line| !line.trim().is_empty()) { p { (paragraph) } }
                        @for (place, (name, size)) in note.files.iter().enumerate() {
                            p {
                                a href=(address(&format!("{at}/file"), &[("note", &note.id.to_string()), ("place", &place.to_string())]))
                                    download { (name) }
                                " " span .soft { "(" (kilobytes(*size)) " kB)" }
                            }
                        }
                    }
                }
            }
            @if may_write {
                (frame.upload(&format!("{at}/notes"), html! {
                    (Field::new("note", "text", frame.say("notes-text")).kind("textarea").required()
                        .hint(frame.say("notes-text-hint")))
                    (Field::new("note", "file", frame.say("notes-file")).kind("file")
                        .accept(".png,.jpg,.jpeg,.pdf,.txt,.log,.conf,.csv").hint(frame.say("notes-file-hint")))
                    button { (frame.say("notes-send")) }
                }))
            }
        }
    }
}

fn kilobytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000)
}

/// A note as it is sent.
pub struct New {
    text: String,
    file: Option<Sent>,
}

impl Form for New {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let file = fields.file().map(|file| Sent { name: file.name.clone(), bytes: file.bytes.to_vec() });
        if file.as_ref().is_some_and(|file| file.bytes.len() > FILE_BYTES_MAX) {
            return Err(WebError::Refused("refused-too-big"));
        }
        Ok(Self { text: fields.needed("text")?, file })
    }
}

impl From<NotWritten> for WebError {
    fn from(why: NotWritten) -> Self {
        match why {
            NotWritten::NoSuchWarning(_) => Self::NotFound,
            NotWritten::Kind => Self::Refused("refused-file-kind"),
            NotWritten::TooLarge(_) => Self::Refused("refused-too-big"),
            NotWritten::TooMany => Self::Refused("refused-too-many-notes"),
            NotWritten::Store(cause) => cause.into(),
        }
    }
}

/// `POST /my/warnings/{id}/notes`.
pub async fn ask(house: House, may: May<AnswerOwn>, id: WarningId, new: New) -> Result<Onward, WebError> {
    stage::ask(&house, may.who.actor, id, &new.text, new.file).await?;
    Ok(Onward::to(format!("/my/warnings/{id}#notes")))
}

/// `POST /desk/warnings/{id}/notes`.
pub async fn reply(house: House, may: May<WorkDesk>, id: WarningId, new: New) -> Result<Onward, WebError> {
    stage::reply(&house, &may.who.officer, id, &new.text, new.file).await?;
    Ok(Onward::to(format!("/desk/warnings/{id}#notes")))
}

/// Which file of which note.
pub struct Which {
    note: NoteId,
    place: usize,
}

impl Form for Which {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let place = fields.raw("place").and_then(|place| place.parse().ok());
        Ok(Self {
            note: fields.id("note")?.ok_or(WebError::NotFound)?,
            place: place.ok_or(WebError::NotFound)?,
        })
    }
}

/// `GET /my/warnings/{id}/file`.
pub async fn own_file(
    house: House,
    may: May<ReadOwn>,
    id: WarningId,
    which: Which,
) -> Result<impl IntoResponse + use<>, WebError> {
    let own = may.who.actor.participant;
    let found = stage::file(&house, (id, own), which.note, which.place).await?;
    let found = Bytes(found.ok_or(WebError::NotFound)?);
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, found).await?;
    let Bytes((known, bytes)) = file.item().view().clone();
    if bytes.is_empty() {
        return Err(WebError::NotFound);
    }
    Ok(to_save(&known, bytes))
}

/// A file on its way to the participant; less than all of it is nothing.
#[derive(Clone)]
struct Bytes((NoteFile, Vec<u8>));

impl disclosure::Redact for Bytes {
    fn cut(mut self, cut: &disclosure::Cut) -> Self {
        if !cut.is_full() {
            self.0.1.clear();
        }
        self
    }
}

/// `GET /desk/warnings/{id}/file`.
pub async fn desk_file(
    house: House,
    _: May<WatchDesk>,
    id: WarningId,
    which: Which,
) -> Result<impl IntoResponse + use<>, WebError> {
    let line = store::warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let found = stage::file(&house, (id, line.participant), which.note, which.place).await?;
    let (known, bytes) = found.ok_or(WebError::NotFound)?;
    Ok(to_save(&known, bytes))
}

/// Something to save, under a name of ours: its own could be anything.
fn to_save(file: &NoteFile, bytes: Vec<u8>) -> impl IntoResponse + use<> {
    let name = format!("{}.{}", hex::encode(&file.digest[..6]), file.kind.ending());
    let headers = [
        (CONTENT_TYPE, file.kind.media_type().to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::testing::check;

    /// A question with a picture, and its answer.
    pub(crate) fn sample() -> Notes {
        let note = |number: u128, by: &str, is_of_the_desk, files| Shown {
            id: Uuid::from_u128(number),
            by: by.into(),
            is_of_the_desk,
            at: "2020-01-16T12:00:00Z".parse().unwrap(),
            text: "Aleida 16-1\n\nns.conf <script>".into(),
            files,
        };
        Notes {
            all: vec![
                note(1, "Aleida Waterman", false, vec![("ns.png".into(), 120_000)]),
                note(2, "B. Sluis", true, vec![]),
            ],
            asks_since: Some("2020-01-16T12:00:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn a_conversation_can_be_read_on_both_sides_in_both_languages() {
        let page = |frame: &Frame, view: &Notes, is_desk| {
            frame.document("x", html! { h1 { "x" } (section(frame, view, "/my/warnings/1", true, is_desk)) })
        };
        for is_desk in [false, true] {
            check("notes", "/my/warnings/1", |frame| page(frame, &sample(), is_desk));
            check("notes-none", "/my/warnings/1", |frame| page(frame, &Notes::default(), is_desk));
        }
    }
}
