//! Plays the operators: answers a request file from a world, as its operators would, and plants the errors that
//! oversight bodies have documented, so that the comparison of replies can be tried.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use rand::SeedableRng as _;
use serde::Serialize;

use crate::district::{District, Operator};
use crate::files::{Lines, utc};
use crate::network::{Assignment, DAY_S, DELEGATED, END_S, Network};
use crate::{Dice, Made, WorldError};

/// The errors that can be planted in an answer, and what each is.
pub const PLANTS: &[(&str, &str)] = &[
    ("digit", "one digit of the address is typed wrong"),
    ("hour", "the operator looked an hour later"),
    ("twelve_hours", "the operator's clock lost AM and PM"),
    ("year", "the operator looked a year earlier"),
    ("day", "the operator looked a day earlier"),
    ("port", "the operator looked up another port"),
    ("operator", "the answer names another operator"),
    ("checksum", "the line was altered on its way"),
    ("unknown_request", "the answer names a request that nobody sent"),
    ("wrong_customer", "a second line is named for the same address, port and moment"),
    ("one_key", "one search produced all answers"),
    ("billing", "the address of a fixed line is where the bill goes"),
    ("geolocation", "the address comes from a map of addresses"),
];

/// How to answer.
#[derive(Debug, Clone, Default)]
pub struct AnswerOptions {
    /// Errors to plant, by name.
    pub plant: Vec<String>,
    /// In every answer, not only in the first of each file.
    pub everywhere: bool,
    /// Leave out what was looked up, as operators do that only name the line.
    pub silent: bool,
    /// Write whose lines they are as well.
    pub lines: bool,
}

/// What was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// Questions read.
    pub requests: u64,
    /// Questions with an answer; to the others the operators hold nothing.
    pub answered: u64,
    /// Rows written.
    pub rows: u64,
    /// The files written.
    pub files: Vec<PathBuf>,
}

/// A question, as its line says.
#[derive(Debug, Clone)]
struct Question {
    request_ref: String,
    checksum: String,
    operator: String,
    ip: IpAddr,
    port: Option<u16>,
    asked_s: i64,
    from_s: i64,
    until_s: i64,
}

/// An answer to write.
#[derive(Debug, Clone)]
struct Reply {
    question: Question,
    ip: String,
    held: Assignment,
    line: usize,
    lookup_key: String,
}

/// Answers the request files from a world.
///
/// # Errors
/// Where the world or a request file cannot be read, a file cannot be written, or an error to plant is not known.
pub fn answer(world: &Path, requests: &[PathBuf], out: &Path, options: &AnswerOptions) -> Result<Answered, WorldError> {
    if let Some(name) = options.plant.iter().find(|name| !PLANTS.iter().any(|(known, _)| known == name)) {
        let known: Vec<&str> = PLANTS.iter().map(|(name, _)| *name).collect();
        return Err(WorldError::Form(format!("--plant {name}: expected one of {}", known.join(", "))));
    }
    let operators = Operators::of(world)?;
    std::fs::create_dir_all(out).map_err(|source| WorldError::Io { path: out.to_path_buf(), source })?;
    let mut done = Answered { requests: 0, answered: 0, rows: 0, files: Vec::new() };
    for path in requests {
        let questions = questions(path)?;
        let mut replies = Vec::new();
        done.requests += questions.len() as u64;
        let mut planted = 0;
        for question in &questions {
            let plants: &[String] = if planted == 0 || options.everywhere { &options.plant } else { &[] };
            let found = operators.reply(question, plants);
            planted += u64::from(!found.is_empty());
            done.answered += u64::from(!found.is_empty());
            replies.extend(found);
        }
        done.rows += replies.len() as u64;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        done.files.push(operators.write(&replies, &out.join(format!("{stem}-reply.csv")), options)?);
        if options.lines {
            done.files.push(operators.write_lines(&replies, &out.join(format!("{stem}-lines.csv")), options)?);
        }
    }
    Ok(done)
}

/// The operators of a world: what they hold, by address.
struct Operators {
    district: District,
    held: BTreeMap<IpAddr, Vec<(Assignment, usize)>>,
}

