//! What the method says of small worlds: who is supported, and above all who is not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use support::{World, leads};
use tutela_model::TableId;
use tutela_model::lead::{GateStatus, Lead, LineStatus, Outcome};

const DAY: i64 = 24 * 60;

/// A person alone on a line whose address changes daily, with a named account on their own device, among twenty others.
fn ordinary() -> World {
    let mut world = World::default();
    for day in 0..10 {
        for line in 0..20 {
            // Addresses move round, so that no two lines follow each other everywhere.
            let ip = format!("203.0.113.{}", 1 + (line * 7 + day * (3 + line)) % 211);
            world.assignment(&ip, None, day * DAY, (day + 1) * DAY, &format!("line-{line}"));
            if line == 0 {
                world.session("suspect", day * DAY + 600, &ip, None, Some("device-0"));
                world.session("suspect", day * DAY + 640, &ip, None, None);
                world.session("named", day * DAY + 700, &ip, None, Some("device-0"));
            }
        }
    }
    for line in 0..20 {
        world.line(&format!("line-{line}"), &format!("person-{line}"), "fixed");
        world.person(&format!("person-{line}"), &format!("house-{line}"));
    }
    world.account("suspect", None).account("named", Some("person-0"));
    world
}

fn only(world: &World) -> Lead {
    let mut document = leads(world);
    assert_eq!(document.leads.len(), 1, "one account is under investigation");
    document.leads.remove(0)
}

#[test]
fn an_own_device_on_an_own_line_is_supported() {
    let lead = only(&ordinary());
    assert_eq!(lead.outcome, Outcome::Supported, "{:?}", lead.attribution);
    assert_eq!(lead.person_ref.as_deref(), Some("person-0"));
    assert_eq!(lead.counts.connections, 20);
    assert_eq!(lead.counts.episodes, 10);
    assert_eq!(lead.lines.first().map(|l| (l.line_ref.as_str(), l.status)), Some(("line-0", LineStatus::Single)));
    assert_eq!(lead.hypotheses.len(), 8);
}

#[test]
fn a_line_alone_names_nobody() {
    let mut world = ordinary();
    for row in world.tables.values_mut().flatten() {
        row.retain(|(column, _)| *column != "device_ref");
    }
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Insufficient);
    assert_eq!(lead.person_ref, None);
    assert_eq!(lead.lines.first().map(|l| l.line_ref.as_str()), Some("line-0"), "the line is still resolved");
}

#[test]
fn a_household_needs_more_than_one_device_at_home() {
    let mut world = ordinary();
    world.person("person-0-partner", "house-0");
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Insufficient);
    assert!(lead.against.iter().any(|e| e.kind == "household"));
}

#[test]
fn a_family_device_is_evidence_for_nobody() {
    let mut world = ordinary();
    world.account("partner", Some("person-0-partner")).person("person-0-partner", "house-0");
    let ip = "203.0.113.1";
    world.session("partner", 700, ip, None, Some("device-0"));
    let lead = only(&world);
    assert_ne!(lead.outcome, Outcome::Supported);
    assert!(lead.against.iter().any(|e| e.kind == "device_of_several"));
}

#[test]
fn two_people_with_items_of_their_own_contradict_each_other() {
    let mut world = ordinary();
    world.account("other", Some("person-5"));
    for day in 0..6 {
        let ip = format!("203.0.113.{}", 1 + (5 * 7 + day * 8) % 211);
        world.session("suspect", day * DAY + 900, &ip, None, Some("device-5"));
        world.session("other", day * DAY + 800, &ip, None, Some("device-5"));
        world.session("other", day * DAY + 1000, &ip, None, Some("device-5"));
    }
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Contradicted, "{:?}", lead.attribution);
}

