//! The case on disk: legal bases, sealed sources, records, runs and the custody log.
//!
//! **Invariant.** Nothing is acknowledged before it is durable, and a crash at any point leaves a case that opens and
//! resumes: files are written under a temporary name and renamed, a source counts as taken in only once sealed, logged
//! and its records are written.

mod backup;
mod basis;
mod chain;
mod changes;
pub mod clock;
pub mod custody;
mod deletion;
mod error;
mod exhibits;
mod explain;
mod explain_payment;
mod files;
mod intake;
mod intake_work;
mod judgements;
mod line_check;
mod measures;
mod moment;
mod pending;
mod people;
mod picture;
mod proofs;
mod proposal;
mod purge;
mod reading;
mod recorder;
mod referrals;
mod request;
mod reveal;
mod rights;
mod run;
mod shared;
mod signoff;
mod stated;
mod stop;
mod store;
mod tasks;
mod terms;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use backup::{Backup, Restored, restore};
pub use basis::{Lapse, LapseKind};
pub use chain::{ChainLink, Exhibit, LinkKind, NewExhibit, NewSeal, NewTransfer, SealChange};
pub use changes::{Change, PaymentChange, PaymentStanding, Standing};
pub use deletion::Deletion;
pub use error::{CaseError, ErrorKind};
pub use explain::{ExplainOrder, Explained, ExplainedItem, ExplainedRecord, ExplainedValue};
pub use explain_payment::{ExplainedPayment, SEED_EVIDENCE, find_payment_lead, payment_records};
pub use intake::{IntakeOptions, IntakeReport, IntakeStatus};
pub use intake_work::{BegunIntake, CopiedSource, Knew, ReadSource, Screened};
pub use judgements::{Contradiction, Judged, Judgement, JudgementKind, NewJudgement, Part, Withdrawal};
pub use line_check::{LineAlarm, LineCheck, LineCheckKind, line_alarms};
pub use measures::{MEASURE_KINDS, Measure, MeasureState, MeasureStep, NewMeasure};
pub use moment::{ActNote, DOSSIER, EXPORT, Moment};
pub use people::{ATTEMPTS, LOCKED_MINUTES, PASSWORD, PASSWORD_CHARACTERS, Person};
pub use picture::{
    AccountPlace, CommonRecipient, Corridor, Event, Flow, FlowEdge, FlowSeed, KindCount, Lane, LinePlace, NODE_KINDS,
    Neighbour, NeighbourPage, NoPath, Node, NodeKey, OpenNode, PictureOrder, Pictures, Places, Steps, Tie, TimeQuery,
    TimeView, TripPlace, View, ViewQuery,
};
pub use proofs::audit_options;
pub use proposal::{Confirmed, FourEyes, Proposal, ProposalState, Proposed};
pub use purge::{Purge, purged_subject};
pub use referrals::Referral;
pub use request::{
    AccountPlan, ExportOptions, Exported, LeftOut, Plan, PlanOptions, PlannedRequest, ReplyFile, ReplyReport, ReplyRow,
    Request, RequestState, Sent, TrafficRetention,
};
pub use reveal::{Name, REVEAL_HOURS};
pub use rights::{Act, RIGHTS, ROLES, Role, rights_table};
pub use run::{BegunRun, RunOptions, RunReport, StageReport, StepReport, peak_bytes, reset_peak};
pub use shared::{Actor, Admitted, SharedCase};
pub use signoff::{Decision, GateName, SignOff, SignOffs, lead_digest, standing};
pub use stated::STATED_CHARACTERS;
pub use stop::Stop;
pub use store::{Basis, RecordFile, STORE, SourceRow, StoreUrl};
pub use tasks::{NewTask, Task, TaskLink, TaskLinkKind, TaskState, TaskStep};
pub use terms::{Retention, Terms, VALIDATION_HOURS};
pub use tutela_analysis::{PaymentItem, PaymentLead};
pub use verify::{Verification, verify, verify_files};

