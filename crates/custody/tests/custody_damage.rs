//! Random damage to a case: whatever is changed, removed, added, moved or signed anew is found, and named.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "test code")]

mod folder;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use folder::{entries, files, forge, make};
use tutela_custody::{AuditOptions, Earlier, Log, SignerKey, VerifierKey, audit, check_case};

/// Trials of each of the two threads.
const TRIALS: u64 = 5_500;
/// Entries of the log: a full tile, a partial one, and one above them.
const ACTS: u64 = 266;

/// Chance that can be repeated: SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A case, what it was, and what a forger has.
struct Trial {
    root: PathBuf,
    whole: Files,
    entries: Vec<Vec<u8>>,
    key: SignerKey,
    /// A checkpoint that somebody else kept.
    kept: Earlier,
}

/// What was done, what has to be named, and what the checker knows.
struct Damage {
    what: String,
    changed: Files,
    removed: Vec<PathBuf>,
    named: String,
    options: AuditOptions,
}

impl Trial {
    fn new(root: &Path) -> Self {
        let (key, note) = make(root, ACTS);
        let whole = files(root);
        let entries = entries(&whole);
        assert_eq!(entries.len() as u64, ACTS);
        Self { root: root.to_path_buf(), whole, entries, key, kept: Earlier { name: "kept".to_owned(), note } }
    }

    fn damage(&self, dice: &mut Dice) -> Damage {
        match dice.below(9) {
            0..=3 => self.in_a_file(dice),
            4 => self.swapped(dice),
            5 | 6 => self.in_a_bundle(dice),
            7 => self.signed_anew(dice),
            _ => self.rewritten_with_the_key(dice),
        }
    }

    fn none(what: String) -> Damage {
        Damage {
            what,
            changed: Files::new(),
            removed: Vec::new(),
            named: String::new(),
            options: AuditOptions::default(),
        }
    }

    fn a_file(&self, dice: &mut Dice) -> (&PathBuf, &Vec<u8>) {
        loop {
            let found = self.whole.iter().nth(dice.below(self.whole.len())).unwrap();
            if !found.1.is_empty() {
                return found;
            }
        }
    }

    /// A flipped bit, a cut or longer file, one removed or added.
    fn in_a_file(&self, dice: &mut Dice) -> Damage {
        let (path, bytes) = self.a_file(dice);
        let mut out = Self::none(String::new());
        out.named = path.display().to_string();
        let mut bytes = bytes.clone();
        match dice.below(8) {
            0..=3 => {
                let (at, bit) = (dice.below(bytes.len()), dice.below(8));
                bytes[at] ^= 1 << bit;
                out.what = format!("bit {bit} of byte {at} of {} flipped", path.display());
                out.changed.insert(path.clone(), bytes);
            }
            4 => {
                bytes.truncate(dice.below(bytes.len()));
                out.what = format!("{} cut to {} bytes", path.display(), bytes.len());
                // The key that signs may lie elsewhere, and a checker needs none.
                out.changed.insert(path.clone(), bytes);
            }
            5 => {
                bytes.extend((0..=dice.below(40)).map(|_| dice.roll() as u8));
                out.what = format!("{} made longer", path.display());
                out.changed.insert(path.clone(), bytes);
            }
            6 if !path.ends_with("key") && !path.ends_with("pending") => {
                out.what = format!("{} removed", path.display());
                out.named = path.file_name().unwrap().to_string_lossy().into_owned();
                out.removed.push(path.clone());
            }
            _ => {
                let stray = path.with_file_name(format!("stray{}", dice.below(1000)));
                out.what = format!("{} added", stray.display());
                out.named = stray.display().to_string();
                out.changed.insert(stray, bytes);
            }
        }
        out
    }

    /// Two files change places.
    fn swapped(&self, dice: &mut Dice) -> Damage {
        loop {
            let ((a, a_bytes), (b, b_bytes)) = (self.a_file(dice), self.a_file(dice));
            if a_bytes == b_bytes {
                continue;
            }
            let mut out = Self::none(format!("{} and {} swapped", a.display(), b.display()));
            out.changed.insert(a.clone(), b_bytes.clone());
            out.changed.insert(b.clone(), a_bytes.clone());
            // Where one of the two is a bundle, the log does not tell what the other should be.
            let of_the_log = |p: &Path| p.starts_with("custody");
            out.named = if of_the_log(b) { b } else { a }.display().to_string();
            return out;
        }
    }

