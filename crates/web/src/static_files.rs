//! The three files that every page asks for: style, script and icon.
//!
//! They are part of the program and have a digest in their name. So they can be kept by browsers
//! for a year, and an upgrade never mixes an old style with a new page.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use flow::house::House;
use sha2::{Digest, Sha256};

use crate::WebError;
use crate::may::{Anybody, May};
use crate::path::FileName;

/// A file that never changes under its name.
#[derive(Debug)]
pub struct StaticFile {
    path: String,
    pub media_type: &'static str,
    pub text: String,
}

impl StaticFile {
    fn new(stem: &str, extension: &str, media_type: &'static str, text: String) -> Self {
        let digest = Sha256::digest(&text);
        let mut path = format!("/static/{stem}-");
        for byte in &digest[..6] {
            write!(path, "{byte:02x}").expect("a string takes what is written");
        }
        Self { path: path + "." + extension, media_type, text }
    }

    /// Where it is served, for example `/static/style-0a1b2c3d4e5f.css`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Without `/static/`: what a door with one parameter gets.
    pub fn name(&self) -> &str {
        self.path.trim_start_matches("/static/")
    }
}

/// The style, its layers in the order in which they win.
pub fn style() -> &'static StaticFile {
    static STYLE: LazyLock<StaticFile> = LazyLock::new(|| {
        let text = [
            include_str!("../style/reset.css"),
            include_str!("../style/tokens.css"),
            include_str!("../style/base.css"),
            include_str!("../style/component.css"),
            include_str!("../style/utility.css"),
        ]
        .concat();
        StaticFile::new("style", "css", "text/css; charset=utf-8", without_remarks(&text))
    });
    &STYLE
}

pub fn script() -> &'static StaticFile {
    static SCRIPT: LazyLock<StaticFile> = LazyLock::new(|| {
        let text = without_remarks(include_str!("../script/dijkwacht.js"));
        StaticFile::new("script", "js", "text/javascript; charset=utf-8", text)
    });
    &SCRIPT
}

pub fn icon() -> &'static StaticFile {
    static ICON: LazyLock<StaticFile> = LazyLock::new(|| {
        let text = include_str!("../style/icon.svg").to_owned();
        StaticFile::new("icon", "svg", "image/svg+xml", text)
    });
    &ICON
}

/// What the pages for everybody need, and nothing else.
pub fn website_script() -> &'static StaticFile {
    static SCRIPT: LazyLock<StaticFile> = LazyLock::new(|| {
        let text = without_remarks(include_str!("../script/website.js"));
        StaticFile::new("website", "js", "text/javascript; charset=utf-8", text)
    });
    &SCRIPT
}

/// All of them, for the door that serves them.
pub fn all() -> [&'static StaticFile; 3] {
    [style(), script(), icon()]
}

/// `GET /static/{file}`.
pub async fn file(_: House, _: May<Anybody>, name: FileName, (): ()) -> Result<impl IntoResponse, WebError> {
    let file = all().into_iter().find(|file| file.name() == name.0).ok_or(WebError::NotFound)?;
    let headers = [(CONTENT_TYPE, file.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, file.text.as_str()))
}

/// Leaves out indentation, blank lines and lines that are only a remark (`// …`, `/* … */`): they
/// are for us, and every visitor would pay for them. A remark never shares a line with anything
/// else, and no string runs over the end of a line; a test says so.
fn without_remarks(text: &str) -> String {
    let remark = |line: &&str| {
        line.is_empty() || line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"))
    };
    text.lines()
        .map(str::trim)
        .filter(|line| !remark(line))
        .fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// What a browser downloads of it.
    pub fn gzipped(text: &str) -> usize {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap().len()
    }

    #[test]
    fn style_and_script_stay_small() {
        let (style, script) = (&style().text, &script().text);
        assert!(style.len() < 25_000, "style: {} bytes", style.len());
        assert!(gzipped(style) <= 12_000, "style: {} bytes gzipped", gzipped(style));
        assert!(gzipped(script) <= 6_000, "script: {} bytes gzipped", gzipped(script));
    }

    #[test]
    fn a_file_is_named_after_its_bytes() {
        let name = |text: &str| StaticFile::new("style", "css", "text/css", text.into()).path;
        assert_eq!(name("a"), "/static/style-ca978112ca1b.css");
        assert_ne!(name("a"), name("b"));
    }

    #[test]
    fn leaving_out_remarks_leaves_nothing_else_out() {
        assert_eq!(without_remarks("// why\n  a();\n\n  /* how */\n  b(); \n"), "a();\nb();\n");
        let sources = [
            include_str!("../script/dijkwacht.js"),
            include_str!("../style/reset.css"),
            include_str!("../style/tokens.css"),
            include_str!("../style/base.css"),
            include_str!("../style/component.css"),
            include_str!("../style/utility.css"),
        ];
        for line in sources.into_iter().flat_map(str::lines).map(str::trim) {
            let opens = line.starts_with("/*");
            assert_eq!(opens, line.ends_with("*/"), "a remark has a line of its own: {line}");
            assert!(line.starts_with("//") || !line.contains('`'), "a string could run on: {line}");
        }
    }

    #[test]
    fn the_script_makes_no_html_and_evaluates_nothing() {
        for forbidden in ["innerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "http"] {
            assert!(!script().text.contains(forbidden), "{forbidden}");
        }
        assert_eq!(script().text.matches("createPolicy('dijkwacht'").count(), 1);
    }

    #[test]
    fn dark_is_the_same_whether_the_system_or_the_visitor_asks_for_it() {
        let tokens = include_str!("../style/tokens.css");
        let block = |after: &str| -> Vec<&str> {
            let (_, rest) = tokens.split_once(after).unwrap();
            rest.split('}')
                .next()
                .unwrap()
                .lines()
                .map(str::trim)
                .filter(|line| line.ends_with(';'))
                .collect()
        };
        let system = block(r#":root:not([data-theme="light"]) {"#);
        assert_eq!(system, block(r#":root[data-theme="dark"] {"#));
        assert!(system.len() > 10);
    }
}
