//! Identifiers that follow from what they name: the same thing has the same in every export.

use sha2::{Digest as _, Sha256};

/// A UUID made from names, of the SHA-256 of some parts. Its version is marked 5, as of any UUID made from names: UCO's shapes
/// know no later one.
pub(super) fn uuid(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes: [u8; 16] = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// The first digits of the SHA-256 of some parts, for forms that want short ones.
pub(super) fn short(parts: &[&str]) -> String {
    uuid(parts).replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn the_same_things_have_the_same_and_others_another() {
        assert_eq!(uuid(&["a", "b"]), uuid(&["a", "b"]));
        assert_ne!(uuid(&["a", "b"]), uuid(&["ab", ""]));
        let id = uuid(&["account", "x"]);
        assert_eq!((id.len(), id.as_bytes()[14], id.matches('-').count()), (36, b'5', 4));
    }
}
