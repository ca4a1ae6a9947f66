//! Payments: what a right reader gets from files nobody here wrote, mappings that come with Tutela, and exact sums.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test may stop")]

mod reading;

use std::path::{Path, PathBuf};

use reading::{Collected, Columns, read_bytes};
use tutela_formats::{HEAD_BYTES, Mapping, ReadSummary, choose, shipped};
use tutela_model::TableId;
use tutela_model::money::Amount;

/// Files that nobody here wrote; not part of the repository. Tests that need them say so where they are absent.
fn sample(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.ancestors().map(|folder| folder.join("shared/samples").join(name)).find(|path| path.exists());
    let named = || std::env::var_os("TUTELA_SAMPLES").map(|folder| Path::new(&folder).join(name));
    let path = path.or_else(|| named().filter(|path| path.exists()));
    if path.is_none() {
        println!("passed over: no sample {name}; set TUTELA_SAMPLES to the folder of samples");
    }
    path
}

fn read(bytes: &[u8], file_name: &str, mapping: Option<&Mapping>) -> (ReadSummary, Collected) {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let format = choose(head, file_name, mapping).unwrap_or_else(|error| panic!("{error}"));
    read_bytes(format, bytes, mapping).unwrap_or_else(|error| panic!("{file_name}: {error}"))
}

fn read_sample(name: &str) -> Option<(ReadSummary, Collected)> {
    sample(name).map(|path| read(&std::fs::read(&path).unwrap(), name, None))
}

/// Booked money by side and currency: batches as a whole, not their items.
fn sums(payments: &[Columns]) -> Vec<(String, String)> {
    let mut sums = std::collections::BTreeMap::<String, Amount>::new();
    for payment in payments.iter().filter(|p| p.get("batch_role").is_none_or(|role| role != "item")) {
        let key = format!("{} {}", payment.get("side").map_or("-", String::as_str), payment["currency"]);
        let amount = Amount::parse(&payment["amount"]).unwrap();
        let sum = sums.entry(key).or_default();
        *sum = sum.checked_add(amount).unwrap();
    }
    sums.into_iter().map(|(key, sum)| (key, sum.to_string())).collect()
}

/// Entries with their sums, items of batches, and balances.
type Figures = (&'static str, usize, &'static [(&'static str, &'static str)], usize, usize);

const CAMT: &[Figures] = &[
    ("camt052.v1.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt052.v2.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt052.v2.with-account-name.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt052.v4.xml", 1, &[("debit SEK", "200000")], 0, 1),
    ("camt052.v6.Amt-zero.xml", 1, &[("debit SEK", "200000")], 0, 1),
    ("camt053.v2.minimal.xml", 1, &[("credit EUR", "8.85")], 0, 4),
    ("camt053.v3.xml", 1, &[("credit EUR", "8.85")], 0, 4),
    ("camt053.v4.xml", 1, &[("credit EUR", "8.85")], 0, 4),
    ("camt053.v2.with-account-name.xml", 1, &[("credit EUR", "8.85")], 0, 1),
    ("camt053.v2.five.decimals.xml", 1, &[("credit EUR", "8.85")], 0, 2),
    ("camt053.v2.multi.statement.xml", 2, &[("credit EUR", "8.85"), ("debit EUR", "7")], 0, 4),
    ("camt53.only-Dt-with-DtTm.xml", 0, &[], 0, 1),
    ("camt054.v2.with-account-name.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt054.v8-with-UETR.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt054.v8-with-financial-institution.xml", 1, &[("debit SEK", "200000")], 0, 0),
    // Its three transactions have no amount each: a note says so.
    ("camt054.v2.xml", 1, &[("debit SEK", "200000")], 0, 0),
    ("camt054.v8.xml", 1, &[("debit SEK", "200000")], 3, 0),
    ("business/business_sample_camt.053.001.04.xml", 3, &[("credit SEK", "135678.5"), ("debit SEK", "200000")], 0, 2),
];

