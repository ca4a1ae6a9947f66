//! The parts of a dossier, one function each: what the case says, as the page wants it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use tutela_case::{
    Case, Decision, ExplainedRecord, GateName, LineCheck, Moment, RequestState, RunReport, SignOff, line_alarms,
};
use tutela_model::lead::Lead;

use super::Lang;
use super::content::{
    ActText, AlarmText, BasisText, CustodyText, DecisionText, HypothesisText, JudgementText, LineCheckText, LineText,
    MismatchText, ParamText, PartText, PersonText, Place, RecordText, RequestText, SourceText, StepText, ValueText,
};
use super::money::{Flow, MoneyFlow};
use super::write::Writer;
use crate::ReportError;

/// Digits of a digest that are enough to find a source by.
const SHORT: usize = 12;

pub(super) fn short(digest: &str) -> String {
    digest.get(..SHORT).unwrap_or(digest).to_owned()
}

pub(super) fn place(write: Writer, number: usize, record: &ExplainedRecord) -> Place {
    Place {
        number,
        table: record.table.name().to_owned(),
        file: record.file_name.clone(),
        source: short(&record.source_id),
        row: write.count(record.row),
        from: write.count(record.span.start),
        to: write.count(record.span.end),
    }
}

pub(super) fn record(write: Writer, number: usize, record: &ExplainedRecord) -> RecordText {
    let values = record.values.iter().map(|v| ValueText {
        column: v.column.to_owned(),
        value: v.value.clone(),
        bytes: v.span.map(|s| format!("{}–{}", s.start, s.end)),
    });
    RecordText {
        place: place(write, number, record),
        values: values.collect(),
        masked_bytes: write.count(record.masked_bytes),
    }
}

/// The name of a closed list's value, as it stands in its JSON form.
pub(super) fn name_of<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn hypotheses(write: Writer, lead: &Lead) -> Vec<HypothesisText> {
    let text = |h: &tutela_model::lead::HypothesisFinding| HypothesisText {
        hypothesis: name_of(&h.hypothesis),
        status: name_of(&h.status),
        reason: write.said(&h.reason),
    };
    lead.hypotheses.iter().map(text).collect()
}

pub(super) fn lines(write: Writer, lead: &Lead) -> Vec<LineText> {
    let text = |l: &tutela_model::lead::LineFinding| LineText {
        line: l.line_ref.clone(),
        operator: l.operator.clone(),
        status: name_of(&l.status),
        set_size: write.count(l.set_size),
        episodes: write.count(l.episodes),
        connections: write.count(l.connections),
        weight: write.weight(l.log10_lr),
        access: l.access_kind.clone().unwrap_or_default(),
        address: l.address_kind.clone().unwrap_or_default(),
    };
    lead.lines.iter().map(text).collect()
}

pub(super) fn line_checks(write: Writer, checks: &[LineCheck]) -> Vec<LineCheckText> {
    let text = |c: &LineCheck| LineCheckText {
        line: c.line.line_ref.clone(),
        operator: c.line.operator.clone(),
        found: name_of(&c.kind),
        on: c.on.clone(),
        how: c.how.clone(),
        who: c.who.clone(),
        utc: write.instant(&c.utc),
    };
    checks.iter().map(text).collect()
}

pub(super) fn alarms(write: Writer, checks: &[LineCheck], lead: &Lead) -> Vec<AlarmText> {
    let text = |a: tutela_case::LineAlarm| AlarmText {
        line: a.line.line_ref,
        operator: a.line.operator,
        searches: write.count(a.searches),
        ends_elsewhere: a.ends_elsewhere,
    };
    line_alarms(checks, lead).into_iter().map(text).collect()
}

pub(super) fn people(write: Writer, lead: &Lead, names: &BTreeMap<String, String>) -> Vec<PersonText> {
    let text = |p: &tutela_model::lead::PersonFinding| PersonText {
        person_ref: p.person_ref.clone(),
        name: names.get(&p.person_ref).cloned(),
        links: p.links.clone(),
        weight: p.log10_lr.map(|l| write.weight(l)),
        words: p.log10_lr.map(|l| write.words(l)),
        supported: lead.person_ref.as_ref() == Some(&p.person_ref),
    };
    lead.people.iter().map(text).collect()
}

