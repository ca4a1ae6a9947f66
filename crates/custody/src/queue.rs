//! Acts from many threads, made durable together: whoever comes while a group is being written joins the next one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::entry::{Draft, Entry};
use crate::error::CustodyError;
use crate::note::SignerKey;
use crate::writer::{Settled, Writer};

/// Acts of one group at most, so that nobody waits long.
const GROUP_ENTRIES: usize = 1024;

/// The log of one case, to append to.
#[derive(Debug)]
pub struct Log {
    folder: std::path::PathBuf,
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Debug)]
struct State {
    /// Taken out while a group is being written.
    writer: Option<Writer>,
    waiting: BTreeMap<u64, Settled>,
    results: BTreeMap<u64, Result<Entry, CustodyError>>,
    next_ticket: u64,
}

impl Log {
    /// Opens the log in its folder and brings in what a crash left. Without the key it can be read, not written.
    ///
    /// # Errors
    /// Where it cannot be read, is damaged at its end, or the key is another log's.
    pub fn open(folder: &Path, key: Option<SignerKey>) -> Result<Self, CustodyError> {
        let writer = Some(Writer::open(folder, key)?);
        let state = State { writer, waiting: BTreeMap::new(), results: BTreeMap::new(), next_ticket: 0 };
        Ok(Self { folder: folder.to_path_buf(), state: Mutex::new(state), done: Condvar::new() })
    }

    /// Writes an act and makes it durable together with a signed checkpoint that covers it. May be called from many
    /// threads at once; acts that come together cost one write.
    ///
    /// # Errors
    /// Where it cannot be written; then it has not happened.
    pub fn append(&self, draft: Draft) -> Result<Entry, CustodyError> {
        let settled = draft.settle(&self.folder)?;
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.insert(ticket, settled);
        loop {
            if let Some(result) = state.results.remove(&ticket) {
                return result;
            }
            state = match state.writer.take() {
                Some(writer) => self.write_group(state, writer),
                None => self.done.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Writes what is waiting, without holding the lock meanwhile.
    fn write_group<'a>(&'a self, mut state: MutexGuard<'a, State>, mut writer: Writer) -> MutexGuard<'a, State> {
        let rest = state.waiting.keys().nth(GROUP_ENTRIES).copied();
        let rest = rest.map(|ticket| state.waiting.split_off(&ticket)).unwrap_or_default();
        let group = std::mem::replace(&mut state.waiting, rest);
        drop(state);
        let (tickets, drafts): (Vec<u64>, Vec<Settled>) = group.into_iter().unzip();
        let results = writer.commit(drafts);
        let mut state = self.lock();
        state.results.extend(tickets.into_iter().zip(results));
        state.writer = Some(writer);
        self.done.notify_all();
        state
    }

    /// The newest signed checkpoint, which covers everything acknowledged so far.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        let state = self.wait_for_writer();
        state.writer.as_ref().map(|w| w.note().to_owned()).unwrap_or_default()
    }

    /// The signed checkpoint of the log when it had so many entries: the same bytes each time, since the signature is
    /// deterministic. What it says follows from the tiles, so it can say nothing that the newest one denies.
    ///
    /// # Errors
    /// Where the log has fewer entries, the tiles cannot be read, or the signing key is not here.
    pub fn checkpoint_at(&self, size: u64) -> Result<String, CustodyError> {
        self.settle()?;
        let head = crate::prove::head_at(&self.folder, size)?;
        let state = self.wait_for_writer();
        state
            .writer
            .as_ref()
            .map_or_else(|| Err(CustodyError::Usage("the log is being written".to_owned())), |w| w.sign(&head))
    }

    /// Brings everything into the tiles. Happens by itself now and then, and when the log is closed.
    ///
    /// # Errors
    /// Where the tiles cannot be written; nothing acknowledged is lost by that.
    pub fn settle(&self) -> Result<(), CustodyError> {
        let mut state = self.wait_for_writer();
        state.writer.as_mut().map_or(Ok(()), Writer::settle)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_writer(&self) -> MutexGuard<'_, State> {
        let taken = self.done.wait_while(self.lock(), |state| state.writer.is_none());
        taken.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // What cannot be brought into the tiles now is durable in `pending`, and comes in when the log is opened again.
        let _later = self.settle();
    }
}
