//! Who works on a case, and the acts that it rests on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, Basis, Lapse, LapseKind, Person, Role, Terms};

use super::overview::lapse_words;
use super::{Route, case_named};
use crate::App;
use crate::held::actor;
use crate::problem::{Named, Problem, Sent};

/// The people of a case.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PeoplePage {
    /// By name; nobody where the case is one person's alone.
    people: Vec<PersonRow>,
}

/// A person of a case.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonRow {
    name: String,
    role: RoleName,
}

/// What a person is in a case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum RoleName {
    /// Leads the inquiry.
    Investigator,
    /// Examines devices and data.
    Examiner,
    /// Follows payments.
    FinancialAnalyst,
    /// Directs the inquiry, and answers for it.
    Prosecutor,
    /// Checks that the rules were kept.
    Auditor,
    /// Defends a person the case is about.
    Defence,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Investigator => Self::Investigator,
            Role::Examiner => Self::Examiner,
            Role::FinancialAnalyst => Self::FinancialAnalyst,
            Role::Prosecutor => Self::Prosecutor,
            Role::Auditor => Self::Auditor,
            Role::Defence => Self::Defence,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Investigator => Self::Investigator,
            RoleName::Examiner => Self::Examiner,
            RoleName::FinancialAnalyst => Self::FinancialAnalyst,
            RoleName::Prosecutor => Self::Prosecutor,
            RoleName::Auditor => Self::Auditor,
            RoleName::Defence => Self::Defence,
        }
    }
}

/// A person to be added, or to be given another role and password.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// The name that stands in the log.
    name: String,
    role: RoleName,
    /// At least 12 characters.
    password: String,
}

/// The legal bases of a case.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct BasesPage {
    bases: Vec<BasisPage>,
}

/// A legal basis, with what it is bound to.
#[derive(Debug, Serialize, JsonSchema)]
struct BasisPage {
    basis_id: String,
    act: String,
    authority: String,
    scope: String,
    from_date: String,
    until_date: String,
    /// When an urgent act was issued.
    urgent_since_utc: Option<String>,
    /// Whether an urgent act must still be validated.
    validation_due: bool,
    /// The record tables that it covers; all where empty.
    tables: Vec<String>,
    /// The last day on which what was acquired under it may be kept.
    keep_until: Option<String>,
    /// Whether that day is over.
    deletion_due: bool,
    /// Why it no longer holds, where it has lapsed.
    lapsed: Option<String>,
    /// Sources taken in under it; absent for those who may not see sources.
    sources: Option<u64>,
}

/// A legal basis to be added.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBasis {
    basis_id: String,
    act: String,
    authority: String,
    scope: String,
    /// The first day, `YYYY-MM-DD`.
    from_date: String,
    /// The last day.
    until_date: String,
    /// When it was issued, where it is urgent and must be validated.
    urgent_since_utc: Option<String>,
    /// The record tables that may be taken in under it; all where empty or absent.
    tables: Option<Vec<String>>,
    /// The last day on which what was acquired under it may be kept.
    keep_until: Option<String>,
}

/// That an urgent act was validated.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewValidation {
    /// The decree.
    decree: String,
    /// When it was issued, with its zone.
    at_utc: String,
}

/// That a basis no longer holds.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLapse {
    kind: LapseName,
    /// The decision, in words.
    reason: String,
}

/// Why a basis no longer holds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LapseName {
    /// An urgent act was not validated in time.
    NotValidated,
    /// A court annulled it.
    Annulled,
    /// It was withdrawn.
    Withdrawn,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/people", "listPeople", "Who works on the case.", get(list_people))
            .needs(Act::SeePeople)
            .answers::<PeoplePage>(),
        new("post", "/cases/{case}/people", "setPerson", "Adds a person, or changes one.", post(set_person))
            .needs(Act::People)
            .body::<NewPerson>()
            .answers::<PeoplePage>(),
        new("delete", "/cases/{case}/people/{person}", "removePerson", "Removes a person.", delete(remove_person))
            .needs(Act::People)
            .empty(),
        new("get", "/cases/{case}/bases", "listBases", "The legal bases, and what each is bound to.", get(list_bases))
            .needs(Act::SeeBases)
            .answers::<BasesPage>(),
        new("post", "/cases/{case}/bases", "addBasis", "Adds a legal basis.", post(add_basis))
            .needs(Act::Bases)
            .body::<NewBasis>()
            .answers::<BasesPage>(),
        new("post", "/cases/{case}/bases/{basis}/validations", "validateBasis", "An urgent act is validated.", post(validate))
            .needs(Act::Bases)
            .body::<NewValidation>()
            .answers::<BasesPage>(),
        new(
            "post",
            "/cases/{case}/bases/{basis}/lapses",
            "lapseBasis",
            "A basis no longer holds: what was acquired under it leaves every finding with the next run, and until then no \
             lead is shown.",
            post(lapse),
        )
        .needs(Act::Bases)
        .body::<NewLapse>()
        .answers::<BasesPage>(),
    ]
}

