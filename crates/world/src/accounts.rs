//! Accounts and their connections: the named accounts of everybody, and the reported ones with false names.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rand::Rng as _;

use crate::Dice;
use crate::config::Config;
use crate::district::{District, weighted};
use crate::network::{Assignment, DAY_S, DELEGATED, END_S, Network};

/// Where accounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    /// A domestic platform: canonical CSV with devices and ports.
    Chatter,
    /// Google: access log, without ports or devices.
    Google,
    /// Kik: log-ins with ports, without devices.
    Kik,
}

impl Platform {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Chatter => "chatter",
            Self::Google => "google",
            Self::Kik => "kik",
        }
    }
}

/// How the operator of a reported account behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Careless,
    HomeComputer,
    LineOnly,
    FamilyTablet,
    RecoveryPhone,
    Impersonator,
    NeighbourTelephone,
    NeighbourDevice,
    PublicWifi,
    Vpn,
    TwoPeople,
    Sold,
    /// Somebody outside the district who passes by: open and public Wi-Fi.
    Visitor,
    Outside,
}

/// A connection as it really was, and as the platform recorded it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The recorded time.
    pub(crate) at_s: i64,
    pub(crate) ip: IpAddr,
    pub(crate) port: Option<u16>,
    pub(crate) device: Option<String>,
    /// The line it was really made through; none outside the district.
    pub(crate) line: Option<usize>,
    /// The person who really made it; none outside the district.
    pub(crate) person: Option<usize>,
    /// When the assignment began that it really was made in.
    pub(crate) assigned_s: i64,
    /// Whether the platform recorded it rightly.
    pub(crate) recorded_right: bool,
}

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) platform: Platform,
    pub(crate) account_ref: String,
    pub(crate) handle: String,
    pub(crate) telephone: Option<String>,
    /// The person named as its holder; none for a reported account.
    pub(crate) holder: Option<usize>,
    pub(crate) operators: Vec<usize>,
    pub(crate) style: Option<Style>,
    pub(crate) sessions: Vec<Session>,
}

impl Account {
    pub(crate) fn is_reported(&self) -> bool {
        self.style.is_some()
    }
}

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    pub(crate) accounts: Vec<Account>,
}

struct Maker<'a> {
    config: &'a Config,
    district: &'a District,
    network: &'a Network,
    /// From which it follows where everybody is, and when.
    diary: u64,
}

/// The person who connects, the line, and the device.
type Choice = (Option<usize>, Option<usize>, Option<String>);

/// Seconds that people stay in a place, at the least.
const STAY_S: i64 = 4 * 3600;
/// Seconds that they are on their way to another.
const WAY_S: i64 = 1200;

impl Activity {
    pub(crate) fn make(config: &Config, district: &District, network: &Network, dice: &mut Dice) -> Self {
        let maker = Maker { config, district, network, diary: dice.random() };
        let mut activity = Self::default();
        activity.accounts.extend(maker.named(dice));
        activity.accounts.extend(maker.reported(dice));
        if config.coincident_neighbour {
            maker.coincide(&mut activity.accounts, dice);
        }
        activity
    }
}

