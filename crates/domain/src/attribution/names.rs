//! Names of hosts and domains, label by label from the right.
//!
//! A node is a label below another one, found by a table of hashes: a look costs a step for each label, and
//! ends where nothing is registered below. Nothing is copied and nothing is asked of the allocator; capitals
//! are small letters on the way.

use super::segments::{Entry, NONE};

/// The node above all others.
const ROOT: u32 = 0;
/// A label is at most this long (RFC 1035, 2.3.4).
const LABEL_BYTES_MAX: usize = 63;
/// More than this many nodes in a row make somebody wait: another seed is tried.
const ROW_MAX: usize = 48;
/// So many seeds; who collides with himself under all of them has earned his row.
const SEEDS_MAX: u64 = 32;

/// So long a label stands in its node, where a look comes by anyway.
const NEAR_BYTES: usize = 14;

/// Half of what a processor fetches from memory at once, and never across two of them.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Node {
    above: u32,
    /// Where its label begins among the letters, if it is a long one.
    label: u32,
    /// Who has everything from here on down.
    domain: Entry,
    /// Who has this name alone.
    host: Entry,
    length: u8,
    has_below: bool,
    near: [u8; NEAR_BYTES],
}

impl Node {
    fn new(above: u32) -> Self {
        let near = [0; NEAR_BYTES];
        Self { above, label: 0, domain: NONE, host: NONE, length: 0, has_below: false, near }
    }
}

#[derive(Debug)]
pub(super) struct Names {
    nodes: Vec<Node>,
    /// All long labels, in small letters.
    letters: Vec<u8>,
    /// Numbers of nodes where their hashes put them, or behind; a power of two. [`ROOT`] is free.
    table: Box<[u32]>,
    seed: u64,
}

impl Default for Names {
    fn default() -> Self {
        Self { nodes: vec![Node::new(ROOT)], letters: Vec::new(), table: vec![ROOT; 8].into(), seed: 1 }
    }
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Led {
    /// Of the longest domain.
    pub domain: Entry,
    /// Of the name itself.
    pub host: Entry,
}

impl Names {
    /// What is registered of a host, or above it.
    #[inline]
    pub(super) fn lead(&self, host: &str) -> Led {
        let mut led = Led { domain: NONE, host: NONE };
        let mut node = ROOT;
        let name = host.strip_suffix('.').unwrap_or(host).as_bytes();
        let mut end = name.len();
        loop {
            if !self.nodes[node as usize].has_below {
                return led;
            }
            let begin = name[..end].iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
            let label = &name[begin..end];
            let Some(below) = self.below(node, label, self.hash(node, label)) else { return led };
            node = below;
            let found = &self.nodes[node as usize];
            if found.domain != NONE {
                led.domain = found.domain;
            }
            if begin == 0 {
                led.host = found.host;
                return led;
            }
            end = begin - 1;
        }
    }

    /// Where a domain, or a host, is noted. `None` when it is no name.
    pub(super) fn place(&mut self, name: &str, is_host: bool) -> Option<&mut Entry> {
        let mut node = ROOT;
        let name = name.strip_suffix('.').unwrap_or(name);
        let is_label = |label: &str| !label.is_empty() && label.len() <= LABEL_BYTES_MAX;
        if name.len() > 253 || !name.split('.').all(is_label) {
            return None;
        }
        for label in name.rsplit('.') {
            node = self.put(node, label.as_bytes());
        }
        let node = &mut self.nodes[node as usize];
        Some(if is_host { &mut node.host } else { &mut node.domain })
    }

    /// Tells `above` of each entry which domain is around it.
    pub(super) fn each_above(&self, mut above: impl FnMut(Entry, Entry)) {
        // A node stands behind the one above it.
        let mut around = vec![NONE; self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            let mut outer = around[node.above as usize];
            if node.domain != NONE {
                above(node.domain, outer);
                outer = node.domain;
            }
            if node.host != NONE {
                above(node.host, outer);
            }
            around[place] = outer;
        }
    }

    pub(super) fn fit(&mut self) {
        self.nodes.shrink_to_fit();
        self.letters.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Node>() * self.nodes.capacity() + self.letters.capacity() + size_of_val(&*self.table)
    }

