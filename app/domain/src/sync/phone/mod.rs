//! The phone's core: from the tap to the disk, push, pull, what an answer changes, new epochs, pruning, the start. One body of code for
//! the browser and the simulator, over a [`Port`]. It knows no browser, no timer and no screen; when a round runs is the shell's matter.
//!
//! | module | what |
//! |---|---|
//! | [`outbox`] | the entries in memory: put, change, drop, and tell the screen |
//! | [`tap`] | an op is made, written to both storages, put away, sent again |
//! | [`boot`] | the first load, words of other tabs, the cache |
//! | [`push`] | what waits goes out; settle, new epoch, prune |
//! | [`pull`] | rows come in; digests of writers |

pub mod boot;
pub mod outbox;
pub mod pull;
pub mod push;
pub mod tap;

use super::answer::NoAnswer;
use super::batch::Limits;
use super::port::{Offline, Port};

/// Why a round ended early. Everything stays where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No whole answer.
    #[error("no network")]
    NoNetwork,
    /// Something that is no answer.
    #[error("no answer: {0}")]
    NoAnswer(#[from] NoAnswer),
}

impl From<Offline> for Failure {
    fn from(_: Offline) -> Self {
        Self::NoNetwork
    }
}

/// One round: make durable what is not yet, push what waits, pull if wanted or `pull_anyway`. A phone that was signed out from elsewhere
/// hears so from the pull, after its push: then the server's rows go, and every op stays.
pub async fn round<P: Port>(p: &P, pull_anyway: bool) -> Result<(), Failure> {
    let ended = exchange(p, pull_anyway).await;
    if ended == Err(Failure::NoAnswer(NoAnswer::Revoked)) {
        boot::clear_cache(p).await;
        tap::rebuild(p);
        p.tell_tabs("rows");
    }
    ended
}

async fn exchange<P: Port>(p: &P, pull_anyway: bool) -> Result<(), Failure> {
    let memory = p.memory();
    boot::load_again(p).await;
    tap::store_again(p).await;
    if p.session().is_none() || memory.stopped.get() {
        return Ok(());
    }
    memory.passed.borrow_mut().clear();
    memory.limits.set(Limits::default());
    push::offer_other_epochs(p).await;
    push::settle_fates(p).await;
    push::push_all(p).await?;
    if memory.want_pull.replace(false) || pull_anyway {
        pull::pull_all(p).await?;
    }
    Ok(())
}
