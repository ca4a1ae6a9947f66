//! The rows of a reply together: what refuses it whole, and what each row is worth.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::TableId;

use super::compare::{Answer, Finding, compare, one_apart};
use super::{Request, mark_of};

/// The most answers about one address that are held against each other.
const ONE_ADDRESS: usize = 20_000;

/// Why a reply is refused whole. Nothing of it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// One word for the log.
    pub(crate) reason: &'static str,
    /// The request it is about, where it is about one of ours.
    pub(crate) request_ref: Option<String>,
    /// The file, of those taken in together.
    pub(crate) file: usize,
    /// For people.
    pub(crate) message: String,
}

/// What is known before a reply comes.
pub(crate) struct Known<'a> {
    /// The mark of the case's own requests.
    pub(crate) mark: &'a str,
    /// The requests.
    pub(crate) requests: &'a BTreeMap<String, Request>,
    /// Rows of earlier replies that are in records.
    pub(crate) earlier: &'a [Answer],
    /// Whether the operator shares addresses without keeping ports.
    pub(crate) shared: bool,
}

/// The findings of each row, in the order of the rows given. A row without findings is as asked.
pub(crate) fn examine(known: &Known<'_>, answers: &[Answer]) -> Result<Vec<Vec<Finding>>, Refused> {
    for answer in answers {
        references(known, answer)?;
    }
    if answers.iter().all(|a| a.request_ref.is_none()) {
        return Err(Refused {
            reason: "no_request",
            request_ref: None,
            file: 0,
            message: "no row names a request; expected request_ref, or --constant request_ref=... for a file about one"
                .to_owned(),
        });
    }
    answered_once(known, answers)?;
    let mut findings: Vec<Vec<Finding>> = answers.iter().map(|a| one(known, a)).collect();
    contradictions(known, answers, &findings)?;
    drift(answers, &mut findings);
    only_lines_of_answers(known, answers, &mut findings);
    together(answers, &mut findings);
    lookup_keys(known, answers, &mut findings);
    Ok(findings)
}

fn is_blocked(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.blocks)
}

fn one(known: &Known<'_>, answer: &Answer) -> Vec<Finding> {
    match answer.request_ref.as_ref().and_then(|r| known.requests.get(r)) {
        Some(request) => compare(request, answer),
        None => vec![Finding {
            check: "not_asked",
            field: "request_ref",
            found: "nothing".to_owned(),
            expected: "the reference of a request: what was not asked is not used".to_owned(),
            blocks: true,
        }],
    }
}

/// A reference that is not ours, and a checksum that is not the one that was sent.
fn references(known: &Known<'_>, answer: &Answer) -> Result<(), Refused> {
    let Some(name) = &answer.request_ref else { return Ok(()) };
    let refuse = |reason, message: String| Refused {
        reason,
        request_ref: known.requests.contains_key(name).then(|| name.clone()),
        file: answer.file,
        message: format!("row {}, column request_ref: {message}", answer.row),
    };
    let Some(request) = known.requests.get(name) else {
        return Err(match mark_of(name) {
            Some(mark) if mark != known.mark => refuse(
                "other_case",
                format!("found {name}, a request of another case ({mark}); expected one of this case ({})", known.mark),
            ),
            Some(_) => refuse(
                "unknown_request",
                format!("found {name}, which this case never sent; expected one of its requests"),
            ),
            None => {
                let near = known.requests.keys().find(|known| one_apart(known, name));
                let near = near.map_or_else(String::new, |n| format!(" (one character from {n})"));
                refuse(
                    "unknown_request",
                    format!("found {name}, no request of this case{near}; expected one of its requests"),
                )
            }
        });
    };
    match &answer.checksum {
        Some(sum) if !sum.eq_ignore_ascii_case(&request.checksum) => {
            let mut error = refuse("checksum", String::new());
            error.message = format!(
                "row {}, column checksum: found {sum}, expected {}: the line of request {name} was altered on its way",
                answer.row, request.checksum
            );
            Err(error)
        }
        _ => Ok(()),
    }
}

