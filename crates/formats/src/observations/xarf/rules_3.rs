//! The rules of version 3, whose schemas went through five editions.

use serde_json::Value;

use super::shape::{Checker, Shape, is_mail};
use crate::Complaint;

/// Editions, the oldest first. A report without one is of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edition {
    Alpha,
    One,
    Two,
    Three,
    Development,
}

/// What a report is about: an address; an address or a page; an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Address,
    AddressOrPage,
    Account,
}

/// What several types have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Samples,
    Destination,
    Attacker,
    Traffic,
    Mail,
    File,
    Service,
    Transport,
    Cve,
    Cvss,
    Harassment,
    Password,
}

struct Type {
    class: &'static str,
    name: &'static str,
    sub_type: Option<&'static str>,
    editions: (Edition, Edition),
    subject: Subject,
    needs: &'static [&'static str],
    fields: &'static [(&'static str, Shape)],
    parts: &'static [Part],
}

const EVER: (Edition, Edition) = (Edition::Alpha, Edition::Development);
const LATE: (Edition, Edition) = (Edition::Three, Edition::Development);

const fn plain(class: &'static str, name: &'static str, subject: Subject, parts: &'static [Part]) -> Type {
    Type { class, name, sub_type: None, editions: EVER, subject, needs: &[], fields: &[], parts }
}

use Part::{
    Attacker, Cve, Cvss, Destination, File, Harassment, Mail, Password, Samples, Service, Traffic, Transport,
};
use Subject::{Account, Address, AddressOrPage};

const TYPES: &[Type] = &[
    Type { fields: &[("BotnetName", Shape::Text)], ..plain("Content", "Botnet", AddressOrPage, &[Samples]) },
    Type {
        fields: &[
            ("InfringedMaterial", Shape::Text),
            ("MaterialType", Shape::Text),
            ("SharingProtocol", Shape::Text),
            ("CourtOrder", Shape::Web),
        ],
        needs: &["InfringedMaterial"],
        ..plain("Content", "Copyright", AddressOrPage, &[File])
    },
    Type {
        fields: &[
            ("TrademarkedMaterial", Shape::Text),
            ("RegistrationOffice", Shape::Text),
            ("RegistrationNumber", Shape::Text),
        ],
        needs: &["TrademarkedMaterial"],
        ..plain("Content", "Trademark", AddressOrPage, &[])
    },
    Type { editions: (Edition::Alpha, Edition::Three), ..plain("Content", "ChildAbuse", AddressOrPage, &[]) },
    Type {
        editions: (Edition::Development, Edition::Development),
        fields: &[("ReportSubType", Shape::OneOf(&["Link-Sharing"]))],
        ..plain("Content", "ChildSexualAbuseMaterial", AddressOrPage, &[])
    },
    plain("Activity", "DOS", Address, &[Destination, Traffic, Samples]),
    plain("Activity", "LoginAttack", Address, &[Destination, Traffic, Samples]),
    plain("Activity", "PortScan", Address, &[Destination, Traffic, Samples]),
    plain("Activity", "Spam", Address, &[Destination, Samples, Mail]),
    Type {
        editions: LATE,
        ..plain("Activity", "Exploit", Address, &[Transport, Cve, Cvss, Destination, Service, Samples])
    },
    Type { editions: LATE, ..plain("Activity", "Harassment", AddressOrPage, &[Harassment, Samples]) },
    Type { editions: LATE, ..plain("Activity", "WebCrawler", AddressOrPage, &[Samples]) },
    Type {
        editions: LATE,
        ..plain(
            "Activity",
            "PotentiallyCompromisedAccount",
            Account,
            &[Attacker, Destination, Samples, Password],
        )
    },
    Type {
        editions: (Edition::Alpha, Edition::Two),
        needs: &["SourceUrl"],
        fields: &[("MalwareName", Shape::Text)],
        ..plain("Content", "Malware", AddressOrPage, &[Samples])
    },
    Type {
        editions: LATE,
        fields: &[("MalwareName", Shape::Text)],
        ..plain("Content", "Malware", AddressOrPage, &[Samples])
    },
    Type {
        sub_type: Some("RPZ-Rewrite"),
        fields: &[("RpzDomain", Shape::Host), ("MalwareName", Shape::Text)],
        ..plain("Activity", "Malware", Address, &[])
    },
    Type { needs: &["SourceUrl"], ..plain("Content", "Phishing", AddressOrPage, &[Samples]) },
    Type {
        editions: (Edition::One, Edition::Development),
        needs: &["ServiceName"],
        ..plain("Vulnerability", "OpenService", AddressOrPage, &[Transport, Service, Samples])
    },
];

