//! `tutela user`

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use tutela_case::Role;

use super::open;
use crate::output::{say, table, tell};

/// The variable that holds the password of a person who is added.
const NEW_PASSWORD: &str = "TUTELA_NEW_PASSWORD";

/// `tutela user ...`
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a person, or gives one another role and password. The first must be a prosecutor; from then on nobody works
    /// on the case without a password.
    Add {
        /// The case.
        case: PathBuf,
        /// The name that stands in the log.
        name: String,
        /// What the person is in the case.
        #[arg(long, value_enum)]
        role: RoleArg,
    },
    /// Changes one's own password, so that nobody else knows it, not even whoever added one.
    Password {
        /// The case.
        case: PathBuf,
    },
    /// Removes a person; what they did stays in the log.
    Remove {
        /// The case.
        case: PathBuf,
        /// The name.
        name: String,
    },
    /// Lists the people of a case.
    List {
        /// The case.
        case: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleArg {
    /// Leads the inquiry.
    Investigator,
    /// Examines devices and data.
    Examiner,
    /// Follows payments.
    FinancialAnalyst,
    /// Directs the inquiry, and answers for it.
    Prosecutor,
    /// Checks that the rules were kept.
    Auditor,
    /// Defends a person the case is about.
    Defence,
}

impl RoleArg {
    fn of(self) -> Role {
        match self {
            Self::Investigator => Role::Investigator,
            Self::Examiner => Role::Examiner,
            Self::FinancialAnalyst => Role::FinancialAnalyst,
            Self::Prosecutor => Role::Prosecutor,
            Self::Auditor => Role::Auditor,
            Self::Defence => Role::Defence,
        }
    }
}

pub(crate) fn run(command: &UserCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add { case, name, role } => {
            let mut case = open(case, by)?;
            case.set_person(name, role.of(), &new_password()?)?;
            say(&format!("{name}: {}", role.of().name()))?;
        }
        UserCommand::Password { case } => {
            open(case, by)?.set_own_password(&new_password()?)?;
            say(&format!("{by}: has another password"))?;
        }
        UserCommand::Remove { case, name } => {
            open(case, by)?.remove_person(name)?;
            say(&format!("{name}: removed"))?;
        }
        UserCommand::List { case } => {
            let people = open(case, by)?.people()?;
            let rows: Vec<Vec<String>> = people.into_iter().map(|p| vec![p.name, p.role.name().to_owned()]).collect();
            say(&table(&["name", "role"], &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// From the environment, or else one line of standard input: never from the command line, which others can see.
fn new_password() -> anyhow::Result<String> {
    if let Ok(password) = std::env::var(NEW_PASSWORD) {
        return Ok(password);
    }
    tell("password of the new person (one line):");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
