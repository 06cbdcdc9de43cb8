//! The hash tree of the ledger: RFC 6962, section 2.1, with SHA-256.
//!
//! A root of 32 bytes stands for everything before it. An inclusion proof shows that a leaf is in
//! it, a consistency proof that a later tree only grew: whoever kept an old root finds out when
//! history is edited. Verifying needs nothing but the proof, so a partner can do it offline.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of one leaf: a zero byte in front keeps a leaf from passing as a node (section 2.1).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The largest power of two that is smaller than `size`, which is at least 2.
fn split(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The root over leaf hashes in order. Of no leaves it is the hash of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The tree of a log that only grows, with its root at hand: one node for each full subtree on the
/// right edge, the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    nodes: Vec<Hash>,
}

impl Edge {
    /// Appends a leaf in constant time on average.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // As many full subtrees end here as the old size has ones at its end.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn root(&self) -> Hash {
        let from_right = self.nodes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        from_right.unwrap_or_else(|| root(&[]))
    }
}

/// The hashes that lead from leaf `index` to the root (section 2.1.1), the lowest first. `None` when
/// there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = match index < left.len() {
        true => (inclusion(left, index)?, root(right)),
        false => (inclusion(right, index - left.len())?, root(left)),
    };
    proof.push(sibling);
    Some(proof)
}

/// The hashes that show that the tree of the first `size` leaves only grew (section 2.1.2). `None`
/// when `size` is 0 or more than there are.
pub fn consistency(leaves: &[Hash], size: usize) -> Option<Vec<Hash>> {
    if size == 0 || size > leaves.len() {
        return None;
    }
    Some(subproof(leaves, size, true))
}

fn subproof(leaves: &[Hash], size: usize, complete: bool) -> Vec<Hash> {
    if size == leaves.len() {
        return if complete { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = match size <= left.len() {
        true => (subproof(left, size, complete), root(right)),
        false => (subproof(right, size - left.len(), false), root(left)),
    };
    proof.push(sibling);
    proof
}

/// Whether `proof` shows that `leaf` stands at `index` of the tree with `size` leaves and `root`.
///
/// Source: RFC 9162, section 2.1.3.2, which says for RFC 6962 how to verify.
pub fn includes(root: &Hash, size: u64, index: u64, leaf: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `old_size` leaves and `old_root` is the beginning of the
/// tree of `size` leaves and `root`.
///
/// Source: RFC 9162, section 2.1.4.2. An empty old tree is the beginning of any, so nothing can be shown
/// about it and every proof is refused.
pub fn is_consistent(old_root: &Hash, old_size: u64, new_root: &Hash, size: u64, proof: &[Hash]) -> bool {
    if old_size == 0 || old_size > size {
        return false;
    }
    if old_size == size {
        return proof.is_empty() && old_root == new_root;
    }
    let (mut old_at, mut at) = (old_size - 1, size - 1);
    while old_at & 1 == 1 {
        old_at >>= 1;
        at >>= 1;
    }
    let mut proof = proof.iter();
    // Where the old tree is full, its root is itself the first node.
    let first = if old_size.is_power_of_two() { Some(old_root) } else { proof.next() };
    let Some(first) = first else { return false };
    let (mut old_hash, mut hash) = (*first, *first);
    for sibling in proof {
        if at == 0 {
            return false;
        }
        if old_at & 1 == 1 || old_at == at {
            old_hash = node_hash(sibling, &old_hash);
            hash = node_hash(sibling, &hash);
            while old_at & 1 == 0 && old_at != 0 {
                old_at >>= 1;
                at >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        old_at >>= 1;
        at >>= 1;
    }
    at == 0 && old_hash == *old_root && hash == *new_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: u32) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
    }

    fn hex(hash: Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_empty_tree_and_the_empty_leaf_are_those_of_the_rfc() {
        assert_eq!(hex(root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    proptest! {
        #[test]
        fn a_tree_that_grows_leaf_by_leaf_has_the_same_root(count in 0u32..300) {
            let mut edge = Edge::default();
            leaves(count).into_iter().for_each(|leaf| edge.push(leaf));
            prop_assert_eq!(edge.root(), root(&leaves(count)));
            prop_assert_eq!(edge.size(), u64::from(count));
        }

        #[test]
        fn every_leaf_can_be_shown_and_nothing_else_passes(count in 1u32..130, pick in 0u32..130, bit in 0usize..256) {
            let index = pick % count;
            let all = leaves(count);
            let (top, leaf) = (root(&all), all[index as usize]);
            let proof = inclusion(&all, index as usize).unwrap();
            let size = u64::from(count);
            prop_assert!(includes(&top, size, index.into(), &leaf, &proof));
            let mut forged = leaf;
            forged[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!includes(&top, size, index.into(), &forged, &proof));
            prop_assert!(!includes(&top, size, u64::from((index + 1) % count), &leaf, &proof) || count == 1);
            let mut long = proof.clone();
            long.push(leaf);
            prop_assert!(!includes(&top, size, index.into(), &leaf, &long));
        }

        #[test]
        fn a_tree_that_only_grew_can_show_it_and_an_edited_one_cannot(old in 1u32..100, more in 0u32..60, edit in 0u32..100) {
            let all = leaves(old + more);
            let (old_root, top) = (root(&all[..old as usize]), root(&all));
            let proof = consistency(&all, old as usize).unwrap();
            prop_assert!(is_consistent(&old_root, old.into(), &top, u64::from(old + more), &proof));
            let mut edited = all.clone();
            edited[(edit % old) as usize][0] ^= 1;
            let proof = consistency(&edited, old as usize).unwrap();
            prop_assert!(!is_consistent(&old_root, old.into(), &root(&edited), u64::from(old + more), &proof));
        }
    }
}
