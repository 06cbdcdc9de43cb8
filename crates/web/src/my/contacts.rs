//! `GET /my/contacts`: who is reached, by what, and whether that was ever tried.

use std::collections::BTreeSet;

use disclosure::{Cut, Redact};
use domain::contact::{Contact, Role, State};
use domain::ids::{ContactId, ParticipantId};
use domain::text::Language;
use domain::tlp::Tlp;
use flow::contact_tests::ask;
use flow::contacts as people;
use flow::deliver::email::is_mailbox;
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::contacts::{self, Access};
use store::{StoreError, contact_keys, contact_tests};
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list, tick};
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward, ReadOwn};
use crate::my::contact_key;
use crate::own_file::{Part, clear};
use crate::page::{Frame, dial};
use crate::terms::{Tone, address_in_parts, status, tone_of_contact};

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
    pub key: Option<contact_key::Shown>,
    /// The last test: when it was sent, and what came of it.
    pub test: Option<(Timestamp, Outcome)>,
}

/// What came of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Waits,
    Answered(Timestamp),
    Missed,
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

/// A person with what reaches them, and the forms of their own organisation.
fn card(frame: &Frame, contact: &Item, may_change: bool) -> Markup {
    let form = contact.id.simple().to_string();
    let person = &contact.person;
    let at = format!("/my/contacts/{}", contact.id);
    let forms = html! {
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
                (contact_key::drawer(frame, &form, &at, contact.key.as_ref()))
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
    };
    reached_by(frame, contact, forms)
}

/// The same card on the desk of the CSIRT, which calls whoever is not confirmed.
pub fn card_at_desk(frame: &Frame, contact: &Item, of: Uuid) -> Markup {
    let action = format!("/desk/participants/{of}/contacts/{}/confirmation", contact.id);
    let form = html! {
        @if contact.state != State::Verified {
            div .acts { (frame.button(&action, &[], &frame.say("contacts-confirm"))) }
        }
    };
    reached_by(frame, contact, form)
}

fn reached_by(frame: &Frame, contact: &Item, forms: Markup) -> Markup {
    let person = &contact.person;
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
                @if let Some(mail) = &person.mail { dt { (frame.say("contacts-mail")) } dd { (address_in_parts(mail)) } }
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
                @if person.mail.is_some() { (contact_key::rows(frame, contact.key.as_ref())) }
                dt { (frame.say("contacts-access")) }
                dd { (frame.term(contact.access)) }
                dt { (frame.say("contacts-state")) }
                dd {
                    (status(tone_of_contact(contact.state), &frame.term(contact.state)))
                    @if let Some(at) = contact.verified_at { " " span .soft { (frame.day(at)) } }
                }
                @if let Some((sent_at, outcome)) = contact.test {
                    dt { (frame.say("contacts-last-test")) }
                    dd {
                        (frame.day(sent_at)) ", "
                        @match outcome {
                            Outcome::Waits => { span .soft { (frame.say("contacts-test-waits")) } }
                            Outcome::Answered(at) => { (frame.say("contacts-test-answered")) " " (frame.time(at)) }
                            Outcome::Missed => { (status(Tone::Heed, &frame.say("contacts-test-missed"))) }
                        }
                    }
                }
            }
            (forms)
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

impl Redact for View {
    /// Less than all of it names nobody.
    fn cut(mut self, cut: &Cut) -> Self {
        if !cut.is_full() {
            self.contacts.clear();
        }
        self
    }
}

impl Item {
    fn of(contact: &Contact, access: Access, now: Timestamp) -> Self {
        Self {
            id: contact.id.0,
            access,
            key: None,
            test: None,
            state: contact.state(now),
            verified_at: contact.verified_at,
            person: Person {
                name: contact.name.clone(),
                roles: contact.roles.clone(),
                mail: contact.mail.clone(),
                telephone: contact.telephone.clone(),
                around_the_clock: contact.around_the_clock,
                language: contact.language,
            },
        }
    }
}

/// Everybody at `of` as a card, by name.
pub(crate) async fn by_name(house: &House, of: ParticipantId) -> Result<Vec<Item>, StoreError> {
    let accesses = contacts::accesses(&house.db, of).await?;
    let access = |id: ContactId| accesses.get(&id).copied().unwrap_or_default();
    let found = contacts::of_participant(&house.db, of).await?;
    let mut keys = contact_key::Shown::all(&contact_keys::of_participant(&house.db, of).await?, house.now());
    let sent = contact_tests::of_participant(&house.db, of).await?;
    let test = |id: ContactId| {
        let test = sent.iter().find(|it| it.contact == id)?;
        let outcome = match (test.answered_at, test.missed_at) {
            (Some(at), _) => Outcome::Answered(at),
            (None, Some(_)) => Outcome::Missed,
            (None, None) => Outcome::Waits,
        };
        Some((test.sent_at, outcome))
    };
    let mut item = |it: &Contact| {
        let plain = Item::of(it, access(it.id), house.now());
        Item { key: keys.remove(&it.id), test: test(it.id), ..plain }
    };
    let mut items: Vec<Item> = found.iter().map(&mut item).collect();
    items.sort_by(|one, other| (&one.person.name, one.id).cmp(&(&other.person.name, other.id)));
    Ok(items)
}

