//! From a case to what the dossier says.

use std::collections::{BTreeMap, BTreeSet};

use tutela_case::{
    Case, Decision, Explained, ExplainedRecord, GateName, LineCheck, Moment, RequestState, RunReport, SignOff,
    lead_digest,
};
use tutela_model::lead::{Evidence, Gate, GateStatus, HypothesisStatus, Lead};

use super::content::{Content, Figure, Front, GateText, Item, NotFound, ReferralText, Said};
use super::parts::{
    alarms, bases, custody, decisions, hypotheses, judgements, line_checks, lines, money, params, people, place,
    record, request, short, source, steps,
};
use super::write::Writer;
use super::{Lang, calibration, pictures};
use crate::ReportError;

/// Records of an item that stand as footnotes beside it; the others are in the annex.
const FOOTNOTES: usize = 3;

/// What is asked of the case.
pub(super) struct Wanted<'a> {
    pub(super) lead: &'a str,
    pub(super) lang: Lang,
    /// Records listed of each item.
    pub(super) most: usize,
    /// Why people are named; absent where they stay masked.
    pub(super) reason: Option<&'a str>,
    /// Their names, where they are.
    pub(super) names: &'a BTreeMap<String, String>,
}

/// Everything, read at one moment of the case.
pub(super) struct Facts {
    explained: Explained,
    run: RunReport,
    decisions: Vec<SignOff>,
    requests: Vec<RequestState>,
    line_checks: Vec<LineCheck>,
}

/// Reads a lead and what belongs to it.
pub(super) fn facts(case: &Case, at: &Moment, wanted: &Wanted<'_>) -> Result<Facts, ReportError> {
    let explained = case.explain_at(at, wanted.lead, wanted.most, wanted.reason.is_some())?;
    let lead_ref = explained.lead.lead_ref.clone();
    Ok(Facts {
        run: case.run_report_at(at)?,
        decisions: case.decisions_at(at, &lead_ref)?,
        requests: case.requests_at(at, &lead_ref)?,
        line_checks: case.line_checks_at(at, &explained.lead)?,
        explained,
    })
}

impl Facts {
    /// The lead.
    pub(super) fn lead(&self) -> &Lead {
        &self.explained.lead
    }

