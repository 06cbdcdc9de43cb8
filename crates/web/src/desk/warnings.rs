//! `GET /desk/warnings/{id}`: everything that happened to one warning, the newest first, each entry
//! with its place in the ledger and the hash of its leaf. This is what is printed when somebody
//! asks "which contacts have there been?".

use std::collections::BTreeMap;

use domain::advisory::Content;
use domain::asset::Asset;
use domain::ids::{AssetId, ContactId, MeasureId, OfficerId, WarningId};
use domain::ledger::Entry;
use domain::severity::Severity;
use domain::text::Text;
use domain::tlp::Tlp;
use domain::warning::{Answer, Fact, Stage, Through, Warning, WordWay};
use flow::follow_up::{answer, call};
use flow::house::House;
use jiff::Timestamp;
use maud::{Markup, html};
use store::ledger::{self, Placed};
use store::{assets, calls, contacts, disclosures, officers, warnings};
use uuid::Uuid;

use super::board::door::{rung, task};
use super::board::{Task, acts};
use super::disclosures::{Line as Decided, heading, lines as decided};
use super::ledger_words::{Sort, sentence};
use super::telephone;
use crate::WebError;
use crate::claim_and_evidence::{Said, Seen, contradict};
use crate::form::{Fields, Form};
use crate::looks::{Looks, for_the_desk, looks};
use crate::may::{May, Onward, WatchDesk, WorkDesk};
use crate::notes::{self, Notes};
use crate::page::Frame;
use crate::standing::{KnownAdvisories, by, content, standing};
use crate::tables::address;

#[derive(Debug, Clone)]
pub struct View {
    pub id: Uuid,
    pub number: String,
    pub participant: Uuid,
    pub participant_name: String,
    pub advisory: Uuid,
    pub title: Text,
    pub severity: Severity,
    pub stage: Stage,
    pub said: Said,
    pub said_way: Option<WordWay>,
    pub telephone: telephone::View,
    pub seen: Seen,
    pub looks: Looks,
    pub notes: Notes,
    /// What the gate decided about letters of this warning, the newest first.
    pub decisions: Vec<Decided>,
    pub deadline: Timestamp,
    pub rung: Option<(usize, usize)>,
    /// What must be done about it now.
    pub task: Option<Task>,
    /// Whether an officer can take it.
    pub takes: bool,
    /// `None` shows everything.
    pub only: Option<Sort>,
    /// Whether more than the latest hundred are shown, for whoever prints the page.
    pub whole: bool,
    /// In the order of the ledger, oldest first; the page turns it round.
    pub lines: Vec<Line>,
    /// Size of the tree and its root, in hexadecimal, against which the leaves can be checked.
    pub checkpoint: Option<(u64, String)>,
}

/// One entry of the ledger.
#[derive(Debug, Clone)]
pub struct Line {
    pub place: u64,
    /// In hexadecimal.
    pub leaf: String,
    /// When it was so in the world.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    pub entry: Entry,
    /// Name of the person or source that said or did it.
    pub by: Option<String>,
    /// Title of the measure or label of the asset that it is about.
    pub about: Option<Text>,
}

/// So many entries are read on a screen; who wants all of them asks for them.
const LINES: usize = 100;