impl Operators {
    fn of(world: &Path) -> Result<Self, WorldError> {
        let path = world.join("world.json");
        let text = std::fs::read_to_string(&path).map_err(|source| WorldError::Io { path: path.clone(), source })?;
        let made: Made =
            serde_json::from_str(&text).map_err(|e| WorldError::Form(format!("{}: {e}", path.display())))?;
        let mut dice = Dice::seed_from_u64(made.seed);
        let district = District::make(&made.config, &mut dice);
        let network = Network::make(&made.config, &district, &mut dice);
        let kept_from_s = END_S - i64::from(made.config.retention_days) * DAY_S;
        let mut held: BTreeMap<IpAddr, Vec<(Assignment, usize)>> = BTreeMap::new();
        let lines = network.by_line.iter().enumerate().chain(network.prefixes.iter().enumerate());
        for (line, assignments) in lines {
            for a in assignments.iter().filter(|a| a.until_s > kept_from_s && a.from_s < END_S) {
                held.entry(a.ip).or_default().push((*a, line));
            }
        }
        Ok(Self { district, held })
    }

    fn reply(&self, question: &Question, plants: &[String]) -> Vec<Reply> {
        let has = |name: &str| plants.iter().any(|p| p == name);
        let mut looked = question.clone();
        let shifts = [("hour", 3600), ("twelve_hours", -12 * 3600), ("year", -365 * DAY_S), ("day", -DAY_S)];
        for (_, by) in shifts.into_iter().filter(|(name, _)| has(name)) {
            looked.asked_s += by;
            looked.from_s += by;
            looked.until_s += by;
        }
        if has("port") {
            looked.port = looked.port.map(|p| if p > 32_000 { p - 20_000 } else { p + 20_000 });
        }
        let mut found = self.holders(&looked);
        if found.is_empty() {
            found = self.holders(question);
        }
        let mut replies: Vec<Reply> = found
            .into_iter()
            .map(|(held, line)| Reply {
                lookup_key: if has("one_key") {
                    "customer 1".to_owned()
                } else {
                    format!("{} {}", question.request_ref, held.network())
                },
                ip: held.network(),
                question: looked.clone(),
                held,
                line,
            })
            .collect();
        if has("wrong_customer")
            && let Some(first) = replies.first()
        {
            let other = (first.line + 1) % self.district.lines.len();
            let operator = self.district.lines[first.line].operator;
            let same = (0..self.district.lines.len())
                .find(|l| self.district.lines[*l].operator == operator && *l != first.line);
            replies.push(Reply { line: same.unwrap_or(other), ..first.clone() });
        }
        for reply in &mut replies {
            if has("digit") {
                reply.ip = Assignment { ip: mistyped(reply.held.ip), ..reply.held }.network();
            }
            if has("operator") {
                "elsewhere.example".clone_into(&mut reply.question.operator);
            }
            if has("checksum") {
                let flipped = if reply.question.checksum.starts_with('0') { "1" } else { "0" };
                reply.question.checksum.replace_range(..1, flipped);
            }
            if has("unknown_request") {
                reply.question.request_ref.push('9');
            }
        }
        replies
    }

    /// Who held the address, and the port where one is asked about, within the window.
    fn holders(&self, question: &Question) -> Vec<(Assignment, usize)> {
        let held = self.held.get(&delegated(question.ip)).map(Vec::as_slice).unwrap_or_default();
        held.iter()
            .filter(|(a, line)| {
                let port = |p: u16| a.ports.is_none_or(|(from, to)| (from..=to).contains(&p));
                a.from_s <= question.until_s
                    && a.until_s > question.from_s
                    && question.port.is_none_or(port)
                    && self.district.lines[*line].operator.name() == question.operator
            })
            .copied()
            .collect()
    }

    fn write(&self, replies: &[Reply], path: &Path, options: &AnswerOptions) -> Result<PathBuf, WorldError> {
        let mut file = Lines::create(path)?;
        let mut headings = vec!["request_ref", "checksum", "operator", "ip", "port_from", "port_to", "from_utc"];
        headings.extend(["until_utc", "line_ref", "lookup_key"]);
        if !options.silent {
            headings.extend(["asked_utc", "asked_port"]);
        }
        file.row(&headings)?;
        for r in replies {
            let port = |p: Option<u16>| p.map(|p| p.to_string()).unwrap_or_default();
            let (from, to) = (port(r.held.ports.map(|p| p.0)), port(r.held.ports.map(|p| p.1)));
            let q = &r.question;
            let line = &self.district.lines[self.district.lines[r.line].recorded_as].line_ref;
            let (from_utc, until_utc) = (utc(r.held.from_s), utc(r.held.until_s));
            let (asked, asked_port) = (utc(q.asked_s), port(q.port));
            let mut cells: Vec<&str> = vec![
                &q.request_ref,
                &q.checksum,
                &q.operator,
                &r.ip,
                &from,
                &to,
                &from_utc,
                &until_utc,
                line,
                &r.lookup_key,
            ];
            if !options.silent {
                cells.extend([asked.as_str(), asked_port.as_str()]);
            }
            file.row(&cells)?;
        }
        file.finish()?;
        Ok(path.to_path_buf())
    }

