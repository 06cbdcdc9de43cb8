//! Just enough of Rust to tell code from comments and from strings.

use super::tree::File;

pub struct Source {
    /// The code, without comments; every string is `""`.
    pub code: String,
    /// What stands between quotes, in order.
    pub strings: Vec<Quoted>,
}

pub struct Quoted {
    pub text: String,
    /// Where it stood, as a place in `code`.
    pub at: usize,
}

impl Source {
    pub fn of(file: &File) -> Self {
        let mut source = Self { code: String::new(), strings: vec![] };
        let mut rest = file.text.as_str();
        while let Some(next) = rest.chars().next() {
            rest = if rest.starts_with("//") {
                &rest[rest.find('\n').unwrap_or(rest.len())..]
            } else if rest.starts_with("/*") {
                after_comment(rest)
            } else if let Some((text, after)) = string(rest, source.code.chars().next_back()) {
                source.strings.push(Quoted { text: text.to_owned(), at: source.code.len() });
                source.code += "\"\"";
                after
            } else if let Some(after) = after_character(rest) {
                source.code += "' '";
                after
            } else {
                source.code.push(next);
                &rest[next.len_utf8()..]
            };
        }
        source
    }

    /// The code above the unit tests at the foot of the file.
    pub fn product_code(&self) -> &str {
        &self.code[..self.code.find("#[cfg(test)]").unwrap_or(self.code.len())]
    }

    /// The names that follow `keyword`: those of the types for `struct`.
    pub fn names_after<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a str> {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        self.code.match_indices(keyword).filter_map(move |(at, _)| {
            let starts_here = !self.code[..at].ends_with(is_name);
            let rest = self.code[at + keyword.len()..].strip_prefix(' ').filter(|_| starts_here)?;
            let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            (end > 0).then_some(&rest[..end])
        })
    }
}

/// Past a block comment, and past those inside it.
fn after_comment(text: &str) -> &str {
    let mut depth = 0;
    for (at, _) in text.char_indices() {
        if text[at..].starts_with("/*") {
            depth += 1;
        } else if text[..at].ends_with("*/") {
            depth -= 1;
            if depth == 0 {
                return &text[at..];
            }
        }
    }
    ""
}

/// A string at the beginning of `text`, and what follows it.
fn string(text: &str, before: Option<char>) -> Option<(&str, &str)> {
    let in_a_name = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let unmarked = if in_a_name { text } else { text.trim_start_matches(['b', 'c']) };
    if let Some(raw) = unmarked.strip_prefix('r').filter(|_| !in_a_name) {
        let fences = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[fences..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(fences));
        let end = inside.find(&close)?;
        return Some((&inside[..end], &inside[end + close.len()..]));
    }
    let inside = unmarked.strip_prefix('"')?;
    let mut escaped = false;
    let end = inside.find(|letter| {
        let closes = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        closes
    })?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// Past a character in quotes; a lifetime is none.
fn after_character(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        let one = escape.chars().next()?.len_utf8();
        let end = escape[one..].find('\'')?;
        return Some(&escape[one + end + 1..]);
    }
    let one = inside.chars().next()?.len_utf8();
    inside[one..].strip_prefix('\'')
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let text = concat!(
        "let a = \"say \\\"hi\\\" // no\"; // \"no\"\n",
        "/* /* struct No */ */ let b = r#\"raw \"x\"\"#; let c: &'static str = f('\"', '\\'');\n",
        "struct Yes<'a>; my_struct No;",
    );
    let source = Source::of(&File { path: String::new(), text: text.to_owned() });
    let strings: Vec<_> = source.strings.iter().map(|quoted| quoted.text.as_str()).collect();
    assert_eq!(strings, ["say \\\"hi\\\" // no", "raw \"x\""]);
    assert_eq!(source.names_after("struct").collect::<Vec<_>>(), ["Yes"]);
    assert!(source.code.contains("let c: &'static str = f(' ', ' ');"), "{}", source.code);
}
