//! The sentences of leads in Italian. The analysis writes them in English, and that text is the one that counts; here each
//! is recognised by its form and said again. What is not recognised stays as it is, and is marked as English.
//!
//! Forms and Italian stand in `schema/sentences.it.json`, which also says how they are read. The workbench reads the same
//! file by the same rules (`web/src/words/sentences.ts`), so that a page and a dossier say the same of a lead.

mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub(crate) use steps::step_words;

/// A form, and the Italian of what has it.
type Form = (String, String);

#[derive(Default, Deserialize)]
struct Sentences {
    lists: BTreeMap<String, Vec<Form>>,
}

const TEXT: &str = include_str!("../../../schema/sentences.it.json");

/// The lists of whole sentences; the others hold parts.
const WHOLE: [&str; 3] = ["connections", "payments", "former"];

/// How many parts deep a sentence may be. Names of operators stand in sentences, and nobody vouches for them.
const DEPTH_MAX: usize = 64;

/// Where the file cannot be read everything stays in English; a test holds that it can.
static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());

/// A sentence of the analysis in Italian; nothing where its form is not known.
pub(crate) fn in_italian(sentence: &str) -> Option<String> {
    WHOLE.iter().find_map(|list| said(list, sentence, DEPTH_MAX))
}

/// What has one of the forms of a list, in Italian.
fn said(list: &str, text: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let forms = SENTENCES.lists.get(list)?;
    forms.iter().find_map(|(form, italian)| written(italian, &found(form, text)?, depth))
}

/// What stands in the places of a form, where the text has that form. A place ends where the text that follows it in the
/// form first stands.
fn found<'t>(form: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut out = Vec::new();
    let mut parts = form.split('{');
    let mut rest = text.strip_prefix(parts.next()?)?;
    for part in parts {
        let (kind, literal) = part.split_once('}')?;
        let end = if literal.is_empty() { rest.len() } else { rest.find(literal)? };
        let (place, after) = rest.split_at_checked(end)?;
        if place.is_empty() || !place.chars().all(|c| belongs(kind, c)) {
            return None;
        }
        if kind != "~" {
            out.push(place);
        }
        rest = after.strip_prefix(literal)?;
    }
    rest.is_empty().then_some(out)
}

fn belongs(kind: &str, c: char) -> bool {
    match kind {
        "d" => c.is_ascii_digit(),
        "w" => !c.is_ascii_whitespace(),
        "~" => c.is_ascii_alphabetic(),
        _ => true,
    }
}

/// The Italian of a form with its places filled; nothing where one of them cannot be said.
fn written(italian: &str, places: &[&str], depth: usize) -> Option<String> {
    let mut parts = italian.split('{');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (place, literal) = part.split_once('}')?;
        out.push_str(&filled(place, places, depth)?);
        out.push_str(literal);
    }
    Some(out)
}

fn filled(place: &str, places: &[&str], depth: usize) -> Option<String> {
    let at = |index: &str| places.get(index.parse::<usize>().ok()?).copied();
    if let Some((index, words)) = place.split_once('|') {
        let (one, many) = words.split_once('|')?;
        return Some(if at(index)? == "1" { one } else { many }.to_owned());
    }
    if let Some((index, list)) = place.split_once(':') {
        return said(list, at(index)?, depth);
    }
    match place.strip_suffix(',') {
        Some(index) => Some(at(index)?.replace('.', ",")),
        None => Some(at(place)?.to_owned()),
    }
}
