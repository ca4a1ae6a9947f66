//! Telling work that goes on for a while to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::CaseError;

/// Tells work to stop before its end. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    asked: AtomicBool,
    notify: Notify,
}

impl Stop {
    /// Asks the work to stop.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// That it was not.
    ///
    /// # Errors
    /// Where it was.
    pub fn check(&self) -> Result<(), CaseError> {
        if self.is_asked() { Err(CaseError::Stopped) } else { Ok(()) }
    }

    /// Waits until it is asked to.
    pub(crate) async fn asked(&self) {
        let notified = self.0.notify.notified();
        let mut notified = std::pin::pin!(notified);
        // From here on no asking is missed.
        notified.as_mut().enable();
        if !self.is_asked() {
            notified.await;
        }
    }
}
