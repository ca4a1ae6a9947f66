//! The people of a case: their roles, their passwords (Argon2id), sign-in and lock-out. A case without people is one
//! person's: whoever opens it may do everything.

use std::fs;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest as _, Sha256};

use crate::custody::{CustodyLog, Entry};
use crate::pending::{check_enough, four_eyes};
use crate::rights::{Act, Role};
use crate::{Case, CaseError, clock, files};

/// The variable that holds the password of whoever opens a case.
pub const PASSWORD: &str = "TUTELA_PASSWORD";
/// Characters that a password has at least.
pub const PASSWORD_CHARACTERS: usize = 12;
/// Wrong passwords in a row after which nobody of that name gets in for a while.
pub const ATTEMPTS: usize = 5;
/// How long, in minutes.
pub const LOCKED_MINUTES: i64 = 15;

pub(crate) const SET: &str = "person_set";
const SIGN_IN: &str = "sign_in";
const FAILED: &str = "sign_in_failed";

/// A person of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name that stands in the log.
    pub name: String,
    /// The role.
    pub role: Role,
    /// SHA-256 of what is kept of the password.
    password: String,
}

/// The people of a case, as the log says.
pub(crate) fn people(entries: &[Entry]) -> Vec<Person> {
    let mut out: Vec<Person> = Vec::new();
    for entry in entries.iter().filter(|e| e.act == SET) {
        out.retain(|p| p.name != entry.subject);
        let role = entry.detail.get("role").and_then(|r| serde_json::from_value(r.clone()).ok());
        let password = entry.detail.get("files").and_then(|f| f.as_object()?.keys().next().cloned());
        if let (Some(role), Some(password)) = (role, password) {
            out.push(Person { name: entry.subject.clone(), role, password });
        }
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    out
}

impl Case {
    /// The people of the case, by name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, CaseError> {
        self.need(Act::SeePeople)?;
        self.known_people()
    }

    pub(crate) fn known_people(&self) -> Result<Vec<Person>, CaseError> {
        self.log.over(0, people)
    }

    /// Adds a person, or gives one another role and password. The first one must be a prosecutor, who can add the others.
    ///
    /// # Errors
    /// Where the right is missing, the name is empty, or the password is too short.
    pub fn set_person(&mut self, name: &str, role: Role, password: &str) -> Result<(), CaseError> {
        self.need(Act::People)?;
        if name.trim().is_empty() || name.trim() != name {
            return Err(CaseError::Usage("a person needs a name, without blanks around it".to_owned()));
        }
        check_length(password)?;
        let known = self.people()?;
        let stays = known.iter().any(|p| p.role == Role::Prosecutor && p.name != name);
        if role != Role::Prosecutor && !stays {
            return Err(CaseError::Usage(
                "a case with people needs a prosecutor, who can add the others: add one first".to_owned(),
            ));
        }
        let mut then: Vec<Person> = known.into_iter().filter(|p| p.name != name).collect();
        then.push(Person { name: name.to_owned(), role, password: String::new() });
        check_enough(&four_eyes(&self.entries()?)?, &then)?;
        self.keep_person(name, role, password)
    }

    /// Gives whoever opened the case another password, which nobody else then knows.
    ///
    /// # Errors
    /// Where the case has no people, or the password is too short.
    pub fn set_own_password(&mut self, password: &str) -> Result<(), CaseError> {
        self.need(Act::OwnPassword)?;
        check_length(password)?;
        let (who, known) = (self.who.clone(), people(&self.entries()?));
        let role = known.into_iter().find(|p| p.name == who).map(|p| p.role);
        let role = role.ok_or_else(|| CaseError::Usage(format!("{who}: nobody of this case has that name")))?;
        self.keep_person(&who, role, password)
    }

    /// Keeps what is kept of a password, and logs the person with it.
    fn keep_person(&mut self, name: &str, role: Role, password: &str) -> Result<(), CaseError> {
        let kept = hash(password)?;
        let digest = hex::encode(Sha256::digest(&kept));
        let folder = self.root.join("people");
        fs::create_dir_all(&folder).map_err(CaseError::io(&folder))?;
        files::write_whole(&folder.join(&digest), kept.as_bytes())?;
        let detail = serde_json::json!({ "role": role, "files": { digest.clone(): digest } });
        self.log.append(&self.who, SET, name, detail)?;
        self.forget_passwords()
    }

    /// Removes a person; what they did stays in the log.
    ///
    /// # Errors
    /// Where the right is missing, nobody has that name, or no prosecutor would be left among others.
    pub fn remove_person(&mut self, name: &str) -> Result<(), CaseError> {
        self.need(Act::People)?;
        let known = self.people()?;
        if !known.iter().any(|p| p.name == name) {
            return Err(CaseError::Usage(format!("{name}: nobody of this case has that name")));
        }
        if !known.iter().any(|p| p.role == Role::Prosecutor && p.name != name) {
            return Err(CaseError::Usage(format!("{name}: is the only prosecutor, who alone can add others")));
        }
        let left: Vec<Person> = known.into_iter().filter(|p| p.name != name).collect();
        check_enough(&four_eyes(&self.entries()?)?, &left)?;
        self.log.append(&self.who, SET, name, serde_json::json!({ "removed": true }))?;
        self.forget_passwords()
    }

    /// Removes what is kept of passwords that hold no longer.
    fn forget_passwords(&self) -> Result<(), CaseError> {
        let known = people(&self.entries()?);
        let folder = self.root.join("people");
        for file in fs::read_dir(&folder).map_err(CaseError::io(&folder))?.filter_map(Result::ok) {
            let name = file.file_name().to_string_lossy().into_owned();
            if !known.iter().any(|p| p.password == name) {
                fs::remove_file(file.path()).map_err(CaseError::io(&file.path()))?;
            }
        }
        Ok(())
    }

    /// Lets a person in, where the case has people.
    pub(crate) fn sign_in(&mut self, password: Option<&str>) -> Result<(), CaseError> {
        if self.known_people()?.is_empty() {
            return Ok(());
        }
        let Some(password) = password.filter(|p| !p.is_empty()) else {
            return Err(CaseError::SignIn(format!(
                "this case has people: say who you are with --by, and set {PASSWORD} to your password"
            )));
        };
        let person = match tried(&self.root, &self.log, &self.who, password)? {
            Tried::Holds(person) => person,
            Tried::Wrong | Tried::Unknown => return Err(refused(&self.log, &self.who)?),
            Tried::Locked(until) => return Err(locked(&self.who, &until)),
        };
        self.role = Some(person.role);
        admitted(&self.log, &person)
    }

    /// Whether whoever opened the case may do something, for what leaves out what they may not see. Nothing is logged.
    #[must_use]
    pub fn is_allowed(&self, act: Act) -> bool {
        self.role.is_none_or(|role| role.may(act))
    }

    /// That whoever opened the case may do something. A refusal is logged.
    pub(crate) fn need(&self, act: Act) -> Result<(), CaseError> {
        need(&self.log, &self.who, self.role, act)
    }
}

