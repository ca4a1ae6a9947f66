//! Items of evidence, for and against, strongest first.

use tutela_model::lead::{Evidence, LineRef, LineStatus};
use tutela_model::likelihood::LogRatio;

use super::findings::{AccountFinding, Device, Findings, Line, Person, Selector};
use super::words::{count, doubt, percent};

/// The reference of an item inside its lead: its kind, and the person or line it speaks about.
pub(crate) fn evidence_ref(kind: &str, subject: Option<&str>) -> String {
    subject.map_or_else(|| kind.to_owned(), |s| format!("{kind}:{s}"))
}

/// The evidence of a lead: against, for.
pub(super) fn weigh(
    findings: &Findings,
    account: &AccountFinding,
    lines: &[&Line],
    people: &[&Person],
) -> (Vec<Evidence>, Vec<Evidence>) {
    let builder = Builder { findings, account_id: account.account_id };
    let empty_devices = Vec::new();
    let empty_selectors = Vec::new();
    let devices = findings.devices.get(&account.account_id).unwrap_or(&empty_devices);
    let selectors = findings.selectors.get(&account.account_id).unwrap_or(&empty_selectors);
    let mut items: Vec<Evidence> = Vec::new();
    items.extend(lines.iter().filter(|l| l.episodes > 1).map(|l| builder.line(l)));
    items.extend(lines.iter().filter(|l| l.status == LineStatus::Single).filter_map(|l| builder.holder(l)));
    items.extend(lines.iter().filter(|l| l.status == LineStatus::Single).filter_map(|l| builder.guests(l)));
    items.extend(devices.iter().map(|d| builder.device(d)));
    items.extend(selectors.iter().map(|s| builder.selector(s)));
    for person in people {
        items.extend(builder.co_presence(person));
        items.extend(builder.alibi(person));
        items.extend(builder.elsewhere(person));
        items.extend(builder.household(person));
    }
    items.sort_by(|a, b| {
        let strength = |e: &Evidence| e.log10_lr.map_or(0, |l| LogRatio::from_log10(l).thousandths().abs());
        strength(b).cmp(&strength(a)).then_with(|| a.evidence_ref.cmp(&b.evidence_ref))
    });
    items.dedup_by(|a, b| a.evidence_ref == b.evidence_ref);
    items.into_iter().partition(speaks_against)
}

/// Items that weigh against an attribution, or limit it.
fn speaks_against(item: &Evidence) -> bool {
    item.log10_lr.is_none_or(|l| LogRatio::from_log10(l) < LogRatio::NEUTRAL) || item.kind == "device_of_several"
}

struct Builder<'a> {
    findings: &'a Findings,
    account_id: i64,
}

struct Item<'a> {
    kind: &'a str,
    statement: String,
    log10_lr: Option<LogRatio>,
    group: &'a str,
    from_network: bool,
    person: Option<&'a str>,
    line: Option<&'a Line>,
    /// The kind under which its source rows are kept.
    cited: &'a str,
}

