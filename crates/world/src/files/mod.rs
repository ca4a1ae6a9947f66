//! What an investigator receives: reports, returns of platforms, replies of operators, registers; in the real formats.

mod operators;
mod platforms;
mod registers;
mod reports;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::WorldError;
use crate::accounts::Activity;
use crate::config::Config;
use crate::district::District;
use crate::network::Network;

/// Writes everything; says how many assignments the operators still held.
pub(crate) fn write(
    config: &Config,
    district: &District,
    network: &Network,
    activity: &Activity,
    out: &Path,
) -> Result<u64, WorldError> {
    for folder in ["referrals", "returns", "operators", "registers"] {
        let path = out.join(folder);
        std::fs::create_dir_all(&path).map_err(|source| WorldError::Io { path, source })?;
    }
    reports::write(activity, &out.join("referrals"))?;
    platforms::write(activity, &out.join("returns"))?;
    registers::write(district, &out.join("registers"))?;
    operators::write(config, district, network, &out.join("operators"))
}

/// A text file that is written line by line.
pub(crate) struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    pub(crate) fn create(path: &Path) -> Result<Self, WorldError> {
        let file = File::create(path).map_err(|source| WorldError::Io { path: path.to_path_buf(), source })?;
        Ok(Self { path: path.to_path_buf(), out: BufWriter::with_capacity(1 << 18, file) })
    }

    pub(crate) fn line(&mut self, text: &str) -> Result<(), WorldError> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|source| WorldError::Io { path: self.path.clone(), source })
    }

    /// One row of a CSV file; no cell of ours holds a comma or a quote.
    pub(crate) fn row(&mut self, cells: &[&str]) -> Result<(), WorldError> {
        self.line(&cells.join(","))
    }

    pub(crate) fn finish(mut self) -> Result<(), WorldError> {
        self.out.flush().map_err(|source| WorldError::Io { path: self.path, source })
    }
}

/// A time as text, `strftime` form, in UTC.
pub(crate) fn time(at_s: i64, form: &str) -> String {
    zoned(at_s, form, &jiff::tz::TimeZone::UTC)
}

/// A time as text in a zone.
pub(crate) fn zoned(at_s: i64, form: &str, zone: &jiff::tz::TimeZone) -> String {
    let mut text = String::new();
    if let Ok(at) = jiff::Timestamp::from_second(at_s) {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{}", at.to_zoned_datetime(zone.clone()).strftime(form));
    }
    text
}

/// The canonical form of a time.
pub(crate) fn utc(at_s: i64) -> String {
    time(at_s, "%Y-%m-%dT%H:%M:%SZ")
}

/// A number, or nothing.
pub(crate) fn optional(number: Option<u16>) -> String {
    number.map(|n| n.to_string()).unwrap_or_default()
}
