//! One open case for several people: each acts under a name and with rights of their own, and nobody acts without.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::custody::{CustodyLog, Entry};
use crate::people::{self, Person, Tried};
use crate::{Act, Case, CaseError, Role};

/// Who acts in a case. Only [`SharedCase`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    who: String,
    /// Absent where the case has no people: then it is one person's, who may do everything.
    person: Option<Person>,
}

impl Actor {
    /// The name that stands in the log.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// The role; absent where the case has no people.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.person.as_ref().map(|p| p.role)
    }

    /// Whether they may do something.
    #[must_use]
    pub fn may(&self, act: Act) -> bool {
        self.role().is_none_or(|role| role.may(act))
    }
}

/// What came of a name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// They are of somebody of this case.
    As(Actor),
    /// Somebody has that name, with another password.
    Wrong,
    /// Nobody has that name.
    Unknown,
    /// Nobody of that name gets in until then.
    Locked(String),
}

/// A case that one process holds open for several people.
#[derive(Debug)]
pub struct SharedCase {
    root: PathBuf,
    /// Written to also while somebody works on the case: a refusal or a sign-in waits for nobody.
    log: Arc<CustodyLog>,
    case: Mutex<Case>,
    /// In whose name the process itself notes what a failure cut off.
    process: String,
}

impl SharedCase {
    /// Opens a case, and removes what a crash left of unfinished work. Nobody has come in yet.
    ///
    /// # Errors
    /// Where no case is there, another process works on it, or it is damaged.
    pub fn open(root: &Path, who: &str) -> Result<Self, CaseError> {
        let case = Case::open_whole(root, who)?;
        let (log, process) = (Arc::clone(&case.log), who.to_owned());
        Ok(Self { root: root.to_path_buf(), log, case: Mutex::new(case), process })
    }

    /// The case's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The people of the case, by name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn people(&self) -> Result<Vec<Person>, CaseError> {
        self.log.over(0, people::people)
    }

    /// Whoever works alone on a case without people.
    ///
    /// # Errors
    /// Where the case has people.
    pub fn alone(&self, who: &str) -> Result<Actor, CaseError> {
        let actor = Actor { who: who.to_owned(), person: None };
        if self.holds(&actor)? { Ok(actor) } else { Err(over(who)) }
    }

    /// Compares a name and a password with those of the people. What came of it is logged by [`Self::admit`] or
    /// [`Self::turn_away`].
    ///
    /// # Errors
    /// Where what is kept of a password cannot be read.
    pub fn try_password(&self, name: &str, password: &str) -> Result<Admitted, CaseError> {
        Ok(match people::tried(&self.root, &self.log, name, password)? {
            Tried::Holds(person) => Admitted::As(Actor { who: person.name.clone(), person: Some(person) }),
            Tried::Wrong => Admitted::Wrong,
            Tried::Unknown => Admitted::Unknown,
            Tried::Locked(until) => Admitted::Locked(until),
        })
    }

    /// Somebody for whom another authority vouches, where the case has a person of that name.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn vouched(&self, name: &str) -> Result<Option<Actor>, CaseError> {
        let person = self.people()?.into_iter().find(|p| p.name == name);
        Ok(person.map(|person| Actor { who: person.name.clone(), person: Some(person) }))
    }

    /// Logs that somebody came in.
    ///
    /// # Errors
    /// Where the log cannot be written.
    pub fn admit(&self, actor: &Actor) -> Result<(), CaseError> {
        match &actor.person {
            Some(person) => people::admitted(&self.log, person),
            None => Ok(()),
        }
    }

    /// Logs that somebody did not come in.
    ///
    /// # Errors
    /// Where the log cannot be written.
    pub fn turn_away(&self, name: &str) -> Result<(), CaseError> {
        people::refused(&self.log, name).map(|_| ())
    }

    /// Whether somebody still is who they were when they came in: not removed, of the same role, with the same password.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn holds(&self, actor: &Actor) -> Result<bool, CaseError> {
        let known = self.people()?;
        Ok(match &actor.person {
            Some(person) => known.contains(person),
            None => known.is_empty(),
        })
    }

    /// That somebody may do something. A refusal is logged, also while another works on the case.
    ///
    /// # Errors
    /// Where they may not.
    pub fn need(&self, actor: &Actor, act: Act) -> Result<(), CaseError> {
        people::need(&self.log, &actor.who, actor.role(), act)
    }

    /// Lets somebody work on the case, under their name and with their rights, one after the other. What a database that failed
    /// within an earlier act left is put right first, so nobody has to open the case again.
    ///
    /// # Errors
    /// Where they have been removed or changed meanwhile, the database fails still, or what `work` gives.
    pub fn acting<T>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Case) -> Result<T, CaseError>,
    ) -> Result<T, CaseError> {
        let mut case = self.case.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.holds(actor)? {
            return Err(over(&actor.who));
        }
        // Set anew each time and read only in here: what an earlier one left does not count.
        case.role = None;
        case.who.clone_from(&self.process);
        case.resume()?;
        case.who.clone_from(&actor.who);
        case.role = actor.role();
        work(&mut case)
    }

    /// How many acts there are.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn length(&self) -> Result<usize, CaseError> {
        self.log.over(0, <[Entry]>::len)
    }

    /// The acts from a number on, each put into what `of` makes of it.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn acts_since<T>(&self, from: usize, of: impl Fn(&Entry) -> Option<T>) -> Result<Vec<T>, CaseError> {
        self.log.over(from, |entries| entries.iter().filter_map(of).collect())
    }
}

fn over(who: &str) -> CaseError {
    CaseError::SignIn(format!("{who}: the people of this case have changed; sign in again"))
}