pub(super) fn request(write: Writer, state: &RequestState) -> RequestText {
    let row = |r: &tutela_case::ReplyRow| MismatchText {
        table: r.table.name().to_owned(),
        row: write.count(u64::try_from(r.row).unwrap_or(0)),
        outcome: r.outcome.clone(),
        check: r.check.clone(),
        field: r.field.clone().unwrap_or_default(),
        found: r.found.clone().unwrap_or_default(),
        expected: r.expected.clone().unwrap_or_default(),
    };
    RequestText {
        request_ref: state.request.request_ref.clone(),
        operator: state.request.operator.clone(),
        basis: state.request.basis_ref.clone(),
        address: state.request.port.map_or_else(
            || state.request.ip.clone(),
            |port| {
                if state.request.ip.contains(':') {
                    format!("[{}]:{port}", state.request.ip)
                } else {
                    format!("{}:{port}", state.request.ip)
                }
            },
        ),
        asked: write.instant(&state.asked_utc),
        sent: write.instant(&state.sent_utc),
        answered: state.answered_utc.as_deref().map(|t| write.instant(t)),
        outcome: state.outcome.clone(),
        rows: state.rows.iter().map(row).collect(),
        refusals: state.refusals.clone(),
    }
}

/// Every decision about a lead, the oldest first; `digest` is what the lead says here.
pub(super) fn decisions(
    case: &Case,
    at: &Moment,
    write: Writer,
    lead_ref: &str,
    digest: &str,
) -> Result<Vec<DecisionText>, ReportError> {
    Ok(case.decisions_at(at, lead_ref)?.iter().map(|d| decision(write, d, digest)).collect())
}

pub(super) fn decision(write: Writer, sign_off: &SignOff, digest: &str) -> DecisionText {
    DecisionText {
        gate: match sign_off.gate {
            GateName::Resolution => "resolution",
            GateName::Attribution => "attribution",
        },
        decision: match sign_off.decision {
            Decision::Signed => "signed",
            Decision::Refused => "refused",
            Decision::Withdrawn => "withdrawn",
        },
        who: sign_off.who.clone(),
        confirmed_by: sign_off.confirmed_by.clone(),
        utc: write.instant(&sign_off.utc),
        reason: sign_off.reason.clone(),
        same_lead: sign_off.lead_digest == digest,
        run_id: sign_off.run_id.clone(),
    }
}

/// Every judgement about a lead, the oldest first.
pub(super) fn judgements(
    case: &Case,
    at: &Moment,
    write: Writer,
    lead_ref: &str,
    digest: &str,
) -> Result<Vec<JudgementText>, ReportError> {
    let text = |j: tutela_case::Judgement| JudgementText {
        same_lead: j.leads.iter().any(|l| l.lead_ref == lead_ref && l.lead_digest == digest),
        others: j.leads.iter().filter(|l| l.lead_ref != lead_ref).map(|l| l.lead_ref.clone()).collect(),
        parts: j.parts.into_iter().map(part).collect(),
        kind: j.kind.name(),
        utc: write.instant(&j.utc),
        withdrawn: j.withdrawn.map(|w| [w.who, write.instant(&w.utc), w.reason]),
        judgement_ref: j.judgement_ref,
        who: j.who,
        reason: j.reason,
        run_id: j.run_id,
    };
    Ok(case.judgements_at(at, lead_ref)?.into_iter().map(text).collect())
}

fn part(part: tutela_case::Part) -> PartText {
    PartText { name: part.name, person_ref: part.person_ref, items: part.evidence_refs }
}

pub(super) fn steps(write: Writer, run: &RunReport) -> Vec<StepText> {
    let mut out = Vec::new();
    for done in &run.steps {
        let Some(step) = tutela_analysis::step(&done.id) else { continue };
        let meta = step.meta();
        let italian = match write.lang {
            Lang::It => crate::italian::step_words(meta.id, &meta.does_not_show),
            Lang::En => None,
        };
        let said = |text: &str, english: bool| super::content::Said { text: text.to_owned(), english };
        let (looks_for, does_not_show) = match italian {
            Some((looks_for, not)) => (said(looks_for, false), said(not, false)),
            None => (said(&meta.looks_for, true), said(&meta.does_not_show, true)),
        };
        out.push(StepText {
            id: done.id.clone(),
            version: done.version,
            looks_for,
            does_not_show,
            sql_sha256: done.sql_sha256.clone(),
        });
    }
    out
}

