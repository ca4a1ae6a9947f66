//! The plan of requests: steps like the others, but not of a run. What they find depends on the day on which it is
//! made and on a list of address blocks, and no lead may depend on either.

use std::path::Path;
use std::sync::LazyLock;

use crate::step::StepContext;
use crate::{SqlStep, StageDone, Step, StepError};

static CONNECTIONS: LazyLock<SqlStep> =
    LazyLock::new(|| SqlStep::parse("plan_connections", include_str!("plan_connections.sql")));
static REQUESTS: LazyLock<SqlStep> =
    LazyLock::new(|| SqlStep::parse("plan_requests", include_str!("plan_requests.sql")));

/// The steps that plan requests, in the order they run.
#[must_use]
pub fn plan_steps() -> [&'static dyn Step; 2] {
    [&CONNECTIONS, &REQUESTS]
}

/// Runs the plan. `address_blocks` is a Parquet file of `network`, `prefix_length` and `operator`.
///
/// # Errors
/// Where a stage cannot be computed or written.
pub async fn plan_requests(ctx: &StepContext<'_>, address_blocks: &Path) -> Result<Vec<StageDone>, StepError> {
    ctx.engine.register_stage("address_block", address_blocks).map_err(|source| StepError::Stage {
        step: CONNECTIONS.meta().id.to_owned(),
        stage: "address_block".to_owned(),
        source,
    })?;
    // The second reads the stages of the first from the session, where they are registered under their names.
    let mut done = CONNECTIONS.run(ctx).await?;
    done.extend(REQUESTS.run(ctx).await?);
    Ok(done)
}
