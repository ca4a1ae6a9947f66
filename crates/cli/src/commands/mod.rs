//! The commands, one file each.

mod basis;
mod case;
mod count_pairs;
mod custody;
mod demo;
mod dossier;
mod exhibit;
mod explain;
mod export;
mod formats;
mod intake;
mod issues;
mod judgement;
mod leads;
mod line;
mod measure;
mod payment_world;
mod payments;
mod pending;
mod request;
mod retention;
mod run;
mod seed;
mod serve;
mod sign;
mod steps;
mod tables;
mod task;
mod trial;
mod user;
mod world;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tutela_case::{Case, CaseError};
use tutela_report::ReportError;

use crate::output::say;

/// Casework for units that stop the sexual exploitation of children: from lawfully acquired records to explained leads.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Who is acting; it stands in the custody log.
    #[arg(long, global = true, env = "TUTELA_USER", default_value_t = user())]
    by: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a case, or says how one stands.
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// Adds and lists legal bases.
    #[command(subcommand)]
    Basis(basis::BasisCommand),
    /// Takes files in: seals them and reads them into records.
    Intake(intake::IntakeArgs),
    /// Lists what could not be read, by file and row.
    Issues(issues::IssuesArgs),
    /// Runs the analysis.
    Run(run::RunArgs),
    /// Lists the leads of the newest run.
    Leads(leads::LeadsArgs),
    /// Lists and explains the leads from payments of the newest run.
    Payments(payments::PaymentsArgs),
    /// States recipients from whom payments are followed.
    #[command(subcommand)]
    Seed(seed::SeedCommand),
    /// Explains one lead down to the bytes of the sealed sources.
    Explain(explain::ExplainArgs),
    /// Makes the dossier of a lead: PDF/A in English or Italian, logged, people masked.
    Dossier(dossier::DossierArgs),
    /// Exports leads for other tools: CASE, FollowTheMoney, i2 Analyst's Notebook, CSV, Parquet; logged, people masked.
    Export(export::ExportArgs),
    /// Signs, refuses or takes back one gate of a lead, with a reason.
    Sign(sign::SignArgs),
    /// Confirms, refutes, sets aside, splits and merges leads, with reasons; takes that back.
    #[command(subcommand)]
    Judgement(judgement::JudgementCommand),
    /// Records exhibits, their transfers and seals; lists them with their chain of custody.
    #[command(subcommand)]
    Exhibit(exhibit::ExhibitCommand),
    /// Records measures that were ordered, their end and prolongation; lists them, and which are due.
    #[command(subcommand)]
    Measure(measure::MeasureCommand),
    /// Gives tasks, says what became of them, and lists them.
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Lists, confirms and rejects what waits for a second person.
    #[command(subcommand)]
    Pending(pending::PendingCommand),
    /// Notes what was found where a line ends: a search in vain, or that the operator followed the wire.
    #[command(subcommand)]
    Line(line::LineCommand),
    /// Plans requests to operators, writes them, and compares the replies with them.
    #[command(subcommand)]
    Request(request::RequestCommand),
    /// Serves cases to the workbench in the browser, on this machine.
    Serve(serve::ServeArgs),
    /// Adds and lists the people of a case, with their roles.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Lists how long what was acquired may be kept, and what is due to be deleted.
    Retention(retention::RetentionArgs),
    /// Deletes a source under an order: its records and every run that rests on it go, a signed tombstone stays.
    Delete(retention::DeleteArgs),
    /// Purges a person who was cleared from all records.
    Purge(retention::PurgeArgs),
    /// Checks the custody of a case; hands out checkpoints and proofs; asks for time-stamps.
    #[command(subcommand)]
    Custody(custody::CustodyCommand),
    /// Lists the file formats that can be read.
    Formats(formats::FormatsArgs),
    /// Lists the record tables and their columns.
    Tables(tables::TablesArgs),
    /// Lists the steps of the analysis, with their text and parameters.
    Steps(steps::StepsArgs),
    /// Makes synthetic worlds and scores a case against one.
    #[command(subcommand)]
    World(world::WorldCommand),
    /// Runs the whole flow on a synthetic world.
    Demo(demo::DemoArgs),
    /// Counts the pairs of sessions and assignments that can belong together.
    #[command(hide = true)]
    CountPairs(count_pairs::CountPairsArgs),
}

/// Carries out a command. 0: done; 1: done, with something to look at; 2 (an error): could not be done.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let done = carry_out(cli);
    // What waits for a second person was neither done nor refused.
    let of_case = |error: &'_ anyhow::Error| match (error.downcast_ref(), error.downcast_ref()) {
        (Some(CaseError::Pending { message, .. }), _)
        | (_, Some(ReportError::Case(CaseError::Pending { message, .. }))) => Some(message.clone()),
        _ => None,
    };
    if let Some(message) = done.as_ref().err().and_then(of_case) {
        say(&message)?;
        return Ok(ExitCode::from(1));
    }
    done
}

fn carry_out(cli: Cli) -> anyhow::Result<ExitCode> {
    let by = cli.by.as_str();
    match cli.command {
        Command::Case(args) => case::run(&args, by),
        Command::Basis(args) => basis::run(&args, by),
        Command::Intake(args) => intake::run(&args, by),
        Command::Issues(args) => issues::run(&args, by),
        Command::Run(args) => run::run(&args, by),
        Command::Leads(args) => leads::run(&args, by),
        Command::Payments(args) => payments::run(&args, by),
        Command::Seed(args) => seed::run(&args, by),
        Command::Explain(args) => explain::run(&args, by),
        Command::Dossier(args) => dossier::run(&args, by),
        Command::Export(args) => export::run(&args, by),
        Command::Sign(args) => sign::run(&args, by),
        Command::Judgement(args) => judgement::run(&args, by),
        Command::Exhibit(args) => exhibit::run(&args, by),
        Command::Measure(args) => measure::run(&args, by),
        Command::Task(args) => task::run(&args, by),
        Command::Pending(args) => pending::run(&args, by),
        Command::Line(args) => line::run(&args, by),
        Command::Request(args) => request::run(&args, by),
        Command::Serve(args) => serve::run(&args, by),
        Command::User(args) => user::run(&args, by),
        Command::Retention(args) => retention::retention(&args, by),
        Command::Delete(args) => retention::delete(&args, by),
        Command::Purge(args) => retention::purge(&args, by),
        Command::Custody(args) => custody::run(&args, by),
        Command::Formats(args) => formats::run(&args),
        Command::Tables(args) => tables::run(&args),
        Command::Steps(args) => steps::run(&args),
        Command::World(args) => world::run(&args, by),
        Command::Demo(args) => demo::run(&args, by),
        Command::CountPairs(args) => count_pairs::run(&args),
    }
}

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Answer {
    /// Text for people.
    Table,
    /// JSON for programs.
    Json,
}

fn open(path: &Path, by: &str) -> anyhow::Result<Case> {
    Ok(Case::open(path, by)?)
}

fn user() -> String {
    std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned())
}

/// 0 where nothing is to be looked at, else 1.
fn code(look: bool) -> ExitCode {
    if look { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
