//! What every page has in common: head, skip link, navigation, the mark that says who may read it,
//! and help at the same place.
//!
//! A page is a pure function of a [`Frame`] and its own view: no store, no clock, no `House`. So a
//! test can render every page in both languages, and the page after a form, after an event and
//! without script is the same page.
//!
//! Nothing here carries a `style` attribute or an event handler: the Content-Security-Policy
//! refuses both.

use disclosure::Say;
use domain::tlp::Tlp;
use flow::words::Words;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::static_files;

/// All that a page knows besides its own view.
#[derive(Debug, Clone)]
pub struct Frame {
    pub words: Words,
    /// When the page was asked for, by the clock of the house.
    pub now: Timestamp,
    /// This page with its query, to come back to after a change of language or colours.
    pub path: String,
    pub csirt: Csirt,
    /// `None` before sign-in.
    pub visitor: Option<Visitor>,
    /// Who may read what is on this page. `None` on pages that say nothing about anybody.
    pub tlp: Option<Tlp>,
    pub theme: Theme,
    /// Whether single keys do something (WCAG 2.1.4 wants a switch).
    pub keys: bool,
    /// Goes into every form as `token`; the door compares it with the session.
    pub token: String,
    pub clock: Clock,
    /// The key of a sentence that says what was just done, shown once, above everything else.
    pub done: Option<String>,
    /// Where the events come from that make this page renew itself.
    pub events: Option<&'static str>,
}

/// The team of this node, and how to reach a person there.
#[derive(Debug, Clone)]
pub struct Csirt {
    pub name: String,
    /// As it is read aloud; for the link, blanks and hyphens are left out.
    pub telephone: String,
    /// What a careful reader types, without a scheme.
    pub site: String,
}

#[derive(Debug, Clone)]
pub struct Visitor {
    pub name: String,
    pub organisation: String,
    pub side: Side,
}

/// Which navigation the visitor gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Desk,
    Participant,
    /// Who runs the node and sees nobody's data.
    Node,
    /// Who sees figures only.
    Oversight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the visitor's system prefers.
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Real,
    Demo { moving: bool },
}

impl Theme {
    /// The word in the cookie, in the form and in the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}

impl Frame {
    pub fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    pub fn say_with(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.words.say(key, values)
    }

    /// The article that a rule rests on, as this reader calls it.
    pub fn article(&self, article: &str) -> String {
        self.words.article(article)
    }

    /// A sentence with a number in it. The sentence chooses by `$form` (`one` or `other`) and
    /// shows `$n`.
    pub fn count(&self, key: &str, n: usize) -> String {
        let form = if n == 1 { "one" } else { "other" };
        self.words.say(key, &[("n", &n.to_string()), ("form", form)])
    }

    /// A form that changes something. Carries the token that the door asks for.
    pub fn form(&self, action: &str, fields: Markup) -> Markup {
        html! {
            form method="post" action=(action) data-place {
                input type="hidden" name="token" value=(self.token);
                (fields)
            }
        }
    }

    /// As [`Frame::form`]; what is typed is kept in the browser's tab, under `name`, until it is sent.
    pub fn draft(&self, action: &str, name: &str, fields: Markup) -> Markup {
        html! {
            form method="post" action=(action) data-place data-draft=(name) {
                input type="hidden" name="token" value=(self.token);
                (fields)
            }
        }
    }

    /// As [`Frame::draft`]; what is typed is sent by itself after a pause, and whatever on the page says
    /// `data-saved` is then as the server has it.
    pub fn autosaved(&self, action: &str, name: &str, fields: Markup) -> Markup {
        html! {
            form method="post" action=(action) data-place data-autosaved id=(name) {
                input type="hidden" name="token" value=(self.token);
                (fields)
            }
        }
    }

    /// A form that changes something with a file in it.
    pub fn upload(&self, action: &str, fields: Markup) -> Markup {
        html! {
            form method="post" action=(action) enctype="multipart/form-data" {
                input type="hidden" name="token" value=(self.token);
                (fields)
            }
        }
    }

    /// One button that changes something, with the fields that say what.
    pub fn button(&self, action: &str, hidden: &[(&str, &str)], label: &str) -> Markup {
        self.form(
            action,
            html! {
                @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                button { (label) }
            },
        )
    }