#[test]
fn a_line_whose_household_lives_on_another_is_in_doubt() {
    // The cabinet is wired crosswise: all that happens on one line is recorded on the other, the named accounts too.
    let mut world = ordinary();
    world.account("neighbour", Some("person-1"));
    for day in 0..10 {
        // What person-1 does at home is recorded on line 0, and the account under investigation is on line 1.
        let recorded = format!("203.0.113.{}", 1 + (2 * 7 + day * 5) % 211);
        world.session("neighbour", day * DAY + 300, &recorded, None, Some("device-1"));
        let crossed = format!("203.0.113.{}", 1 + (7 + day * 4) % 211);
        world.session("other", day * DAY + 500, &crossed, None, Some("device-other"));
    }
    world.account("other", None);
    let lead = leads(&world).leads.into_iter().find(|l| l.account.account_ref == "other").unwrap();
    let line = lead.lines.iter().find(|l| l.line_ref == "line-1").unwrap();
    assert_eq!(line.status, LineStatus::Doubtful, "{line:?}");
    assert!(lead.against.iter().any(|e| e.kind == "line_doubt"));
    assert_eq!(lead.outcome, Outcome::Insufficient);
    assert_eq!(lead.resolution.status, GateStatus::Open, "a line in doubt resolves nothing");
}

#[test]
fn guests_who_are_there_as_if_at_home_could_have_used_it() {
    let mut world = ordinary();
    world.account("guest", Some("person-9"));
    for day in 0..8 {
        let ip = format!("203.0.113.{}", 1 + (day * 3) % 211);
        world.session("guest", day * DAY + 900, &ip, None, Some("device-9"));
    }
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Insufficient, "{:?}", lead.attribution);
    let guests = lead.against.iter().find(|e| e.kind == "guests").unwrap();
    assert_eq!(guests.records, 8, "{guests:?}");
    assert!(lead.people.iter().any(|p| p.person_ref == "person-9" && p.links == ["guest"]));
}

#[test]
fn those_who_live_alone_behind_one_line_do_not_live_alone() {
    // A residence: the line is in the name of person-0, and the account is used with a device of person-9, who is a
    // household of one and lives there as well.
    let mut world = ordinary();
    world.account("resident", Some("person-9"));
    for day in 0..10 {
        let ip = format!("203.0.113.{}", 1 + (day * 3) % 211);
        world.session("resident", day * DAY + 900, &ip, None, Some("device-9"));
        world.session("other", day * DAY + 950, &ip, None, Some("device-9"));
    }
    world.account("other", None);
    let lead = leads(&world).leads.into_iter().find(|l| l.account.account_ref == "other").unwrap();
    assert_ne!(lead.outcome, Outcome::Supported, "{:?}", lead.attribution);
}

#[test]
fn two_users_do_not_make_a_third_line() {
    // Shared addresses without ports: a quarter of the lines stands behind each. Two people take turns, and some third
    // line is behind most of the addresses by chance.
    let mut world = World::default();
    for day in 0..13_i64 {
        let ip = format!("203.0.113.{}", 1 + day);
        for line in 0..200_i64 {
            let by_chance = (line * 7919 + day * 104_729 + line * day * 31) % 97 < 24;
            let third = line == 50 && day < 8;
            if (line == 0 && day % 2 == 0) || (line == 1 && day % 2 == 1) || third || (line > 1 && by_chance) {
                world.assignment(&ip, None, day * DAY, (day + 1) * DAY, &format!("line-{line}"));
            }
        }
        world.session("suspect", day * DAY + 600, &ip, None, None);
    }
    world.account("suspect", None);
    let lead = only(&world);
    let single: Vec<_> = lead.lines.iter().filter(|l| l.status == LineStatus::Single).collect();
    assert!(single.is_empty(), "{single:?}");
}

#[test]
fn a_meeting_at_a_relatives_home_is_no_surprise() {
    let met = |related: bool| {
        let mut world = ordinary();
        world.account("friend", Some("person-9"));
        for (line, day) in [(3, 2), (4, 6)] {
            let ip = format!("203.0.113.{}", 1 + (line * 7 + day * (3 + line)) % 211);
            world.session("suspect", day * DAY + 300, &ip, None, None);
            world.session("friend", day * DAY + 310, &ip, None, Some("device-9"));
            if related {
                let kin = [
                    ("person_ref", "person-9".to_owned()),
                    ("other_ref", format!("person-{line}")),
                    ("kind", "relative".to_owned()),
                ];
                world.row(TableId::Relation, &kin);
            }
        }
        only(&world).people.iter().any(|p| p.person_ref == "person-9" && p.links.iter().any(|l| l == "co_presence"))
    };
    assert!(met(false), "a named account on the same two lines at the same times is looked at");
    assert!(!met(true));
}

