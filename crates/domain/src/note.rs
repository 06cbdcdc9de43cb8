//! What a participant and the desk write to each other about one warning: a question, an answer, a picture of a
//! screen. What is written stays inside; a mail only says that there is something to read.

use jiff::Timestamp;

use crate::ids::{ContactId, NoteId, OfficerId, ParticipantId, WarningId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub warning: WarningId,
    pub participant: ParticipantId,
    pub writer: Writer,
    pub written_at: Timestamp,
    pub text: String,
    /// In the order in which they came.
    pub files: Vec<NoteFile>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Contact(ContactId),
    Officer(OfficerId),
}

/// A file that came with a note. Its bytes are a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteFile {
    /// SHA-256 of the bytes.
    pub digest: [u8; 32],
    /// As its sender called it, fit to be shown.
    pub name: String,
    pub kind: FileKind,
    pub size_bytes: u64,
}

/// What can be sent along, as its bytes say and never its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    Png,
    Jpeg,
    Pdf,
    /// UTF-8 without control characters: a log, a configuration, a table.
    Text,
}

impl FileKind {
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Pdf, Self::Text];

    /// As it is stored, and as a browser is told.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    pub fn of_media_type(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == word)
    }

    /// How a file of this kind ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Pdf => "pdf",
            Self::Text => "txt",
        }
    }
}

/// The largest file that comes with a note: a picture of a large screen, and no image of a disk.
pub const FILE_BYTES_MAX: usize = 8 << 20;

/// More notes about one warning than this are no conversation.
pub const NOTES_MAX: usize = 500;
