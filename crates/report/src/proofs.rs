//! The proofs of what leaves a case rests on, as files that `tutela-verify` checks.

use std::collections::BTreeSet;

use tutela_case::{Case, Moment};

use crate::ReportError;
use crate::archive::Entry;

const HOW: &str = "\
How to check these files
========================

They need no part of Tutela but its small verifier, tutela-verify, and no secret.

  tutela-verify item proofs/NUMBER-ACT.proof --key log.vkey
      that the act is in the custody log of the case, as its checkpoint says
  tutela-verify item proofs/NUMBER-intake.proof FILE --key log.vkey
      that the act took in exactly this file
  tutela-verify growth checkpoint NEWER-PROOF --key log.vkey
      that the log only grew since this checkpoint; NEWER-PROOF is what the case gives for it:
      tutela custody prove CASE --since checkpoint

log.vkey is the key as this case states it. It says something only where it agrees with the key that was handed out when
the case was made (tutela custody key CASE). The build of tutela-verify is described in the repository: cargo build
--release --locked --package tutela-verify, from sources whose digest the release names.
";

/// The key, the checkpoint of a moment, and the proofs of the acts about some subjects and of those with some numbers.
///
/// # Errors
/// Where the log does not bear them.
pub(crate) fn files(
    case: &Case,
    at: &Moment,
    subjects: &BTreeSet<String>,
    numbers: &BTreeSet<u64>,
) -> Result<Vec<Entry>, ReportError> {
    let mut out = vec![
        Entry::new("HOW-TO-CHECK.txt", HOW),
        Entry::new("checkpoint", at.checkpoint.as_str()),
        Entry::new("log.vkey", format!("{}\n", at.log_key)),
    ];
    for act in case.acts_at(at, subjects, numbers)? {
        let name: String = act.act.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        out.push(Entry::new(format!("proofs/{:06}-{name}.proof", act.index), act.proof));
    }
    Ok(out)
}
