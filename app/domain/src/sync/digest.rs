//! A digest of the ops of one writer: how many, the highest number, and a sum over their ids that does not depend on order. Phone and
//! server compare theirs to find what one of them lacks. It finds faults, not forgeries.

use crate::id::OpId;

/// The most writers that one pull may ask for.
pub const MOST_WRITERS: usize = 16;

/// See the module. Empty: no op.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many ops.
    pub count: u32,
    /// The highest number among them.
    pub high: u32,
    /// Sum of [`mix`] over their ids, wrapping.
    pub sum: u64,
}

impl Digest {
    /// Adds an op. Adding the same op twice is not noticed: whoever adds walks over a set.
    pub const fn add(&mut self, id: OpId, n: u32) {
        self.count = self.count.wrapping_add(1);
        if n > self.high {
            self.high = n;
        }
        self.sum = self.sum.wrapping_add(mix(id));
    }
    /// Of a set of ops.
    #[must_use]
    pub fn of(ops: impl IntoIterator<Item = (OpId, u32)>) -> Self {
        let mut digest = Self::default();
        for (id, n) in ops {
            digest.add(id, n);
        }
        digest
    }
    /// How many of the numbers 1 to `high` are missing, when each was used once.
    #[must_use]
    pub const fn gaps(&self) -> u32 {
        self.high.saturating_sub(self.count)
    }
}

/// 64 well-mixed bits of an id (splitmix64 over both halves).
#[must_use]
pub const fn mix(id: OpId) -> u64 {
    let (high, low) = id.0.as_u64_pair();
    split(split(high) ^ low)
}

const fn split(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
