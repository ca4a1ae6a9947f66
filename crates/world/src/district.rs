//! People, households and lines.

use rand::Rng as _;
use rand::seq::SliceRandom as _;

use crate::Dice;
use crate::config::Config;

/// Invented syllables that names are put together from.
const SYLLABLES: [&str; 24] = [
    "ba", "bel", "cor", "da", "del", "fe", "ga", "lan", "lor", "ma", "mi", "na", "no", "pe", "ra", "ri", "ro", "sa",
    "sil", "ta", "ti", "va", "ve", "zo",
];

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) person_ref: String,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) birth_date: String,
    pub(crate) household: usize,
    pub(crate) adult: bool,
    pub(crate) telephone: String,
    /// The person's own telephone as a device.
    pub(crate) handset: String,
    /// The person's own computer as a device, if there is one.
    pub(crate) computer: Option<String>,
    pub(crate) mobile_line: Option<usize>,
}

/// People who live together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Household {
    pub(crate) people: Vec<usize>,
    pub(crate) fixed_line: usize,
    pub(crate) tablet: Option<String>,
    /// Another household, in which relatives live.
    pub(crate) kin: Option<usize>,
}

/// The operators and how each hands out addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// Another address every day; RADIUS records.
    Daily,
    /// An address for weeks; RADIUS records.
    Weekly,
    /// One address for four subscribers, each with a range of ports, for ever.
    StaticGroup,
    /// Port blocks, another every day; a CSV of the operator's own.
    PortBlocks,
    /// Mobile: port blocks behind few addresses.
    Mobile,
    /// Business lines and public Wi-Fi: fixed addresses.
    Business,
    /// A provider of servers: VPN exits.
    Hosting,
}

impl Operator {
    pub(crate) const ALL: [Self; 7] =
        [Self::Daily, Self::Weekly, Self::StaticGroup, Self::PortBlocks, Self::Mobile, Self::Business, Self::Hosting];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Daily => "nordnet.example",
            Self::Weekly => "albanet.example",
            Self::StaticGroup => "pontenet",
            Self::PortBlocks => "vallenet",
            Self::Mobile => "mobilnet",
            Self::Business => "worknet",
            Self::Hosting => "serverhaus",
        }
    }
}

/// An internet access.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) operator: Operator,
    pub(crate) line_ref: String,
    pub(crate) holder: Option<usize>,
    pub(crate) access_kind: &'static str,
    pub(crate) address_kind: &'static str,
    pub(crate) open_wifi: bool,
    /// The line that the operator's records name in its place.
    pub(crate) recorded_as: usize,
}

/// Everybody and everything in the district.
#[derive(Debug, Default)]
pub(crate) struct District {
    pub(crate) people: Vec<Person>,
    pub(crate) households: Vec<Household>,
    pub(crate) lines: Vec<Line>,
    pub(crate) public_wifi: Vec<usize>,
    pub(crate) exits: Vec<usize>,
    counts: [usize; 7],
}

impl District {
    pub(crate) fn make(config: &Config, dice: &mut Dice) -> Self {
        let mut district = Self::default();
        for _ in 0..config.households {
            district.add_household(config, dice);
        }
        for _ in 0..(config.households / 40).max(3) {
            let line = district.add_line(Operator::Business, None, "public_wifi", "installation");
            district.public_wifi.push(line);
        }
        for _ in 0..6 {
            let line = district.add_line(Operator::Hosting, None, "hosting", "unknown");
            district.exits.push(line);
        }
        district.relate(config, dice);
        district.assign_other_holders(config, dice);
        district.cross_wires(config, dice);
        district
    }

    fn add_line(
        &mut self,
        operator: Operator,
        holder: Option<usize>,
        access: &'static str,
        address: &'static str,
    ) -> usize {
        let count = &mut self.counts[operator as usize];
        let number = *count;
        *count += 1;
        let id = self.lines.len();
        let prefix = operator.name().get(..1).unwrap_or("x").to_uppercase();
        self.lines.push(Line {
            operator,
            line_ref: format!("{prefix}-{number:05}"),
            holder,
            access_kind: access,
            address_kind: address,
            open_wifi: false,
            recorded_as: id,
        });
        id
    }

