//! Records to findings to leads.
//!
//! A step is one file under `steps/` and one line in `steps/mod.rs`. Most steps are SQL text in named stages: the text
//! is the method, and it is what the dossier prints. A stage marked `-- native: NAME` is computed by Rust code that a
//! test holds to the SQL.
//!
//! **Invariant.** A step is a pure function of record tables, earlier stages and parameters: no clock, no network, no
//! case store. Row order, file order and the number of partitions change nothing.

mod citations;
mod episodes;
mod error;
mod leads;
mod native;
mod param;
mod payment_leads;
mod picture;
mod plan;
mod rows;
mod sql_step;
mod stated;
mod step;
mod steps;

pub use citations::{RecordRef, citations};
pub use episodes::{Episode, episodes, session_rows};
pub use error::{ErrorKind, StepError};
pub use native::{PairCount, count_pairs};
pub use param::{Param, ParamType, ParamValue, ParamValues};
pub use payment_leads::{PAYMENTS_FORMAT, PaymentItem, PaymentLead, PaymentRef, PaymentsDocument, SeedEvidence};
pub use picture::{draw_pictures, picture_steps};
pub use plan::{plan_requests, plan_steps};
pub use sql_step::{SqlStage, SqlStep};
pub use stated::{StatedRatio, Subject, stated_ratios};
pub use step::{StageDone, Step, StepContext, StepMeta, stage_path};
pub use steps::STEPS;

/// The step of that id.
#[must_use]
pub fn step(id: &str) -> Option<&'static dyn Step> {
    STEPS.iter().copied().find(|s| s.meta().id == id)
}

/// Reads the leads from payments of a finished run.
///
/// # Errors
/// Where the run has none or they cannot be read.
pub fn payments(run_dir: &std::path::Path) -> Result<PaymentsDocument, StepError> {
    let path = run_dir.join("assemble_payments").join("payments.json");
    let text = std::fs::read_to_string(&path).map_err(|source| StepError::Io { path: path.clone(), source })?;
    serde_json::from_str(&text).map_err(|source| StepError::Json { path, source })
}

/// Reads the leads of a finished run.
///
/// # Errors
/// Where the run has no leads or they cannot be read.
pub fn leads(run_dir: &std::path::Path) -> Result<tutela_model::lead::LeadsDocument, StepError> {
    let path = run_dir.join("assemble_leads").join("leads.json");
    let text = std::fs::read_to_string(&path).map_err(|source| StepError::Io { path: path.clone(), source })?;
    serde_json::from_str(&text).map_err(|source| StepError::Json { path, source })
}
