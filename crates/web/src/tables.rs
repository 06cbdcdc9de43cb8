//! Wide tables and long lists: a window to scroll in that the keyboard can reach, pages, and a
//! filter that lives in the address, so that it can be mailed to a colleague.

use maud::{Markup, html};

use crate::page::Frame;

/// A table in a window of its own, so that the page itself never scrolls sideways. `id` names the
/// caption inside.
pub fn window(id: &str, table: Markup) -> Markup {
    html! { div .window role="region" aria-labelledby=(id) tabindex="0" { (table) } }
}

/// As [`window`], of a table whose cells stand below each other on a phone: where each says by itself what it is.
pub fn window_that_stacks(id: &str, table: Markup) -> Markup {
    html! { div .window.stacks role="region" aria-labelledby=(id) tabindex="0" { (table) } }
}

/// Which part of a long list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub page: usize,
    pub pages: usize,
    /// Rows on all pages together.
    pub total: usize,
}

impl Paging {
    /// The whole list on one page.
    pub fn single(total: usize) -> Self {
        Self { page: 1, pages: 1, total }
    }
}

impl Frame {
    /// Previous, where we are, next. `href` gives the address of a page.
    pub fn pager(&self, paging: Paging, href: impl Fn(usize) -> String) -> Markup {
        let Paging { page, pages, .. } = paging;
        let here = self.say_with("page-page", &[("page", &page.to_string()), ("pages", &pages.to_string())]);
        html! {
            @if pages > 1 {
                nav .pager aria-label=(self.say("page-pages")) {
                    @if page > 1 { a .press rel="prev" href=(href(page - 1)) { "← " (self.say("page-earlier")) } }
                    span { (here) }
                    @if page < pages { a .press rel="next" href=(href(page + 1)) { (self.say("page-later")) " →" } }
                }
            }
        }
    }

    /// One field to search with; the other parts of the filter travel along.
    pub fn search(
        &self,
        action: &str,
        name: &str,
        label: &str,
        value: &str,
        others: &[(&str, &str)],
    ) -> Markup {
        html! {
            form .filters role="search" method="get" action=(action) {
                @for (name, value) in others {
                    @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
                }
                div .field {
                    label for={ "search-" (name) } { (label) }
                    input id={ "search-" (name) } type="search" name=(name) value=(value) data-search;
                }
                button { (self.say("page-search")) }
            }
        }
    }
}

/// `path?a=1&b=2`, without the parts that are blank.
pub fn address(path: &str, parts: &[(&str, &str)]) -> String {
    let query: Vec<String> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Every byte but the unreserved ones of RFC 3986, 2.3, as `%XX`.
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(byte.into()),
            _ => all += &format!("%{byte:02X}"),
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lives_in_the_address() {
        assert_eq!(address("/desk", &[("q", ""), ("page", "")]), "/desk");
        assert_eq!(
            address("/desk", &[("q", "zorg & dijk é"), ("page", "2")]),
            "/desk?q=zorg%20%26%20dijk%20%C3%A9&page=2"
        );
    }
}