    fn put(&mut self, above: u32, label: &[u8]) -> u32 {
        let hash = self.hash(above, label);
        if let Some(found) = self.below(above, label, hash) {
            return found;
        }
        let number = u32::try_from(self.nodes.len()).expect("fewer labels than bytes of memory");
        self.nodes[above as usize].has_below = true;
        let mut node = Node::new(above);
        node.length = u8::try_from(label.len()).expect("`place` takes no longer label");
        match node.near.get_mut(..label.len()) {
            Some(near) => {
                near.copy_from_slice(label);
                near.make_ascii_lowercase();
            }
            None => {
                node.label = u32::try_from(self.letters.len()).expect("fewer letters than bytes of memory");
                self.letters.extend(label.iter().map(u8::to_ascii_lowercase));
            }
        }
        self.nodes.push(node);
        let is_full = self.nodes.len() * 2 > self.table.len();
        if is_full {
            self.lay_out();
        } else if !settle(&mut self.table, hash, number) && self.seed < SEEDS_MAX {
            self.seed += 1;
            self.lay_out();
        }
        number
    }

    /// Lays all nodes out anew, in a table at most half full, with a seed under which no row is long.
    fn lay_out(&mut self) {
        let rows = (self.nodes.len() * 4).next_power_of_two();
        loop {
            let mut table = vec![ROOT; rows].into_boxed_slice();
            let mut all_fit = true;
            for (place, node) in self.nodes.iter().enumerate().skip(1) {
                let hash = self.hash(node.above, self.label(node));
                all_fit &= settle(&mut table, hash, u32::try_from(place).unwrap_or(ROOT));
            }
            if all_fit || self.seed >= SEEDS_MAX {
                self.table = table;
                return;
            }
            self.seed += 1;
        }
    }

    fn label<'n>(&'n self, node: &'n Node) -> &'n [u8] {
        let length = usize::from(node.length);
        node.near.get(..length).unwrap_or_else(|| &self.letters[node.label as usize..][..length])
    }

    /// Of a label below a node. Eight letters at a time, of which the last eight may hold some once more.
    #[inline]
    fn hash(&self, above: u32, label: &[u8]) -> u64 {
        let beginning = u64::from(above) ^ self.seed << 32 ^ (label.len() as u64) << 56;
        let mut hash = beginning.wrapping_mul(MULTIPLIER);
        let (eights, rest) = label.as_chunks::<8>();
        for letters in eights {
            hash = mixed(hash, u64::from_le_bytes(*letters));
        }
        match label.last_chunk::<8>() {
            _ if rest.is_empty() => hash,
            Some(letters) => mixed(hash, u64::from_le_bytes(*letters)),
            None => mixed(hash, rest.iter().fold(0, |word, letter| word << 8 | u64::from(*letter))),
        }
    }

    #[inline]
    fn below(&self, above: u32, label: &[u8], hash: u64) -> Option<u32> {
        let mut row = row(&self.table, hash);
        loop {
            let number = self.table[row];
            if number == ROOT {
                return None;
            }
            let node = &self.nodes[number as usize];
            if node.above == above && self.label(node).eq_ignore_ascii_case(label) {
                return Some(number);
            }
            row = (row + 1) & (self.table.len() - 1);
        }
    }
}

/// An odd number whose bits look as if they were thrown.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// What makes a capital a small letter. It makes some other signs the same, too; whether two labels are equal is
/// asked of the labels.
const SMALL: u64 = u64::from_le_bytes([b' '; 8]);

#[inline]
fn mixed(hash: u64, letters: u64) -> u64 {
    (hash ^ (letters | SMALL)).wrapping_mul(MULTIPLIER).rotate_left(29)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
fn row(table: &[u32], hash: u64) -> usize {
    (hash ^ hash >> 31) as usize & (table.len() - 1)
}

/// Puts a node where its hash says, or behind. Gives whether that was near.
fn settle(table: &mut [u32], hash: u64, number: u32) -> bool {
    let (mut row, mut steps) = (row(table, hash), 0);
    while table[row] != ROOT {
        row = (row + 1) & (table.len() - 1);
        steps += 1;
    }
    table[row] = number;
    steps <= ROW_MAX
}