/// A request is answered once: in one file, and not again.
fn answered_once(known: &Known<'_>, answers: &[Answer]) -> Result<(), Refused> {
    let before: BTreeSet<(TableId, &String)> =
        known.earlier.iter().filter_map(|a| Some((a.table, a.request_ref.as_ref()?))).collect();
    let mut in_file: BTreeMap<(TableId, &String), usize> = BTreeMap::new();
    for answer in answers {
        let Some(name) = &answer.request_ref else { continue };
        let key = (answer.table, name);
        let twice = before.contains(&key) || *in_file.entry(key).or_insert(answer.file) != answer.file;
        if twice {
            return Err(Refused {
                reason: "two_replies",
                request_ref: Some(name.clone()),
                file: answer.file,
                message: format!(
                    "row {}: request {name} has been answered already; two replies to one request are compared by \
                     people: ask again under a new request if the first is in doubt",
                    answer.row
                ),
            });
        }
    }
    Ok(())
}

/// Two lines that both held the address and port that was asked about.
fn contradictions(known: &Known<'_>, answers: &[Answer], findings: &[Vec<Finding>]) -> Result<(), Refused> {
    let mut by_network: BTreeMap<String, Vec<&Answer>> = BTreeMap::new();
    let new = answers.iter().zip(findings).filter(|(_, f)| !is_blocked(f)).map(|(a, _)| a);
    for answer in known.earlier.iter().chain(new).filter(|a| a.table == TableId::Assignment) {
        by_network.entry(answer.network().unwrap_or_default()).or_default().push(answer);
    }
    for (network, mut group) in by_network {
        if group.len() > ONE_ADDRESS {
            return Err(Refused {
                reason: "too_many",
                request_ref: None,
                file: 0,
                message: format!("{} answers about {network}; expected at most {ONE_ADDRESS}", group.len()),
            });
        }
        group.sort_by_key(|a| a.from_us);
        for (place, a) in group.iter().enumerate() {
            for b in group.iter().skip(place + 1).take_while(|b| b.from_us < a.until()) {
                if let Some(name) = contradiction(known, a, b) {
                    let (old, new) = if known.earlier.contains(a) { (a, b) } else { (b, a) };
                    let place = |x: &Answer| {
                        let of = x.request_ref.as_deref().unwrap_or("-");
                        if known.earlier.contains(x) {
                            format!("an earlier reply (to {of})")
                        } else {
                            format!("row {} (to {of})", x.row)
                        }
                    };
                    return Err(Refused {
                        reason: "contradiction",
                        request_ref: Some(name.clone()),
                        file: new.file,
                        message: format!(
                            "{} and {} name two lines for one address, port and moment (request {name}); expected one. \
                             If the operator shares the address and keeps no ports, say so with --shared",
                            place(old),
                            place(new)
                        ),
                    });
                }
            }
        }
    }
    Ok(())
}

/// The request at whose moment both hold the same address and port, under two lines.
fn contradiction<'a>(known: &Known<'_>, a: &'a Answer, b: &'a Answer) -> Option<&'a String> {
    if (&a.operator, &a.line_ref) == (&b.operator, &b.line_ref) {
        return None;
    }
    if known.shared && a.ports.is_none() && b.ports.is_none() {
        return None;
    }
    let apart = match (a.ports, b.ports) {
        (Some((a_from, a_to)), Some((b_from, b_to))) => a_to < b_from || b_to < a_from,
        _ => false,
    };
    if apart {
        return None;
    }
    [a, b].into_iter().filter_map(|x| x.request_ref.as_ref()).find(|name| {
        known.requests.get(*name).is_some_and(|r| {
            let port = r.port.is_none_or(|p| a.has_port(p) && b.has_port(p));
            port && a.holds(r.asked_us) && b.holds(r.asked_us)
        })
    })
}

