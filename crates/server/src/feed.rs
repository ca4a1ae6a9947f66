//! What changes in a case, told to everybody who has it open: acts of others as the log has them, and jobs as they go on.
//! It says what has changed, not what it says now: whoever is told asks again, with their own rights.

use std::sync::Mutex;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use tutela_case::{CaseError, SharedCase};

use crate::jobs::Job;
use crate::sign_in::lock;

/// So many events may wait for a slow listener; then it is told to ask for everything anew.
const WAITING: usize = 256;

/// Something that has happened in a case.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Event {
    /// Somebody changed something.
    Changed {
        /// What it is about.
        topic: Topic,
        /// The lead it is about, where it is about one.
        lead_ref: Option<String>,
        /// Who did it.
        who: String,
    },
    /// A job has begun, gone on or ended.
    Job {
        /// How it stands.
        job: Box<Job>,
    },
    /// Events were missed: ask for everything anew.
    Missed,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Topic {
    /// A decision about a lead.
    Decision,
    /// The leads: a run, or a basis that no longer holds.
    Leads,
    /// The sources.
    Sources,
    /// The legal bases.
    Bases,
    /// Requests and replies.
    Requests,
    /// The people of the case.
    People,
    /// Anything else that is done in a case.
    Case,
}

/// Which of the things that were read once must be read again.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Stale {
    pub(crate) leads: bool,
    pub(crate) sources: bool,
}

/// The feed of one case.
pub(crate) struct Feed {
    events: Sender<Event>,
    /// So many acts were told of.
    told: Mutex<usize>,
}

impl Feed {
    /// A feed that tells of what comes after so many acts.
    pub(crate) fn new(acts: usize) -> Self {
        Self { events: channel(WAITING).0, told: Mutex::new(acts) }
    }

    pub(crate) fn listen(&self) -> Receiver<Event> {
        self.events.subscribe()
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is nothing to say.
        let _listeners = self.events.send(event);
    }

    /// Tells of the acts that were not told of yet.
    pub(crate) fn tell_acts(&self, case: &SharedCase) -> Result<Stale, CaseError> {
        let mut told = lock(&self.told);
        let new =
            case.acts_since(*told, |e| Some((topic(&e.act), is_stale(&e.act), e.subject.clone(), e.who.clone())))?;
        *told += new.len();
        drop(told);
        let mut stale = Stale::default();
        for (topic, old, subject, who) in new {
            stale.leads |= old.leads;
            stale.sources |= old.sources;
            if let Some(topic) = topic {
                let lead_ref = (topic == Topic::Decision).then_some(subject);
                self.tell(Event::Changed { topic, lead_ref, who });
            }
        }
        Ok(stale)
    }
}

/// What an act changes for others; nothing for those that only show.
fn topic(act: &str) -> Option<Topic> {
    match act {
        "reveal" | "read" | "refused" | "sign_in" | "sign_in_failed" | "unfinished" | "export" | "dossier" => None,
        "sign_off" | "judgement" => Some(Topic::Decision),
        "judgement_withdraw" | "judgement_contradicted" => Some(Topic::Case),
        "run" | "lapse_effect" => Some(Topic::Leads),
        "intake" | "intake_again" | "deletion" | "purge" => Some(Topic::Sources),
        "basis_add" | "basis_validate" | "basis_lapse" => Some(Topic::Bases),
        "request_export" | "reply_import" | "reply_refuse" => Some(Topic::Requests),
        "person_set" => Some(Topic::People),
        _ => Some(Topic::Case),
    }
}

/// What an act makes stale. An act that is not known here makes everything so.
fn is_stale(act: &str) -> Stale {
    let (leads, sources) = match act {
        // The decision is put into the leads as it is made.
        "sign_off"
        | "reveal"
        | "read"
        | "refused"
        | "sign_in"
        | "sign_in_failed"
        | "person_set"
        | "basis_add"
        | "timestamp"
        | "export"
        | "judgement"
        | "judgement_withdraw"
        | "judgement_contradicted"
        | "proposal"
        | "proposal_confirm"
        | "proposal_reject"
        | "proposal_withdraw"
        | "four_eyes"
        | "task"
        | "task_step"
        | "measure"
        | "measure_step" => (false, false),
        "intake" | "intake_again" | "request_export" | "reply_import" | "reply_refuse" => (false, true),
        "run" | "lapse_effect" | "basis_validate" | "basis_lapse" => (true, false),
        _ => (true, true),
    };
    Stale { leads, sources }
}
