//! What leaves a case through the browser: dossiers, defence bundles and exports. Each is an act in the custody log before
//! its first byte is sent.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, DOSSIER, ErrorKind};
use tutela_report::{DossierOptions, ExportFormat, ExportOptions, Lang, ReportError};

use super::leads::stated;
use super::{Route, Who, case_named};
use crate::App;
use crate::problem::{Named, Problem, Sent};

/// A dossier or defence bundle to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDossier {
    form: DossierForm,
    /// The language; a bundle has both.
    lang: DossierLang,
    /// Why people are to be named; they stay masked where it is absent. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    unmask_reason: Option<String>,
}

/// What is made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DossierForm {
    /// The dossier, PDF/A.
    Pdf,
    /// The defence bundle, a ZIP.
    Bundle,
}

/// A language of the dossier.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DossierLang {
    /// English.
    En,
    /// Italian.
    It,
}

/// The dossiers of a lead that were made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Dossiers {
    dossiers: Vec<DossierRow>,
}

/// A dossier that was made.
#[derive(Debug, Serialize, JsonSchema)]
struct DossierRow {
    /// Its entry in the custody log.
    entry: u64,
    utc: String,
    who: String,
    /// `pdf` or `bundle`.
    form: String,
    /// SHA-256 of the file.
    sha256: String,
    /// Whether people are named in it.
    unmasked: bool,
}

/// An export to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewExport {
    format: NewExportFormat,
    /// The leads, by reference; all where empty.
    leads: Vec<String>,
    /// Why people are to be named; they stay masked where it is absent. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    unmask_reason: Option<String>,
}

/// A form that other tools read.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum NewExportFormat {
    /// CASE 1.5 over UCO, JSON-LD.
    Case,
    /// FollowTheMoney, JSON lines.
    Ftm,
    /// i2 Analyst's Notebook.
    I2,
    /// Tables as CSV.
    Csv,
    /// Tables as Parquet.
    Parquet,
}

/// What leaves a case.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/cases/{case}/leads/{lead}/dossier",
            "listDossiers",
            "The dossiers and defence bundles of a lead that were made, as the custody log says.",
            get(list),
        )
        .needs(Act::Leads)
        .answers::<Dossiers>(),
        Route::new(
            "post",
            "/cases/{case}/leads/{lead}/dossier",
            "makeDossier",
            "Makes the dossier (PDF/A) or the defence bundle (ZIP) of a lead; logged first, people masked unless a reason is given.",
            post(make),
        )
        .needs(Act::Export)
        .body::<NewDossier>()
        .file(&["application/pdf", "application/zip"]),
        Route::new(
            "post",
            "/cases/{case}/exports",
            "makeExport",
            "Exports leads for other tools, in a ZIP with their proofs; logged first, people masked unless a reason is given.",
            post(export),
        )
        .needs(Act::Export)
        .body::<NewExport>()
        .file(&["application/zip"]),
    ]
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let error = match error {
            ReportError::Case(case) => return case.into(),
            other => other,
        };
        match error.kind() {
            ErrorKind::Usage => Self::conflict("refused", error.to_string()),
            _ => Self::internal(error.to_string()),
        }
    }
}

pub(super) async fn list(
    State(app): State<App>,
    _visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
) -> Result<Json<Dossiers>, Problem> {
    let case = case_named(&app, &name)?;
    case.leads().await?.get(&lead_ref)?;
    let made = case.act(move |c| c.departures(DOSSIER, &lead_ref)).await?;
    let row = |e: tutela_case::custody::Entry| {
        let text = |key: &str| e.detail.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let (form, sha256) = (text("form"), text("sha256"));
        let unmasked = e.detail.get("unmask").is_some_and(|u| !u.is_null());
        DossierRow { entry: e.index, utc: e.utc, who: e.who, form, sha256, unmasked }
    };
    Ok(Json(Dossiers { dossiers: made.into_iter().map(row).collect() }))
}

pub(super) async fn make(
    State(app): State<App>,
    _visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
    Sent(new): Sent<NewDossier>,
) -> Result<Response, Problem> {
    let case = case_named(&app, &name)?;
    case.leads().await?.get(&lead_ref)?;
    let mut options = DossierOptions::masked(match new.lang {
        DossierLang::En => Lang::En,
        DossierLang::It => Lang::It,
    });
    options.unmask = reason(new.unmask_reason)?;
    let lead = lead_ref.clone();
    match new.form {
        DossierForm::Pdf => {
            let code = options.lang.code();
            let made = case.act(move |c| Ok(tutela_report::dossier(c, &lead, &options))).await??;
            Ok(file("application/pdf", &format!("dossier-{lead_ref}-{code}.pdf"), made.pdf))
        }
        DossierForm::Bundle => {
            let work =
                move |c: &mut tutela_case::Case| Ok(tutela_report::defence_bundle(c, &lead, &options, verifier()));
            let made = case.act(work).await??;
            Ok(file("application/zip", &format!("defence-{lead_ref}.zip"), made.zip))
        }
    }
}

pub(super) async fn export(
    State(app): State<App>,
    _visitor: Who,
    Named(name): Named<String>,
    Sent(new): Sent<NewExport>,
) -> Result<Response, Problem> {
    let case = case_named(&app, &name)?;
    let mut options = ExportOptions::masked(match new.format {
        NewExportFormat::Case => ExportFormat::Case,
        NewExportFormat::Ftm => ExportFormat::Ftm,
        NewExportFormat::I2 => ExportFormat::I2,
        NewExportFormat::Csv => ExportFormat::Csv,
        NewExportFormat::Parquet => ExportFormat::Parquet,
    });
    options.leads = new.leads;
    options.unmask = reason(new.unmask_reason)?;
    let format = options.format;
    let made = case.act(move |c| Ok(tutela_report::export(c, &options))).await??;
    let zip = made.with_proofs(&format!("leads.{}", format.extension()))?;
    Ok(file("application/zip", &format!("leads-{}.zip", format.name()), zip))
}

/// A reason that says something, where one is given.
fn reason(given: Option<String>) -> Result<Option<String>, Problem> {
    given.map(|text| stated(&text)).transpose()
}

/// The stand-alone verifier, where it lies beside this program.
fn verifier() -> Option<Vec<u8>> {
    std::fs::read(std::env::current_exe().ok()?.with_file_name("tutela-verify")).ok()
}

/// A file to be saved.
pub(super) fn file(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let saved: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).collect();
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{saved}\"")),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}
