//! Files on their way from a browser into a case: streamed into a folder of the case under a limit, and kept there until they
//! are taken in, thrown away, or the server starts anew. Nothing of them counts before.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use axum::body::Body;
use axum::http::StatusCode;
use futures::StreamExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;
use crate::sign_in::{lock, random};

/// So many files may wait.
const FILES_MAX: usize = 1000;
/// The longest name of a file in ASCII, in characters.
const ASCII_NAME_MAX: usize = 200;
/// The longest name with other characters: each takes up to four bytes, and file systems take 255.
const NAME_MAX: usize = 60;
/// The same as the document says it.
pub(crate) const NAME_PATTERN: &str =
    concat!(r"^([^\s./\\\x00-\x1f\x7f-\x9f][^/\\\x00-\x1f\x7f-\x9f]{0,59}", r"|[!-\-0-\[\]-~][ -.0-\[\]-~]{0,199})$");

/// A file that was sent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Upload {
    pub(crate) upload_id: String,
    pub(crate) file_name: String,
    size_bytes: u64,
    /// Of what arrived.
    sha256: String,
    #[serde(skip)]
    who: String,
}

/// The files that wait.
pub(crate) struct Uploads {
    folder: PathBuf,
    bytes_max: u64,
    waiting: Mutex<BTreeMap<String, Upload>>,
}

impl Uploads {
    /// None wait; what an earlier server left is thrown away.
    pub(crate) fn new(root: &Path, bytes_max: u64) -> Self {
        let folder = root.join("uploads");
        let _was_there = std::fs::remove_dir_all(&folder);
        Self { folder, bytes_max, waiting: Mutex::new(BTreeMap::new()) }
    }

    /// Takes a file as it arrives.
    pub(crate) async fn receive(&self, who: &str, file_name: &str, body: Body) -> Result<Upload, Problem> {
        let file_name = checked(file_name)?;
        if lock(&self.waiting).len() >= FILES_MAX {
            return Err(too_much(format!("{FILES_MAX} files wait already; take them in or throw them away")));
        }
        let upload_id = random().map_err(|e| Problem::internal(e.to_string()))?;
        let folder = self.folder.join(&upload_id);
        let received = self.write(&folder, &file_name, body).await;
        let (size_bytes, sha256) = match received {
            Ok(received) => received,
            Err(problem) => {
                let _gone = std::fs::remove_dir_all(&folder);
                return Err(problem);
            }
        };
        let upload = Upload { upload_id: upload_id.clone(), file_name, size_bytes, sha256, who: who.to_owned() };
        lock(&self.waiting).insert(upload_id, upload.clone());
        Ok(upload)
    }

    async fn write(&self, folder: &Path, file_name: &str, body: Body) -> Result<(u64, String), Problem> {
        let failed = |e: std::io::Error| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "environment", format!("{file_name}: cannot be kept: {e}"))
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = std::fs::File::create(folder.join(file_name)).map_err(failed)?;
        let (mut hash, mut size) = (Sha256::new(), 0_u64);
        let before: u64 = lock(&self.waiting).values().map(|u| u.size_bytes).sum();
        let mut parts = body.into_data_stream();
        while let Some(part) = parts.next().await {
            let part = part.map_err(|e| Problem::bad(format!("{file_name}: did not arrive whole: {e}")))?;
            size += part.len() as u64;
            if before + size > self.bytes_max {
                let most = self.bytes_max >> 20;
                return Err(too_much(format!("{file_name}: with what waits already it is more than {most} MiB")));
            }
            hash.update(&part);
            // Parts are small, and the system keeps them before the disk does.
            file.write_all(&part).map_err(failed)?;
        }
        Ok((size, hex::encode(hash.finalize())))
    }

    /// The files of those numbers, which must be of that person.
    pub(crate) fn of(&self, who: &str, ids: &[String]) -> Result<Vec<(Upload, PathBuf)>, Problem> {
        let waiting = lock(&self.waiting);
        ids.iter()
            .map(|id| {
                let found = waiting.get(id).filter(|u| u.who == who);
                let upload = found.ok_or_else(|| Problem::not_found(format!("upload {id}: none of yours waits")))?;
                Ok((upload.clone(), self.folder.join(id).join(&upload.file_name)))
            })
            .collect()
    }

    /// Throws files away.
    pub(crate) fn remove(&self, ids: &[String]) {
        for id in ids {
            if lock(&self.waiting).remove(id).is_some() {
                let _gone = std::fs::remove_dir_all(self.folder.join(id));
            }
        }
    }
}

fn too_much(detail: String) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "limit", detail)
}

/// A file's name that leads nowhere else.
fn checked(name: &str) -> Result<String, Problem> {
    let odd = |c: char| c == '/' || c == '\\' || c.is_control();
    let most = if name.is_ascii() { ASCII_NAME_MAX } else { NAME_MAX };
    let begins_badly = name.starts_with(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() || begins_badly || name.chars().count() > most || name.contains(odd) {
        let detail = format!(
            "file_name: expected the name of a file alone, of at most {ASCII_NAME_MAX} characters of ASCII or {NAME_MAX} of \
             any kind, and no blank or full stop before it"
        );
        return Err(Problem::bad(detail));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        for name in
            ["", " ", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a\nb", " a", &"x".repeat(201), &"è".repeat(61)]
        {
            assert!(checked(name).is_err(), "{name:?}");
        }
        for name in ["session.csv", "è un file.xml", "a..b", &"x".repeat(200), &"è".repeat(60)] {
            assert_eq!(checked(name).unwrap(), name);
        }
    }

    #[tokio::test]
    async fn what_is_too_large_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path(), 10);
        let first = uploads.receive("a", "one.csv", Body::from("12345678")).await.unwrap();
        assert_eq!(uploads.receive("a", "two.csv", Body::from("123")).await.unwrap_err().status, 413);
        assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 1);
        let ids = [first.upload_id.clone()];
        assert!(uploads.of("b", &ids).is_err(), "what one sent another does not take in");
        let (_, path) = uploads.of("a", &ids).unwrap().remove(0);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "12345678");
        uploads.remove(&ids);
        assert!(uploads.receive("a", "two.csv", Body::from("123")).await.is_ok());
    }
}