    /// The whole page. `main` holds its only `h1`.
    pub fn document(&self, title: &str, main: Markup) -> Markup {
        let theme = (self.theme != Theme::System).then(|| self.theme.name());
        html! {
            (DOCTYPE)
            html lang=(self.words.tag()) data-theme=[theme] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " – " (self.csirt.name) }
                    link rel="stylesheet" href=(static_files::style().path());
                    link rel="icon" type="image/svg+xml" href=(static_files::icon().path());
                    script defer src=(static_files::script().path()) {}
                }
                body data-events=[self.events] data-keys[self.keys]
                    data-unsent=(self.say_with("page-unsent", &[("telephone", &self.csirt.telephone)]))
                    data-lost=(self.say("page-lost")) data-as-of=(self.time_words(self.now)) {
                    a .skip href="#main" { (self.say("page-skip")) }
                    (self.demo_banner())
                    (self.header())
                    p #connection .connection role="status" {}
                    main #main tabindex="-1" {
                        (self.print_head())
                        @if let Some(tlp) = self.tlp {
                            p { span .tlp data-tlp=(colour(tlp)) { "TLP:" (tlp.word()) } }
                        }
                        @if let Some(done) = &self.done {
                            p .notice.good role="status" tabindex="-1" data-answer { (self.say(done)) }
                        }
                        (main)
                    }
                    (self.footer())
                    @if self.keys { (self.keys_dialog()) }
                }
            }
        }
    }

    fn demo_banner(&self) -> Markup {
        let Clock::Demo { moving } = self.clock else { return html! {} };
        html! {
            aside .demo aria-label=(self.say("page-demo-label")) {
                p {
                    strong { (self.say("page-demo")) } " "
                    (self.time(self.now)) " "
                    (self.say(if moving { "page-demo-moving" } else { "page-demo-still" }))
                }
                ul .plain {
                    li { a href="/demo" { (self.say("page-demo-clock")) } }
                    li { a href="/demo/mail" { (self.say("page-demo-mail")) } }
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let home = match &self.visitor {
            None => "/",
            Some(visitor) => match visitor.side {
                Side::Desk => "/desk",
                Side::Participant => "/my",
                Side::Node => "/desk/shelf",
                Side::Oversight => "/desk/figures",
            },
        };
        html! {
            header .top {
                a .brand href=(home) {
                    (mark())
                    span { b { "Dijkwacht" } " " span .brand-csirt { (self.csirt.name) } }
                }
                @if let Some(visitor) = &self.visitor { (self.navigation(visitor.side)) }
                div .who {
                    @if let Some(visitor) = &self.visitor {
                        p { b { (visitor.name) } " " span { (visitor.organisation) } }
                    }
                    (self.language_switch())
                    @if self.visitor.is_some() {
                        (self.button("/sign-out", &[], &self.say("page-sign-out")))
                    }
                }
            }
        }
    }

    fn navigation(&self, side: Side) -> Markup {
        let doors: &[(&str, &str, &str)] = match side {
            Side::Desk => &[
                ("/desk", "page-nav-board", "s"),
                ("/desk/advisories", "page-nav-advisories", "a"),
                ("/desk/signals", "page-nav-signals", "n"),
                ("/desk/catalogue", "page-nav-catalogue", "k"),
                ("/desk/participants", "page-nav-participants", "d"),
                ("/desk/figures", "page-nav-figures", "f"),
                ("/desk/sources", "page-nav-sources", "b"),
                ("/desk/shelf", "page-nav-shelf", "p"),
            ],
            Side::Node => {
                &[("/desk/sources", "page-nav-sources", "b"), ("/desk/shelf", "page-nav-shelf", "p")]
            }
            Side::Oversight => &[("/desk/figures", "page-nav-figures", "f")],
            Side::Participant => &[
                ("/my", "page-nav-home", "t"),
                ("/my/assets", "page-nav-assets", "m"),
                ("/my/contacts", "page-nav-contacts", "c"),
            ],
        };
        html! {
            nav aria-label=(self.say("page-nav")) {
                ul .plain {
                    @for (href, key, letter) in doors {
                        li {
                            a href=(href) data-go=(letter) aria-current=[self.current(href)] { (self.say(key)) }
                        }
                    }
                }
            }
        }
    }

    /// `page` for this very page, `true` for a page below it.
    fn current(&self, href: &str) -> Option<&'static str> {
        let here = self.path.split(['?', '#']).next().unwrap_or_default();
        let home = href.matches('/').count() == 1;
        match here.strip_prefix(href)? {
            "" => Some("page"),
            below if below.starts_with('/') && !home => Some("true"),
            _ => None,
        }
    }

    fn language_switch(&self) -> Markup {
        let (tag, name) = if self.words.tag() == "nl" { ("en", "English") } else { ("nl", "Nederlands") };
        self.settings(html! { button name="language" value=(tag) lang=(tag) { (name) } })
    }

    /// A choice that is kept in a cookie; the door sends the visitor back to this page.
    fn settings(&self, buttons: Markup) -> Markup {
        html! {
            form method="post" action="/settings" {
                input type="hidden" name="token" value=(self.token);
                input type="hidden" name="back" value=(self.path);
                (buttons)
            }
        }
    }

    fn footer(&self) -> Markup {
        let dial = dial(&self.csirt.telephone);
        html! {
            footer {
                section #help aria-labelledby="help-head" {
                    h2 #help-head { (self.say("page-help")) }
                    p {
                        (self.say("page-help-call")) " "
                        a href={ "tel:" (dial) } { (self.csirt.telephone) }
                    }
                    p .soft { (self.say_with("page-help-real", &[("site", &self.csirt.site)])) }
                }
                section aria-labelledby="settings-head" {
                    h2 #settings-head { (self.say("page-settings")) }
                    (self.settings(html! {
                        fieldset .switch {
                            legend { (self.say("page-colours")) }
                            @for theme in [Theme::System, Theme::Light, Theme::Dark] {
                                button name="theme" value=(theme.name()) aria-pressed=(theme == self.theme) {
                                    (self.say(&format!("page-colours-{}", theme.name())))
                                }
                            }
                        }
                    }))
                    @if self.visitor.is_some() {
                        (self.settings(html! {
                            fieldset .switch {
                                legend { (self.say("page-keys")) }
                                button name="keys" value="on" aria-pressed=(self.keys) { (self.say("page-keys-on")) }
                                button name="keys" value="off" aria-pressed=(!self.keys) { (self.say("page-keys-off")) }
                            }
                        }))
                    }
                }
            }
        }
    }

    /// Opened by the script on `?`. Without script there are no single keys to explain.
    fn keys_dialog(&self) -> Markup {
        html! {
            dialog #keys aria-labelledby="keys-head" {
                h2 #keys-head { (self.say("page-keys-head")) }
                dl .pairs {
                    @for (keys, key) in [
                        ("j k", "page-keys-walk"), ("Enter", "page-keys-open"), ("/", "page-keys-search"),
                        ("c", "page-keys-call"), ("e", "page-keys-escalate"), ("a", "page-keys-take"),
                        ("g …", "page-keys-go"), ("?", "page-keys-help"),
                    ] {
                        dt { @for one in keys.split(' ') { kbd { (one) } " " } }
                        dd { (self.say(key)) }
                    }
                }
                form method="dialog" { button { (self.say("page-keys-close")) } }
            }
        }
    }

    /// On paper the header and the footer are gone; this line says what the sheet is.
    fn print_head(&self) -> Markup {
        html! {
            p .print-only {
                "Dijkwacht · " (self.csirt.name) " · " (self.time(self.now))
                @if let Some(tlp) = self.tlp { " · TLP:" (tlp.word()) }
            }
        }
    }
}

