//! `GET /my/contacts`: who is reached, by what, and whether that was ever tried.

use std::collections::BTreeSet;

use domain::contact::{Role, State};
use domain::text::Language;
use jiff::Timestamp;
use maud::{Markup, html};
use store::contacts::Access;
use uuid::Uuid;

use crate::fields::{Field, list, tick};
use crate::page::{Frame, dial};
use crate::terms::{Tone, status, tone_of_contact};

#[derive(Debug, Clone)]
pub struct View {
    /// By name, removed ones left out.
    pub contacts: Vec<Item>,
    pub may_change: bool,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub state: State,
    pub verified_at: Option<Timestamp>,
    pub person: Person,
    pub access: Access,
}

/// What is filled in about somebody.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub name: String,
    pub roles: BTreeSet<Role>,
    pub mail: Option<String>,
    pub telephone: Option<String>,
    pub around_the_clock: bool,
    pub language: Language,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
    let missing: Vec<Role> = Role::ALL
        .into_iter()
        .filter(|role| !view.contacts.iter().any(|contact| contact.person.roles.contains(role)))
        .collect();
    frame.document(
        &frame.say("contacts-title"),
        html! {
            h1 { (frame.say("contacts-title")) }
            p { (frame.say("contacts-what")) }
            @if !missing.is_empty() {
                div .notice.heed {
                    p { (frame.say("contacts-missing")) }
                    ul { @for role in &missing { li { (frame.term(*role)) } } }
                }
            }
            section aria-labelledby="list-head" {
                h2 #list-head { (frame.say("contacts-list")) }
                @if view.contacts.is_empty() { p .notice { (frame.say("contacts-none")) } }
                ul .cards.tiles.plain { @for contact in &view.contacts { (card(frame, contact, view.may_change)) } }
            }
            @if view.may_change {
                section aria-labelledby="add-head" {
                    h2 #add-head { (frame.say("contacts-add")) }
                    (frame.form("/my/contacts", html! {
                        (fields(frame, "new", &Person::default(), Access::None))
                        button { (frame.say("contacts-add-send")) }
                    }))
                }
            }
        },
    )
}

/// A person with what reaches them. The desk shows the same card, without the forms.
pub fn card(frame: &Frame, contact: &Item, may_change: bool) -> Markup {
    let form = contact.id.simple().to_string();
    let person = &contact.person;
    let at = format!("/my/contacts/{}", contact.id);
    html! {
        li .card id={ "contact-" (contact.id) } {
            h3 { (person.name) }
            dl .pairs.small {
                dt { (frame.say("contacts-roles")) }
                dd {
                    @if person.roles.is_empty() { (frame.say("contacts-no-role")) }
                    @for (number, role) in person.roles.iter().enumerate() {
                        @if number > 0 { ", " }
                        (frame.term(*role))
                    }
                }
                @if let Some(mail) = &person.mail { dt { (frame.say("contacts-mail")) } dd { (mail) } }
                dt { (frame.say("contacts-telephone")) }
                dd {
                    @match &person.telephone {
                        Some(telephone) => {
                            a href={ "tel:" (dial(telephone)) } { (telephone) } " "
                            span .soft { (frame.say(if person.around_the_clock { "contacts-always" } else { "contacts-by-day" })) }
                        }
                        None => { (status(Tone::Heed, &frame.say("contacts-no-telephone"))) }
                    }
                }
                dt { (frame.say("contacts-access")) }
                dd { (frame.term(contact.access)) }
                dt { (frame.say("contacts-state")) }
                dd {
                    (status(tone_of_contact(contact.state), &frame.term(contact.state)))
                    @if let Some(at) = contact.verified_at { " " span .soft { (frame.day(at)) } }
                }
            }
            @if may_change {
                div .acts {
                    details id={ "change-" (form) } {
                        summary { (frame.say("contacts-change")) }
                        div .drawer {
                            (frame.form(&at, html! {
                                (fields(frame, &form, person, contact.access))
                                button { (frame.say("contacts-change-send")) }
                            }))
                        }
                    }
                    (frame.button(&format!("{at}/test"), &[], &frame.say("contacts-test")))
                    details id={ "remove-" (form) } {
                        summary { (frame.say("contacts-remove")) }
                        div .drawer {
                            p { (frame.say("contacts-remove-what")) }
                            (frame.button(&format!("{at}/remove"), &[], &frame.say("contacts-remove-send")))
                        }
                    }
                }
            }
        }
    }
}

fn fields(frame: &Frame, form: &str, person: &Person, access: Access) -> Markup {
    let accesses = [(Access::None, "none"), (Access::Reader, "reader"), (Access::Admin, "admin")];
    let options = accesses.map(|(it, word)| (word.to_owned(), frame.term(it)));
    let chosen = accesses.iter().find(|(it, _)| *it == access).map(|(_, word)| *word);
    let roles = [
        (Role::SecurityContact, "role_security_contact"),
        (Role::OnCall, "role_on_call"),
        (Role::Ciso, "role_ciso"),
        (Role::Board, "role_board"),
    ];
    let languages = [("nl".to_owned(), "Nederlands".to_owned()), ("en".to_owned(), "English".to_owned())];
    html! {
        div .beside {
            (Field::new(form, "name", frame.say("contacts-name")).value(&person.name).required())
            (Field::new(form, "mail", frame.say("contacts-mail")).kind("email")
                .value(person.mail.clone().unwrap_or_default()))
            (Field::new(form, "telephone", frame.say("contacts-telephone")).kind("tel")
                .value(person.telephone.clone().unwrap_or_default()).hint(frame.say("contacts-telephone-hint")))
            (list(form, "access", &frame.say("contacts-access"), &options, chosen))
            (list(form, "language", &frame.say("contacts-language"), &languages, Some(person.language.tag())))
            fieldset {
                legend { (frame.say("contacts-roles")) }
                @for (role, name) in roles { (tick(form, name, &frame.term(role), person.roles.contains(&role))) }
            }
            fieldset {
                legend { (frame.say("contacts-when")) }
                (tick(form, "around_the_clock", &frame.say("contacts-always-tick"), person.around_the_clock))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::testing::check;

    pub fn sample() -> Vec<Item> {
        let person = |name: &str, role| Person {
            name: name.into(),
            roles: BTreeSet::from([role]),
            mail: Some("beveiliging@noordzorg.example".into()),
            telephone: Some("+31 85 000 00 21".into()),
            around_the_clock: true,
            language: Language::Nl,
        };
        let item = |number, state, person| Item {
            id: Uuid::from_u128(number),
            state,
            verified_at: Some("2019-11-04T08:12:00Z".parse().unwrap()),
            person,
            access: Access::Admin,
        };
        vec![
            item(1, State::Verified, person("Aleida Waterman", Role::SecurityContact)),
            item(2, State::DueForTest, person("Sybren Terpstra", Role::OnCall)),
            item(
                3,
                State::Suspect,
                Person { telephone: None, mail: None, ..person("Hanna Polder", Role::Ciso) },
            ),
        ]
    }

    #[test]
    fn who_is_reached_is_shown_and_can_be_changed() {
        let view = View { contacts: sample(), may_change: true };
        check("my-contacts", "/my/contacts", |frame| page(frame, &view));
        let nobody = View { contacts: vec![], may_change: false };
        check("my-contacts-empty", "/my/contacts", |frame| page(frame, &nobody));
    }
}
