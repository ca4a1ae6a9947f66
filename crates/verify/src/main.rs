//! `tutela-verify`: checks what a case's custody log says, for those who need not trust Tutela, the case's holder or this
//! machine. It needs no database, no engine and no secret.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use tutela_custody::{
    AuditOptions, CustodyError, Earlier, Entry, VerifierKey, check_case, file_digest,
    proof::{Consistency, Inclusion},
};

const HELP: &str = "\
tutela-verify checks cases, proofs and checkpoints. It needs no database and no secret.

  tutela-verify case FOLDER [--key KEY] [--checkpoint FILE]...
      every entry, tile, sealed file, record file and run of a case, and checkpoints that were kept elsewhere
  tutela-verify log FOLDER [--key KEY] [--checkpoint FILE]...
      the custody log alone
  tutela-verify item PROOF [FILE] --key KEY
      that the act in PROOF (c2sp.org/tlog-proof) is in the log; with FILE, that the act is about exactly this file
  tutela-verify growth OLDER PROOF --key KEY
      that the log only grew between the checkpoint OLDER and the one in PROOF

KEY is a key as in CASE/custody/log.vkey, or a file that holds one. Without it `case` and `log` believe the key that the
folder states, which says less: whoever can write the folder can write another key.

0: whole; 1: cannot be checked; 2: broken.";

/// Why the answer is not `whole`.
enum Stop {
    Broken(Vec<String>),
    Cannot(String),
}

impl From<CustodyError> for Stop {
    fn from(error: CustodyError) -> Self {
        match error {
            CustodyError::Damaged(text) => Self::Broken(vec![text]),
            CustodyError::Io { path, source } => Self::Cannot(format!("{}: {source}", path.display())),
            other => Self::Cannot(other.to_string()),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (text, code) = match carry_out(&arguments) {
        Ok(text) => (text, 0),
        Err(Stop::Broken(lines)) => (lines.iter().map(|l| format!("BROKEN  {l}")).collect::<Vec<_>>().join("\n"), 2),
        Err(Stop::Cannot(text)) => {
            let _unheard = writeln!(std::io::stderr().lock(), "tutela-verify: {text}");
            return ExitCode::from(1);
        }
    };
    let _gone = writeln!(std::io::stdout().lock(), "{text}");
    ExitCode::from(code)
}

/// The words of a command, and what its options say.
#[derive(Default)]
struct Request<'a> {
    words: Vec<&'a str>,
    key: Option<VerifierKey>,
    checkpoints: Vec<&'a str>,
}

fn carry_out(arguments: &[String]) -> Result<String, Stop> {
    let request = parse(arguments)?;
    match request.words.as_slice() {
        ["case", folder] => case(Path::new(folder), &request),
        ["log", folder] => log(Path::new(folder), &request),
        ["item", proof] => item(proof, None, &request),
        ["item", proof, file] => item(proof, Some(file), &request),
        ["growth", older, proof] => growth(older, proof, &request),
        [] | ["help"] => Ok(HELP.to_owned()),
        _ => Err(Stop::Cannot(format!("not a request that I know\n\n{HELP}"))),
    }
}

fn parse(arguments: &[String]) -> Result<Request<'_>, Stop> {
    let mut request = Request::default();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(word) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| Stop::Cannot(format!("{word}: needs a value after it")));
        match word {
            "--key" => request.key = Some(key(value()?)?),
            "--checkpoint" => request.checkpoints.push(value()?),
            "--help" | "-h" => request.words = vec!["help"],
            option if option.starts_with("--") => {
                return Err(Stop::Cannot(format!("{option}: not an option that I know\n\n{HELP}")));
            }
            word => request.words.push(word),
        }
    }
    Ok(request)
}

/// A key as it is, or from a file.
fn key(text: &str) -> Result<VerifierKey, Stop> {
    let text = if Path::new(text).is_file() { read(text)? } else { text.to_owned() };
    text.trim().parse().map_err(|e| Stop::Cannot(format!("--key: {e}")))
}

