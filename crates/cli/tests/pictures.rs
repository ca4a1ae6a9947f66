//! The index that pictures are looked up in says what the records say, names nobody, and does not outlive what it may be drawn
//! from.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use support::{district, ok, run_district};
use tutela_case::{Case, NodeKey, Pictures, TimeQuery, ViewQuery};

fn key(text: &str) -> NodeKey {
    NodeKey::parse(text).unwrap()
}

fn drawn(case: &str) -> Pictures {
    // The case need not stay open: drawing needs no more of it.
    let order = Case::open(Path::new(case), "tester").unwrap().picture_order().unwrap();
    order.draw(64 << 20, 2).unwrap()
}

/// Rows of a table of the district, by column.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(district().join(format!("{table}.csv"))).unwrap();
    let mut lines = text.lines();
    let head: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
    lines.map(|line| head.iter().cloned().zip(line.split(',').map(str::to_owned)).collect()).collect()
}

#[test]
fn the_graph_says_what_the_records_say() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = drawn(&run_district(dir.path()));
    let sessions = rows("session");
    let accounts: BTreeSet<String> =
        sessions.iter().map(|r| format!("account:{}:{}", r["platform"], r["account_ref"])).collect();
    let mut compared = 0;
    for account in &accounts {
        let of_account =
            || sessions.iter().filter(|r| *account == format!("account:{}:{}", r["platform"], r["account_ref"]));
        for (kind, column) in [("device", "device_ref"), ("address", "ip")] {
            let mut expect: BTreeMap<String, u64> = BTreeMap::new();
            for row in of_account().filter(|r| !r[column].is_empty()) {
                *expect.entry(row[column].clone()).or_default() += 1;
            }
            // Page by page, and counted on the way.
            let mut found: BTreeMap<String, u64> = BTreeMap::new();
            for skip in (0..).step_by(3) {
                let page = pictures.neighbours(&key(account), Some(kind), skip, 3).unwrap().unwrap();
                assert_eq!(page.total, expect.len() as u64, "{account} {kind}");
                if page.neighbours.is_empty() {
                    break;
                }
                for n in &page.neighbours {
                    found.insert(n.node.key.node_ref.clone(), n.ties.iter().map(|t| t.records).sum());
                }
            }
            assert_eq!(found, expect, "{account} {kind}");
            compared += found.len();
        }
        let view = pictures.time(&TimeQuery { nodes: vec![key(account)], bins: 50, ..TimeQuery::default() }).unwrap();
        let events: u64 = view.lanes.iter().filter(|l| l.lane == "session").map(|l| l.events).sum();
        assert_eq!(events, of_account().count() as u64, "{account}");
        for lane in &view.lanes {
            assert_eq!(lane.counts.iter().sum::<u64>(), lane.events);
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn a_way_is_a_way_and_the_view_holds_every_tie_within_it() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let leads: serde_json::Value = serde_json::from_str(&ok(&["leads", &case, "--format", "json"])).unwrap();
    let pictures = drawn(&case);
    let lead = leads["leads"].as_array().unwrap().iter().find(|l| l["outcome"] == "supported").unwrap();
    let account = format!(
        "account:{}:{}",
        lead["account"]["platform"].as_str().unwrap(),
        lead["account"]["account_ref"].as_str().unwrap()
    );
    let person = format!("person:{}", lead["person_ref"].as_str().unwrap());
    let way = pictures.path(&key(&account), &key(&person), &[]).unwrap().unwrap();
    assert_eq!(way.nodes.len(), 2, "a finding ties them");
    assert!(way.ties.iter().any(|t| t.tie == "attributed" && t.log10_lr.is_some()));
    assert_eq!(way.nodes[0].lead_ref.as_deref(), lead["lead_ref"].as_str());

    let query = ViewQuery { open: vec![key(&account), key(&person)], most: 12, ..ViewQuery::default() };
    let view = pictures.view(&query).unwrap();
    assert_eq!(view, pictures.view(&query).unwrap());
    for a in &view.nodes {
        for b in view.nodes.iter().filter(|b| a.id < b.id) {
            let (_, _, ties) = pictures.ties(&a.key, &b.key).unwrap().unwrap();
            let ends = |t: &tutela_case::Tie| (t.from_id.min(t.to_id), t.from_id.max(t.to_id));
            let here = view.ties.iter().filter(|t| ends(t) == (a.id, b.id)).count();
            assert_eq!(here, ties.len(), "{} {}", a.key, b.key);
        }
    }
    let nobody = pictures.path(&key(&account), &key("person:nobody"), &[]).unwrap();
    assert_eq!(nobody, Err(tutela_case::NoPath::Unknown));
}

#[test]
fn nothing_that_leaves_the_index_is_an_address_or_number_of_anybody() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let file = dir.path().join("account.csv");
    let stated = "platform,account_ref,email,phone\nchat,grey,one@example.org,+390000001\nchat,brown,one@example.org,\n\
                  chat,grey,two@example.org,\n";
    fs::write(&file, stated).unwrap();
    ok(&["intake", &case, "--basis", "B1", &file.to_string_lossy()]);
    ok(&["run", &case]);
    let pictures = drawn(&case);
    let personal = ["one@example.org", "two@example.org", "390000001"];
    let mut names = BTreeSet::new();
    for account in ["account:chat:grey", "account:chat:brown"] {
        let page = pictures.neighbours(&key(account), Some("selector"), 0, 50).unwrap().unwrap();
        for n in &page.neighbours {
            let said = format!("{:?}", (&n.node, &n.ties));
            assert!(personal.iter().all(|p| !said.contains(p)), "{said}");
            assert_eq!(pictures.node(&n.node.key).unwrap().unwrap(), n.node, "it is found by the name it is given");
            names.insert(n.node.key.node_ref.clone());
        }
    }
    // What both state is one, called by the first of them; what one states besides has a number.
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["email:chat:brown", "email:chat:grey", "phone:chat:grey"]);
    let way = pictures.path(&key("account:chat:grey"), &key("account:chat:brown"), &["selector".to_owned()]);
    assert_eq!(way.unwrap().unwrap().nodes[1].key, key("selector:email:chat:brown"));
    for p in personal {
        assert!(pictures.search(p, 5).unwrap().is_empty(), "nothing is found by what it is");
    }
}

