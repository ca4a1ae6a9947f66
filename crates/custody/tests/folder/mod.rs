//! A small case folder made without the case crate: a log of a few hundred acts, sealed files, records and a run.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "test code")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tutela_custody::tree::{Frontier, leaf_hash, perfect_root};
use tutela_custody::{Checkpoint, Draft, Log, SignerKey, tile};

pub fn draft(act: &str, subject: &str, detail: serde_json::Value) -> Draft {
    Draft {
        utc: "2026-01-01T00:00:00.000000Z".to_owned(),
        who: "tester".to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        detail,
    }
}

fn digest(path: &Path) -> String {
    tutela_custody::file_digest(path).unwrap()
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

pub fn copy_of(key: &SignerKey) -> SignerKey {
    SignerKey::from_secret_text(&key.to_secret_text()).unwrap()
}

/// Makes a case of `acts` entries at `root` and closes it; returns its key and a checkpoint after a third of them.
pub fn make(root: &Path, acts: u64) -> (SignerKey, String) {
    let folder = root.join("custody");
    let key = tutela_custody::new_key().unwrap();
    tutela_custody::create(&folder, &key).unwrap();
    tutela_custody::write_key(&folder.join("key"), &key).unwrap();
    let log = Log::open(&folder, Some(copy_of(&key))).unwrap();
    log.append(draft("case_init", "case", serde_json::json!({ "log_key": key.verifier().to_string() }))).unwrap();
    for number in 0..3u32 {
        let bytes = format!("source {number}\n").repeat(20 + number as usize);
        let part = root.join("part");
        write(&part, bytes.as_bytes());
        let id = digest(&part);
        let sealed = root.join("sealed").join(&id);
        fs::create_dir_all(sealed.parent().unwrap()).unwrap();
        fs::rename(&part, &sealed).unwrap();
        let mut permissions = fs::metadata(&sealed).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&sealed, permissions).unwrap();
        let records = root.join("records/session").join(format!("{id}.parquet"));
        write(&records, format!("records {number}").as_bytes());
        log.append(draft("intake", &id, serde_json::json!({ "records": { "session": digest(&records) } }))).unwrap();
    }
    let stage = root.join("runs/0011223344556677/step/stage.parquet");
    write(&stage, b"a stage");
    let stages = serde_json::json!({ "stages": { "step/stage.parquet": digest(&stage) } });
    log.append(draft("run", "0011223344556677", stages)).unwrap();
    // Particulars too long for an entry lie beside the log.
    let long = "p ".repeat(25_000);
    log.append(draft("reveal", "names", serde_json::json!({ "people": long }))).unwrap();
    let mut kept = String::new();
    let threads = 16;
    for (number, from) in (6..acts).step_by(threads).enumerate() {
        std::thread::scope(|scope| {
            for n in from..(from + threads as u64).min(acts) {
                let log = &log;
                scope.spawn(move || {
                    log.append(draft("sign_off", &format!("lead {n}"), serde_json::json!({ "n": n }))).unwrap()
                });
            }
        });
        if number as u64 == acts / 3 / threads as u64 {
            kept = log.checkpoint();
        }
    }
    drop(log);
    (key, kept)
}

/// Every file of a case with its bytes.
pub fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                out.insert(path.strip_prefix(root).unwrap().to_path_buf(), bytes);
            }
        }
    }
    out
}

/// The entries in the bundles of a log.
pub fn entries(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<Vec<u8>> {
    let bundles = files.iter().filter(|(path, _)| path.starts_with("custody/tile/entries"));
    bundles
        .flat_map(|(_, bytes)| tile::decode_bundle(bytes).unwrap().into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect()
}

/// The files of a log of these entries, as a forger would make them: everything fits, and the key signs.
pub fn forge(entries: &[Vec<u8>], key: &SignerKey) -> BTreeMap<PathBuf, Vec<u8>> {
    let size = entries.len() as u64;
    let mut out = BTreeMap::new();
    for (place, chunk) in tile::tiles(None, size).zip(entries.chunks(256)) {
        let mut bundle = Vec::new();
        chunk.iter().for_each(|e| tile::push_entry(&mut bundle, e).unwrap());
        out.insert(Path::new("custody").join(place.path()), bundle);
    }
    let mut hashes: Vec<_> = entries.iter().map(|e| leaf_hash(e)).collect();
    let mut frontier = Frontier::default();
    hashes.iter().for_each(|h| frontier.push(*h));
    for level in 0..tile::levels(size) {
        let mut above = Vec::new();
        for (place, chunk) in tile::tiles(Some(level), size).zip(hashes.chunks(256)) {
            out.insert(Path::new("custody").join(place.path()), tile::encode_tile(chunk));
            if chunk.len() == 256 {
                above.push(perfect_root(chunk.to_vec()));
            }
        }
        hashes = above;
    }
    let origin = key.verifier().name().to_owned();
    let note = Checkpoint { origin, size, root: frontier.root() }.sign(key).unwrap();
    out.insert("custody/checkpoint".into(), note.into_bytes());
    out
}
