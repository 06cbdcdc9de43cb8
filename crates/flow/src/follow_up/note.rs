//! Help asked in writing: a participant and the desk write to each other inside the warning, with files that are kept
//! as papers. The other side hears by mail that there is something to read, and nothing of what it is. A question
//! sets a clock, and the board shows how long it runs.

use domain::ids::{NoteId, ParticipantId, WarningId};
use domain::note::{FILE_BYTES_MAX, NOTES_MAX, Note, NoteFile, Writer};
use domain::text::Language;
use domain::warning::Warning;
use formats::{attachment, words};
use store::papers::{self, Digest, Paper};
use store::{StoreError, notes, officers, warnings};

use crate::deliver::letter::{Kind, about_now};
use crate::deliver::{self, email, takes_mail};
use crate::house::{Actor, House, Officer};
use crate::words::Words;

/// What somebody sends along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why a note was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    #[error("no warning {0} for this participant")]
    NoSuchWarning(WarningId),
    /// No picture, PDF or plain text.
    #[error("a file of a kind that is not taken")]
    Kind,
    #[error("a file of {0} bytes is too large")]
    TooLarge(usize),
    #[error("{NOTES_MAX} notes are enough: call")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A participant writes to the desk. The officer who sees to it hears of it, or else all duty officers.
pub async fn ask(
    house: &House,
    actor: Actor,
    id: WarningId,
    text: &str,
    file: Option<Sent>,
) -> Result<NoteId, NotWritten> {
    let warning = warnings::of_participant(&house.db, id, actor.participant, house.now()).await?;
    let warning = warning.filter(|it| !it.is_held_by_the_gate()).ok_or(NotWritten::NoSuchWarning(id))?;
    let note = made(house, &warning, Writer::Contact(actor.contact), text, file.as_ref()).await?;
    let line = warnings::line(&house.db, id).await?.ok_or(NotWritten::NoSuchWarning(id))?;
    let mut to = officers::all(&house.db).await?;
    to.retain(|it| it.role == officers::Role::DutyOfficer || line.taken_by.as_ref() == Some(&it.name));
    if let Some(taken_by) = &line.taken_by {
        let seen_to: Vec<_> = to.iter().filter(|it| it.name == *taken_by).cloned().collect();
        to = if seen_to.is_empty() { to } else { seen_to };
    }
    let mail = email::note_for_the_desk(&Words::of(Language::Nl), &house.team, &line.advisory_number);
    house
        .write("write to the desk", async |tx| {
            keep(house, tx, &note, file.as_ref(), "participant").await?;
            notes::ask(tx, id, note.written_at).await?;
            for officer in &to {
                let key = format!("note {} {}", note.id, officer.id);
                deliver::alone_in_thread(house, tx, &key, &officer.mail, None, &mail).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(note.id)
}

/// The desk answers. Whoever wrote last at the participant hears of it, or else its security contacts.
pub async fn reply(
    house: &House,
    by: &Officer,
    id: WarningId,
    text: &str,
    file: Option<Sent>,
) -> Result<NoteId, NotWritten> {
    let warning = warnings::of_id(&house.db, id, house.now()).await?.ok_or(NotWritten::NoSuchWarning(id))?;
    let note = made(house, &warning, Writer::Officer(by.id), text, file.as_ref()).await?;
    let of = warning.participant;
    let before = notes::of_warning(&house.db, id, of).await?;
    let asker = before.iter().rev().find_map(|note| match note.writer {
        Writer::Contact(id) => Some(id),
        Writer::Officer(_) => None,
    });
    let to = deliver::addressees(house, of).await?;
    let about = about_now(house, &warning, Kind::Note).await?;
    house
        .write("answer a participant", async |tx| {
            keep(house, tx, &note, file.as_ref(), &house.team.name).await?;
            notes::answered(tx, id).await?;
            let (Some(to), Some(about)) = (&to, about) else { return Ok(()) };
            let Some(mut warning) = warnings::take(tx, id, of).await? else { return Ok(()) };
            let now = house.now();
            let asker = to.contacts.iter().find(|it| Some(it.id) == asker && takes_mail(it, now));
            match asker {
                Some(contact) => {
                    deliver::by_mail(house, tx, &mut warning, &to.participant, contact, about).await
                }
                None => {
                    for contact in to.first(now) {
                        let about = about.clone();
                        deliver::by_mail(house, tx, &mut warning, &to.participant, contact, about).await?;
                    }
                    Ok::<_, StoreError>(())
                }
            }
        })
        .await?;
    Ok(note.id)
}

async fn made(
    house: &House,
    warning: &Warning,
    writer: Writer,
    text: &str,
    file: Option<&Sent>,
) -> Result<Note, NotWritten> {
    if notes::of_warning(&house.db, warning.id, warning.participant).await?.len() >= NOTES_MAX {
        return Err(NotWritten::TooMany);
    }
    let files = file.map(seen).transpose()?.into_iter().collect();
    Ok(Note {
        id: house.id(),
        warning: warning.id,
        participant: warning.participant,
        writer,
        written_at: house.now(),
        text: words::lines(text),
        files,
    })
}

/// What was sent along, as its bytes say; its name only as far as it can be shown.
fn seen(file: &Sent) -> Result<NoteFile, NotWritten> {
    if file.bytes.len() > FILE_BYTES_MAX {
        return Err(NotWritten::TooLarge(file.bytes.len()));
    }
    Ok(NoteFile {
        digest: Digest::of(&file.bytes).0,
        name: words::clipped(&words::line(&file.name), 100),
        kind: attachment::kind(&file.bytes).ok_or(NotWritten::Kind)?,
        size_bytes: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
    })
}

/// The bytes reach the disk before the row that speaks of them.
async fn keep(
    house: &House,
    tx: &mut store::Tx,
    note: &Note,
    file: Option<&Sent>,
    source: &str,
) -> Result<(), StoreError> {
    for (known, sent) in note.files.iter().zip(file) {
        let paper = Paper {
            digest: house.papers.keep(&sent.bytes)?,
            source: source.to_owned(),
            name: known.name.clone(),
            kind: "note_file".into(),
            size_bytes: known.size_bytes,
            received_at: note.written_at,
            state: papers::State::Read,
            why: None,
            complaints: Vec::new(),
        };
        papers::add(tx, &paper).await?;
    }
    notes::add(tx, note).await
}

/// A file of a note about the warning of a participant, with its bytes. `None` for what is not there or not theirs.
pub async fn file(
    house: &House,
    (id, of): (WarningId, ParticipantId),
    note: NoteId,
    place: usize,
) -> Result<Option<(NoteFile, Vec<u8>)>, StoreError> {
    let all = notes::of_warning(&house.db, id, of).await?;
    let found = all.into_iter().find(|it| it.id == note);
    let Some(file) = found.and_then(|it| it.files.into_iter().nth(place)) else { return Ok(None) };
    let bytes = house.papers.read(Digest(file.digest))?;
    Ok(Some((file, bytes)))
}