use custody::CustodyLog;
use files::FolderLock;
use sha2::{Digest as _, Sha256};
use store::{Place, Store};

/// The folders of a case.
const FOLDERS: [&str; 4] = ["sealed", "records", "runs", "custody"];

/// The act that says of an earlier one that a crash cut it off.
const UNFINISHED: &str = "unfinished";

/// An open case. Only one process works on a case at a time.
#[derive(Debug)]
pub struct Case {
    root: PathBuf,
    who: String,
    /// The role of whoever opened it; nobody has one where the case has no people.
    role: Option<Role>,
    store: Store,
    log: Arc<CustodyLog>,
    /// Held as long as the case is open; the system lets go of it when the process ends, however it ends.
    _lock: FolderLock,
}

impl Case {
    /// Makes a new case in a folder that is empty or not there.
    ///
    /// # Errors
    /// Where something is there already or the folder cannot be written.
    pub fn init(root: &Path, who: &str) -> Result<Self, CaseError> {
        Self::init_in(root, who, None)
    }

    /// The same, with the case's database on a PostgreSQL server.
    ///
    /// # Errors
    /// As [`Case::init`], and where the server cannot be reached or takes no new schema.
    pub fn init_in(root: &Path, who: &str, url: Option<&StoreUrl>) -> Result<Self, CaseError> {
        let custody = root.join("custody");
        let begun = custody.join("checkpoint").exists();
        let occupied = fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some());
        if occupied && !begun && !root.join("lock").exists() && !custody.exists() {
            return Err(CaseError::Usage(format!(
                "{}: is not empty; a case needs a folder of its own",
                root.display()
            )));
        }
        refuse_old(root)?;
        if let Some(url) = url {
            Store::reach(root, url)?;
        }
        if begun && !custody::read(&custody)?.is_empty() {
            return Err(CaseError::Usage(format!("{}: a case is there already", root.display())));
        }
        for folder in FOLDERS {
            let path = root.join(folder);
            fs::create_dir_all(&path).map_err(CaseError::io(&path))?;
        }
        let place = Place::choose(root, url)?;
        if !begun {
            CustodyLog::create(&custody)?;
        }
        let case = Self::open_folder(root, who, &place, true)?;
        let detail =
            serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "log_key": case.log_key()?.to_string() });
        case.log.append(who, "case_init", "case", detail)?;
        files::sync_folder(root)?;
        Ok(case)
    }

    /// Opens a case, and removes what a crash left of unfinished work. Where the case has people, the password is the one in
    /// `TUTELA_PASSWORD`.
    ///
    /// # Errors
    /// As [`Case::open_as`].
    pub fn open(root: &Path, who: &str) -> Result<Self, CaseError> {
        Self::open_as(root, who, std::env::var(PASSWORD).ok().as_deref())
    }

    /// Opens a case with a password, which it needs where it has people.
    ///
    /// # Errors
    /// Where no case is there, another process works on it, it is damaged, or the password is not that person's.
    pub fn open_as(root: &Path, who: &str, password: Option<&str>) -> Result<Self, CaseError> {
        let mut case = Self::open_whole(root, who)?;
        case.sign_in(password)?;
        Ok(case)
    }

    /// Opens a case and puts right what a crash left, without letting anybody in.
    fn open_whole(root: &Path, who: &str) -> Result<Self, CaseError> {
        refuse_old(root)?;
        if !root.join("custody").join("checkpoint").exists() {
            return Err(CaseError::Usage(format!(
                "{}: no case is there (make one with: tutela case init)",
                root.display()
            )));
        }
        let place = Place::of(root)?;
        if !place.may_be_there(root) && !custody::read(&root.join("custody"))?.is_empty() {
            return Err(CaseError::Damaged(
                "case.db: is not there, and the log knows what it has held; restore the case from a backup".to_owned(),
            ));
        }
        let mut case = Self::open_folder(root, who, &place, false)?;
        case.note_unfinished()?;
        Ok(case)
    }

    /// Puts right what a database that failed within an act left, as opening the case again does; nothing where none did.
    ///
    /// # Errors
    /// Where the database fails still.
    pub fn resume(&mut self) -> Result<(), CaseError> {
        if !self.log.halt(false) {
            return Ok(());
        }
        let done = self.note_unfinished();
        if done.is_err() {
            self.log.halt(true);
        }
        done
    }

    fn open_folder(root: &Path, who: &str, place: &Place, new: bool) -> Result<Self, CaseError> {
        let lock = FolderLock::take(root)?;
        files::empty_folder(&root.join("sealed").join("part"))?;
        files::empty_folder(&root.join("records").join("part"))?;
        files::remove_folder(&root.join(picture::FOLDER))?;
        let store = Store::open(root, place, new)?;
        Ok(Self {
            log: Arc::new(CustodyLog::open_beside(&root.join("custody"), store.halted())?),
            store,
            root: root.to_path_buf(),
            who: who.to_owned(),
            role: None,
            _lock: lock,
        })
    }

    /// The case's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The sources taken in, in the order they came.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn sources(&self) -> Result<Vec<SourceRow>, CaseError> {
        self.need(Act::Sources)?;
        self.store.sources()
    }

    /// The issues of all sources.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn issues(&self) -> Result<Vec<tutela_formats::Issue>, CaseError> {
        self.need(Act::Sources)?;
        self.store.issues()
    }

    /// The files of records.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn record_files(&self) -> Result<Vec<RecordFile>, CaseError> {
        self.need(Act::Sources)?;
        self.store.record_files()
    }

    /// Every act in the custody log, in order.
    pub(crate) fn entries(&self) -> Result<custody::Entries, CaseError> {
        self.log.entries()
    }

    /// Puts right, or notes in the log, an act that a crash cut off between the log and the database. It can only be the
    /// last one, but for sign-ins and refusals, which wait for nobody: everything before was ended.
    fn note_unfinished(&mut self) -> Result<(), CaseError> {
        let entries = self.entries()?;
        let Some(last) = tutela_custody::last_act(&entries) else {
            return Err(CaseError::Usage(format!(
                "{}: the case was not made to its end; run again: tutela case init",
                self.root.display()
            )));
        };
        let ended = match last.act.as_str() {
            "intake" => self.store.has_source(&last.subject)?.is_some(),
            "intake_again" => self.store.other_names()?.iter().any(|(id, name)| is_named(last, id, name)),
            "basis_add" => {
                let basis: Basis = serde_json::from_value(last.detail.clone())
                    .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", last.index)))?;
                if !self.store.bases()?.iter().any(|b| b.basis_id == basis.basis_id) {
                    self.store.add_basis(&basis, &last.utc, &last.who)?;
                }
                true
            }
            deletion::DELETION => {
                self.carry_out_deletion(&last.clone())?;
                true
            }
            purge::PURGE => {
                self.carry_out_purge(&last.clone())?;
                true
            }
            _ => true,
        };
        if !ended {
            let detail = serde_json::json!({ "act": last.act, "subject": last.subject });
            self.log.append(&self.who, UNFINISHED, &last.index.to_string(), detail)?;
        }
        Ok(())
    }

    fn custody(&self) -> PathBuf {
        self.root.join("custody")
    }

    fn sealed(&self, source_id: &str) -> PathBuf {
        self.root.join("sealed").join(source_id)
    }
}

/// Whether an entry notes that a source came under that name as well.
fn is_named(entry: &custody::Entry, source_id: &str, name: &str) -> bool {
    let digest = hex::encode(Sha256::digest(name));
    entry.subject == source_id && entry.detail.get("name_sha256") == Some(&digest.into())
}

fn refuse_old(root: &Path) -> Result<(), CaseError> {
    if root.join("custody").join("log.jsonl").exists() {
        return Err(CaseError::Usage(format!(
            "{}: was made by an earlier version, whose log was a plain chain of lines; take its sealed files in anew",
            root.display()
        )));
    }
    Ok(())
}
