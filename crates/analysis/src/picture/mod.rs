//! What the pictures of a case are drawn from: steps like the others, but not of a run. They weigh nothing and find nothing;
//! they lay records and findings of a run side by side so that a picture can be looked up quickly. No lead depends on them.

use std::sync::LazyLock;

use crate::step::StepContext;
use crate::{SqlStep, StageDone, Step, StepError};

static GRAPH: LazyLock<SqlStep> = LazyLock::new(|| SqlStep::parse("picture_graph", include_str!("picture_graph.sql")));
static TIME: LazyLock<SqlStep> = LazyLock::new(|| SqlStep::parse("picture_time", include_str!("picture_time.sql")));
static MONEY: LazyLock<SqlStep> = LazyLock::new(|| SqlStep::parse("picture_money", include_str!("picture_money.sql")));
static MAP: LazyLock<SqlStep> = LazyLock::new(|| SqlStep::parse("picture_map", include_str!("picture_map.sql")));

/// The steps that pictures are drawn from, in the order they run. They come after every step of a run.
#[must_use]
pub fn picture_steps() -> [&'static dyn Step; 4] {
    [&GRAPH, &TIME, &MONEY, &MAP]
}

/// Runs them; later ones read the stages of the earlier from the session.
///
/// # Errors
/// Where a stage cannot be computed or written.
pub async fn draw_pictures(ctx: &StepContext<'_>) -> Result<Vec<StageDone>, StepError> {
    let mut done = Vec::new();
    for step in picture_steps() {
        done.extend(step.run(ctx).await?);
    }
    Ok(done)
}