/// Two requests of one operator that are off in the same way are no slip: the clock of the whole file is in doubt.
fn drift(answers: &[Answer], findings: &mut [Vec<Finding>]) {
    const CLOCK: [&str; 4] = ["hour", "twelve_hours", "year", "day"];
    let mut off: BTreeMap<(usize, &str, &'static str), BTreeSet<&str>> = BTreeMap::new();
    for (answer, found) in answers.iter().zip(findings.iter()) {
        for finding in found.iter().filter(|f| CLOCK.contains(&f.check)) {
            let requests = off.entry((answer.file, &answer.operator, finding.check)).or_default();
            requests.insert(answer.request_ref.as_deref().unwrap_or_default());
        }
    }
    let drifted: Vec<_> = off.into_iter().filter(|(_, requests)| requests.len() >= 2).collect();
    for (answer, found) in answers.iter().zip(findings.iter_mut()) {
        let of_file =
            drifted.iter().find(|((file, operator, _), _)| *file == answer.file && **operator == answer.operator);
        if let Some(((_, operator, check), requests)) = of_file
            && !is_blocked(found)
        {
            found.push(Finding {
                check: "format_drift",
                field: if answer.table == TableId::Line { "request_ref" } else { "asked_utc" },
                found: format!("{} requests off in one way ({check})", requests.len()),
                expected: format!("a clock that agrees with the requests: this file of {operator} is to be sent again"),
                blocks: true,
            });
        }
    }
}

/// A line is taken only where an accepted answer to the same request names it.
fn only_lines_of_answers(known: &Known<'_>, answers: &[Answer], findings: &mut [Vec<Finding>]) {
    let new = answers.iter().zip(findings.iter()).filter(|(_, f)| !is_blocked(f)).map(|(a, _)| a);
    let named: BTreeSet<(String, String)> = known
        .earlier
        .iter()
        .chain(new)
        .filter(|a| a.table == TableId::Assignment)
        .filter_map(|a| Some((a.request_ref.clone()?, a.line_ref.clone())))
        .collect();
    for (answer, found) in answers.iter().zip(findings.iter_mut()).filter(|(a, _)| a.table == TableId::Line) {
        let Some(name) = &answer.request_ref else { continue };
        if !is_blocked(found) && !named.contains(&(name.clone(), answer.line_ref.clone())) {
            found.push(Finding {
                check: "not_asked",
                field: "line_ref",
                found: answer.line_ref.clone(),
                expected: format!("a line that an accepted answer to {name} names"),
                blocks: true,
            });
        }
    }
}

/// Where one row of a request is blocked, none of its rows is used.
fn together(answers: &[Answer], findings: &mut [Vec<Finding>]) {
    let mut first: BTreeMap<(TableId, &String), i64> = BTreeMap::new();
    for (answer, found) in answers.iter().zip(findings.iter()).filter(|(_, f)| is_blocked(f)) {
        // A line's address kind says nothing against who held the address.
        let key = answer.request_ref.as_ref().map(|name| (answer.table, name));
        if let Some(key) = key.filter(|_| !found.is_empty()) {
            first.entry(key).or_insert(answer.row);
        }
    }
    for (answer, found) in answers.iter().zip(findings.iter_mut()) {
        let Some(name) = &answer.request_ref else { continue };
        let by = first.get(&(TableId::Assignment, name)).or_else(|| first.get(&(answer.table, name)));
        if let (Some(row), false) = (by, is_blocked(found)) {
            found.push(Finding {
                check: "goes_with",
                field: "request_ref",
                found: name.clone(),
                expected: format!("an answer all of whose rows agree with the request: row {row} does not"),
                blocks: true,
            });
        }
    }
}

/// Answers that one search produced are one piece of evidence, not several.
fn lookup_keys(known: &Known<'_>, answers: &[Answer], findings: &mut [Vec<Finding>]) {
    let mut by_key: BTreeMap<(&String, &String), BTreeSet<&String>> = BTreeMap::new();
    for answer in known.earlier.iter().chain(answers) {
        if let (Some(key), Some(name)) = (&answer.lookup_key, &answer.request_ref) {
            by_key.entry((&answer.operator, key)).or_default().insert(name);
        }
    }
    for (answer, found) in answers.iter().zip(findings.iter_mut()) {
        let Some(key) = &answer.lookup_key else { continue };
        let requests = by_key.get(&(&answer.operator, key)).map_or(0, BTreeSet::len);
        if requests >= 2 && !is_blocked(found) {
            found.push(Finding {
                check: "lookup_key",
                field: "lookup_key",
                found: key.clone(),
                expected: format!(
                    "a search of its own: {requests} requests were answered by this one, so they agree for one reason"
                ),
                blocks: false,
            });
        }
    }
}