pub fn page(frame: &Frame, view: &View) -> Markup {
    let title = frame.say_with("warning-page-title", &[("number", &view.number)]);
    frame.document(
        &format!("{title} – {}", view.participant_name),
        html! {
            header {
                p .row { (frame.severity(view.severity)) span { (title) } (frame.stage(view.stage)) }
                h1 { (view.participant_name) }
                p {
                    a href={ "/desk/advisories/" (view.advisory) } { (frame.text(&view.title)) } " · "
                    a href={ "/desk/participants/" (view.participant) } { (frame.say("timeline-participant")) }
                }
            }
            section #state aria-labelledby="state-head" data-live {
                h2 #state-head { (frame.say("timeline-state")) }
                dl .sides {
                    div {
                        dt { (frame.say("said-head")) }
                        dd {
                            (frame.said(&view.said, contradict(&view.said, &view.seen)))
                            @if let Some(way) = &view.said_way { br; (frame.way(way)) }
                        }
                    }
                    div { dt { (frame.say("seen-head")) } dd { (frame.seen(&view.seen)) } }
                }
                p .row {
                    (frame.deadline(view.deadline))
                    span .soft { (frame.time(view.deadline)) }
                    @if let Some((number, of)) = view.rung { (frame.rung(number, of)) }
                }
                @if let Some(task) = &view.task { (acts(frame, task, view.takes)) }
                (telephone::form(frame, &view.telephone, view.id))
            }
            (notes::section(frame, &view.notes, &format!("/desk/warnings/{}", view.id), true, true))
            (for_the_desk(frame, &view.looks, &format!("/desk/warnings/{}", view.id)))
            (decisions(frame, &view.decisions))
            section #timeline aria-labelledby="timeline-head" data-live {
                h2 #timeline-head { (frame.say("timeline-head")) }
                (chips(frame, view))
                (timeline(frame, view))
                @if let Some((size, root)) = &view.checkpoint {
                    p .leaf { (frame.say_with("timeline-checkpoint", &[("size", &size.to_string())])) " " code { (root) } }
                }
            }
        },
    )
}

