//! What everybody may read, as files: pages in two languages, feeds, and whether a message is from us.
//!
//! ```text
//! /                      the list, in Dutch        /nl/feed.xml, feed.json   to follow it
//! /nl/, /en/             the list                  /v/2019-0979              is a message with this number from us?
//! /nl/2019/              of one year               /nl/statistics.html
//! /nl/advisories/….html  one of them               /nl/accessibility.html
//!                                                  /nl/software.html         what this is made of
//! ```
//!
//! A page is a function of what was cleared for everybody (`flow/publication`), and nothing else. Every page is whole
//! without script and without a server that thinks; addresses inside it are relative, so that it can be read anywhere.

pub(crate) mod door;
mod feeds;
mod pages;

use disclosure::Cleared;
use domain::text::Language;
use flow::house::Team;
use flow::publication::{Files, Notice, Site, software, stem};
use jiff::Timestamp;

use crate::static_files;

/// How many stand on the first page; the rest stands under its year.
const ON_FIRST_PAGE: usize = 100;

/// An advisory as everybody would read it, inside a page of the desk: without what leads to files that are not there.
pub(crate) fn preview(
    team: &Team,
    language: Language,
    written_at: Timestamp,
    cleared: &Cleared<Notice>,
) -> maud::Markup {
    let notice = cleared.item();
    let counts = std::collections::BTreeMap::new();
    let site = Site {
        team,
        address: &notice.address,
        written_at,
        notices: &[],
        sent: &[],
        counts: &counts,
        keys: &[],
    };
    pages::Leaf::new(&site, language, "").body(notice, pages::Inside { level: 3, prefix: "public-" })
}

/// Makes every file for people ([`flow::publication::Draw`]).
pub fn draw(site: &Site<'_>) -> Files {
    let mut files = Files::new();
    for file in [static_files::style(), static_files::website_script(), static_files::icon()] {
        let path = file.path().trim_start_matches('/').to_owned();
        files.insert(path, file.text.clone().into_bytes());
    }
    let notices: Vec<&Notice> = site.notices.iter().map(|it| it.item()).collect();
    let first: Vec<&Notice> = notices.iter().take(ON_FIRST_PAGE).copied().collect();
    let years: std::collections::BTreeSet<i16> = notices.iter().map(|it| it.year()).collect();
    let mut add =
        |path: String, page: maud::Markup| drop(files.insert(path, page.into_string().into_bytes()));
    add("index.html".into(), pages::Leaf::new(site, Language::Nl, "index.html").list(&first, &years, None));
    for language in Language::ALL {
        let leaf = |path: &str| pages::Leaf::new(site, language, &format!("{}/{path}", language.tag()));
        let mut put = |path: &str, draw: &dyn Fn(&pages::Leaf<'_>) -> maud::Markup| {
            add(format!("{}/{path}", language.tag()), draw(&leaf(path)));
        };
        put("index.html", &|leaf| leaf.list(&first, &years, None));
        for year in &years {
            let of_year: Vec<&Notice> = notices.iter().filter(|it| it.year() == *year).copied().collect();
            put(&format!("{year}/index.html"), &|leaf| leaf.list(&of_year, &years, Some(*year)));
        }
        for notice in &notices {
            put(&format!("advisories/{}.html", notice.stem()), &|leaf| leaf.advisory(notice));
        }
        put("statistics.html", &|leaf| leaf.statistics());
        put("accessibility.html", &|leaf| leaf.accessibility());
        put("software.html", &|leaf| leaf.software(software::ours()));
    }
    for sent in site.sent {
        let path = format!("v/{}.html", stem(&sent.item().number));
        add(path.clone(), pages::Leaf::new(site, Language::Nl, &path).check(Some(sent.item())));
    }
    add(door::UNKNOWN_NUMBER.into(), pages::Leaf::new(site, Language::Nl, door::UNKNOWN_NUMBER).check(None));
    add(door::NOT_FOUND.into(), pages::Leaf::new(site, Language::Nl, door::NOT_FOUND).not_found());
    for language in Language::ALL {
        for (name, bytes) in feeds::of(site, language, &first) {
            files.insert(format!("{}/{name}", language.tag()), bytes);
        }
    }
    files
}
