//! Every named configuration does what its name says, by its files and its truth.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tutela_world::{Config, config_named};

/// A world's CSV files, by name, each row by heading.
struct World(tempfile::TempDir);

type Row = BTreeMap<String, String>;

impl World {
    /// A named configuration with fewer people and connections.
    fn named(name: &str) -> Self {
        Self::of(&smaller(name))
    }

    fn of(config: &Config) -> Self {
        let dir = tempfile::tempdir().unwrap();
        tutela_world::make(3, config, dir.path()).unwrap();
        Self(dir)
    }

    fn rows(&self, path: &str) -> Vec<Row> {
        let text = std::fs::read_to_string(self.0.path().join(Path::new(path))).unwrap();
        let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        let heads = lines.next().unwrap();
        lines.map(|cells| heads.iter().cloned().zip(cells).collect()).collect()
    }

    fn column(&self, path: &str, name: &str) -> Vec<String> {
        self.rows(path).into_iter().map(|mut r| r.remove(name).unwrap()).collect()
    }

    /// The kind of access of each line that reported accounts used, by connection.
    fn access_used(&self) -> Vec<String> {
        let known: BTreeMap<(String, String), String> = self
            .rows("files/registers/line.csv")
            .into_iter()
            .map(|r| ((r["operator"].clone(), r["line_ref"].clone()), r["access_kind"].clone()))
            .collect();
        let used = self.rows("truth/lines.csv");
        used.into_iter().map(|r| known[&(r["operator"].clone(), r["line_ref"].clone())].clone()).collect()
    }
}

fn smaller(name: &str) -> Config {
    Config {
        households: 120,
        reported_accounts: 40,
        reported_connections: 4000,
        innocent_connections: 6000,
        ..config_named(name).unwrap()
    }
}