/// Why a letter went, and why one did not.
fn decisions(frame: &Frame, decisions: &[Decided]) -> Markup {
    html! {
        @if !decisions.is_empty() {
            section #disclosures aria-labelledby="disclosures-head" {
                h2 #disclosures-head { (frame.say("disclosures-title")) }
                details #disclosures-of-warning {
                    summary { (frame.count("disclosures-found", decisions.len())) }
                    ul .cards.plain {
                        @for one in decisions {
                            li .card {
                                p { (heading(frame, one)) }
                                p .no-print { a href={ "/desk/disclosures/" (one.disclosure.id) } { (frame.say("disclosures-to-one")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn chips(frame: &Frame, view: &View) -> Markup {
    let here = format!("/desk/warnings/{}", view.id);
    let chip = |sort: Option<Sort>| {
        let word = sort.map_or("", Sort::word);
        let key = sort.map_or("timeline-all".to_owned(), |sort| format!("timeline-{}", sort.word()));
        let current = (sort == view.only).then_some("true");
        html! { li { a href={ (address(&here, &[("only", word)])) "#timeline" } aria-current=[current] { (frame.say(&key)) } } }
    };
    html! {
        nav .no-print aria-label=(frame.say("timeline-only")) {
            ul .chips.plain { (chip(None)) @for sort in Sort::ALL { (chip(Some(sort))) } }
        }
    }
}

fn timeline(frame: &Frame, view: &View) -> Markup {
    let lines: Vec<_> = view
        .lines
        .iter()
        .rev()
        .map(|line| (line, sentence(&line.entry)))
        .filter(|(_, said)| view.only.is_none_or(|only| only == said.sort))
        .collect();
    let shown = if view.whole { lines.len() } else { lines.len().min(LINES) };
    let only = view.only.map_or("", Sort::word);
    let whole = address(&format!("/desk/warnings/{}", view.id), &[("only", only), ("whole", "yes")]);
    html! {
        @if lines.is_empty() { p .soft { (frame.say("timeline-none")) } }
        ol .timeline reversed start=(lines.len()) {
            @for (line, said) in &lines[..shown] {
                li class=(said.tone.name()) id={ "entry-" (line.place) } {
                    div {
                        p {
                            (frame.time(line.at)) " "
                            (said.show(frame))
                            @if let Some(about) = &line.about { " – " (frame.text(about)) }
                            @if let Some(by) = &line.by { " " span .soft { "(" (by) ")" } }
                        }
                        p .leaf {
                            (frame.say_with("timeline-place", &[("place", &line.place.to_string())])) " "
                            code { (line.leaf) }
                            @if line.recorded_at != line.at {
                                " · " (frame.say("timeline-recorded")) " " (frame.time(line.recorded_at))
                            }
                        }
                    }
                }
            }
        }
        @if shown < lines.len() {
            p { a .press href={ (whole) "#timeline" } { (frame.count("timeline-whole", lines.len())) } }
        }
    }
}

/// What the address asks to see of the timeline.
pub struct Narrowed {
    only: Option<Sort>,
    whole: bool,
}

impl Form for Narrowed {
    fn read(fields: &Fields) -> Result<Self, WebError> {
        Ok(Self { only: fields.raw("only").and_then(Sort::of_word), whole: fields.tick("whole") })
    }
}

pub async fn show(
    house: House,
    may: May<WatchDesk>,
    id: WarningId,
    narrowed: Narrowed,
) -> Result<Markup, WebError> {
    let line = warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    let warning = warnings::of_id(&house.db, id, house.now()).await?.ok_or(WebError::NotFound)?;
    let mut known = KnownAdvisories::default();
    let on_desk = known.of(&house, line.advisory).await?.ok_or(WebError::NotFound)?;
    let content = content(on_desk, &warning).cloned().unwrap_or_default();
    let standing = standing(&house, &warning, &content).await?;
    let entries = ledger::of_warning(&house.db, id).await?;
    let names = Names::load(&house, &warning, &content, &entries).await?;
    let waiting = calls::waiting_for(&house.db, id).await?;
    let checkpoint = ledger::checkpoints(&house.db).await?.pop();
    let climbed = rung(&*house.ladders().await?, &line, &warning);
    let view = View {
        id: id.0,
        number: line.advisory_number.clone(),
        participant: line.participant.0,
        participant_name: line.participant_name.clone(),
        advisory: line.advisory.0,
        title: content.title.clone(),
        severity: line.severity,
        stage: standing.stage,
        telephone: telephone::load(&house, may.who.officer.id, &warning, &content, &standing).await?,
        said: standing.said,
        said_way: standing.said_way,
        seen: standing.seen,
        looks: looks(&house, &warning, &content).await?,
        notes: notes::notes(&house, id, warning.participant).await?,
        deadline: line.due_at,
        rung: climbed,
        task: task(&house, &mut known, line, waiting).await?,
        takes: true,
        decisions: decided(&house, disclosures::of_warning(&house.db, id, warning.participant).await?)
            .await?,
        only: narrowed.only,
        whole: narrowed.whole,
        lines: entries.into_iter().map(|entry| names.line(entry)).collect(),
        checkpoint: checkpoint.map(|it| (it.size, hex::encode(it.root))),
    };
    // An advisory may be for everybody; whom it concerns, and what they did, is not.
    let tlp = content.tlp.unwrap_or(Tlp::Amber).max(Tlp::Amber);
    Ok(page(&may.frame_for(&house, tlp), &view))
}

/// What the ids in a ledger are called.
struct Names {
    contacts: BTreeMap<ContactId, String>,
    officers: BTreeMap<OfficerId, String>,
    measures: BTreeMap<MeasureId, Text>,
    assets: BTreeMap<AssetId, Asset>,
}

impl Names {
    async fn load(
        house: &House,
        warning: &Warning,
        content: &Content,
        entries: &[Placed],
    ) -> Result<Self, WebError> {
        let of = warning.participant;
        let mut own = BTreeMap::new();
        for placed in entries {
            let asset = match &placed.entry {
                Entry::Learned { fact: Fact::Exposed(asset, _) | Fact::Relieved(asset), .. } => *asset,
                _ => continue,
            };
            if let Some(found) = assets::of_id(&house.db, asset, of).await? {
                own.insert(asset, found);
            }
        }
        Ok(Self {
            contacts: contacts::names(&house.db, of).await?,
            officers: officers::names(&house.db).await?,
            measures: content.measures.iter().map(|it| (it.id, it.title.clone())).collect(),
            assets: own,
        })
    }

    fn line(&self, placed: Placed) -> Line {
        let Placed { place, at, entry, leaf } = placed;
        let so = if let Entry::Learned { at, .. } = &entry { *at } else { at };
        Line {
            place,
            leaf: hex::encode(leaf),
            at: so,
            recorded_at: at,
            by: self.by(&entry),
            about: self.about(&entry),
            entry,
        }
    }

    fn by(&self, entry: &Entry) -> Option<String> {
        match entry {
            Entry::Learned {
                fact:
                    Fact::Answer(Answer::HelpGiven { by })
                    | Fact::Through(Through { way: WordWay::Telephone { officer: by, .. }, .. }),
                ..
            }
            | Entry::NoteWritten { officer: Some(by), .. }
            | Entry::CallEnded { by, .. }
            | Entry::WarningTaken { by, .. }
            | Entry::SamenessDecided { by, .. }
            | Entry::NameDecided { by, .. }
            | Entry::FinderChanged { by, .. }
            | Entry::ReplySeenTo { by, .. }
            | Entry::LaddersChanged { by, .. }
            | Entry::AlarmOrdered { by, .. }
            | Entry::Admitted { by, .. }
            | Entry::SetReleased { by, .. }
            | Entry::QueueReleased { by, .. } => self.officers.get(by).cloned(),
            Entry::ConsentChanged { by, .. }
            | Entry::ContactTested { contact: by, .. }
            | Entry::CodeClosed { contact: by, .. }
            | Entry::ReplyCame { contact: by, .. }
            | Entry::NoteWritten { contact: Some(by), .. } => self.contacts.get(by).cloned(),
            Entry::Learned { fact, .. } => by(fact).and_then(|by| self.contacts.get(&by).cloned()),
            _ => None,
        }
    }

    fn about(&self, entry: &Entry) -> Option<Text> {
        let Entry::Learned { fact, .. } = entry else { return None };
        match fact {
            Fact::Claim(claim) => self.measures.get(&claim.measure).cloned(),
            Fact::Answer(Answer::Planned { measure, .. }) => self.measures.get(measure).cloned(),
            Fact::Exposed(asset, _) | Fact::Relieved(asset) => self.label(*asset),
            Fact::Evidence(evidence) => evidence.asset.and_then(|asset| self.label(asset)),
            _ => None,
        }
    }

    /// What the participant calls it, in whatever language that is.
    fn label(&self, asset: AssetId) -> Option<Text> {
        let label = self.assets.get(&asset)?.label();
        Some(Text::both(label.clone(), label))
    }
}

/// `POST /desk/warnings/{id}/help`: we helped, which is all that we can say in their place.
pub async fn help(house: House, may: May<WorkDesk>, id: WarningId, (): ()) -> Result<Onward, WebError> {
    let line = warnings::line(&house.db, id).await?.ok_or(WebError::NotFound)?;
    answer::help_given(&house, may.who.officer.id, line.participant, id).await?;
    Ok(Onward::saying(&format!("/desk/warnings/{id}"), "noted"))
}

/// `POST /desk/warnings/{id}/take`: somebody sees to it, so that two do not call the same hospital.
pub async fn take(house: House, may: May<WorkDesk>, id: WarningId, (): ()) -> Result<Onward, WebError> {
    match call::see_to(&house, may.who.officer.id, id).await? {
        true => Ok(Onward::saying("/desk", "noted")),
        false => Err(WebError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::calling::Outcome;
    use domain::ids::*;
    use domain::rescan::Turned;
    use domain::warning::*;

    use super::*;
    use crate::desk::board::Why;
    use crate::desk::board::tests::{claimed, still_there, task};
    use crate::page::testing::{check, frame, languages};

    fn a_record(warning: WarningId) -> domain::disclosure::Record {
        use domain::disclosure::{Class, Item, Kind, Purpose, Record};
        let day = jiff::civil::date(2020, 1, 12);
        Record {
            item: Item::Letter { warning, kind: "warning".into() },
            about: None,
            listed: [].into(),
            sender: "national".into(),
            recipient: "x".into(),
            kind: Kind::new("NV"),
            class: Class::D4,
            tlp: Tlp::Amber,
            purpose: Purpose::Warn,
            channel: Channel::Mail,
            form: None,
            needs_person: false,
            rules: vec![],
            ground: String::new(),
            version: String::new(),
            masks: vec![],
            obligations: vec![],
            world: day,
            known: day,
            why_not_more: None,
        }
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn at(hour: i64) -> Timestamp {
        "2020-01-13T08:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hour)
    }

    /// One entry of every kind and one fact of every kind.
    fn entries() -> Vec<Entry> {
        let warning = WarningId(id(1));
        let (by, measure, asset) = (ContactId(id(2)), MeasureId(id(7)), AssetId(id(11)));
        let officer = OfficerId(id(5));
        let revision = domain::advisory::RevisionNumber::FIRST;
        let observation = ObservationId(id(6));
        let assets = BTreeSet::new();
        let shows = |shows| Fact::Evidence(Evidence { asset: None, shows });
        let mut facts = vec![
            Fact::Revision(Edition {
                number: revision,
                severity: Severity::High,
                exploited: false,
                offers: vec![],
                due_at: at(48),
                presumption: None,
            }),
            Fact::Exposed(asset, domain::exposure::Certainty::Likely),
            Fact::Relieved(asset),
            Fact::Gate(Gate::Blocked),
            Fact::Gate(Gate::Released),
            Fact::Acknowledgement(Acknowledgement { by, revision }),
            Fact::Answer(Answer::NotAffected { by, reason: NotAffected::OtherVersion }),
            Fact::Answer(Answer::HelpAsked { by, telephone: "085-000 00 21".into() }),
            Fact::Answer(Answer::HelpGiven { by: officer }),
            Fact::Answer(Answer::Planned { by, measure, due_at: at(30) }),
            Fact::Answer(Answer::RiskAccepted {
                by,
                manager: "H. Polder".into(),
                reason: "02:00".into(),
                until: at(99),
            }),
            Fact::Claim(Claim { by, measure, executed_at: Some(at(9)), assets: assets.clone() }),
            Fact::Claim(Claim { by, measure, executed_at: None, assets: assets.clone() }),
            shows(Shows::Gone(observation)),
            shows(Shows::Attested(by)),
            shows(Shows::StillThere(observation)),
            Fact::CompromiseCheck(CompromiseCheck::Clean { by, secrets_renewed: true }),
            Fact::CompromiseCheck(CompromiseCheck::Clean { by, secrets_renewed: false }),
            Fact::CompromiseCheck(CompromiseCheck::Found { by }),
            Fact::Climbed(2),
        ];
        for it in [Delivery::Sent, Delivery::Delivered, Delivery::Read, Delivery::Bounced, Delivery::Failed] {
            facts.push(Fact::Delivery(Channel::Mail, it));
        }
        for it in [Closing::Safe, Closing::StandDown, Closing::Transferred, Closing::Orphaned] {
            facts.push(Fact::Closing(it));
        }
        for cause in Cause::ALL {
            facts.push(Fact::Reopening(Reopening { cause, revision, assets: assets.clone() }));
        }
        let learned = facts.into_iter().map(|fact| Entry::Learned { warning, at: at(1), fact });
        let (participant, advisory) = (ParticipantId(id(3)), AdvisoryId(id(9)));
        let (change, why) = (|| "x".to_owned(), || "x".to_owned());
        let decided = |is_same| {
            let [one, other] = ["CVE-2026-1000001", "CVE-2026-1000002"].map(str::to_owned);
            Entry::SamenessDecided { one, other, is_same, by: officer }
        };
        let rescan = |turn, why: &str| Entry::RescanTurned {
            rescan: RescanId(id(5)),
            warning,
            participant,
            turn,
            why: why.to_owned(),
            by: "x".into(),
        };
        let handed_in = |is_parked| Entry::SetHandedIn {
            set: SetId(id(5)),
            finder: FinderId(id(5)),
            digest: "ab".into(),
            rows: 12,
            rejected: BTreeMap::new(),
            is_parked,
        };
        let others = [
            Entry::WarningOpened { warning, participant, advisory },
            Entry::CallOrdered { call: CallId(id(4)), warning, rung: 1 },
            Entry::CallEnded { call: CallId(id(4)), warning, outcome: Outcome::Voicemail, by: officer },
            Entry::Sending { delivery: DeliveryId(id(8)), channel: Channel::Mail, tries: 0 },
            Entry::PaperReceived { digest: "ab".into(), source: "x".into(), size_bytes: 3 },
            Entry::PaperShelved { digest: "ab".into(), why: why() },
            Entry::AdvisoryReleased {
                advisory,
                revision,
                kinds: domain::advisory::RevisionKind::ALL.to_vec(),
                by: "x".into(),
            },
            Entry::Decided { disclosure: DisclosureId(id(9)), record: Box::new(a_record(warning)) },
            Entry::DisclosureTurned {
                disclosure: DisclosureId(id(9)),
                state: domain::disclosure::State::Recalled,
                by: "x".into(),
            },
            Entry::OrganisationChanged { organisation: "x".into(), change: "x".into(), by: "x".into() },
            Entry::Observed { observation, participant: None },
            Entry::ReportTakenIn {
                digest: "ab".into(),
                rows: 4,
                routed: 1,
                unattributed: 1,
                duplicate: 1,
                rejected: 1,
                to_partners: 0,
            },
            Entry::ParticipantChanged { participant, change: change() },
            Entry::ContactChanged { participant, contact: by, change: change() },
            Entry::AssetChanged { participant, asset, change: change() },
            Entry::DesignationChanged { gazette: "stcrt-2020-4410".into(), change: change(), by: "x".into() },
            Entry::JobShelved { key: "x".into(), why: why() },
            Entry::SignedIn { who: "x".into(), role: "x".into() },
            Entry::RulesChanged { name: "x".into(), by: "x".into() },
            Entry::KeyPublished { key: "ssh-ed25519 AAAA".into() },
            Entry::QueueHeld { queue: "outbox".into(), why: why() },
            Entry::QueueReleased { queue: "outbox".into(), by: officer },
            Entry::NameDecided { name: "x".into(), product: None, change: change(), by: officer },
            decided(Some(true)),
            decided(Some(false)),
            decided(None),
            Entry::InventoryTaken {
                participant,
                upload: UploadId(id(5)),
                added: 12,
                removed: 3,
                changed: 5,
                by,
            },
            Entry::InventoryUndone { participant, upload: UploadId(id(5)), by },
            Entry::MandateChanged {
                mandate: MandateId(id(5)),
                participant,
                supplier: participant,
                change: change(),
            },
            Entry::PlaceDecided {
                place: "192.0.2.0/24".into(),
                participant: None,
                partner: None,
                reason: why(),
                by: OfficerId(Uuid::nil()),
            },
            Entry::HoldingChanged {
                participant,
                holding: HoldingId(id(5)),
                change: change(),
                by: "x".into(),
            },
            rescan(Turned::Refused, "PAP"),
            rescan(Turned::Asked, ""),
            rescan(Turned::Expired, ""),
            Entry::ConsentChanged { consent: ConsentId(id(5)), participant, asset, change: change(), by },
            Entry::ContactTested { test: ContactTestId(id(5)), contact: by, change: change() },
            Entry::Admitted { participant, register: change(), called_minutes_before: 9, by: officer },
            Entry::AlarmOrdered { alarm: AlarmId(id(5)), by: officer },
            Entry::LaddersChanged { number: 2, change: change(), by: officer },
            Entry::FinderChanged { finder: FinderId(id(5)), change: change(), by: officer },
            handed_in(true),
            handed_in(false),
            Entry::CodeClosed { warning: WarningId(id(1)), contact: by, wrong: 5 },
            Entry::NoteWritten {
                warning: WarningId(id(1)),
                note: NoteId(id(5)),
                contact: Some(by),
                officer: None,
                files: 1,
            },
            Entry::NoteWritten {
                warning: WarningId(id(1)),
                note: NoteId(id(5)),
                contact: None,
                officer: Some(officer),
                files: 0,
            },
            Entry::ReplyCame {
                warning: WarningId(id(1)),
                contact: by,
                became: domain::reply::Became::Answered,
                digit: Some(1),
            },
            Entry::ReplySeenTo {
                warning: WarningId(id(1)),
                became: domain::reply::Became::Late,
                by: officer,
            },
            Entry::SuppressionTurned {
                suppression: SuppressionId(id(5)),
                turn: domain::suppression::Turn::TakenOff,
                by: Some(officer),
            },
            Entry::FeedTokenMade { token: FeedTokenId(id(5)), participant, contact: by, expires_at: at(9) },
            Entry::FeedTokenWithdrawn { token: FeedTokenId(id(5)), participant, contact: by },
            Entry::SetReleased { set: SetId(id(5)), by: officer },
            Entry::SetCounted { set: SetId(id(5)), day: 7, told: domain::finder::Counts::default() },
            Entry::SourceTurned {
                source: SourceId(id(5)),
                name: "x".into(),
                turn: domain::source::Turn::Silent,
                by: "x".into(),
            },
        ];
        others.into_iter().chain(learned).collect()
    }

    fn sample() -> View {
        let line = |(place, entry): (u64, Entry)| Line {
            place,
            leaf: format!("{place:02x}").repeat(32),
            at: at(i64::try_from(place).unwrap() / 2),
            recorded_at: at(i64::try_from(place).unwrap() / 2 + i64::from(place == 9)),
            entry,
            by: (place % 2 == 0).then(|| "Aleida Waterman".into()),
            about: (place == 12).then(|| Text::both("Responder-regel", "Responder policy")),
        };
        View {
            id: id(1),
            number: "2020-0042".into(),
            participant: id(3),
            participant_name: "Noordzorg".into(),
            advisory: id(9),
            title: Text::both("Lek in Citrix ADC en Gateway", "Hole in Citrix ADC and Gateway"),
            severity: Severity::Critical,
            stage: Stage::Reopened,
            said: claimed(),
            said_way: Some(WordWay::Telephone {
                officer: OfficerId(id(8)),
                spoke_with: "Aleida Waterman".into(),
                number: "+31 85 000 00 21".into(),
            }),
            telephone: telephone::View {
                people: vec![(id(4), "Aleida Waterman".into(), Some("+31 85 000 00 21".into()))],
                measures: vec![(id(6), Text::both("Responder-regel", "Responder policy"))],
                may_undo: Some(at(48)),
            },
            seen: still_there(),
            looks: crate::looks::tests::sample(),
            notes: notes::tests::sample(),
            decisions: vec![super::super::disclosures::tests::line(
                1,
                None,
                domain::disclosure::State::Withheld,
            )],
            deadline: at(48),
            rung: Some((3, 5)),
            task: Some(task(1, "Noordzorg", Why::Call { call: id(71) }, claimed(), still_there())),
            takes: true,
            only: None,
            whole: false,
            lines: (1..).zip(entries()).map(line).collect(),
            checkpoint: Some((20_852_163, "a1b2".repeat(16))),
        }
    }

    #[test]
    fn everything_that_can_happen_to_a_warning_has_a_sentence_in_both_languages() {
        check("desk-warning", "/desk/warnings/1", |frame| page(frame, &sample()));
        for only in Sort::ALL {
            let view = View { only: Some(only), task: None, checkpoint: None, ..sample() };
            check("desk-warning-only", "/desk/warnings/1", |frame| page(frame, &view));
            assert_eq!(Sort::of_word(only.word()), Some(only));
        }
        let empty = View { lines: vec![], decisions: vec![], rung: None, ..sample() };
        check("desk-warning-empty", "/desk/warnings/1", |frame| page(frame, &empty));
    }

    #[test]
    fn a_long_history_is_shown_from_its_end_and_whole_when_asked_for() {
        let [dutch, _] = languages();
        let lines: Vec<Line> = sample().lines.into_iter().cycle().take(LINES + 50).collect();
        let lines: Vec<Line> = (1..).zip(lines).map(|(place, line)| Line { place, ..line }).collect();
        let long = View { lines, ..sample() };
        let shown = |view: &View| {
            page(&frame(dutch.clone(), "/desk/warnings/1"), view).into_string().matches("id=\"entry-").count()
        };
        assert_eq!((shown(&long), shown(&View { whole: true, ..long.clone() })), (LINES, LINES + 50));
        check("desk-warning-long", "/desk/warnings/1", |frame| page(frame, &long));
    }

    #[test]
    fn the_newest_stands_on_top_and_every_entry_can_be_proved() {
        let [dutch, _] = languages();
        let view = sample();
        let html = page(&frame(dutch, "/desk/warnings/1"), &view).into_string();
        let places: Vec<usize> = view
            .lines
            .iter()
            .map(|line| html.find(&format!("id=\"entry-{}\"", line.place)).unwrap())
            .collect();
        assert!(places.is_sorted_by(|earlier, later| earlier > later));
        assert!(view.lines.iter().all(|line| html.contains(&line.leaf)));
    }
}
