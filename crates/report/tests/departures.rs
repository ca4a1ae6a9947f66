//! What leaves a case: the same bytes twice and again, no personal data unless a reason is given, nothing that a hostile value
//! can do, and everything in the custody log.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use tutela_case::{
    Basis, Case, Decision, GateName, IntakeOptions, JudgementKind, LineCheckKind, NewJudgement, Part, RunOptions,
};
use tutela_model::lead::{LineRef, LineStatus};
use tutela_report::{
    DossierOptions, EXPORT_FORMATS, ExportFormat, ExportOptions, Lang, defence_bundle, dossier, dossier_again, export,
};

/// A family name that stands in the register and must be in nothing that is masked.
const PLANTED: &str = "Zebrapianta";
/// An account whose name would be a program, a mark-up or a formula wherever text is not kept as text.
const HOSTILE: &str = "=#read(\"/etc/passwd\") $x$ *b* `r` <l> @l & ]]> \u{202E}evil\u{202C} 名前 \u{1}";

fn district(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/district");
    std::fs::read_to_string(folder.join(file)).unwrap()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The district of the command's tests, with a planted name and a hostile account.
fn case(dir: &Path) -> Case {
    let mut files: BTreeMap<&str, String> = ["account.csv", "assignment.csv", "line.csv", "person.csv", "session.csv"]
        .into_iter()
        .map(|f| (f, district(f)))
        .collect();
    let person = files["person.csv"].replace("Esempio", PLANTED);
    files.insert("person.csv", person);
    let mut hostile = String::new();
    for day in 1..5 {
        hostile.push_str(&format!("chat,{},2026-03-0{day}T05:00:00Z,stated,2,203.0.113.50,,login,\n", quoted(HOSTILE)));
    }
    *files.get_mut("session.csv").unwrap() += &hostile;
    let mut case = Case::init(&dir.join("case"), "tester").unwrap();
    let text = |t: &str| t.to_owned();
    case.add_basis(&Basis {
        basis_id: text("B1"),
        act: text("order *1* #x"),
        authority: text("a court"),
        scope: text("all"),
        from_date: text("2020-01-01"),
        until_date: text("2099-12-31"),
    })
    .unwrap();
    for (name, text) in files {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        case.intake(&path, "B1", &IntakeOptions::default()).unwrap();
    }
    let options =
        RunOptions { steps: Vec::new(), set: Vec::new(), memory_bytes: 128 << 20, partitions: 2, verify: false };
    case.run(&options, &|_| {}).unwrap();
    case
}

/// The text of a PDF; nothing where no program is there that reads it.
fn text_of(pdf: &[u8], dir: &Path) -> Option<String> {
    let path = dir.join("read.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new("pdftotext").args(["-layout".as_ref(), path.as_os_str(), "-".as_ref()]).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

fn supported(case: &Case) -> String {
    case.leads().unwrap().1.leads.iter().find(|l| l.person_ref.is_some()).unwrap().lead_ref.clone()
}

fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

#[test]
fn the_same_bytes_twice_and_again_after_later_acts() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    let lead = supported(&case);
    let masked = DossierOptions::masked(Lang::It);
    let first = dossier(&mut case, &lead, &masked).unwrap();
    assert!(first.pdf.starts_with(b"%PDF-1."));
    assert_eq!(first.pdf, dossier(&mut case, &lead, &masked).unwrap().pdf, "a look and a dossier change nothing");
    case.sign_off(&lead, GateName::Resolution, Decision::Signed, "read, and stands").unwrap();
    assert_ne!(first.pdf, dossier(&mut case, &lead, &masked).unwrap().pdf, "a decision stands in the next one");
    let (again, same) = dossier_again(&mut case, first.entry).unwrap();
    assert!(same && again.pdf == first.pdf, "the old one comes out as it was");
    let act = case.acts().unwrap().into_iter().find(|e| e.index == first.entry).unwrap();
    assert_eq!((act.act.as_str(), act.subject.as_str()), ("dossier", lead.as_str()));
    assert_eq!(act.detail["sha256"], first.sha256.as_str());
    assert!(dossier_again(&mut case, 0).is_err(), "another act is no dossier");
    assert!(dossier(&mut case, "nobody", &masked).is_err());
}

#[test]
fn masked_by_default_and_named_for_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    let lead = supported(&case);
    for lang in [Lang::En, Lang::It] {
        let made = dossier(&mut case, &lead, &DossierOptions::masked(lang)).unwrap();
        assert!(text_of(&made.pdf, dir.path()).is_none_or(|t| !t.contains(PLANTED)), "{lang:?}");
    }
    let named = DossierOptions { unmask: Some("for the hearing".to_owned()), ..DossierOptions::masked(Lang::En) };
    let made = dossier(&mut case, &lead, &named).unwrap();
    match text_of(&made.pdf, dir.path()) {
        Some(text) => assert!(text.contains(PLANTED) && text.contains("for the hearing")),
        None => assert_ne!(made.pdf, dossier(&mut case, &lead, &DossierOptions::masked(Lang::En)).unwrap().pdf),
    }
    let reveals: Vec<_> = case.acts().unwrap().into_iter().filter(|e| e.act == "reveal").collect();
    assert_eq!(reveals.len(), 1, "the reveal is logged");
    assert_eq!(reveals[0].detail["reason"], "for the hearing");
    for format in EXPORT_FORMATS {
        let masked = everything(&export(&mut case, &ExportOptions::masked(format)).unwrap().bytes, format);
        assert!(!masked.contains(PLANTED), "{format:?}");
        let options = ExportOptions { unmask: Some("for the hearing".to_owned()), ..ExportOptions::masked(format) };
        let named = everything(&export(&mut case, &options).unwrap().bytes, format);
        assert!(format == ExportFormat::Parquet || named.contains(PLANTED), "{format:?}");
    }
    let empty = DossierOptions { unmask: Some(" ".to_owned()), ..DossierOptions::masked(Lang::En) };
    assert!(dossier(&mut case, &lead, &empty).is_err(), "a reason has words");
}

/// An export as one text, unpacked.
fn everything(bytes: &[u8], format: ExportFormat) -> String {
    match format {
        ExportFormat::I2 => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        ExportFormat::Csv | ExportFormat::Parquet => {
            unzip(bytes).values().map(|b| String::from_utf8_lossy(b).into_owned()).collect()
        }
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

#[test]
fn a_hostile_value_stays_a_text() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    for lang in [Lang::En, Lang::It] {
        let made = dossier(&mut case, HOSTILE, &DossierOptions::masked(lang)).unwrap();
        let Some(text) = text_of(&made.pdf, dir.path()) else { continue };
        assert!(text.contains("=#read(\"/etc/passwd\") $x$ *b* `r` <l> @l & ]]>"), "{text:.600}");
        // Lines may break anywhere in it.
        let joined: String = text.split_whitespace().collect();
        assert!(joined.contains("[U+202E]evil[U+202C][U+540D][U+524D][U+0001]"), "{text:.600}");
    }
    let csv = unzip(&export(&mut case, &ExportOptions::masked(ExportFormat::Csv)).unwrap().bytes);
    let leads = String::from_utf8(csv["lead.csv"].clone()).unwrap();
    assert!(leads.contains("\"'=#read(\"\"/etc/passwd\"\")"), "a formula does not run");
    let anx = everything(&export(&mut case, &ExportOptions::masked(ExportFormat::I2)).unwrap().bytes, ExportFormat::I2);
    assert!(anx.contains("=#read(&quot;/etc/passwd&quot;)") && anx.contains("[U+0001]"));
    for format in [ExportFormat::Case, ExportFormat::Ftm] {
        let text = everything(&export(&mut case, &ExportOptions::masked(format)).unwrap().bytes, format);
        for line in if format == ExportFormat::Ftm { text.lines().collect() } else { vec![text.as_str()] } {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[test]
fn both_languages_have_the_same_sections_in_the_same_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    let lead = supported(&case);
    let words = [include_str!("../src/dossier/words.en.json"), include_str!("../src/dossier/words.it.json")];
    for (lang, words) in [Lang::En, Lang::It].into_iter().zip(words) {
        let made = dossier(&mut case, &lead, &DossierOptions::masked(lang)).unwrap();
        let Some(text) = text_of(&made.pdf, dir.path()) else { return };
        let words: serde_json::Value = serde_json::from_str(words).unwrap();
        let pages = text.split('\u{c}').skip(1).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut rest = pages.as_str();
        for section in [
            "propositions",
            "against",
            "for",
            "hypotheses",
            "next",
            "not_found",
            "lines",
            "pictures",
            "requests",
            "decisions",
            "method",
            "calibration",
            "sources",
            "custody",
            "records",
            "params",
        ] {
            let title = words["s"][section].as_str().unwrap();
            let place = rest.find(title).unwrap_or_else(|| panic!("{lang:?}: {title} is missing, or not in its place"));
            rest = rest.split_at(place + title.len()).1;
        }
    }
}

#[test]
fn a_search_in_vain_and_a_split_stand_in_the_dossier_and_the_bundle() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    let lead = supported(&case);
    let before = dossier(&mut case, &lead, &DossierOptions::masked(Lang::En)).unwrap();
    let (_, document) = case.leads().unwrap();
    let lines = &document.leads.iter().find(|l| l.lead_ref == lead).unwrap().lines;
    let of = lines.iter().find(|l| l.status == LineStatus::Single).unwrap();
    let line = LineRef { operator: of.operator.clone(), line_ref: of.line_ref.clone() };
    case.check_line(&line, LineCheckKind::NothingFound, "2026-03-20", "report 7 of the unit").unwrap();
    for (lang, [alarm, listed]) in [
        (Lang::En, ["found nothing. Before anybody is named", "a search found nothing"]),
        (Lang::It, ["non ha trovato nulla. Prima di nominare", "una perquisizione non ha trovato nulla"]),
    ] {
        let made = dossier(&mut case, &lead, &DossierOptions::masked(lang)).unwrap();
        let Some(text) = text_of(&made.pdf, dir.path()) else { continue };
        let words = |page: &str| page.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = words(text.split('\u{c}').next().unwrap());
        assert!(first.contains(alarm), "{lang:?}: {first}");
        // In a column of a table lines of other cells stand between.
        let rest = words(&text);
        assert!(listed.split(' ').all(|w| rest.contains(w)) && rest.contains("report 7"), "{lang:?}");
    }
    let part = |name: &str| Part { name: name.to_owned(), person_ref: None, evidence_refs: Vec::new() };
    let split = NewJudgement {
        kind: JudgementKind::Split,
        leads: vec![lead.clone()],
        parts: vec![part("first"), part("second")],
        reason: "two hands".to_owned(),
    };
    case.judge(&split).unwrap();
    let made = dossier(&mut case, &lead, &DossierOptions::masked(Lang::En)).unwrap();
    let told = |t: String| {
        let first = t.split('\u{c}').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        t.contains("Part second: person not known; items none named") && first.contains("This lead was split by tester")
    };
    assert!(text_of(&made.pdf, dir.path()).is_none_or(told));
    let bundle = defence_bundle(&mut case, &lead, &DossierOptions::masked(Lang::En), None).unwrap();
    let files = unzip(&bundle.zip);
    let against: serde_json::Value = serde_json::from_slice(&files["exculpatory.json"]).unwrap();
    assert_eq!(against["line_alarms"][0]["searches"], 1, "{against}");
    assert_eq!(against["line_checks"][0]["how"], "report 7 of the unit");
    let (again, same) = dossier_again(&mut case, before.entry).unwrap();
    assert!(same && again.pdf == before.pdf, "what was handed out before the search comes out as it was");
}

#[test]
fn a_bundle_and_an_export_carry_proofs_that_hold() {
    let dir = tempfile::tempdir().unwrap();
    let mut case = case(dir.path());
    let lead = supported(&case);
    let make = |case: &mut Case| {
        defence_bundle(case, &lead, &DossierOptions::masked(Lang::En), Some(b"a program".to_vec())).unwrap()
    };
    let (one, two) = (make(&mut case), make(&mut case));
    assert_eq!(one.zip, two.zip, "the same bytes twice");
    let files = unzip(&one.zip);
    for name in [
        "README.txt",
        "dossier-en.pdf",
        "dossier-it.pdf",
        "exculpatory.json",
        "lead.json",
        "evidence.json",
        "HOW-TO-CHECK.txt",
        "method/parameters.csv",
        "method/run.json",
        "calibration/trial.json",
        "checkpoint",
        "log.vkey",
        "verifier/tutela-verify",
    ] {
        assert!(files.contains_key(name), "{name}");
    }
    let sql = files.iter().find(|(name, _)| name.contains("resolve_sessions")).unwrap().1;
    assert_eq!(Some(std::str::from_utf8(sql).unwrap()), tutela_analysis::step("resolve_sessions").unwrap().sql());
    let manifest = String::from_utf8(files["MANIFEST.sha256"].clone()).unwrap();
    assert_eq!(manifest.lines().count(), files.len() - 1);
    assert!(!String::from_utf8_lossy(&files["evidence.json"]).contains(PLANTED));
    let exported = export(&mut case, &ExportOptions::masked(ExportFormat::Case)).unwrap();
    assert_eq!(exported.bytes, export(&mut case, &ExportOptions::masked(ExportFormat::Case)).unwrap().bytes);
    let beside = unzip(&exported.proofs);
    let key = case.log_key().unwrap();
    let mut acts = Vec::new();
    for (name, bytes) in files.iter().chain(&beside).filter(|(name, _)| name.starts_with("proofs/")) {
        let proof = tutela_case::custody::Inclusion::parse(std::str::from_utf8(bytes).unwrap()).unwrap();
        proof.verify(&key).unwrap();
        acts.push(name.split(['-', '.']).nth(1).unwrap().to_owned());
    }
    for act in ["case_init", "basis_add", "intake", "run", "export"] {
        assert!(acts.iter().any(|a| a == act), "no proof of {act}: {acts:?}");
    }
}
