//! `GET /my/assets/start` and `POST /my/assets/start`: the inventory of two minutes.
//!
//! Five questions, a domain and a telephone number. It would have caught the gateway of December 2019 at
//! every hospital that answered the first of them. What is chosen becomes assets of which the version is
//! not known, which can be made more precise later; for a day all of it can be undone.

use domain::asset::{Asset, Reach};
use domain::contact::{Contact, Role};
use domain::ids::AssetId;
use domain::product::Name;
use domain::tlp::Tlp;
use domain::upload::Source;
use flow::catalogue::{self, Difference};
use flow::holdings;
use flow::house::House;
use maud::{Markup, html};
use store::contacts;

use crate::WebError;
use crate::fields::{Field, list};
use crate::form::{Fields, Form};
use crate::may::{EditOwn, May, Onward};
use crate::page::Frame;

/// One of the five: its name in the form, and what hospitals commonly have there, vendor and product.
struct Box {
    name: &'static str,
    reach: Reach,
    common: &'static [(&'static str, &'static str)],
}

/// What was exploited most often at hospitals, and what stands still when it goes.
const BOXES: [Box; 5] = [
    Box {
        name: "gateway",
        reach: Reach::Internet,
        common: &[
            ("Citrix", "NetScaler"),
            ("Fortinet", "FortiGate"),
            ("Ivanti", "Connect Secure"),
            ("Palo Alto Networks", "GlobalProtect"),
            ("Cisco", "AnyConnect"),
            ("F5", "BIG-IP"),
            ("SonicWall", "SMA 100"),
        ],
    },
    Box {
        name: "mail",
        reach: Reach::Internet,
        common: &[
            ("Microsoft", "Exchange Server"),
            ("Microsoft", "Exchange Online"),
            ("Zimbra", "Collaboration"),
            ("Google", "Workspace"),
            ("Postfix", "Postfix"),
        ],
    },
    Box {
        name: "records",
        reach: Reach::Unknown,
        common: &[
            ("ChipSoft", "HiX"),
            ("Epic", "EpicCare"),
            ("Nexus", "EPD"),
            ("Nedap", "Ons"),
            ("Ecare", "PUUR"),
        ],
    },
    Box {
        name: "hypervisor",
        reach: Reach::Internal,
        common: &[
            ("VMware", "ESXi"),
            ("Microsoft", "Hyper-V"),
            ("Nutanix", "AHV"),
            ("Citrix", "Hypervisor"),
            ("Proxmox", "Virtual Environment"),
        ],
    },
    Box {
        name: "firewall",
        reach: Reach::Internet,
        common: &[
            ("Fortinet", "FortiGate"),
            ("Palo Alto Networks", "PAN-OS"),
            ("Check Point", "Quantum Security Gateway"),
            ("Cisco", "Adaptive Security Appliance"),
            ("Sophos", "Firewall"),
            ("OPNsense", "OPNsense"),
        ],
    },
];

pub fn page(frame: &Frame) -> Markup {
    frame.document(
        &frame.say("start-title"),
        html! {
            h1 { (frame.say("start-title")) }
            p { (frame.say("start-what")) }
            (frame.form("/my/assets/start", html! {
                @for one in &BOXES {
                    fieldset {
                        legend { (frame.say(&format!("start-{}", one.name))) }
                        div .beside {
                            (list("start", one.name, &frame.say("start-choose"), &options(frame, one), None))
                            (Field::new("start", other(one.name), frame.say("start-other")))
                        }
                    }
                }
                fieldset {
                    legend { (frame.say("start-reach")) }
                    div .beside {
                        (Field::new("start", "domain", frame.say("start-domain")).hint(frame.say("start-domain-hint")))
                        (Field::new("start", "telephone", frame.say("start-telephone")).kind("tel")
                            .hint(frame.say("start-telephone-hint")))
                    }
                }
                button { (frame.say("start-send")) }
            }))
        },
    )
}

fn options(frame: &Frame, one: &Box) -> Vec<(String, String)> {
    let nothing = ("-".to_owned(), frame.say("start-nothing"));
    let common = one.common.iter().enumerate();
    let common =
        common.map(|(place, (vendor, product))| (place.to_string(), Name::new(vendor, product).to_string()));
    std::iter::once(nothing).chain(common).collect()
}

/// The field beside a list, for what the list has not.
fn other(name: &str) -> &'static str {
    match name {
        "gateway" => "gateway_other",
        "mail" => "mail_other",
        "records" => "records_other",
        "hypervisor" => "hypervisor_other",
        _ => "firewall_other",
    }
}

#[derive(Debug)]
pub struct Filled {
    /// What was chosen, each with from where it can be reached.
    products: Vec<(Name, Reach)>,
    domain: Option<String>,
    telephone: Option<String>,
}

impl Form for Filled {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let mut products = Vec::new();
        for one in &BOXES {
            let chosen = fields.raw(one.name).and_then(|place| one.common.get(place.parse::<usize>().ok()?));
            products.extend(chosen.map(|(vendor, product)| (Name::new(vendor, product), one.reach)));
            let other = fields.line(other(one.name))?;
            products.extend(other.map(|product| (Name::new("", &product), one.reach)));
        }
        products.dedup();
        let telephone = fields.line("telephone")?;
        if telephone.as_ref().is_some_and(|it| !super::contacts::is_telephone(it)) {
            return Err(WebError::Refused("refused-telephone"));
        }
        let domain = fields.line("domain")?;
        if products.is_empty() && telephone.is_none() && domain.is_none() {
            return Err(WebError::Refused("refused-blank"));
        }
        Ok(Self { products, domain, telephone })
    }
}

pub async fn show(house: House, may: May<EditOwn>, (): (), (): ()) -> Result<Markup, WebError> {
    Ok(page(&may.frame_for(&house, Tlp::Amber)))
}

pub async fn take(house: House, may: May<EditOwn>, (): (), filled: Filled) -> Result<Onward, WebError> {
    let actor = may.who.actor;
    // A domain that cannot be anybody's is said before anything is written.
    if let Some(domain) = &filled.domain {
        holdings::claim(&house, actor, domain).await?;
    }
    let now = house.now();
    let asset = |(name, reach): (Name, Reach)| Asset {
        reach,
        claimed_at: Some(now),
        ..Asset::new(house.id::<AssetId>(), actor.participant, name)
    };
    let added: Vec<Asset> = filled.products.into_iter().map(asset).collect();
    let added = catalogue::not_yet_registered(&house, actor.participant, added).await?;
    if !added.is_empty() {
        let difference = Difference { source: Source::Boxes, added, ..Difference::without_columns(None) };
        catalogue::apply(&house, actor, &difference).await?;
    }
    if let Some(telephone) = filled.telephone {
        let of = contacts::of_participant(&house.db, actor.participant).await?;
        if !of.iter().any(|it| it.roles.contains(&Role::OnCall) && it.telephone.as_ref() == Some(&telephone))
        {
            let on_call = Contact {
                id: house.id(),
                participant: actor.participant,
                name: may.frame(&house).say("start-on-call"),
                roles: [Role::OnCall].into(),
                language: domain::text::Language::Nl,
                mail: None,
                telephone: Some(telephone),
                around_the_clock: true,
                verified_at: None,
                failed_at: None,
                removed_at: None,
            };
            flow::contacts::name(&house, actor, on_call, contacts::Access::None).await?;
        }
    }
    Ok(Onward::saying("/my/assets", "assets-begun"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::testing::check;

    #[test]
    fn five_questions_a_domain_and_a_number_are_all_that_is_asked() {
        check("my-assets-start", "/my/assets/start", page);
    }
}
