//! The HTTP API and the embedded workbench.
//!
//! One process holds each case: it has the case's lock as long as it serves, so every act of every visitor goes through
//! it, one after the other, into the custody log, under that visitor's name. Leads are read once for each run and answered
//! from memory, without waiting for acts.
//!
//! **Invariant.** No answer but those of signing in and `GET /openapi.json` is given without sign-in. *Reason:* what a
//! case holds is nobody else's business, and a rule with few exceptions can be tested over all routes.
//!
//! **Invariant.** Every route of a case names the right that it takes, and the router refuses whoever has it not, with an entry
//! in the custody log. *Reason:* what each handler had to check one would forget.
//!
//! **Invariant.** Personal data leave only after a reveal with a reason, which the custody log holds first. *Reason:* most
//! people in a case have done nothing.
//!
//! **Invariant.** Nothing here opens a connection but to an OpenID provider that is configured (`provider.rs`), and a page of the workbench can reach its own origin only.
//! *Reason:* what an investigator looks at must not be seen from outside.

mod api;
mod assets;
mod easel;
mod error;
mod feed;
mod guard;
mod held;
mod jobs;
mod listing;
mod problem;
mod provider;
mod sign_in;
mod tls;
mod uploads;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tutela_case::SharedCase;

pub use api::document;
pub use error::ServeError;

use guard::Reach;
use held::HeldCase;
use sign_in::SignIn;

/// What to serve, where and for whom.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folders of the cases.
    pub cases: Vec<PathBuf>,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Who acts on cases without people; it stands in the custody log.
    pub who: String,
    /// The certificate and its key, where connections are to be TLS.
    pub tls: Option<Tls>,
    /// Names under which browsers ask for this server, beside its address.
    pub names: Vec<String>,
    /// The configuration of an OpenID provider, where people sign in with one.
    pub provider: Option<PathBuf>,
    /// The most that files on their way into a case may take, in bytes.
    pub upload_bytes_max: u64,
}

/// A certificate and its key, as PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate, and those that lead from it to an authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What the person who started the server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The server listens.
    Listening {
        /// Where, as browsers write it.
        origin: String,
        /// Whether there is a workbench to look at.
        workbench: bool,
        /// Whether there are cases that are entered with a name and a password.
        people: bool,
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
            Self::Listening { origin, workbench: true, people: true } => {
                write!(f, "serving on {origin}; people sign in there with their names and passwords")
            }
            Self::Listening { origin, workbench: true, people: false } => write!(f, "serving on {origin}"),
            Self::Listening { origin, workbench: false, .. } => write!(
                f,
                "serving the API on {origin}; this binary holds no workbench: it was built before web/ was \
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
    reach: Reach,
    provider: Option<provider::Provider>,
    told: Box<Teller>,
}

type App = Arc<Desk>;

impl Desk {
    /// Tells the link that signs the next browser in, where a case is entered by one.
    fn tell_sign_in(&self, token: &str) {
        if self.cases.values().any(|case| !has_people(case)) {
            (self.told)(&Told::SignIn { url: format!("{}/sign-in#{token}", self.reach.origin()) });
        }
    }
}

/// Whether a case has people; one whose log cannot be read is entered by nobody with a link.
fn has_people(case: &HeldCase) -> bool {
    case.shared.people().map_or(true, |people| !people.is_empty())
}

/// Serves until the process ends.
///
/// # Errors
/// Where a case cannot be opened, two have one name, the address is taken, or it can be reached from other machines and there
/// is no TLS or a case without people.
pub fn serve(options: &Options, told: Box<Teller>) -> Result<(), ServeError> {
    let open_to_others = !options.listen.ip().is_loopback();
    let not_loopback = |lacking: String| ServeError::NotLoopback { address: options.listen, lacking };
    let tls = options.tls.as_ref().map(tls::configuration).transpose()?;
    if open_to_others && tls.is_none() {
        return Err(not_loopback("there is no certificate (--tls-cert, --tls-key)".to_owned()));
    }
    let cases = open(options)?;
    if let Some((name, _)) = cases.iter().find(|(_, case)| open_to_others && !has_people(case)) {
        return Err(not_loopback(format!("case {name} has no people who sign in (tutela user add)")));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Threads)?;
    runtime.block_on(async {
        let wrap = |source| ServeError::Listen { address: options.listen, source };
        let listener = std::net::TcpListener::bind(options.listen).map_err(wrap)?;
        listener.set_nonblocking(true).map_err(wrap)?;
        let address = listener.local_addr().map_err(wrap)?;
        let (sign_in, token) = SignIn::new(&options.who, address.port(), tls.is_some())?;
        let reach = Reach::new(address, tls.is_some(), &options.names);
        let callback = format!("{}/api/v1/session/provider/callback", reach.origin());
        let provider = options.provider.as_deref().map(|file| provider::Provider::read(file, callback)).transpose()?;
        let app = Arc::new(Desk { cases, sign_in, reach, provider, told });
        (app.told)(&Told::Listening {
            origin: app.reach.origin(),
            workbench: assets::are_there(),
            people: app.cases.values().any(|case| has_people(case)),
        });
        app.tell_sign_in(&token);
        let router = guard::wrap(&app, api::router(&app));
        match tls {
            Some(tls) => tls::serve(listener, tls, router).await.map_err(wrap),
            None => axum::serve(tokio::net::TcpListener::from_std(listener).map_err(wrap)?, router).await.map_err(wrap),
        }
    })
}

/// Opens the cases; each is named after its folder.
fn open(options: &Options) -> Result<BTreeMap<String, Arc<HeldCase>>, ServeError> {
    let mut cases = BTreeMap::new();
    for folder in &options.cases {
        let case = SharedCase::open(folder, &options.who)?;
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let name = whole.file_name().map_or_else(|| "case".to_owned(), |n| n.to_string_lossy().into_owned());
        let name = named(&name);
        if cases.insert(name.clone(), Arc::new(HeldCase::new(case, options.upload_bytes_max)?)).is_some() {
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

    fn options(listen: &str, cases: Vec<PathBuf>) -> Options {
        let who = "tester".to_owned();
        Options {
            cases,
            listen: listen.parse().unwrap(),
            who,
            tls: None,
            names: Vec::new(),
            provider: None,
            upload_bytes_max: 1 << 20,
        }
    }

    #[test]
    fn without_tls_only_addresses_of_this_machine_are_served() {
        for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8420"] {
            let refused = serve(&options(listen, Vec::new()), Box::new(|_| {})).unwrap_err();
            assert!(matches!(refused, ServeError::NotLoopback { .. }), "{listen}: {refused}");
            assert!(refused.to_string().contains("127.0.0.1"));
        }
    }

    #[test]
    fn a_case_that_is_not_there_is_named() {
        let options = options("127.0.0.1:0", vec!["no/such/case".into()]);
        let refused = serve(&options, Box::new(|_| {})).unwrap_err();
        assert!(refused.to_string().contains("no/such/case"), "{refused}");
    }

    #[test]
    fn names_of_folders_fit_into_addresses() {
        assert_eq!(named("case-1_a.b"), "case-1_a.b");
        assert_eq!(named("a b/ç?#"), "a-b----");
    }
}
