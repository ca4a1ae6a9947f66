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

pub use score::{PaymentScore, Share, score_payments};

/// How large a corridor is.
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
    /// Months that the records span.
    pub months: u32,
}

impl Default for PaymentConfig {
    fn default() -> Self {
        PaymentConfig { innocents: 100_000, buyers: 90, recipients: 24, seeds: 10, relays: 4, months: 18 }
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
    pub(crate) is_bank: bool,
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
    pub(crate) seeds: Vec<usize>,
    pub(crate) dice: Dice,
    pub(crate) months: u32,
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
        let cents = (100.0 * median * (sigma * normal).exp()).clamp(300.0, 900_000.0) as i64;
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
        self.months * 30
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
    if config.seeds > config.recipients || config.months == 0 {
        return Err(WorldError::Config("expected at most as many seeds as recipients, and a month at least".into()));
    }
    let mut corridor = Corridor {
        accounts: Vec::new(),
        payments: Vec::new(),
        seeds: Vec::new(),
        dice: Dice::seed_from_u64(seed),
        months: config.months,
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
