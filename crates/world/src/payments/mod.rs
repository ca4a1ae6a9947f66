//! Synthetic payments with a known truth: corridors of many innocent senders, few buyers, and recipients who may be victims.
//!
//! Written from published figures of remittances, sponsorship and fraud, not from the method: shares, amounts and rhythms of each
//! class stand in [`people`]. Only seeds (recipients whom other evidence established) are handed to the analysis.

mod files;
mod people;
mod score;

use std::path::Path;

use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use crate::{Dice, WorldError};

pub use score::{Part, PaymentScore, Share, confirmed, score_payments};

/// How large a corridor is, and how it differs from the one that the steps were made on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentConfig {
    /// Innocent senders.
    pub innocents: u32,
    /// People who pay for exploitation: at most one for a thousand innocent senders.
    pub buyers: u32,
    /// Recipients that buyers pay.
    pub recipients: u32,
    /// How many of them are established by other evidence and given as seeds.
    pub seeds: u32,
    /// Accounts that pass money on.
    pub relays: u32,
    /// How many of them money passes in a row, at most.
    pub relay_chain: u32,
    /// Months that the records span.
    pub months: u32,
    /// Sums, in per cent of the usual ones.
    pub amount_percent: u32,
    /// Innocent senders in a thousand who sponsor a child through a body or a person, besides those there are anyway.
    pub extra_sponsors: u32,
    /// Pay-out agents, in per cent of the usual number.
    pub agent_percent: u32,
    /// Money sent home that agents pay out, in per cent.
    pub by_agent_percent: u32,
    /// Buyers who also send money home, in per cent.
    pub buyers_remit_percent: u32,
    /// Buyers who pay one recipient only, in per cent.
    pub one_recipient_percent: u32,
    /// Buyers with a second account, on the same document, in per cent.
    pub second_account_percent: u32,
    /// The first months, after which the files are written into folders of their own; 0 writes all together.
    pub split_month: u32,
}

impl Default for PaymentConfig {
    fn default() -> Self {
        PaymentConfig {
            innocents: 100_000,
            buyers: 90,
            recipients: 24,
            seeds: 10,
            relays: 4,
            relay_chain: 1,
            months: 18,
            amount_percent: 100,
            extra_sponsors: 0,
            agent_percent: 100,
            by_agent_percent: 30,
            buyers_remit_percent: 50,
            one_recipient_percent: 25,
            second_account_percent: 10,
            split_month: 0,
        }
    }
}

/// The named corridors: the one that the steps were made on, and others that differ from it.
pub const PAYMENT_CONFIGS: [(&str, &str); 7] = [
    ("default", "the corridor that the steps were made on"),
    ("small_sums", "all sums a third"),
    ("large_sums", "all sums threefold"),
    ("many_sponsors", "a third of the innocent senders sponsor a child"),
    ("many_agents", "four times as many pay-out agents, who pay out two thirds of what is sent home"),
    ("buyers_remit", "every buyer sends money home as well, and half pay one recipient only"),
    ("chains", "twelve relays, and money passes up to three of them"),
];

impl PaymentConfig {
    /// Reads a configuration; what it leaves out is as usual.
    ///
    /// # Errors
    /// Where the text is no configuration.
    pub fn from_yaml(text: &str) -> Result<PaymentConfig, WorldError> {
        serde_norway::from_str(text).map_err(|error| WorldError::Config(error.to_string()))
    }

    /// A named corridor.
    #[must_use]
    pub fn named(name: &str) -> Option<PaymentConfig> {
        let plain = PaymentConfig::default();
        Some(match name {
            "default" => plain,
            "small_sums" => PaymentConfig { amount_percent: 33, ..plain },
            "large_sums" => PaymentConfig { amount_percent: 300, ..plain },
            "many_sponsors" => PaymentConfig { extra_sponsors: 270, ..plain },
            "many_agents" => PaymentConfig { agent_percent: 400, by_agent_percent: 66, ..plain },
            "buyers_remit" => PaymentConfig { buyers_remit_percent: 100, one_recipient_percent: 50, ..plain },
            "chains" => PaymentConfig { relays: 12, relay_chain: 3, ..plain },
            _ => return None,
        })
    }
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PaymentsMade {
    /// The seed of the random numbers.
    pub seed: u64,
    /// Innocent senders.
    pub innocents: u64,
    /// Buyers.
    pub buyers: u64,
    /// Payments in all files together, each counted once.
    pub payments: u64,
}

/// What an account is in truth.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// Sends money home.
    Remitter,
    /// Supports a child through a body or a person.
    Sponsor,
    /// Has a partner abroad.
    Partner,
    /// Lives abroad in retirement.
    Retiree,
    /// Pays freelancers.
    Client,
    /// Tops up games.
    Gamer,
    /// Dates abroad.
    Dating,
    /// Is being defrauded.
    FraudVictim,
    /// Innocent; receives money as family, freelancer or friend.
    Family,
    /// Pays out for many, or sells to many.
    Service,
    /// Pays for exploitation.
    Buyer,
    /// Receives such payments, and may be a victim.
    Recipient,
    /// Passes such payments on.
    Relay,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) account_ref: String,
    pub(crate) provider: &'static str,
    pub(crate) name: String,
    pub(crate) country: &'static str,
    pub(crate) class: Class,
    /// Only of bodies and shops, where a register states it.
    pub(crate) activity: Option<&'static str>,
    pub(crate) payout: Option<String>,
    pub(crate) document: Option<String>,
    /// Of people who use an online service as well.
    pub(crate) email: Option<String>,
    pub(crate) is_bank: bool,
}

