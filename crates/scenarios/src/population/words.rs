//! The words that the invented country is made of, and the four organisations that every story knows.
//!
//! Nothing here may be the name of a real organisation, product or person. Places are put together
//! from birds, plants and weather on the one side and waterworks on the other.

use jiff::civil::date;

use super::{Care, Group, Inventory, Leave};

/// Names, one a line.
const SUPPLIERS: &str = "\
Balgdata Beheer
Boezem Netwerken
Duikerstroom ICT
Hevel Werkplek
Kwelwater Hosting
Prielnet
Schor en Slik Automatisering
Slenkwerk
Spuisluis Systemen
Tochtwerk Online
Wierdenet
Zijlroede Beheer";

pub const CARE: &[Care] = &[
    Care { process: "spoedeisende hulp", endangered: true },
    Care { process: "operatieplanning", endangered: true },
    Care { process: "uitslagen van het laboratorium", endangered: true },
    Care { process: "apotheek", endangered: true },
    Care { process: "beelden van de radiologie", endangered: true },
    Care { process: "patiëntportaal", endangered: false },
    Care { process: "thuiswerken van behandelaars", endangered: false },
    Care { process: "uitwisseling met huisartsen", endangered: false },
    Care { process: "afspraken en wachtlijsten", endangered: false },
    Care { process: "rapportage in de wijk", endangered: false },
];

/// What else stands in inventories, all of it invented: vendor, product, versions in use.
const OFFICE_PRODUCTS: &str = "\
Balgsoft | Balg Mailrelais | 3.2.0 3.2.7 4.0.1
Balgsoft | Balg Spamfilter | 7.1 7.4 8.0
Boezemkern | Boezem Hypervisor | 5.5.2 6.0.0 6.7.3
Boezemkern | Boezem Beheerconsole | 6.0 6.5 6.7
Dauwdrop | Dauw Back-up | 9.5.4 10.0.0 10.1.2
Donkdata | Donk Database | 11.2.0.4 12.1.0.2 18.3
Geulwerk | Geul Firewall | 8.1.10 9.0.5 9.1.0
Geulwerk | Geul VPN | 4.7.0 4.8.2 5.0.0
Gorsmedia | Gors Webserver | 2.2.34 2.4.6 2.4.41
Gouwsysteem | Gouw Werkplek | 7.15 7.18 1912
Kreekpoort | Kreek Identiteit | 3.0.2 3.1.0 4.0
Meentnet | Meent Switchbeheer | 15.2 16.6 16.9
Mondingweb | Monding Inhoudsbeheer | 7.58 8.7 8.8
Prielbel | Priel Telefonie | 11.5 12.0 12.5
Slenkdruk | Slenk Afdrukbeheer | 18.2 19.0 19.2
Sluislog | Sluis Logboek | 6.8.0 7.2.1 7.5.1
Spuiplan | Spui Roosters | 10.4 10.5 11.0
Stuwmonitor | Stuw Bewaking | 4.0 4.2 4.4
Terpsoft | Terp Documenten | 2013 2016 2019
Tochtmail | Tocht Postbus | 14.3 15.0 15.1
Wieldesk | Wiel Servicedesk | 9.1 9.4 10.0
Zijlroute | Zijl Router | 15.6 16.3 17.1
Zijlroute | Zijl Draadloos | 8.3 8.5 8.10";

/// The same, for care alone.
const CARE_PRODUCTS: &str = "\
Hevelkoppel | Hevel Integratiemotor | 2.8 3.1 3.2
Klutlab | Klut Laboratorium | 5.0 5.1 5.3
Kolkbeeld | Kolk Beeldarchief | 12.1 12.2 13.0
Kolkbeeld | Kolk Viewer | 4.4 4.6 5.0
Kwelderzorg | Kwelder Patiëntdossier | 2018.3 2019.1 2019.2
Kwelderzorg | Kwelder Patiëntportaal | 2018.3 2019.1 2019.2
Schorpharma | Schor Apotheek | 6.2 6.3 7.0
Wadmonitor | Wad Bedmonitor | 1.9 2.0 2.1
Wierdepomp | Wierde Infuuspomp | 8.0 8.1 8.2";

const HOST_WORDS: &str = "toegang werkplek portaal vdi thuiswerk poort";
const MACHINE_WORDS: &str = "srv app db web net med beheer";

/// First and second half of every invented place.
const PLACE_BEGINS: &str = "\
Otter Kievits Reiger Zilver Koper Lis Biezen Wilgen Elzen Schelp Meeuwen Wulpen Kluten Snoek Brasem Zeelt
Grutto Plevier Mossel Krabben Garnalen Paling Stekel Vlas Hennep Gerste Haver Klaver Distel Winde Mist Dauw
Nevel Rijp Maan Sterren Wolken Donder Winter Zomer";
const PLACE_ENDS: &str = "\
kolk wiel zijl geul kreek schor slik terp wierde gouw meent donk wetering sluis poel spui gors wad sloe
kwelder monding slenk priel balg hevel duiker stuw gemaal boezem tocht roede zwin";

const FIRST_NAMES: &str = "\
Anouk Bram Carlijn Daan Elif Fenna Gijs Hanna Ilse Joris Karim Lotte Marijke Niels Olga Pieter Quirine
Ruben Saskia Teun Umar Vera Wouter Xandra Yara Zeno";
pub const BEFORE_SURNAME: &[&str] = &["", "", "van ", "van de ", "ter "];

