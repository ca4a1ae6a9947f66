//! `tutela task`: what is to be done, by whom and until when.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use tutela_case::{NewTask, Task, TaskLink, TaskLinkKind, TaskState};

use super::{Answer, code, open};
use crate::output::{say, table};

/// `tutela task ...`
#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// Gives a task.
    Add(AddArgs),
    /// Says that a task is done.
    Done(StepArgs),
    /// Says that a task will not be done.
    Drop(StepArgs),
    /// Opens a closed task again.
    Reopen(StepArgs),
    /// Gives a task to somebody else, or another last day.
    Assign(AssignArgs),
    /// Lists the tasks; exit code 1 where one is overdue.
    List {
        /// The case.
        case: PathBuf,
        /// Only open ones.
        #[arg(long)]
        open: bool,
        /// Only those of one person.
        #[arg(long)]
        of: Option<String>,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
}

/// `tutela task add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// What is to be done.
    #[arg(long)]
    what: String,
    /// By whom; whoever gives it where absent.
    #[arg(long)]
    to: Option<String>,
    /// The last day for it, YYYY-MM-DD.
    #[arg(long)]
    due: Option<String>,
    /// A lead it is about; this and the following may be given several times.
    #[arg(long = "lead", value_name = "LEAD")]
    leads: Vec<String>,
    /// A measure it is about.
    #[arg(long = "measure", value_name = "MEASURE")]
    measures: Vec<String>,
    /// An exhibit it is about.
    #[arg(long = "exhibit", value_name = "EXHIBIT")]
    exhibits: Vec<String>,
    /// A request to an operator it is about.
    #[arg(long = "request", value_name = "REQUEST")]
    requests: Vec<String>,
    /// A source it is about.
    #[arg(long = "source", value_name = "SOURCE")]
    sources: Vec<String>,
}

/// `tutela task done`, `drop` and `reopen`
#[derive(Debug, Args)]
pub(crate) struct StepArgs {
    /// The case.
    case: PathBuf,
    /// The task, as T12.
    task: String,
    /// Why, or what came of it.
    #[arg(long)]
    reason: String,
}

/// `tutela task assign`
#[derive(Debug, Args)]
pub(crate) struct AssignArgs {
    /// The case.
    case: PathBuf,
    /// The task, as T12.
    task: String,
    /// To whom.
    #[arg(long, required_unless_present = "due")]
    to: Option<String>,
    /// The last day for it, YYYY-MM-DD.
    #[arg(long)]
    due: Option<String>,
    /// Why.
    #[arg(long)]
    reason: String,
}

pub(crate) fn run(command: &TaskCommand, by: &str) -> anyhow::Result<ExitCode> {
    let step = |args: &StepArgs, state| anyhow::Ok(open(&args.case, by)?.set_task(&args.task, state, &args.reason)?);
    let done = match command {
        TaskCommand::Add(args) => add(args, by)?,
        TaskCommand::Done(args) => step(args, TaskState::Done)?,
        TaskCommand::Drop(args) => step(args, TaskState::Dropped)?,
        TaskCommand::Reopen(args) => step(args, TaskState::Open)?,
        TaskCommand::Assign(args) => {
            let mut case = open(&args.case, by)?;
            case.reassign_task(&args.task, args.to.as_deref(), args.due.as_deref(), &args.reason)?
        }
        TaskCommand::List { case, open: only_open, of, format } => {
            let mut found = open(case, by)?.tasks()?;
            found.retain(|t| !only_open || t.state == TaskState::Open);
            found.retain(|t| of.as_ref().is_none_or(|of| t.given.assignee == *of));
            match format {
                Answer::Json => say(&serde_json::to_string_pretty(&found)?)?,
                Answer::Table => list(&found)?,
            }
            return Ok(code(found.iter().any(|t| t.overdue)));
        }
    };
    say(&format!("task {}: {}, for {}", done.task_ref, state(&done), done.given.assignee))?;
    Ok(ExitCode::SUCCESS)
}

fn add(args: &AddArgs, by: &str) -> anyhow::Result<Task> {
    let named = [
        (TaskLinkKind::Lead, &args.leads),
        (TaskLinkKind::Measure, &args.measures),
        (TaskLinkKind::Exhibit, &args.exhibits),
        (TaskLinkKind::Request, &args.requests),
        (TaskLinkKind::Source, &args.sources),
    ];
    let link = |kind, reference: &String| TaskLink { kind, reference: reference.clone() };
    let new = NewTask {
        what: args.what.clone(),
        assignee: args.to.clone().unwrap_or_else(|| by.to_owned()),
        due_date: args.due.clone(),
        links: named.into_iter().flat_map(|(kind, refs)| refs.iter().map(move |r| link(kind, r))).collect(),
    };
    Ok(open(&args.case, by)?.add_task(&new)?)
}

fn state(task: &Task) -> &'static str {
    match (task.state, task.overdue) {
        (TaskState::Open, true) => "OVERDUE",
        (TaskState::Open, false) => "open",
        (TaskState::Done, _) => "done",
        (TaskState::Dropped, _) => "dropped",
    }
}

fn list(found: &[Task]) -> anyhow::Result<()> {
    let row = |t: &Task| {
        let about: Vec<String> = t.given.links.iter().map(|l| format!("{} {}", l.kind.name(), l.reference)).collect();
        vec![
            t.task_ref.clone(),
            t.given.what.clone(),
            t.given.assignee.clone(),
            t.given.due_date.clone().unwrap_or_else(|| "-".to_owned()),
            state(t).to_owned(),
            if about.is_empty() { "-".to_owned() } else { about.join(", ") },
            t.steps.last().map_or_else(|| "-".to_owned(), |s| s.reason.clone()),
        ]
    };
    let headings = ["task", "what", "who", "due", "state", "about", "last word"];
    say(&table(&headings, &found.iter().map(row).collect::<Vec<_>>()))
}
