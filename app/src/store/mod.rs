//! The two storages of the phone. [`local`]: one write-once key per op, written first, in the tap handler, and a few hints. [`idb`]:
//! IndexedDB with strict durability, whose commit is what *Đã lưu trên máy này* means. Knows no network and no screen.

pub mod idb;
mod kept;
pub mod local;

pub use idb::{Db, IdbFault, StoredOp};
pub use kept::Kept;
