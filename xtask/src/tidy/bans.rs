//! Words and calls that must not stand in the source, each with its reason.

use super::{Complaint, Source};

/// A phrase that is banned in files of some kinds.
struct Ban {
    phrase: &'static str,
    extensions: &'static [&'static str],
    /// The folders in which it is banned; none means everywhere.
    within: &'static [&'static str],
    /// The only files that may hold it.
    except: &'static [&'static str],
    because: &'static str,
}

const RUST: &[&str] = &["rs"];
const SQL: &[&str] = &["sql"];
const CODE: &[&str] = &["rs", "sql", "ts", "tsx", "toml"];
const WEB: &[&str] = &["ts", "tsx"];
const NO_ANY: &str = "name the type, so that the compiler checks what is shown";
const TEXT: &[&str] = &["rs", "sql", "ts", "tsx", "toml", "md"];
const CLOCK: &[&str] = &["crates/case/src/clock.rs"];
const NO_CLOCK: &str = "the clock is read in crates/case/src/clock.rs only, so that findings can be repeated";

const fn rust(phrase: &'static str, because: &'static str) -> Ban {
    Ban { phrase, extensions: RUST, within: &[], except: &[], because }
}

const fn clock(phrase: &'static str) -> Ban {
    Ban { phrase, extensions: RUST, within: &[], except: CLOCK, because: NO_CLOCK }
}

const fn sql(phrase: &'static str, because: &'static str) -> Ban {
    Ban { phrase, extensions: SQL, within: &[], except: &[], because }
}

const fn everywhere(phrase: &'static str, extensions: &'static [&'static str], because: &'static str) -> Ban {
    Ban { phrase, extensions, within: &[], except: &[], because }
}

const fn inside(phrase: &'static str, within: &'static [&'static str], because: &'static str) -> Ban {
    Ban { phrase, extensions: RUST, within, except: &[], because }
}

const NO_FILES: &[&str] = &["crates/model/src", "crates/formats/src"];
const PURE: &[&str] = &["crates/model/src", "crates/formats/src", "crates/engine/src", "crates/analysis/src"];

/// Compared without regard to case.
const BANS: &[Ban] = &[
    rust(".sql(&format!(", "values enter SQL as bound parameters only"),
    rust(".sql(format!(", "values enter SQL as bound parameters only"),
    rust("todo!", "finish it or leave it out"),
    rust("unimplemented!", "finish it or leave it out"),
    rust("#[ignore", "a test that does not run proves nothing; say in the test why it has to be skipped"),
    rust("#[should_panic", "test the error, not the stop"),
    clock("SystemTime::now"),
    clock("Utc::now"),
    clock("Local::now"),
    clock("Timestamp::now"),
    clock("Zoned::now"),
    inside("std::fs", NO_FILES, "a reader gets its bytes from the source, which is sealed and bounded"),
    inside("std::env", PURE, "findings follow from records and parameters only"),
    inside("std::net::tcp", PURE, "nothing here talks to a network"),
    inside("std::process", PURE, "nothing here starts programs"),
    sql("select *", "name the columns, so that a new one changes no result"),
    sql("natural join", "name the key, so that a new column changes no result"),
    sql("with recursive", "loops are Rust with a bound"),
    sql("random(", "the same inputs give the same findings"),
    sql("current_timestamp", "a step reads no clock"),
    sql("now(", "a step reads no clock"),
    everywhere(": any;", WEB, NO_ANY),
    everywhere(": any,", WEB, NO_ANY),
    everywhere(": any)", WEB, NO_ANY),
    everywhere(": any =", WEB, NO_ANY),
    everywhere(": any[", WEB, NO_ANY),
    everywhere(", any>", WEB, NO_ANY),
    everywhere("<any>", WEB, NO_ANY),
    everywhere(" as any", WEB, NO_ANY),
    everywhere("@ts-ignore", WEB, NO_ANY),
    everywhere("dangerouslysetinnerhtml", WEB, "what comes from evidence is text, never markup"),
    everywhere("todo:", CODE, "open an issue instead"),
    everywhere("fixme", CODE, "open an issue instead"),
    everywhere("xxx:", CODE, "open an issue instead"),
    everywhere("/home/", TEXT, "a path of one machine"),
    everywhere("/root/", TEXT, "a path of one machine"),
    everywhere("/users/", TEXT, "a path of one machine"),
];

/// This file has to name what it bans.
const SELF: &str = "xtask/src/tidy/bans.rs";

/// Looks for every banned phrase in one file.
pub(super) fn check(source: &Source, found: &mut Vec<Complaint>) {
    if source.path.ends_with(SELF) {
        return;
    }
    let bans: Vec<&Ban> = BANS
        .iter()
        .filter(|ban| ban.extensions.contains(&source.extension()))
        .filter(|ban| ban.within.is_empty() || ban.within.iter().any(|folder| source.path.starts_with(folder)))
        .filter(|ban| !ban.except.iter().any(|path| source.path.ends_with(path)))
        .collect();
    for (index, line) in source.text.lines().enumerate() {
        let line = line.to_lowercase();
        for ban in &bans {
            if line.contains(&ban.phrase.to_lowercase()) {
                let text = format!("{:?} is banned: {}", ban.phrase, ban.because);
                found.push(Complaint::at(&source.path, index + 1, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        let mut found = Vec::new();
        check(&Source { path: path.into(), text: text.to_owned() }, &mut found);
        found.len()
    }

    #[test]
    fn each_ban_bites_in_its_own_files_only() {
        for ban in BANS {
            for extension in TEXT {
                // A longer phrase may hold a shorter one, which then bites as well.
                let inside = |b: &&Ban| ban.phrase.to_lowercase().contains(&b.phrase.to_lowercase());
                let expect = BANS.iter().filter(|b| b.extensions.contains(extension)).filter(inside).count();
                let path = format!("crates/model/src/x.{extension}");
                assert_eq!(count(&path, ban.phrase), expect, "{} in {path}", ban.phrase);
                assert!(expect > 0 || !ban.extensions.contains(extension), "{}", ban.phrase);
            }
        }
    }

    #[test]
    fn the_clock_has_one_home() {
        assert_eq!(count("crates/case/src/clock.rs", "let now = Timestamp::now();"), 0);
        assert_eq!(count("crates/case/src/seal.rs", "let now = Timestamp::now();"), 1);
    }

    #[test]
    fn readers_open_no_files() {
        assert_eq!(count("crates/formats/src/csv/mod.rs", "use std::fs::File;"), 1);
        assert_eq!(count("crates/formats/tests/conformance.rs", "use std::fs::File;"), 0);
        assert_eq!(count("crates/case/src/intake.rs", "use std::fs::File;"), 0);
    }

    #[test]
    fn case_does_not_hide_a_phrase() {
        assert_eq!(count("crates/analysis/src/steps/x.sql", "Select * From session"), 1);
        assert_eq!(count("crates/analysis/src/steps/x.sql", "SELECT COUNT(*) AS n FROM session"), 0);
    }
}