#[test]
fn somebody_elses_number_says_nothing() {
    let mut world = ordinary();
    for row in world.tables.values_mut().flatten() {
        row.retain(|(column, _)| *column != "device_ref");
    }
    let phone = |account: &str, person: Option<&str>| {
        let mut row = vec![("platform", "p".to_owned()), ("account_ref", account.to_owned())];
        row.extend(person.map(|p| ("person_ref", p.to_owned())));
        row.push(("phone", "+39000000001".to_owned()));
        row
    };
    world.row(TableId::Account, &phone("suspect", None)).row(TableId::Account, &phone("victim", Some("person-7")));
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Insufficient);
    let victim = lead.people.iter().find(|p| p.person_ref == "person-7").unwrap();
    assert_eq!(victim.log10_lr, None, "a number that anybody can state is no evidence");
}

#[test]
fn what_speaks_for_one_speaks_against_the_others() {
    let mut world = ordinary();
    world.person("person-0-partner", "house-0");
    let lead = only(&world);
    let of = |person: &str| lead.people.iter().find(|p| p.person_ref == person).and_then(|p| p.log10_lr);
    assert!(of("person-0").is_some_and(|l| l > 0.0));
    assert!(of("person-0-partner").is_some_and(|l| l < 0.0));
}

#[test]
fn without_an_item_no_ratio_is_stated_for_anybody() {
    let mut world = ordinary();
    for row in world.tables.values_mut().flatten() {
        row.retain(|(column, _)| *column != "device_ref");
    }
    let lead = only(&world);
    assert!(!lead.people.is_empty() && lead.people.iter().all(|p| p.log10_lr.is_none()));
    assert!(lead.attribution.log10_lr.is_none());
    assert!(lead.lines.iter().all(|l| l.hypotheses.len() == 8), "the eight are carried for every line");
}

#[test]
fn someone_elsewhere_at_the_same_times_is_not_supported() {
    let mut world = ordinary();
    for day in 0..4 {
        let ip = format!("203.0.113.{}", 1 + (9 * 7 + day * 12) % 211);
        world.session("named", day * DAY + 601, &ip, None, Some("device-x"));
    }
    let lead = only(&world);
    assert_eq!(lead.outcome, Outcome::Contradicted, "{:?}", lead.attribution);
    assert_eq!(lead.against.first().map(|e| e.person_ref.is_some()), Some(true));
}

#[test]
fn lines_that_always_share_an_address_stay_a_set() {
    let mut world = World::default();
    for day in 0..10 {
        let ip = format!("203.0.113.{}", 1 + day);
        for line in 0..4 {
            let ports = (1024 + line * 1000, 2023 + line * 1000);
            world.assignment(&ip, Some(ports), day * DAY, (day + 1) * DAY, &format!("line-{line}"));
        }
        world.session("suspect", day * DAY + 600, &ip, None, None);
    }
    world.account("suspect", None);
    let lead = only(&world);
    assert_eq!(lead.lines.first().map(|l| (l.status, l.set_size)), Some((LineStatus::Set, 4)));
    assert_eq!(lead.outcome, Outcome::Insufficient);
}

#[test]
fn a_port_tells_them_apart() {
    let mut world = World::default();
    for day in 0..10 {
        let ip = format!("203.0.113.{}", 1 + day);
        for line in 0..4 {
            let ports = (1024 + line * 1000, 2023 + line * 1000);
            world.assignment(&ip, Some(ports), day * DAY, (day + 1) * DAY, &format!("line-{line}"));
        }
        world.session("suspect", day * DAY + 600, &ip, Some(3100), None);
    }
    world.account("suspect", None);
    let lead = only(&world);
    assert_eq!(lead.lines.first().map(|l| (l.line_ref.as_str(), l.status)), Some(("line-2", LineStatus::Single)));
}

#[test]
fn a_hundred_connections_in_one_assignment_are_one_episode() {
    let mut world = World::default();
    world.assignment("203.0.113.1", None, 0, 100 * DAY, "line-0");
    for i in 0..100 {
        world.session("suspect", i * 700, "203.0.113.1", None, None);
    }
    world.account("suspect", None);
    let lead = only(&world);
    assert_eq!((lead.counts.connections, lead.counts.episodes), (100, 1));
    assert_eq!(lead.outcome, Outcome::Insufficient);
    assert!(lead.lines.is_empty(), "one episode resolves nothing");
}

