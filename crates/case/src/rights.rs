//! Who may do what. One table: the checks read it, the manual's table is made from it, and every cell is tested.

use serde::{Deserialize, Serialize};
use tutela_model::Privacy;

/// What a person is in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
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

/// What can be done in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// See which sources there are, and what could not be read of them.
    Sources,
    /// See leads and their evidence, with references for people.
    Leads,
    /// See names and other personal data, with a reason.
    RevealPersonal,
    /// See data of special classes, with a reason.
    RevealSpecial,
    /// Add, validate and lapse legal bases; send requests to operators under them.
    Bases,
    /// Take files in.
    Intake,
    /// Run the analysis.
    Run,
    /// Sign, refuse or take back gate 1.
    SignResolution,
    /// Sign, refuse or take back gate 2.
    SignAttribution,
    /// Delete a source under an order.
    Delete,
    /// Purge a person who was cleared.
    Purge,
    /// Read the custody log.
    Log,
    /// Make proofs, and ask for time-stamps.
    Prove,
    /// Add and remove people.
    People,
    /// Write the whole case into an archive.
    Backup,
}

/// The roles, in the order of the table's columns.
pub const ROLES: [Role; 6] =
    [Role::Investigator, Role::Examiner, Role::FinancialAnalyst, Role::Prosecutor, Role::Auditor, Role::Defence];

const Y: bool = true;
const N: bool = false;

/// The rights: an act, what it is in words, and which roles may do it.
#[rustfmt::skip]
pub const RIGHTS: [(Act, &str, [bool; 6]); 15] = [
    //                                                                 investigator
    //                                                                 |  examiner
    //                                                                 |  |  financial analyst
    //                                                                 |  |  |  prosecutor
    //                                                                 |  |  |  |  auditor
    //                                                                 |  |  |  |  |  defence
    (Act::Sources,         "see sources and issues",                  [Y, Y, Y, Y, Y, N]),
    (Act::Leads,           "see leads and evidence, people masked",   [Y, Y, Y, Y, Y, Y]),
    (Act::RevealPersonal,  "see personal data, with a reason",        [Y, N, Y, Y, N, N]),
    (Act::RevealSpecial,   "see special data, with a reason",         [Y, N, N, Y, N, N]),
    (Act::Bases,           "keep legal bases, send requests",         [Y, N, N, Y, N, N]),
    (Act::Intake,          "take files in",                           [Y, Y, Y, N, N, N]),
    (Act::Run,             "run the analysis",                        [Y, Y, Y, N, N, N]),
    (Act::SignResolution,  "sign or refuse gate 1",                   [Y, N, N, Y, N, N]),
    (Act::SignAttribution, "sign or refuse gate 2",                   [Y, N, N, Y, N, N]),
    (Act::Delete,          "delete a source under an order",          [N, N, N, Y, N, N]),
    (Act::Purge,           "purge a cleared person",                  [N, N, N, Y, N, N]),
    (Act::Log,             "read the custody log",                    [Y, N, N, Y, Y, N]),
    (Act::Prove,           "make proofs, ask for time-stamps",        [Y, Y, N, Y, Y, Y]),
    (Act::People,          "add and remove people",                   [N, N, N, Y, N, N]),
    (Act::Backup,          "write the whole case into a backup",      [Y, N, N, Y, N, N]),
];

impl Role {
    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ROLES.into_iter().find(|role| role.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Investigator => "investigator",
            Self::Examiner => "examiner",
            Self::FinancialAnalyst => "financial-analyst",
            Self::Prosecutor => "prosecutor",
            Self::Auditor => "auditor",
            Self::Defence => "defence",
        }
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(self, act: Act) -> bool {
        let row = RIGHTS.iter().find(|(a, ..)| *a == act);
        let column = ROLES.iter().position(|r| *r == self);
        row.zip(column).is_some_and(|((_, _, cells), column)| cells.get(column) == Some(&true))
    }

    /// Whether a reveal shows it columns of that class.
    #[must_use]
    pub fn sees(self, privacy: Privacy) -> bool {
        match privacy {
            Privacy::Special => self.may(Act::RevealSpecial),
            Privacy::Personal => self.may(Act::RevealPersonal),
            _ => true,
        }
    }
}

/// The table for the manual.
#[must_use]
pub fn rights_table() -> String {
    let names: Vec<&str> = ROLES.iter().map(|r| r.name()).collect();
    let mut out = format!("| | {} |\n|---{}|\n", names.join(" | "), "|---".repeat(names.len()));
    for (_, words, cells) in RIGHTS {
        let cells: Vec<&str> = cells.iter().map(|may| if *may { "yes" } else { "-" }).collect();
        out.push_str(&format!("| {words} | {} |\n", cells.join(" | ")));
    }
    out
}

#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