impl Maker<'_> {
    /// Everybody's own accounts: nearly all have one on the domestic platform, some also with Google.
    fn named(&self, dice: &mut Dice) -> Vec<Account> {
        let mut out = Vec::new();
        for person in 0..self.district.people.len() {
            for (platform, share) in [(Platform::Chatter, 0.9), (Platform::Google, 0.25)] {
                if dice.random_bool(share) {
                    out.push(self.account(platform, Some(person), format!("n{:07}", out.len()), Some(person)));
                }
            }
        }
        let counts = split(self.config.innocent_connections, out.len(), dice);
        for (account, count) in out.iter_mut().zip(counts) {
            let Some(person) = account.holder else { continue };
            let known = &self.district.people[person];
            let tablet = self.district.households[known.household].tablet.clone();
            account.sessions = self.sessions(account.platform, count, dice, |dice, at_s| {
                let (line, home) = self.whereabouts(person, at_s, dice);
                let device = match dice.random_range(0..10) {
                    0 | 1 if home => known.computer.clone().unwrap_or_else(|| known.handset.clone()),
                    2 if home => tablet.clone().unwrap_or_else(|| known.handset.clone()),
                    _ => known.handset.clone(),
                };
                Some((Some(person), line, Some(device)))
            });
        }
        out
    }

    /// The line somebody uses at a time, and whether that is the one at home. Nobody is in two places at once.
    fn whereabouts(&self, person: usize, at_s: i64, dice: &mut Dice) -> (Option<usize>, bool) {
        let mobile = self.district.people[person].mobile_line;
        if let Some(line) = mobile.filter(|_| dice.random_bool(0.24)) {
            return (Some(line), false);
        }
        let stay = at_s.div_euclid(STAY_S);
        let (now, before) = (self.place(person, stay), self.place(person, stay - 1));
        if now != before && at_s.rem_euclid(STAY_S) < WAY_S {
            return mobile.map_or((Some(self.district.home(person)), false), |line| (Some(line), false));
        }
        (Some(now), now == self.district.home(person))
    }

    /// The fixed line of the place where somebody stays: mostly at home.
    fn place(&self, person: usize, stay: i64) -> usize {
        use rand::SeedableRng as _;
        let number = (person as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ stay.cast_unsigned();
        let mut dice = Dice::seed_from_u64(self.diary ^ number);
        match dice.random_range(0..76) {
            0..5 => pick(&self.district.public_wifi, &mut dice),
            5..8 => self.district.host_of(person, &mut dice),
            _ => self.district.home(person),
        }
    }

    /// Whether somebody is at home.
    fn is_home(&self, person: usize, at_s: i64) -> bool {
        let (home, stay) = (self.district.home(person), at_s.div_euclid(STAY_S));
        self.place(person, stay) == home && (self.place(person, stay - 1) == home || at_s.rem_euclid(STAY_S) >= WAY_S)
    }

    fn account(
        &self,
        platform: Platform,
        holder: Option<usize>,
        account_ref: String,
        telephone: Option<usize>,
    ) -> Account {
        Account {
            platform,
            handle: format!("user{account_ref}"),
            account_ref,
            telephone: telephone.map(|p| self.district.people[p].telephone.clone()),
            holder,
            operators: holder.into_iter().collect(),
            style: None,
            sessions: Vec::new(),
        }
    }

    fn reported(&self, dice: &mut Dice) -> Vec<Account> {
        let count = self.config.reported_accounts as usize;
        let counts = split(self.config.reported_connections, count, dice);
        let mut out = Vec::with_capacity(count);
        for (number, sessions) in counts.into_iter().enumerate() {
            out.push(self.reported_account(number, sessions, dice));
        }
        out
    }

    fn reported_account(&self, number: usize, count: usize, dice: &mut Dice) -> Account {
        let style = self.style(dice);
        let platform = match dice.random_range(0..10) {
            0..7 => Platform::Chatter,
            7 | 8 => Platform::Kik,
            _ => Platform::Google,
        };
        let person = self.operator(style, dice);
        let other = self.operator(Style::Careless, dice);
        let mut account = self.account(platform, None, format!("r{number:06}"), None);
        account.style = Some(style);
        account.operators = match style {
            Style::Outside | Style::Visitor => Vec::new(),
            Style::TwoPeople | Style::Sold => vec![person, other],
            _ => vec![person],
        };
        account.telephone = match style {
            Style::RecoveryPhone => Some(self.district.people[person].telephone.clone()),
            Style::Impersonator => Some(self.district.people[other].telephone.clone()),
            _ => None,
        };
        let neighbour = self.district.open_line(person, dice).unwrap_or_else(|| self.district.home(other));
        let own_device = Some(format!("device-{number:06}"));
        let sold_s = self.network.start_s + (END_S - self.network.start_s) / 2;
        account.sessions = self.sessions(platform, count, dice, |dice, at_s| {
            let who = match style {
                Style::TwoPeople if dice.random_bool(0.4) => other,
                Style::Sold if at_s >= sold_s => other,
                _ => person,
            };
            let (line, device) = self.habit(style, who, at_s, neighbour, &own_device, dice)?;
            Some(((!matches!(style, Style::Outside | Style::Visitor)).then_some(who), line, device))
        });
        account
    }

    /// Which line and device somebody uses for a reported account; nothing where it cannot be used at that time.
    fn habit(
        &self,
        style: Style,
        who: usize,
        at_s: i64,
        neighbour: usize,
        own_device: &Option<String>,
        dice: &mut Dice,
    ) -> Option<(Option<usize>, Option<String>)> {
        let known = &self.district.people[who];
        let home = self.district.home(who);
        let handset = Some(known.handset.clone());
        let from_home = matches!(
            style,
            Style::HomeComputer
                | Style::LineOnly
                | Style::RecoveryPhone
                | Style::Impersonator
                | Style::FamilyTablet
                | Style::NeighbourTelephone
                | Style::NeighbourDevice
                | Style::Vpn
        );
        if from_home && !self.is_home(who, at_s) {
            return None;
        }
        Some(match style {
            Style::Careless | Style::TwoPeople | Style::Sold => (self.whereabouts(who, at_s, dice).0, handset),
            Style::HomeComputer => (Some(home), known.computer.clone()),
            Style::LineOnly | Style::RecoveryPhone | Style::Impersonator => (Some(home), own_device.clone()),
            Style::FamilyTablet => (Some(home), self.district.households[known.household].tablet.clone()),
            Style::NeighbourTelephone => (Some(neighbour), handset),
            Style::NeighbourDevice => (Some(neighbour), own_device.clone()),
            Style::PublicWifi => (Some(pick(&self.district.public_wifi, dice)), own_device.clone()),
            Style::Visitor if dice.random_bool(0.6) => (Some(neighbour), own_device.clone()),
            Style::Visitor => (Some(pick(&self.district.public_wifi, dice)), own_device.clone()),
            Style::Vpn => (Some(pick(&self.district.exits, dice)), handset),
            Style::Outside => (None, own_device.clone()),
        })
    }

    fn style(&self, dice: &mut Dice) -> Style {
        let s = &self.config.styles;
        let weights = [
            (s.careless, Style::Careless),
            (s.home_computer, Style::HomeComputer),
            (s.line_only, Style::LineOnly),
            (s.family_tablet, Style::FamilyTablet),
            (s.recovery_phone, Style::RecoveryPhone),
            (s.impersonator, Style::Impersonator),
            (s.neighbour_telephone, Style::NeighbourTelephone),
            (s.neighbour_device, Style::NeighbourDevice),
            (s.public_wifi, Style::PublicWifi),
            (s.vpn, Style::Vpn),
            (s.two_people, Style::TwoPeople),
            (s.sold, Style::Sold),
            (s.visitor, Style::Visitor),
            (s.outside, Style::Outside),
        ];
        weights[weighted(&weights.map(|(w, _)| w), dice)].1
    }

    /// Somebody who can behave like that.
    fn operator(&self, style: Style, dice: &mut Dice) -> usize {
        for _ in 0..10_000 {
            let person = dice.random_range(0..self.district.people.len());
            let known = &self.district.people[person];
            let fits = match style {
                Style::HomeComputer => known.computer.is_some(),
                Style::FamilyTablet => self.district.households[known.household].tablet.is_some(),
                _ => known.adult,
            };
            if fits {
                return person;
            }
        }
        0
    }

    /// So many connections at distinct times, through the lines and devices chosen.
    fn sessions(
        &self,
        platform: Platform,
        count: usize,
        dice: &mut Dice,
        mut choose: impl FnMut(&mut Dice, i64) -> Option<Choice>,
    ) -> Vec<Session> {
        let mut out = Vec::with_capacity(count);
        let mut taken = BTreeSet::new();
        while out.len() < count {
            let at_s = dice.random_range(self.network.start_s..END_S - DAY_S);
            let Some((person, line, device)) = choose(dice, at_s) else { continue };
            let spot = match line {
                Some(line) => match self.spot(line, at_s, dice) {
                    Some(spot) => spot,
                    None => continue,
                },
                None => outside(dice, at_s),
            };
            let session = self.record(platform, at_s, spot, dice);
            if taken.insert(session.at_s) {
                out.push(Session { device, line, person, ..session });
            }
        }
        out.sort_by_key(|s| s.at_s);
        out
    }

    /// Whenever a reported account is used from its operator's home, a neighbour behind the same address is online too.
    fn coincide(&self, accounts: &mut [Account], dice: &mut Dice) {
        let shared: Vec<usize> = (0..self.district.lines.len())
            .filter(|l| self.district.lines[*l].operator == crate::district::Operator::StaticGroup)
            .collect();
        let neighbour = |line: usize| {
            let place = shared.iter().position(|l| *l == line)?;
            shared.get(place ^ 1).copied()
        };
        let mut more: Vec<(usize, Session)> = Vec::new();
        for account in accounts.iter().filter(|a| a.is_reported()) {
            for session in &account.sessions {
                let Some(line) = session.line.filter(|_| session.recorded_right).and_then(neighbour) else { continue };
                let at_s = session.at_s - self.config.clock_shift_s + dice.random_range(-300..=300);
                let holder = self.district.lines[line].holder;
                let named = accounts.iter().position(|a| a.platform == Platform::Chatter && a.holder == holder);
                let (Some(holder), Some(named), Some(spot)) = (holder, named, self.network.at(line, at_s)) else {
                    continue;
                };
                let record = self.record(Platform::Chatter, at_s, spot, dice);
                let device = Some(self.district.people[holder].handset.clone());
                more.push((named, Session { device, line: Some(line), person: Some(holder), ..record }));
            }
        }
        for (named, session) in more {
            let sessions = &mut accounts[named].sessions;
            if sessions.iter().all(|s| s.at_s != session.at_s) {
                sessions.push(session);
            }
        }
        for account in accounts.iter_mut() {
            account.sessions.sort_by_key(|s| s.at_s);
        }
    }

    /// What a connection through a line is made from: an address of its prefix where it comes by IPv6.
    fn spot(&self, line: usize, at_s: i64, dice: &mut Dice) -> Option<Assignment> {
        match self.network.prefix_at(line, at_s) {
            Some(spot) if dice.random_bool(self.config.ipv6_share) => Some(spot),
            _ => self.network.at(line, at_s),
        }
    }

    /// What the platform writes down, clock errors and mistakes included.
    fn record(&self, platform: Platform, at_s: i64, spot: Assignment, dice: &mut Dice) -> Session {
        let drift = if dice.random_bool(self.config.clock_good) {
            dice.random_range(-2..=2)
        } else {
            dice.random_range(-120..=120)
        };
        let (from, to) = spot.ports.unwrap_or((1024, u16::MAX));
        let port = dice.random_range(from..=to);
        let states_port = platform != Platform::Google && dice.random_bool(self.config.port_share);
        let mut session = Session {
            at_s: at_s + drift + self.config.clock_shift_s,
            ip: host(spot.ip, dice),
            port: states_port.then_some(port),
            device: None,
            line: None,
            person: None,
            assigned_s: spot.from_s,
            recorded_right: true,
        };
        if dice.random_bool(self.config.record_error) {
            session.recorded_right = false;
            match dice.random_range(0..4) {
                0 => session.ip = mistyped(session.ip, dice),
                1 => session.at_s += if dice.random_bool(0.5) { 3600 } else { -3600 },
                2 => session.at_s -= 12 * 3600,
                _ => session.at_s -= DAY_S * dice.random_range(1..30),
            }
        }
        session
    }
}

