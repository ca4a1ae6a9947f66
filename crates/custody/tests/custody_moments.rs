//! An earlier moment of the log can be shown again: the checkpoint that was signed then, and proofs under it, however the
//! log has grown.

#![allow(clippy::unwrap_used, reason = "test code")]

use tutela_custody::{Draft, Log, create, new_key, prove_entry_at, published_key};

#[test]
fn a_moment_of_the_log_is_the_same_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, key) = (dir.path().join("custody"), new_key().unwrap());
    create(&folder, &key).unwrap();
    let log = Log::open(&folder, Some(key)).unwrap();
    let mut kept = Vec::new();
    for number in 0..300_u32 {
        let text = |t: &str| t.to_owned();
        let detail = serde_json::json!({ "number": number });
        log.append(Draft {
            utc: text("2026-05-04T10:00:00Z"),
            who: text("w"),
            act: text("a"),
            subject: text("s"),
            detail,
        })
        .unwrap();
        kept.push(log.checkpoint());
    }
    let published = published_key(&folder).unwrap();
    for size in [1, 2, 3, 255, 256, 257, 299, 300_u64] {
        let then = kept.get(usize::try_from(size).unwrap() - 1).unwrap();
        assert_eq!(&log.checkpoint_at(size).unwrap(), then, "{size}");
        for index in [0, size / 2, size - 1] {
            let proof = prove_entry_at(&folder, index, then).unwrap();
            assert_eq!(proof.verify(&published).unwrap().size, size);
            assert_eq!(proof.to_text(), prove_entry_at(&folder, index, then).unwrap().to_text());
        }
        assert!(prove_entry_at(&folder, size, then).is_err(), "a later entry is not in it");
    }
    assert!(log.checkpoint_at(0).is_err() && log.checkpoint_at(301).is_err());
    let forged = kept.last().unwrap().replace("300", "301");
    assert!(prove_entry_at(&folder, 0, &forged).is_err());
}