/// What a telephone dials, from what a person reads.
pub fn dial(telephone: &str) -> String {
    telephone.chars().filter(|one| one.is_ascii_digit() || *one == '+').collect()
}

/// The colour that TLP 2.0 gives to a label.
fn colour(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "clear",
        Tlp::Green => "green",
        Tlp::Amber | Tlp::AmberStrict => "amber",
        Tlp::Red => "red",
    }
}

/// A dike with the water against it.
fn mark() -> Markup {
    html! {
        svg .mark viewBox="0 0 32 20" aria-hidden="true" {
            path .mark-dike d="M9 18 16 4h5l9 14z" {}
            path .mark-water d="M0 8q2-2 4 0t4 0 4 0L9 14q-2 2-4.5 0T0 14z" {}
        }
    }
}

/// What tests of pages lean on: a frame, and what must hold of every page in both languages.
#[cfg(test)]
pub(crate) mod testing {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use maud::Markup;

    use super::*;

    pub fn languages() -> [Words; 2] {
        [Words::dutch(), Words::english()]
    }

    /// A frame on Thursday 16 January 2020, 14:02 in the Netherlands.
    pub fn frame(words: Words, path: &str) -> Frame {
        let (side, name, organisation) = match path.starts_with("/my") {
            true => (Side::Participant, "Aleida Waterman", "Noordzorg"),
            false => (Side::Desk, "Jan Dijkgraaf", "Zorg-CERT Oost"),
        };
        let signed_in = path.starts_with("/my") || path.starts_with("/desk");
        Frame {
            words,
            now: "2020-01-16T13:02:00Z".parse().unwrap(),
            path: path.to_owned(),
            csirt: Csirt {
                name: "Zorg-CERT Oost".into(),
                telephone: "085-000 00 10".into(),
                site: "zorgcert.example".into(),
            },
            visitor: signed_in.then(|| Visitor {
                name: name.into(),
                organisation: organisation.into(),
                side,
            }),
            tlp: Some(Tlp::Amber),
            theme: Theme::System,
            keys: true,
            token: "0123456789abcdef0123456789abcdef".into(),
            clock: Clock::Demo { moving: true },
            done: None,
            events: (side == Side::Desk).then_some("/desk/events"),
        }
    }

