//! How the words of the domain are called on a page, and how they are drawn: text first, then a
//! shape, then a colour, so that nobody needs the colour (WCAG 1.4.1).

use std::net::IpAddr;

use domain::advisory::{self, Consequence, RevisionKind};
use domain::asset;
use domain::calling::Outcome;
use domain::contact::{self, Role};
use domain::escalation;
use domain::exposure::Certainty;
use domain::finder;
use domain::measure::{CareImpact, Kind, Reliability};
use domain::observation::Method;
use domain::reply::Became;
use domain::rescan;
use domain::severity::{Level, Severity};
use domain::source;
use domain::suppression;
use domain::text::{Language, Text};
use domain::warning::{Cause, Channel, NotAffected, Stage};
use maud::{Markup, html};
use store::contacts::Access;

use crate::page::Frame;

/// A word of the domain that has a name in `locales/*/terms.ftl`.
pub trait Term: Copy {
    fn key(self) -> &'static str;
}

macro_rules! terms {
    ($($Enum:path { $($Variant:ident => $key:literal,)+ })+) => {$(
        impl Term for $Enum {
            fn key(self) -> &'static str {
                match self { $(Self::$Variant => concat!("term-", $key),)+ }
            }
        }
    )+};
}

terms! {
    Severity {
        Low => "severity-low",
        Medium => "severity-medium",
        High => "severity-high",
        Critical => "severity-critical",
    }
    Level {
        Low => "level-low",
        Medium => "level-medium",
        High => "level-high",
    }
    Certainty {
        Possible => "certainty-possible",
        Likely => "certainty-likely",
        Observed => "certainty-observed",
    }
    Channel {
        Platform => "channel-platform",
        Mail => "channel-mail",
        Webhook => "channel-webhook",
        Sms => "channel-sms",
        Voice => "channel-voice",
        Telephone => "channel-telephone",
        Letter => "channel-letter",
    }
    Became {
        Answered => "reply-answered",
        Note => "reply-note",
        Automatic => "reply-automatic",
        Doubled => "reply-doubled",
        Late => "reply-late",
        NotTheirs => "reply-not-theirs",
        Unsigned => "reply-unsigned",
        Unproven => "reply-unproven",
        Loose => "reply-loose",
        Unreadable => "reply-unreadable",
        Refused => "reply-refused",
    }
    suppression::Reason {
        Bounced => "suppressed-bounced",
        Complaint => "suppressed-complaint",
        ByHand => "suppressed-by-hand",
    }
    suppression::Turn {
        Bounced => "suppressed-bounced",
        Complaint => "suppressed-complaint",
        ByHand => "suppressed-by-hand",
        TakenOff => "suppressed-taken-off",
    }
    Stage {
        Matched => "stage-matched",
        BlockedByLaw => "stage-blocked-by-law",
        Unreached => "stage-unreached",
        Notified => "stage-notified",
        Read => "stage-read",
        Acknowledged => "stage-acknowledged",
        NotAffected => "stage-not-affected",
        HelpAsked => "stage-help-asked",
        Planned => "stage-planned",
        RiskAccepted => "stage-risk-accepted",
        Claimed => "stage-claimed",
        Verified => "stage-verified",
        Attested => "stage-attested",
        CompromiseCheck => "stage-compromise-check",
        Compromised => "stage-compromised",
        Reopened => "stage-reopened",
        Closed => "stage-closed",
        Transferred => "stage-transferred",
        Orphaned => "stage-orphaned",
    }
    advisory::State {
        Draft => "advisory-draft",
        Review => "advisory-review",
        Approved => "advisory-approved",
        Published => "advisory-published",
        Withdrawn => "advisory-withdrawn",
        Closed => "advisory-closed",
    }
    advisory::Justification {
        ComponentNotPresent => "justification-component-not-present",
        VulnerableCodeNotPresent => "justification-code-not-present",
        VulnerableCodeNotInExecutePath => "justification-code-not-run",
        VulnerableCodeCannotBeControlledByAdversary => "justification-out-of-reach",
        InlineMitigationsAlreadyExist => "justification-already-stopped",
    }
    advisory::Status {
        Affected => "product-affected",
        NotAffected => "product-not-affected",
        Fixed => "product-fixed",
        UnderInvestigation => "product-under-investigation",
    }
    RevisionKind {
        Editorial => "revision-editorial",
        Content => "revision-content",
        LevelUp => "revision-level-up",
        LevelDown => "revision-level-down",
        MeasureAdded => "revision-measure-added",
        MeasureChanged => "revision-measure-changed",
        MeasureDoubtful => "revision-measure-doubtful",
        MeasureRevoked => "revision-measure-revoked",
        ProductsAdded => "revision-products-added",
        ProductsRemoved => "revision-products-removed",
        PresumptionSet => "revision-presumption-set",
    }
    Consequence {
        PlatformOnly => "consequence-platform-only",
        Message => "consequence-message",
        StandDown => "consequence-stand-down",
        NewRun => "consequence-new-run",
    }
    Kind {
        Workaround => "measure-workaround",
        Config => "measure-config",
        SwitchOff => "measure-switch-off",
        Isolate => "measure-isolate",
        Patch => "measure-patch",
        Replace => "measure-replace",
        Monitor => "measure-monitor",
        RotateSecrets => "measure-rotate-secrets",
        Investigate => "measure-investigate",
    }
    Reliability {
        Proposed => "reliability-proposed",
        Recommended => "reliability-recommended",
        Doubtful => "reliability-doubtful",
        Revoked => "reliability-revoked",
        Superseded => "reliability-superseded",
    }
    CareImpact {
        None => "care-none",
        Hindered => "care-hindered",
        Endangered => "care-endangered",
    }
    Method {
        MitigationAbsent => "method-mitigation-absent",
        Version => "method-version",
        Banner => "method-banner",
        SafeCheck => "method-safe-check",
        Traffic => "method-traffic",
        Unstated => "method-unstated",
    }
    Role {
        SecurityContact => "role-security-contact",
        OnCall => "role-on-call",
        Ciso => "role-ciso",
        Board => "role-board",
    }
    Access {
        None => "access-none",
        Reader => "access-reader",
        Admin => "access-admin",
    }
    contact::State {
        Invited => "contact-invited",
        Verified => "contact-verified",
        DueForTest => "contact-due-for-test",
        Suspect => "contact-suspect",
        Removed => "contact-removed",
    }
    escalation::Sender {
        Csirt => "sender-csirt",
        DutyOfficer => "sender-duty-officer",
        HeadOfCsirt => "sender-head-of-csirt",
        Director => "sender-director",
    }
    escalation::Frame {
        Action => "frame-action",
        Deadline => "frame-deadline",
        YourHostIsOpen => "frame-your-host-is-open",
        DutyOfCare => "frame-duty-of-care",
        PatientSafety => "frame-patient-safety",
    }
    Outcome {
        Reached => "outcome-reached",
        Voicemail => "outcome-voicemail",
        Refused => "outcome-refused",
        WrongNumber => "outcome-wrong-number",
    }
    source::Kind {
        CsafProvider => "source-csaf-provider",
        CsafAggregator => "source-csaf-aggregator",
        CveList => "source-cve-list",
        Nvd => "source-nvd",
        Kev => "source-kev",
        Epss => "source-epss",
        Osv => "source-osv",
        Github => "source-github",
        Feed => "source-feed",
        Shadowserver => "source-shadowserver",
        Mailbox => "source-mailbox",
        Folder => "source-folder",
    }
    source::Health {
        New => "health-new",
        Well => "health-well",
        Failing => "health-failing",
        Unreachable => "health-unreachable",
        Silent => "health-silent",
        Paused => "health-paused",
    }
    rescan::Turned {
        Refused => "rescan-refused",
        Asked => "rescan-asked",
        Accepted => "rescan-accepted",
        Declined => "rescan-declined",
        Answered => "rescan-answered",
        Expired => "rescan-expired",
        Withdrawn => "rescan-withdrawn",
    }
    rescan::State {
        Asked => "rescan-asked",
        Accepted => "rescan-accepted",
        Declined => "rescan-declined",
        Answered => "rescan-answered",
        Expired => "rescan-expired",
        Withdrawn => "rescan-withdrawn",
    }
    rescan::Touch {
        OwnRecords => "touch-own-records",
        ThirdParties => "touch-third-parties",
        TheSystem => "touch-the-system",
    }
    finder::Standing {
        Claimed => "standing-claimed",
        Known => "standing-known",
        Ended => "standing-ended",
    }
    source::Turn {
        Added => "turn-added",
        Changed => "turn-changed",
        Paused => "turn-paused",
        Resumed => "turn-resumed",
        Failing => "turn-failing",
        BrokenOff => "turn-broken-off",
        Unreachable => "turn-unreachable",
        Silent => "turn-silent",
        WellAgain => "turn-well-again",
    }
    Cause {
        PresumptionSet => "revision-presumption-set",
        MeasureAdded => "revision-measure-added",
        ProductsAdded => "revision-products-added",
        LevelUp => "revision-level-up",
        Exploited => "cause-exploited",
        MeasureDoubtful => "revision-measure-doubtful",
        MeasureRevoked => "revision-measure-revoked",
    }
    NotAffected {
        NotInUse => "reason-not-in-use",
        OtherVersion => "reason-other-version",
        NotReachable => "reason-not-reachable",
        Other => "reason-other",
    }
    asset::State {
        Claimed => "asset-claimed",
        Observed => "asset-observed",
        Confirmed => "asset-confirmed",
        Stale => "asset-stale",
        Retired => "asset-retired",
    }
    asset::Reach {
        Unknown => "reach-unknown",
        Internal => "reach-internal",
        Internet => "reach-internet",
    }
}

