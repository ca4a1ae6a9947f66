//! The address of a PostgreSQL database, as it is given, and as a case may note it: without a password.

use std::fmt;
use std::path::PathBuf;

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::CaseError;

/// The variable that holds the address of the database for new cases, and its password.
pub const STORE: &str = "TUTELA_STORE";
/// The variable that holds the password alone, as other PostgreSQL programs know it.
const PASSWORD: &str = "PGPASSWORD";
/// The variable that names the file of certificates that a server's own is checked against.
const ROOTS: &str = "PGSSLROOTCERT";

/// The address of a PostgreSQL database: `postgresql://USER@HOST:PORT/DATABASE`.
#[derive(Clone)]
pub struct StoreUrl {
    /// The address, without a password.
    text: String,
    /// What stood in it of a password.
    password: Option<Vec<u8>>,
    /// What the client makes of it, without the password.
    config: Config,
    /// The file of certificates, where one is named.
    roots: Option<PathBuf>,
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreUrl").field(&self.text).finish()
    }
}

impl StoreUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Where it is none of a PostgreSQL database. The message does not repeat it, for it may hold a password.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let refuse = |why: &str| {
            CaseError::Usage(format!(
                "the address of the database: {why}; expected postgresql://USER@HOST:PORT/DATABASE (and ?sslmode=require or \
                 ?sslmode=disable)"
            ))
        };
        if !text.starts_with("postgresql://") && !text.starts_with("postgres://") {
            return Err(refuse("does not begin with postgresql://"));
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut sslmode, mut roots, mut rest, mut noted) = (None, None, Vec::new(), Vec::new());
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("sslmode", mode)) => sslmode = Some(mode),
                Some(("sslrootcert", path)) => roots = Some(path),
                _ => rest.push(part),
            }
            if !part.starts_with("password=") {
                noted.push(part);
            }
        }
        let joined = |address: &str, parts: &[&str]| match parts {
            [] => address.to_owned(),
            parts => format!("{address}?{}", parts.join("&")),
        };
        let parse = |text: &str| text.parse::<Config>().map_err(|e| refuse(&cause(&e)));
        let whole = parse(&joined(address, &rest))?;
        rest.retain(|part| !part.starts_with("password="));
        let address = without_password(address);
        let mut config = parse(&joined(&address, &rest))?;
        if config.get_password().is_some() {
            return Err(refuse("its password cannot be told from the rest; give it in PGPASSWORD"));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refuse("names no host"));
        }
        config.ssl_mode(match sslmode {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => return Err(refuse("its sslmode is neither disable, require nor verify-full")),
            None if is_local(&config) => SslMode::Disable,
            None => SslMode::Require,
        });
        let roots = roots.map(|path| PathBuf::from(decoded(path)));
        let password = whole.get_password().map(<[u8]>::to_vec);
        Ok(Self { text: joined(&address, &noted), password, config, roots })
    }

    /// The address in `TUTELA_STORE`, where there is one.
    ///
    /// # Errors
    /// Where it is none.
    pub fn of_environment() -> Result<Option<Self>, CaseError> {
        match std::env::var(STORE) {
            Ok(text) if !text.trim().is_empty() => Self::parse(text.trim()).map(Some),
            _ => Ok(None),
        }
    }

    /// Whether a password stood in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// What to connect with. The password is the one that stood in the address, or else the one in `TUTELA_STORE` where that
    /// is the same database for the same user, or else `PGPASSWORD`.
    pub(super) fn config(&self) -> Config {
        let same = |other: &Self| {
            let of = |c: &Config| {
                let names = (c.get_user().map(str::to_owned), c.get_dbname().map(str::to_owned));
                (names, c.get_hosts().to_vec(), c.get_ports().to_vec())
            };
            of(&other.config) == of(&self.config)
        };
        let environment = || Self::of_environment().ok().flatten().filter(same).and_then(|other| other.password);
        let alone = || std::env::var(PASSWORD).ok().map(String::into_bytes);
        let mut config = self.config.clone();
        if let Some(password) = self.password.clone().or_else(environment).or_else(alone) {
            config.password(password);
        }
        config
    }

    /// The file of certificates that the server's own is checked against, where one is named.
    pub(super) fn roots(&self) -> Option<PathBuf> {
        let named = || std::env::var_os(ROOTS).filter(|path| !path.is_empty()).map(PathBuf::from);
        self.roots.clone().or_else(named)
    }
}

