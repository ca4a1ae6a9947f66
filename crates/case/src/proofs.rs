//! What a case hands out about itself: checkpoints, proofs, and requests for time-stamps.

use std::fs;
use std::path::{Path, PathBuf};

use tutela_custody::{file_digest, nonce, timestamp};

use crate::custody::{AuditOptions, Earlier, Entry, VerifierKey};
use crate::{Act, Case, CaseError, files};

const STAMPED: &str = "timestamp";

impl Case {
    /// Every act, in order.
    ///
    /// # Errors
    /// Where the log cannot be read or is damaged.
    pub fn acts(&self) -> Result<Vec<Entry>, CaseError> {
        self.need(Act::Log)?;
        Ok(self.entries()?.to_vec())
    }

    /// Looks at every act, in order, without a copy of all of them.
    ///
    /// # Errors
    /// As [`Case::acts`].
    pub fn look_at_acts<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> Result<T, CaseError> {
        self.need(Act::Log)?;
        Ok(look(&self.entries()?))
    }

    /// The newest signed checkpoint. Whoever keeps it finds out a log that is changed afterwards. It shows nothing of the case,
    /// and everybody may take it ([`Act::Check`]).
    #[must_use]
    pub fn checkpoint(&self) -> String {
        self.log.checkpoint()
    }

    /// The key that checks this log's signatures.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn log_key(&self) -> Result<VerifierKey, CaseError> {
        self.need(Act::Check)?;
        Ok(tutela_custody::published_key(&self.custody())?)
    }

    /// The proof (C2SP tlog-proof) that an item is in the log, and what its act says. An item is the number of an entry,
    /// what an act was about (a source, a run, a lead), or a file that was sealed.
    ///
    /// # Errors
    /// Where no act is about it.
    pub fn prove(&self, item: &str) -> Result<(Entry, String), CaseError> {
        self.need(Act::Prove)?;
        self.proof_of(item)
    }

    /// The same, for an act that hands its own proof out.
    pub(crate) fn proof_of(&self, item: &str) -> Result<(Entry, String), CaseError> {
        self.log.settle()?;
        let entries = self.entries()?;
        let digest = if Path::new(item).is_file() { file_digest(Path::new(item)).ok() } else { None };
        let number: Option<u64> = item.parse().ok();
        let about = |e: &&Entry| Some(e.index) == number || e.subject == item || Some(&e.subject) == digest.as_ref();
        let shortened = |e: &&Entry| item.len() >= 8 && e.subject.starts_with(item);
        let mut newest_first = entries.iter().rev();
        let found = newest_first.find(about).or_else(|| entries.iter().rev().find(shortened));
        let entry = found.ok_or_else(|| {
            CaseError::Usage(format!(
                "{item}: no act is about it; expected the number of an entry, a source, a run, a lead or a sealed file"
            ))
        })?;
        Ok((entry.clone(), tutela_custody::prove_entry(&self.custody(), entry.index)?.to_text()))
    }

    /// The proof that the log only grew since a checkpoint that somebody kept.
    ///
    /// # Errors
    /// Where it did not, or the checkpoint is none of this log.
    pub fn prove_growth(&self, older: &str) -> Result<String, CaseError> {
        self.need(Act::Prove)?;
        self.log.settle()?;
        Ok(tutela_custody::prove_growth(&self.custody(), older)?.to_text())
    }

    /// A request for a time-stamp (RFC 3161) over the newest checkpoint, which is kept until the token comes.
    ///
    /// # Errors
    /// Where the checkpoint cannot be kept.
    pub fn timestamp_request(&self) -> Result<(u64, Vec<u8>), CaseError> {
        self.need(Act::TimeStamps)?;
        self.log.settle()?;
        let note = self.checkpoint();
        let head = tutela_custody::Checkpoint::open(&note, &self.log_key()?)
            .map_err(|e| CaseError::Damaged(format!("custody/checkpoint: {e}")))?;
        let folder = self.timestamps();
        fs::create_dir_all(&folder).map_err(CaseError::io(&folder))?;
        files::write_whole(&folder.join(format!("{}.checkpoint", head.size)), note.as_bytes())?;
        Ok((head.size, timestamp::request(note.as_bytes(), nonce()?)))
    }

    /// Attaches the token that an authority sent for an earlier request. Returns the entries it covers, and its time.
    ///
    /// # Errors
    /// Where it is no token, stamps no checkpoint of this case, or that one has a token.
    pub fn timestamp_attach(&mut self, token: &Path) -> Result<(String, String), CaseError> {
        self.need(Act::TimeStamps)?;
        let bytes = fs::read(token).map_err(CaseError::io(token))?;
        let usage = |e: String| CaseError::Usage(format!("{}: {e}", token.display()));
        let read = timestamp::Token::parse(&bytes).map_err(usage)?;
        let kept = self.stamped_checkpoints()?;
        let about = |path: &&PathBuf| fs::read(path).is_ok_and(|note| read.is_about(&note).is_ok());
        let checkpoint = kept
            .iter()
            .find(about)
            .ok_or_else(|| usage("stamps no checkpoint of this case that a stamp was asked for".to_owned()))?;
        let size = checkpoint.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if self.entries()?.iter().any(|e| e.act == STAMPED && e.subject == size) {
            return Err(usage(format!("the checkpoint of {size} entries has its token already")));
        }
        let path = checkpoint.with_extension("tsr");
        files::write_whole(&path, &bytes)?;
        let digests = [checkpoint, &path].map(|p| files::digest(p).map(|(digest, _)| digest));
        let [of_checkpoint, of_token] = digests;
        let detail = serde_json::json!({
            "time": read.time,
            "files": { format!("{size}.checkpoint"): of_checkpoint?, format!("{size}.tsr"): of_token? },
        });
        self.log.append(&self.who, STAMPED, &size, detail)?;
        Ok((size, read.time))
    }

    fn stamped_checkpoints(&self) -> Result<Vec<PathBuf>, CaseError> {
        let folder = self.timestamps();
        let Ok(found) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
        let mut paths: Vec<PathBuf> =
            found.map(|file| file.map(|f| f.path()).map_err(CaseError::io(&folder))).collect::<Result<_, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|e| e == "checkpoint"));
        paths.sort();
        Ok(paths)
    }

    fn timestamps(&self) -> PathBuf {
        self.custody().join("timestamps")
    }
}

/// What to check a case against: a key and checkpoints that are known from elsewhere.
///
/// # Errors
/// Where a file cannot be read or the key is none.
pub fn audit_options(key: Option<&str>, checkpoints: &[PathBuf]) -> Result<AuditOptions, CaseError> {
    let read = |path: &Path| fs::read_to_string(path).map_err(CaseError::io(path));
    let key = key.map(|text| {
        let path = Path::new(text);
        let text = if path.is_file() { read(path)? } else { text.to_owned() };
        text.trim().parse().map_err(|e| CaseError::Usage(format!("--key: {e}")))
    });
    let earlier = |path: &PathBuf| Ok(Earlier { name: path.display().to_string(), note: read(path)? });
    Ok(AuditOptions {
        key: key.transpose()?,
        earlier: checkpoints.iter().map(earlier).collect::<Result<_, CaseError>>()?,
    })
}
