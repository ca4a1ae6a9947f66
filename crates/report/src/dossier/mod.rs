//! The dossier of a lead: PDF/A, in English or Italian, against first.

mod calibration;
mod content;
mod gather;
mod money;
mod parts;
mod payments;
mod pictures;
mod write;

use std::collections::BTreeMap;

pub(crate) use calibration::TRIAL;
pub use content::Lang;
pub(crate) use payments::refs as payment_refs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tutela_case::{Act, Case, DOSSIER, ExplainedPayment, Moment};

use crate::ReportError;
use crate::typeset::{self, Template};

/// Records listed of each item of evidence where nothing else is said.
const MOST: usize = 25;

const TEMPLATE: &str = include_str!("template.typ");
const ENGLISH: &str = include_str!("words.en.json");
const ITALIAN: &str = include_str!("words.it.json");

/// How to make a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierOptions {
    /// The language.
    pub lang: Lang,
    /// Why people are to be named; they stay masked where absent.
    pub unmask: Option<String>,
    /// Records listed of each item of evidence.
    pub most: usize,
}

impl DossierOptions {
    /// Masked, in a language.
    #[must_use]
    pub fn masked(lang: Lang) -> Self {
        Self { lang, unmask: None, most: MOST }
    }
}

/// A dossier, logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its SHA-256, as the log has it.
    pub sha256: String,
    /// The lead.
    pub lead_ref: String,
    /// The number of the act in the custody log.
    pub entry: u64,
    /// The proof (C2SP tlog-proof) that the act is in the log.
    pub proof: String,
}

/// What the log keeps of a dossier: enough to make it again, byte for byte.
#[derive(Debug, Serialize, Deserialize)]
struct Logged {
    form: String,
    lang: Lang,
    most: usize,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    unmask: Option<String>,
    /// Entries of the log that it speaks of.
    entries: u64,
    run_id: String,
    version: String,
    sha256: String,
}

/// Makes the dossier of a lead of the newest run, and logs it.
///
/// # Errors
/// Where the right is missing, there is no such lead, names are asked for without a reason, or it cannot be set.
pub fn dossier(case: &mut Case, lead: &str, options: &DossierOptions) -> Result<Dossier, ReportError> {
    case.may(Act::Dossier)?;
    let at = case.moment(None)?;
    let names = names(case, &at, lead, options)?;
    let (lead_ref, pdf) = render(case, &at, lead, options, &names)?;
    let sha256 = hex::encode(Sha256::digest(&pdf));
    let logged = Logged {
        form: "pdf".to_owned(),
        lang: options.lang,
        most: options.most,
        unmask: options.unmask.clone(),
        entries: at.entries,
        run_id: at.run_id,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: sha256.clone(),
    };
    let detail = serde_json::to_value(&logged).map_err(|e| ReportError::form("dossier")(e.to_string()))?;
    let entry = case.log_departure(Act::Dossier, DOSSIER, &lead_ref, detail)?.index;
    let proof = case.proof_of_entry(entry)?;
    Ok(Dossier { pdf, sha256, lead_ref, entry, proof })
}

/// Makes a dossier of the log again. Says whether its bytes are those that were handed out.
///
/// # Errors
/// As [`dossier`], and where the entry is none, or what it rests on is gone.
pub fn dossier_again(case: &mut Case, entry: u64) -> Result<(Dossier, bool), ReportError> {
    case.may(Act::Dossier)?;
    let found = case.departure(DOSSIER, entry)?;
    if found.detail.get("form") != Some(&"pdf".into()) {
        return Err(ReportError::Usage(format!(
            "entry {entry}: is a defence bundle; a dossier is made again by its own entry"
        )));
    }
    let logged: Logged =
        serde_json::from_value(found.detail).map_err(|e| ReportError::form("custody entry")(e.to_string()))?;
    let at = case.moment(Some(logged.entries))?;
    let options = DossierOptions { lang: logged.lang, unmask: logged.unmask, most: logged.most };
    let names = names(case, &at, &found.subject, &options)?;
    let (lead_ref, pdf) = render(case, &at, &found.subject, &options, &names)?;
    let sha256 = hex::encode(Sha256::digest(&pdf));
    let same = sha256 == logged.sha256;
    let proof = case.proof_of_entry(entry)?;
    Ok((Dossier { pdf, sha256, lead_ref, entry, proof }, same))
}

