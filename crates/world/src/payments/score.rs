//! Payment leads against the truth of a corridor.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::WorldError;

/// A share with its 95 % interval (Wilson).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
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

/// How payment leads compare with the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PaymentScore {
    /// Innocent senders in the records.
    pub innocent_senders: u64,
    /// Innocent senders with the outcome "supported". Must be 0.
    pub innocent_supported: u64,
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

/// Compares the payment leads of a case with the truth of its corridor.
///
/// # Errors
/// Where the truth cannot be read, or either is not of its form.
pub fn score_payments(leads: &Value, world: &Path) -> Result<PaymentScore, WorldError> {
    let path = world.join("truth").join("payments.json");
    let text = std::fs::read_to_string(&path).map_err(|source| WorldError::Io { path: path.clone(), source })?;
    let truth: Value = serde_json::from_str(&text).map_err(|error| WorldError::Form(error.to_string()))?;
    let text_of = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let key = |value: &Value| {
        let account = text_of(value, "account_ref");
        // A bank account has one number everywhere; any other means something at its provider only.
        if account.starts_with("IT") { account } else { format!("{}/{account}", text_of(value, "provider")) }
    };
    let flag = |value: &Value, name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
    let list = truth
        .get("accounts")
        .and_then(Value::as_array)
        .ok_or_else(|| WorldError::Form("truth without accounts".into()))?;
    let known: BTreeMap<String, Known> = list
        .iter()
        .map(|one| {
            (
                key(one),
                Known {
                    class: text_of(one, "class"),
                    is_seed: flag(one, "is_seed"),
                    pays_seed: flag(one, "pays_seed"),
                },
            )
        })
        .collect();
    let leads = leads
        .get("leads")
        .and_then(Value::as_array)
        .ok_or_else(|| WorldError::Form("payment leads without leads".into()))?;
    let class = |lead: &Value| known.get(&key(lead)).map_or("", |known| known.class.as_str());
    let is_guilty = |lead: &Value| matches!(class(lead), "buyer" | "relay" | "recipient");
    let says = |lead: &Value, outcome: &str| text_of(lead, "outcome") == outcome;
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
    Ok(PaymentScore {
        innocent_senders: truth.get("innocent_senders").and_then(Value::as_u64).unwrap_or(0),
        innocent_supported: leads.iter().filter(|lead| says(lead, "supported") && !is_guilty(lead)).count() as u64,
        buyers_supported: Share::of(of_class("buyer").iter().filter(|lead| says(lead, "supported")).count(), connected),
        buyers_found: Share::of(found, connected),
        precision: Share::of(first.iter().filter(|lead| class(lead) == "buyer").count(), first.len()),
        victims_named: Share::of(victims_named, victims),
        services_named: Share::of(named(&services, "service"), services.len().max(seeded_services)),
        relays_named: Share::of(named(&relays, "relay"), relays.len()),
        leads: leads.len() as u64,
    })
}
