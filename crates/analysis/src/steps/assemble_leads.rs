//! Puts the findings together as leads. It weighs nothing: what a lead says stands in the stages of the steps before.

use std::sync::LazyLock;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tutela_model::TableId;

use crate::leads::{Findings, assemble};
use crate::step::register_inputs;
use crate::{Param, StageDone, Step, StepContext, StepError, StepMeta};

/// The step.
pub(crate) static STEP: AssembleLeads = AssembleLeads;

/// See the module.
#[derive(Debug)]
pub(crate) struct AssembleLeads;

static META: LazyLock<StepMeta> = LazyLock::new(|| StepMeta {
    id: "assemble_leads",
    version: 2,
    looks_for: "one lead for each account under investigation: propositions, evidence against and for, the eight \
                hypotheses, what is missing and the next lawful step"
        .to_owned(),
    does_not_show: "anything that the stages of the earlier steps do not hold".to_owned(),
});

impl Step for AssembleLeads {
    fn meta(&self) -> &StepMeta {
        &META
    }
    fn inputs(&self) -> &[TableId] {
        &[]
    }
    fn after(&self) -> &[&'static str] {
        &[
            "resolve_sessions",
            "count_episodes",
            "attribute_lines",
            "place_people",
            "attribute_people",
            "weigh_leads",
            "cite_records",
        ]
    }
    fn params(&self) -> &[Param] {
        &[]
    }
    fn sql(&self) -> Option<&'static str> {
        None
    }
    fn run<'a>(&'a self, ctx: &'a StepContext<'a>) -> BoxFuture<'a, Result<Vec<StageDone>, StepError>> {
        write_leads(self, ctx).boxed()
    }
}

async fn write_leads(step: &AssembleLeads, ctx: &StepContext<'_>) -> Result<Vec<StageDone>, StepError> {
    register_inputs(step.after(), step.inputs(), META.id, ctx)?;
    let document = assemble(&Findings::read(ctx.engine).await?);
    let path = ctx.out_dir.join("leads.json");
    let mut text =
        serde_json::to_vec_pretty(&document).map_err(|source| StepError::Json { path: path.clone(), source })?;
    text.push(b'\n');
    std::fs::write(&path, &text).map_err(|source| StepError::Io { path: path.clone(), source })?;
    let done = StageDone {
        name: "leads".to_owned(),
        file: "leads.json".to_owned(),
        rows: document.leads.len() as u64,
        digest: hex::encode(Sha256::digest(&text)),
    };
    (ctx.progress)(&done);
    Ok(vec![done])
}