/// Target groups that the law or its explanation names.
pub(crate) const GROUPS: [(&str, &str); 6] = [
    ("care", "term-group-care"),
    ("central_government", "term-group-central-government"),
    ("education", "term-group-education"),
    ("municipalities", "term-group-municipalities"),
    ("other", "term-group-other"),
    ("vital", "term-group-vital"),
];

/// How loud a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Quiet,
    Good,
    Heed,
    Alarm,
}

impl Tone {
    /// The class that colours it, after `is-`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Heed => "heed",
            Self::Alarm => "alarm",
        }
    }

    /// Full for what cries, half for what presses, hollow for what rests, a tick for what is well.
    fn shape(self) -> Markup {
        let (drawing, hollow) = match self {
            Self::Quiet => ("M6 1.5a4.5 4.5 0 1 0 .1 0z", true),
            Self::Good => ("M2 6.5 5 9.5 10.5 2.5", true),
            Self::Heed => ("M6 1.5a4.5 4.5 0 0 0 0 9z", false),
            Self::Alarm => ("M6 1 11.5 11H.5z", false),
        };
        html! {
            svg .shape viewBox="0 0 12 12" aria-hidden="true" {
                path .hollow[hollow] d=(drawing) {}
            }
        }
    }
}

/// A host name or an address of mail. When it is too long for its line, it goes on after a full stop or
/// an @. An address of the internet stays whole wherever there is a line for it, because half of one is another one.
pub fn address_in_parts(address: &str) -> Markup {
    let is_address = address.split('/').next().is_some_and(|it| it.parse::<IpAddr>().is_ok());
    if is_address {
        return html! { span .address { @for part in address.split_inclusive(':') { (part) wbr; } } };
    }
    html! { @for part in address.split_inclusive(['.', '@']) { (part) wbr; } }
}