    fn write_lines(&self, replies: &[Reply], path: &Path, options: &AnswerOptions) -> Result<PathBuf, WorldError> {
        let mut file = Lines::create(path)?;
        file.row(&["request_ref", "checksum", "operator", "line_ref", "holder_ref", "access_kind", "address_kind"])?;
        for (number, r) in replies.iter().enumerate() {
            let line = &self.district.lines[self.district.lines[r.line].recorded_as];
            let holder = line.holder.map(|p| self.district.people[p].person_ref.clone()).unwrap_or_default();
            let planted = |name: &str| (number == 0 || options.everywhere) && options.plant.iter().any(|p| p == name);
            let kind = match line.address_kind {
                _ if planted("billing") => "billing",
                _ if planted("geolocation") => "geolocation",
                kind => kind,
            };
            let q = &r.question;
            file.row(&[&q.request_ref, &q.checksum, &q.operator, &line.line_ref, &holder, line.access_kind, kind])?;
        }
        file.finish()?;
        Ok(path.to_path_buf())
    }
}

/// Reads a request file by its headings. No cell of ours holds a comma or a quote.
fn questions(path: &Path) -> Result<Vec<Question>, WorldError> {
    let text = std::fs::read_to_string(path).map_err(|source| WorldError::Io { path: path.to_path_buf(), source })?;
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut out = Vec::new();
    for (number, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let wrong = |name: &str| WorldError::Form(format!("{}, row {}: no usable {name}", path.display(), number + 1));
        let cell = |name: &str| {
            let at = headings.iter().position(|h| *h == name);
            at.and_then(|at| cells.get(at)).copied().ok_or_else(|| wrong(name))
        };
        let second = |name: &str| {
            let at: jiff::Timestamp = cell(name)?.parse().map_err(|_| wrong(name))?;
            Ok::<i64, WorldError>(at.as_second())
        };
        let port = cell("port")?;
        let ip = cell("ip")?.parse().map_err(|_| wrong("ip"))?;
        out.push(Question {
            request_ref: cell("request_ref")?.to_owned(),
            checksum: cell("checksum")?.to_owned(),
            operator: cell("operator")?.to_owned(),
            ip,
            port: if port.is_empty() { None } else { Some(port.parse().map_err(|_| wrong("port"))?) },
            asked_s: second("asked_utc")?,
            from_s: second("from_utc")?,
            until_s: second("until_utc")?,
        });
    }
    Ok(out)
}

/// Writes which operator has which block of addresses, as a registry of addresses would.
pub(crate) fn write_blocks(district: &District, network: &Network, path: &Path) -> Result<(), WorldError> {
    let mut file = Lines::create(path)?;
    file.row(&["prefix", "operator"])?;
    for operator in Operator::ALL {
        let lines = (0..district.lines.len()).filter(|l| district.lines[*l].operator == operator);
        let blocks: std::collections::BTreeSet<String> =
            lines.flat_map(|l| network.by_line[l].iter().chain(&network.prefixes[l])).map(|a| block(a.ip)).collect();
        for block in blocks {
            file.row(&[&block, operator.name()])?;
        }
    }
    file.finish()
}

/// The address, or the delegated prefix that it lies in.
fn delegated(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from(u128::from(ip) >> (128 - DELEGATED) << (128 - DELEGATED))),
    }
}

/// The same with one digit typed wrong: the last one, of a prefix the last that counts.
fn mistyped(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let (head, last) = (u32::from(ip) & !0xff, u32::from(ip) & 0xff);
            IpAddr::V4(Ipv4Addr::from(head | (last / 10 * 10 + (last + 1) % 10)))
        }
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from(u128::from(ip) ^ (1 << (128 - DELEGATED)))),
    }
}

/// The block of a registry that an address or prefix lies in.
fn block(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => format!("{}/24", Ipv4Addr::from(u32::from(ip) & !0xff)),
        IpAddr::V6(ip) => format!("{}/32", Ipv6Addr::from(u128::from(ip) >> 96 << 96)),
    }
}
