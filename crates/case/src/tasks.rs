//! Tasks: what is to be done, by whom and until when, linked to the leads, measures, exhibits, requests and sources it is
//! about. A task and each change of it are entries of the custody log.

use serde::{Deserialize, Serialize};

use crate::custody::Entry;
use crate::judgements::find_lead;
use crate::{Act, Case, CaseError, stated};

const GIVEN: &str = "task";
const STEP: &str = "task_step";

/// What a task can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskLinkKind {
    /// A lead.
    Lead,
    /// A measure.
    Measure,
    /// An exhibit.
    Exhibit,
    /// A request to an operator.
    Request,
    /// A source.
    Source,
}

impl TaskLinkKind {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Measure => "measure",
            Self::Exhibit => "exhibit",
            Self::Request => "request",
            Self::Source => "source",
        }
    }
}

/// What a task is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskLink {
    /// What it is.
    pub kind: TaskLinkKind,
    /// Its reference.
    pub reference: String,
}

/// A task to be given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTask {
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub assignee: String,
    /// The last day for it, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<TaskLink>,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It is to be done.
    Open,
    /// It is done.
    Done,
    /// It is not done, and will not be.
    Dropped,
}

/// What happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskStep {
    /// Where it stood from then on.
    pub state: TaskState,
    /// By whom it was to be done from then on.
    pub assignee: String,
    /// Until when, from then on.
    pub due_date: Option<String>,
    /// Why.
    pub reason: String,
    /// Who recorded it.
    pub who: String,
    /// When, UTC.
    pub utc: String,
}

/// A task, as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its reference: T and the number of its entry in the custody log.
    pub task_ref: String,
    /// What is to be done, by whom and until when, as that holds now.
    #[serde(flatten)]
    pub given: NewTask,
    /// Where it stands.
    pub state: TaskState,
    /// Whether its last day is over and it is still open.
    pub overdue: bool,
    /// What happened to it.
    pub steps: Vec<TaskStep>,
    /// Who gave it.
    pub who: String,
    /// When, UTC.
    pub utc: String,
}

#[derive(Serialize, Deserialize)]
struct Step {
    state: TaskState,
    assignee: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_date: Option<String>,
    reason: String,
}

/// The tasks in the log, in the order they were given, as they stand on a day.
fn tasks(entries: &[Entry], today: &str) -> Result<Vec<Task>, CaseError> {
    let mut out: Vec<Task> = Vec::new();
    for entry in entries {
        match entry.act.as_str() {
            GIVEN => out.push(Task {
                task_ref: format!("T{}", entry.index),
                given: stated::detail(entry)?,
                state: TaskState::Open,
                overdue: false,
                steps: Vec::new(),
                who: entry.who.clone(),
                utc: entry.utc.clone(),
            }),
            STEP => {
                let Step { state, assignee, due_date, reason } = stated::detail(entry)?;
                let Some(found) = out.iter_mut().find(|t| t.task_ref == entry.subject) else { continue };
                found.state = state;
                found.given.assignee.clone_from(&assignee);
                found.given.due_date.clone_from(&due_date);
                let (who, utc) = (entry.who.clone(), entry.utc.clone());
                found.steps.push(TaskStep { state, assignee, due_date, reason, who, utc });
            }
            _ => {}
        }
    }
    for task in &mut out {
        let late = task.given.due_date.as_deref().is_some_and(|due| due < today);
        task.overdue = late && task.state == TaskState::Open;
    }
    Ok(out)
}

impl Case {
    /// Gives a task.
    ///
    /// # Errors
    /// Where a field is missing, the day is none, nobody of the case has that name, or what it is about is not in the case.
    pub fn add_task(&mut self, new: &NewTask) -> Result<Task, CaseError> {
        self.need(Act::KeepTasks)?;
        let mut links = new.links.iter().map(|link| self.check_link(link)).collect::<Result<Vec<_>, _>>()?;
        links.sort();
        links.dedup();
        let given = NewTask {
            what: stated::text("what", &new.what)?,
            assignee: self.check_assignee(&new.assignee)?,
            due_date: self.check_due(new.due_date.as_deref())?,
            links,
        };
        let subject = given.links.first().map_or("case", |l| l.reference.as_str());
        let entry = self.log.append(&self.who, GIVEN, subject, stated::value(&given)?)?;
        let made = tasks(std::slice::from_ref(&entry), &stated::today())?.pop();
        made.ok_or_else(|| CaseError::Damaged("a task was not kept".to_owned()))
    }