/// What stands before the place in a name. No two groups share a word, so that no two
/// organisations share a name.
pub fn kinds(group: Group) -> &'static str {
    match group {
        Group::Care => {
            "Ziekenhuis Zorggroep Verpleeghuis Kliniek Revalidatiecentrum Huisartsenpost Thuiszorg \
             Zorglaboratorium"
        }
        Group::Municipality => "Gemeente",
        Group::CentralGovernment => "Rijksbureau Rijksdienst Rijksarchief",
        Group::Vital => "Drinkwater Netbeheer Energiecentrale Havendienst Gasopslag",
        Group::Education => "Hogeschool Scholengroep Academie Vakschool",
        Group::Other => {
            "Bouwbedrijf Drukkerij Transport Zuivel Machinefabriek Accountants Notarissen Woonstichting \
             Uitgeverij Kwekerij"
        }
    }
}

/// Vendor, product, versions.
pub type Product = (&'static str, &'static str, Vec<&'static str>);

/// The lists of this file, one entry each.
pub struct Words {
    pub suppliers: Vec<&'static str>,
    pub office: Vec<Product>,
    pub care: Vec<Product>,
    pub hosts: Vec<&'static str>,
    pub machines: Vec<&'static str>,
    pub first_names: Vec<&'static str>,
    /// Both halves together, 1,280 of them.
    pub places: Vec<String>,
}

impl Words {
    pub fn new() -> Self {
        let product = |line: &'static str| {
            let mut fields = line.split(" | ");
            let (vendor, product) = (fields.next()?, fields.next()?);
            Some((vendor, product, fields.next()?.split(' ').collect()))
        };
        let with_ends = |begin| PLACE_ENDS.split_whitespace().map(move |end| format!("{begin}{end}"));
        Self {
            suppliers: SUPPLIERS.lines().collect(),
            office: OFFICE_PRODUCTS.lines().filter_map(product).collect(),
            care: CARE_PRODUCTS.lines().filter_map(product).collect(),
            hosts: HOST_WORDS.split(' ').collect(),
            machines: MACHINE_WORDS.split(' ').collect(),
            first_names: FIRST_NAMES.split_whitespace().collect(),
            places: PLACE_BEGINS.split_whitespace().flat_map(with_ends).collect(),
        }
    }
}

/// An organisation of the stories: what the dice may not decide.
pub struct Fixed {
    pub slug: &'static str,
    pub name: &'static str,
    pub group: Group,
    pub inventory: Inventory,
    pub around_the_clock: bool,
    /// `None`: as the cards fall.
    pub run_by_supplier: Option<bool>,
    pub train: Option<&'static str>,
    pub closed_at: Option<&'static str>,
    pub people: [&'static str; 4],
    pub leave: Option<Leave>,
}

pub const FIXED: &[Fixed] = &[
    Fixed {
        slug: "noordzorg",
        name: "Ziekenhuis Noordzorg",
        group: Group::Care,
        inventory: Inventory::OldName,
        around_the_clock: false,
        run_by_supplier: Some(true),
        // Repaired by 22 January, so of a train that had a repaired version on the 19th.
        train: Some("12.0"),
        // After the exploit and before the attack was seen: "we have done it", and not in time.
        closed_at: Some("2020-01-13T17:00+01:00"),
        people: ["Fenna Kluthevel", "Joris van Otterpriel", "Marijke Zilverslenk", "Wouter ter Havergors"],
        leave: Some(Leave { from: date(2019, 12, 20), to: date(2020, 1, 6) }),
    },
    Fixed {
        slug: "zuidzorg",
        name: "Ziekenhuis Zuidzorg",
        group: Group::Care,
        inventory: Inventory::Complete,
        around_the_clock: true,
        run_by_supplier: Some(false),
        train: None,
        closed_at: None,
        people: ["Karim Mistwierde", "Lotte van de Rijptocht", "Saskia Wulpenspui", "Pieter Gerstebalg"],
        leave: None,
    },
    Fixed {
        slug: "waterdorp",
        name: "Gemeente Waterdorp",
        group: Group::Municipality,
        inventory: Inventory::Complete,
        around_the_clock: false,
        run_by_supplier: None,
        train: None,
        // Repaired on the Monday; the hour is our choice.
        closed_at: Some("2020-01-13T12:00+01:00"),
        people: ["Teun Snoekmeent", "Vera van Brasempoel", "Niels Klaverstuw", "Hanna Windegemaal"],
        leave: None,
    },
    Fixed {
        slug: "geneesraad",
        name: "Geneesraad",
        group: Group::CentralGovernment,
        inventory: Inventory::Complete,
        around_the_clock: false,
        run_by_supplier: None,
        train: None,
        // It was broken into, so it was open after the exploit; that it switched off when central
        // government was told to is our choice.
        closed_at: Some("2020-01-17T18:00+01:00"),
        people: ["Ilse Palingzwin", "Daan Stekelroede", "Yara van Donderkolk", "Gijs Maanwetering"],
        leave: None,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_of_the_lists_is_read_and_no_place_is_there_twice() {
        let words = Words::new();
        assert_eq!(words.office.len(), OFFICE_PRODUCTS.lines().count());
        assert_eq!(words.care.len(), CARE_PRODUCTS.lines().count());
        assert!(words.office.iter().chain(&words.care).all(|(_, _, versions)| versions.len() == 3));
        assert_eq!(words.places.iter().collect::<BTreeSet<_>>().len(), 1_280);
    }

    #[test]
    fn no_two_groups_share_a_kind_of_organisation() {
        use Group::*;
        let groups = [Care, Municipality, CentralGovernment, Vital, Education, Other];
        let all: Vec<&str> = groups.iter().flat_map(|group| kinds(*group).split_whitespace()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
