//! `Case::export_requests`: the planned questions as files, one set an operator. Every value is copied from the plan,
//! which copied it from the sealed record; nobody types anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::Serialize;

use super::{EXPORT, PlannedRequest, Request, request_ref, sheet};
use crate::rights::Act;
use crate::{Case, CaseError, IntakeOptions, clock, files};

/// What to send.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The act under which it is asked.
    pub basis_id: String,
    /// Where to write.
    pub out: PathBuf,
    /// The zone of local times, by its IANA name.
    pub zone: String,
    /// Only these accounts, as `platform:account_ref`; all where empty.
    pub accounts: Vec<String>,
    /// Only these operators; all where empty.
    pub operators: Vec<String>,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// One entry an operator.
    pub files: Vec<Sent>,
}

/// The files for one operator.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// The operator.
    pub operator: String,
    /// The questions.
    pub requests: u64,
    /// The first reference.
    pub first_ref: String,
    /// The last one.
    pub last_ref: String,
    /// SHA-256 of the request file, which is sealed in the case.
    pub source_id: String,
    /// The files written: the request as CSV and as a letter, and two forms for the answer.
    pub written: Vec<PathBuf>,
}

impl Case {
    /// Writes the planned questions, one set of files an operator, and keeps them in the case.
    ///
    /// # Errors
    /// Where the basis does not hold, there is no plan or the records have changed since, nothing is left to ask, or a
    /// file is there already.
    pub fn export_requests(&mut self, options: &ExportOptions) -> Result<Exported, CaseError> {
        self.need(Act::ExportRequests)?;
        let basis = self.basis_in_force(&options.basis_id)?;
        let zone = jiff::tz::TimeZone::get(&options.zone).map_err(|_| {
            CaseError::Usage(format!("--zone {}: no such zone; expected a name such as Europe/Rome", options.zone))
        })?;
        let plan = self.current_plan()?;
        let known = self.sent_requests()?;
        let asked_before: BTreeSet<(&str, i64, Option<i64>)> =
            known.values().map(|r| (r.ip.as_str(), r.asked_us, r.port)).collect();
        let chosen = chosen(&plan.requests, options, &asked_before)?;
        let mark = self.request_mark()?;
        let mut number = known.len() as u64;
        let sent_us = clock::now_us();
        fs::create_dir_all(&options.out).map_err(CaseError::io(&options.out))?;
        let mut out = Vec::new();
        for (operator, planned) in chosen {
            let mut requests = Vec::with_capacity(planned.len());
            for planned in planned {
                number += 1;
                requests.push(asked(planned, request_ref(&mark, number), options, &zone, sent_us)?);
            }
            let texts = sheet::sheets(&requests, &basis, &operator);
            out.push(self.send(&operator, &requests, &texts, options)?);
        }
        Ok(Exported { files: out })
    }

    /// Seals one request file, logs it, and only then gives it out.
    fn send(
        &mut self,
        operator: &str,
        requests: &[Request],
        texts: &sheet::Sheets,
        options: &ExportOptions,
    ) -> Result<Sent, CaseError> {
        let (Some(first), Some(last)) = (requests.first(), requests.last()) else {
            return Err(CaseError::Usage(format!("operator {operator}: nothing to ask")));
        };
        let stem = format!("{}-{}", first.request_ref, slug(operator));
        let names = ["-request.csv", "-request.md", "-answer.csv", "-subscribers.csv"]
            .map(|end| options.out.join(format!("{stem}{end}")));
        if let Some(there) = names.iter().find(|n| n.exists()) {
            return Err(CaseError::Usage(format!("{}: is there already; nothing was written", there.display())));
        }
        let folder = self.root.join("plans").join("part");
        files::empty_folder(&folder)?;
        let sealed = folder.join(format!("{stem}.csv"));
        files::write_whole(&sealed, texts.request.as_bytes())?;
        let intake = self.intake_plain(&sealed, &options.basis_id, &IntakeOptions::default())?;
        if intake.rows_refused > 0 || intake.records.get("request") != Some(&(requests.len() as u64)) {
            return Err(CaseError::Damaged(format!(
                "request file {}: does not read back as written",
                intake.source_id
            )));
        }
        let detail = serde_json::json!({
            "operator": operator,
            "requests": requests.len(),
            "first": first.request_ref,
            "last": last.request_ref,
            "basis": options.basis_id,
            "letter_sha256": super::digits(&texts.letter, 64),
        });
        self.log.append(&self.who, EXPORT, &intake.source_id, detail)?;
        let texts = [&texts.request, &texts.letter, &texts.answer, &texts.subscribers];
        for (path, text) in names.iter().zip(texts) {
            files::write_whole(path, text.as_bytes())?;
        }
        files::empty_folder(&folder)?;
        Ok(Sent {
            operator: operator.to_owned(),
            requests: requests.len() as u64,
            first_ref: first.request_ref.clone(),
            last_ref: last.request_ref.clone(),
            source_id: intake.source_id,
            written: names.to_vec(),
        })
    }
}

