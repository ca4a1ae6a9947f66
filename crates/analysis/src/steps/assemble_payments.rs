//! Puts the findings about payments together as leads. It weighs nothing: what a lead says stands in the stages of the steps before.

use std::sync::LazyLock;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tutela_model::TableId;

use crate::payment_leads::read_document;
use crate::step::register_inputs;
use crate::{Param, StageDone, Step, StepContext, StepError, StepMeta};

/// The step.
pub(crate) static STEP: AssemblePayments = AssemblePayments;

/// See the module.
#[derive(Debug)]
pub(crate) struct AssemblePayments;

static META: LazyLock<StepMeta> = LazyLock::new(|| StepMeta {
    id: "assemble_payments",
    version: 1,
    looks_for:
        "one lead for each seed and each account within the bound around it: role, evidence for and against with its \
                payments and its innocent explanation, and the lawful step that would decide"
            .to_owned(),
    does_not_show: "anything that the stages of the earlier steps do not hold. Without a seed there is no lead"
        .to_owned(),
});

impl Step for AssemblePayments {
    fn meta(&self) -> &StepMeta {
        &META
    }
    fn inputs(&self) -> &[TableId] {
        &[TableId::PaymentSeed]
    }
    fn after(&self) -> &[&'static str] {
        &["match_payments", "follow_payments", "weigh_payments"]
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

async fn write_leads(step: &AssemblePayments, ctx: &StepContext<'_>) -> Result<Vec<StageDone>, StepError> {
    register_inputs(step.after(), step.inputs(), META.id, ctx)?;
    let document = read_document(ctx.engine).await?;
    let path = ctx.out_dir.join("payments.json");
    let mut text =
        serde_json::to_vec_pretty(&document).map_err(|source| StepError::Json { path: path.clone(), source })?;
    text.push(b'\n');
    std::fs::write(&path, &text).map_err(|source| StepError::Io { path: path.clone(), source })?;
    let done = StageDone {
        name: "payments".to_owned(),
        file: "payments.json".to_owned(),
        rows: document.leads.len() as u64,
        digest: hex::encode(Sha256::digest(&text)),
    };
    (ctx.progress)(&done);
    Ok(vec![done])
}