/// The lead from payments of that reference or account, and every record it rests on; nothing where none is.
pub(crate) fn payment_lead(
    case: &Case,
    at: &Moment,
    wanted: &str,
    reveal: bool,
) -> Result<Option<ExplainedPayment>, ReportError> {
    let Some(lead) = payments::find(case, at, wanted)? else { return Ok(None) };
    Ok(Some(case.explain_payment_at(at, lead, reveal)?))
}

/// The names of people by reference; empty where they stay masked.
pub(crate) type Names = BTreeMap<String, String>;

/// Sets the dossier of a lead as of a moment. Returns the lead's reference and the PDF.
pub(crate) fn render(
    case: &Case,
    at: &Moment,
    lead: &str,
    options: &DossierOptions,
    names: &Names,
) -> Result<(String, Vec<u8>), ReportError> {
    let wanted =
        gather::Wanted { lead, lang: options.lang, most: options.most, reason: options.unmask.as_deref(), names };
    let (lead_ref, content) = match payments::find(case, at, lead)? {
        Some(found) => (found.lead_ref.clone(), payments::content(case, at, &wanted, &found)?),
        None => {
            let facts = gather::facts(case, at, &wanted)?;
            (facts.lead().lead_ref.clone(), facts.content(case, at, &wanted)?)
        }
    };
    let data = serde_json::to_value(&content).map_err(|e| ReportError::form("dossier")(e.to_string()))?;
    let pdf = typeset::pdf(&Template {
        source: TEMPLATE,
        files: vec![("data.json", data), ("words.json", words(options.lang)?)],
        ident: format!("{} {} {} {}", at.origin, at.run_id, lead_ref, at.entries),
        utc: &at.utc,
    })?;
    Ok((lead_ref, pdf))
}

/// The names of the people of a lead, where they are asked for: the reveal is logged first. Whatever is made for one request
/// asks once, since under four eyes a confirmation is good for one reveal.
pub(crate) fn names(case: &mut Case, at: &Moment, lead: &str, options: &DossierOptions) -> Result<Names, ReportError> {
    let Some(reason) = &options.unmask else { return Ok(Names::new()) };
    if let Some(found) = payments::find(case, at, lead)? {
        // No person is named beside a payment account; the reason still stands in the log before its records are shown.
        case.reveal_lead(&found.lead_ref, reason)?;
        return Ok(Names::new());
    }
    let names = case.reveal_lead(lead, reason)?;
    Ok(names.into_iter().map(|(person, name)| (person, name.to_string())).collect())
}

fn words(lang: Lang) -> Result<Value, ReportError> {
    let text = match lang {
        Lang::En => ENGLISH,
        Lang::It => ITALIAN,
    };
    serde_json::from_str(text).map_err(|e| ReportError::form("words")(e.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    fn keys(value: &Value, path: &str, out: &mut Vec<String>) {
        match value.as_object() {
            Some(fields) => fields.iter().for_each(|(k, v)| keys(v, &format!("{path}/{k}"), out)),
            None => out.push(path.to_owned()),
        }
    }

    #[test]
    fn both_languages_have_the_same_words_and_none_is_empty() {
        let [mut en, mut it] = [Vec::new(), Vec::new()];
        keys(&words(Lang::En).unwrap(), "", &mut en);
        keys(&words(Lang::It).unwrap(), "", &mut it);
        assert_eq!(en, it);
        assert!(!ENGLISH.contains("\"\"") && !ITALIAN.contains("\"\""));
    }
}