    /// Renders a page in both languages and checks what must hold of every page. `page` gets the
    /// frame; whatever it shows of its own must not be words of ours.
    ///
    /// With `FRONT_PAGES` set to a folder, the pages are left there to be looked at.
    pub fn check(name: &str, path: &str, page: impl Fn(&Frame) -> Markup) {
        for words in languages() {
            let frame = frame(words, path);
            let html = page(&frame).into_string();
            leave(name, &frame, &html);
            let wrong = complaints(&frame, &html);
            assert!(wrong.is_empty(), "{name} ({}): {wrong:#?}", frame.words.tag());
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it asks where to leave pages for the eye, and configures nothing"
    )]
    fn leave(name: &str, frame: &Frame, html: &str) {
        let Some(folder) = std::env::var_os("FRONT_PAGES") else { return };
        let folder = Path::new(&folder);
        fs::create_dir_all(folder.join("static")).unwrap();
        for file in static_files::all() {
            fs::write(folder.join("static").join(file.name()), &file.text).unwrap();
        }
        let html = html.replace("\"/static/", "\"static/");
        fs::write(folder.join(format!("{name}-{}.html", frame.words.tag())), html).unwrap();
    }

    /// Tags of a page as (name, attributes), in order.
    pub fn tags(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
        let mut tags = Vec::new();
        for piece in html.split('<').skip(1) {
            let inside = piece.split('>').next().unwrap();
            if inside.starts_with(['/', '!']) {
                continue;
            }
            let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
            let mut attributes = BTreeMap::new();
            while !rest.trim().is_empty() {
                rest = rest.trim_start();
                let end = rest.find(['=', ' ']).unwrap_or(rest.len());
                let key = rest[..end].to_owned();
                rest = &rest[end..];
                let mut value = "";
                if let Some(quoted) = rest.strip_prefix("=\"") {
                    (value, rest) = quoted.split_once('"').unwrap();
                }
                attributes.insert(key, value.to_owned());
            }
            tags.push((name.to_owned(), attributes));
        }
        tags
    }

