//! Sign-in: a random token, told to the person who started the server and good for one browser once, becomes a cookie.
//!
//! Everybody who signs in acts under the name that the server was started with. People of their own, with rights, take
//! the place of [`SignIn::enter`] and give each [`Visitor`] a name of their own; nothing else has to know.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tutela_case::clock::Stopwatch;

use crate::ServeError;
use crate::problem::Problem;

/// A session that nobody used for so long is over.
const IDLE_S: f64 = 12.0 * 3600.0;
/// More browsers than that at once are none of ours; the one idle longest has to sign in again.
const SESSIONS_MAX: usize = 64;

type Hash = [u8; 32];

/// What a visitor has been shown, by case and lead: the names, by reference.
type Revealed = BTreeMap<(String, String), BTreeMap<String, String>>;

/// Who is signed in.
pub(crate) struct SignIn {
    who: String,
    cookie: String,
    /// Of the token that signs the next browser in. Kept as a hash, so that comparing takes no telling time.
    token: Mutex<Hash>,
    sessions: Mutex<BTreeMap<Hash, Session>>,
}

struct Session {
    used: Stopwatch,
    revealed: Revealed,
}

/// A signed-in visitor.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) who: String,
    session: Hash,
}

impl SignIn {
    /// Nobody is signed in; gives the token for the first who does.
    pub(crate) fn new(who: &str, port: u16) -> Result<(Self, String), ServeError> {
        let token = random()?;
        let sign_in = Self {
            who: who.to_owned(),
            cookie: format!("tutela-{port}"),
            token: Mutex::new(hash(&token)),
            sessions: Mutex::new(BTreeMap::new()),
        };
        Ok((sign_in, token))
    }

    /// Under which name everybody acts.
    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    /// Takes a token; gives the cookie and the token for whoever comes next.
    pub(crate) fn enter(&self, token: &str) -> Result<(String, String), Problem> {
        let chance = |e: ServeError| Problem::internal(e.to_string());
        let (session, next) = (random().map_err(chance)?, random().map_err(chance)?);
        let mut expected = lock(&self.token);
        if *expected != hash(token.trim()) {
            return Err(Problem::new(
                axum::http::StatusCode::FORBIDDEN,
                "token_refused",
                "this link was used already or is not of this server; the newest one is where the server was started",
            ));
        }
        *expected = hash(&next);
        drop(expected);
        let mut sessions = lock(&self.sessions);
        if sessions.len() >= SESSIONS_MAX {
            let longest = sessions.iter().max_by(|a, b| a.1.used.seconds().total_cmp(&b.1.used.seconds()));
            if let Some(key) = longest.map(|(key, _)| *key) {
                sessions.remove(&key);
            }
        }
        sessions.insert(hash(&session), Session { used: Stopwatch::start(), revealed: Revealed::new() });
        Ok((format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", self.cookie), next))
    }

    /// The visitor whose cookie this is.
    pub(crate) fn visitor(&self, cookies: &str) -> Option<Visitor> {
        let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        let key = hash(pairs.find(|(name, _)| *name == self.cookie)?.1);
        let mut sessions = lock(&self.sessions);
        if sessions.get(&key)?.used.seconds() > IDLE_S {
            sessions.remove(&key);
            return None;
        }
        sessions.get_mut(&key)?.used = Stopwatch::start();
        Some(Visitor { who: self.who.clone(), session: key })
    }

    /// Signs a visitor out; gives the cookie that takes the other one's place.
    pub(crate) fn leave(&self, visitor: &Visitor) -> String {
        lock(&self.sessions).remove(&visitor.session);
        format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", self.cookie)
    }

    /// Keeps what a visitor has been shown with a reason.
    pub(crate) fn keep_revealed(&self, visitor: &Visitor, case: &str, lead: &str, names: BTreeMap<String, String>) {
        if let Some(session) = lock(&self.sessions).get_mut(&visitor.session) {
            session.revealed.insert((case.to_owned(), lead.to_owned()), names);
        }
    }

    /// Masks a lead again.
    pub(crate) fn mask(&self, visitor: &Visitor, case: &str, lead: &str) {
        if let Some(session) = lock(&self.sessions).get_mut(&visitor.session) {
            session.revealed.remove(&(case.to_owned(), lead.to_owned()));
        }
    }

    /// The names that a visitor has been shown with a lead; nothing where it is masked.
    pub(crate) fn revealed(&self, visitor: &Visitor, case: &str, lead: &str) -> Option<BTreeMap<String, String>> {
        let key = (case.to_owned(), lead.to_owned());
        lock(&self.sessions).get(&visitor.session)?.revealed.get(&key).cloned()
    }
}

/// Locks, also after a request has failed while it held the lock: what is behind it is replaced whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

fn random() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(ServeError::Chance)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn a_token_signs_one_browser_in_once() {
        let (sign_in, token) = SignIn::new("a person", 1).unwrap();
        assert_eq!(sign_in.enter("guess").unwrap_err().code, "token_refused");
        let (cookie, next) = sign_in.enter(&token).unwrap();
        assert_eq!(sign_in.enter(&token).unwrap_err().code, "token_refused");
        assert!(sign_in.enter(&next).is_ok());
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let pair = cookie.split(';').next().unwrap();
        assert_eq!(sign_in.visitor(pair).unwrap().who, "a person");
        assert_eq!(sign_in.visitor(&format!("other=1; {pair}")).unwrap().who, "a person");
        for wrong in ["", "tutela-1=", "tutela-1=00", &pair.replace("tutela-1", "tutela-2")] {
            assert!(sign_in.visitor(wrong).is_none(), "{wrong}");
        }
        let visitor = sign_in.visitor(pair).unwrap();
        sign_in.leave(&visitor);
        assert!(sign_in.visitor(pair).is_none());
    }

    #[test]
    fn what_one_visitor_was_shown_another_does_not_see() {
        let (sign_in, token) = SignIn::new("a person", 1).unwrap();
        let (first, next) = sign_in.enter(&token).unwrap();
        let (second, _) = sign_in.enter(&next).unwrap();
        let of = |cookie: &str| sign_in.visitor(cookie.split(';').next().unwrap()).unwrap();
        let names = BTreeMap::from([("P1".to_owned(), "Ada Rossi".to_owned())]);
        sign_in.keep_revealed(&of(&first), "case", "L1", names.clone());
        assert_eq!(sign_in.revealed(&of(&first), "case", "L1"), Some(names));
        assert_eq!(sign_in.revealed(&of(&first), "case", "L2"), None);
        assert_eq!(sign_in.revealed(&of(&second), "case", "L1"), None);
        sign_in.mask(&of(&first), "case", "L1");
        assert_eq!(sign_in.revealed(&of(&first), "case", "L1"), None);
    }

    #[test]
    fn the_browser_idle_longest_makes_room() {
        let (sign_in, mut token) = SignIn::new("a person", 1).unwrap();
        for _ in 0..SESSIONS_MAX + 3 {
            token = sign_in.enter(&token).unwrap().1;
        }
        assert_eq!(lock(&sign_in.sessions).len(), SESSIONS_MAX);
    }
}