impl Builder<'_> {
    fn item(&self, item: Item<'_>) -> Evidence {
        let key =
            (self.account_id, item.cited.to_owned(), item.person.map(str::to_owned), item.line.map(|l| l.line_id));
        let subject =
            item.person.map(str::to_owned).or_else(|| item.line.map(|l| format!("{}/{}", l.operator, l.line_ref)));
        Evidence {
            evidence_ref: evidence_ref(item.kind, subject.as_deref()),
            kind: item.kind.to_owned(),
            statement: item.statement,
            log10_lr: item.log10_lr.map(LogRatio::log10),
            words: item.log10_lr.map(|l| l.words().en.to_owned()),
            dependence_group: item.group.to_owned(),
            from_network: item.from_network,
            person_ref: item.person.map(str::to_owned),
            line: item.line.map(|l| LineRef { operator: l.operator.clone(), line_ref: l.line_ref.clone() }),
            records: self.findings.citations.get(&key).copied().unwrap_or(0),
        }
    }

    fn line(&self, line: &Line) -> Evidence {
        let (kind, log10_lr, tail) = match line.status {
            LineStatus::Single => ("line_episodes", Some(line.log10_lr), "no other line explains them".to_owned()),
            LineStatus::Doubtful => (
                "line_doubt",
                None,
                format!(
                    "but the household that the register gives it was {}: it may be wired crosswise, used by somebody \
                     else, or wrong in the register",
                    doubt(line)
                ),
            ),
            LineStatus::Set => (
                "line_set",
                None,
                format!("{} explain them equally well and cannot be told apart", count(line.set_size, "line", "lines")),
            ),
            LineStatus::Weak | LineStatus::OneEpisode => {
                ("line_weak", None, "so few of the account's episodes may be chance or wrong records".to_owned())
            }
        };
        self.item(Item {
            kind,
            statement: format!(
                "{} in {} on different assignments lead to line {} of {}; {tail}",
                count(line.connections, "connection", "connections"),
                count(line.episodes, "episode", "episodes"),
                line.line_ref,
                line.operator
            ),
            log10_lr,
            group: "network",
            from_network: true,
            person: None,
            line: Some(line),
            cited: "line_episodes",
        })
    }

    fn holder(&self, line: &Line) -> Option<Evidence> {
        let holder = line.holder_ref.as_deref()?;
        let key = (self.account_id, "holder".to_owned(), Some(holder.to_owned()), Some(line.line_id));
        let address = match line.address_kind.as_deref() {
            Some("installation") => "installation address",
            Some("billing") => "billing address, which may not be where the line is",
            _ => "kind of address not stated",
        };
        let mut item = self.item(Item {
            kind: "holder",
            statement: format!(
                "the register names {holder} as holder of line {} of {} ({address}); this says who pays for it, not who used it",
                line.line_ref, line.operator
            ),
            log10_lr: None,
            group: "register",
            from_network: false,
            person: Some(holder),
            line: Some(line),
            cited: "holder",
        });
        item.evidence_ref = evidence_ref("holder", Some(&format!("{}/{}", line.operator, line.line_ref)));
        item.records = self.findings.citations.get(&key).copied().unwrap_or(0);
        Some(item)
    }

    fn guests(&self, line: &Line) -> Option<Evidence> {
        (line.guests > 0).then(|| {
            self.item(Item {
                kind: "guests",
                statement: format!(
                    "named accounts of {} of other households are seen on line {} of {} again and again, {} of them as if at home: they had access to it",
                    count(line.guests, "person", "people"),
                    line.line_ref,
                    line.operator,
                    line.guests_at_home
                ),
                log10_lr: None,
                group: "network",
                from_network: true,
                person: None,
                line: Some(line),
                cited: "guests",
            })
        })
    }

    fn device(&self, device: &Device) -> Evidence {
        let person = device.person_ref.as_str();
        let uses = format!(
            "{} of the account and {} of named accounts of {person} were made with one device",
            count(device.logins, "connection", "connections"),
            count(device.named_logins, "connection", "connections"),
        );
        let (kind, log10_lr, tail) = if device.people > 1 {
            let tail = format!("but named accounts of {} are seen on it", count(device.people, "person", "people"));
            ("device_of_several", None, tail)
        } else if !device.overlaps {
            ("shared_device", Some(device.log10_lr), "but not over the same time: it may have changed hands".to_owned())
        } else {
            let place = match device.networks {
                0 => "not known to have been on the same line".to_owned(),
                n => format!("on {} in common", count(n, "network", "networks")),
            };
            ("shared_device", Some(device.log10_lr), format!("and no named account of anybody else; {place}"))
        };
        let mut item = self.item(Item {
            kind,
            statement: format!("{uses}, {tail}"),
            log10_lr,
            group: "device",
            from_network: false,
            person: Some(person),
            line: None,
            cited: "shared_device",
        });
        item.evidence_ref = evidence_ref(kind, Some(&format!("{person}/{}", device.device_ref)));
        item
    }

    fn selector(&self, selector: &Selector) -> Evidence {
        let person = selector.person_ref.as_str();
        let what = if selector.kind == "email" { "e-mail address" } else { "telephone number" };
        let (log10_lr, tail) = if selector.people > 1 {
            (None, format!(", but so do those of {} in all", count(selector.people, "person", "people")))
        } else {
            (Some(selector.log10_lr), String::new())
        };
        let mut item = self.item(Item {
            kind: "shared_selector",
            statement: format!("a named account of {person} has the same {what} as the account{tail}"),
            log10_lr,
            group: "selector",
            from_network: false,
            person: Some(person),
            line: None,
            cited: "shared_selector",
        });
        item.evidence_ref = evidence_ref("shared_selector", Some(&format!("{person}/{}", selector.kind)));
        item
    }

    fn co_presence(&self, person: &Person) -> Option<Evidence> {
        (person.co_presence_lines > 0).then(|| {
            self.item(Item {
                kind: "co_presence",
                statement: format!(
                    "a named account of {} was seen on {} that belong{} neither to them nor to relatives, close in time to the account and during the same assignments",
                    person.person_ref,
                    count(person.co_presence_lines, "line", "lines"),
                    if person.co_presence_lines == 1 { "s" } else { "" }
                ),
                log10_lr: Some(person.co_presence_log10),
                group: "co_presence",
                from_network: true,
                person: Some(&person.person_ref),
                line: None,
                cited: "co_presence",
            })
        })
    }

    fn alibi(&self, person: &Person) -> Option<Evidence> {
        (person.alibi_episodes > 0).then(|| {
            self.item(Item {
                kind: "alibi",
                statement: format!(
                    "in {} of the account a named account of {} was in use on another fixed line",
                    count(person.alibi_episodes, "episode", "episodes"),
                    person.person_ref
                ),
                log10_lr: None,
                group: "alibi",
                from_network: true,
                person: Some(&person.person_ref),
                line: None,
                cited: "alibi",
            })
        })
    }

    fn elsewhere(&self, person: &Person) -> Option<Evidence> {
        let untied = person.resolved_episodes.saturating_sub(person.tied_episodes);
        (untied > 0 && (person.by_device || person.by_selector)).then(|| {
            self.item(Item {
                kind: "elsewhere",
                statement: format!(
                    "{untied} of {} resolved episodes ({}) have no tie to {}",
                    person.resolved_episodes,
                    percent(untied, person.resolved_episodes),
                    person.person_ref
                ),
                log10_lr: None,
                group: "network",
                from_network: true,
                person: Some(&person.person_ref),
                line: None,
                cited: "elsewhere",
            })
        })
    }

    fn household(&self, person: &Person) -> Option<Evidence> {
        let linked = person.by_device || person.by_selector || person.by_holder;
        (linked && person.members != 1).then(|| {
            let size = match person.members {
                0 => "no register states the household".to_owned(),
                n => format!("{n} people live in the household"),
            };
            self.item(Item {
                kind: "household",
                statement: format!("{size} of {}: others may have had access to line and devices", person.person_ref),
                log10_lr: None,
                group: "register",
                from_network: false,
                person: Some(&person.person_ref),
                line: None,
                cited: "household",
            })
        })
    }
}