    fn add_household(&mut self, config: &Config, dice: &mut Dice) {
        let number = self.households.len();
        let size = 1 + weighted(&config.household_sizes, dice);
        let family = name(dice, 3);
        let mut household = Household::default();
        for place in 0..size {
            let adult = place < 2 || dice.random_bool(0.3);
            let person = self.people.len();
            let mobile_line = adult.then(|| self.add_line(Operator::Mobile, Some(person), "mobile", "billing"));
            let year = if adult { dice.random_range(1946..2004) } else { dice.random_range(2006..2014) };
            self.people.push(Person {
                person_ref: format!("P{person:06}"),
                given_name: name(dice, 2),
                family_name: family.clone(),
                birth_date: format!("{year}-{:02}-{:02}", dice.random_range(1..13), dice.random_range(1..29)),
                household: number,
                adult,
                telephone: format!("+39000{person:07}"),
                handset: format!("handset-{person:06}"),
                computer: (adult && dice.random_bool(0.5)).then(|| format!("computer-{person:06}")),
                mobile_line,
            });
            household.people.push(person);
        }
        household.fixed_line = match number % config.households_per_line.max(1) as usize {
            0 => self.add_fixed_line(config, household.people.first().copied(), dice),
            // The line of a residence, which is in the name of whoever is first there.
            place => self.households[number - place].fixed_line,
        };
        household.tablet = (size > 1 && dice.random_bool(config.family_tablet)).then(|| format!("tablet-{number:06}"));
        self.households.push(household);
    }

    fn add_fixed_line(&mut self, config: &Config, holder: Option<usize>, dice: &mut Dice) -> usize {
        let operators = [Operator::Daily, Operator::Weekly, Operator::StaticGroup, Operator::PortBlocks];
        let operator = operators[weighted(&config.fixed_operators, dice)];
        let address = if dice.random_bool(0.93) { "installation" } else { "billing" };
        let line = self.add_line(operator, holder, "fixed", address);
        self.lines[line].open_wifi = dice.random_bool(config.open_wifi);
        line
    }

    /// Some households are related to another one.
    fn relate(&mut self, config: &Config, dice: &mut Dice) {
        for number in 1..self.households.len() {
            if dice.random_bool(config.kin) {
                self.households[number].kin = Some(dice.random_range(0..number));
            }
        }
    }

    /// Some lines are in the name of somebody outside the household.
    fn assign_other_holders(&mut self, config: &Config, dice: &mut Dice) {
        let adults: Vec<usize> = (0..self.people.len()).filter(|p| self.people[*p].adult).collect();
        for number in 0..self.households.len() {
            if dice.random_bool(config.other_holder) {
                let line = self.households[number].fixed_line;
                self.lines[line].holder = Some(adults[dice.random_range(0..adults.len())]);
            }
        }
    }

    /// Pairs of lines whose wires are crossed: each is recorded as the other.
    fn cross_wires(&mut self, config: &Config, dice: &mut Dice) {
        for operator in [Operator::Daily, Operator::Weekly] {
            let mut lines: Vec<usize> = (0..self.lines.len()).filter(|l| self.lines[*l].operator == operator).collect();
            lines.shuffle(dice);
            for pair in lines.chunks_exact(2).filter(|_| config.cross_wired > 0.0) {
                if dice.random_bool(config.cross_wired) {
                    self.lines[pair[0]].recorded_as = pair[1];
                    self.lines[pair[1]].recorded_as = pair[0];
                }
            }
        }
    }

    /// The fixed line of a person's household.
    pub(crate) fn home(&self, person: usize) -> usize {
        self.households[self.people[person].household].fixed_line
    }

    /// The line of those whom somebody visits: mostly relatives, else anybody.
    pub(crate) fn host_of(&self, person: usize, dice: &mut Dice) -> usize {
        match self.households[self.people[person].household].kin.filter(|_| dice.random_bool(0.6)) {
            Some(kin) => self.households[kin].fixed_line,
            None => self.home(dice.random_range(0..self.people.len())),
        }
    }

    /// A line with open Wi-Fi, other than the person's own, if there is one.
    pub(crate) fn open_line(&self, person: usize, dice: &mut Dice) -> Option<usize> {
        let own = self.home(person);
        let open: Vec<usize> = (0..self.lines.len()).filter(|l| self.lines[*l].open_wifi && *l != own).collect();
        (!open.is_empty()).then(|| open[dice.random_range(0..open.len())])
    }
}

/// An index by weight.
pub(crate) fn weighted(weights: &[f64], dice: &mut Dice) -> usize {
    let mut left = dice.random_range(0.0..1.0) * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        if left < *weight {
            return index;
        }
        left -= weight;
    }
    weights.iter().rposition(|w| *w > 0.0).unwrap_or(0)
}

fn name(dice: &mut Dice, syllables: usize) -> String {
    let mut text = String::new();
    for _ in 0..syllables {
        text.push_str(SYLLABLES[dice.random_range(0..SYLLABLES.len())]);
    }
    text.get(..1).map(str::to_uppercase).unwrap_or_default() + text.get(1..).unwrap_or_default()
}
