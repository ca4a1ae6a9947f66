//! Known vectors, and another implementation (`tlog_tiles`, `signed_note`) as the judge of ours.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "test code")]

use std::collections::BTreeMap;
use std::path::Path;

use signed_note::{Note as OtherNote, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{HashReader, Tile, TileHashReader, TileReader, check_record, check_tree, record_hash};
use tutela_custody::proof::{Consistency, Inclusion};
use tutela_custody::tree::{
    Frontier, Nodes as _, consistency_proof, empty_root, inclusion_proof, leaf_hash, root, verify_consistency,
    verify_inclusion,
};
use tutela_custody::{Checkpoint, Draft, Hash, Log, Note, SignerKey, VerifierKey, tile};

/// The leaves and roots of the Certificate Transparency reference implementation, used by every RFC 6962 library.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaves() -> Vec<Hash> {
    LEAVES.iter().map(|l| leaf_hash(&hex::decode(l).unwrap())).collect()
}

#[test]
fn roots_are_those_of_rfc_6962() {
    let leaves = leaves();
    let mut frontier = Frontier::default();
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(frontier.root()), *expected);
        assert_eq!(hex::encode(root(leaves.as_slice(), size as u64).unwrap()), *expected);
        if let Some(leaf) = leaves.get(size) {
            frontier.push(*leaf);
        }
    }
}

/// Proofs published with the reference implementation.
#[test]
fn proofs_are_those_of_the_reference() {
    let leaves = leaves();
    let hex_of = |proof: Vec<Hash>| proof.iter().map(hex::encode).collect::<Vec<_>>();
    assert_eq!(
        hex_of(inclusion_proof(leaves.as_slice(), 5, 8).unwrap()),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    assert_eq!(
        hex_of(consistency_proof(leaves.as_slice(), 6, 8).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn every_small_proof_holds_and_no_altered_one_does() {
    let leaves: Vec<Hash> = (0..40u8).map(|n| leaf_hash(&[n])).collect();
    let nodes = leaves.as_slice();
    for size in 1..=leaves.len() as u64 {
        let whole = root(nodes, size).unwrap();
        for index in 0..size {
            let proof = inclusion_proof(nodes, index, size).unwrap();
            let leaf = nodes.node(0, index).unwrap();
            assert!(verify_inclusion(&leaf, index, size, &proof, &whole));
            assert!(!verify_inclusion(&leaf, index + 1, size, &proof, &whole) || size == 1 && index + 1 < size);
            assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &proof, &whole));
            let longer = [proof.clone(), vec![whole]].concat();
            assert!(!verify_inclusion(&leaf, index, size, &longer, &whole));
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at][0] ^= 1;
                assert!(!verify_inclusion(&leaf, index, size, &wrong, &whole));
            }
        }
        for old in 0..=size {
            let before = root(nodes, old).unwrap();
            let proof = consistency_proof(nodes, old, size).unwrap();
            assert!(verify_consistency((old, &before), (size, &whole), &proof), "{old} {size}");
            assert!(!verify_consistency((old, &leaf_hash(b"other")), (size, &whole), &proof), "{old} {size}");
            assert!(old == 0 || !verify_consistency((old, &before), (size, &empty_root()), &proof));
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at][0] ^= 1;
                assert!(!verify_consistency((old, &before), (size, &whole), &wrong));
            }
        }
    }
}

