//! The eight standing hypotheses, each with what the records say about it. None is ever dropped.

use tutela_model::lead::{Hypothesis, HypothesisFinding, HypothesisStatus, LineStatus};

use super::findings::{AccountFinding, Line, Person};
use super::words::{count, doubt};

type Verdict = (HypothesisStatus, String);

/// All eight, in their fixed order.
pub(super) fn all(
    account: &AccountFinding,
    lines: &[&Line],
    people: &[&Person],
    supported: Option<&Person>,
) -> Vec<HypothesisFinding> {
    let single: Vec<&Line> = lines.iter().copied().filter(|l| l.status == LineStatus::Single).collect();
    [
        (Hypothesis::Holder, holder(&single, people, supported)),
        (Hypothesis::HouseholdMember, household(people, supported)),
        (Hypothesis::Guest, guest(&single, supported)),
        (Hypothesis::NeighbourOrOpenWifi, neighbour(&single, supported)),
        (Hypothesis::CoSubscriber, co_subscriber(lines)),
        (Hypothesis::VpnOrCompromisedRouter, vpn(lines)),
        (Hypothesis::RecordError, record_error(account, &single)),
        (Hypothesis::WrongAddress, wrong_address(lines, &single)),
    ]
    .into_iter()
    .map(|(hypothesis, (status, reason))| HypothesisFinding { hypothesis, status, reason })
    .collect()
}

fn holder(single: &[&Line], people: &[&Person], supported: Option<&Person>) -> Verdict {
    if let Some(person) = supported {
        return if person.by_holder {
            (
                HypothesisStatus::Favoured,
                format!("{} is the holder, and a device or selector points to them", person.person_ref),
            )
        } else {
            (
                HypothesisStatus::Reduced,
                format!("a device or selector points to {}, who is not the holder", person.person_ref),
            )
        };
    }
    if single.iter().all(|l| l.holder_ref.is_none()) {
        return (HypothesisStatus::Untested, "no register names the holder of a resolved line".to_owned());
    }
    if people.iter().any(|p| p.by_holder && p.alibi_episodes > 1) {
        return (
            HypothesisStatus::Reduced,
            "a named account of the holder was in use elsewhere at the same times".to_owned(),
        );
    }
    (HypothesisStatus::Open, "holding the line does not say who used it".to_owned())
}

fn household(people: &[&Person], supported: Option<&Person>) -> Verdict {
    if let Some(person) = supported {
        if person.by_household {
            return (HypothesisStatus::Favoured, format!("{} lives in the holder's household", person.person_ref));
        }
        return match person.members {
            1 => (HypothesisStatus::Reduced, "the registers show a household of one".to_owned()),
            _ => (HypothesisStatus::Reduced, "the items point to one person; a device can be lent".to_owned()),
        };
    }
    let members = people.iter().filter(|p| p.by_household).count() as u64;
    match members {
        0 if people.iter().any(|p| p.by_holder && p.members == 1) => {
            (HypothesisStatus::Reduced, "the registers show a household of one".to_owned())
        }
        0 => (HypothesisStatus::Untested, "no register states who lives with the holder".to_owned()),
        n => (HypothesisStatus::Open, format!("{} live with the holder", count(n, "person", "people"))),
    }
}

fn guest(single: &[&Line], supported: Option<&Person>) -> Verdict {
    if single.is_empty() {
        return (HypothesisStatus::Untested, "no line is resolved".to_owned());
    }
    let sum = |of: fn(&Line) -> u64| single.iter().map(|l| of(l)).sum::<u64>();
    let (guests, related) = (sum(|l| l.guests), sum(|l| l.guests_related));
    let seen = match guests {
        0 => "no named account of anybody else is seen there again and again".to_owned(),
        n => format!(
            "{} of other households ({related} of them relatives by the registers) {} seen there again and again",
            count(n, "person", "people"),
            if n == 1 { "is" } else { "are" }
        ),
    };
    match supported {
        Some(person) if person.by_guest => (
            HypothesisStatus::Favoured,
            format!("{} is one of the guests who are seen there again and again", person.person_ref),
        ),
        Some(_) => (
            HypothesisStatus::Reduced,
            format!("the items point to one person; a guest would have had to use their device or selector; {seen}"),
        ),
        None => (HypothesisStatus::Open, format!("nothing in the records shows who had the password; {seen}")),
    }
}

fn neighbour(single: &[&Line], supported: Option<&Person>) -> Verdict {
    if single.is_empty() {
        return (HypothesisStatus::Untested, "no line is resolved".to_owned());
    }
    if single.iter().any(|l| l.access_kind.as_deref() == Some("public_wifi")) {
        return (HypothesisStatus::Open, "at least one of the lines is public Wi-Fi".to_owned());
    }
    match supported {
        Some(person) if !person.by_holder && !person.by_household => (
            HypothesisStatus::Favoured,
            format!("{} neither holds the lines nor lives with a holder", person.person_ref),
        ),
        Some(_) => (HypothesisStatus::Reduced, "the items point into the household".to_owned()),
        None => (HypothesisStatus::Open, "whether the Wi-Fi was open is not in the records".to_owned()),
    }
}

fn co_subscriber(lines: &[&Line]) -> Verdict {
    let sets = lines.iter().filter(|l| l.status == LineStatus::Set).count() as u64;
    let single = lines.iter().filter(|l| l.status == LineStatus::Single).count();
    match (sets, single) {
        (0, 0) => (HypothesisStatus::Untested, "no line is resolved".to_owned()),
        (0, _) => (HypothesisStatus::Reduced, "no other subscriber explains the same episodes".to_owned()),
        (n, _) => {
            (HypothesisStatus::Open, format!("{} cannot be told apart from co-subscribers", count(n, "line", "lines")))
        }
    }
}

fn vpn(lines: &[&Line]) -> Verdict {
    let hosting = lines.iter().filter(|l| l.is_hosting()).count() as u64;
    if hosting > 0 {
        let reason = format!("{} of the account are exits of a hosting provider", count(hosting, "line", "lines"));
        return (HypothesisStatus::Open, reason);
    }
    (HypothesisStatus::Open, "the router has not been examined".to_owned())
}

fn record_error(account: &AccountFinding, single: &[&Line]) -> Verdict {
    let episodes: u64 = single.iter().map(|l| l.episodes).sum();
    if episodes > 1 {
        let reason = format!("{episodes} separate entries of the operators' logs would all have to be wrong");
        return (HypothesisStatus::Reduced, reason);
    }
    match account.counts.assigned {
        0 => (HypothesisStatus::Untested, "no assignment covers the connections".to_owned()),
        _ => (HypothesisStatus::Open, "no line is confirmed by a second entry".to_owned()),
    }
}

fn wrong_address(lines: &[&Line], single: &[&Line]) -> Verdict {
    if let Some(line) = lines.iter().find(|l| l.status == LineStatus::Doubtful) {
        let reason = format!(
            "the household that the register gives line {} of {} is {}",
            line.line_ref,
            line.operator,
            doubt(line)
        );
        return (HypothesisStatus::Favoured, reason);
    }
    if single.is_empty() {
        return (HypothesisStatus::Untested, "no line is resolved".to_owned());
    }
    if single.iter().all(|l| l.address_kind.as_deref() == Some("installation")) {
        return (
            HypothesisStatus::Reduced,
            "the register states installation addresses; a crossed wire remains possible".to_owned(),
        );
    }
    (HypothesisStatus::Open, "at least one address is a billing address or its kind is not stated".to_owned())
}