    /// Entries altered in their bundle, with or without the tiles.
    fn in_a_bundle(&self, dice: &mut Dice) -> Damage {
        let mut entries = self.entries.clone();
        let at = dice.below(entries.len());
        let mut out = Self::none(alter(&mut entries, at, dice));
        let forged = forge(&entries, &self.key);
        let with_tiles = dice.below(2) == 0;
        let changes = |path: &&PathBuf| {
            path.starts_with("custody/tile") && (with_tiles || path.starts_with("custody/tile/entries"))
        };
        out.changed = forged.iter().filter(|(path, _)| changes(path)).map(|(p, b)| (p.clone(), b.clone())).collect();
        out.removed = self.whole.keys().filter(changes).filter(|p| !forged.contains_key(*p)).cloned().collect();
        out.named = if with_tiles { "custody/".to_owned() } else { "entry ".to_owned() };
        out.what = format!("{}{}", out.what, if with_tiles { " with tiles that fit" } else { "" });
        out
    }

    /// The log rewritten and signed with a key of the forger's own.
    fn signed_anew(&self, dice: &mut Dice) -> Damage {
        let mut entries = self.entries.clone();
        let at = dice.below(entries.len());
        let what = alter(&mut entries, at, dice);
        let key = SignerKey::new(self.key.verifier().name(), &[dice.roll() as u8; 32]).unwrap();
        let mut out = self.rewritten(&entries, &key, format!("{what}, all signed with another key"));
        out.named = "custody/checkpoint".to_owned();
        if dice.below(2) == 0 {
            let pinned: VerifierKey = self.key.verifier();
            out.changed.insert("custody/log.vkey".into(), format!("{}\n", key.verifier()).into_bytes());
            out.options.key = Some(pinned);
            out.named = "custody/log.vkey".to_owned();
            out.what.push_str(", which is stated as the log's");
        }
        out
    }

    /// The log rewritten before the kept checkpoint by somebody who has the key: only the checkpoint tells.
    fn rewritten_with_the_key(&self, dice: &mut Dice) -> Damage {
        let mut entries = self.entries.clone();
        let what = alter(&mut entries, dice.below(ACTS as usize / 3 - 20), dice);
        let mut out = self.rewritten(&entries, &self.key, format!("{what}, all signed with the log's own key"));
        out.options.earlier.push(self.kept.clone());
        out.named = "kept: ".to_owned();
        out
    }

    fn rewritten(&self, entries: &[Vec<u8>], key: &SignerKey, what: String) -> Damage {
        let mut out = Self::none(what);
        out.changed = forge(entries, key);
        let gone = |p: &&PathBuf| p.starts_with("custody/tile") && !out.changed.contains_key(*p);
        out.removed = self.whole.keys().filter(gone).cloned().collect();
        out
    }

    /// Carries damage out, looks for it, and puts everything back.
    fn try_out(&self, damage: &Damage) {
        let changed: Files = damage
            .changed
            .iter()
            .filter(|(p, b)| self.whole.get(*p) != Some(*b))
            .map(|(p, b)| (p.clone(), b.clone()))
            .collect();
        assert!(!changed.is_empty() || !damage.removed.is_empty(), "{} changes nothing", damage.what);
        for (path, bytes) in &changed {
            put(&self.root.join(path), bytes);
        }
        for path in &damage.removed {
            fs::remove_file(self.root.join(path)).unwrap();
        }
        let found = check_case(&self.root, &damage.options).unwrap();
        assert!(!found.broken.is_empty(), "missed: {}", damage.what);
        let named = found.broken.iter().any(|line| line.contains(&damage.named));
        assert!(named, "{}: {:?} does not name {}", damage.what, found.broken, damage.named);
        for (path, _) in changed.iter().filter(|(p, _)| !self.whole.contains_key(*p)) {
            fs::remove_file(self.root.join(path)).unwrap();
        }
        for path in changed.keys().filter(|p| self.whole.contains_key(*p)).chain(&damage.removed) {
            put(&self.root.join(path), &self.whole[path]);
        }
    }
}