/// A message between two accounts of the online service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    pub(crate) at_s: i64,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// A payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) at_s: i64,
    pub(crate) cents: i64,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) is_reversed: bool,
}

/// A corridor.
pub(crate) struct Corridor {
    pub(crate) accounts: Vec<Account>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) messages: Vec<Message>,
    pub(crate) seeds: Vec<usize>,
    pub(crate) dice: Dice,
    pub(crate) config: PaymentConfig,
}

/// 2024-06-01T00:00:00Z.
pub(crate) const BEGIN_S: i64 = 1_717_200_000;
const DAY_S: i64 = 86_400;

impl Corridor {
    /// A number from 0 up to 1.
    fn part(&mut self) -> f64 {
        self.dice.random()
    }

    fn chance(&mut self, of: f64) -> bool {
        self.part() < of
    }

    fn between(&mut self, low: u32, high: u32) -> u32 {
        self.dice.random_range(low..=high)
    }

    fn one_of(&mut self, of: &[usize]) -> usize {
        let index = self.dice.random_range(0..of.len().max(1));
        of.get(index).copied().unwrap_or(0)
    }

    /// A log-normal amount in cents, with many round ones, as people send.
    #[expect(clippy::cast_possible_truncation, reason = "a draw, rounded to cents once")]
    fn cents(&mut self, median: f64, sigma: f64) -> i64 {
        let (first, second) = (self.part().max(1e-12), self.part());
        let normal = (-2.0 * first.ln()).sqrt() * (std::f64::consts::TAU * second).cos();
        let median = median * f64::from(self.config.amount_percent) / 100.0;
        let cents = (100.0 * median * (sigma * normal).exp()).clamp(100.0, 900_000.0) as i64;
        match self.between(0, 9) {
            0..=5 => (cents / 500).max(1) * 500,
            6..=7 => (cents / 1000).max(1) * 1000,
            _ => cents,
        }
    }

    /// A moment of a day, counted from the beginning.
    fn at(&mut self, day: u32) -> i64 {
        BEGIN_S + i64::from(day) * DAY_S + i64::from(self.between(0, 86_399))
    }

    fn days(&self) -> u32 {
        self.config.months * 30
    }

    fn pay(&mut self, from: usize, to: usize, at_s: i64, cents: i64) -> usize {
        self.payments.push(Payment { at_s, cents, from, to, is_reversed: false });
        self.payments.len() - 1
    }

    fn add(&mut self, class: Class, country: &'static str) -> usize {
        let number = self.accounts.len();
        let provider =
            ["Transfer One", "Transfer Two", "Wallet Three"].get(number % 3).copied().unwrap_or("Transfer One");
        self.accounts.push(Account {
            account_ref: format!("{:09}", 100_000_000 + number),
            provider,
            name: format!("Person {number:07}"),
            country,
            class,
            activity: None,
            payout: None,
            document: None,
            email: None,
            is_bank: false,
        });
        number
    }
}

/// Makes a corridor and writes its files and its truth.
///
/// # Errors
/// Where the configuration cannot be, or a file cannot be written.
pub fn make_payments(seed: u64, config: &PaymentConfig, out: &Path) -> Result<PaymentsMade, WorldError> {
    if config.buyers.saturating_mul(1000) > config.innocents {
        return Err(WorldError::Config(format!(
            "found {} buyers among {} innocent senders, expected at least 1,000 innocent senders for each",
            config.buyers, config.innocents
        )));
    }
    if config.seeds > config.recipients || config.months == 0 || config.split_month >= config.months {
        return Err(WorldError::Config(
            "expected at most as many seeds as recipients, a month at least, and a split before the last month".into(),
        ));
    }
    let mut corridor = Corridor {
        accounts: Vec::new(),
        payments: Vec::new(),
        messages: Vec::new(),
        seeds: Vec::new(),
        dice: Dice::seed_from_u64(seed),
        config: config.clone(),
    };
    people::populate(&mut corridor, config);
    // Files are in the order of time, as providers keep them.
    let mut order: Vec<usize> = (0..corridor.payments.len()).collect();
    order.sort_by_key(|index| corridor.payments.get(*index).map(|payment| (payment.at_s, *index)));
    files::write(&corridor, &order, out)?;
    Ok(PaymentsMade {
        seed,
        innocents: u64::from(config.innocents),
        buyers: u64::from(config.buyers),
        payments: corridor.payments.len() as u64,
    })
}
