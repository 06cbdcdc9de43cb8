//! Questions on standard input, answers on standard output: a line for a line, in the same order.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use formats::words;
use serde::Deserialize;

/// Longer than this is no question; the rest of the line is passed over.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// More than this of a reason is not repeated: it holds what the asker wrote, which may be a book.
const REASON_CHARS_MAX: usize = 300;

/// Answers every line that is not blank. A question that cannot be understood is answered too: the
/// program fails only when it cannot read or write. When nobody listens any more (`| head`), it stops.
pub fn answer(answer: impl FnMut(&[u8], &mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<ExitCode> {
    let from = BufReader::with_capacity(1 << 16, std::io::stdin().lock());
    match answer_all(from, std::io::stdout().lock(), answer) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => Err(why.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn answer_all(
    mut from: BufReader<impl Read>,
    to: impl Write,
    mut answer: impl FnMut(&[u8], &mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 16, to);
    let mut line = Vec::new();
    loop {
        line.clear();
        if from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            return to.flush();
        }
        if !line.ends_with(b"\n") {
            from.skip_until(b'\n')?;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        answer(&line, &mut to)?;
        to.write_all(b"\n")?;
        // Somebody may wait for this answer before asking on.
        if from.buffer().is_empty() {
            to.flush()?;
        }
    }
}

/// What a line asks.
pub fn question<'l, Q: Deserialize<'l>>(line: &'l [u8]) -> Result<Q, String> {
    serde_json::from_slice(line).map_err(|why| reason(format!("the line is not understood: {why}")))
}

/// Why a question has no answer, on one line.
pub fn reason(why: impl std::fmt::Display) -> String {
    words::clipped(&words::line(&why.to_string()), REASON_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Number {
        number: u8,
    }

    #[test]
    fn a_line_that_nobody_understands_is_answered_in_its_place() {
        let long = format!("{{\"number\": {}}}", "9".repeat(5_000_000));
        let asked = format!("{{\"number\": 1}}\n\nnonsense\n{long}\n{{\"number\": 2}}");
        let mut answers = Vec::new();
        answer_all(BufReader::new(asked.as_bytes()), &mut answers, |line, to| {
            match question::<Number>(line) {
                Ok(Number { number }) => write!(to, "{number}"),
                Err(_) => write!(to, "?"),
            }
        })
        .unwrap();
        assert_eq!(String::from_utf8(answers).unwrap(), "1\n?\n?\n2\n");
    }
}
