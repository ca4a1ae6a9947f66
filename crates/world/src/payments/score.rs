//! Payment leads against the truth of a corridor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::WorldError;

/// A share with its 95 % interval (Wilson).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub hits: u64,
    /// Out of how many.
    pub of: u64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Which part of a corridor's time a case has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// All of it.
    All,
    /// The first months.
    Early,
    /// What came after them.
    Later,
}

impl Part {
    /// The truth's word for having paid a seed in it.
    fn pays_seed(self) -> &'static str {
        match self {
            Part::All => "pays_seed",
            Part::Early => "pays_seed_early",
            Part::Later => "pays_seed_later",
        }
    }
}

/// How payment leads compare with the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PaymentScore {
    /// Innocent senders in the records.
    pub innocent_senders: u64,
    /// Innocent senders with the outcome "supported". Must be 0.
    pub innocent_supported: u64,
    /// Buyers among those with the outcome "supported".
    pub supported_right: Share,
    /// Buyers with the outcome "supported", out of those who paid a seed.
    pub buyers_supported: Share,
    /// Buyers who paid a seed and stand in the first 2 x (all true buyers) of the ranking.
    pub buyers_found: Share,
    /// Buyers among the first 2 x (all true buyers) of the ranking.
    pub precision: Share,
    /// People defrauded by a seed who are named as possible victims.
    pub victims_named: Share,
    /// Pay-out agents and shops among the leads that are named as such.
    pub services_named: Share,
    /// Relays among the leads that are named as such.
    pub relays_named: Share,
    /// Leads in all.
    pub leads: u64,
}

