//! A synthetic world whose operators have answered nothing yet, the requests to them, and their answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{add_basis, ok, tutela};

pub const WORLD: &str = "households: 40\ndays: 60\nreported_accounts: 12\nreported_connections: 900\ninnocent_connections: 2000\n\
                     record_error: 0.0\nfixed_operators: [0.4, 0.3, 0.1, 0.2]\n";
pub const AS_OF: &str = "2026-07-01T00:00:00Z";

pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A world, a case that has everything but the operators' records, and the first requests.
pub struct Asked {
    pub dir: tempfile::TempDir,
    pub case: String,
    pub world: String,
    pub requests: Vec<PathBuf>,
}

pub fn asked(config: &str, seed: &str) -> Asked {
    let dir = tempfile::tempdir().unwrap();
    let (case, world) = (text(&dir.path().join("case")), text(&dir.path().join("world")));
    let path = dir.path().join("world.yaml");
    fs::write(&path, config).unwrap();
    ok(&["world", "make", "--seed", seed, "--config", &text(&path), "--out", &world]);
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["referrals", "returns", "registers"] {
        ok(&["intake", &case, "--basis", "B1", &text(&Path::new(&world).join("files").join(folder))]);
    }
    let mut asked = Asked { dir, case, world, requests: Vec::new() };
    asked.requests = asked.ask(&asked.case, "1");
    asked
}

impl Asked {
    pub fn plan(&self, case: &str) -> serde_json::Value {
        let blocks = text(&Path::new(&self.world).join("address_blocks.csv"));
        let args = ["request", "plan", case, "--operators", &blocks, "--as-of", AS_OF, "--format", "json"];
        serde_json::from_str(&ok(&args)).unwrap()
    }

    /// Plans and writes requests; gives the request files.
    pub fn ask(&self, case: &str, round: &str) -> Vec<PathBuf> {
        if self.plan(case)["requests"].as_array().unwrap().is_empty() {
            return Vec::new();
        }
        let out = self.dir.path().join(format!("out-{round}"));
        ok(&["request", "export", case, "--basis", "B1", "--out", &text(&out)]);
        let is_request = |p: &PathBuf| text(p).ends_with("-request.csv");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).filter(is_request).collect();
        files.sort();
        files
    }

    /// The operators' answers to request files; gives them.
    pub fn answer(&self, name: &str, requests: &[PathBuf], with: &[&str]) -> Vec<PathBuf> {
        let out = self.dir.path().join(name);
        let files: Vec<String> = requests.iter().map(|p| text(p)).collect();
        let mut args = vec!["world", "answer", self.world.as_str()];
        args.extend(files.iter().map(String::as_str));
        let out = text(&out);
        args.extend(["--out", out.as_str()]);
        args.extend(with);
        let done: serde_json::Value = serde_json::from_str(&ok(&args)).unwrap();
        done["files"].as_array().unwrap().iter().map(|f| PathBuf::from(f.as_str().unwrap())).collect()
    }

    /// A copy of the case, to try a reply on.
    pub fn copy(&self, name: &str) -> String {
        let to = self.dir.path().join(name);
        copy(Path::new(&self.case), &to);
        text(&to)
    }

    pub fn request_of(&self, operator: &str) -> PathBuf {
        self.requests.iter().find(|p| text(p).contains(operator)).expect(operator).clone()
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every byte of a case but the log, which may hold that something was refused.
pub fn bytes(case: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if !path.iter().any(|part| part == "custody") && !text(&path).contains("case.db-") {
                out.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(Path::new(case), &mut out);
    out
}

pub fn import(case: &str, files: &[PathBuf]) -> std::process::Output {
    let files: Vec<String> = files.iter().map(|p| text(p)).collect();
    let mut args = vec!["request", "import", case, "--basis", "B1"];
    args.extend(files.iter().map(String::as_str));
    tutela(&args)
}

pub fn told(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub fn states(case: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(&ok(&["request", "list", case, "--format", "json"])).unwrap()
}

/// The checks of the rows that stand so, by request.
pub fn checks(case: &str, outcome: &str) -> Vec<String> {
    let mut out: Vec<String> = states(case)
        .iter()
        .flat_map(|s| s["rows"].as_array().unwrap().clone())
        .filter(|r| r["outcome"] == outcome)
        .map(|r| r["check"].as_str().unwrap().to_owned())
        .collect();
    out.sort();
    out.dedup();
    out
}

/// Changes the rows of a reply by heading.
pub fn edit(path: &Path, mut change: impl FnMut(usize, &mut BTreeMap<String, String>)) -> PathBuf {
    let read = fs::read_to_string(path).unwrap();
    let mut lines = read.lines();
    let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut out = headings.join(",") + "\n";
    for (number, line) in lines.enumerate() {
        let mut row: BTreeMap<String, String> =
            headings.iter().map(|h| (*h).to_owned()).zip(line.split(',').map(str::to_owned)).collect();
        change(number, &mut row);
        out += &(headings.iter().map(|h| row[*h].as_str()).collect::<Vec<_>>().join(",") + "\n");
    }
    let to = path.with_extension("edited.csv");
    fs::write(&to, out).unwrap();
    to
}

/// Another case on the same records.
pub fn other_case(asked: &Asked, name: &str) -> String {
    let case = text(&asked.dir.path().join(name));
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    for folder in ["referrals", "returns", "registers"] {
        ok(&["intake", &case, "--basis", "B1", &text(&Path::new(&asked.world).join("files").join(folder))]);
    }
    case
}
