//! The findings that leads are put together from, read from the stages of earlier steps.

use std::collections::BTreeMap;

use tutela_engine::Engine;
use tutela_model::lead::{Counts, LineStatus, Outcome};
use tutela_model::likelihood::LogRatio;

use crate::StepError;
use crate::rows::{Row, read};

/// Everything the leads say, by account.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) candidate_lines: u64,
    pub(crate) accounts: Vec<AccountFinding>,
    pub(crate) lines: BTreeMap<i64, Vec<Line>>,
    pub(crate) people: BTreeMap<i64, Vec<Person>>,
    pub(crate) devices: BTreeMap<i64, Vec<Device>>,
    pub(crate) selectors: BTreeMap<i64, Vec<Selector>>,
    /// Rows cited for each item: (account, kind, person, line) to a count.
    pub(crate) citations: BTreeMap<(i64, String, Option<String>, Option<i64>), u64>,
}

/// One account under investigation and its verdict.
#[derive(Debug)]
pub(crate) struct AccountFinding {
    pub(crate) account_id: i64,
    pub(crate) platform: String,
    pub(crate) account_ref: String,
    pub(crate) outcome: Outcome,
    pub(crate) person_ref: Option<String>,
    pub(crate) reason: String,
    pub(crate) counts: Counts,
}

/// One line behind an account.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) line_id: i64,
    pub(crate) operator: String,
    pub(crate) line_ref: String,
    pub(crate) holder_ref: Option<String>,
    pub(crate) access_kind: Option<String>,
    pub(crate) address_kind: Option<String>,
    pub(crate) episodes: u64,
    pub(crate) connections: u64,
    pub(crate) log10_lr: LogRatio,
    pub(crate) set_size: u64,
    pub(crate) status: LineStatus,
    /// Connections of the register's household elsewhere, where the line is in doubt.
    pub(crate) logins_elsewhere: u64,
    /// And on the line itself.
    pub(crate) logins_here: u64,
    /// People of other households whose named accounts are seen on the line again and again.
    pub(crate) guests: u64,
    /// Of these, those who use it as people do who live there.
    pub(crate) guests_at_home: u64,
    /// Of the guests, those whom the registers relate to the household.
    pub(crate) guests_related: u64,
}

impl Line {
    pub(crate) fn is_hosting(&self) -> bool {
        self.access_kind.as_deref() == Some("hosting")
    }
}

/// One person with a link to an account.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) person_ref: String,
    pub(crate) by_device: bool,
    pub(crate) by_selector: bool,
    pub(crate) by_holder: bool,
    pub(crate) by_household: bool,
    pub(crate) by_guest: bool,
    /// Size of the household; zero where no register states it.
    pub(crate) members: u64,
    pub(crate) co_presence_log10: LogRatio,
    pub(crate) co_presence_lines: u64,
    pub(crate) alibi_episodes: u64,
    pub(crate) resolved_episodes: u64,
    pub(crate) tied_episodes: u64,
    /// Absent where nothing but the network links the person.
    pub(crate) log10_lr: Option<LogRatio>,
}

/// A device used by the account and by a named account.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) person_ref: String,
    pub(crate) device_ref: String,
    pub(crate) logins: u64,
    pub(crate) named_logins: u64,
    pub(crate) people: u64,
    pub(crate) overlaps: bool,
    pub(crate) networks: u64,
    pub(crate) log10_lr: LogRatio,
}

/// A selector of the account that is also on a named account.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) person_ref: String,
    pub(crate) kind: String,
    pub(crate) people: u64,
    pub(crate) log10_lr: LogRatio,
}

impl Findings {
    /// Reads the stages of the steps before.
    pub(crate) async fn read(engine: &Engine) -> Result<Self, StepError> {
        Ok(Self {
            candidate_lines: read(engine, "candidate", CANDIDATE_LINES, |r| r.count("lines")).await?.iter().sum(),
            accounts: read(engine, "lead_verdict", ACCOUNTS, account).await?,
            lines: group(read(engine, "line_finding", LINES, line).await?),
            people: group(read(engine, "person_finding", PEOPLE, person).await?),
            devices: group(read(engine, "device_item", DEVICES, device).await?),
            selectors: group(read(engine, "selector_item", SELECTORS, selector).await?),
            citations: read(engine, "citation", CITATIONS, citation).await?.into_iter().collect(),
        })
    }
}

const CANDIDATE_LINES: &str = "SELECT COUNT(DISTINCT c.line_id) AS lines FROM candidate c";

const ACCOUNTS: &str = "SELECT v.account_id, c.platform, c.account_ref, v.outcome, v.person_ref, v.reason, \
    c.connections, c.usable, c.assigned, c.episodes \
    FROM lead_verdict v JOIN lead_count c ON c.account_id = v.account_id ORDER BY v.account_id";

const LINES: &str = "SELECT f.account_id, f.line_id, f.operator, f.line_ref, f.holder_ref, f.access_kind, f.address_kind, \
    f.episodes, f.logins, f.log10_lr, f.set_size, \
    CASE WHEN f.status = 'single' AND w.line_id IS NOT NULL THEN 'doubtful' ELSE f.status END AS status, \
    w.logins_elsewhere, w.logins_here, g.guests, g.guests_at_home, g.guests_related FROM line_finding f \
    LEFT JOIN line_doubt w ON w.line_id = f.line_id \
    LEFT JOIN (SELECT g.line_id, COUNT(*) AS guests, COUNT(CASE WHEN g.as_at_home THEN 1 END) AS guests_at_home, \
    COUNT(CASE WHEN g.related THEN 1 END) AS guests_related FROM line_guest g GROUP BY g.line_id) g ON g.line_id = f.line_id \
    ORDER BY f.account_id, f.log10_lr DESC, f.episodes DESC, f.line_id";