/// A report against the rules of the edition that it names.
pub(super) fn check(tree: &Value) -> Vec<Complaint> {
    let mut checker = Checker::new();
    let edition = match tree.get("Version") {
        None => Some(Edition::Alpha),
        Some(version) => match version.as_str() {
            Some("alpha") => Some(Edition::Alpha),
            Some("1") => Some(Edition::One),
            Some("2") => Some(Edition::Two),
            Some("3") => Some(Edition::Three),
            Some("development") => Some(Edition::Development),
            _ => None,
        },
    };
    let Some(edition) = edition else {
        checker.broken("/Version", "this is an edition of the format");
        return checker.complaints;
    };
    if checker.object("", tree) {
        checker.around(tree, edition);
        match tree.get("Report") {
            Some(report) => checker.report(report, edition),
            None => checker.broken("", "Report is missing"),
        }
    }
    checker.complaints
}

const REPORTER: &[(&str, Shape)] = &[
    ("ReporterType", Shape::OneOf(&["Org", "Person"])),
    ("ReporterOrg", Shape::Longer(3)),
    ("ReporterOrgDomain", Shape::Host),
    ("ReporterOrgEmail", Shape::Mail),
    ("ReporterOrgAddress", Shape::Text),
    ("ReporterContactEmail", Shape::Mail),
    ("ReporterContactName", Shape::Longer(3)),
    ("ReporterContactPhone", Shape::Longer(3)),
];
const COMPLAINANT: &[(&str, Shape)] = &[
    ("ComplainantType", Shape::OneOf(&["Org", "Person"])),
    ("ComplainantOrg", Shape::Longer(3)),
    ("ComplainantOrgDomain", Shape::Host),
    ("ComplainantOrgEmail", Shape::Mail),
    ("ComplainantContactEmail", Shape::Mail),
    ("ComplainantContactName", Shape::Longer(3)),
    ("ComplainantContactPhone", Shape::Longer(3)),
];
const HASHES: &[&str] =
    &["sha1", "sha2", "sha3", "sha256", "sha512", "md5", "argon2id", "scrypt", "bcrypt", "pbkdf2"];

impl Checker {
    /// What stands around the report itself.
    fn around(&mut self, tree: &Value, edition: Edition) {
        self.needs("", tree, &["ReporterInfo", "Disclosure"]);
        self.fields("", tree, &[("Disclosure", Shape::Truth)]);
        let orgs = [("ReporterInfo", "Reporter", REPORTER), ("OnBehalfOf", "Complainant", COMPLAINANT)];
        for (key, start, fields) in orgs {
            let Some(who) = tree.get(key) else { continue };
            let at = format!("/{key}");
            if !self.object(&at, who) {
                continue;
            }
            // A person need not be an organisation; before the third edition nobody thought of persons.
            let is_person_known = edition >= Edition::Three;
            let kind = format!("{start}Type");
            let is_org = !is_person_known || who.get(&kind).is_some_and(|it| it != "Person");
            let fields = if is_person_known { fields } else { fields.get(1..).unwrap_or_default() };
            self.fields(&at, who, fields);
            if is_person_known && key == "ReporterInfo" {
                self.only(&at, who, fields);
            }
            if is_org {
                let needed = ["Org", "OrgDomain", "OrgEmail"].map(|end| format!("{start}{end}"));
                self.needs(&at, who, &needed.each_ref().map(String::as_str));
            }
        }
        if edition >= Edition::Two
            && let Some(own) = tree.get("InternalProcessing")
            && self.object("/InternalProcessing", own)
        {
            self.fields("/InternalProcessing", own, &[("EventTags", Shape::ListOfTexts)]);
            let known =
                [("SubscriberInformation", "SubscriberData"), ("ContractInformation", "ResolverData")];
            for (key, data) in known {
                if let Some(inner) = own.get(key) {
                    let at = format!("/InternalProcessing/{key}");
                    if self.object(&at, inner) {
                        self.fields(&at, inner, &[("ID", Shape::Text), (data, Shape::Texts)]);
                    }
                }
            }
        }
    }

