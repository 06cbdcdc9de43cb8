//! Fields of forms: every one with its label, and its hint tied to it.

use maud::{Markup, Render, html};

/// One line, one text, one date or one file that a visitor fills in.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    id: String,
    name: &'a str,
    label: String,
    hint: Option<String>,
    kind: &'a str,
    value: String,
    required: bool,
    autocomplete: Option<&'a str>,
    accept: &'a str,
    offers: Option<(&'a str, &'a str)>,
}

impl<'a> Field<'a> {
    /// `form` tells fields of the same name apart that stand on one page.
    pub fn new(form: &str, name: &'a str, label: String) -> Self {
        Self {
            id: format!("{form}-{name}"),
            name,
            label,
            hint: None,
            kind: "text",
            value: String::new(),
            required: false,
            autocomplete: None,
            accept: ".csv,text/csv",
            offers: None,
        }
    }

    /// A type of `input`, or `textarea`.
    pub fn kind(self, kind: &'a str) -> Self {
        Self { kind, ..self }
    }

    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    pub fn hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Which files a browser offers first, for a field of type `file`.
    pub fn accept(self, kinds: &'a str) -> Self {
        Self { accept: kinds, ..self }
    }

    /// Offers what `page` finds for what was typed; it is put into the list with this id.
    pub fn offering(self, list: &'a str, page: &'a str) -> Self {
        Self { offers: Some((list, page)), autocomplete: Some("off"), ..self }
    }

    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// A word of WCAG 1.3.5, such as `tel` or `email`.
    pub fn autocomplete(self, word: &'a str) -> Self {
        Self { autocomplete: Some(word), ..self }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let hint_id = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        html! {
            div .field {
                label for=(self.id) { (self.label) }
                @if let Some(hint) = &self.hint { p .hint id=[&hint_id] { (hint) } }
                @if self.kind == "textarea" {
                    textarea id=(self.id) name=(self.name) required[self.required] aria-describedby=[&hint_id] {
                        (self.value)
                    }
                } @else {
                    input id=(self.id) name=(self.name) type=(self.kind) value=(self.value)
                        required[self.required] autocomplete=[self.autocomplete] aria-describedby=[&hint_id]
                        accept=[(self.kind == "file").then_some(self.accept)]
                        list=[self.offers.map(|(list, _)| list)] data-offers=[self.offers.map(|(_, page)| page)];
                }
            }
        }
    }
}

/// One of several, shown as radio buttons: (value, label).
pub fn choices(
    form: &str,
    name: &str,
    legend: &str,
    options: &[(&str, String)],
    chosen: Option<&str>,
) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            @for (value, label) in options {
                label .choice for={ (form) "-" (name) "-" (value) } {
                    input id={ (form) "-" (name) "-" (value) } type="radio" name=(name) value=(value)
                        required checked[chosen == Some(*value)];
                    (label)
                }
            }
        }
    }
}

/// One of several, shown as a list to pull down: (value, label).
pub fn list(
    form: &str,
    name: &str,
    label: &str,
    options: &[(String, String)],
    chosen: Option<&str>,
) -> Markup {
    html! {
        div .field {
            label for={ (form) "-" (name) } { (label) }
            select id={ (form) "-" (name) } name=(name) {
                @for (value, label) in options {
                    option value=(value) selected[chosen == Some(value)] { (label) }
                }
            }
        }
    }
}

/// Yes or no.
pub fn tick(form: &str, name: &str, label: &str, ticked: bool) -> Markup {
    html! {
        label .choice for={ (form) "-" (name) } {
            input id={ (form) "-" (name) } type="checkbox" name=(name) value="yes" checked[ticked];
            (label)
        }
    }
}