#[test]
fn delegated_prefixes_are_matched_whole() {
    let mut world = World::default();
    for day in 0..4 {
        world.assignment(&format!("2001:db8:{day}:100::/56"), None, day * DAY, (day + 1) * DAY, "line-0");
        world.assignment(&format!("2001:db8:{day}:200::/56"), None, day * DAY, (day + 1) * DAY, "line-1");
        world.session("suspect", day * DAY + 600, &format!("2001:db8:{day}:1ff::{day}"), None, None);
    }
    world.account("suspect", None);
    let lead = only(&world);
    assert_eq!(lead.lines.first().map(|l| (l.line_ref.as_str(), l.episodes)), Some(("line-0", 4)));
}

#[test]
fn nothing_in_nothing_out() {
    let document = leads(&World::default());
    assert!(document.leads.is_empty());
    assert_eq!(document.funnel.connections, 0);
}

#[test]
fn private_addresses_and_missing_ones_are_counted_and_not_used() {
    let mut world = World::default();
    world.session("suspect", 1, "192.168.1.4", None, None).session("suspect", 2, "100.64.0.9", None, None);
    let lead = only(&world);
    assert_eq!((lead.counts.connections, lead.counts.usable), (2, 0));
    assert!(lead.attribution.reason.contains("no connection has a public address"));
}

/// Answers to requests are no log: whoever holds the block of one port is not the only one behind the address.
#[test]
fn an_answer_about_one_port_says_nothing_of_connections_without_a_port() {
    let answers = |asked_too: bool| {
        let mut world = World::default();
        for day in 0..6 {
            let minute = day * DAY + 600;
            world.session("asked", minute, "203.0.113.9", Some(2000), None);
            world.session("bystander", minute + 5, "203.0.113.9", None, None);
            let mut ask = |request: &str, minute: i64, port: Option<i64>| {
                let at = (1_767_225_600_000_000 + minute * 60_000_000).to_string();
                let mut cells = vec![
                    ("request_ref", request.to_owned()),
                    ("operator", "op".to_owned()),
                    ("basis_ref", "B1".to_owned()),
                    ("ip", "203.0.113.9".to_owned()),
                    ("port_state", port.map_or("absent", |_| "stated").to_owned()),
                    ("asked_utc", at),
                    ("checksum", "-".to_owned()),
                ];
                cells.extend(port.map(|p| ("port", p.to_string())));
                world.row(TableId::Request, &cells);
            };
            ask(&format!("with-{day}"), minute, Some(2000));
            ask(&format!("without-{day}"), minute + 5, None);
            let mut hold = |request: &str, line: &str, ports: (u16, u16)| {
                world.assignment("203.0.113.9", Some(ports), day * DAY, (day + 1) * DAY - 1, line);
                if let Some(row) = world.tables.get_mut(&TableId::Assignment).and_then(|rows| rows.last_mut()) {
                    row.push(("request_ref", request.to_owned()));
                }
            };
            hold(&format!("with-{day}"), "asked-line", (1024, 2047));
            if asked_too {
                for place in 0..4u16 {
                    let line = if place == 0 { "asked-line".to_owned() } else { format!("line-{place}-{day}") };
                    hold(&format!("without-{day}"), &line, (1024 * (place + 1), 1024 * (place + 2) - 1));
                }
            }
        }
        world.account("asked", None).account("bystander", None);
        leads(&world)
    };
    let of = |asked_too: bool, account: &str| {
        let document = answers(asked_too);
        let lead = document.leads.into_iter().find(|l| l.account.account_ref == account);
        lead.map(|l| l.counts).map(|c| (c.assigned, c.episodes)).unwrap_or_default()
    };
    assert_eq!(of(false, "asked"), (6, 6));
    assert_eq!(of(false, "bystander"), (0, 0), "nobody was asked who else was behind the address");
    assert_eq!(of(true, "bystander").0, 6, "once that was asked, the connection meets the whole set");
}
