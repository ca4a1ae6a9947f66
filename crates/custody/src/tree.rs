//! The Merkle tree of RFC 6962, section 2.1: SHA-256, leaves and nodes told apart by their first byte.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The hash of an entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// The hash of two subtrees.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root of the tree without entries.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of a growing tree: its perfect subtrees, the largest first. All that is needed to append and to know the
/// root.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<(u32, Hash)>,
}

impl Frontier {
    /// Entries so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of an entry.
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(leaf, 0);
    }

    /// Appends a perfect subtree of `2^level` entries. The size must be a multiple of that.
    pub fn push_subtree(&mut self, hash: Hash, level: u32) {
        self.size += 1 << level;
        let (mut hash, mut level) = (hash, level);
        while let Some((_, left)) = self.edge.pop_if(|(l, _)| *l == level) {
            hash = node_hash(&left, &hash);
            level += 1;
        }
        self.edge.push((level, hash));
    }

    /// The root of the tree as it stands.
    #[must_use]
    pub fn root(&self) -> Hash {
        let folded = self.edge.iter().rev().map(|(_, hash)| *hash).reduce(|right, left| node_hash(&left, &right));
        folded.unwrap_or_else(empty_root)
    }
}

/// The root over the hashes of a perfect subtree; computed in place.
#[must_use]
pub fn perfect_root(mut hashes: Vec<Hash>) -> Hash {
    debug_assert!(hashes.len().is_power_of_two());
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| node_hash(&pair[0], &pair[pair.len() - 1])).collect();
    }
    hashes.pop().unwrap_or_else(empty_root)
}

/// Where the hashes of perfect subtrees come from.
pub trait Nodes {
    /// Why one could not be had.
    type Error;

    /// The hash over entries `index << level .. (index + 1) << level`.
    ///
    /// # Errors
    /// Where it cannot be had.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The hashes of entries in memory.
impl Nodes for [Hash] {
    type Error = std::convert::Infallible;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        let part = usize::try_from(index << level).ok().and_then(|from| self.get(from..from + (1 << level)));
        Ok(part.map_or_else(empty_root, |part| perfect_root(part.to_vec())))
    }
}

/// The largest power of two below `n`, which must be above one.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root of entries `from..until`, where `from` is a multiple of the next power of two of the length.
fn range<N: Nodes + ?Sized>(nodes: &N, from: u64, until: u64) -> Result<Hash, N::Error> {
    let length = until - from;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        return nodes.node(level, from >> level);
    }
    let middle = from + split(length);
    Ok(node_hash(&range(nodes, from, middle)?, &range(nodes, middle, until)?))
}

/// The root of the first `size` entries.
///
/// # Errors
/// Where a hash cannot be had.
pub fn root<N: Nodes + ?Sized>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range(nodes, 0, size) }
}

/// The proof that entry `index` is in the tree of `size` entries (RFC 6962, 2.1.1). Empty where it is not in there.
///
/// # Errors
/// Where a hash cannot be had.
pub fn inclusion_proof<N: Nodes + ?Sized>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut out = Vec::new();
    let (mut from, mut until) = (0, size);
    while index < size && until - from > 1 {
        let middle = from + split(until - from);
        if index < middle {
            out.push(range(nodes, middle, until)?);
            until = middle;
        } else {
            out.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    out.reverse();
    Ok(out)
}

/// The proof that the tree of `size` entries only adds to that of `old` (RFC 6962, 2.1.2). Empty where `old` is zero or
/// not smaller.
///
/// # Errors
/// Where a hash cannot be had.
pub fn consistency_proof<N: Nodes + ?Sized>(nodes: &N, old: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut out = Vec::new();
    if old == 0 || old >= size {
        return Ok(out);
    }
    let (mut from, mut until) = (0, size);
    let mut whole = true;
    while until != old {
        let middle = from + split(until - from);
        if old <= middle {
            out.push(range(nodes, middle, until)?);
            until = middle;
        } else {
            out.push(range(nodes, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        out.push(range(nodes, from, until)?);
    }
    out.reverse();
    Ok(out)
}

/// Whether a proof shows that the entry with that hash is number `index` of the tree (RFC 9162, 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that the newer tree only adds to the older one (RFC 9162, 2.1.4.2). Every tree adds to the empty
/// one.
#[must_use]
pub fn verify_consistency(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    if old_size > new_size {
        return false;
    }
    let mut steps = proof.iter();
    let first = if old_size.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut was, mut is) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            was = node_hash(step, &was);
            is = node_hash(step, &is);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            is = node_hash(&is, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && was == *old_root && is == *new_root
}
