//! What a file is that somebody sends along with a note, by its first bytes. Whatever is none of the few kinds that
//! one needs to show a problem is refused: an archive, a program and an office document can do things.

use domain::note::FileKind;

/// How much of a text is looked at for control characters. A text is text from its beginning to its end, so all of it.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    !text.is_empty() && !text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t'))
}

/// The kind of a file; `None` for what we do not take.
pub fn kind(bytes: &[u8]) -> Option<FileKind> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(FileKind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(FileKind::Jpeg),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(FileKind::Pdf),
        // A page or a drawing is text that a browser would run.
        _ if is_text(bytes) && !looks_like_markup(bytes) => Some(FileKind::Text),
        _ => None,
    }
}

fn looks_like_markup(bytes: &[u8]) -> bool {
    let head = bytes.get(..1_024).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('<') || ["<script", "<svg", "<html"].iter().any(|tag| head.contains(tag))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let png = b"\x89PNG\r\n\x1a\n....".as_slice();
        let some: [(&[u8], Option<FileKind>); 9] = [
            (png, Some(FileKind::Png)),
            (b"\xff\xd8\xff\xe0....", Some(FileKind::Jpeg)),
            (b"%PDF-1.7\n", Some(FileKind::Pdf)),
            ("ns.conf\nset ns config\té".as_bytes(), Some(FileKind::Text)),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", None),
            (b"  <!doctype html>", None),
            (b"PK\x03\x04....", None),
            (b"MZ\x90\x00", None),
            (b"", None),
        ];
        for (bytes, expected) in some {
            assert_eq!(kind(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            kind(&bytes);
        }
    }
}
