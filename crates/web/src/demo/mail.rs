//! `GET /demo/mail` and `GET /demo/mail/{number}`: what would have gone out. Every mail stays here, as
//! plain text, as its reader would see it.

use flow::deliver::post::{Mail, Post};
use flow::deliver::read_back::ReadBack;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::WebError;
use crate::desk::board::door::{ROWS, paging};
use crate::desk::participants::Searched;
use crate::may::{Demo, May};
use crate::page::Frame;
use crate::path::MailNumber;
use crate::tables::{Paging, address};

#[derive(Debug, Clone)]
pub struct List {
    /// Latest first.
    pub mails: Vec<Item>,
    pub words: String,
    pub paging: Paging,
}

#[derive(Debug, Clone)]
pub struct Item {
    /// Its place in the catcher.
    pub number: usize,
    pub at: Timestamp,
    pub to: String,
    pub subject: String,
}

#[derive(Debug, Clone)]
pub struct View {
    pub at: Timestamp,
    pub to: String,
    pub subject: String,
    /// In the order of the message.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// How addresses of this house begin in the body.
    pub home: String,
}

pub fn list_page(frame: &Frame, view: &List) -> Markup {
    frame.document(
        &frame.say("page-demo-mail"),
        html! {
            h1 { (frame.say("page-demo-mail")) }
            p { (frame.say("mail-list-what")) }
            (frame.search("/demo/mail", "q", &frame.say("mail-list-search"), &view.words, &[]))
            div #mails .part data-live {
                h2 { (frame.count("mail-list-found", view.paging.total)) }
                ol .lines.plain {
                    @for mail in &view.mails {
                        li id={ "mail-" (mail.number) } tabindex="-1" data-row {
                            a href={ "/demo/mail/" (mail.number) } { (mail.subject) }
                            p .small .soft { (frame.say("mail-list-to")) " " (mail.to) " · " (frame.time(mail.at)) }
                        }
                    }
                }
                @if view.mails.is_empty() { p .notice { (frame.say("mail-list-none")) } }
                (frame.pager(view.paging, |page| address("/demo/mail", &[("q", &view.words), ("page", &page.to_string())])))
            }
        },
    )
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &view.subject,
        html! {
            p { a href="/demo/mail" { "← " (frame.say("page-demo-mail")) } }
            h1 { (view.subject) }
            p .soft { (frame.say("mail-list-to")) " " (view.to) " · " (frame.time(view.at)) }
            details #headers {
                summary { (frame.say("mail-headers")) }
                pre { @for (name, value) in &view.headers { (name) ": " (value) "\n" } }
            }
            pre .letter tabindex="0" role="region" aria-label=(frame.say("mail-letter")) { (linked(&view.body, &view.home)) }
        },
    )
}

/// A letter whose addresses of this house can be pressed, as in a reader's own program.
fn linked(body: &str, home: &str) -> Markup {
    html! {
        @for word in body.split_inclusive(char::is_whitespace) {
            @match word.trim_end().strip_prefix(home).filter(|path| path.starts_with('/')) {
                Some(path) => { a href=(path) { (word.trim_end()) } (&word[word.trim_end().len()..]) }
                None => { (word) }
            }
        }
    }
}

pub async fn list(house: House, may: May<Demo>, (): (), searched: Searched) -> Result<Markup, WebError> {
    let word = searched.words.to_lowercase();
    let read = |(number, mail): (usize, Mail)| (number, mail.to, ReadBack::of(&mail.bytes));
    let holds = |(_, to, letter): &(usize, String, ReadBack)| {
        let texts = [to.as_str(), &letter.subject(), &letter.text].map(str::to_lowercase);
        word.is_empty() || texts.iter().any(|text| text.contains(&word))
    };
    let found: Vec<_> = caught(&house)?.into_iter().enumerate().map(read).filter(holds).collect();
    let (skip, paging) = paging(searched.page, u64::try_from(found.len()).unwrap_or(u64::MAX));
    let page = found.into_iter().rev().skip(usize::try_from(skip).unwrap_or_default()).take(ROWS);
    let item = |(number, to, letter): (usize, String, ReadBack)| Item {
        number,
        at: sent_at(&letter).unwrap_or(house.now()),
        subject: letter.subject(),
        to,
    };
    let view = List { mails: page.map(item).collect(), words: searched.words, paging };
    Ok(list_page(&may.frame(&house), &view))
}

pub async fn show(
    house: House,
    may: May<Demo>,
    MailNumber(number): MailNumber,
    (): (),
) -> Result<Markup, WebError> {
    let mail = caught(&house)?.into_iter().nth(number).ok_or(WebError::NotFound)?;
    let letter = ReadBack::of(&mail.bytes);
    let (at, subject) = (sent_at(&letter).unwrap_or(house.now()), letter.subject());
    let home = house.team.address.clone();
    let view = View { at, to: mail.to, subject, headers: letter.headers, body: letter.text, home };
    Ok(page(&may.frame(&house), &view))
}

/// Everything that arrived at the catcher, oldest first. A house with a real mail server has none.
fn caught(house: &House) -> Result<Vec<Mail>, WebError> {
    match &house.post {
        Post::Catcher(catcher) => Ok(catcher.mails()),
        Post::Smtp { .. } => Err(WebError::NotFound),
    }
}

fn sent_at(letter: &ReadBack) -> Option<Timestamp> {
    let (_, date) = letter.headers.iter().find(|(name, _)| name == "Date")?;
    jiff::fmt::rfc2822::parse(date).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn what_would_have_gone_out_can_be_read() {
        let at = "2020-01-16T11:00:00Z".parse().unwrap();
        let subject = "[KRITIEK] 18:00 – 2020-0042".to_owned();
        let item = Item { number: 1, at, to: "beveiliging@noordzorg.example".into(), subject };
        let paging = Paging { page: 1, pages: 2, total: 60 };
        let list = List { mails: vec![item.clone()], words: "noordzorg".into(), paging };
        check("mails", "/demo/mail", |frame| list_page(frame, &list));
        let none = List { mails: vec![], words: String::new(), paging: Paging::single(0) };
        check("mails-empty", "/demo/mail", |frame| list_page(frame, &none));
        let view = View {
            at,
            to: item.to,
            subject: item.subject,
            headers: vec![("Message-ID".into(), "<w-2020-0042@zorgcert.example>".into())],
            body: format!("{}{}", "1. CTX267679\n2. …\n".repeat(4), "x".repeat(120)),
            home: "http://127.0.0.1".into(),
        };
        check("mail", "/demo/mail/1", |frame| page(frame, &view));
    }

    #[test]
    fn addresses_of_this_house_can_be_pressed_and_no_others() {
        let letter = "Kijk:\n  http://127.0.0.1/my/1\nhttp://127.0.0.1.example/ http://127.0.0.1";
        let linked = linked(letter, "http://127.0.0.1").into_string();
        assert_eq!(
            linked,
            "Kijk:\n  <a href=\"/my/1\">http://127.0.0.1/my/1</a>\nhttp://127.0.0.1.example/ http://127.0.0.1"
        );
    }
}