#[test]
fn account_reports_read_to_their_figures() {
    for (name, entries, expected, items, balances) in CAMT {
        let Some((summary, collected)) = read_sample(&format!("camt/{name}")) else { return };
        let payments = collected.of(TableId::Payment);
        let is_item = |payment: &&Columns| payment.get("batch_role").is_some_and(|role| role == "item");
        assert_eq!(summary.rows_refused, 0, "{name}: {:?}", collected.issues);
        assert_eq!(payments.iter().filter(|p| !is_item(p)).count(), *entries, "{name}");
        assert_eq!(payments.iter().filter(is_item).count(), *items, "{name}");
        let found = sums(&payments);
        let found: Vec<_> = found.iter().map(|(key, sum)| (key.as_str(), sum.as_str())).collect();
        assert_eq!(found, *expected, "{name}");
        let accounts = collected.of(TableId::PaymentAccount);
        assert_eq!(accounts.iter().filter(|a| a.contains_key("balance")).count(), *balances, "{name}");
    }
    let (_, noted) = read_sample("camt/camt054.v2.xml").unwrap();
    assert!(noted.issues.iter().any(|issue| issue.found == "3 without an amount each"), "{:?}", noted.issues);
    let path = sample("camt/camt053.v2.wrong.xml").unwrap();
    let bytes = std::fs::read(path).unwrap();
    let format = choose(&bytes, "wrong.xml", None).unwrap();
    let error = read_bytes(format, &bytes, None).err().unwrap().to_string();
    assert!(error.contains("expected an element Rpt, Stmt or Ntfctn"), "{error}");
}

#[test]
fn credit_transfers_read_to_their_figures() {
    let Some((_, collected)) = read_sample("iso20022/pacs.008.001.07.xml") else { return };
    let payments = collected.of(TableId::Payment);
    assert_eq!(sums(&payments), [("- USD".to_owned(), "5000".to_owned())]);
    assert_eq!(payments[0]["debtor_name"], "JOHN DOE");
    assert_eq!(payments[0]["debtor_provider"], "ITUSUSP1");
    assert_eq!(payments[0]["value_date"], "2018-07-31");
    assert_eq!(payments[0].get("at_utc"), None, "no zone is stated");
    let notes: Vec<_> = collected.issues.iter().map(|issue| issue.column.as_deref().unwrap_or("")).collect();
    assert_eq!(notes, ["CtrlSum", "TtlIntrBkSttlmAmt"], "the header disagrees by design");
    for other in ["iso20022/pacs.002-CDATA.xml", "iso20022/pacs.009.001.07.xml"] {
        let bytes = std::fs::read(sample(other).unwrap()).unwrap();
        let format = choose(&bytes, other, None).unwrap();
        let error = read_bytes(format, &bytes, None).err().unwrap().to_string();
        assert!(error.contains("moves no money"), "{other}: {error}");
    }
}

#[test]
fn mt103_messages_read_to_their_figures() {
    let Some((summary, collected)) = read_sample("mt/MT103-out-ack.rje") else { return };
    let payments = collected.of(TableId::Payment);
    assert_eq!((summary.rows, summary.rows_refused), (13, 0), "{:?}", collected.issues);
    assert_eq!(
        sums(&payments),
        [("- EUR".to_owned(), "2025931.75".to_owned()), ("- USD".to_owned(), "1814.28".to_owned())]
    );
    assert_eq!(payments.iter().filter(|p| p.contains_key("uetr")).count(), 1);
    let both: Vec<_> = payments.iter().filter(|p| p.contains_key("instructed_amount")).collect();
    assert_eq!(both.len(), 1);
    assert_eq!((both[0]["amount"].as_str(), both[0]["instructed_amount"].as_str()), ("765432", "1765432"));
    assert!(payments.iter().any(|p| p["value_date"] == "2001-10-28"));
}