    /// Says where a task stands, with a reason. A task that was closed can be opened again.
    ///
    /// # Errors
    /// Where there is no such task, it stands there already, or a reason is missing.
    pub fn set_task(&mut self, task_ref: &str, state: TaskState, reason: &str) -> Result<Task, CaseError> {
        self.need(Act::KeepTasks)?;
        let task = self.task(task_ref)?;
        if task.state == state {
            return Err(CaseError::Usage(format!("task {task_ref}: is {} already", state_name(state))));
        }
        let reason = stated::reason("a change of a task", reason)?;
        self.step_task(task_ref, Step { state, assignee: task.given.assignee, due_date: task.given.due_date, reason })
    }

    /// Gives an open task to somebody else, or another last day.
    ///
    /// # Errors
    /// As [`Case::add_task`], and where the task is closed.
    pub fn reassign_task(
        &mut self,
        task_ref: &str,
        assignee: Option<&str>,
        due_date: Option<&str>,
        reason: &str,
    ) -> Result<Task, CaseError> {
        self.need(Act::KeepTasks)?;
        let task = self.task(task_ref)?;
        if task.state != TaskState::Open {
            return Err(CaseError::Usage(format!(
                "task {task_ref}: is {}; open it again first",
                state_name(task.state)
            )));
        }
        let assignee = assignee.map_or(Ok(task.given.assignee), |name| self.check_assignee(name))?;
        let due_date = match due_date {
            Some(day) => self.check_due(Some(day))?,
            None => task.given.due_date,
        };
        let reason = stated::reason("a change of a task", reason)?;
        self.step_task(task_ref, Step { state: TaskState::Open, assignee, due_date, reason })
    }

    fn step_task(&mut self, task_ref: &str, step: Step) -> Result<Task, CaseError> {
        self.log.append(&self.who, STEP, task_ref, stated::value(&step)?)?;
        self.task(task_ref)
    }

    fn task(&self, task_ref: &str) -> Result<Task, CaseError> {
        let found = tasks(&self.entries()?, &stated::today())?.into_iter().find(|t| t.task_ref == task_ref);
        found.ok_or_else(|| {
            CaseError::Usage(format!("task {task_ref}: not in this case (list them with: tutela task list)"))
        })
    }

    /// The tasks, in the order they were given, as they stand today.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn tasks(&self) -> Result<Vec<Task>, CaseError> {
        self.need(Act::SeeTasks)?;
        tasks(&self.entries()?, &stated::today())
    }

    /// Whoever is to do it: somebody of the case, where it has people.
    fn check_assignee(&self, name: &str) -> Result<String, CaseError> {
        let name = stated::text("assignee", name)?;
        let people = self.people()?;
        if people.is_empty() || people.iter().any(|p| p.name == name) {
            return Ok(name);
        }
        let known = people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
        Err(CaseError::Usage(format!("task: nobody of this case is called {name}; there is: {known}")))
    }

    fn check_due(&self, due_date: Option<&str>) -> Result<Option<String>, CaseError> {
        due_date.map(|day| Ok(stated::day("due", day)?.to_string())).transpose()
    }

    /// What a task is about, by its full reference.
    fn check_link(&self, link: &TaskLink) -> Result<TaskLink, CaseError> {
        let named = link.reference.as_str();
        let missing =
            |list: &str| CaseError::Usage(format!("{} {named}: not in this case (see: {list})", link.kind.name()));
        let reference = match link.kind {
            TaskLinkKind::Lead => {
                let (run_id, document) = self.leads()?;
                find_lead(&document, &run_id, named)?.lead_ref.clone()
            }
            TaskLinkKind::Measure => {
                let found = self.current_measures()?.into_iter().find(|m| m.measure_ref == named);
                found.ok_or_else(|| missing("tutela measure list"))?.measure_ref
            }
            TaskLinkKind::Exhibit => {
                self.check_exhibit(named)?;
                named.to_owned()
            }
            TaskLinkKind::Request => {
                let found = self.sent_requests()?.into_keys().find(|r| r == named);
                found.ok_or_else(|| missing("tutela request list"))?
            }
            TaskLinkKind::Source => self.find_source(named)?.source_id,
        };
        Ok(TaskLink { kind: link.kind, reference })
    }
}

fn state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "open",
        TaskState::Done => "done",
        TaskState::Dropped => "dropped",
    }
}