    /// Puts everything into words.
    pub(super) fn content(&self, case: &Case, at: &Moment, wanted: &Wanted<'_>) -> Result<Content, ReportError> {
        let write = Writer { lang: wanted.lang };
        let lead = self.lead();
        let digest = lead_digest(lead)?;
        let mut annex = Annex::default();
        let mut items =
            |evidence: &[Evidence]| -> Vec<Item> { evidence.iter().map(|e| self.item(write, e, &mut annex)).collect() };
        let (against, r#for) = (items(&lead.against), items(&lead.r#for));
        let referrals = self.referrals(case, write)?;
        let mut source_ids: BTreeSet<String> = annex.records.iter().map(|r| r.source_id.clone()).collect();
        source_ids.extend(self.requests.iter().map(|r| r.request.session_source_id.clone()));
        source_ids.extend(referrals.iter().map(|(_, source)| source.clone()));
        let sources = case.sources_named(&source_ids)?;
        let refused: u64 = sources.iter().map(|s| s.rows_refused).sum();
        let basis_ids: BTreeSet<&str> = sources.iter().map(|s| s.basis_id.as_str()).collect();
        let money = match &lead.person_ref {
            Some(person) => money(write, &case.payments_of(at, person)?),
            None => None,
        };
        let not_found = self.not_found(write, refused, money.is_none());
        let cap = self.run.params.get("lr_log10_cap").and_then(serde_json::Value::as_f64);
        Ok(Content {
            gates: vec![
                self.gate(write, "resolution", &lead.resolution, GateName::Resolution, &digest),
                self.gate(write, "attribution", &lead.attribution, GateName::Attribution, &digest),
            ],
            against,
            r#for,
            hypotheses: hypotheses(write, lead),
            next_step: write.said(&lead.next_step),
            missing: lead.missing.iter().map(|m| write.said(m)).collect(),
            not_found,
            lines: lines(write, lead),
            line_checks: line_checks(write, &self.line_checks),
            people: people(write, lead, wanted.names),
            time: pictures::time_lanes(write, &case.episodes_at(at, &lead.lead_ref)?),
            graph: pictures::line_graph(write, lead, wanted.names),
            money,
            requests: self.requests.iter().map(|r| request(write, r)).collect(),
            decisions: decisions(case, at, write, &lead.lead_ref, &digest)?,
            judgements: judgements(case, at, write, &lead.lead_ref, &digest)?,
            steps: steps(write, &self.run),
            params: params(write, &self.run),
            calibration: calibration::calibration(write, cap),
            bases: bases(case, &basis_ids)?,
            custody: custody(case, at, write, &lead.lead_ref, &source_ids, &basis_ids, &self.line_checks)?,
            sources: sources.iter().map(|s| source(write, s)).collect(),
            records: annex.records.iter().enumerate().map(|(i, r)| record(write, i + 1, r)).collect(),
            front: self.front(at, write, wanted, digest, referrals.into_iter().map(|(text, _)| text).collect()),
        })
    }

    fn front(
        &self,
        at: &Moment,
        write: Writer,
        wanted: &Wanted<'_>,
        lead_digest: String,
        referrals: Vec<ReferralText>,
    ) -> Front {
        let lead = self.lead();
        let figure = |number: u64, word: &'static str| Figure { number: write.count(number), word };
        Front {
            kind: "connections",
            lead_ref: lead.lead_ref.clone(),
            platform: lead.account.platform.clone(),
            account_ref: lead.account.account_ref.clone(),
            outcome: lead.outcome.name().to_owned(),
            role: None,
            person_ref: lead.person_ref.clone(),
            reason: write.said(&lead.attribution.reason),
            figures: vec![
                figure(lead.counts.connections, "connections"),
                figure(lead.counts.usable, "usable"),
                figure(lead.counts.assigned, "assigned"),
                figure(lead.counts.episodes, "episodes"),
            ],
            against: lead.against.len(),
            r#for: lead.r#for.len(),
            open_hypotheses: lead.hypotheses.iter().filter(|h| h.status != HypothesisStatus::Reduced).count(),
            case: at.origin.clone(),
            run_id: at.run_id.clone(),
            version: self.run.version.clone(),
            entries: write.count(at.entries),
            utc: write.instant(&at.utc),
            lead_digest,
            unmasked: wanted.reason.map(str::to_owned),
            referrals,
            alarms: alarms(write, &self.line_checks, lead),
            seeds: Vec::new(),
        }
    }

    fn gate(&self, write: Writer, name: &'static str, gate: &Gate, which: GateName, digest: &str) -> GateText {
        let last = self.decisions.iter().rfind(|d| d.gate == which);
        let standing = match last {
            None => "open",
            Some(d) if d.decision == Decision::Withdrawn => "open",
            Some(d) if d.lead_digest != digest => "changed",
            Some(d) if d.decision == Decision::Signed => "signed",
            Some(_) => "refused",
        };
        GateText {
            gate: name,
            proposition: write.said(&gate.proposition),
            alternative: write.said(&gate.alternative),
            weight: gate.log10_lr.map(|l| write.weight(l)),
            ratio: gate.log10_lr.map(|l| write.ratio(l)),
            words: gate.log10_lr.map(|l| write.words(l)),
            passed: gate.status == GateStatus::Passed,
            reason: write.said(&gate.reason),
            standing: standing.to_owned(),
        }
    }

    fn item(&self, write: Writer, evidence: &Evidence, annex: &mut Annex) -> Item {
        let explained = self.explained.items.iter().find(|i| i.evidence_ref == evidence.evidence_ref);
        let shown = explained.map(|i| i.shown.as_slice()).unwrap_or_default();
        let shown: Vec<&ExplainedRecord> = shown.iter().collect();
        let mut item = cited(write, &shown, explained.map_or(0, |i| i.records), annex);
        item.kind.clone_from(&evidence.kind);
        item.statement = write.said(&evidence.statement);
        item.weight = evidence.log10_lr.map(|l| write.weight(l));
        item.words = evidence.log10_lr.map(|l| write.words(l));
        item.from_network = evidence.from_network;
        item.group.clone_from(&evidence.dependence_group);
        item
    }

    fn not_found(&self, write: Writer, refused: u64, no_payment: bool) -> NotFound {
        let lead = self.lead();
        NotFound {
            rows_refused: write.count(refused),
            no_alibi: !lead.against.iter().any(|e| e.kind == "alibi"),
            no_payment,
            no_request: self.requests.is_empty(),
        }
    }

    /// The referrals that report the account, each with its source.
    fn referrals(&self, case: &Case, write: Writer) -> Result<Vec<(ReferralText, String)>, ReportError> {
        let account = &self.lead().account;
        let all = case.referrals()?;
        let named = format!("{}:{}", account.platform, account.account_ref);
        let found = all.get(&named).or_else(|| all.get(&account.account_ref)).map(Vec::as_slice).unwrap_or_default();
        let read = |r: &&tutela_case::Referral| self.run.inputs.iter().any(|input| input.contains(&r.source_id));
        let text = |r: &tutela_case::Referral| {
            let text = ReferralText {
                referral_ref: r.referral_ref.clone(),
                kind: r.kind.clone(),
                reported: r.reported_utc.as_deref().map(|t| write.instant(t)),
                urgency: r.urgency.clone(),
                source: short(&r.source_id),
                row: write.count(r.row),
            };
            (text, r.source_id.clone())
        };
        Ok(found.iter().filter(read).map(text).collect())
    }
}

/// An item of evidence with where its records are; what it says is still to be filled in.
pub(super) fn cited(write: Writer, shown: &[&ExplainedRecord], total: u64, annex: &mut Annex) -> Item {
    let numbers: Vec<usize> = shown.iter().map(|r| annex.number(r)).collect();
    let notes = numbers.iter().zip(shown).take(FOOTNOTES).map(|(number, r)| place(write, *number, r)).collect();
    let rest = numbers.get(FOOTNOTES..).unwrap_or_default();
    Item {
        kind: String::new(),
        statement: Said { text: String::new(), english: false },
        innocent: None,
        weight: None,
        words: None,
        from_network: false,
        group: String::new(),
        records: write.count(total),
        notes,
        rest: rest.iter().min().zip(rest.iter().max()).map(|(a, b)| [*a, *b]),
        unlisted: write.count(total.saturating_sub(shown.len() as u64)),
    }
}

/// The records that evidence rests on, numbered in the order in which they are first named.
#[derive(Default)]
pub(super) struct Annex {
    pub(super) records: Vec<ExplainedRecord>,
    numbers: BTreeMap<(String, String, u64), usize>,
}

impl Annex {
    fn number(&mut self, record: &ExplainedRecord) -> usize {
        let key = (record.table.name().to_owned(), record.source_id.clone(), record.row);
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        self.records.push(record.clone());
        self.numbers.insert(key, self.records.len());
        self.records.len()
    }
}