fn read(path: &str) -> Result<String, Stop> {
    std::fs::read_to_string(path).map_err(|e| Stop::Cannot(format!("{path}: {e}")))
}

fn options(request: &Request<'_>) -> Result<AuditOptions, Stop> {
    let earlier = |path: &&str| Ok(Earlier { name: (*path).to_owned(), note: read(path)? });
    let earlier = request.checkpoints.iter().map(earlier).collect::<Result<_, Stop>>()?;
    Ok(AuditOptions { key: request.key.clone(), earlier })
}

fn need_key(request: &Request<'_>) -> Result<VerifierKey, Stop> {
    request.key.clone().ok_or_else(|| Stop::Cannot("--key KEY is needed: whose log should this be?".to_owned()))
}

fn case(folder: &Path, request: &Request<'_>) -> Result<String, Stop> {
    let found = check_case(folder, &options(request)?)?;
    if !found.broken.is_empty() {
        return Err(Stop::Broken(found.broken));
    }
    let mut out: Vec<String> = found.unfinished.iter().map(|line| format!("unfinished  {line}")).collect();
    out.push(format!(
        "whole: {} entries, {} sealed files, {} record files, {} files of runs, {} time-stamps",
        found.log.entries, found.sealed, found.records, found.stages, found.timestamps
    ));
    out.extend(believed(request, found.log.key.as_ref()));
    Ok(out.join("\n"))
}

fn log(folder: &Path, request: &Request<'_>) -> Result<String, Stop> {
    let folder = if folder.join("custody").is_dir() { folder.join("custody") } else { folder.to_path_buf() };
    let found = tutela_custody::audit(&folder, &options(request)?, &mut |_, _| {})?;
    if !found.broken.is_empty() {
        return Err(Stop::Broken(found.broken));
    }
    let mut out = vec![format!("whole: {} entries", found.entries)];
    out.extend(believed(request, found.key.as_ref()));
    Ok(out.join("\n"))
}

/// What was taken on the folder's word.
fn believed(request: &Request<'_>, key: Option<&VerifierKey>) -> Option<String> {
    let key = key.filter(|_| request.key.is_none())?;
    Some(format!("The key was believed as the folder states it: {key}"))
}

fn item(proof: &str, file: Option<&str>, request: &Request<'_>) -> Result<String, Stop> {
    let proof = Inclusion::parse(&read(proof)?)?;
    let checkpoint = proof.verify(&need_key(request)?)?;
    let entry = Entry::parse(&proof.entry)?;
    let mut out = format!(
        "whole: entry {} of {} in the log {}\n  when  {}\n  who   {}\n  what  {}\n  to    {}",
        proof.index, checkpoint.size, checkpoint.origin, entry.utc, entry.who, entry.act, entry.subject
    );
    if let Some(file) = file {
        let digest = file_digest(Path::new(file)).map_err(|e| Stop::Cannot(format!("{file}: {e}")))?;
        let role = role(&entry, &digest)
            .ok_or_else(|| Stop::Broken(vec![format!("{file}: its SHA-256 {digest} is not in this act")]))?;
        out.push_str(&format!("\n  {file} is {role}, SHA-256 {digest}"));
    }
    Ok(out)
}

/// What the file with that digest is in an act.
fn role(entry: &Entry, digest: &str) -> Option<String> {
    if entry.act == "intake" && entry.subject == digest {
        return Some("the file that was sealed".to_owned());
    }
    ["records", "stages", "files"].iter().find_map(|key| {
        let files = entry.detail.get(key)?.as_object()?;
        let (name, _) = files.iter().find(|(_, value)| value.as_str() == Some(digest))?;
        Some(format!("{name} of the {key}"))
    })
}

fn growth(older: &str, proof: &str, request: &Request<'_>) -> Result<String, Stop> {
    let proof = Consistency::parse(&read(proof)?)?;
    let (old, new) = proof.verify(&read(older)?, &need_key(request)?)?;
    Ok(format!("whole: the log {} of {} entries only adds to its first {}", new.origin, new.size, old.size))
}