#[test]
fn messages_and_trips_have_lanes_beside_log_ins() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let write = |name: &str, text: &str| {
        let file = dir.path().join(name);
        fs::write(&file, text).unwrap();
        ok(&["intake", &case, "--basis", "B1", &file.to_string_lossy()]);
    };
    let messages = "platform,message_ref,group_ref,sender_ref,recipient_ref,at_utc,kind\n\
                    chat,1,,grey,brown,2026-03-01T10:00:00Z,message\nchat,2,,brown,grey,2026-03-01T10:05:00Z,call\n\
                    chat,3,club,grey,,2026-03-02T10:00:00Z,media\n";
    write("message.csv", messages);
    let trips = "traveller_ref,person_ref,document_ref,carrier,from_place,to_place,depart_utc,arrive_utc\n\
                 T1,P1,YA1234567,XX,FCO,MNL,2026-03-03T08:00:00Z,2026-03-03T22:00:00Z\n\
                 T2,,YA7654321,XX,FCO,MNL,2026-03-03T08:00:00Z,2026-03-03T22:00:00Z\n";
    write("trip.csv", trips);
    ok(&["run", &case]);
    let pictures = drawn(&case);
    let nodes = ["account:chat:grey", "account:chat:brown", "person:P1"].map(key).to_vec();
    let view = pictures.time(&TimeQuery { nodes, bins: 50, ..TimeQuery::default() }).unwrap();
    assert!(view.unknown.is_empty(), "{:?}", view.unknown);
    let events = |node: &str, lane: &str| {
        let found = view.lanes.iter().find(|l| l.node.key == key(node) && l.lane == lane);
        found.map(|l| (l.events, l.singles.clone().unwrap()))
    };
    let (count, out) = events("account:chat:grey", "message_out").unwrap();
    assert_eq!((count, out[0].what.as_deref(), out[1].what.as_deref()), (2, Some("message"), Some("media")));
    let others: Vec<_> = out.iter().map(|e| e.other.as_ref().unwrap().key.to_string()).collect();
    assert_eq!(others, ["account:chat:brown", "group:chat:club"]);
    assert_eq!(events("account:chat:grey", "message_in").unwrap().0, 1);
    assert_eq!(events("account:chat:brown", "message_in").unwrap().0, 1);
    let (count, trips) = events("person:P1", "trip").unwrap();
    assert_eq!((count, trips[0].what.as_deref(), trips[0].row), (1, Some("FCO - MNL"), 1));
    // A traveller whom no record names as a person is nobody's event, and counts among the places.
    let said = format!("{view:?}");
    assert!(!said.contains("YA1234567") && !said.contains("YA7654321"), "no document leaves the index");
    let places = pictures.places().unwrap().trips;
    assert_eq!((places.len(), places[0].trips, places[0].named), (1, 2, 1));
}

