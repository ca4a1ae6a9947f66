//! Findings put together as leads: what the stages say of each account, in words that a magistrate can read.

mod evidence;
mod findings;
mod hypotheses;
mod words;

use sha2::{Digest as _, Sha256};
use tutela_model::lead::{
    AccountRef, Counts, Funnel, Gate, GateStatus, HypothesisFinding, LEADS_FORMAT, Lead, LeadsDocument, LineFinding,
    LineStatus, Outcome, PersonFinding,
};
use tutela_model::likelihood::LogRatio;

pub(crate) use findings::Findings;
use findings::{AccountFinding, Line, Person};

/// The reference of the lead of an account: the same in every run and every case.
pub(crate) fn lead_ref(platform: &str, account_ref: &str) -> String {
    let digest = Sha256::new().chain_update(platform).chain_update([0]).chain_update(account_ref).finalize();
    format!("L-{}", hex::encode(digest.get(..6).unwrap_or_default()))
}

/// All leads, and the totals.
pub(crate) fn assemble(findings: &Findings) -> LeadsDocument {
    let leads: Vec<Lead> = findings.accounts.iter().map(|a| lead(findings, a)).collect();
    let sum = |pick: fn(&Counts) -> u64| leads.iter().map(|l| pick(&l.counts)).sum();
    let having = |outcome| leads.iter().filter(|l| l.outcome == outcome).count() as u64;
    let resolved = leads.iter().filter(|l| l.resolution.status == GateStatus::Passed).count() as u64;
    let funnel = Funnel {
        connections: sum(|c| c.connections),
        usable: sum(|c| c.usable),
        assigned: sum(|c| c.assigned),
        episodes: sum(|c| c.episodes),
        candidate_lines: findings.candidate_lines,
        accounts: leads.len() as u64,
        resolved,
        supported: having(Outcome::Supported),
        insufficient: having(Outcome::Insufficient),
        contradicted: having(Outcome::Contradicted),
    };
    LeadsDocument { format: LEADS_FORMAT.to_owned(), funnel, leads }
}

fn lead(findings: &Findings, account: &AccountFinding) -> Lead {
    let id = account.account_id;
    let lines: Vec<&Line> = findings.lines.get(&id).map(|l| l.iter().collect()).unwrap_or_default();
    let people: Vec<&Person> = findings.people.get(&id).map(|p| p.iter().collect()).unwrap_or_default();
    let supported = people.iter().copied().find(|p| Some(&p.person_ref) == account.person_ref.as_ref());
    let (against, r#for) = evidence::weigh(findings, account, &lines, &people);
    Lead {
        lead_ref: lead_ref(&account.platform, &account.account_ref),
        account: AccountRef { platform: account.platform.clone(), account_ref: account.account_ref.clone() },
        outcome: account.outcome,
        person_ref: account.person_ref.clone(),
        counts: account.counts,
        resolution: resolution(account, &lines),
        lines: lines
            .iter()
            .filter(|l| l.episodes > 1)
            .map(|l| line_finding(l, hypotheses::all(account, &[*l], &people, supported)))
            .collect(),
        attribution: attribution(account, &people),
        people: people.iter().map(|p| person_finding(p)).collect(),
        against,
        r#for,
        hypotheses: hypotheses::all(account, &lines, &people, supported),
        missing: words::missing(account, &lines, &people),
        next_step: words::next_step(account.reason.as_str()).to_owned(),
    }
}

fn resolution(account: &AccountFinding, lines: &[&Line]) -> Gate {
    let single: Vec<&&Line> = lines.iter().filter(|l| l.status == LineStatus::Single && !l.is_hosting()).collect();
    let best = single.iter().map(|l| l.log10_lr).max();
    let sets = lines.iter().filter(|l| l.status == LineStatus::Set).count();
    let reason = if single.is_empty() {
        words::no_resolution(account, lines, sets)
    } else {
        let episodes: u64 = single.iter().map(|l| l.episodes).sum();
        format!(
            "{} alone {} {episodes} episodes on different assignments",
            words::count(single.len() as u64, "line", "lines"),
            if single.len() == 1 { "explains" } else { "explain" },
        )
    };
    Gate {
        proposition: "the connections of the account were made through these lines".to_owned(),
        alternative: "they were made through other lines of the same operators".to_owned(),
        log10_lr: best.map(LogRatio::log10),
        words: best.map(|r| r.words().en.to_owned()),
        status: if single.is_empty() { GateStatus::Open } else { GateStatus::Passed },
        reason,
    }
}

fn attribution(account: &AccountFinding, people: &[&Person]) -> Gate {
    let best = people.first();
    let status = if account.outcome == Outcome::Supported { GateStatus::Passed } else { GateStatus::Open };
    let (proposition, alternative) = match best {
        Some(person) => (
            format!("{} used the account", person.person_ref),
            format!("somebody else with access to the same lines and devices as {} used it", person.person_ref),
        ),
        None => ("one particular person used the account".to_owned(), "somebody else used it".to_owned()),
    };
    Gate {
        proposition,
        alternative,
        log10_lr: best.and_then(|p| p.log10_lr).map(LogRatio::log10),
        words: best.and_then(|p| p.log10_lr).map(|r| r.words().en.to_owned()),
        status,
        reason: words::reason(account.reason.as_str()).to_owned(),
    }
}

fn line_finding(line: &Line, hypotheses: Vec<HypothesisFinding>) -> LineFinding {
    LineFinding {
        operator: line.operator.clone(),
        line_ref: line.line_ref.clone(),
        status: line.status,
        set_size: line.set_size,
        episodes: line.episodes,
        connections: line.connections,
        log10_lr: line.log10_lr.log10(),
        words: line.log10_lr.words().en.to_owned(),
        access_kind: line.access_kind.clone(),
        address_kind: line.address_kind.clone(),
        hypotheses,
    }
}

fn person_finding(person: &Person) -> PersonFinding {
    let mut links = Vec::new();
    for (present, link) in [
        (person.by_device, "device"),
        (person.by_selector, "selector"),
        (person.co_presence_lines > 0, "co_presence"),
        (person.by_holder, "holder"),
        (person.by_household, "household"),
        (person.by_guest, "guest"),
    ] {
        if present {
            links.push(link.to_owned());
        }
    }
    PersonFinding {
        person_ref: person.person_ref.clone(),
        links,
        log10_lr: person.log10_lr.map(LogRatio::log10),
        words: person.log10_lr.map(|r| r.words().en.to_owned()),
    }
}
