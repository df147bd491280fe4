//! Parts of which pages are made. They take data by props and give events by callbacks; they know no api, no store, no sync.
//! Only [`Frame`] reads the state, for what stands on every page: who is signed in, what waits, how the link is.
//!
//! | part | classes in `style/components.css` |
//! |---|---|
//! | [`Frame`], [`Side`] | `.frame .bar .nav .page` |
//! | [`Icon`] | `.icon` |
//! | [`Button`], [`Kind`] | `.btn .btn-*` |
//! | [`Card`], [`Badge`], [`Counter`], [`Tone`] | `.card .badge .counter .tone-*` |
//! | [`Field`], [`Area`], [`Choice`], [`Check`] | `.field .input .choices .check` |
//! | [`EmptyFace`], [`LoadingFace`], [`OfflineFace`], [`ErrorFace`] | `.face` |
//! | [`OpState`] | `.op` |
//! | [`InstallCard`] | `.steps` |
//! | [`Sheet`], [`Confirm`] | `.sheet` |
//! | [`toast`], [`toast_undo`] | `.toast` |

mod button;
mod card;
mod faces;
mod field;
mod frame;
mod icon;
mod install;
mod op_state;
mod sheet;
pub mod staff;
mod toast;

pub use button::{Button, Kind};
pub use card::{Badge, Banner, Card, Counter, Tone};
pub use faces::{EmptyFace, ErrorFace, LoadingFace, OfflineFace};
pub use field::{Area, Check, Choice, Field};
pub use frame::{Frame, Side};
pub use icon::Icon;
pub use install::{InstallCard, install_way};
pub use op_state::{OpState, sending_icon, sending_text, sending_tone, sending_word};
pub use sheet::{Confirm, Sheet};
pub use toast::{ToastZone, toast, toast_undo};
