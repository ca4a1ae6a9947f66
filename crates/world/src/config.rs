//! What a world is made of. Shares run from 0 to 1. The marks are those of the field: [C] seen in the primary source,
//! [C2] in a secondary one, [D] derived, [M] an unconfirmed working value.

use serde::{Deserialize, Serialize};

use crate::WorldError;

/// What a world is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Households of the district.
    pub households: u32,
    /// Days that the accounts are followed.
    pub days: u32,
    /// Days before the end of which operators still hold assignments: 12 months for Internet (art. 132 D.Lgs. 196/2003 [C]).
    pub retention_days: u32,
    /// Accounts that referrals report.
    pub reported_accounts: u32,
    /// Connections of these accounts, in all, exactly.
    pub reported_connections: u32,
    /// Connections of the named accounts of everybody, in all, about.
    pub innocent_connections: u32,
    /// Share of households of one, two, three, four, five and six persons (Istat 2019 [C2]).
    pub household_sizes: [f64; 6],
    /// Share of fixed lines by kind of operator: address for a day, address for weeks, static group of four behind one
    /// address, port blocks behind one address (20 to 25 % behind sharing [D]).
    pub fixed_operators: [f64; 4],
    /// Subscribers behind one address of the fixed operator with port blocks: 32 to 153 [C].
    pub fixed_subscribers_per_address: u32,
    /// Subscribers behind one address of the mobile operator: 64 to 2,000 [C2].
    pub mobile_subscribers_per_address: u32,
    /// Share of platforms' records that state the source port: no figure known, to be swept from 0 to 0.8.
    pub port_share: f64,
    /// Share of platforms' records that are wrong: 0.16 % [D], to be swept to 5 %.
    pub record_error: f64,
    /// Share of connections whose clock is within ten seconds: 74 % [C]; the rest is up to minutes off.
    pub clock_good: f64,
    /// Seconds that all clocks of platforms are off.
    pub clock_shift_s: i64,
    /// Share of connections by IPv6, of lines whose operator delegates prefixes [M].
    pub ipv6_share: f64,
    /// Share of households that have kin in another one, whom they visit most [M].
    pub kin: f64,
    /// Share of fixed lines whose Wi-Fi is open: 3 % [M].
    pub open_wifi: f64,
    /// Share of households with a tablet that all use [M].
    pub family_tablet: f64,
    /// Share of lines in the name of somebody outside the household [M].
    pub other_holder: f64,
    /// Share of fixed lines that are wired crosswise with another, so that every answer names the wrong one.
    pub cross_wired: f64,
    /// Households behind each fixed line: 1, or more where the lines are those of residences.
    pub households_per_line: u32,
    /// Whether a neighbour behind the same shared address happens to be online each time.
    pub coincident_neighbour: bool,
    /// How operators of reported accounts behave, by weight.
    pub styles: Styles,
}

/// How operators of reported accounts behave, by weight [M].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Styles {
    /// Own telephone, also used for the own named account, at home and away.
    pub careless: f64,
    /// Own computer, also used for the own named account, at home only.
    pub home_computer: f64,
    /// A device that no named account uses, at home only.
    pub line_only: f64,
    /// The family's tablet.
    pub family_tablet: f64,
    /// A device of its own, but the recovery telephone of the own named account.
    pub recovery_phone: f64,
    /// The recovery telephone of somebody else.
    pub impersonator: f64,
    /// A neighbour's open Wi-Fi with the own telephone.
    pub neighbour_telephone: f64,
    /// A neighbour's open Wi-Fi with a device that no named account uses.
    pub neighbour_device: f64,
    /// Public Wi-Fi only.
    pub public_wifi: f64,
    /// A VPN, always, with the own telephone.
    pub vpn: f64,
    /// Two people of different households, each from their own telephone.
    pub two_people: f64,
    /// Sold half-way: one telephone and line before, another after.
    pub sold: f64,
    /// Somebody outside the district who passes by: a household's open Wi-Fi, and public Wi-Fi.
    pub visitor: f64,
    /// Somebody outside the district, whose lines are not in any record.
    pub outside: f64,
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            careless: 0.30,
            home_computer: 0.10,
            line_only: 0.13,
            family_tablet: 0.07,
            recovery_phone: 0.08,
            impersonator: 0.04,
            neighbour_telephone: 0.04,
            neighbour_device: 0.04,
            public_wifi: 0.05,
            vpn: 0.07,
            two_people: 0.02,
            sold: 0.02,
            visitor: 0.02,
            outside: 0.02,
        }
    }
}

impl Styles {
    /// No weight on anything.
    #[must_use]
    pub fn none() -> Self {
        Self {
            careless: 0.0,
            home_computer: 0.0,
            line_only: 0.0,
            family_tablet: 0.0,
            recovery_phone: 0.0,
            impersonator: 0.0,
            neighbour_telephone: 0.0,
            neighbour_device: 0.0,
            public_wifi: 0.0,
            vpn: 0.0,
            two_people: 0.0,
            sold: 0.0,
            visitor: 0.0,
            outside: 0.0,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            households: 1500,
            days: 540,
            retention_days: 365,
            reported_accounts: 450,
            reported_connections: 117_000,
            innocent_connections: 1_000_000,
            household_sizes: [0.351, 0.271, 0.185, 0.142, 0.037, 0.014],
            fixed_operators: [0.45, 0.30, 0.10, 0.15],
            fixed_subscribers_per_address: 64,
            mobile_subscribers_per_address: 128,
            port_share: 0.5,
            record_error: 0.0016,
            clock_good: 0.74,
            clock_shift_s: 0,
            ipv6_share: 0.25,
            kin: 0.5,
            open_wifi: 0.03,
            family_tablet: 0.4,
            other_holder: 0.04,
            cross_wired: 0.0,
            households_per_line: 1,
            coincident_neighbour: false,
            styles: Styles::default(),
        }
    }
}