/// Text with its shape and colour.
pub fn status(tone: Tone, text: &str) -> Markup {
    html! { span class={ "status is-" (tone.name()) } { (tone.shape()) span { (text) } } }
}

pub fn tone_of_stage(stage: Stage) -> Tone {
    use Stage::*;
    match stage {
        Unreached | Compromised | Reopened | Orphaned => Tone::Alarm,
        BlockedByLaw | HelpAsked | CompromiseCheck | RiskAccepted => Tone::Heed,
        Matched | Notified | Read | Acknowledged | Planned | Claimed | NotAffected | Transferred => {
            Tone::Quiet
        }
        // Signed for is not measured.
        Attested => Tone::Quiet,
        Verified | Closed => Tone::Good,
    }
}

pub fn tone_of_reliability(reliability: Reliability) -> Tone {
    match reliability {
        Reliability::Proposed | Reliability::Superseded => Tone::Quiet,
        Reliability::Recommended => Tone::Good,
        Reliability::Doubtful => Tone::Heed,
        Reliability::Revoked => Tone::Alarm,
    }
}

pub fn tone_of_contact(state: contact::State) -> Tone {
    match state {
        contact::State::Verified => Tone::Good,
        contact::State::Invited | contact::State::Removed => Tone::Quiet,
        contact::State::DueForTest => Tone::Heed,
        contact::State::Suspect => Tone::Alarm,
    }
}

