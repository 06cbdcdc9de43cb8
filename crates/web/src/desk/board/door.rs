//! What the board shows is loaded here: one page of rows, and the most urgent of what must be done.
//!
//! The counts come from columns, so ten thousand warnings cost what fifty cost; only what is shown is
//! folded from its facts.

use std::collections::{BTreeMap, BTreeSet};

use domain::calling::Call;
use domain::contact::{Contact, Role, for_role};
use domain::escalation::Ladders;
use domain::ids::{AdvisoryId, OfficerId, WarningId};
use domain::severity::Judgement;
use domain::tlp::Tlp;
use domain::warning::{Answer, Channel, Fact, Stage, Warning};
use flow::house::House;
use flow::reassess;
use flow::reports::{Wait, waits};
use jiff::SignedDuration;
use maud::Markup;
use store::reports::{self, Report};
use store::warnings::{self, Asked, Line};
use store::{
    StoreError, answer_codes, board_filters, calls, contacts, finders, jobs, notes, outbox, participants,
    replies, samenesses, signals,
};

use super::{Counts, Filter, Headline, Person, Rising, Row, Show, Task, View, Why, page};
use crate::WebError;
use crate::desk::calls::without_a_night_number;
use crate::form::{Fields, Form};
use crate::may::{May, WatchDesk};
use crate::path::uuid;
use crate::standing::{KnownAdvisories, content, standing};
use crate::tables::Paging;

/// Mail that has not left by then waits for the mail server.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What the address of the board asks for.
pub struct AskedBoard {
    filter: Filter,
    page: usize,
}

impl Form for AskedBoard {
    /// An address that was mailed and cut short still opens the board.
    fn read(fields: &Fields) -> Result<Self, WebError> {
        let filter = Filter {
            words: fields.text("q").unwrap_or_default(),
            show: Show::of_word(fields.raw("show").unwrap_or_default()),
            group: fields.text("group").unwrap_or_default(),
            advisory: fields.raw("advisory").and_then(uuid),
            mine: fields.tick("mine"),
        };
        Ok(Self { filter, page: page_number(fields) })
    }
}

