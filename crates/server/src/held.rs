//! A case as the server holds it: one lock for acts, and what was read once for everybody who only looks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::Semaphore;
use tutela_case::clock::Stopwatch;
use tutela_case::{
    Actor, Case, CaseError, Change, Decision, Explained, GateName, LineAlarm, LineCheck, Referral, Role, SharedCase,
    SignOffs, lead_digest, line_alarms,
};
use tutela_formats::{Issue, Severity};
use tutela_model::lead::{Lead, LeadsDocument};

use crate::easel::Easel;
use crate::feed::Feed;
use crate::jobs::Jobs;
use crate::listing::{self, Orders, Row};
use crate::problem::Problem;
use crate::sign_in::lock;
use crate::uploads::Uploads;

/// So many read sealed files back at once for each core: enough that nobody stands in line for long, few enough that the others are
/// answered meanwhile.
const READERS_A_CORE: usize = 4;

/// So many explained leads are kept: reading one back goes through its sealed files.
const EXPLAINED_MAX: usize = 32;

/// So long leads are shown before it is asked again whether they still may be: an urgent act lapses by the clock.
const STANDING_S: f64 = 30.0;

tokio::task_local! {
    /// Who acts in the request that is answered. The router sets it for each route of a case, so that no handler can forget
    /// it, or act as somebody else.
    pub(crate) static ACTOR: Actor;
}

/// A case in the server's hands.
pub(crate) struct HeldCase {
    pub(crate) root: PathBuf,
    /// Every act goes through it, one after the other, each under the name and with the rights of whoever asks.
    pub(crate) shared: SharedCase,
    pub(crate) feed: Feed,
    pub(crate) jobs: Jobs,
    pub(crate) uploads: Uploads,
    leads: Mutex<Option<Arc<Leads>>>,
    /// Since when it is known that the leads may be shown.
    standing: Mutex<Stopwatch>,
    issues: Mutex<Option<Arc<Issues>>>,
    explained: Mutex<Vec<(ExplainedKey, Arc<Explained>)>>,
    /// So many read sealed files back at once; the others wait their turn.
    readers: Semaphore,
    pub(crate) easel: Easel,
}

/// Run, lead, how much and for which role.
type ExplainedKey = (String, String, usize, Option<Role>);

/// The leads of the newest run, as they stand.
pub(crate) struct Leads {
    pub(crate) run_id: String,
    pub(crate) document: Arc<LeadsDocument>,
    referrals: Arc<BTreeMap<String, Vec<Referral>>>,
    pub(crate) sign_offs: SignOffs,
    line_checks: Arc<Vec<LineCheck>>,
    /// What changed since the run before, once somebody has asked.
    changes: Arc<OnceLock<Arc<ChangedSince>>>,
    /// One for each lead of the document, in its order.
    pub(crate) rows: Vec<Row>,
    pub(crate) orders: Orders,
    by_ref: Arc<BTreeMap<String, usize>>,
}

/// The run before, and the leads that changed since.
type ChangedSince = Option<(String, Vec<Change>)>;

/// The issues of all sources: where each source's begin and end, and how many rows it lost.
pub(crate) struct Issues {
    pub(crate) all: Vec<Issue>,
    pub(crate) by_source: BTreeMap<String, (Vec<usize>, u64)>,
}

impl Leads {
    fn new(case: &Case) -> Result<Self, CaseError> {
        let (run_id, document) = case.leads()?;
        let (referrals, sign_offs) = (case.referrals()?, case.sign_offs()?);
        let rows = listing::rows(&document, &referrals, &sign_offs);
        let by_ref = document.leads.iter().enumerate().map(|(i, l)| (l.lead_ref.clone(), i)).collect();
        let (document, referrals, by_ref) = (Arc::new(document), Arc::new(referrals), Arc::new(by_ref));
        let line_checks = Arc::new(case.line_checks()?);
        let orders = Orders::new(&rows);
        let changes = Arc::default();
        Ok(Self { run_id, document, referrals, sign_offs, line_checks, changes, rows, orders, by_ref })
    }