pub fn tone_of_asset(state: asset::State) -> Tone {
    match state {
        asset::State::Confirmed => Tone::Good,
        asset::State::Claimed | asset::State::Observed | asset::State::Retired => Tone::Quiet,
        asset::State::Stale => Tone::Heed,
    }
}

impl Frame {
    pub fn term(&self, term: impl Term) -> String {
        self.say(term.key())
    }

    pub fn language(&self) -> Language {
        self.words.language()
    }

    /// What somebody else wrote, in the reader's language if it exists; otherwise marked as what it
    /// is, so that it is read aloud in the right voice.
    pub fn text(&self, text: &Text) -> Markup {
        let own = text.iter().find(|(language, _)| *language == self.language());
        match own.or_else(|| text.iter().next()) {
            Some((language, words)) if language != self.language() => {
                html! { span lang=(language.tag()) { (words) } }
            }
            Some((_, words)) => html! { (words) },
            None => html! {},
        }
    }

    pub fn stage(&self, stage: Stage) -> Markup {
        status(tone_of_stage(stage), &self.term(stage))
    }

    pub fn severity(&self, severity: Severity) -> Markup {
        let tone = match severity {
            Severity::Critical => Tone::Alarm,
            Severity::High => Tone::Heed,
            Severity::Medium | Severity::Low => Tone::Quiet,
        };
        html! {
            span class={ "severity is-" (tone.name()) } {
                (tone.shape())
                span { span .hidden { (self.say("term-severity")) " " } (self.term(severity)) }
            }
        }
    }

    /// How far up the ladder: `number` of `of` rungs, as steps and as words.
    pub fn rung(&self, number: usize, of: usize) -> Markup {
        let words = self.say_with("term-rung", &[("number", &number.to_string()), ("of", &of.to_string())]);
        html! {
            span .row .nowrap {
                span .gauge aria-hidden="true" { @for step in 1..=of { i .on[step <= number] {} } }
                span { (words) }
            }
        }
    }

    /// A target group, by its name if it is one that the law names; others as their operator wrote them.
    pub fn group(&self, word: &str) -> String {
        match GROUPS.iter().find(|(own, _)| *own == word) {
            Some((_, key)) => self.say(key),
            None => word.to_owned(),
        }
    }

    /// A deadline with how far away it is: late is an alarm, the last quarter of a day presses.
    pub fn deadline(&self, deadline: jiff::Timestamp) -> Markup {
        let left = deadline.duration_since(self.now);
        let span = self.span(left);
        let (tone, key) = match left.as_secs() {
            ..0 => (Tone::Alarm, "term-late"),
            0..21_600 => (Tone::Heed, "term-left"),
            _ => (Tone::Quiet, "term-left"),
        };
        status(tone, &self.say_with(key, &[("span", &span)]))
    }
}