fn share(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

fn sum(numbers: &[String]) -> usize {
    numbers.iter().map(|n| n.parse::<usize>().unwrap()).sum()
}

/// Users of each reported account, by account.
fn users(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in world.rows("truth/users.csv") {
        out.entry(row["account_ref"].clone()).or_default().insert(row["person_ref"].clone());
    }
    out
}

#[test]
fn every_name_that_is_listed_can_be_made() {
    for (name, _) in tutela_world::CONFIGS {
        assert!(config_named(name).is_some(), "{name}");
    }
}

#[test]
fn without_an_offender_nobody_in_the_records_used_an_account() {
    let world = World::named("no_offender");
    assert!(world.column("truth/accounts.csv", "operators").iter().all(String::is_empty));
    assert!(users(&world).is_empty());
    assert!(world.column("truth/accounts.csv", "decidable").iter().all(|d| d == "false"));
    assert!(world.rows("truth/persons_at_risk.csv").len() > 3, "innocent people are at risk all the same");
}

#[test]
fn where_every_operator_shares_no_fixed_line_has_an_address_of_its_own() {
    let world = World::named("all_shared");
    let lines = world.rows("files/registers/line.csv");
    let operators: BTreeSet<&str> =
        lines.iter().filter(|l| l["access_kind"] == "fixed").map(|l| l["operator"].as_str()).collect();
    assert_eq!(operators, BTreeSet::from(["pontenet", "vallenet"]));
}

#[test]
fn without_ports_no_record_of_a_platform_states_one() {
    let world = World::named("no_ports");
    for file in ["files/returns/chatter-session.csv", "files/returns/binds.csv"] {
        assert!(world.column(file, "port").iter().all(String::is_empty), "{file}");
    }
}

#[test]
fn one_hour_off_moves_every_time_by_an_hour() {
    let times = |name: &str| -> Vec<i64> {
        let read = |t: String| t.parse::<jiff::Timestamp>().unwrap().as_second();
        World::named(name).column("files/returns/chatter-session.csv", "at_utc").into_iter().map(read).collect()
    };
    let (right, wrong) = (times("ordinary"), times("one_hour_off"));
    assert!(right.len() > 1000 && right.iter().zip(&wrong).all(|(a, b)| b - a == 3600));
}

#[test]
fn a_twentieth_of_the_records_is_wrong() {
    let world = World::named("record_errors_5pct");
    let wrong = sum(&world.column("truth/accounts.csv", "wrong_records"));
    assert!((0.035..0.065).contains(&share(wrong, 4000)), "{wrong} of 4000");
}

#[test]
fn a_fifth_of_the_lines_is_wired_crosswise() {
    let world = World::of(&Config { households: 600, ..smaller("cross_wired") });
    let crossed = world.rows("truth/crossed_lines.csv");
    let pairs: BTreeMap<&str, &str> =
        crossed.iter().map(|r| (r["line_ref"].as_str(), r["recorded_as"].as_str())).collect();
    assert!(pairs.iter().all(|(line, other)| pairs.get(other) == Some(line)), "each is recorded as the other");
    let lines = world.rows("files/registers/line.csv");
    let own_address = lines.iter().filter(|l| l["operator"].ends_with(".example")).count();
    assert!((0.12..0.28).contains(&share(pairs.len(), own_address)), "{} of {own_address}", pairs.len());
    assert!(World::named("ordinary").rows("truth/crossed_lines.csv").is_empty());
}

#[test]
fn open_wifi_only_is_never_the_own_line() {
    let world = World::named("open_wifi_only");
    let styles: BTreeSet<String> = world.column("truth/accounts.csv", "style").into_iter().collect();
    assert!(styles.iter().all(|s| ["PublicWifi", "NeighbourDevice", "NeighbourTelephone"].contains(&s.as_str())));
    let household: BTreeMap<String, String> = world
        .rows("files/registers/person.csv")
        .into_iter()
        .map(|r| (r["person_ref"].clone(), r["household_ref"].clone()))
        .collect();
    let holder: BTreeMap<String, String> = world
        .rows("files/registers/line.csv")
        .into_iter()
        .filter(|r| r["access_kind"] == "fixed")
        .map(|r| (r["line_ref"].clone(), r["holder_ref"].clone()))
        .collect();
    let users = users(&world);
    let mut own = 0;
    for row in world.rows("truth/lines.csv") {
        let Some(holder) = holder.get(&row["line_ref"]) else { continue };
        own += usize::from(users[&row["account_ref"]].iter().any(|u| household[u] == household[holder]));
    }
    assert!(own <= 1, "{own} lines are in the name of the operator's own household");
}

#[test]
fn every_household_has_five_people() {
    let mut sizes: BTreeMap<String, u32> = BTreeMap::new();
    for household in World::named("five_person_household").column("files/registers/person.csv", "household_ref") {
        *sizes.entry(household).or_default() += 1;
    }
    assert!(sizes.len() == 120 && sizes.values().all(|s| *s == 5));
}

#[test]
fn a_vpn_is_always_used() {
    let used = World::named("vpn_always").access_used();
    assert!(!used.is_empty() && used.iter().all(|kind| kind == "hosting"));
}

#[test]
fn sold_and_shared_accounts_have_two_users() {
    for name in ["sold_account", "two_operators"] {
        let world = World::named(name);
        let accounts = world.column("truth/accounts.csv", "operators");
        assert!(accounts.iter().filter(|o| o.contains(';')).count() == 40, "{name}");
        let both = users(&world).values().filter(|u| u.len() == 2).count();
        assert!(both >= 36, "{name}: {both} of 40 accounts were really used by two");
    }
}

#[test]
fn retention_has_eaten_half_the_evidence() {
    let world = World::named("retention_half");
    let ends = world.column("files/operators/worknet-assignment.csv", "until_utc");
    assert!(!ends.is_empty());
    let config = smaller("retention_half");
    assert!((0.45..0.55).contains(&(f64::from(config.retention_days) / f64::from(config.days))));
    let oldest = world.column("files/operators/mobilnet-assignment.csv", "until_utc").into_iter().min().unwrap();
    assert!(oldest.as_str() > "2025-12-12", "the oldest assignment that is kept ended on {oldest}");
}

#[test]
fn a_residence_has_one_line_for_thirty_people() {
    let world = World::named("student_residence");
    let lines = world.rows("files/registers/line.csv");
    assert_eq!(lines.iter().filter(|l| l["access_kind"] == "fixed").count(), 120 / 30);
    assert_eq!(world.rows("files/registers/person.csv").len(), 120, "everybody is a household of one");
}

#[test]
fn the_neighbour_is_online_each_time() {
    let world = World::named("coincident_neighbour");
    let mut by_address: BTreeMap<String, Vec<(i64, bool)>> = BTreeMap::new();
    for row in world.rows("files/returns/chatter-session.csv") {
        let at = row["at_utc"].parse::<jiff::Timestamp>().unwrap().as_second();
        by_address.entry(row["ip"].clone()).or_default().push((at, row["account_ref"].starts_with('r')));
    }
    let shared = by_address.iter().filter(|(ip, _)| ip.starts_with("198.19.")).map(|(_, uses)| uses);
    let (mut all, mut beside) = (0, 0);
    for uses in shared {
        for (at, _) in uses.iter().filter(|(_, reported)| *reported) {
            all += 1;
            beside += usize::from(uses.iter().any(|(other, reported)| !reported && (other - at).abs() <= 540));
        }
    }
    assert!(all > 200 && share(beside, all) > 0.5, "{beside} of {all}");
    let usual = World::of(&Config { coincident_neighbour: false, ..smaller("coincident_neighbour") });
    assert!(
        usual.rows("files/returns/chatter-session.csv").len() < world.rows("files/returns/chatter-session.csv").len()
    );
}

#[test]
fn some_connections_come_by_ipv6_from_delegated_prefixes() {
    let world = World::named("ordinary");
    let ips = world.column("files/returns/chatter-session.csv", "ip");
    let six = ips.iter().filter(|ip| ip.starts_with("2001:db8:")).count();
    assert!(six > 50, "{six} of {}", ips.len());
    let replies = std::fs::read_to_string(world.0.path().join("files/operators/albanet.example-detail")).unwrap();
    assert!(replies.contains("Delegated-IPv6-Prefix = 2001:db8:") && replies.contains("/56\n"));
}