/// Whether every host is this machine.
fn is_local(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let hosts = config.get_hosts();
    !hosts.is_empty() && hosts.iter().all(local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// An address without what stands between the first colon and the last @ of its authority.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let authority = match authority.rsplit_once('@') {
        Some((user, hosts)) => format!("{}@{hosts}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    path.map_or_else(|| format!("{scheme}://{authority}"), |path| format!("{scheme}://{authority}/{path}"))
}

/// A text in which `%XX` stands for a byte.
fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|code| hex::decode(code).ok()).filter(|_| *first == b'%');
        match code {
            Some(byte) => {
                out.extend(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a client's error says at its root; the error itself only names a stage, and a server's particulars repeat values.
pub(super) fn cause(error: &postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(said), _) => format!("{} ({})", said.message(), said.code().code()),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn what_is_noted_holds_no_password() {
        let check = |given: &str, noted: &str, password: Option<&str>, mode: SslMode| {
            let url = StoreUrl::parse(given).unwrap();
            assert_eq!(url.to_string(), noted);
            assert_eq!(url.password.as_deref(), password.map(str::as_bytes), "{given}");
            assert_eq!(url.config.get_password(), None, "{given}");
            assert_eq!(url.config.get_ssl_mode(), mode, "{given}");
            assert!(!format!("{url:?}").contains("secret"));
            // What is noted is read back as the same.
            let again = StoreUrl::parse(&url.to_string()).unwrap();
            let all = |url: &StoreUrl| format!("{} {:?}", url.text, url.config);
            assert_eq!(all(&again), all(&url));
        };
        let (plain, tls) = (SslMode::Disable, SslMode::Require);
        check("postgresql://anna@db.example/cases", "postgresql://anna@db.example/cases", None, tls);
        check("postgres://anna:secret@localhost/cases", "postgres://anna@localhost/cases", Some("secret"), plain);
        check("postgresql://anna:a%40secret@[::1]:5433/c", "postgresql://anna@[::1]:5433/c", Some("a@secret"), plain);
        check(
            "postgresql://anna@db.example/c?password=secret&connect_timeout=3&sslmode=disable",
            "postgresql://anna@db.example/c?connect_timeout=3&sslmode=disable",
            Some("secret"),
            plain,
        );
        check(
            "postgresql://a@127.0.0.1/c?sslmode=verify-full",
            "postgresql://a@127.0.0.1/c?sslmode=verify-full",
            None,
            tls,
        );
        check("postgresql://a@%2Frun%2Fpg/c", "postgresql://a@%2Frun%2Fpg/c", None, plain);
        check("postgresql:///c?host=/run/pg&user=a", "postgresql:///c?host=/run/pg&user=a", None, plain);
        // One host of several that is elsewhere.
        check("postgresql://a@localhost,db.example/c", "postgresql://a@localhost,db.example/c", None, tls);
        let roots = StoreUrl::parse("postgresql://a@h/c?sslrootcert=%2Fetc%2Fca.pem").unwrap().roots();
        assert_eq!(roots, Some("/etc/ca.pem".into()));
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for given in [
            "secret",
            "case.db",
            "mysql://a:secret@h/c",
            "postgresql://a:secret@h/c?sslmode=prefer",
            "postgresql://a@h/c?%70assword=secret",
            "postgresql://a:sec/ret@h/c",
            "postgresql://a:sec?ret=1@h/c",
            "postgresql://a:secret@h:port/c",
            "postgresql://a@h/c?unknown=secret",
            "postgresql:///c",
        ] {
            let refused = StoreUrl::parse(given).unwrap_err().to_string();
            assert!(refused.contains("expected postgresql://"), "{given}: {refused}");
            assert!(!refused.contains("sec"), "{given}: {refused}");
        }
    }
}