#[test]
fn goaml_reports_read_to_their_figures() {
    let Some((_, two)) = read_sample("goaml/str_bi_party.xml") else { return };
    let payments = two.of(TableId::Payment);
    assert_eq!(sums(&payments), [("- EUR".to_owned(), "134.99".to_owned())]);
    let distinct = |column: &str| payments.iter().map(|p| p[column].clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(distinct("debtor_account").len(), 1);
    assert_eq!(distinct("creditor_account").len(), 2);
    assert!(payments.iter().all(|p| !p.contains_key("at_utc") && p.contains_key("booked_date")), "no zone is stated");
    let (_, many) = read_sample("goaml/str_multi_party.xml").unwrap();
    assert_eq!(sums(&many.of(TableId::Payment)), [("- EUR".to_owned(), "200.5".to_owned())]);
    let mentions = many.of(TableId::Mention);
    for (kind, value) in [
        ("ip_port", "203.0.113.45:41017"),
        ("ip", "2001:db8:0:42::a7"),
        ("wallet", "wallet-test-0001"),
        ("account", "telegram:@aldo_prova_test"),
    ] {
        assert!(mentions.iter().any(|m| m["kind"] == kind && m["value"] == value), "{kind} {value}");
    }
    let zoned = Mapping::from_yaml("dates: {at_utc: {zone: Europe/Rome}}").unwrap();
    let bytes = std::fs::read(sample("goaml/str_multi_party.xml").unwrap()).unwrap();
    let (_, zoned) = read(&bytes, "report.xml", Some(&zoned));
    let sessions = zoned.of(TableId::Session);
    assert_eq!(sessions.len(), 4);
    assert_eq!(sessions[0]["at_utc"], "2026-03-06T17:19:41Z");
    assert_eq!((sessions[0]["ip"].as_str(), sessions[0]["port"].as_str()), ("203.0.113.45", "41017"));
}

#[test]
fn two_banks_lists_read_to_their_sums() {
    let sides = [("transactions_origin.csv", "223789349.41"), ("transactions_destination.csv", "223696211.31")];
    for (name, expected) in sides {
        let Some(path) = sample(&format!("linkage/{name}")) else { return };
        let bytes = std::fs::read(path).unwrap();
        let mapping =
            "table: payment\ncolumns: {amount: amount, ground_truth: payment_ref}\nconstants: {currency: GBP}\n";
        let (summary, collected) = read(&bytes, name, Some(&Mapping::from_yaml(mapping).unwrap()));
        assert_eq!((summary.rows, summary.rows_refused), (22_693, 0), "{:?}", collected.issues.first());
        assert_eq!(sums(&collected.of(TableId::Payment)), [("- GBP".to_owned(), expected.to_owned())]);
    }
}

#[test]
fn a_paypal_download_is_read_whatever_its_columns() {
    let mapping = shipped("paypal_activity").unwrap().unwrap();
    let text = "\u{feff}\"Date\",\"Time\",\"TimeZone\",\"Name\",\"Type\",\"Status\",\"Currency\",\"Gross\",\"Fee\",\"Net\",\
        \"From Email Address\",\"To Email Address\",\"Transaction ID\",\"Reference Txn ID\",\"Balance\"\n\
        \"02/03/2026\",\"21:14:05\",\"CET\",\"Prova\",\"Mobile Payment\",\"Completed\",\"EUR\",\"-1,035.50\",\"-1.20\",\"-1,036.70\",\
        \"Aldo@Example.org\",\"prova@example.com\",\"1AB\",\"\",\"0.00\"\n\
        \"04/03/2026\",\"10:00:00\",\"CET\",\"Prova\",\"Payment Refund\",\"Completed\",\"EUR\",\"1,035.50\",\"\",\"1,035.50\",\
        \"prova@example.com\",\"aldo@example.org\",\"2AB\",\"1AB\",\"0.00\"\n\
        \"04/03/2026\",\"10:00:00\",\"CST\",\"Prova\",\"Mobile Payment\",\"Completed\",\"EUR\",\"5.00\",\"\",\"5.00\",\
        \"prova@example.com\",\"aldo@example.org\",\"3AB\",\"\",\"0.00\"\n\
        \"04/03/2026\",\"10:00:00\",\"CET\",\"Prova\",\"Mobile Payment\",\"Completed\",\"EUR\",\"10,35.50\",\"\",\"5.00\",\
        \"prova@example.com\",\"aldo@example.org\",\"4AB\",\"\",\"0.00\"\n";
    let (summary, collected) = read(text.as_bytes(), "Download.CSV", Some(&mapping));
    let payments = collected.of(TableId::Payment);
    assert_eq!((summary.rows, summary.rows_refused), (4, 2), "{:?}", collected.issues);
    let sent = &payments[0];
    for (column, value) in [
        ("amount", "1035.5"),
        ("side", "debit"),
        ("fee_amount", "1.2"),
        ("fee_currency", "EUR"),
        ("debtor_account", "email:aldo@example.org"),
        ("creditor_account", "email:prova@example.com"),
        ("at_utc", "2026-03-02T20:14:05Z"),
        ("status", "booked"),
        ("is_reversal", "false"),
        ("channel", "Mobile Payment"),
    ] {
        assert_eq!(sent[column], value, "{column}");
    }
    assert_eq!((payments[1]["is_reversal"].as_str(), payments[1]["related_ref"].as_str()), ("true", "1AB"));
    let few = "Time Zone,Transaction ID\n";
    assert!(read_bytes(tutela_formats::by_id("csv").unwrap(), few.as_bytes(), Some(&mapping)).is_err());
}

#[test]
fn fixed_columns_need_no_headings() {
    let mapping = shipped("suspicious_transactions").unwrap().unwrap();
    let text = "S-1;O-1;02/03/2026;21:14:05;1.035,50;EUR;IT51X9999999999000000012345;Aldo Provanti;IT;+39 06 5550100;;PH;MT;\n\
        S-1;O-2;03/03/2026;21:14:05;35,00;EUR;IT51X9999999999000000012345;;IT;;;PH;;\n";
    let (summary, collected) = read(text.as_bytes(), "list.csv", Some(&mapping));
    let payments = collected.of(TableId::Payment);
    assert_eq!((summary.rows, payments.len()), (2, 2), "{:?}", collected.issues);
    assert_eq!(sums(&payments), [("- EUR".to_owned(), "1070.5".to_owned())]);
    assert_eq!(payments[0]["creditor_account"], "phone:+39065550100");
    assert_eq!(payments[0]["at_utc"], "2026-03-02T20:14:05Z");
}

/// A tenth cannot be held in binary floating point; ten thousand of them must still be a thousand.
#[test]
fn no_cent_is_lost() {
    let mut text = String::from("amount,currency\n");
    for number in 0..10_000_u32 {
        text.push_str(if number % 2 == 0 { "0.1,EUR\n" } else { "90071992547409.93,USD\n" });
    }
    let (_, collected) = read(text.as_bytes(), "payments.csv", None);
    // 2^53 hundredths and one: the first amount that a binary fraction of 64 bits gets wrong.
    let usd = 5_000_i128 * 9_007_199_254_740_993;
    let expected = Amount::from_units(usd * 10_i128.pow(16)).to_string();
    let found = sums(&collected.of(TableId::Payment));
    assert_eq!(found, [("- EUR".to_owned(), "500".to_owned()), ("- USD".to_owned(), expected)]);
}

/// Nothing that reads or sums money may name a binary fraction. The words are looked for in the sources themselves.
#[test]
fn readers_of_money_know_no_binary_fractions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [
        "../model/src/money.rs",
        "src/csv/cells.rs",
        "src/csv/plan.rs",
        "src/put.rs",
        "src/columns.rs",
        "src/iso_20022.rs",
        "src/mt103.rs",
        "src/pacs_008/mod.rs",
        "src/camt_statement/mod.rs",
        "src/camt_statement/entry.rs",
        "src/camt_statement/sums.rs",
        "src/goaml_5/mod.rs",
        "src/goaml_5/party.rs",
        "src/goaml_5/transaction.rs",
    ];
    for file in files {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        for word in ["f64", "f32", "Float64", "Float32"] {
            assert!(!text.contains(word), "{file} names {word}");
        }
    }
}
