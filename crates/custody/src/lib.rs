//! The custody log of a case: a Merkle tree over every act, hashed as RFC 6962 says, laid out on disk as C2SP tlog-tiles,
//! with signed checkpoints and proofs that anybody can check.
//!
//! [`tree`], [`tile`], [`note`], [`checkpoint`] and [`proof`] compute and do no I/O. [`Log`] writes, [`audit`] reads all
//! of it, and [`check_case`] compares the files of a case with it, without a database and without a secret.
//!
//! **Invariant.** An act is acknowledged only when it and a signed checkpoint that covers it are on disk.

pub mod checkpoint;
mod entry;
mod error;
mod evidence;
mod journal;
mod keys;
pub mod note;
pub mod proof;
mod prove;
mod queue;
mod scan;
pub mod tile;
pub mod timestamp;
pub mod tree;
mod writer;

pub use checkpoint::Checkpoint;
pub use entry::{Draft, Entry};
pub use error::CustodyError;
pub use evidence::{CaseFindings, check_case, file_digest, last_act};
pub use keys::{key_path, new_key, nonce, read_key, write_key};
pub use note::{Note, SignerKey, VerifierKey};
pub use prove::{head_at, prove_entry, prove_entry_at, prove_growth};
pub use queue::Log;
pub use scan::{Audit, AuditOptions, Earlier, audit, entries, newest_checkpoint, published_key};
pub use tree::Hash;
pub use writer::create;
