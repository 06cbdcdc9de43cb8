//! `GET /desk/participants/new`: an organisation is admitted, after a call to a number that it did not give itself;
//! `POST /desk/participants`: admits it; `POST /desk/participants/{id}/leaving`: it leaves.

use domain::admission::{Admission, Register, Unfit};
use domain::contact::{Contact, Role};
use domain::ids::ParticipantId;
use domain::participant::{Kind, Participant, Standing};
use domain::text::Language;
use domain::time::Period;
use domain::tlp::Tlp;
use flow::admission::{NotAdmitted, admit as admit_participant};
use flow::deliver::email::is_mailbox;
use flow::follow_up::close::participant_left;
use flow::house::House;
use jiff::civil::DateTime;
use maud::{Markup, html};
use store::participants;
use uuid::Uuid;

use crate::WebError;
use crate::fields::{Field, list, tick};
use crate::form::{Fields, Form};
use crate::may::{May, Onward, WorkDesk};
use crate::my::contacts::is_telephone;
use crate::page::Frame;
use crate::terms::GROUPS;
use crate::wall_time::local_field;

const KINDS: [(Kind, &str); 6] = [
    (Kind::NonVital, "non_vital"),
    (Kind::Essential, "essential"),
    (Kind::Important, "important"),
    (Kind::Vital, "vital"),
    (Kind::CentralGovernment, "central_government"),
    (Kind::Service, "service"),
];

/// The form, for a team that serves `group`.
pub fn page(frame: &Frame, group: &str) -> Markup {
    let key = |start: &str, word: &str| frame.say(&format!("{start}-{}", word.replace('_', "-")));
    let groups: Vec<(String, String)> =
        GROUPS.iter().map(|(word, key)| ((*word).to_owned(), frame.say(key))).collect();
    let kinds = KINDS.map(|(_, word)| (word.to_owned(), key("admission-kind", word)));
    let registers = Register::ALL.map(|it| (it.word().to_owned(), key("admission-register", it.word())));
    let languages = [("nl".to_owned(), "Nederlands".to_owned()), ("en".to_owned(), "English".to_owned())];
    frame.document(
        &frame.say("admission-title"),
        html! {
            h1 { (frame.say("admission-title")) }
            p { (frame.say("admission-what")) }
            (frame.draft("/desk/participants", "admission", html! {
                fieldset {
                    legend { (frame.say("admission-organisation")) }
                    div .beside {
                        (Field::new("admission", "name", frame.say("admission-name")).required())
                        (list("admission", "group", &frame.say("admission-group"), &groups, Some(group)))
                        (list("admission", "kind", &frame.say("admission-kind"), &kinds, None))
                    }
                }
                fieldset {
                    legend { (frame.say("admission-contact")) }
                    div .beside {
                        (Field::new("admission", "contact", frame.say("admission-contact-name")).required())
                        (Field::new("admission", "mail", frame.say("contacts-mail")).kind("email").required())
                        (Field::new("admission", "telephone", frame.say("admission-telephone")).kind("tel"))
                        (list("admission", "language", &frame.say("contacts-language"), &languages, None))
                    }
                    (tick("admission", "around_the_clock", &frame.say("contacts-always-tick"), false))
                }
                fieldset {
                    legend { (frame.say("admission-call")) }
                    div .beside {
                        (list("admission", "register", &frame.say("admission-register"), &registers, None))
                        (Field::new("admission", "reference", frame.say("admission-reference")).required())
                        (Field::new("admission", "called", frame.say("admission-called")).kind("tel").required()
                            .hint(frame.say("admission-called-hint")))
                        (Field::new("admission", "spoke_to", frame.say("admission-spoke-to")).required())
                        (Field::new("admission", "called_at", frame.say("admission-called-at"))
                            .kind("datetime-local").value(local_field(frame.now)).required())
                    }
                }
                button .strong { (frame.say("admission-send")) }
            }))
        },
    )
}

/// How a participant came in, on its page.
pub fn how(frame: &Frame, it: &Admission, by: &str) -> Markup {
    let register = frame.say(&format!("admission-register-{}", it.register.word().replace('_', "-")));
    let known = [
        ("who", it.spoke_to.as_str()),
        ("register", register.as_str()),
        ("reference", it.reference.as_str()),
        ("by", by),
    ];
    html! { p .soft { (frame.say_with("admission-how", &known)) " " (frame.time(it.called_at)) } }
}

/// The form with which it leaves, on its page.
pub fn leaving(frame: &Frame, id: Uuid) -> Markup {
    html! {
        details #leaving .no-print {
            summary { (frame.say("leaving-title")) }
            div .drawer {
                p { (frame.say("leaving-what")) }
                (frame.form(&format!("/desk/participants/{id}/leaving"), html! {
                    (tick("leaving", "taken_over", &frame.say("leaving-taken-over"), false))
                    (tick("leaving", "sure", &frame.say("leaving-sure"), false))
                    button { (frame.say("leaving-send")) }
                }))
            }
        }
    }
}

