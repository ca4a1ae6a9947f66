//! Sign-in. A case with people is entered with a name and a password, or by the word of an OpenID
//! provider; a case without with a link: a random token, told to the person who started the server and good for one browser
//! once.
//!
//! A session is a browser's. It has one name, and a seat in each case that the name was let into.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};
use tutela_case::clock::Stopwatch;
use tutela_case::{Actor, Admitted};

use crate::ServeError;
use crate::held::HeldCase;
use crate::problem::Problem;

/// A session of one person alone that nobody used for so long is over.
const IDLE_ALONE_S: f64 = 12.0 * 3600.0;
/// The same in a case with people.
const IDLE_S: f64 = 3600.0;
/// More browsers than that at once are none of ours; the one idle longest has to sign in again.
const SESSIONS_MAX: usize = 256;
/// A longer name or password is none.
const CREDENTIAL_BYTES_MAX: usize = 1024;

type Hash = [u8; 32];
type Cases = BTreeMap<String, Arc<HeldCase>>;

/// What a visitor has been shown, by case and lead: the names, by reference.
type Revealed = BTreeMap<(String, String), BTreeMap<String, String>>;

/// Who is signed in.
pub(crate) struct SignIn {
    /// Who started the server, and works alone on the cases without people.
    who: String,
    cookie: String,
    /// Whether cookies go over TLS alone.
    secure: bool,
    /// Of the token that signs the next browser in. Kept as a hash, so that comparing takes no telling time.
    token: Mutex<Hash>,
    /// Passwords are compared one at a time: so many wrong ones lock, and no more are tried meanwhile.
    comparing: Mutex<()>,
    sessions: Mutex<BTreeMap<Hash, Session>>,
}

struct Session {
    who: String,
    seats: Arc<BTreeMap<String, Actor>>,
    used: Stopwatch,
    revealed: Revealed,
}

/// A signed-in visitor.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) who: String,
    /// Who they are in each case that they may enter.
    pub(crate) seats: Arc<BTreeMap<String, Actor>>,
    session: Hash,
}

impl SignIn {
    /// Nobody is signed in; gives the token for the first who does.
    pub(crate) fn new(who: &str, port: u16, secure: bool) -> Result<(Self, String), ServeError> {
        let token = random()?;
        let sign_in = Self {
            who: who.to_owned(),
            cookie: format!("tutela-{port}"),
            secure,
            token: Mutex::new(hash(&token)),
            comparing: Mutex::new(()),
            sessions: Mutex::new(BTreeMap::new()),
        };
        Ok((sign_in, token))
    }