impl Share {
    /// The share of two counts together.
    pub fn add(&mut self, other: Share) {
        let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        *self = Share::of(whole(self.hits + other.hits), whole(self.of + other.of));
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of people")]
    fn of(hits: usize, of: usize) -> Share {
        const Z: f64 = 1.959_963_984_540_054;
        let (n, p) = (of as f64, if of == 0 { 0.0 } else { hits as f64 / of as f64 });
        let (low, high) = if of == 0 {
            (0.0, 1.0)
        } else {
            let (centre, spread) = (p + Z * Z / (2.0 * n), Z * ((p * (1.0 - p) + Z * Z / (4.0 * n)) / n).sqrt());
            ((centre - spread) / (1.0 + Z * Z / n), (centre + spread) / (1.0 + Z * Z / n))
        };
        let round = |value: f64| (value.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
        Share { hits: hits as u64, of: of as u64, low: round(low), high: round(high) }
    }
}

struct Known {
    class: String,
    is_seed: bool,
    pays_seed: bool,
}

/// Accounts by their key, as payments have it.
fn key(account: &Value) -> String {
    let number = text_of(account, "account_ref");
    // A bank account has one number everywhere; any other means something at its provider only.
    if number.starts_with("IT") { number } else { format!("{}/{number}", text_of(account, "provider")) }
}

fn text_of(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What is true of a corridor: its innocent senders, and the accounts that are anything else or stand next to a seed.
fn truth(world: &Path, part: Part) -> Result<(u64, BTreeMap<String, Known>), WorldError> {
    let path = world.join("truth").join("payments.json");
    let text = std::fs::read_to_string(&path).map_err(|source| WorldError::Io { path: path.clone(), source })?;
    let truth: Value = serde_json::from_str(&text).map_err(|error| WorldError::Form(error.to_string()))?;
    let flag = |value: &Value, name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
    let list = truth
        .get("accounts")
        .and_then(Value::as_array)
        .ok_or_else(|| WorldError::Form("truth without accounts".into()))?;
    let known = list.iter().map(|one| {
        let known = Known {
            class: text_of(one, "class"),
            is_seed: flag(one, "is_seed"),
            pays_seed: flag(one, part.pays_seed()),
        };
        (key(one), known)
    });
    Ok((truth.get("innocent_senders").and_then(Value::as_u64).unwrap_or(0), known.collect()))
}

fn list(leads: &Value) -> Result<&Vec<Value>, WorldError> {
    leads.get("leads").and_then(Value::as_array).ok_or_else(|| WorldError::Form("payment leads without leads".into()))
}

fn says(lead: &Value, outcome: &str) -> bool {
    text_of(lead, "outcome") == outcome
}

/// Compares the payment leads of a case, which has a part of a corridor's time, with the corridor's truth.
///
/// # Errors
/// Where the truth cannot be read, or either is not of its form.
pub fn score_payments(leads: &Value, world: &Path, part: Part) -> Result<PaymentScore, WorldError> {
    let (innocent_senders, known) = truth(world, part)?;
    let leads = list(leads)?;
    let class = |lead: &Value| known.get(&key(lead)).map_or("", |known| known.class.as_str());
    let is_guilty = |lead: &Value| matches!(class(lead), "buyer" | "relay" | "recipient");
    let all_buyers = known.values().filter(|known| known.class == "buyer").count();
    let connected = known.values().filter(|known| known.class == "buyer" && known.pays_seed).count();
    let ranked: Vec<&Value> =
        leads.iter().filter(|lead| lead.get("rank").is_some_and(|rank| !rank.is_null())).collect();
    let first: Vec<&&Value> = ranked.iter().take(2 * all_buyers).collect();
    let found =
        first.iter().filter(|lead| known.get(&key(lead)).is_some_and(|k| k.class == "buyer" && k.pays_seed)).count();
    let of_class = |wanted: &str| leads.iter().filter(|lead| class(lead) == wanted).collect::<Vec<_>>();
    let named = |list: &[&Value], role: &str| list.iter().filter(|lead| text_of(lead, "role") == role).count();
    let victims = known.values().filter(|known| known.class == "fraud_victim" && known.pays_seed).count();
    let victims_named = of_class("fraud_victim").iter().filter(|lead| says(lead, "may_be_victim_of_fraud")).count();
    let (services, relays) = (of_class("service"), of_class("relay"));
    let seeded_services = known.values().filter(|known| known.class == "service" && known.is_seed).count();
    let supported: Vec<&Value> = leads.iter().filter(|lead| says(lead, "supported")).collect();
    let right = supported.iter().filter(|lead| class(lead) == "buyer").count();
    Ok(PaymentScore {
        innocent_senders,
        innocent_supported: supported.iter().filter(|lead| !is_guilty(lead)).count() as u64,
        supported_right: Share::of(right, supported.len()),
        buyers_supported: Share::of(right, connected),
        buyers_found: Share::of(found, connected),
        precision: Share::of(first.iter().filter(|lead| class(lead) == "buyer").count(), first.len()),
        victims_named: Share::of(victims_named, victims),
        services_named: Share::of(named(&services, "service"), services.len().max(seeded_services)),
        relays_named: Share::of(named(&relays, "relay"), relays.len()),
        leads: leads.len() as u64,
    })
}

/// Of the accounts that are supported by the early part of a corridor's time: those that the later part, taken by itself, connects
/// to a seed again.
///
/// # Errors
/// Where the leads are not of their form.
pub fn confirmed(early: &Value, later: &Value) -> Result<Share, WorldError> {
    let again: BTreeSet<String> =
        list(later)?.iter().filter(|lead| lead.get("log10_lr").is_some_and(Value::is_number)).map(key).collect();
    let supported: Vec<&Value> = list(early)?.iter().filter(|lead| says(lead, "supported")).collect();
    Ok(Share::of(supported.iter().filter(|lead| again.contains(&key(lead))).count(), supported.len()))
}

impl PaymentScore {
    /// The figures of several corridors together.
    pub fn add(&mut self, other: &PaymentScore) {
        self.innocent_senders += other.innocent_senders;
        self.innocent_supported += other.innocent_supported;
        self.leads += other.leads;
        for (own, more) in [
            (&mut self.supported_right, other.supported_right),
            (&mut self.buyers_supported, other.buyers_supported),
            (&mut self.buyers_found, other.buyers_found),
            (&mut self.precision, other.precision),
            (&mut self.victims_named, other.victims_named),
            (&mut self.services_named, other.services_named),
            (&mut self.relays_named, other.relays_named),
        ] {
            own.add(more);
        }
    }
}