fn check_length(password: &str) -> Result<(), CaseError> {
    match password.chars().count() {
        length if length < PASSWORD_CHARACTERS => {
            Err(CaseError::Usage(format!("a password has at least {PASSWORD_CHARACTERS} characters; found {length}")))
        }
        _ => Ok(()),
    }
}

/// What came of a name and a password. Nothing of it is logged yet.
pub(crate) enum Tried {
    /// They are of this person.
    Holds(Person),
    /// The password is another's.
    Wrong,
    /// Nobody has that name.
    Unknown,
    /// Nobody of that name gets in until then.
    Locked(String),
}

/// Compares a name and a password with what is kept.
pub(crate) fn tried(root: &Path, log: &CustodyLog, name: &str, password: &str) -> Result<Tried, CaseError> {
    let (known, locked) = log.over(0, |entries| (people(entries), locked_until(entries, name)))?;
    if let Some(until) = locked? {
        return Ok(Tried::Locked(until));
    }
    let Some(person) = known.into_iter().find(|p| p.name == name) else {
        // Somebody unknown takes as long as a wrong password.
        let _same_time = hash(password)?;
        return Ok(Tried::Unknown);
    };
    let kept = fs::read_to_string(root.join("people").join(&person.password))
        .map_err(|_| CaseError::Damaged(format!("people: the password of {name} is missing")))?;
    Ok(if is_of(&kept, password)? { Tried::Holds(person) } else { Tried::Wrong })
}

