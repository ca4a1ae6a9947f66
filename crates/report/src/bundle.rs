//! The defence bundle: the dossier in both languages with everything that speaks for the person it is about, the method
//! whole, the figures that bound it, the proofs, and the program that checks them.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tutela_case::{
    Act, Case, DOSSIER, Explained, ExplainedItem, ExplainedPayment, ExplainedRecord, LineCheck, Moment, line_alarms,
    payment_records,
};
use tutela_model::lead::HypothesisStatus;

use crate::archive::{self, Entry};
use crate::dossier::{DossierOptions, Lang, TRIAL, names, payment_lead, render};
use crate::{ReportError, proofs};

const README: &str = include_str!("bundle/README.txt");

/// A defence bundle, logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The ZIP.
    pub zip: Vec<u8>,
    /// Its SHA-256, as the log has it.
    pub sha256: String,
    /// The lead.
    pub lead_ref: String,
    /// The number of the act in the custody log.
    pub entry: u64,
    /// The proof (C2SP tlog-proof) that the act is in the log.
    pub proof: String,
}

/// Makes the defence bundle of a lead of the newest run, and logs it. `verifier` is the program `tutela-verify`, where it is at
/// hand. The language of the options does not matter: the dossier is there in both.
///
/// # Errors
/// As [`crate::dossier`].
pub fn defence_bundle(
    case: &mut Case,
    lead: &str,
    options: &DossierOptions,
    verifier: Option<Vec<u8>>,
) -> Result<Bundle, ReportError> {
    case.may(Act::Dossier)?;
    let at = case.moment(None)?;
    let mut files = vec![Entry::new("README.txt", README)];
    let mut lead_ref = String::new();
    let names = names(case, &at, lead, options)?;
    for lang in [Lang::En, Lang::It] {
        let (found, pdf) = render(case, &at, lead, &DossierOptions { lang, ..options.clone() }, &names)?;
        files.push(Entry::new(format!("dossier-{}.pdf", lang.code()), pdf));
        lead_ref = found;
    }
    let found = match payment_lead(case, &at, &lead_ref, options.unmask.is_some())? {
        Some(explained) => of_payments(&explained)?,
        None => of_connections(case, &at, &lead_ref, options.unmask.is_some())?,
    };
    files.extend(found.files);
    files.extend(method(case, &at)?);
    files.push(Entry::new("calibration/trial.json", TRIAL));
    let mut subjects = found.sources;
    subjects.extend([at.run_id.clone(), lead_ref.clone()]);
    files.extend(proofs::files(case, &at, &subjects, &found.acts)?);
    if let Some(bytes) = verifier {
        files.push(Entry { name: "verifier/tutela-verify".to_owned(), bytes, program: true });
    }
    files.push(manifest(&files));
    let zip = archive::pack(&files)?;
    let sha256 = hex::encode(Sha256::digest(&zip));
    let detail = json!({
        "form": "bundle",
        "most": options.most,
        "unmask": options.unmask,
        "entries": at.entries,
        "run_id": at.run_id,
        "version": env!("CARGO_PKG_VERSION"),
        "sha256": sha256,
    });
    let entry = case.log_departure(Act::Dossier, DOSSIER, &lead_ref, detail)?.index;
    let proof = case.proof_of_entry(entry)?;
    Ok(Bundle { zip, sha256, lead_ref, entry, proof })
}

fn json_file<T: serde::Serialize>(name: &'static str, value: &T) -> Result<Entry, ReportError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|e| ReportError::form(name)(e.to_string()))?;
    text.push(b'\n');
    Ok(Entry::new(name, text))
}

/// Files, and what they rest on.
struct Found {
    files: Vec<Entry>,
    sources: BTreeSet<String>,
    /// Acts by their numbers: the looks at lines.
    acts: BTreeSet<u64>,
}

/// What a lead from connections says, and all its records.
fn of_connections(case: &Case, at: &Moment, lead_ref: &str, reveal: bool) -> Result<Found, ReportError> {
    let explained = case.explain_at(at, lead_ref, usize::MAX, reveal)?;
    let checks = case.line_checks_at(at, &explained.lead)?;
    let mut sources: BTreeSet<String> =
        explained.items.iter().flat_map(|i| &i.shown).map(|r| r.source_id.clone()).collect();
    let payments = payments_against(case, at, &explained, &mut sources)?;
    let files = vec![
        json_file("lead.json", &explained.lead)?,
        json_file("evidence.json", &explained)?,
        json_file("exculpatory.json", &exculpatory(case, at, &explained, &checks, &payments)?)?,
    ];
    Ok(Found { files, sources, acts: checks.iter().map(|c| c.entry).collect() })
}

