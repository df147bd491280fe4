//! Work over memory is ready at once.

use std::future::Future;
use std::task::{Context, Poll, Waker};

/// Runs it.
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    match std::pin::pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}
