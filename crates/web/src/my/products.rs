//! `GET /my/products`: how products are called in the catalogue, for whoever fills in what it uses.
//!
//! Names of products only: who uses them, or wrote them so, is nobody's here. The script asks this page at every
//! key and offers what it finds in the field itself; without it the page can be searched.

use domain::product::Name;
use flow::house::House;
use flow::naming;
use maud::{Markup, html};

use crate::WebError;
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May};
use crate::page::Frame;

/// Names that are offered at once.
const FOUND_MAX: usize = 12;
/// The id of the names that a page offers in its fields.
pub const OFFERED: &str = "products";

/// What was typed.
pub struct Typed(String);

impl Form for Typed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self(fields.text("q").unwrap_or_default()))
    }
}

#[derive(Debug, Clone)]
pub struct View {
    pub typed: String,
    /// The shortest names first.
    pub found: Vec<Name>,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    frame.document(
        &frame.say("products-title"),
        html! {
            p { a href="/my/assets" { "← " (frame.say("assets-title")) } }
            h1 { (frame.say("products-title")) }
            p { (frame.say("products-what")) }
            (frame.search("/my/products", "q", &frame.say("products-search"), &view.typed, &[]))
            @if view.found.is_empty() && !view.typed.is_empty() { p .notice { (frame.say("products-none")) } }
            ul {
                @for name in &view.found {
                    li data-name=(name.product) data-vendor=[&name.vendor] { (name) }
                }
            }
        },
    )
}

pub async fn show(house: House, may: May<EditOwn>, (): (), Typed(typed): Typed) -> Result<Markup, WebError> {
    let found = naming::suggested(&house, &typed, FOUND_MAX).await?;
    let found = found.into_iter().map(|(_, name)| name).collect();
    Ok(page(&may.frame(&house), &View { typed, found }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn names_of_products_are_offered_in_both_languages() {
        let found = vec![Name::new("Citrix", "NetScaler ADC"), Name::new("", "Netscape")];
        let view = View { typed: "nets".into(), found };
        check("products", "/my/products", |frame| page(frame, &view));
        let none = View { found: vec![], ..view };
        check("products-none", "/my/products", |frame| page(frame, &none));
    }
}