    fn report(&mut self, report: &Value, edition: Edition) {
        const AT: &str = "/Report";
        if !self.object(AT, report) {
            return;
        }
        let word = |key: &str| report.get(key).and_then(Value::as_str).unwrap_or_default();
        let (class, name) = (word("ReportClass"), word("ReportType"));
        let is_it = |it: &&Type| {
            it.class == class && it.name == name && it.editions.0 <= edition && edition <= it.editions.1
        };
        let Some(kind) = TYPES.iter().find(is_it) else {
            self.broken(AT, "the format knows no report of this class and type");
            return;
        };
        self.fields(
            AT,
            report,
            &[
                ("ReportSubType", kind.sub_type.map_or(Shape::Text, |_| Shape::OneOf(&["RPZ-Rewrite"]))),
                ("ReporterCaseID", Shape::Text),
                ("ReporterSeverity", Shape::OneOf(&["low", "medium", "high"])),
                ("ReporterNotes", Shape::Text),
                ("Date", Shape::Moment),
                ("FirstSeen", Shape::Moment),
            ],
        );
        if edition >= Edition::One {
            self.fields(AT, report, &[("Custom", Shape::TextsAndWholes)]);
        } else if matches!(name, "Copyright" | "Trademark") {
            self.fields(AT, report, &[("InfringingUrl", Shape::Web)]);
        }
        self.needs(AT, report, &["Date"]);
        self.subject(report, kind.subject);
        self.needs(AT, report, kind.needs);
        self.fields(AT, report, kind.fields);
        for part in kind.parts {
            self.part(report, *part, edition);
        }
    }

    fn subject(&mut self, report: &Value, subject: Subject) {
        const AT: &str = "/Report";
        const ASN: Shape = Shape::Whole(1, 4_199_999_999);
        let fits = |key: &str, shape: Shape| report.get(key).is_some_and(|it| shape.fits(it));
        let has_address = fits("SourceIp", Shape::Address) && report.get("ASN").is_none_or(|it| ASN.fits(it));
        let has_page = fits("SourceUrl", Shape::Web);
        let has_port = report.get("SourcePort").is_none_or(|it| Shape::Port.fits(it));
        match subject {
            Address => {
                self.needs(AT, report, &["SourceIp"]);
                self.fields(AT, report, &[("SourceIp", Shape::Address), ("ASN", ASN)]);
            }
            AddressOrPage if !has_address && !has_page => {
                self.broken(AT, "neither SourceIp nor SourceUrl is as it should be");
            }
            AddressOrPage => {}
            Account => {
                match report.get("Account") {
                    Some(account) if account.as_object().is_some_and(|it| !it.is_empty()) => {
                        self.fields("/Report/Account", account, &[("AccountEmail", Shape::Text)]);
                        let is_plain = account
                            .get("AccountIdentifier")
                            .is_none_or(|it| it.as_str().is_some_and(|it| !is_mail(it)));
                        if !is_plain {
                            self.broken("/Report/Account", "an address of mail stands under AccountEmail");
                        }
                    }
                    _ => self.broken(AT, "Account is missing, or says nothing"),
                }
                if (has_address || has_page) && has_port {
                    self.broken(AT, "a report about an account names no source");
                }
                return;
            }
        }
        self.fields(AT, report, &[("SourcePort", Shape::Port)]);
    }

