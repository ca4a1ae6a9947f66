//! Replies of operators: who held which address. What is older than retention allows is gone.

use std::path::Path;

use super::{Lines, optional, time, utc, zoned};
use crate::WorldError;
use crate::config::Config;
use crate::district::{District, Operator};
use crate::network::{Assignment, DAY_S, END_S, Network};

pub(super) fn write(config: &Config, district: &District, network: &Network, folder: &Path) -> Result<u64, WorldError> {
    let kept_from_s = END_S - i64::from(config.retention_days) * DAY_S;
    let mut written = 0;
    for operator in Operator::ALL {
        let held: Vec<(&str, Assignment)> = (0..district.lines.len())
            .filter(|line| district.lines[*line].operator == operator)
            .flat_map(|line| {
                let recorded = district.lines[district.lines[line].recorded_as].line_ref.as_str();
                network.by_line[line].iter().chain(&network.prefixes[line]).map(move |a| (recorded, *a))
            })
            .filter(|(_, a)| a.until_s > kept_from_s && a.from_s < END_S)
            .collect();
        if held.is_empty() {
            continue;
        }
        written += held.len() as u64;
        match operator {
            Operator::Daily | Operator::Weekly => radius(operator, &held, folder)?,
            Operator::PortBlocks => own_csv(&held, folder)?,
            _ => canonical(operator, &held, folder)?,
        }
    }
    Ok(written)
}

fn canonical(operator: Operator, held: &[(&str, Assignment)], folder: &Path) -> Result<(), WorldError> {
    let mut file = Lines::create(&folder.join(format!("{}-assignment.csv", operator.name())))?;
    file.row(&["operator", "ip", "port_from", "port_to", "from_utc", "until_utc", "line_ref"])?;
    for (line, a) in held {
        let (from, to) = (optional(a.ports.map(|p| p.0)), optional(a.ports.map(|p| p.1)));
        file.row(&[operator.name(), &a.network(), &from, &to, &utc(a.from_s), &utc(a.until_s), line])?;
    }
    file.finish()
}

/// An operator's own headings, in local time; the mapping beside it says how to read them.
fn own_csv(held: &[(&str, Assignment)], folder: &Path) -> Result<(), WorldError> {
    let form = "%d/%m/%Y %H:%M:%S";
    let mut mapping = Lines::create(&folder.join("vallenet.mapping.yaml"))?;
    for line in [
        "table: assignment",
        "delimiter: \";\"",
        "columns:",
        "  IP pubblico: ip",
        "  Porta da: port_from",
        "  Porta a: port_to",
        "  Inizio: from_utc",
        "  Fine: until_utc",
        "  Utenza: line_ref",
        "constants:",
        "  operator: vallenet",
        "dates:",
        "  from_utc: {format: \"%d/%m/%Y %H:%M:%S %z\"}",
        "  until_utc: {format: \"%d/%m/%Y %H:%M:%S %z\"}",
    ] {
        mapping.line(line)?;
    }
    mapping.finish()?;
    let zone = jiff::tz::TimeZone::get("Europe/Rome").map_err(|e| WorldError::Form(e.to_string()))?;
    let mut file = Lines::create(&folder.join("vallenet.csv"))?;
    file.line("IP pubblico;Porta da;Porta a;Inizio;Fine;Utenza")?;
    for (line, a) in held {
        let local = |at_s| zoned(at_s, &format!("{form} %z"), &zone);
        let (from, to) = (optional(a.ports.map(|p| p.0)), optional(a.ports.map(|p| p.1)));
        file.line(&format!("{};{from};{to};{};{};{line}", a.network(), local(a.from_s), local(a.until_s)))?;
    }
    file.finish()
}

/// RADIUS accounting: a Start and a Stop for each session, now and then an update between; one Start in a thousand lost.
fn radius(operator: Operator, held: &[(&str, Assignment)], folder: &Path) -> Result<(), WorldError> {
    let mut file = Lines::create(&folder.join(format!("{}-detail", operator.name())))?;
    for (number, (line, a)) in held.iter().enumerate() {
        let id = format!("{:02x}{number:014x}", operator as u8);
        let packet = Packet { operator, line, assignment: a, id: &id };
        if number % 1000 != 7 {
            packet.write(&mut file, "Start", a.from_s)?;
        }
        if number % 20 == 3 {
            packet.write(&mut file, "Interim-Update", a.from_s + (a.until_s - a.from_s) / 2)?;
        }
        if a.until_s < END_S {
            packet.write(&mut file, "Stop", a.until_s)?;
        }
    }
    file.finish()
}

struct Packet<'a> {
    operator: Operator,
    line: &'a str,
    assignment: &'a Assignment,
    id: &'a str,
}

impl Packet<'_> {
    fn write(&self, file: &mut Lines, status: &str, at_s: i64) -> Result<(), WorldError> {
        file.line(&time(at_s, "%a %b %e %H:%M:%S %Y"))?;
        file.line(&format!("\tAcct-Status-Type = {status}"))?;
        file.line(&format!("\tUser-Name = \"{}@{}\"", self.line, self.operator.name()))?;
        file.line("\tNAS-IP-Address = 192.0.2.1")?;
        let attribute = if self.assignment.ip.is_ipv6() { "Delegated-IPv6-Prefix" } else { "Framed-IP-Address" };
        file.line(&format!("\t{attribute} = {}", self.assignment.network()))?;
        file.line(&format!("\tAcct-Session-Id = \"{}\"", self.id))?;
        file.line(&format!("\tAcct-Unique-Session-Id = \"{}\"", self.id))?;
        if status != "Start" {
            file.line(&format!("\tAcct-Session-Time = {}", at_s - self.assignment.from_s))?;
        }
        file.line(&format!("\tTimestamp = {at_s}\n"))
    }
}