impl Config {
    /// Reads a configuration; what it leaves out is as in the default world.
    ///
    /// # Errors
    /// Where it is not YAML, names what no configuration has, or holds a share outside 0 to 1.
    pub fn from_yaml(text: &str) -> Result<Self, WorldError> {
        let config: Self = serde_norway::from_str(text).map_err(|e| WorldError::Config(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The default world, smaller: for trials and tests.
    #[must_use]
    pub fn ordinary() -> Self {
        Self {
            households: 300,
            days: 400,
            reported_accounts: 100,
            reported_connections: 15_000,
            innocent_connections: 60_000,
            ..Self::default()
        }
    }

    pub(crate) fn check(&self) -> Result<(), WorldError> {
        let shares = [
            ("port_share", self.port_share),
            ("record_error", self.record_error),
            ("clock_good", self.clock_good),
            ("ipv6_share", self.ipv6_share),
            ("kin", self.kin),
            ("open_wifi", self.open_wifi),
            ("family_tablet", self.family_tablet),
            ("other_holder", self.other_holder),
            ("cross_wired", self.cross_wired),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(WorldError::Config(format!("{name} is {share}; expected 0 to 1")));
            }
        }
        for (name, number, range) in [
            ("households", self.households, 20..=20_000),
            ("days", self.days, 10..=1000),
            ("retention_days", self.retention_days, 1..=3000),
            ("reported_accounts", self.reported_accounts, 1..=10_000),
            ("reported_connections", self.reported_connections, 1..=5_000_000),
            ("innocent_connections", self.innocent_connections, 0..=20_000_000),
            ("fixed_subscribers_per_address", self.fixed_subscribers_per_address, 2..=512),
            ("mobile_subscribers_per_address", self.mobile_subscribers_per_address, 2..=512),
            ("households_per_line", self.households_per_line, 1..=200),
        ] {
            if !range.contains(&number) {
                return Err(WorldError::Config(format!("{name} is {number}; expected {range:?}")));
            }
        }
        Ok(())
    }
}

/// The named configurations: the name, and what it tries.
pub static CONFIGS: &[(&str, &str)] = &[
    ("default", "117,000 connections of 450 reported accounts among a million others"),
    ("ordinary", "the default world, smaller"),
    (
        "no_offender",
        "nobody in the records is an operator: those who are come from elsewhere, or pass by and use open Wi-Fi",
    ),
    ("all_shared", "every fixed operator shares addresses"),
    ("no_ports", "no platform states a source port"),
    ("one_hour_off", "every platform's clock is one hour off"),
    ("record_errors_5pct", "5 % of the platforms' records are wrong"),
    ("cross_wired", "a fifth of the fixed lines are wired crosswise: the reply is consistently wrong"),
    ("open_wifi_only", "operators only use public Wi-Fi and neighbours' open Wi-Fi"),
    ("five_person_household", "every household has five people"),
    ("vpn_always", "operators only come through VPN exits"),
    ("sold_account", "every account is sold half-way"),
    ("two_operators", "two people of different households behind every account"),
    ("retention_half", "retention has eaten half the evidence"),
    (
        "student_residence",
        "everybody lives in a residence: thirty people behind each line, which is in the warden's name",
    ),
    ("coincident_neighbour", "a neighbour behind the same shared address happens to be online each time"),
];

/// A configuration by name.
#[must_use]
pub fn config_named(name: &str) -> Option<Config> {
    let ordinary = Config::ordinary();
    let only = |styles: Styles| Config { styles, ..Config::ordinary() };
    let none = Styles::none();
    Some(match name {
        "default" => Config::default(),
        "ordinary" => ordinary,
        "no_offender" => only(Styles { outside: 0.5, visitor: 0.5, ..none }),
        "all_shared" => Config { fixed_operators: [0.0, 0.0, 0.4, 0.6], ..ordinary },
        "no_ports" => Config { port_share: 0.0, ..ordinary },
        "one_hour_off" => Config { clock_shift_s: 3600, ..ordinary },
        "record_errors_5pct" => Config { record_error: 0.05, ..ordinary },
        "cross_wired" => Config { cross_wired: 0.2, ..ordinary },
        "open_wifi_only" => only(Styles { public_wifi: 0.4, neighbour_device: 0.3, neighbour_telephone: 0.3, ..none }),
        "five_person_household" => Config { household_sizes: [0.0, 0.0, 0.0, 0.0, 1.0, 0.0], ..ordinary },
        "vpn_always" => only(Styles { vpn: 1.0, ..none }),
        "sold_account" => only(Styles { sold: 1.0, ..none }),
        "two_operators" => only(Styles { two_people: 1.0, ..none }),
        "student_residence" => {
            Config { household_sizes: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], households_per_line: 30, ..ordinary }
        }
        "coincident_neighbour" => {
            Config { fixed_operators: [0.0, 0.0, 1.0, 0.0], port_share: 0.2, coincident_neighbour: true, ..ordinary }
        }
        "retention_half" => Config { retention_days: 200, ..ordinary },
        _ => return None,
    })
}