/// The note, the keys and the signature of the documentation of Go's note package.
#[test]
fn notes_are_those_of_the_specification() {
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signed = format!(
        "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    let key = SignerKey::from_secret_text(secret).unwrap();
    assert_eq!(key.to_secret_text(), secret);
    assert_eq!(key.verifier().to_string(), public);
    assert_eq!(key.sign(text).unwrap(), signed);
    let note: Note = signed.parse().unwrap();
    note.verify(&public.parse().unwrap()).unwrap();
    assert!(signed.replace("answer", "Answer").parse::<Note>().unwrap().verify(&key.verifier()).is_err());
    let other = SignerKey::new("PeterNeumann", &[7; 32]).unwrap().verifier();
    assert!(note.verify(&other).is_err(), "a key of the same name is another key");
}

#[test]
fn what_is_no_note_or_key_is_refused() {
    for text in
        ["", "a\n", "a\n\nb\n", "a\n\n\u{2014} x y\n", "a\r\n\n\u{2014} x AAAAAAAA\n", "a\n\n\u{2014} x AAAAAAAA"]
    {
        assert!(text.parse::<Note>().is_err(), "{text:?}");
    }
    for text in ["", "a+b+c", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text:?}");
    }
    for text in ["a\n01\nAAAA\n", "a\n1\nAAAA\n", "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"] {
        assert!(Checkpoint::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn paths_are_those_of_tlog_tiles() {
    for size in [0, 1, 255, 256, 257, 65_535, 65_536, 70_000] {
        let ours: Vec<String> =
            tile::all_paths(size).into_iter().map(|p| p.replacen("tile/entries", "tile/data", 1)).collect();
        let levels = (0..8u8).flat_map(|l| {
            let hashes = size >> (8 * u32::from(l));
            (0..hashes.div_ceil(256)).map(move |n| (l, n, u32::try_from((hashes - n * 256).min(256)).unwrap()))
        });
        let mut theirs: Vec<String> = levels
            .flat_map(|(l, n, w)| {
                let data = (l == 0).then(|| Tile::new(8, 0, n, w, true).path());
                data.into_iter().chain([Tile::new(8, l, n, w, false).path()])
            })
            .map(|path| path.replacen("tile/8/", "tile/", 1))
            .collect();
        theirs.sort();
        assert_eq!(ours, theirs, "{size}");
    }
}

/// A log on disk, as the other implementation reads it.
struct Disk<'a>(&'a Path);

impl TileReader for Disk<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |t: &Tile| std::fs::read(self.0.join(t.path().replacen("tile/8/", "tile/", 1))).unwrap();
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn draft(number: u64) -> Draft {
    Draft {
        utc: "2026-01-01T00:00:00.000000Z".to_owned(),
        who: "tester".to_owned(),
        act: "note".to_owned(),
        subject: format!("s{number}"),
        detail: serde_json::json!({ "number": number }),
    }
}

#[test]
fn another_implementation_reads_the_log_and_accepts_its_proofs() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let key = tutela_custody::new_key().unwrap();
    tutela_custody::create(folder, &key).unwrap();
    let log = Log::open(folder, Some(SignerKey::from_secret_text(&key.to_secret_text()).unwrap())).unwrap();
    let mut kept = BTreeMap::new();
    for number in 0..600 {
        log.append(draft(number)).unwrap();
        if [1, 100, 256, 300, 599].contains(&(number + 1)) {
            kept.insert(number + 1, log.checkpoint());
        }
    }
    drop(log);

    let key = std::fs::read_to_string(folder.join("log.vkey")).unwrap();
    let verifiers = VerifierList::new(vec![Box::new(StandardVerifier::new(key.trim_end()).unwrap())]);
    let head = |note: &str| {
        let note = OtherNote::from_bytes(note.as_bytes()).unwrap();
        let (good, _) = note.verify(&verifiers).unwrap();
        assert_eq!(good.len(), 1);
        tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap()
    };
    let newest = head(&std::fs::read_to_string(folder.join("checkpoint")).unwrap());
    assert_eq!(newest.size(), 600);
    let disk = Disk(folder);
    let reader = TileHashReader::new(600, *newest.hash(), &disk);
    for index in [0, 1, 255, 256, 511, 512, 599] {
        let proof = tutela_custody::prove_entry(folder, index).unwrap();
        let read = Inclusion::parse(&proof.to_text()).unwrap();
        assert_eq!(read, proof);
        let theirs = tlog_tiles::prove_record(600, index, &reader).unwrap();
        assert_eq!(theirs.iter().map(|h| h.0).collect::<Vec<_>>(), proof.hashes);
        let leaf = record_hash(&proof.entry);
        assert_eq!(reader.read_hashes(&[tlog_tiles::stored_hash_index(0, index)]).unwrap()[0].0, leaf.0);
        let ours = proof.hashes.iter().map(|h| tlog_tiles::Hash(*h)).collect();
        check_record(&ours, 600, *newest.hash(), index, leaf).unwrap();
        proof.verify(&key.trim_end().parse().unwrap()).unwrap();
    }
    for (size, note) in &kept {
        let older = head(note);
        assert_eq!(older.size(), *size);
        let proof = tutela_custody::prove_growth(folder, note).unwrap();
        let read = Consistency::parse(&proof.to_text()).unwrap();
        assert_eq!(read, proof);
        read.verify(note, &key.trim_end().parse().unwrap()).unwrap();
        let ours = proof.hashes.iter().map(|h| tlog_tiles::Hash(*h)).collect();
        check_tree(&ours, 600, *newest.hash(), *size, *older.hash()).unwrap();
    }
}

/// A checkpoint that the other implementation signs is one for us.
#[test]
fn checkpoints_of_another_implementation_are_read() {
    let key = SignerKey::new("example.com/log", &[9; 32]).unwrap();
    let signer = StandardSigner::new(&key.to_secret_text()).unwrap();
    let text = Checkpoint { origin: "example.com/log".to_owned(), size: 3, root: [5; 32] }.text();
    let mut note = OtherNote::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer]).unwrap();
    let note = String::from_utf8(note.to_bytes()).unwrap();
    assert_eq!(Checkpoint::open(&note, &key.verifier()).unwrap().size, 3);
    assert_eq!(key.sign(&text).unwrap(), note);
}
