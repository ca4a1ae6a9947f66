//! The sentences of a lead.

use tutela_model::lead::LineStatus;

use super::findings::{AccountFinding, Line, Person};

/// `1 line`, `2 lines`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// A share in whole per cent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    format!("{} %", (100 * part).checked_div(whole).unwrap_or(0))
}

/// Where the register's household of a line in doubt was seen.
pub(super) fn doubt(line: &Line) -> String {
    let here = match line.logins_here {
        0 => "never on this one".to_owned(),
        n => format!("only {} on this one", count(n, "time", "times")),
    };
    let others = match line.guests_at_home {
        0 => String::new(),
        n => format!(", which {} of other households {} as if at home", count(n, "person", "people"), uses(n)),
    };
    match line.logins_elsewhere {
        0 => format!("seen {here}{others}"),
        n => format!("seen {} on other fixed lines and {here}{others}", count(n, "time", "times")),
    }
}

fn uses(n: u64) -> &'static str {
    if n == 1 { "uses" } else { "use" }
}

/// Why the verdict is what it is, by the reason code of `weigh_leads`.
pub(super) fn reason(code: &str) -> &'static str {
    match code {
        "supported" => {
            "two episodes or more on different assignments, an item that is not from the network, a tie in the registers, and nobody else it fits as well"
        }
        "no_usable_connection" => "no connection has a public address",
        "no_assignment" => "no assignment in the records covers any of the connections",
        "no_single_line" => "no line stands alone behind two episodes",
        "hosting_only" => "every resolved line is an exit of a hosting provider, which names nobody",
        "line_in_doubt" => {
            "the people whom the register gives the resolved lines are hardly ever seen on these, but on other lines, or others are seen there as if at home"
        }
        "nobody_linked" => "no register and no named account links a person to the lines or devices",
        "items_name_several_people" => "items that are not from the network point to different people",
        "alibi" => "the person it points to was on another line at the same times",
        "network_only" => "only network records lead to a line; nothing else says who used it",
        "no_register_tie" => "an item points to a person whom no register ties to any of the lines",
        "selector_away_from_home" => {
            "the account states somebody's address or number, but was not used on their lines: anybody can state it"
        }
        "others_in_household" => {
            "an item points to one person, but others in the household, or guests who are there like at home, may have used it as well"
        }
        "too_few_episodes" => "fewer than two resolved episodes are tied to the person",
        "may_have_changed_hands" => {
            "a run of episodes before or after has no tie to the person: the account may have changed hands"
        }
        "mostly_elsewhere" => "most of the resolved episodes have no tie to the person",
        _ => "the records cannot decide",
    }
}

/// The cheapest lawful step that would decide most, by the reason code of `weigh_leads`.
pub(super) fn next_step(code: &str) -> &'static str {
    match code {
        "supported" => {
            "have both gates read and signed; then verify without contact that the person lives where the line is installed"
        }
        "no_usable_connection" => "ask the platform for its log-in records with address, port and time zone",
        "no_assignment" => "ask the operators of these addresses who held them, before their retention ends",
        "no_single_line" => {
            "ask the platform for source ports, and the operators for port-aware answers on several dates"
        }
        "hosting_only" => "look for connections without the VPN: registration, payments, recovery selectors",
        "line_in_doubt" => {
            "have the operator confirm the physical line, port by port, and the register entry, before anybody is named"
        }
        "items_name_several_people" => {
            "ask the platforms for the devices of each episode, and set the episodes of the two people side by side"
        }
        "alibi" => "check the clocks and the replies of both operators for those episodes before anything else",
        "no_register_tie" | "selector_away_from_home" => {
            "ask the registers for the person's residence and lines in the period"
        }
        "others_in_household" => {
            "ask the platform for the account's other devices and recovery selectors, and for connections away from the line"
        }
        "may_have_changed_hands" | "mostly_elsewhere" => {
            "ask the platform for changes of password, device and recovery selectors over the period"
        }
        _ => {
            "ask the platforms for devices and recovery selectors of the account, and for named accounts on the same devices"
        }
    }
}

/// Why no line is resolved.
pub(super) fn no_resolution(account: &AccountFinding, lines: &[&Line], sets: usize) -> String {
    if account.counts.usable == 0 {
        "no connection has a public address".to_owned()
    } else if account.counts.assigned == 0 {
        "no assignment in the records covers the connections: not asked for, or no longer kept".to_owned()
    } else if lines.iter().any(|l| l.is_hosting()) && sets == 0 {
        "the only lines in two episodes or more are exits of a hosting provider".to_owned()
    } else if sets > 0 {
        format!("{} stand behind the episodes only as members of sets", count(sets as u64, "line", "lines"))
    } else {
        "no line stands behind two episodes on different assignments".to_owned()
    }
}

/// What is not in the records and would matter.
pub(super) fn missing(account: &AccountFinding, lines: &[&Line], people: &[&Person]) -> Vec<String> {
    let mut out = Vec::new();
    let counts = &account.counts;
    let no_address = counts.connections.saturating_sub(counts.usable);
    if no_address > 0 {
        out.push(format!("a public address for {}", count(no_address, "connection", "connections")));
    }
    let unassigned = counts.usable.saturating_sub(counts.assigned);
    if unassigned > 0 {
        out.push(format!(
            "an assignment for {}: not asked for, or no longer kept",
            count(unassigned, "connection", "connections")
        ));
    }
    if lines.iter().any(|l| l.status == LineStatus::Set) {
        out.push("the source port of connections through shared addresses".to_owned());
    }
    let single = || lines.iter().filter(|l| l.status == LineStatus::Single);
    if single().any(|l| l.holder_ref.is_none()) {
        out.push("the holder of a resolved line".to_owned());
    }
    if single().any(|l| l.address_kind.as_deref() != Some("installation")) {
        out.push("the installation address of a resolved line".to_owned());
    }
    if single().any(|l| l.access_kind.is_none()) {
        out.push("the kind of access of a resolved line".to_owned());
    }
    if single().next().is_some() && people.iter().all(|p| p.members == 0) {
        out.push("who lives at the address".to_owned());
    }
    if people.iter().all(|p| !p.by_device && !p.by_selector) {
        out.push("anything that is not from the network: a device, a selector, a payment".to_owned());
    }
    out
}