/// Logs that somebody came in.
pub(crate) fn admitted(log: &CustodyLog, person: &Person) -> Result<(), CaseError> {
    log.append(&person.name, SIGN_IN, &person.name, serde_json::json!({ "role": person.role }))?;
    Ok(())
}

/// Logs that somebody did not, and says so.
pub(crate) fn refused(log: &CustodyLog, name: &str) -> Result<CaseError, CaseError> {
    log.append(name, FAILED, name, serde_json::json!({}))?;
    Ok(CaseError::SignIn(format!("{name}: wrong name or password")))
}

pub(crate) fn locked(name: &str, until: &str) -> CaseError {
    CaseError::SignIn(format!("{name}: locked out until {until}, after {ATTEMPTS} wrong passwords"))
}

/// That somebody of a role may do something; nobody has one where the case has no people. A refusal is logged.
pub(crate) fn need(log: &CustodyLog, who: &str, role: Option<Role>, act: Act) -> Result<(), CaseError> {
    let Some(role) = role.filter(|role| !role.may(act)) else { return Ok(()) };
    let words = crate::rights::RIGHTS.iter().find(|(a, ..)| *a == act).map_or("do this", |(_, words, _)| words);
    log.append(who, "refused", words, serde_json::json!({ "act": act, "role": role }))?;
    Err(CaseError::NotAllowed(format!("{who}, {}: may not {words}", role.name())))
}

/// Until when nobody of that name gets in, if that is so.
fn locked_until(entries: &[Entry], who: &str) -> Result<Option<String>, CaseError> {
    let of = |e: &&Entry| e.subject == who && matches!(e.act.as_str(), SIGN_IN | FAILED | SET);
    let failed: Vec<&Entry> = entries.iter().rev().filter(of).take_while(|e| e.act == FAILED).take(ATTEMPTS).collect();
    let Some(last) = failed.first().filter(|_| failed.len() == ATTEMPTS) else { return Ok(None) };
    let instant = |text: &str| {
        text.parse::<jiff::Timestamp>().map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", last.index)))
    };
    let until = instant(&last.utc)? + jiff::SignedDuration::from_mins(LOCKED_MINUTES);
    Ok((instant(&clock::now_utc())? < until).then(|| until.to_string()))
}

fn argon2() -> Result<Argon2<'static>, CaseError> {
    // 19 MiB, two passes: what OWASP's password storage advice asks of Argon2id at least.
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(|e| CaseError::Usage(format!("password: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn derive(password: &str, salt: &[u8]) -> Result<[u8; 32], CaseError> {
    let mut out = [0; 32];
    let done = argon2()?.hash_password_into(password.as_bytes(), salt, &mut out);
    done.map_err(|e| CaseError::Usage(format!("password: {e}")))?;
    Ok(out)
}

/// What is kept of a password: kind, salt and hash.
fn hash(password: &str) -> Result<String, CaseError> {
    let salt = [tutela_custody::nonce()?.to_be_bytes(), tutela_custody::nonce()?.to_be_bytes()].concat();
    Ok(format!("argon2id v=19 m=19456 t=2 p=1 {} {}\n", hex::encode(&salt), hex::encode(derive(password, &salt)?)))
}

fn is_of(kept: &str, password: &str) -> Result<bool, CaseError> {
    let bad = || CaseError::Damaged("people: what is kept of a password is not readable".to_owned());
    let parts: Vec<&str> = kept.trim_end().split(' ').collect();
    let ["argon2id", "v=19", "m=19456", "t=2", "p=1", salt, expected] = parts.as_slice() else { return Err(bad()) };
    let (salt, expected) = (hex::decode(salt).map_err(|_| bad())?, hex::decode(expected).map_err(|_| bad())?);
    // Every byte is compared, so that the time says nothing.
    let found = derive(password, &salt)?;
    let differing = found.iter().zip(&expected).fold(0, |sum, (a, b)| sum | (a ^ b));
    Ok(expected.len() == found.len() && differing == 0)
}
