//! A line on which the server says that something changed (server-sent events). What changed is pulled, not told.

use super::events::Listener;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::EventSource;

/// An open line; dropping it closes it.
pub struct Line {
    source: EventSource,
    up: Rc<Cell<bool>>,
    _listeners: [Listener; 3],
}

impl Line {
    /// Opens a line. `changed` is called for each `changed` event, `turned` when the line comes up (true) or goes down (false).
    pub fn open(
        path: &str,
        mut changed: impl FnMut() + 'static,
        turned: impl Fn(bool) + Clone + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let up = Rc::new(Cell::new(false));
        let listeners = [
            Listener::on(&source, "changed", move |_| changed()),
            Listener::on(&source, "open", {
                let (up, turned) = (up.clone(), turned.clone());
                move |_| {
                    up.set(true);
                    turned(true);
                }
            }),
            Listener::on(&source, "error", {
                let up = up.clone();
                move |_| {
                    up.set(false);
                    turned(false);
                }
            }),
        ];
        Some(Self { source, up, _listeners: listeners })
    }
    /// The server is heard.
    pub fn is_up(&self) -> bool {
        self.up.get()
    }
    /// The browser has given up (it retries by itself only after a cut, not after a wrong answer).
    pub fn is_dead(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.source.close();
    }
}
