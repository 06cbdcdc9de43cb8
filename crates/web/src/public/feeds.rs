//! What changed, for programs that read along: Atom (RFC 4287) and JSON Feed 1.1.

use disclosure::Say as _;
use domain::text::Language;
use flow::publication::{Notice, Site};
use flow::words::Words;
use jiff::Timestamp;
use maud::{PreEscaped, html};
use serde_json::json;

/// The feeds of one language, by their names.
pub fn of(site: &Site<'_>, language: Language, notices: &[&Notice]) -> [(String, Vec<u8>); 2] {
    let words = Words::of(language);
    let (tag, title) = (language.tag(), format!("{} – {}", words.say("website-title", &[]), site.team.name));
    let page = |notice: &Notice| format!("{}/{tag}/advisories/{}.html", site.address, notice.stem());
    let updated = notices.iter().map(|it| it.changed_at()).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let [own, home] = ["feed.xml", "index.html"].map(|name| format!("{}/{tag}/{name}", site.address));
    let atom = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(tag) {
            id { (own) }
            title { (title) }
            updated { (updated) }
            author { name { (site.team.name) } }
            (PreEscaped(format!("<link rel=\"self\" href=\"{}\"/>", escaped(&own))))
            (PreEscaped(format!("<link rel=\"alternate\" href=\"{}\"/>", escaped(&home))))
            @for notice in notices {
                entry {
                    id { (page(notice)) }
                    title { (notice.content().title.for_reader(language)) }
                    published { (notice.first_at()) }
                    updated { (notice.changed_at()) }
                    (PreEscaped(format!("<link rel=\"alternate\" href=\"{}\"/>", escaped(&page(notice)))))
                    summary { (notice.content().summary.for_reader(language)) }
                }
            }
        }
    };
    let items: Vec<_> = notices
        .iter()
        .map(|notice| {
            json!({
                "content_text": notice.content().summary.for_reader(language),
                "date_modified": notice.changed_at(),
                "date_published": notice.first_at(),
                "id": page(notice),
                "title": notice.content().title.for_reader(language),
                "url": page(notice),
            })
        })
        .collect();
    let feed = json!({
        "feed_url": format!("{}/{tag}/feed.json", site.address),
        "home_page_url": home,
        "items": items,
        "language": tag,
        "title": title,
        "version": "https://jsonfeed.org/version/1.1",
    });
    let feed = serde_json::to_vec_pretty(&feed).unwrap_or_default();
    [("feed.xml".to_owned(), atom.into_string().into_bytes()), ("feed.json".to_owned(), feed)]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