/// What a lead from payments says, and all its records.
fn of_payments(explained: &ExplainedPayment) -> Result<Found, ReportError> {
    let lead = &explained.lead;
    let against: BTreeSet<&str> = lead.against.iter().map(|i| i.kind.as_str()).collect();
    let records: Vec<&ExplainedItem> =
        explained.items.iter().filter(|i| against.contains(i.evidence_ref.as_str())).collect();
    let innocent: Vec<_> = lead.r#for.iter().map(|i| json!({ "finding": i.finding, "innocent": i.innocent })).collect();
    let exculpatory = json!({
        "lead_ref": lead.lead_ref,
        "outcome": lead.outcome,
        "role": lead.role,
        "against": lead.against,
        "records": records,
        "who_else_shows_what_speaks_for": innocent,
        "would_decide": lead.would_decide,
    });
    let files = vec![
        json_file("lead.json", lead)?,
        json_file("evidence.json", explained)?,
        json_file("exculpatory.json", &exculpatory)?,
    ];
    let sources = explained.items.iter().flat_map(|i| &i.shown).map(|r| r.source_id.clone()).collect();
    Ok(Found { files, sources, acts: BTreeSet::new() })
}

/// Everything of the lead that speaks against it, limits it, or leaves another explanation open.
fn exculpatory(
    case: &Case,
    at: &Moment,
    explained: &Explained,
    checks: &[LineCheck],
    payments: &[serde_json::Value],
) -> Result<serde_json::Value, ReportError> {
    let lead = &explained.lead;
    let against: BTreeSet<&str> = lead.against.iter().map(|e| e.evidence_ref.as_str()).collect();
    let records: Vec<_> = explained.items.iter().filter(|i| against.contains(i.evidence_ref.as_str())).collect();
    let open: Vec<_> = lead.hypotheses.iter().filter(|h| h.status != HypothesisStatus::Reduced).collect();
    let others: Vec<_> = lead.people.iter().filter(|p| Some(&p.person_ref) != lead.person_ref.as_ref()).collect();
    let alarms = line_alarms(checks, lead);
    Ok(json!({
        "lead_ref": lead.lead_ref,
        "outcome": lead.outcome,
        "against": lead.against,
        "records": records,
        "line_alarms": alarms,
        "line_checks": checks,
        "payments_against": payments,
        "hypotheses_not_reduced": open,
        "lines": lead.lines,
        "other_people_linked": others,
        "missing": lead.missing,
        "connections_without_assignment": lead.counts.usable.saturating_sub(lead.counts.assigned),
        "connections_without_address": lead.counts.connections.saturating_sub(lead.counts.usable),
        "requests_and_replies": case.requests_at(at, &lead.lead_ref)?,
        "decisions": case.decisions_at(at, &lead.lead_ref)?,
        "judgements": case.judgements_at(at, &lead.lead_ref)?,
    }))
}

/// What the payments of the person's accounts say against, with the records behind it. They stay masked: each payment has another
/// side, and nobody gave a reason to see theirs.
fn payments_against(
    case: &Case,
    at: &Moment,
    explained: &Explained,
    sources: &mut BTreeSet<String>,
) -> Result<Vec<serde_json::Value>, ReportError> {
    let Some(person) = &explained.lead.person_ref else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for lead in case.payments_of(at, person)? {
        let cited = lead.against.iter().flat_map(|i| payment_records(i, usize::MAX)).collect();
        let records: Vec<_> = case.read_back_at(at, &cited, false)?.into_values().flatten().collect();
        sources.extend(records.iter().map(|r: &ExplainedRecord| r.source_id.clone()));
        out.push(json!({
            "lead_ref": lead.lead_ref,
            "outcome": lead.outcome,
            "role": lead.role,
            "reason": lead.reason,
            "against": lead.against,
            "records": records,
        }));
    }
    Ok(out)
}

/// The text of every step of the run with its version, and the parameters it ran with.
fn method(case: &Case, at: &Moment) -> Result<Vec<Entry>, ReportError> {
    let run = case.run_report_at(at)?;
    let mut out = vec![json_file("method/run.json", &run)?];
    let mut parameters = String::from("step,parameter,value,default,lowest,highest,meaning\r\n");
    for (place, done) in run.steps.iter().enumerate() {
        let Some(step) = tutela_analysis::step(&done.id) else { continue };
        let meta = step.meta();
        let text = match step.sql() {
            Some(sql) => sql.to_owned(),
            None => format!(
                "-- step: {}\n-- version: {}\n-- looks-for: {}\n-- does-not-show: {}\n-- This step puts what the earlier ones found into words. It is code, not SQL.\n",
                meta.id, meta.version, meta.looks_for, meta.does_not_show
            ),
        };
        out.push(Entry::new(format!("method/{:02}-{}-v{}.sql", place + 1, done.id, done.version), text));
        for param in step.params() {
            let value = run.params.get(param.name).map(ToString::to_string).unwrap_or_default();
            let meaning = param.meaning.replace('"', "\"\"");
            parameters.push_str(&format!(
                "{},{},{value},{},{},{},\"{meaning}\"\r\n",
                done.id, param.name, param.default, param.min, param.max
            ));
        }
    }
    out.push(Entry::new("method/parameters.csv", parameters));
    Ok(out)
}

/// The digest of every file, as `sha256sum --check` reads it.
fn manifest(files: &[Entry]) -> Entry {
    let line = |f: &Entry| format!("{}  {}\n", hex::encode(Sha256::digest(&f.bytes)), f.name);
    Entry::new("MANIFEST.sha256", files.iter().map(line).collect::<String>())
}