    fn complaints(frame: &Frame, html: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let tags = tags(html);
        let count = |name: &str| tags.iter().filter(|(tag, _)| tag == name).count();
        for (name, expected) in [("h1", 1), ("main", 1), ("title", 1), ("footer", 1)] {
            if count(name) != expected {
                wrong.push(format!("{} <{name}>", count(name)));
            }
        }
        if html.contains("Unknown localization") {
            wrong.extend(
                html.split("Unknown localization").skip(1).map(|rest| rest.chars().take(60).collect()),
            );
        }
        let mut ids = BTreeSet::new();
        let labels: BTreeSet<&String> = tags.iter().filter_map(|(_, is)| is.get("for")).collect();
        for (tag, is) in &tags {
            for key in is.keys().filter(|key| *key == "style" || key.starts_with("on")) {
                wrong.push(format!("<{tag} {key}>"));
            }
            if let Some(id) = is.get("id")
                && !ids.insert(id)
            {
                wrong.push(format!("#{id} twice"));
            }
            let hidden = is.get("type").is_some_and(|kind| kind == "hidden");
            let field = ["input", "select", "textarea"].contains(&tag.as_str()) && !hidden;
            if field && !is.get("id").is_some_and(|id| labels.contains(id)) {
                wrong.push(format!("<{tag}> without label: {is:?}"));
            }
            let outside = |it: &String| it.starts_with("http") || it.starts_with("//");
            if is.get("src").or(is.get("href")).or(is.get("action")).is_some_and(outside) {
                wrong.push(format!("<{tag}> asks another host: {is:?}"));
            }
        }
        let mut regions = BTreeSet::new();
        for (tag, is) in &tags {
            let region = tag == "section" || is.get("role").is_some_and(|role| role == "region");
            if let Some(label) = is.get("aria-labelledby").filter(|_| region)
                && !regions.insert(label)
            {
                wrong.push(format!("two regions are named by #{label}"));
            }
        }
        for (tag, is) in &tags {
            for key in ["aria-labelledby", "aria-describedby", "for"] {
                for id in is.get(key).into_iter().flat_map(|list| list.split(' ')) {
                    if !ids.contains(&id.to_owned()) {
                        wrong.push(format!("<{tag} {key}> names nobody: {id}"));
                    }
                }
            }
            let inside = is.get("href").and_then(|href| href.strip_prefix('#'));
            if inside.is_some_and(|id| !ids.contains(&id.to_owned())) {
                wrong.push(format!("<{tag}> leads nowhere: {is:?}"));
            }
        }
        for form in html.split("<form").skip(1).map(|rest| rest.split("</form").next().unwrap()) {
            if form.contains(r#"method="post""#) && !form.contains(r#"name="token""#) {
                wrong.push("a form without token".into());
            }
        }
        wrong.extend(foreign_words(frame, html));
        wrong
    }

    /// Sentences of the other language that stand on the page. Names of languages are meant to.
    fn foreign_words(frame: &Frame, html: &str) -> Vec<String> {
        let ours = messages(&frame.words.tag());
        let theirs = messages(if frame.words.tag() == "nl" { "en" } else { "nl" });
        let mine: BTreeSet<&String> = ours.values().collect();
        let bounded = |text: &str| {
            let text = text.replace('&', "&amp;");
            let said = html.contains(&format!(">{text}<")) || html.contains(&format!(">{text} "));
            said || text.contains(' ') && html.contains(&format!("\"{text}\""))
        };
        let foreign = |text: &&String| text.len() > 5 && !text.contains('{') && !mine.contains(text);
        theirs.values().filter(foreign).filter(|text| bounded(text)).cloned().collect()
    }

    /// Every message of one language that stands on one line.
    pub fn messages(tag: &str) -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales").join(tag);
        let files =
            fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let mut all = BTreeMap::new();
        for text in files {
            let lines =
                text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
            for (key, value) in lines.filter_map(|line| line.split_once(" =")) {
                let before = all.insert(key.to_owned(), value.trim().to_owned());
                assert!(before.is_none(), "{key} is there twice in {tag}");
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    #[test]
    fn both_languages_have_the_same_messages() {
        let [dutch, english] = ["nl", "en"].map(|tag| messages(tag).into_keys().collect::<Vec<_>>());
        assert_eq!(dutch, english);
    }

    #[test]
    fn the_frame_of_a_page_holds_in_both_languages_before_and_after_sign_in() {
        for side in [Side::Node, Side::Oversight] {
            check("frame-others", "/desk/shelf", |frame| {
                let visitor = frame.visitor.clone().map(|visitor| Visitor { side, ..visitor });
                Frame { visitor, ..frame.clone() }.document("x", html! { h1 { "x" } })
            });
        }
        for path in ["/sign-in", "/my", "/my/assets", "/desk", "/desk/advisories?page=2"] {
            check("frame", path, |frame| {
                let frame = Frame { done: Some("page-demo".into()), ..frame.clone() };
                frame.document("x", html! { h1 { "x" } (frame.upload("/my", html! {})) })
            });
        }
    }

    #[test]
    fn a_page_says_where_in_the_navigation_it_stands() {
        let current = |path: &str, href: &str| frame(Words::dutch(), path).current(href);
        assert_eq!(current("/desk", "/desk"), Some("page"));
        assert_eq!(current("/desk/advisories/1?x=1", "/desk/advisories"), Some("true"));
        assert_eq!(current("/desk/advisories", "/desk"), None, "the home is above every page");
        assert_eq!(current("/desk/advisories", "/desk/shelf"), None);
    }

    #[test]
    fn a_telephone_dials_digits_only() {
        assert_eq!(dial("+31 85-000 00 10"), "+31850000010");
    }
}