/// The page of a list that an address asks for, from 1.
pub(crate) fn page_number(fields: &Fields) -> usize {
    fields.raw("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 100_000)
}

/// How many rows a page of any list at the desk has.
pub(crate) const ROWS: usize = 50;

/// How many rows lie before page `page`, and the paging of `total` rows.
pub(crate) fn paging(page: usize, total: u64) -> (i64, Paging) {
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    let pages = total.div_ceil(ROWS).max(1);
    let page = page.min(pages);
    let before = i64::try_from((page - 1) * ROWS).unwrap_or(i64::MAX);
    (before, Paging { page, pages, total })
}

pub async fn show(house: House, may: May<WatchDesk>, (): (), asked: AskedBoard) -> Result<Markup, WebError> {
    let AskedBoard { filter, page: wished } = asked;
    let (now, mut known) = (house.now(), KnownAdvisories::default());
    let advisory = filter.advisory.map(AdvisoryId);
    let (headline, deadline) = match advisory {
        None => (None, None),
        Some(id) => headline(&house, &mut known, id).await?,
    };
    let listed = listed(&house, &filter, may.who.officer.id);
    let (skip, paging) = paging(wished, warnings::count(&house.db, &listed).await?);
    let lines = warnings::list(&house.db, &listed, skip, i64::try_from(ROWS).unwrap_or(i64::MAX)).await?;
    let ladders = house.ladders().await?;
    let mut on_page = warnings_of(&house, lines.iter()).await?;
    let mut rows = Vec::new();
    for line in lines {
        let Some(warning) = on_page.remove(&line.id) else { continue };
        rows.extend(row(&house, &mut known, &ladders, line, &warning).await?);
    }
    let mut counts = Counts::default();
    for (stage, count, late) in warnings::counts(&house.db, advisory, now).await? {
        counts.at.insert(stage, usize::try_from(count).unwrap_or(usize::MAX));
        counts.late += usize::try_from(late).unwrap_or(usize::MAX);
    }
    let (to_do, waits) = to_do(&house, &mut known, &ladders, advisory).await?;
    let next_rung_at = jobs::next_rung_at(&house.db).await?;
    let held = jobs::held(&house.db, now).await?.iter().any(|held| held.queue == jobs::OUTBOX);
    let late = outbox::late(&house.db, now - LATE_AFTER).await?.filter(|_| !held);
    let view = View {
        advisory: headline,
        held,
        no_night_number: without_a_night_number(&house).await?.1,
        sources: flow::sources::alarms(&house).await?.len(),
        late: late.map(|(count, since)| (usize::try_from(count).unwrap_or(usize::MAX), since)),
        counts,
        to_do,
        waits,
        rising: if advisory.is_none() { rising(&house).await? } else { Vec::new() },
        samenesses: usize::try_from(samenesses::waiting(&house.db).await?).unwrap_or(usize::MAX),
        parked: finders::parked(&house.db).await?.len(),
        short: house.room.short(),
        law_refused: house.law.refused(),
        intake: intake(&house).await?,
        signals: usize::try_from(signals::counts(&house.db).await?.1).unwrap_or(usize::MAX),
        next_rung_in: next_rung_at.filter(|at| *at > now).map(|at| at.duration_since(now)),
        open: if advisory.is_none() { open_over_time(&house).await? } else { Vec::new() },
        deadline,
        kept: board_filters::of_officer(&house.db, may.who.officer.id).await?,
        closed_codes: closed_codes(&house).await?,
        replies: replies::open(&house.db, REPLIES_MAX).await?.len(),
        groups: participants::sectors(&house.db).await?,
        filter,
        rows,
        paging,
        takes: true,
    };
    Ok(page(&may.frame_for(&house, Tlp::Amber), &view))
}

/// More replies by mail than this are not counted out on the board.
const REPLIES_MAX: i64 = 100;

/// So many alarms about codes stand on the board, of the last day.
const CODES_MAX: i64 = 5;

async fn closed_codes(house: &House) -> Result<Vec<uuid::Uuid>, StoreError> {
    let since = house.now() - SignedDuration::from_hours(24);
    let closed = answer_codes::closed_since(&house.db, since, CODES_MAX).await?;
    let ids: BTreeSet<WarningId> = closed.into_iter().map(|(id, _)| id).collect();
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// How many of the reports that are being taken in the board shows; `/desk/reports` has them all.
const INTAKE_MAX: i64 = 5;

async fn intake(house: &House) -> Result<Vec<(Report, Option<Wait>)>, StoreError> {
    let open = reports::open(&house.db, INTAKE_MAX).await?;
    let mut waits = if open.is_empty() { BTreeMap::new() } else { waits(house).await? };
    let with_wait = |report: Report| {
        let wait = waits.remove(&report.number);
        (report, wait)
    };
    Ok(open.into_iter().map(with_wait).collect())
}

/// Of how many advisories about which something was said the sum is made again for the board.
const RISING_MAX: i64 = 30;

async fn rising(house: &House) -> Result<Vec<Rising>, StoreError> {
    let waiting = reassess::waiting(house, RISING_MAX).await?.into_iter().map(|(on_desk, it)| {
        let before = reassess::counts(&on_desk);
        let by: BTreeSet<String> =
            it.moves.iter().flat_map(|one| &one.said).map(|said| said.by.clone()).collect();
        Rising {
            id: on_desk.advisory.id.0,
            title: before.map(|content| content.title.clone()).unwrap_or_default(),
            from: before
                .and_then(|content| content.severity.as_ref())
                .map(Judgement::label)
                .unwrap_or_default(),
            number: on_desk.advisory.number.clone(),
            to: it.judgement.label(),
            by: by.into_iter().collect(),
        }
    });
    Ok(waiting.collect())
}

fn listed(house: &House, filter: &Filter, visitor: OfficerId) -> Asked {
    Asked {
        advisory: filter.advisory.map(AdvisoryId),
        stages: filter.show.stages().to_vec(),
        overdue_at: (filter.show == Show::Late).then(|| house.now()),
        name: Some(filter.words.to_lowercase()).filter(|words| !words.is_empty()),
        sector: Some(filter.group.clone()).filter(|group| !group.is_empty()),
        taken_by: filter.mine.then_some(visitor),
        ..Asked::default()
    }
}

async fn headline(
    house: &House,
    known: &mut KnownAdvisories,
    id: AdvisoryId,
) -> Result<(Option<Headline>, Option<jiff::Timestamp>), WebError> {
    let on_desk = known.of(house, id).await?.ok_or(WebError::NotFound)?;
    let Some(revision) = on_desk.advisory.current() else { return Ok((None, None)) };
    let content = &revision.content;
    let headline = Headline {
        id: id.0,
        number: on_desk.advisory.number.clone(),
        title: content.title.clone(),
        severity: content.severity(),
        exploited: content.exploited,
        released_at: on_desk
            .advisory
            .revisions
            .first()
            .map_or(revision.released_at, |first| first.released_at),
    };
    Ok((Some(headline), Some(revision.released_at + content.within())))
}

/// Systems not yet safe at the end of each day, from the ledger.
async fn open_over_time(house: &House) -> Result<Vec<(jiff::Timestamp, usize)>, StoreError> {
    let (figures, now) = (house.figures_lately().await?, house.now());
    let point = |(day, open): (jiff::civil::Date, u64)| {
        let ends_at = day.tomorrow().ok()?.to_zoned(House::zone()).ok()?.timestamp();
        Some((ends_at.min(now), usize::try_from(open).unwrap_or(usize::MAX)))
    };
    Ok(figures.open_per_day.into_iter().filter_map(point).collect())
}

/// The warnings of `lines`, in one question instead of one for each.
async fn warnings_of<'l>(
    house: &House,
    lines: impl Iterator<Item = &'l Line>,
) -> Result<BTreeMap<WarningId, Warning>, StoreError> {
    let ids: Vec<_> = lines.map(|line| line.id).collect();
    warnings::of_ids(&house.db, &ids, house.now()).await
}

async fn row(
    house: &House,
    known: &mut KnownAdvisories,
    ladders: &Ladders,
    line: Line,
    warning: &Warning,
) -> Result<Option<Row>, StoreError> {
    let Some(on_desk) = known.of(house, line.advisory).await? else { return Ok(None) };
    let Some(content) = content(on_desk, warning) else { return Ok(None) };
    let standing = standing(house, warning, content).await?;
    Ok(Some(Row {
        warning: line.id.0,
        rung: rung(ladders, &line, warning),
        participant: line.participant_name,
        number: line.advisory_number,
        group: Some(line.sector),
        said: standing.said,
        seen: standing.seen,
        stage: standing.stage,
        last_sign_at: standing.last_sign_at,
        deadline: line.due_at,
        open: line.is_open,
        taken_by: line.taken_by,
    }))
}

/// The rung that was climbed last, counted from 1, of how many.
pub(crate) fn rung(ladders: &Ladders, line: &Line, warning: &Warning) -> Option<(usize, usize)> {
    line.rung.map(|rung| (rung + 1, rungs(ladders, line, warning)))
}

/// How many rungs the ladder has that `warning` climbs.
fn rungs(ladders: &Ladders, line: &Line, warning: &Warning) -> usize {
    let exploited = warning.edition().is_some_and(|edition| edition.exploited);
    ladders.choose(line.severity, exploited, &line.sector).rungs().len()
}

/// How many tasks are shown; the next come when one is done.
const TASKS: usize = 12;
/// Of each kind of task so many are shown, however long the lists of the kinds before it are.
const OF_EACH_KIND: usize = 2;

/// What must be done now, and how much waits in all. Who asks for help comes first, then the calling
/// list, and then who believes to be safe and is not. What is on the calling list is not named twice.
async fn to_do(
    house: &House,
    known: &mut KnownAdvisories,
    ladders: &Ladders,
    advisory: Option<AdvisoryId>,
) -> Result<(Vec<Task>, usize), StoreError> {
    let is_asked = |line: &Line| advisory.is_none_or(|advisory| line.advisory == advisory);
    let waiting = calls::due(&house.db, house.now(), i64::MAX).await?;
    let call_about = |id: WarningId| waiting.iter().find(|call| call.warning == id).cloned();
    let mut waits = 0;
    let mut kinds: Vec<Vec<(Line, Option<Call>)>> = Vec::new();

    let mut help = Vec::new();
    for line in first_at(house, advisory, Stage::HelpAsked, false).await? {
        let call = call_about(line.id);
        help.push((line, call));
    }
    let mut named: BTreeSet<WarningId> = help.iter().map(|(line, _)| line.id).collect();
    let mut asking = Vec::new();
    for (id, _) in notes::waiting(&house.db, i64::MAX).await? {
        let Some(line) = warnings::line(&house.db, id).await?.filter(is_asked) else { continue };
        // Who asked for help is counted where that stands.
        if line.stage == Stage::HelpAsked || !named.insert(id) {
            continue;
        }
        waits += 1;
        if asking.len() < TASKS {
            asking.push((line, None));
        }
    }
    let mut on_the_list: BTreeSet<WarningId> = BTreeSet::new();
    let mut calling = Vec::new();
    for call in &waiting {
        if !on_the_list.insert(call.warning) {
            continue;
        }
        if advisory.is_none() && calling.len() >= TASKS {
            waits += 1;
            continue;
        }
        let Some(line) = warnings::line(&house.db, call.warning).await?.filter(is_asked) else { continue };
        waits += 1;
        if calling.len() < TASKS && named.insert(call.warning) {
            calling.push((line, Some(call.clone())));
        }
    }
    let mut contradicted = Vec::new();
    for id in house.contradicted().await? {
        if on_the_list.contains(&id) {
            continue;
        }
        if advisory.is_none() && contradicted.len() >= TASKS {
            waits += 1;
            continue;
        }
        let Some(line) = warnings::line(&house.db, id).await?.filter(is_asked) else { continue };
        waits += 1;
        if contradicted.len() < TASKS {
            contradicted.push((line, None));
        }
    }
    kinds.extend([help, asking, calling, contradicted]);
    for stage in
        [Stage::HelpAsked, Stage::Unreached, Stage::BlockedByLaw, Stage::CompromiseCheck, Stage::Compromised]
    {
        let asked = Asked { advisory, stages: vec![stage], without_call: true, ..Asked::default() };
        waits += usize::try_from(warnings::count(&house.db, &asked).await?).unwrap_or(usize::MAX);
        if stage != Stage::HelpAsked {
            let first = first_at(house, advisory, stage, true).await?;
            kinds.push(first.into_iter().map(|line| (line, None)).collect());
        }
    }
    let shares = shares(&kinds.iter().map(Vec::len).collect::<Vec<_>>());
    let shown: Vec<_> =
        kinds.into_iter().zip(shares).flat_map(|(lines, share)| lines.into_iter().take(share)).collect();
    let mut named = warnings_of(house, shown.iter().map(|(line, _)| line)).await?;
    let mut tasks = Vec::new();
    for (line, call) in shown {
        let Some(warning) = named.remove(&line.id) else { continue };
        tasks.extend(task_of(house, known, ladders, (line, call), &warning).await?);
    }
    Ok((tasks, waits))
}

/// The first warnings that stand at `stage`.
async fn first_at(
    house: &House,
    advisory: Option<AdvisoryId>,
    stage: Stage,
    without_call: bool,
) -> Result<Vec<Line>, StoreError> {
    let asked = Asked { advisory, stages: vec![stage], without_call, ..Asked::default() };
    warnings::list(&house.db, &asked, 0, i64::try_from(TASKS).unwrap_or(i64::MAX)).await
}

/// How many of each kind are shown: some of every kind, and with the places that are left as many as
/// there are of the first.
fn shares(waiting: &[usize]) -> Vec<usize> {
    let mut shares: Vec<usize> = waiting.iter().map(|all| OF_EACH_KIND.min(*all)).collect();
    let mut left = TASKS.saturating_sub(shares.iter().sum());
    for (share, all) in shares.iter_mut().zip(waiting) {
        let more = left.min(all - *share);
        *share += more;
        left -= more;
    }
    shares
}

/// What a person must do about one warning; `None` when there is nothing.
pub(crate) async fn task(
    house: &House,
    known: &mut KnownAdvisories,
    line: Line,
    call: Option<Call>,
) -> Result<Option<Task>, StoreError> {
    let Some(warning) = warnings::of_id(&house.db, line.id, house.now()).await? else { return Ok(None) };
    let ladders = house.ladders().await?;
    task_of(house, known, &ladders, (line, call), &warning).await
}

async fn task_of(
    house: &House,
    known: &mut KnownAdvisories,
    ladders: &Ladders,
    (line, call): (Line, Option<Call>),
    warning: &Warning,
) -> Result<Option<Task>, StoreError> {
    let Some(on_desk) = known.of(house, line.advisory).await? else { return Ok(None) };
    let Some(content) = content(on_desk, warning) else { return Ok(None) };
    let standing = standing(house, warning, content).await?;
    let people = contacts::of_participant(&house.db, line.participant).await?;
    let asks_since = notes::asks_since(&house.db, line.id).await?;
    let why = match (&call, standing.stage) {
        (_, Stage::HelpAsked) => Why::HelpAsked,
        (None, _) if asks_since.is_some() => Why::Asked,
        (Some(call), _) if call.way.channel == Channel::Letter => Why::Letter { call: call.id.0 },
        (Some(call), _) => Why::Call { call: call.id.0 },
        (None, Stage::Unreached) => Why::Unreached,
        (None, Stage::BlockedByLaw) => Why::BlockedByLaw,
        (None, Stage::CompromiseCheck | Stage::Compromised) => Why::CompromiseCheck,
        (None, _) if warning.is_contradicted(house.now()) => Why::Contradicted,
        (None, _) => return Ok(None),
    };
    let wanted = call.as_ref().map_or(Role::OnCall, |call| call.way.person);
    let asked_for_help = warning.standing_facts().rev().find_map(|fact| match &fact.it {
        Fact::Answer(Answer::HelpAsked { by, telephone }) => Some((*by, telephone.clone())),
        _ => None,
    });
    let person = match (why, asked_for_help, call.as_ref().and_then(|call| call.contact)) {
        (Why::HelpAsked, Some((by, telephone)), _) => people
            .iter()
            .find(|it| it.id == by)
            .map(|contact| Person { telephone: Some(telephone), ..person(contact, wanted) }),
        (_, _, Some(id)) => people.iter().find(|it| it.id == id).map(|contact| person(contact, wanted)),
        _ => for_role(&people, wanted, house.now()).map(|contact| person(contact, wanted)),
    };
    let climbed = rung(ladders, &line, warning);
    let rungs = rungs(ladders, &line, warning);
    Ok(Some(Task {
        warning: line.id.0,
        why,
        person,
        rung: call.as_ref().map(|call| (call.rung + 1, rungs)).or(climbed),
        way: call.filter(|_| why != Why::HelpAsked).map(|call| call.way),
        number: line.advisory_number,
        severity: line.severity,
        participant: line.participant_name,
        said: standing.said,
        seen: standing.seen,
        stage: standing.stage,
        deadline: line.due_at,
        taken_by: line.taken_by,
        asks_since,
    }))
}

fn person(contact: &Contact, wanted: Role) -> Person {
    let own = contact.roles.iter().copied();
    let role = own.clone().find(|role| *role == wanted).or(own.clone().next()).unwrap_or(wanted);
    Person { name: contact.name.clone(), role, telephone: contact.telephone.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_calling_list_hides_nobody_else() {
        assert_eq!(shares(&[0, 90, 7, 22, 0, 1]), [0, 7, 2, 2, 0, 1]);
        assert_eq!(shares(&[20, 90, 7, 22, 3, 3]), [2, 2, 2, 2, 2, 2], "twelve places for six kinds");
        assert_eq!(shares(&[1, 2, 0, 0, 0, 5]), [1, 2, 0, 0, 0, 5]);
    }
}