fn people(people: Vec<Person>) -> Json<PeoplePage> {
    let row = |p: Person| PersonRow { name: p.name, role: p.role.into() };
    Json(PeoplePage { people: people.into_iter().map(row).collect() })
}

async fn list_people(State(app): State<App>, Named(name): Named<String>) -> Result<Json<PeoplePage>, Problem> {
    Ok(people(case_named(&app, &name)?.act(|case| case.people()).await?))
}

async fn set_person(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewPerson>,
) -> Result<Json<PeoplePage>, Problem> {
    let set = move |case: &mut tutela_case::Case| {
        case.set_person(new.name.trim(), new.role.into(), &new.password)?;
        case.people()
    };
    Ok(people(case_named(&app, &name)?.act(set).await?))
}

async fn remove_person(
    State(app): State<App>,
    Named((name, person)): Named<(String, String)>,
) -> Result<StatusCode, Problem> {
    case_named(&app, &name)?.act(move |case| case.remove_person(&person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_bases(State(app): State<App>, Named(name): Named<String>) -> Result<Json<BasesPage>, Problem> {
    let sees_sources = actor()?.may(Act::Sources);
    Ok(Json(case_named(&app, &name)?.act(move |case| bases(case, sees_sources)).await?))
}

fn bases(case: &tutela_case::Case, sees_sources: bool) -> Result<BasesPage, tutela_case::CaseError> {
    let (all, lapses, mut terms, retention) = (case.bases()?, case.lapses()?, case.terms()?, case.retention()?);
    let waiting = case.validations_due()?;
    let sources = if sees_sources { Some(case.sources()?) } else { None };
    let page = |basis: Basis| {
        let terms = terms.remove(&basis.basis_id).unwrap_or_default();
        let lapsed = lapses.get(&basis.basis_id).map(|l| format!("{}: {}", lapse_words(l.kind), l.reason));
        BasisPage {
            validation_due: waiting.contains(&basis.basis_id) && lapsed.is_none(),
            deletion_due: retention.iter().any(|r| r.basis_id == basis.basis_id && r.due && !r.sources.is_empty()),
            sources: sources.as_ref().map(|s| s.iter().filter(|s| s.basis_id == basis.basis_id).count() as u64),
            urgent_since_utc: terms.urgent_since_utc,
            tables: terms.tables,
            keep_until: terms.keep_until,
            lapsed,
            basis_id: basis.basis_id,
            act: basis.act,
            authority: basis.authority,
            scope: basis.scope,
            from_date: basis.from_date,
            until_date: basis.until_date,
        }
    };
    Ok(BasesPage { bases: all.into_iter().map(page).collect() })
}

async fn add_basis(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewBasis>,
) -> Result<Json<BasesPage>, Problem> {
    let sees_sources = actor()?.may(Act::Sources);
    let add = move |case: &mut tutela_case::Case| {
        let text = |t: &str| t.trim().to_owned();
        let given = |t: &Option<String>| t.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let basis = Basis {
            basis_id: text(&new.basis_id),
            act: text(&new.act),
            authority: text(&new.authority),
            scope: text(&new.scope),
            from_date: text(&new.from_date),
            until_date: text(&new.until_date),
        };
        let terms = Terms {
            urgent_since_utc: given(&new.urgent_since_utc),
            tables: new.tables.clone().unwrap_or_default(),
            keep_until: given(&new.keep_until),
        };
        case.add_basis_with(&basis, &terms)?;
        bases(case, sees_sources)
    };
    Ok(Json(case_named(&app, &name)?.act(add).await?))
}

async fn validate(
    State(app): State<App>,
    Named((name, basis)): Named<(String, String)>,
    Sent(new): Sent<NewValidation>,
) -> Result<Json<BasesPage>, Problem> {
    let sees_sources = actor()?.may(Act::Sources);
    let validate = move |case: &mut tutela_case::Case| {
        case.validate_basis(&basis, &new.decree, new.at_utc.trim())?;
        bases(case, sees_sources)
    };
    Ok(Json(case_named(&app, &name)?.act(validate).await?))
}

async fn lapse(
    State(app): State<App>,
    Named((name, basis)): Named<(String, String)>,
    Sent(new): Sent<NewLapse>,
) -> Result<Json<BasesPage>, Problem> {
    let sees_sources = actor()?.may(Act::Sources);
    let kind = match new.kind {
        LapseName::NotValidated => LapseKind::NotValidated,
        LapseName::Annulled => LapseKind::Annulled,
        LapseName::Withdrawn => LapseKind::Withdrawn,
    };
    let lapse = move |case: &mut tutela_case::Case| {
        case.lapse_basis(&basis, &Lapse { kind, reason: new.reason.trim().to_owned() })?;
        bases(case, sees_sources)
    };
    Ok(Json(case_named(&app, &name)?.act(lapse).await?))
}