    /// The same leads with other decisions.
    fn decided(&self, sign_offs: SignOffs) -> Self {
        let rows = listing::rows(&self.document, &self.referrals, &sign_offs);
        Self {
            run_id: self.run_id.clone(),
            document: Arc::clone(&self.document),
            referrals: Arc::clone(&self.referrals),
            orders: Orders::new(&rows),
            rows,
            sign_offs,
            line_checks: Arc::clone(&self.line_checks),
            changes: Arc::clone(&self.changes),
            by_ref: Arc::clone(&self.by_ref),
        }
    }

    pub(crate) fn get(&self, lead_ref: &str) -> Result<(&Lead, &Row), Problem> {
        let found = self.by_ref.get(lead_ref).and_then(|i| Some((self.document.leads.get(*i)?, self.rows.get(*i)?)));
        found.ok_or_else(|| Problem::not_found(format!("lead {lead_ref}: not in run {}", self.run_id)))
    }

    /// What changed since the run before; read once, since it takes the leads of both.
    pub(crate) fn changes(&self, case: &Case) -> Result<Arc<ChangedSince>, CaseError> {
        if let Some(known) = self.changes.get() {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(case.changes()?);
        Ok(Arc::clone(self.changes.get_or_init(|| found)))
    }

    /// What stands against naming anybody through the lines of a lead.
    pub(crate) fn alarms_of(&self, lead: &Lead) -> Vec<LineAlarm> {
        line_alarms(&self.line_checks, lead)
    }

    /// The referrals that report an account.
    pub(crate) fn referrals_of(&self, lead: &Lead) -> &[Referral] {
        listing::referrals_of(&self.referrals, lead)
    }
}

impl HeldCase {
    pub(crate) fn new(shared: SharedCase, upload_bytes_max: u64) -> Result<Self, CaseError> {
        Ok(Self {
            root: shared.root().to_path_buf(),
            jobs: Jobs::default(),
            uploads: Uploads::new(shared.root(), upload_bytes_max),
            feed: Feed::new(shared.length()?),
            shared,
            leads: Mutex::new(None),
            standing: Mutex::new(Stopwatch::start()),
            issues: Mutex::new(None),
            explained: Mutex::new(Vec::new()),
            readers: Semaphore::new(READERS_A_CORE * std::thread::available_parallelism().map_or(2, usize::from)),
            easel: Easel::default(),
        })
    }

