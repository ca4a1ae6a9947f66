//! Where the pictures of a case are drawn: once for each run, beside all other work.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use tutela_case::{Case, PaymentLead, PictureOrder, Pictures};

use crate::held::{HeldCase, off};
use crate::problem::Problem;
use crate::sign_in::lock;

/// Memory that drawing may hold. What it sorts it spills before that; what it joins it holds, and where that is more the
/// drawing is refused: ten million connections take between two and four GiB.
const MEMORY_BYTES: usize = 4 << 30;
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

impl Easel {
    /// What there is of a run; nothing where it is yet to be drawn, or is being drawn.
    fn found(&self, run_id: &str) -> Option<Result<Arc<Pictures>, Problem>> {
        let mut standing = lock(&self.standing);
        match &*standing {
            Standing::Drawn(pictures) if pictures.run_id() == run_id => Some(Ok(Arc::clone(pictures))),
            Standing::Failed(of, problem) if of == run_id => {
                let problem = problem.clone();
                *standing = Standing::Empty;
                Some(Err(problem))
            }
            _ => None,
        }
    }

    fn is_drawing(&self, run_id: &str) -> bool {
        matches!(&*lock(&self.standing), Standing::Drawing(of) if of == run_id)
    }
}

impl HeldCase {
    /// The pictures of the newest run. They are drawn when they are first asked for, and again when the leads change.
    pub(crate) async fn pictures(self: &Arc<Self>) -> Result<Arc<Pictures>, Problem> {
        // The leads are those that may be shown now; where a legal basis has lapsed there are none, and no picture either.
        let run_id = self.leads().await?.run_id.clone();
        for _ in 0..WAIT.as_millis() / LOOK_AGAIN.as_millis() {
            if let Some(found) = self.easel.found(&run_id) {
                return found;
            }
            if !self.easel.is_drawing(&run_id) {
                let order = self.act(|case: &mut Case| case.picture_order()).await?;
                self.begin(order);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "preparing",
            "the pictures of this run are being drawn from its records; a large case takes a minute or two",
        ))
    }

    /// Begins to draw, unless somebody else just has. It goes on when whoever asked has gone.
    fn begin(self: &Arc<Self>, order: PictureOrder) {
        let run_id = order.run_id().to_owned();
        {
            let mut standing = lock(&self.easel.standing);
            let there = match &*standing {
                Standing::Drawing(of) => *of == run_id,
                Standing::Drawn(pictures) => pictures.run_id() == run_id,
                Standing::Empty | Standing::Failed(..) => false,
            };
            if there {
                return;
            }
            *standing = Standing::Drawing(run_id.clone());
        }
        let held = Arc::clone(self);
        let partitions = std::thread::available_parallelism().map_or(2, usize::from);
        tokio::spawn(async move {
            let drawn = off(move || Ok(order.draw(MEMORY_BYTES, partitions)?)).await;
            let mut standing = lock(&held.easel.standing);
            // Another run may have taken its place meanwhile.
            if matches!(&*standing, Standing::Drawing(of) if *of == run_id) {
                *standing = match drawn {
                    Ok(pictures) => Standing::Drawn(Arc::new(pictures)),
                    Err(problem) => Standing::Failed(run_id, problem),
                };
            }
        });
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
