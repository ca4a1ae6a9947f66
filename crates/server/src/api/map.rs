//! What the records place: lines by municipality, payments and payment accounts by country.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::case_named;
use crate::App;
use crate::held::off;
use crate::problem::{Named, Problem};

/// What the records place.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Map {
    run_id: String,
    lines: Vec<PlacedLines>,
    corridors: Vec<PlacedPayments>,
    accounts: Vec<PlacedAccounts>,
    trips: Vec<PlacedTrips>,
}

/// Lines by municipality, operator and kind of access.
#[derive(Debug, Serialize, JsonSchema)]
struct PlacedLines {
    /// The code of the municipality; absent where no register states it.
    municipality_code: Option<String>,
    operator: String,
    access_kind: Option<String>,
    /// `installation`, `billing` or `unknown`.
    address_kind: Option<String>,
    lines: u64,
    /// How many of them a finding is about.
    found: u64,
}

/// Payments from country to country.
#[derive(Debug, Serialize, JsonSchema)]
struct PlacedPayments {
    /// The payer's country, ISO 3166-1 alpha-2.
    from: Option<String>,
    /// The recipient's.
    to: Option<String>,
    currency: String,
    payments: u64,
    /// Their sum, as an exact decimal.
    amount: String,
}

/// Payment accounts by country.
#[derive(Debug, Serialize, JsonSchema)]
struct PlacedAccounts {
    country: Option<String>,
    accounts: u64,
}

/// Trips by both of their places.
#[derive(Debug, Serialize, JsonSchema)]
struct PlacedTrips {
    /// Where they began, as the source states it: mostly an IATA location code.
    from: Option<String>,
    to: Option<String>,
    trips: u64,
    /// How many of them name the traveller.
    named: u64,
}

pub(super) async fn show(State(app): State<App>, Named(name): Named<String>) -> Result<Json<Map>, Problem> {
    let pictures = case_named(&app, &name)?.pictures().await?;
    off(move || {
        let places = pictures.places()?;
        let line = |l: tutela_case::LinePlace| PlacedLines {
            municipality_code: l.municipality_code,
            operator: l.operator,
            access_kind: l.access_kind,
            address_kind: l.address_kind,
            lines: l.lines,
            found: l.found,
        };
        let corridor = |c: tutela_case::Corridor| PlacedPayments {
            from: c.from,
            to: c.to,
            currency: c.currency,
            payments: c.payments,
            amount: c.amount,
        };
        let account = |a: tutela_case::AccountPlace| PlacedAccounts { country: a.country, accounts: a.accounts };
        let trip = |t: tutela_case::TripPlace| PlacedTrips { from: t.from, to: t.to, trips: t.trips, named: t.named };
        Ok(Json(Map {
            run_id: pictures.run_id().to_owned(),
            lines: places.lines.into_iter().map(line).collect(),
            corridors: places.corridors.into_iter().map(corridor).collect(),
            accounts: places.accounts.into_iter().map(account).collect(),
            trips: places.trips.into_iter().map(trip).collect(),
        }))
    })
    .await
}