    fn part(&mut self, report: &Value, part: Part, edition: Edition) {
        const AT: &str = "/Report";
        match part {
            Samples => {
                self.fields(AT, report, &[("Ongoing", Shape::Truth), ("ThreatActor", Shape::Text)]);
                if let Some(samples) = report.get("Samples") {
                    let list = samples.as_array().filter(|it| !it.is_empty());
                    if !list.is_some_and(|it| it.iter().all(|it| is_sample(it, edition))) {
                        self.broken("/Report/Samples", "these are samples, each with its content type");
                    }
                }
            }
            Destination => {
                self.fields(
                    AT,
                    report,
                    &[("DestinationIp", Shape::Address), ("DestinationPort", Shape::Ports)],
                );
            }
            Attacker => {
                self.fields(AT, report, &[("AttackerIp", Shape::Address), ("AttackerPort", Shape::Ports)])
            }
            Traffic => {
                let any = Shape::Whole(i64::MIN, i64::MAX);
                self.fields(AT, report, &[("ByteCount", any), ("PacketCount", any)]);
            }
            Mail if edition == Edition::Alpha => {
                self.fields(AT, report, &[("FromAddress", Shape::Mail), ("ToAddress", Shape::Mail)]);
            }
            Mail => {
                let fields = [("SmtpMailFromAddress", Shape::Mail), ("SmtpRcptToAddress", Shape::Mail)];
                self.fields(AT, report, &fields);
            }
            File if !is_file(report, edition) => self.broken(AT, "the file is not described as it should be"),
            File => {}
            Service => {
                self.fields(AT, report, &[("ServiceName", Shape::Text), ("ServiceVersion", Shape::Text)])
            }
            Transport => self.fields(AT, report, &[("TransportProtocol", Shape::OneOf(&["tcp", "udp"]))]),
            Cve => self.fields(AT, report, &[("CVE", Shape::Cve)]),
            Cvss if report.get("CVSS").is_some_and(|it| !is_cvss(it)) => {
                self.broken("/Report/CVSS", "a vector stands here that is not of its version");
            }
            Cvss => {}
            Harassment => {
                self.needs(AT, report, &["Harasser", "HarassmentDescription"]);
                const KINDS: &[&str] =
                    &["doxing", "stalking", "sexual", "believes", "defamation", "extortion", "hate"];
                let fields = [
                    ("Harasser", Shape::Text),
                    ("HarassmentDescription", Shape::Text),
                    ("HarassmentType", Shape::OneOf(KINDS)),
                    ("HarassmentLocation", Shape::OneOf(&["website", "chat", "game"])),
                ];
                self.fields(AT, report, &fields);
            }
            Password if report.get("PasswordHash").is_some_and(|it| !is_hash(it)) => {
                self.broken("/Report/PasswordHash", "this is a hash with its algorithm");
            }
            Password => {}
        }
    }
}

fn is_hash(value: &Value) -> bool {
    let fits = |key: &str, shape: Shape| value.get(key).is_some_and(|it| shape.fits(it));
    fits("HashValue", Shape::Text)
        && fits("HashAlgorithm", Shape::OneOf(HASHES))
        && value.get("HashComplete").is_none_or(Value::is_boolean)
}

fn is_file(value: &Value, edition: Edition) -> bool {
    let hash = |it: &Value| if edition >= Edition::Three { is_hash(it) } else { it.is_string() };
    value.is_object()
        && value.get("FileName").is_some_and(Value::is_string)
        && value.get("FileSize").is_none_or(|it| Shape::Whole(0, i64::MAX).fits(it))
        && value.get("FileHash").is_none_or(hash)
}

fn is_sample(value: &Value, edition: Edition) -> bool {
    let is_text = |key: &str| value.get(key).is_some_and(Value::is_string);
    let is_content = is_text("ContentType")
        && is_text("Payload")
        && value.get("Base64Encoded").is_none_or(Value::is_boolean)
        && value.get("Description").is_none_or(Value::is_string);
    value.is_object() && (is_content || is_file(value, edition))
}

fn is_cvss(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let (Some(version), Some(vector)) = (text("Version"), text("Vector")) else { return false };
    let is_severity = |words: &[&str]| {
        value.get("Severity").is_none_or(|it| it.as_str().is_some_and(|it| words.contains(&it)))
    };
    let is_score = value.get("Score").is_none_or(Value::is_number);
    let is_vector = match version {
        "2" => !vector.starts_with("CVSS:") && is_severity(&["Low", "Medium", "High"]),
        "3.0" | "3.1" => {
            vector.starts_with("CVSS:3.") && is_severity(&["None", "Low", "Medium", "High", "Critical"])
        }
        _ => false,
    };
    let bare = vector.trim_start_matches('(').trim_end_matches(')');
    is_score && is_vector && crate::cvss::scores(bare).is_ok()
}