pub(super) fn params(write: Writer, run: &RunReport) -> Vec<ParamText> {
    let mut out = Vec::new();
    for done in &run.steps {
        let Some(step) = tutela_analysis::step(&done.id) else { continue };
        for param in step.params() {
            let value = run.params.get(param.name).and_then(serde_json::Value::as_f64).unwrap_or(param.default);
            let text = |v: f64| if write.lang == Lang::It { v.to_string().replace('.', ",") } else { v.to_string() };
            out.push(ParamText {
                name: param.name.to_owned(),
                step: done.id.clone(),
                value: text(value),
                default: text(param.default),
                changed: (value - param.default).abs() > 1e-12,
            });
        }
    }
    out
}

pub(super) fn bases(case: &Case, ids: &BTreeSet<&str>) -> Result<Vec<BasisText>, ReportError> {
    let text = |b: tutela_case::Basis| BasisText {
        basis_id: b.basis_id,
        act: b.act,
        authority: b.authority,
        scope: b.scope,
        from: b.from_date,
        until: b.until_date,
    };
    Ok(case.bases()?.into_iter().filter(|b| ids.contains(b.basis_id.as_str())).map(text).collect())
}

pub(super) fn source(write: Writer, source: &tutela_case::SourceRow) -> SourceText {
    SourceText {
        file: source.file_name.clone(),
        digest: source.source_id.clone(),
        size: write.count(source.size_bytes),
        format: source.format.clone(),
        basis: source.basis_id.clone(),
        rows: write.count(source.rows),
        refused: write.count(source.rows_refused),
        taken: write.instant(&source.taken_utc),
    }
}

pub(super) fn custody(
    case: &Case,
    at: &Moment,
    write: Writer,
    lead_ref: &str,
    sources: &BTreeSet<String>,
    bases: &BTreeSet<&str>,
    checks: &[LineCheck],
) -> Result<CustodyText, ReportError> {
    let mut subjects = sources.clone();
    subjects.extend(bases.iter().map(|b| (*b).to_owned()));
    subjects.extend([at.run_id.clone(), lead_ref.to_owned()]);
    let act = |a: tutela_case::ActNote| ActText {
        index: write.count(a.index),
        utc: write.instant(&a.utc),
        who: a.who,
        act: a.act,
        subject: short_subject(&a.subject),
        hashes: a.proof.lines().take_while(|l| !l.is_empty()).count().saturating_sub(3),
        proof: hex::encode(Sha256::digest(&a.proof)),
    };
    Ok(CustodyText {
        key: at.log_key.clone(),
        origin: at.origin.clone(),
        root: at.checkpoint.lines().nth(2).unwrap_or_default().to_owned(),
        checkpoint: at.checkpoint.lines().map(str::to_owned).collect(),
        acts: case.acts_at(at, &subjects, &checks.iter().map(|c| c.entry).collect())?.into_iter().map(act).collect(),
    })
}

/// A digest by its first digits; anything else as it is.
pub(super) fn short_subject(subject: &str) -> String {
    let digest = subject.len() == 64 && subject.bytes().all(|b| b.is_ascii_hexdigit());
    if digest { short(subject) } else { subject.to_owned() }
}

/// What the payments of a person's accounts say; nothing where none are followed.
pub(super) fn money(write: Writer, leads: &[tutela_analysis::PaymentLead]) -> Option<MoneyFlow> {
    let first = leads.first()?;
    let items: Vec<_> = leads.iter().flat_map(|l| l.against.iter().chain(&l.r#for)).collect();
    let most = items.iter().map(|i| i.payments.len()).max().unwrap_or(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a width in a picture")]
    let share = |n: usize| (n as f64 / most as f64 * 1e4).round() / 1e4;
    let flow = |i: &&tutela_analysis::PaymentItem| Flow {
        finding: write.said(&i.finding),
        innocent: write.said(&i.innocent),
        sums: i.sums.iter().map(|(currency, sum)| format!("{sum} {currency}")).collect::<Vec<_>>().join(", "),
        payments: write.count(i.payments.len() as u64),
        weight: write.weight(i.log10_lr),
        share: share(i.payments.len()),
    };
    Some(MoneyFlow {
        account: first.account_ref.clone(),
        flows: items.iter().take(8).map(flow).collect(),
        left_out: write.count(items.len().saturating_sub(8) as u64),
    })
}