    /// Does something with the case that only one may do at a time, as whoever asked.
    pub(crate) async fn act<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Case) -> Result<T, CaseError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (held, actor) = (Arc::clone(self), actor()?);
        off(move || Ok(held.act_as(&actor, work)?)).await
    }

    /// The same as somebody, from a thread that may wait. Whatever the log says of it is told to all who look, and what was
    /// read before is let go where it may have changed.
    pub(crate) fn act_as<T>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Case) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let done = self.shared.acting(actor, work);
        self.announce()?;
        done
    }

    /// Tells of the acts that nobody has been told of.
    fn announce(&self) -> Result<(), CaseError> {
        let stale = self.feed.tell_acts(&self.shared)?;
        if stale.leads {
            *lock(&self.leads) = None;
            lock(&self.explained).clear();
        }
        if stale.sources {
            *lock(&self.issues) = None;
        }
        Ok(())
    }

    /// The leads of the newest run, read once.
    pub(crate) async fn leads(self: &Arc<Self>) -> Result<Arc<Leads>, Problem> {
        if lock(&self.standing).seconds() > STANDING_S {
            self.check_standing().await?;
        }
        if let Some(leads) = lock(&self.leads).as_ref() {
            return Ok(Arc::clone(leads));
        }
        let held = Arc::clone(self);
        self.act(move |case| {
            // Somebody else may have read them while this one waited.
            if let Some(leads) = lock(&held.leads).as_ref() {
                return Ok(Arc::clone(leads));
            }
            let leads = Arc::new(Leads::new(case)?);
            *lock(&held.leads) = Some(Arc::clone(&leads));
            Ok(leads)
        })
        .await
    }

    /// That the leads that are kept may still be shown.
    async fn check_standing(self: &Arc<Self>) -> Result<(), Problem> {
        let stands = self.act(|case| case.leads_stand()).await;
        if stands.is_err() {
            *lock(&self.leads) = None;
            lock(&self.explained).clear();
        }
        *lock(&self.standing) = Stopwatch::start();
        stands
    }

    /// Records a decision about a gate; gives the leads with it. Both happen under the case's lock, so that of two
    /// decisions the later one stands.
    pub(crate) async fn sign_off(
        self: &Arc<Self>,
        lead_ref: String,
        gate: GateName,
        decision: Decision,
        reason: String,
    ) -> Result<Arc<Leads>, Problem> {
        let held = Arc::clone(self);
        self.act(move |case| {
            case.sign_off(&lead_ref, gate, decision, &reason)?;
            let mut kept = lock(&held.leads);
            let leads = match kept.as_ref() {
                Some(leads) => Arc::new(leads.decided(case.sign_offs()?)),
                None => Arc::new(Leads::new(case)?),
            };
            *kept = Some(Arc::clone(&leads));
            Ok(leads)
        })
        .await
    }

    /// The issues of all sources, read once.
    pub(crate) async fn issues(self: &Arc<Self>) -> Result<Arc<Issues>, Problem> {
        if let Some(issues) = lock(&self.issues).as_ref() {
            return Ok(Arc::clone(issues));
        }
        let all = self.act(|case| case.issues()).await?;
        let mut by_source: BTreeMap<String, (Vec<usize>, u64)> = BTreeMap::new();
        for (index, issue) in all.iter().enumerate() {
            let entry = by_source.entry(issue.source_id.clone()).or_default();
            entry.0.push(index);
            entry.1 += u64::from(issue.severity == Severity::Refused);
        }
        let issues = Arc::new(Issues { all, by_source });
        *lock(&self.issues) = Some(Arc::clone(&issues));
        Ok(issues)
    }

    /// A lead with the records behind it, read back from the sealed files. What is unmasked is never kept: each look asks for
    /// the right and the reason anew, and is an entry of the log.
    pub(crate) async fn explain(
        self: &Arc<Self>,
        leads: &Leads,
        lead: &Lead,
        most: usize,
        unmasked: bool,
    ) -> Result<Arc<Explained>, Problem> {
        if unmasked {
            return Ok(Arc::new(self.explain_anew(leads, lead, most, true).await?));
        }
        let key = (leads.run_id.clone(), lead.lead_ref.clone(), most, actor()?.role());
        if let Some((_, found)) = lock(&self.explained).iter().find(|(k, _)| *k == key) {
            return Ok(Arc::clone(found));
        }
        let explained = Arc::new(self.explain_anew(leads, lead, most, false).await?);
        let mut kept = lock(&self.explained);
        if kept.len() >= EXPLAINED_MAX {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&explained)));
        Ok(explained)
    }
}

impl HeldCase {
    /// Asks the case whether a lead may be explained; reads it back beside all other work.
    async fn explain_anew(
        self: &Arc<Self>,
        leads: &Leads,
        lead: &Lead,
        most: usize,
        unmasked: bool,
    ) -> Result<Explained, Problem> {
        let (run_id, lead) = (leads.run_id.clone(), lead.clone());
        let of = lead.clone();
        let ordered = move |case: &mut Case| {
            case.explain_order(&run_id, &of.lead_ref, of.people.iter().map(|p| p.person_ref.as_str()), unmasked)
        };
        let order = self.act(ordered).await?;
        self.read(move || Ok(order.explain(lead, most)?)).await
    }

    /// Reads sealed files back, beside all other work and not too many at once.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let closed = |_| Problem::internal("nothing is read back any more");
        let _turn = self.readers.acquire().await.map_err(closed)?;
        off(work).await
    }
}

impl Leads {
    /// What a lead says, as a digest; a decision is made on exactly that.
    pub(crate) fn digest(lead: &Lead) -> Result<String, Problem> {
        Ok(lead_digest(lead)?)
    }

    /// The decision on a gate that stands, if any.
    pub(crate) fn decision(&self, lead: &Lead, gate: GateName) -> Option<&tutela_case::SignOff> {
        self.sign_offs.get(&(lead.lead_ref.clone(), gate))
    }
}

/// Who acts in this request.
pub(crate) fn actor() -> Result<Actor, Problem> {
    let none = |_| Problem::internal("a case was asked for something outside of a route of a case");
    ACTOR.try_with(Clone::clone).map_err(none)
}

/// Runs what reads files or waits for a lock where it holds up no other request.
pub(crate) async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(Problem::internal(format!("the work on this request ended before its time: {e}"))),
    }
}
