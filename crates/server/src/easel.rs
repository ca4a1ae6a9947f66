//! Where the pictures of a case are drawn: once for each run, beside all other work.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use tutela_case::{Case, PaymentLead, PictureOrder, Pictures};

use crate::held::{ACTOR, HeldCase, actor, off};
use crate::problem::Problem;
use crate::sign_in::lock;

/// Memory that drawing may hold before it spills.
const MEMORY_BYTES: usize = 512 << 20;
/// So long a request waits for pictures that are being drawn; small cases take less.
const WAIT: Duration = Duration::from_secs(6);
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// The pictures of a case, or how far they are.
#[derive(Debug, Default)]
pub(crate) struct Easel {
    standing: Mutex<Standing>,
    payments: Mutex<Option<(String, Arc<Vec<PaymentLead>>)>>,
}

#[derive(Debug, Default)]
enum Standing {
    #[default]
    Empty,
    /// Of a run.
    Drawing(String),
    Drawn(Arc<Pictures>),
    /// Of a run; told once, then it is tried again.
    Failed(String, Problem),
}

impl HeldCase {
    /// The pictures of the newest run. They are drawn when they are first asked for, and again when the leads change.
    pub(crate) async fn pictures(self: &Arc<Self>) -> Result<Arc<Pictures>, Problem> {
        // The leads are those that may be shown now; where a legal basis has lapsed there are none, and no picture either.
        let run_id = self.leads().await?.run_id.clone();
        for _ in 0..WAIT.as_millis() / LOOK_AGAIN.as_millis() {
            if let Some(found) = self.look(&run_id) {
                return found;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "preparing",
            "the pictures of this run are being drawn from its records; a large case takes a minute or two",
        ))
    }

    /// What there is; begins to draw where there is nothing.
    fn look(self: &Arc<Self>, run_id: &str) -> Option<Result<Arc<Pictures>, Problem>> {
        let mut standing = lock(&self.easel.standing);
        match &*standing {
            Standing::Drawn(pictures) if pictures.run_id() == run_id => return Some(Ok(Arc::clone(pictures))),
            Standing::Drawing(of) if of == run_id => return None,
            Standing::Failed(of, problem) if of == run_id => {
                let problem = problem.clone();
                *standing = Standing::Empty;
                return Some(Err(problem));
            }
            _ => *standing = Standing::Drawing(run_id.to_owned()),
        }
        drop(standing);
        let actor = match actor() {
            Ok(actor) => actor,
            Err(problem) => return Some(Err(problem)),
        };
        let (held, run_id) = (Arc::clone(self), run_id.to_owned());
        tokio::spawn(async move {
            let drawn = ACTOR.scope(actor, held.draw()).await;
            let mut standing = lock(&held.easel.standing);
            // Another run may have taken its place meanwhile.
            if matches!(&*standing, Standing::Drawing(of) if *of == run_id) {
                *standing = match drawn {
                    Ok(pictures) if pictures.run_id() == run_id => Standing::Drawn(Arc::new(pictures)),
                    Ok(_) => Standing::Empty,
                    Err(problem) => Standing::Failed(run_id, problem),
                };
            }
        });
        None
    }

    async fn draw(self: &Arc<Self>) -> Result<Pictures, Problem> {
        let order: PictureOrder = self.act(|case: &mut Case| case.picture_order()).await?;
        let partitions = std::thread::available_parallelism().map_or(2, usize::from);
        off(move || Ok(order.draw(MEMORY_BYTES, partitions)?)).await
    }

    /// The leads from payments of the newest run, read once.
    pub(crate) async fn payment_leads(self: &Arc<Self>) -> Result<Arc<Vec<PaymentLead>>, Problem> {
        let run_id = self.leads().await?.run_id.clone();
        if let Some((_, leads)) = lock(&self.easel.payments).as_ref().filter(|(of, _)| *of == run_id) {
            return Ok(Arc::clone(leads));
        }
        let (of, document) = self.act(|case: &mut Case| case.payments()).await?;
        let leads = Arc::new(document.leads);
        *lock(&self.easel.payments) = Some((of, Arc::clone(&leads)));
        Ok(leads)
    }
}
