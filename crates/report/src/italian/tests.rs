//! The Italian is held to the English: to the table that the workbench is held to as well, and to the text of the analysis.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use tutela_model::likelihood::SCALE;

use super::{DEPTH_MAX, SENTENCES, WHOLE, found, in_italian, written};

/// The analysis's own words, which are private to it.
#[path = "../../../analysis/src/payment_leads/words.rs"]
mod payment_words;

const TABLE: &str = include_str!("../../../../schema/sentences.it.tests.json");
const PAYMENT_WORDS: &str = include_str!("../../../analysis/src/payment_leads/words.rs");
const PAYMENT_ITEMS: &str = include_str!("../../../analysis/src/steps/weigh_payments.sql");

/// Where the analysis writes sentences.
const WORDS: [&str; 5] = [
    PAYMENT_WORDS,
    include_str!("../../../analysis/src/leads/evidence.rs"),
    include_str!("../../../analysis/src/leads/hypotheses.rs"),
    include_str!("../../../analysis/src/leads/mod.rs"),
    include_str!("../../../analysis/src/leads/words.rs"),
];

/// Sentences of the analysis, and what is said for each in Italian.
fn table() -> Vec<(String, Option<String>)> {
    serde_json::from_str(TABLE).unwrap()
}

/// The texts in quotation marks of a source, as the compiler reads them.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut out = Vec::new();
    let mut chars = code.chars();
    while chars.any(|c| c == '"') {
        let mut text = String::new();
        while let Some(c) = chars.next().filter(|c| *c != '"') {
            match c {
                '\\' => match chars.next() {
                    Some('\n') => chars = chars.as_str().trim_start().chars(),
                    escaped => text.extend(escaped),
                },
                _ => text.push(c),
            }
        }
        out.push(text);
    }
    out
}

/// Whether a sentence may have been made from a literal: what stands outside its places stands in the sentence, in order.
fn made_from(sentence: &str, literal: &str) -> bool {
    let mut rest = sentence;
    literal.split('{').map(|part| part.split_once('}').map_or(part, |(_, text)| text)).all(|text| {
        let after = rest.split_once(text);
        rest = after.map_or("", |(_, after)| after);
        after.is_some()
    })
}

#[test]
fn every_sentence_of_the_table_is_said_as_it_stands_there() {
    let table = table();
    assert!(table.len() > 100);
    for (english, italian) in &table {
        assert_eq!(in_italian(english), *italian, "{english}");
    }
}

#[test]
fn every_form_with_figures_has_examples_of_one_and_of_several() {
    let table = table();
    let forms = WHOLE.iter().flat_map(|list| &SENTENCES.lists[*list]).filter(|(form, _)| form.contains('{'));
    for (form, italian) in forms {
        let examples: Vec<Vec<&str>> = table
            .iter()
            .filter_map(|(english, expected)| {
                let places = found(form, english)?;
                (expected.is_some() && written(italian, &places, DEPTH_MAX) == *expected).then_some(places)
            })
            .collect();
        assert!(!examples.is_empty(), "no example: {form}");
        for (index, _) in italian.split('{').filter_map(|part| part.split_once('}')?.0.split_once('|')) {
            let index: usize = index.parse().unwrap();
            assert!(examples.iter().any(|places| places[index] == "1"), "no example of one in place {index}: {form}");
            assert!(
                examples.iter().any(|places| places[index] != "1"),
                "no example of several in place {index}: {form}"
            );
        }
    }
}

#[test]
fn every_text_that_the_analysis_makes_sentences_of_is_known() {
    let fixed = SENTENCES.lists.values().flatten().map(|(form, _)| form.clone()).filter(|form| !form.contains('{'));
    let examples = table().into_iter().filter(|(_, italian)| italian.is_some()).map(|(english, _)| english);
    let known: Vec<String> = fixed.chain(examples).collect();
    let mut seen = 0;
    for literal in WORDS.into_iter().flat_map(literals).filter(|literal| literal.contains(' ')) {
        assert!(known.iter().any(|sentence| made_from(sentence, &literal)), "no Italian for: {literal}");
        seen += 1;
    }
    assert!(seen > 150, "{seen}");
}

/// What the stage of items writes beside an item of this kind.
fn details(kind: &str) -> Vec<String> {
    let sequence = PAYMENT_ITEMS.split('\'').filter(|text| {
        text.strip_suffix(';').is_some_and(|t| t.starts_with(char::is_alphabetic) && !t.contains([';', '.']))
    });
    let contacts = ["message:5:7:3:56", "session:1:7:0:56", "trip:4:7:1:42"];
    let (one, all): (Vec<&str>, String) = match kind {
        "sequence" => (sequence.clone().collect(), sequence.collect()),
        "near_contact" => (contacts.to_vec(), contacts.join(";")),
        "passes_on" => (vec!["EUR:1:6:11:9"], "EUR:1:1:1:1;PHP:2:6:11:9;USD:3:2:2:1".to_owned()),
        "paid_in_common" => (Vec::new(), "4:9:5:12000:-7.25:-4.1".to_owned()),
        "paid_like_rent" => (Vec::new(), "8:11".to_owned()),
        "shares_details" => (vec!["1"], "7".to_owned()),
        _ => (Vec::new(), String::new()),
    };
    one.into_iter().map(str::to_owned).chain([all]).collect()
}

#[test]
fn everything_that_the_analysis_says_of_payments_is_known() {
    let check = |english: &str| assert!(in_italian(english).is_some(), "{english}");
    payment_words::PROPOSITIONS.into_iter().for_each(check);
    let codes: Vec<String> = literals(PAYMENT_WORDS).into_iter().filter(|l| !l.contains([' ', '{'])).collect();
    assert!(codes.len() > 40, "{codes:?}");
    for code in codes.iter().map(String::as_str).chain(["another"]) {
        check(payment_words::reason(code));
        check(payment_words::would_decide(code));
        check(payment_words::innocent(code));
        for (detail, payments, recipients) in details(code).iter().flat_map(|d| [(d, 1, 1), (d, 12, 3)]) {
            check(&payment_words::finding(code, detail, payments, recipients));
        }
    }
    assert_eq!(details("sequence").len(), 5, "four words, and all of them");
}

#[test]
fn the_words_of_ratios_are_those_of_the_scale() {
    for band in SCALE {
        assert_eq!(in_italian(band.words.en).as_deref(), Some(band.words.it));
    }
}

#[test]
fn a_sentence_without_end_is_left_alone() {
    let part = "log-ins of both 1 of 7 (the same hour of other days: 0 of 56)";
    let of =
        |parts: usize| format!("7 payments come near contact with the recipient: {}", vec![part; parts].join("; "));
    assert!(in_italian(&of(20)).is_some());
    assert_eq!(in_italian(&of(200)), None);
}