pub async fn form(house: House, may: May<WorkDesk>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(page(&may.frame_for(&house, Tlp::Amber), &house.team.target_group))
}

/// What was filled in.
pub struct Filled {
    name: String,
    group: String,
    kind: Kind,
    language: Language,
    contact: String,
    mail: String,
    telephone: Option<String>,
    around_the_clock: bool,
    register: Register,
    reference: String,
    called: String,
    spoke_to: String,
    called_at: DateTime,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let mail = fields.needed_line("mail")?.to_lowercase();
        if !is_mailbox(&mail) {
            return Err(WebError::Refused("refused-mail"));
        }
        let (telephone, called) = (fields.line("telephone")?, fields.needed_line("called")?);
        if !telephone.iter().chain([&called]).all(|number| is_telephone(number)) {
            return Err(WebError::Refused("refused-telephone"));
        }
        let group =
            |word: &str| GROUPS.iter().find(|(own, _)| *own == word).map(|(own, _)| (*own).to_owned());
        let kind = |word: &str| KINDS.iter().find(|(_, own)| *own == word).map(|(kind, _)| *kind);
        Ok(Self {
            name: fields.needed_line("name")?,
            group: fields.word("group", group)?,
            kind: fields.word("kind", kind)?,
            language: fields.word("language", Language::of_tag)?,
            contact: fields.needed_line("contact")?,
            mail,
            telephone,
            around_the_clock: fields.tick("around_the_clock"),
            register: fields.word("register", Register::of_word)?,
            reference: fields.needed_line("reference")?,
            called,
            spoke_to: fields.needed_line("spoke_to")?,
            called_at: fields.local("called_at")?.ok_or(WebError::Refused("refused-admission-call"))?,
        })
    }
}

pub async fn admit(house: House, may: May<WorkDesk>, (): (), filled: Filled) -> Result<Onward, WebError> {
    let now = house.now();
    let called_at = house.instant(filled.called_at).ok_or(WebError::Refused("refused-admission-call"))?;
    let participant = Participant {
        id: house.id(),
        name: filled.name,
        sector: filled.group,
        language: filled.language,
        kinds: [Standing { kind: filled.kind, period: Period::since(now) }].into(),
        joined_at: now,
        left: None,
    };
    let mut roles = std::collections::BTreeSet::from([Role::SecurityContact]);
    if filled.around_the_clock {
        roles.insert(Role::OnCall);
    }
    let first = Contact {
        id: house.id(),
        participant: participant.id,
        name: filled.contact,
        roles,
        language: filled.language,
        mail: Some(filled.mail),
        telephone: filled.telephone,
        around_the_clock: filled.around_the_clock,
        verified_at: None,
        failed_at: None,
        removed_at: None,
    };
    let admission = Admission {
        participant: participant.id,
        register: filled.register,
        reference: filled.reference,
        telephone: filled.called,
        spoke_to: filled.spoke_to,
        called_at,
        by: may.who.officer.id,
    };
    match admit_participant(&house, &participant, &first, &admission).await {
        Ok(()) => Ok(Onward::saying(&format!("/desk/participants/{}", participant.id), "admitted")),
        Err(NotAdmitted::NameTaken) => Err(WebError::Refused("refused-admission-name")),
        Err(NotAdmitted::Unfit(Unfit::OwnNumber)) => Err(WebError::Refused("refused-admission-number")),
        Err(NotAdmitted::Unfit(Unfit::NotYet | Unfit::TooOld)) => {
            Err(WebError::Refused("refused-admission-call"))
        }
        Err(NotAdmitted::Store(cause)) => Err(cause.into()),
    }
}

/// That it leaves, and whether another team takes it over.
pub struct Leaving {
    taken_over: bool,
}

impl Form for Leaving {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        match fields.tick("sure") {
            true => Ok(Self { taken_over: fields.tick("taken_over") }),
            false => Err(WebError::Refused("refused-leaving-unsure")),
        }
    }
}

pub async fn leave(
    house: House,
    _: May<WorkDesk>,
    id: ParticipantId,
    leaving: Leaving,
) -> Result<Onward, WebError> {
    let known = participants::of_id(&house.db, id).await?.ok_or(WebError::NotFound)?;
    if known.is_served_at(house.now()) {
        participant_left(&house, id, leaving.taken_over).await?;
    }
    Ok(Onward::saying(&format!("/desk/participants/{id}"), "left"))
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::ids::OfficerId;

    use super::*;
    use crate::page::testing::check;

    pub fn sample() -> Admission {
        Admission {
            participant: ParticipantId(Uuid::from_u128(3)),
            register: Register::Sector,
            reference: "90000001".into(),
            telephone: "+31850000021".into(),
            spoke_to: "Aleida Waterman".into(),
            called_at: "2018-03-01T08:00:00Z".parse().unwrap(),
            by: OfficerId(Uuid::from_u128(6)),
        }
    }

    #[test]
    fn an_organisation_is_admitted_after_a_call() {
        check("admission", "/desk/participants/new", |frame| page(frame, "care"));
    }
}