/// The planned questions that are to go out, by operator.
fn chosen<'a>(
    planned: &'a [PlannedRequest],
    options: &ExportOptions,
    asked_before: &BTreeSet<(&str, i64, Option<i64>)>,
) -> Result<BTreeMap<String, Vec<&'a PlannedRequest>>, CaseError> {
    let known = |of: fn(&PlannedRequest) -> &str| planned.iter().map(of).collect::<BTreeSet<_>>();
    let (accounts, operators) = (known(|p| &p.account), known(|p| &p.operator));
    for (what, wanted, known) in
        [("account", &options.accounts, &accounts), ("operator", &options.operators, &operators)]
    {
        if let Some(name) = wanted.iter().find(|name| !known.contains(name.as_str())) {
            return Err(CaseError::Usage(format!("{what} {name}: the plan asks nothing about it")));
        }
    }
    let wanted = |list: &[String], name: &String| list.is_empty() || list.contains(name);
    let mut out: BTreeMap<String, Vec<&PlannedRequest>> = BTreeMap::new();
    for planned in planned {
        let new = !asked_before.contains(&(planned.ip.as_str(), planned.asked_us, planned.port));
        if new && wanted(&options.accounts, &planned.account) && wanted(&options.operators, &planned.operator) {
            out.entry(planned.operator.clone()).or_default().push(planned);
        }
    }
    if out.is_empty() {
        return Err(CaseError::Usage(
            "the plan asks nothing that was not asked already; there is no request to write".to_owned(),
        ));
    }
    // An order that tells nothing of which connections belong to one account.
    for requests in out.values_mut() {
        requests.sort_by(|a, b| (a.asked_us, &a.ip, a.port).cmp(&(b.asked_us, &b.ip, b.port)));
    }
    Ok(out)
}

fn asked(
    planned: &PlannedRequest,
    request_ref: String,
    options: &ExportOptions,
    zone: &jiff::tz::TimeZone,
    sent_us: i64,
) -> Result<Request, CaseError> {
    let at = jiff::Timestamp::from_microsecond(planned.asked_us)
        .map_err(|_| CaseError::Damaged(format!("plan: {} is no moment", planned.asked_us)))?;
    let asked_local = at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    let mut request = Request {
        request_ref,
        operator: planned.operator.clone(),
        basis_ref: options.basis_id.clone(),
        ip: planned.ip.clone(),
        port: planned.port,
        asked_us: planned.asked_us,
        from_us: planned.asked_us - planned.error_us,
        until_us: planned.asked_us + planned.error_us,
        zone: options.zone.clone(),
        asked_local,
        session_source_id: planned.source_id.clone(),
        session_row: planned.row,
        checksum: String::new(),
        sent_us,
    };
    request.checksum = request.sum();
    Ok(request)
}

/// A name that any file system takes.
fn slug(operator: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let text: String = operator.chars().map(plain).take(40).collect();
    text.trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn an_operators_name_becomes_a_file_name() {
        for (name, expect) in
            [("nordnet.example", "nordnet.example"), ("../x/y", "x-y"), ("Tele & Co. S.p.A.", "tele---co.-s.p.a")]
        {
            assert_eq!(slug(name), expect);
        }
    }
}
