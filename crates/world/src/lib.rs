//! Synthetic worlds with known truth, written in the real file formats, and the scoring of leads against it.
//!
//! **Invariant.** Nothing else depends on this crate but the command, and no step of the analysis knows its parameters:
//! the generator is written from published figures, not from the method.

mod accounts;
mod answer;
pub mod calibration;
mod config;
mod district;
mod files;
mod network;
mod payments;
mod score;
pub mod trial;
mod truth;

use std::path::{Path, PathBuf};

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

pub use answer::{AnswerOptions, Answered, PLANTS, answer};
pub use config::{CONFIGS, Config, Styles, config_named};
pub use payments::{
    PAYMENT_CONFIGS, Part, PaymentConfig, PaymentScore, PaymentsMade, Share, confirmed, make_payments, score_payments,
};
pub use score::{AccountScore, Score, score};

/// The random numbers of a world: the same everywhere for the same seed.
pub(crate) type Dice = ChaCha8Rng;

/// Why a world could not be made or scored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The configuration cannot be used.
    #[error("world configuration: {0}")]
    Config(String),
    /// A file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The leads or the truth are not of the form that is expected.
    #[error("{0}")]
    Form(String),
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The seed.
    pub seed: u64,
    /// People in the district.
    pub people: u64,
    /// Lines of all operators.
    pub lines: u64,
    /// Assignments that operators still hold.
    pub assignments: u64,
    /// Accounts that referrals report.
    pub reported_accounts: u64,
    /// Their connections.
    pub reported_connections: u64,
    /// Connections of named accounts.
    pub innocent_connections: u64,
    /// The configuration.
    pub config: Config,
}

/// Makes a world: `out/files` is what an investigator receives, `out/truth` what really happened, and
/// `out/address_blocks.csv` what a registry of addresses says of the operators.
///
/// # Errors
/// Where the configuration cannot be used or a file cannot be written.
pub fn make(seed: u64, config: &Config, out: &Path) -> Result<Made, WorldError> {
    config.check()?;
    let mut dice = Dice::seed_from_u64(seed);
    let district = district::District::make(config, &mut dice);
    let network = network::Network::make(config, &district, &mut dice);
    let activity = accounts::Activity::make(config, &district, &network, &mut dice);
    let assignments = files::write(config, &district, &network, &activity, &out.join("files"))?;
    answer::write_blocks(&district, &network, &out.join("address_blocks.csv"))?;
    truth::write(config, &district, &activity, &out.join("truth"))?;
    let connections = |reported: bool| {
        let all = activity.accounts.iter().filter(|a| a.is_reported() == reported);
        all.map(|a| a.sessions.len() as u64).sum::<u64>()
    };
    let made = Made {
        seed,
        people: district.people.len() as u64,
        lines: district.lines.len() as u64,
        assignments,
        reported_accounts: activity.accounts.iter().filter(|a| a.is_reported()).count() as u64,
        reported_connections: connections(true),
        innocent_connections: connections(false),
        config: config.clone(),
    };
    let text = serde_json::to_string_pretty(&made).map_err(|e| WorldError::Form(e.to_string()))?;
    let path = out.join("world.json");
    std::fs::write(&path, text + "\n").map_err(|source| WorldError::Io { path, source })?;
    Ok(made)
}