/// A host's address inside a delegated prefix; an IPv4 address as it is.
fn host(ip: IpAddr, dice: &mut Dice) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(prefix) => {
            let low: u128 = dice.random::<u128>() >> DELEGATED;
            IpAddr::V6(Ipv6Addr::from(u128::from(prefix) | low))
        }
    }
}

/// The address with one digit wrong; of an IPv6 address, in the delegated prefix.
fn mistyped(ip: IpAddr, dice: &mut Dice) -> IpAddr {
    let bit = dice.random_range(0..4);
    match ip {
        IpAddr::V4(ip) => IpAddr::V4(Ipv4Addr::from(u32::from(ip) ^ (1 << bit))),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from(u128::from(ip) ^ (1 << (128 - u32::from(DELEGATED) + bit)))),
    }
}

/// An address that no operator of the district has.
fn outside(dice: &mut Dice, at_s: i64) -> Assignment {
    let ip = u32::from(Ipv4Addr::new(192, 0, 2, 0)) + dice.random_range(1..255);
    Assignment { ip: IpAddr::V4(Ipv4Addr::from(ip)), ports: None, from_s: at_s - DAY_S, until_s: at_s + DAY_S }
}

fn pick(from: &[usize], dice: &mut Dice) -> usize {
    from[dice.random_range(0..from.len())]
}

/// Splits a total over so many, unevenly: most have few, some very many. The parts add up exactly.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "parts of a total below five million")]
fn split(total: u32, over: usize, dice: &mut Dice) -> Vec<usize> {
    let weights: Vec<f64> = (0..over)
        .map(|_| {
            // Twelve uniform numbers make a normal one, and its exponential is heavy-tailed enough.
            let normal: f64 = (0..12).map(|_| dice.random_range(0.0..1.0)).sum::<f64>() - 6.0;
            normal.exp()
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    let mut parts: Vec<usize> = weights.iter().map(|w| (w / sum * f64::from(total)) as usize).collect();
    let mut left = (total as usize).saturating_sub(parts.iter().sum());
    for number in (0..over).cycle() {
        if left == 0 {
            break;
        }
        parts[number] += 1;
        left -= 1;
    }
    parts
}
