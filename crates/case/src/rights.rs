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
    /// See the legal bases, what they bind, and how long what was acquired may be kept.
    SeeBases,
    /// See leads and their evidence, with references for people; judgements and sign-off on them.
    Leads,
    /// See the records behind a lead, with personal columns masked.
    Explain,
    /// See the leads from payments.
    Payments,
    /// See names and other personal data, with a reason.
    RevealPersonal,
    /// See data of special classes, with a reason.
    RevealSpecial,
    /// Add, validate and lapse legal bases.
    Bases,
    /// Take files in.
    Intake,
    /// State from whom payments are followed.
    Seeds,
    /// Plan requests to operators.
    PlanRequests,
    /// See requests and what became of them.
    SeeRequests,
    /// Write requests to operators.
    ExportRequests,
    /// Take replies in.
    ImportReplies,
    /// Run the analysis.
    Run,
    /// Confirm, refute, set aside, split and merge leads.
    Judge,
    /// See exhibits and their chain of custody.
    SeeExhibits,
    /// Record exhibits, transfers and seals.
    KeepExhibits,
    /// See measures that were ordered, people masked.
    SeeMeasures,
    /// Record measures, their end and their prolongation.
    KeepMeasures,
    /// See tasks.
    SeeTasks,
    /// Give tasks, and say what became of them.
    KeepTasks,
    /// Sign, refuse or take back gate 1.
    SignResolution,
    /// Sign, refuse or take back gate 2.
    SignAttribution,
    /// See what waits for a second person. Confirming or rejecting it needs the right to what is proposed.
    Pending,
    /// Delete a source under an order.
    Delete,
    /// Purge a person who was cleared.
    Purge,
    /// Make a dossier or a defence bundle, people masked.
    Dossier,
    /// Export leads and records for other tools, people masked.
    Export,
    /// Read the custody log.
    Log,
    /// Take checkpoints and the log's key; check the custody.
    Check,
    /// Make proofs.
    Prove,
    /// Ask for time-stamps and attach them.
    TimeStamps,
    /// See who is in the case.
    SeePeople,
    /// Change one's own password.
    OwnPassword,
    /// Add and remove people; set what is under four eyes.
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
pub const RIGHTS: [(Act, &str, [bool; 6]); 37] = [
    //                                                                            investigator
    //                                                                            |  examiner
    //                                                                            |  |  financial analyst
    //                                                                            |  |  |  prosecutor
    //                                                                            |  |  |  |  auditor
    //                                                                            |  |  |  |  |  defence
    (Act::Sources,         "see sources and issues",                             [Y, Y, Y, Y, Y, N]),
    (Act::SeeBases,        "see legal bases and keeping times",                  [Y, Y, Y, Y, Y, Y]),
    (Act::Leads,           "see leads, evidence and judgements, people masked",  [Y, Y, Y, Y, Y, Y]),
    (Act::Explain,         "see the records behind a lead, people masked",       [Y, Y, Y, Y, Y, Y]),
    (Act::Payments,        "see leads from payments",                            [Y, Y, Y, Y, Y, Y]),
    (Act::RevealPersonal,  "see personal data, with a reason",                   [Y, N, Y, Y, N, N]),
    (Act::RevealSpecial,   "see special data, with a reason",                    [Y, N, N, Y, N, N]),
    (Act::Bases,           "add, validate and lapse legal bases",                [Y, N, N, Y, N, N]),
    (Act::Intake,          "take files in",                                      [Y, Y, Y, N, N, N]),
    (Act::Seeds,           "state seeds of payments",                            [Y, N, Y, N, N, N]),
    (Act::PlanRequests,    "plan requests to operators",                         [Y, Y, Y, Y, N, N]),
    (Act::SeeRequests,     "see requests and replies",                           [Y, Y, Y, Y, Y, N]),
    (Act::ExportRequests,  "write requests to operators",                        [Y, N, N, Y, N, N]),
    (Act::ImportReplies,   "take replies in",                                    [Y, Y, Y, N, N, N]),
    (Act::Run,             "run the analysis",                                   [Y, Y, Y, N, N, N]),
    (Act::Judge,           "judge leads, take judgements back",                  [Y, N, N, Y, N, N]),
    (Act::SeeExhibits,     "see exhibits and their chain of custody",            [Y, Y, Y, Y, Y, Y]),
    (Act::KeepExhibits,    "record exhibits, transfers and seals",               [Y, Y, N, Y, N, N]),
    (Act::SeeMeasures,     "see measures, people masked",                        [Y, N, N, Y, Y, N]),
    (Act::KeepMeasures,    "record measures and their end",                      [Y, N, N, Y, N, N]),
    (Act::SeeTasks,        "see tasks",                                          [Y, Y, Y, Y, Y, N]),
    (Act::KeepTasks,       "give and finish tasks",                              [Y, Y, Y, Y, N, N]),
    (Act::SignResolution,  "sign or refuse gate 1",                              [Y, N, N, Y, N, N]),
    (Act::SignAttribution, "sign or refuse gate 2",                              [Y, N, N, Y, N, N]),
    (Act::Pending,         "see what waits for a second person",                 [Y, Y, Y, Y, Y, N]),
    (Act::Delete,          "delete a source under an order",                     [N, N, N, Y, N, N]),
    (Act::Purge,           "purge a cleared person",                             [N, N, N, Y, N, N]),
    (Act::Dossier,         "make a dossier or a defence bundle, people masked",  [Y, N, Y, Y, N, Y]),
    (Act::Export,          "export for other tools, people masked",              [Y, N, Y, Y, N, N]),
    (Act::Log,             "read the custody log",                               [Y, N, N, Y, Y, N]),
    (Act::Check,           "check custody, take checkpoints and the log's key",  [Y, Y, Y, Y, Y, Y]),
    (Act::Prove,           "make proofs",                                        [Y, Y, N, Y, Y, Y]),
    (Act::TimeStamps,      "ask for time-stamps, attach them",                   [Y, Y, N, Y, Y, N]),
    (Act::SeePeople,       "see who is in the case",                             [Y, Y, Y, Y, Y, N]),
    (Act::OwnPassword,     "change one's own password",                          [Y, Y, Y, Y, Y, Y]),
    (Act::People,          "add and remove people, set four eyes",               [N, N, N, Y, N, N]),
    (Act::Backup,          "write the whole case into a backup",                 [Y, N, N, Y, N, N]),
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
#[path = "rights_matrix_tests.rs"]
mod matrix_tests;
#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