const PEOPLE: &str = "SELECT f.account_id, f.person_ref, f.by_device, f.by_selector, f.by_holder, f.by_household, f.by_guest, f.members, \
    f.co_presence_log10, f.co_presence_lines, f.alibi_episodes, f.resolved_episodes, f.tied_episodes, f.log10_lr \
    FROM person_finding f LEFT JOIN lead_verdict v ON v.account_id = f.account_id AND v.person_ref = f.person_ref \
    ORDER BY f.account_id, v.person_ref IS NULL, COALESCE(f.log10_lr, 0.0) DESC, f.tied_episodes DESC, f.by_holder DESC, f.person_ref";

const DEVICES: &str = "SELECT d.account_id, d.person_ref, d.device_ref, d.logins, d.named_logins, d.people, d.overlaps, \
    d.networks, d.log10_lr FROM device_item d ORDER BY d.account_id, d.log10_lr DESC, d.person_ref, d.device_ref";

const SELECTORS: &str = "SELECT s.account_id, s.person_ref, s.kind, s.people, s.log10_lr FROM selector_item s \
    ORDER BY s.account_id, s.log10_lr DESC, s.person_ref, s.kind, s.value";

const CITATIONS: &str = "SELECT c.account_id, c.kind, c.person_ref, c.line_id, COUNT(*) AS records FROM citation c \
    GROUP BY c.account_id, c.kind, c.person_ref, c.line_id ORDER BY c.account_id, c.kind, c.person_ref, c.line_id";

fn group<T>(rows: Vec<(i64, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut out: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (account_id, row) in rows {
        out.entry(account_id).or_default().push(row);
    }
    out
}

fn ratio(row: &Row<'_>, name: &str) -> Result<LogRatio, StepError> {
    Ok(LogRatio::from_log10(row.real(name)?.unwrap_or(0.0)))
}

fn account(row: &Row<'_>) -> Result<AccountFinding, StepError> {
    let outcome = match row.required("outcome")?.as_str() {
        "supported" => Outcome::Supported,
        "contradicted" => Outcome::Contradicted,
        _ => Outcome::Insufficient,
    };
    Ok(AccountFinding {
        account_id: row.integer("account_id")?,
        platform: row.required("platform")?,
        account_ref: row.required("account_ref")?,
        outcome,
        person_ref: row.text("person_ref")?,
        reason: row.required("reason")?,
        counts: Counts {
            connections: row.count("connections")?,
            usable: row.count("usable")?,
            assigned: row.count("assigned")?,
            episodes: row.count("episodes")?,
        },
    })
}

fn line(row: &Row<'_>) -> Result<(i64, Line), StepError> {
    let status = match row.required("status")?.as_str() {
        "single" => LineStatus::Single,
        "doubtful" => LineStatus::Doubtful,
        "set" => LineStatus::Set,
        "weak" => LineStatus::Weak,
        _ => LineStatus::OneEpisode,
    };
    let line = Line {
        line_id: row.integer("line_id")?,
        operator: row.required("operator")?,
        line_ref: row.required("line_ref")?,
        holder_ref: row.text("holder_ref")?,
        access_kind: row.text("access_kind")?,
        address_kind: row.text("address_kind")?,
        episodes: row.count("episodes")?,
        connections: row.count("logins")?,
        log10_lr: ratio(row, "log10_lr")?,
        set_size: row.count("set_size")?,
        status,
        logins_elsewhere: row.count("logins_elsewhere")?,
        logins_here: row.count("logins_here")?,
        guests: row.count("guests")?,
        guests_at_home: row.count("guests_at_home")?,
        guests_related: row.count("guests_related")?,
    };
    Ok((row.integer("account_id")?, line))
}

fn person(row: &Row<'_>) -> Result<(i64, Person), StepError> {
    let person = Person {
        person_ref: row.required("person_ref")?,
        by_device: row.flag("by_device")?,
        by_selector: row.flag("by_selector")?,
        by_holder: row.flag("by_holder")?,
        by_household: row.flag("by_household")?,
        by_guest: row.flag("by_guest")?,
        members: row.count("members")?,
        co_presence_log10: ratio(row, "co_presence_log10")?,
        co_presence_lines: row.count("co_presence_lines")?,
        alibi_episodes: row.count("alibi_episodes")?,
        resolved_episodes: row.count("resolved_episodes")?,
        tied_episodes: row.count("tied_episodes")?,
        log10_lr: row.real("log10_lr")?.map(LogRatio::from_log10),
    };
    Ok((row.integer("account_id")?, person))
}

fn device(row: &Row<'_>) -> Result<(i64, Device), StepError> {
    let device = Device {
        person_ref: row.required("person_ref")?,
        device_ref: row.required("device_ref")?,
        logins: row.count("logins")?,
        named_logins: row.count("named_logins")?,
        people: row.count("people")?,
        overlaps: row.flag("overlaps")?,
        networks: row.count("networks")?,
        log10_lr: ratio(row, "log10_lr")?,
    };
    Ok((row.integer("account_id")?, device))
}

fn selector(row: &Row<'_>) -> Result<(i64, Selector), StepError> {
    let selector = Selector {
        person_ref: row.required("person_ref")?,
        kind: row.required("kind")?,
        people: row.count("people")?,
        log10_lr: ratio(row, "log10_lr")?,
    };
    Ok((row.integer("account_id")?, selector))
}

type Citation = ((i64, String, Option<String>, Option<i64>), u64);

fn citation(row: &Row<'_>) -> Result<Citation, StepError> {
    let line_id = row.integer("line_id")?;
    let key =
        (row.integer("account_id")?, row.required("kind")?, row.text("person_ref")?, (line_id > 0).then_some(line_id));
    Ok((key, row.count("records")?))
}
