//! Work that takes longer than a request: taking files in, runs, checks. A job goes on beside the requests, one at a time in a
//! case, tells how far it is, and can be stopped; what it had finished by then is kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;
use tutela_case::clock::{Stopwatch, now_utc};
use tutela_case::{Act, Actor, Stop};

use crate::api::{IntakeRow, ReplyFileRow, Verified};
use crate::feed::Event;
use crate::held::{HeldCase, actor, off};
use crate::problem::Problem;
use crate::sign_in::lock;

/// So many jobs may wait in a case.
const WAITING_MAX: usize = 16;
/// So many ended ones are remembered.
const ENDED_MAX: usize = 50;
/// Progress is told this often at most, in seconds.
const TOLD_EVERY_S: f64 = 0.2;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobKind {
    /// Takes files in.
    Intake,
    /// Runs the analysis.
    Run,
    /// Checks every file and entry of the case.
    Verification,
    /// Plans what to ask operators.
    Plan,
    /// Compares a reply with its requests and takes in what agrees.
    Reply,
}

impl JobKind {
    /// The right that it takes, to begin it and to stop another's.
    pub(crate) fn right(self) -> Act {
        match self {
            Self::Intake => Act::Intake,
            Self::Reply => Act::ImportReplies,
            Self::Run => Act::Run,
            Self::Verification => Act::Sources,
            Self::Plan => Act::PlanRequests,
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobState {
    /// Another one of the case goes first.
    Waiting,
    /// It goes on.
    Running,
    /// It has ended as it should.
    Done,
    /// It has ended before its time, and `problem` says why.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

/// A job.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Job {
    pub(crate) job_id: String,
    pub(crate) kind: JobKind,
    pub(crate) state: JobState,
    /// Who began it.
    pub(crate) who: String,
    begun_utc: String,
    ended_utc: Option<String>,
    /// What it does now.
    doing: String,
    /// How many parts are done, of how many; zero of zero where that is not known.
    done: u64,
    of: u64,
    result: Option<JobResult>,
    problem: Option<Problem>,
}

impl Job {
    pub(crate) fn has_ended(&self) -> bool {
        !matches!(self.state, JobState::Waiting | JobState::Running)
    }
}

/// What came of a job.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum JobResult {
    /// Of an intake, file by file.
    Intake {
        /// In the order in which they were given.
        files: Vec<IntakeRow>,
    },
    /// Of a run.
    Run {
        run_id: String,
        /// Leads that differ from the run before; absent where there was none.
        changed: Option<u64>,
    },
    /// Of a check.
    Verification {
        /// What it found.
        found: Verified,
    },
    /// Of a plan.
    Plan {
        /// Connections to ask about.
        requests: u64,
    },
    /// Of a reply, file by file.
    Reply {
        /// In the order in which they were given.
        files: Vec<ReplyFileRow>,
    },
}

struct Kept {
    job: Job,
    stop: Stop,
}

/// The jobs of a case.
#[derive(Default)]
pub(crate) struct Jobs {
    next: AtomicU64,
    kept: Mutex<VecDeque<Kept>>,
    /// Held by the one that goes on.
    turn: tokio::sync::Mutex<()>,
}

/// What a job has at hand while it goes on.
pub(crate) struct Work {
    pub(crate) held: Arc<HeldCase>,
    pub(crate) actor: Actor,
    pub(crate) stop: Stop,
    pub(crate) job_id: String,
    told: Mutex<Option<Stopwatch>>,
}

impl Work {
    /// Tells what is done now, and how far it is.
    pub(crate) fn tell(&self, doing: &str, done: u64, of: u64) {
        let mut told = lock(&self.told);
        let now = told.as_ref().is_none_or(|t| t.seconds() >= TOLD_EVERY_S);
        if now {
            *told = Some(Stopwatch::start());
        }
        drop(told);
        self.held.jobs.change(&self.held, &self.job_id, now, |job| {
            doing.clone_into(&mut job.doing);
            (job.done, job.of) = (done, of);
        });
    }
}

impl Jobs {
    /// The jobs, newest first.
    pub(crate) fn list(&self) -> Vec<Job> {
        lock(&self.kept).iter().rev().map(|k| k.job.clone()).collect()
    }

    pub(crate) fn get(&self, job_id: &str) -> Result<Job, Problem> {
        let kept = lock(&self.kept);
        let found = kept.iter().find(|k| k.job.job_id == job_id).map(|k| k.job.clone());
        found.ok_or_else(|| Problem::not_found(format!("job {job_id}: not of this case, or long ended")))
    }

    /// Tells a job to stop. It ends as soon as it can.
    pub(crate) fn stop(&self, job_id: &str) -> Result<Job, Problem> {
        let job = self.get(job_id)?;
        if let Some(kept) = lock(&self.kept).iter().find(|k| k.job.job_id == job_id) {
            kept.stop.ask();
        }
        Ok(job)
    }

    fn change(&self, held: &HeldCase, job_id: &str, tell: bool, change: impl FnOnce(&mut Job)) {
        let mut kept = lock(&self.kept);
        let Some(found) = kept.iter_mut().find(|k| k.job.job_id == job_id) else { return };
        change(&mut found.job);
        let job = tell.then(|| Box::new(found.job.clone()));
        drop(kept);
        if let Some(job) = job {
            held.feed.tell(Event::Job { job });
        }
    }
}

/// Begins a job as whoever asked for it.
pub(crate) fn begin(
    held: &Arc<HeldCase>,
    kind: JobKind,
    work: impl FnOnce(&Work) -> Result<JobResult, Problem> + Send + 'static,
) -> Result<Job, Problem> {
    let (actor, stop) = (actor()?, Stop::default());
    let job = Job {
        job_id: (held.jobs.next.fetch_add(1, Ordering::SeqCst) + 1).to_string(),
        kind,
        state: JobState::Waiting,
        who: actor.who().to_owned(),
        begun_utc: now_utc(),
        ended_utc: None,
        doing: String::new(),
        done: 0,
        of: 0,
        result: None,
        problem: None,
    };
    let mut kept = lock(&held.jobs.kept);
    if kept.iter().filter(|k| !k.job.has_ended()).count() >= WAITING_MAX {
        let detail = format!("{WAITING_MAX} jobs of this case are waiting already; try again when some have ended");
        return Err(Problem::new(axum::http::StatusCode::TOO_MANY_REQUESTS, "busy", detail));
    }
    while kept.len() >= ENDED_MAX + WAITING_MAX {
        let Some(oldest) = kept.iter().position(|k| k.job.has_ended()) else { break };
        kept.remove(oldest);
    }
    kept.push_back(Kept { job: job.clone(), stop: stop.clone() });
    drop(kept);
    held.feed.tell(Event::Job { job: Box::new(job.clone()) });
    let work_at = Work { held: Arc::clone(held), actor, stop, job_id: job.job_id.clone(), told: Mutex::new(None) };
    tokio::spawn(go_on(work_at, work));
    Ok(job)
}

async fn go_on(at: Work, work: impl FnOnce(&Work) -> Result<JobResult, Problem> + Send + 'static) {
    let held = Arc::clone(&at.held);
    let job_id = at.job_id.clone();
    let stop = at.stop.clone();
    let turn = held.jobs.turn.lock().await;
    let ended = if stop.is_asked() {
        Err(Problem::from(tutela_case::CaseError::Stopped))
    } else {
        held.jobs.change(&held, &job_id, true, |job| job.state = JobState::Running);
        off(move || work(&at)).await
    };
    drop(turn);
    held.jobs.change(&held, &job_id, true, |job| {
        job.ended_utc = Some(now_utc());
        match ended {
            Ok(result) => (job.state, job.result) = (JobState::Done, Some(result)),
            Err(_) if stop.is_asked() => job.state = JobState::Stopped,
            Err(problem) => (job.state, job.problem) = (JobState::Failed, Some(problem)),
        }
    });
}