#[test]
fn records_behind_a_tie_are_those_that_say_it_with_what_is_personal_masked() {
    let dir = tempfile::tempdir().unwrap();
    let case_dir = run_district(dir.path());
    let case = Case::open(Path::new(&case_dir), "tester").unwrap();
    let pictures = case.picture_order().unwrap().draw(64 << 20, 2).unwrap();
    let row = rows("session").into_iter().find(|r| !r["device_ref"].is_empty()).unwrap();
    let account = key(&format!("account:{}:{}", row["platform"], row["account_ref"]));
    let device = key(&format!("device:{}", row["device_ref"]));
    let expect = rows("session")
        .iter()
        .filter(|r| r["account_ref"] == row["account_ref"] && r["device_ref"] == row["device_ref"])
        .count();
    let (total, shown) = case.tie_records(&pictures, &account, &device, "used_device", 2).unwrap().unwrap();
    assert_eq!((total, shown.len()), (expect as u64, expect.min(2)));
    for record in &shown {
        let value = |column: &str| record.values.iter().find(|v| v.column == column).and_then(|v| v.value.clone());
        assert_eq!(value("device_ref").as_deref(), Some(row["device_ref"].as_str()));
        assert_eq!(value("account_ref").as_deref(), Some(row["account_ref"].as_str()));
    }
    let held = rows("account").into_iter().find(|r| !r["person_ref"].is_empty()).unwrap();
    let account = key(&format!("account:{}:{}", held["platform"], held["account_ref"]));
    let person = key(&format!("person:{}", held["person_ref"]));
    let (_, shown) = case.tie_records(&pictures, &account, &person, "named_holder", 3).unwrap().unwrap();
    for value in shown.iter().flat_map(|r| &r.values).filter(|v| matches!(v.column, "email" | "phone" | "display_name"))
    {
        assert_eq!((value.value.as_ref(), value.bytes.as_ref()), (None, None), "{}", value.column);
    }
    assert_eq!(case.tie_records(&pictures, &account, &person, "no such tie", 3).unwrap(), None);
}

#[test]
fn pictures_go_with_the_basis_of_what_they_show_and_with_the_opening_of_the_case() {
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let pictures = drawn(&case);
    let folder = Path::new(&case).join("pictures");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "the index, and nothing of how it was made");
    assert!(ok(&["custody", "verify", &case]).contains("whole"));
    ok(&["leads", &case]);
    assert!(!folder.exists(), "opening the case removes it");
    drop(pictures);
    ok(&["basis", "lapse", &case, "B1", "--kind", "annulled", "--reason", "court order 7"]);
    let refused = Case::open(Path::new(&case), "tester").unwrap().picture_order().unwrap_err();
    assert!(refused.to_string().contains("legal basis"), "{refused}");
}