/// Writes a file, sealed ones included, and leaves its permissions as they were.
fn put(path: &Path, bytes: &[u8]) {
    let sealed = path.components().any(|c| c.as_os_str() == "sealed");
    if sealed && path.exists() {
        fs::remove_file(path).unwrap();
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    if sealed {
        let mut permissions = fs::metadata(path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions).unwrap();
    }
}

/// Alters the entries; says how.
fn alter(entries: &mut Vec<Vec<u8>>, at: usize, dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => {
            entries.remove(at);
            format!("entry {at} removed")
        }
        1 => {
            let other = entries[dice.below(entries.len())].clone();
            entries.insert(at, other);
            format!("an entry added at {at}")
        }
        2 => {
            let other = if at == 0 { 1 } else { at - 1 };
            entries.swap(at, other);
            format!("entries {at} and {other} changed places")
        }
        3 => {
            let text = String::from_utf8(entries[at].clone()).unwrap();
            entries[at] = text.replace("tester", "nobody").into_bytes();
            format!("entry {at} rewritten")
        }
        _ => {
            let kept = at.max(1).min(entries.len() - 1);
            entries.truncate(kept);
            format!("cut to {kept} entries")
        }
    }
}

#[test]
fn random_damage_is_found_and_named() {
    let trials = |seed: u64| {
        let dir = tempfile::tempdir().unwrap();
        let trial = Trial::new(dir.path());
        let nothing = check_case(
            dir.path(),
            &AuditOptions { key: Some(trial.key.verifier()), earlier: vec![trial.kept.clone()] },
        );
        assert_eq!(nothing.unwrap().broken, Vec::<String>::new());
        let mut dice = Dice(seed);
        for _ in 0..TRIALS {
            let damage = trial.damage(&mut dice);
            trial.try_out(&damage);
        }
        let after = check_case(dir.path(), &AuditOptions::default()).unwrap();
        assert!(after.broken.is_empty() && after.unfinished.is_empty(), "{:?} {:?}", after.broken, after.unfinished);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| trials(1));
        scope.spawn(|| trials(2));
    });
}

/// What a killed process leaves pending is checked as well.
#[test]
fn damage_to_what_is_pending_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (key, _) = make(dir.path(), 20);
    let folder = dir.path().join("custody");
    let log = Log::open(&folder, Some(folder::copy_of(&key))).unwrap();
    for n in 0..5 {
        log.append(folder::draft("sign_off", &format!("lead {n}"), serde_json::json!({}))).unwrap();
    }
    std::mem::forget(log);
    let found = audit(&folder, &AuditOptions::default(), &mut |_, _| {}).unwrap();
    assert_eq!((found.entries, found.broken.len(), found.unfinished.len()), (25, 0, 1), "{:?}", found.broken);
    let whole = fs::read(folder.join("pending")).unwrap();
    let mut dice = Dice(3);
    for _ in 0..500 {
        let mut bytes = whole.clone();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        fs::write(folder.join("pending"), &bytes).unwrap();
        let found = audit(&folder, &AuditOptions::default(), &mut |_, _| {}).unwrap();
        assert!(found.broken.iter().any(|b| b.contains("custody/pending")), "byte {at} flipped: {:?}", found.broken);
        assert!(Log::open(&folder, None).is_err(), "a damaged log was opened");
    }
    // A torn end was never acknowledged: it goes, and nothing else does.
    let torn = [whole.as_slice(), &whole[..whole.len() / 7]].concat();
    fs::write(folder.join("pending"), torn).unwrap();
    drop(Log::open(&folder, None).unwrap());
    let found = audit(&folder, &AuditOptions::default(), &mut |_, _| {}).unwrap();
    assert_eq!((found.entries, found.broken.len(), found.unfinished.len()), (25, 0, 0), "{:?}", found.broken);
}