    /// Takes a token; gives the cookie and the token for whoever comes next.
    pub(crate) fn enter(&self, cases: &Cases, token: &str, cookies: &str) -> Result<(String, String), Problem> {
        let next = random().map_err(|e| Problem::internal(e.to_string()))?;
        let mut expected = lock(&self.token);
        if *expected != hash(token.trim()) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "token_refused",
                "this link was used already or is not of this server; the newest one is where the server was started",
            ));
        }
        *expected = hash(&next);
        drop(expected);
        let mut seats = BTreeMap::new();
        for (name, case) in cases {
            if case.shared.people()?.is_empty() {
                seats.insert(name.clone(), case.shared.alone(&self.who)?);
            }
        }
        Ok((self.begin(&self.who, seats, cookies)?, next))
    }

    /// Takes a name and a password; gives the cookie. A name may be known in several cases, with one password or with several:
    /// the visitor is let into those that the password opens.
    pub(crate) fn enter_by_password(
        &self,
        cases: &Cases,
        name: &str,
        password: &str,
        cookies: &str,
    ) -> Result<String, Problem> {
        let name = name.trim();
        let refused = || Problem::new(StatusCode::UNAUTHORIZED, "sign_in_refused", "wrong name or password");
        if name.is_empty() || password.is_empty() || name.len().max(password.len()) > CREDENTIAL_BYTES_MAX {
            return Err(refused());
        }
        let _one_at_a_time = lock(&self.comparing);
        let (mut seats, mut wrong, mut locked) = (BTreeMap::new(), Vec::new(), None);
        let mut with_people = Vec::new();
        for (case_name, case) in cases {
            if case.shared.people()?.is_empty() {
                continue;
            }
            with_people.push(case);
            match case.shared.try_password(name, password)? {
                Admitted::As(actor) => {
                    case.shared.admit(&actor)?;
                    seats.insert(case_name.clone(), actor);
                }
                Admitted::Wrong => wrong.push(case),
                Admitted::Unknown => {}
                Admitted::Locked(until) => locked = Some(until),
            }
        }
        if !seats.is_empty() {
            return self.begin(name, seats, cookies);
        }
        // Somebody whom no case knows is noted in all of them.
        let noted = if wrong.is_empty() && locked.is_none() { &with_people } else { &wrong };
        for case in noted {
            case.shared.turn_away(name)?;
        }
        Err(match locked {
            Some(until) => {
                let detail = format!("locked out until {until}, after {} wrong passwords", tutela_case::ATTEMPTS);
                Problem::new(StatusCode::UNAUTHORIZED, "locked_out", detail)
            }
            None => refused(),
        })
    }

    /// Lets in somebody for whom the OpenID provider vouches.
    pub(crate) fn enter_vouched(&self, cases: &Cases, name: &str, cookies: &str) -> Result<String, Problem> {
        let mut seats = BTreeMap::new();
        for (case_name, case) in cases {
            if let Some(actor) = case.shared.vouched(name)? {
                case.shared.admit(&actor)?;
                seats.insert(case_name.clone(), actor);
            }
        }
        if seats.is_empty() {
            for case in cases.values() {
                case.shared.turn_away(name)?;
            }
            let detail = "the provider knows you, but no case that is served here has a person of your name";
            return Err(Problem::new(StatusCode::FORBIDDEN, "not_a_person", detail));
        }
        self.begin(name, seats, cookies)
    }

    /// Begins a session; the seats of the one that the browser had stay, if it was of the same name. Its cookie is a new one.
    fn begin(&self, who: &str, mut seats: BTreeMap<String, Actor>, cookies: &str) -> Result<String, Problem> {
        let session = random().map_err(|e| Problem::internal(e.to_string()))?;
        let before = self.key(cookies);
        let mut sessions = lock(&self.sessions);
        if let Some(before) = before.and_then(|key| sessions.remove(&key)).filter(|b| b.who == who && !idle(b)) {
            for (case, actor) in before.seats.iter() {
                seats.entry(case.clone()).or_insert_with(|| actor.clone());
            }
        }
        sessions.retain(|_, s| !idle(s));
        if sessions.len() >= SESSIONS_MAX {
            let longest = sessions.iter().max_by(|a, b| a.1.used.seconds().total_cmp(&b.1.used.seconds()));
            if let Some(key) = longest.map(|(key, _)| *key) {
                sessions.remove(&key);
            }
        }
        let new = Session {
            who: who.to_owned(),
            seats: Arc::new(seats),
            used: Stopwatch::start(),
            revealed: Revealed::new(),
        };
        sessions.insert(hash(&session), new);
        Ok(self.cookie(&session, ""))
    }

    /// What the cookie of a session is called.
    pub(crate) fn cookie_name(&self) -> &str {
        &self.cookie
    }

    fn cookie(&self, value: &str, more: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", self.cookie)
    }

    /// The session that a browser's cookies name, whether it is one or not.
    fn key(&self, cookies: &str) -> Option<Hash> {
        let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        Some(hash(pairs.find(|(name, _)| *name == self.cookie)?.1))
    }

    /// The visitor whose cookie this is.
    pub(crate) fn visitor(&self, cookies: &str) -> Option<Visitor> {
        let key = self.key(cookies)?;
        let mut sessions = lock(&self.sessions);
        if idle(sessions.get(&key)?) {
            sessions.remove(&key);
            return None;
        }
        let session = sessions.get_mut(&key)?;
        session.used = Stopwatch::start();
        Some(Visitor { who: session.who.clone(), seats: Arc::clone(&session.seats), session: key })
    }

    /// Whether a visitor who was let in is still there: not signed out, and not idle for too long. It is no use.
    pub(crate) fn is_there(&self, visitor: &Visitor) -> bool {
        lock(&self.sessions).get(&visitor.session).is_some_and(|s| !idle(s))
    }

    /// Signs a visitor out; gives the cookie that takes the other one's place.
    pub(crate) fn leave(&self, visitor: &Visitor) -> String {
        lock(&self.sessions).remove(&visitor.session);
        self.cookie("", "; Max-Age=0")
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

fn idle(session: &Session) -> bool {
    let alone = session.seats.values().all(|actor| actor.role().is_none());
    session.used.seconds() > if alone { IDLE_ALONE_S } else { IDLE_S }
}

/// Locks, also after a request has failed while it held the lock: what is behind it is replaced whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

pub(crate) fn random() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(ServeError::Chance)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn one() -> (SignIn, String) {
        SignIn::new("a person", 1, false).unwrap()
    }

    fn enter(sign_in: &SignIn, token: &str) -> Result<(String, String), Problem> {
        sign_in.enter(&Cases::new(), token, "")
    }

    #[test]
    fn a_token_signs_one_browser_in_once() {
        let (sign_in, token) = one();
        assert_eq!(enter(&sign_in, "guess").unwrap_err().code, "token_refused");
        let (cookie, next) = enter(&sign_in, &token).unwrap();
        assert_eq!(enter(&sign_in, &token).unwrap_err().code, "token_refused");
        assert!(enter(&sign_in, &next).is_ok());
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"));
        let pair = cookie.split(';').next().unwrap();
        assert_eq!(sign_in.visitor(pair).unwrap().who, "a person");
        assert_eq!(sign_in.visitor(&format!("other=1; {pair}")).unwrap().who, "a person");
        for wrong in ["", "tutela-1=", "tutela-1=00", &pair.replace("tutela-1", "tutela-2")] {
            assert!(sign_in.visitor(wrong).is_none(), "{wrong}");
        }
        let visitor = sign_in.visitor(pair).unwrap();
        assert!(sign_in.is_there(&visitor));
        sign_in.leave(&visitor);
        assert!(sign_in.visitor(pair).is_none() && !sign_in.is_there(&visitor));
    }

    #[test]
    fn who_signs_in_again_has_one_session_and_a_new_cookie() {
        let (sign_in, token) = one();
        let (first, next) = enter(&sign_in, &token).unwrap();
        let first = first.split(';').next().unwrap();
        let (second, _) = sign_in.enter(&Cases::new(), &next, first).unwrap();
        assert!(sign_in.visitor(first).is_none());
        assert!(sign_in.visitor(second.split(';').next().unwrap()).is_some());
        assert_eq!(lock(&sign_in.sessions).len(), 1);
    }

    #[test]
    fn over_tls_the_cookie_goes_over_tls_alone() {
        let (sign_in, token) = SignIn::new("a person", 1, true).unwrap();
        assert!(enter(&sign_in, &token).unwrap().0.contains("; Secure"));
    }

    #[test]
    fn what_one_visitor_was_shown_another_does_not_see() {
        let (sign_in, token) = one();
        let (first, next) = enter(&sign_in, &token).unwrap();
        let (second, _) = enter(&sign_in, &next).unwrap();
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
        let (sign_in, mut token) = one();
        for _ in 0..SESSIONS_MAX + 3 {
            token = enter(&sign_in, &token).unwrap().1;
        }
        assert_eq!(lock(&sign_in.sessions).len(), SESSIONS_MAX);
    }
}
