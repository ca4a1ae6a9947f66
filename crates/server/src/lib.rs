//! The HTTP API and the embedded workbench.
//!
//! One process holds each case: it has the case's lock as long as it serves, so every act of every visitor goes through
//! it, one after the other, into the custody log. Leads do not change under it; they are read once and answered from
//! memory, without waiting for acts.
//!
//! **Invariant.** No answer but those of `POST /session` and `GET /openapi.json` is given without sign-in. *Reason:* what a
//! case holds is nobody else's business, and a rule with few exceptions can be tested over all routes.
//!
//! **Invariant.** Personal data leave only after a reveal with a reason, which the custody log holds first. *Reason:* most
//! people in a case have done nothing.
//!
//! **Invariant.** Nothing here opens a connection, and a page of the workbench can reach its own origin only.
//! *Reason:* what an investigator looks at must not be seen from outside.

mod api;
mod assets;
mod easel;
mod error;
mod guard;
mod held;
mod listing;
mod problem;
mod sign_in;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tutela_case::Case;

pub use api::document;
pub use error::ServeError;

use held::HeldCase;
use sign_in::SignIn;

/// What to serve, where and for whom.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folders of the cases.
    pub cases: Vec<PathBuf>,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Who acts; it stands in the custody log.
    pub who: String,
}

/// What the person who started the server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The server listens.
    Listening {
        /// Where.
        address: SocketAddr,
        /// Whether there is a workbench to look at.
        workbench: bool,
    },
    /// A link that signs one browser in, once.
    SignIn {
        /// The link.
        url: String,
    },
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening { address, workbench: true } => write!(f, "serving on http://{address}"),
            Self::Listening { address, workbench: false } => write!(
                f,
                "serving the API on http://{address}; this binary holds no workbench: it was built before web/ was \
                 (make demo builds both where Node is installed)"
            ),
            Self::SignIn { url } => write!(f, "{url}"),
        }
    }
}

type Teller = dyn Fn(&Told) + Send + Sync;

/// What every request may use.
struct Desk {
    cases: BTreeMap<String, Arc<HeldCase>>,
    sign_in: SignIn,
    address: SocketAddr,
    told: Box<Teller>,
}

type App = Arc<Desk>;

impl Desk {
    fn tell_sign_in(&self, token: &str) {
        (self.told)(&Told::SignIn { url: format!("http://{}/sign-in#{token}", self.address) });
    }
}

/// Serves until the process ends.
///
/// # Errors
/// Where a case cannot be opened, two have one name, the address is taken or is not of this machine alone.
pub fn serve(options: &Options, told: Box<Teller>) -> Result<(), ServeError> {
    if !options.listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address: options.listen });
    }
    let cases = open(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Threads)?;
    runtime.block_on(async {
        let wrap = |source| ServeError::Listen { address: options.listen, source };
        let listener = tokio::net::TcpListener::bind(options.listen).await.map_err(wrap)?;
        let address = listener.local_addr().map_err(wrap)?;
        let (sign_in, token) = SignIn::new(&options.who, address.port())?;
        let app = Arc::new(Desk { cases, sign_in, address, told });
        (app.told)(&Told::Listening { address, workbench: assets::are_there() });
        app.tell_sign_in(&token);
        axum::serve(listener, guard::wrap(&app, api::router(&app))).await.map_err(wrap)
    })
}

/// Opens the cases; each is named after its folder.
fn open(options: &Options) -> Result<BTreeMap<String, Arc<HeldCase>>, ServeError> {
    let mut cases = BTreeMap::new();
    for folder in &options.cases {
        let case = Case::open(folder, &options.who)?;
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let name = whole.file_name().map_or_else(|| "case".to_owned(), |n| n.to_string_lossy().into_owned());
        let name = named(&name);
        if cases.insert(name.clone(), Arc::new(HeldCase::new(case))).is_some() {
            return Err(ServeError::SameName { name });
        }
    }
    Ok(cases)
}

/// A folder's name as part of an address.
fn named(folder: &str) -> String {
    folder.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_served() {
        for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8420"] {
            let options = Options { cases: Vec::new(), listen: listen.parse().unwrap(), who: "tester".to_owned() };
            let refused = serve(&options, Box::new(|_| {})).unwrap_err();
            assert!(matches!(refused, ServeError::NotLoopback { .. }), "{listen}: {refused}");
            assert!(refused.to_string().contains("127.0.0.1"));
        }
    }

    #[test]
    fn a_case_that_is_not_there_is_named() {
        let options = Options {
            cases: vec!["no/such/case".into()],
            listen: "127.0.0.1:0".parse().unwrap(),
            who: "tester".to_owned(),
        };
        let refused = serve(&options, Box::new(|_| {})).unwrap_err();
        assert!(refused.to_string().contains("no/such/case"), "{refused}");
    }

    #[test]
    fn names_of_folders_fit_into_addresses() {
        assert_eq!(named("case-1_a.b"), "case-1_a.b");
        assert_eq!(named("a b/ç?#"), "a-b----");
    }
}