pub async fn show(house: House, may: May<ReadOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    let contacts = by_name(&house, may.who.actor.participant).await?;
    let view = View { contacts, may_change: may.who.is_admin() };
    let file = clear(&house, &may.who, Part::FollowUp, Tlp::Amber, view).await?;
    Ok(page(&may.frame_for(&house, Tlp::Amber), file.item().view()))
}

/// Whether this can be dialled.
pub(crate) fn is_telephone(number: &str) -> bool {
    number.chars().all(|it| it.is_ascii_digit() || "+-() ".contains(it)) && dial(number).len() >= 3
}

/// What was filled in about somebody, and what they may do here.
pub struct Filled {
    person: Person,
    access: Access,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let roles = [
            (Role::SecurityContact, "role_security_contact"),
            (Role::OnCall, "role_on_call"),
            (Role::Ciso, "role_ciso"),
            (Role::Board, "role_board"),
        ];
        let mail = fields.line("mail")?.map(|mail| mail.to_lowercase());
        if mail.as_deref().is_some_and(|mail| !is_mailbox(mail)) {
            return Err(WebError::Refused("refused-mail"));
        }
        let telephone = fields.line("telephone")?;
        if telephone.as_ref().is_some_and(|number| !is_telephone(number)) {
            return Err(WebError::Refused("refused-telephone"));
        }
        let access = fields.word("access", |word| match word {
            "none" => Some(Access::None),
            "reader" => Some(Access::Reader),
            "admin" => Some(Access::Admin),
            _ => None,
        })?;
        if access > Access::None && mail.is_none() {
            return Err(WebError::Refused("refused-access-without-mail"));
        }
        let person = Person {
            name: fields.needed_line("name")?,
            roles: roles.into_iter().filter(|(_, name)| fields.tick(name)).map(|(role, _)| role).collect(),
            mail,
            telephone,
            around_the_clock: fields.tick("around_the_clock"),
            language: fields.word("language", Language::of_tag)?,
        };
        Ok(Self { person, access })
    }
}

impl Person {
    /// As a contact of whom nothing else is known.
    fn into_contact(self, may: &May<EditOwn>, id: ContactId) -> Contact {
        Contact {
            id,
            participant: may.who.actor.participant,
            name: self.name,
            roles: self.roles,
            language: self.language,
            mail: self.mail,
            telephone: self.telephone,
            around_the_clock: self.around_the_clock,
            verified_at: None,
            failed_at: None,
            removed_at: None,
        }
    }
}

/// `POST /my/contacts`.
pub async fn create(house: House, may: May<EditOwn>, (): (), filled: Filled) -> Result<Onward, WebError> {
    let contact = filled.person.into_contact(&may, house.id());
    people::name(&house, may.who.actor, contact, filled.access).await?;
    Ok(Onward::saying("/my/contacts", "contact-added"))
}

/// `POST /my/contacts/{id}`. Nobody takes away their own right to answer, for the same reason for
/// which nobody removes themselves.
pub async fn change(
    house: House,
    may: May<EditOwn>,
    id: ContactId,
    filled: Filled,
) -> Result<Onward, WebError> {
    if id == may.who.actor.contact && filled.access < may.who.access {
        return Err(WebError::Refused("refused-yourself"));
    }
    let contact = filled.person.into_contact(&may, id);
    match people::change(&house, may.who.actor, contact, filled.access).await? {
        true => Ok(Onward::saying("/my/contacts", "contact-changed")),
        false => Err(WebError::NotFound),
    }
}

/// `POST /my/contacts/{id}/remove`. Nobody removes themselves: the last one would lock the door from
/// outside.
pub async fn remove(house: House, may: May<EditOwn>, id: ContactId, (): ()) -> Result<Onward, WebError> {
    if id == may.who.actor.contact {
        return Err(WebError::Refused("refused-yourself"));
    }
    match people::remove(&house, may.who.actor.participant, id).await? {
        true => Ok(Onward::saying("/my/contacts", "contact-removed")),
        false => Err(WebError::NotFound),
    }
}

/// `POST /my/contacts/{id}/test`.
pub async fn test(house: House, may: May<EditOwn>, id: ContactId, (): ()) -> Result<Onward, WebError> {
    match ask(&house, may.who.actor.participant, id).await? {
        true => Ok(Onward::saying("/my/contacts", "contact-tested")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use store::contact_keys::Found;

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
        let sent_at: Timestamp = "2020-01-02T08:12:00Z".parse().unwrap();
        let outcomes = [Outcome::Waits, Outcome::Answered(sent_at), Outcome::Missed];
        let item = |number: u128, state, person| Item {
            id: Uuid::from_u128(number),
            state,
            verified_at: Some("2019-11-04T08:12:00Z".parse().unwrap()),
            person,
            access: Access::Admin,
            test: outcomes.get(number as usize).map(|outcome| (sent_at, *outcome)),
            key: (number == 1).then(|| contact_key::Shown {
                fingerprint: "DA60F3D01A1A482BA847A9CF7F7BE44D3173553A".into(),
                expires_at: Some("2020-02-01T00:00:00Z".parse().unwrap()),
                found: Found::Given,
                ends_soon: true,
                lives: true,
            }),
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
