//! The doors of what everybody may read: a folder of files. No store is asked, so that it is there when the store
//! is not.

use std::path::{Component, Path};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::{collections::HashMap, fs, io};

use axum::body::Bytes;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flow::house::House;

use crate::WebError;
use crate::may::{Anybody, May};
use crate::path::FileName;

/// What is shown for a number that we never sent, and for what is not there.
pub(super) const UNKNOWN_NUMBER: &str = "v/no.html";
pub(super) const NOT_FOUND: &str = "not-found.html";

/// How much of the files is kept in memory.
const KEPT_BYTES_MAX: usize = 32 << 20;

/// `GET /`: the list.
pub async fn top(house: House, _: May<Anybody>, (): (), (): ()) -> Result<Response, WebError> {
    answer(&house, "").await
}

/// `GET /{*path}`: a file, or the listing of a folder.
pub async fn file(house: House, _: May<Anybody>, path: FileName, (): ()) -> Result<Response, WebError> {
    answer(&house, &path.0).await
}

async fn answer(house: &House, path: &str) -> Result<Response, WebError> {
    let folder = house.website.current().ok_or(WebError::NotFound)?;
    if let Some(found) = of(&folder, path)? {
        return Ok(reply(StatusCode::OK, &found));
    }
    let instead = if path.starts_with("v/") { UNKNOWN_NUMBER } else { NOT_FOUND };
    match of(&folder, instead)? {
        Some(found) => Ok(reply(StatusCode::NOT_FOUND, &found)),
        None => Err(WebError::NotFound),
    }
}

fn reply(status: StatusCode, found: &Found) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(found.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    // CSAF 2.1, 7.1.25: programs in pages of others may read along.
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    (status, headers, found.bytes.clone()).into_response()
}

/// A file as it is sent.
#[derive(Debug, Clone)]
struct Found {
    bytes: Bytes,
    media_type: &'static str,
}

/// Files of one edition that were read before.
#[derive(Default)]
struct Kept {
    edition: Option<std::path::PathBuf>,
    size_bytes: usize,
    files: HashMap<String, Found>,
}

/// The file for `path`; for a folder, and for a name without its ending, the page that is meant.
fn of(folder: &Path, path: &str) -> Result<Option<Found>, WebError> {
    static KEPT: LazyLock<Arc<Mutex<Kept>>> = LazyLock::new(Arc::default);
    // Which edition counts is asked each time; everything else of it never changes.
    let Ok(edition) = fs::read_link(folder) else { return Ok(None) };
    let edition = folder.parent().unwrap_or(folder).join(edition);
    {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.edition.as_ref() != Some(&edition) {
            *kept = Kept { edition: Some(edition.clone()), ..Kept::default() };
        }
        if let Some(found) = kept.files.get(path) {
            return Ok(Some(found.clone()));
        }
    }
    let Some(found) = read(&edition, path)? else { return Ok(None) };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let size_bytes = kept.size_bytes.saturating_add(found.bytes.len());
    if kept.edition.as_ref() == Some(&edition) && size_bytes <= KEPT_BYTES_MAX {
        kept.size_bytes = size_bytes;
        kept.files.insert(path.to_owned(), found.clone());
    }
    Ok(Some(found))
}

fn read(edition: &Path, path: &str) -> Result<Option<Found>, WebError> {
    let is_plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if !is_plain || path.contains(['\0', '\\']) || path.contains("//") {
        return Ok(None);
    }
    let names: Vec<String> = match path {
        "" => vec!["index.html".into()],
        path if path.ends_with('/') => vec![format!("{path}index.html")],
        path if path.starts_with("v/") => vec![path.to_owned(), format!("v/{}.html", number(path))],
        path => vec![path.to_owned(), format!("{path}.html"), format!("{path}/index.html")],
    };
    for name in names {
        let place = edition.join(&name);
        match fs::metadata(&place) {
            Ok(known) if known.is_file() => {}
            Ok(_) => continue,
            Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                continue;
            }
            Err(why) => return Err(WebError::Broken(why.into())),
        }
        let bytes = fs::read(&place).map_err(|why| WebError::Broken(why.into()))?;
        return Ok(Some(Found { bytes: bytes.into(), media_type: media_type(&name) }));
    }
    Ok(None)
}

/// The name of the file about a number, however it was typed.
fn number(path: &str) -> String {
    flow::publication::stem(path.trim_start_matches("v/").trim_matches('/'))
}

pub(crate) fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "xml" => "application/atom+xml; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
