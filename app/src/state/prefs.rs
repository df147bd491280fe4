//! What the person likes, kept as hints in localStorage.

use crate::platform::{device, document};
use crate::store::local;
use domain::time::Millis;
use leptos::prelude::*;

/// *Chữ to*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// A
    #[default]
    Normal,
    /// A+
    Large,
    /// A++
    Larger,
}

impl TextSize {
    /// All sizes, small to large.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Large, Self::Larger];

    /// The value of `html[data-text]`; none for the normal size.
    #[must_use]
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Large => Some("aplus"),
            Self::Larger => Some("aplusplus"),
        }
    }
}

const TEXT: &str = "pref:text";
const SOUND: &str = "pref:sound";
const VIBRATION: &str = "pref:vibration";
const INVITED: &str = "pref:invited";
const SIDE: &str = "pref:side";
const LATER: &str = "pref:later";
/// So long the question about the privacy notice is not asked again after *Để sau*.
const LATER_FOR: i64 = 7 * Millis::DAY;

/// What the person likes. Setting a signal keeps it.
#[derive(Clone, Copy)]
pub struct Prefs {
    /// Size of text.
    pub text_size: RwSignal<TextSize>,
    /// A sound when something was noted.
    pub sound: RwSignal<bool>,
    /// A short vibration when something was noted.
    pub vibration: RwSignal<bool>,
    /// The invitation to install was shown and answered.
    pub invited: RwSignal<bool>,
    /// From which side somebody with several roles looks, by its key; none = the usual one.
    pub side: RwSignal<Option<String>>,
    /// The question about the privacy notice was put off until then.
    pub later: RwSignal<Option<Millis>>,
}

impl Prefs {
    pub(crate) fn load() -> Self {
        let on = |key: &str, default: bool| local::hint(key).map_or(default, |v| v == "1");
        let text = local::hint(TEXT);
        Self {
            text_size: RwSignal::new(
                TextSize::ALL.into_iter().find(|s| s.attribute() == text.as_deref()).unwrap_or_default(),
            ),
            sound: RwSignal::new(on(SOUND, true)),
            vibration: RwSignal::new(on(VIBRATION, true)),
            invited: RwSignal::new(on(INVITED, false)),
            side: RwSignal::new(local::hint(SIDE)),
            later: RwSignal::new(local::hint(LATER).and_then(|at| at.parse().ok()).map(Millis)),
        }
    }
    /// Keeps every change, and puts the size of text on the page.
    pub(crate) fn keep(self) {
        Effect::new(move |_| {
            let size = self.text_size.get().attribute();
            document::set_root("data-text", size);
            keep(TEXT, size);
        });
        Effect::new(move |_| self.side.with(|side| keep(SIDE, side.as_deref())));
        for (key, signal, default) in
            [(SOUND, self.sound, true), (VIBRATION, self.vibration, true), (INVITED, self.invited, false)]
        {
            Effect::new(move |_| {
                let on = signal.get();
                keep(key, (on != default).then_some(if on { "1" } else { "0" }));
            });
        }
    }
    /// The question about the privacy notice is put off for a week.
    pub fn put_off(self, now: Millis) {
        let until = now.plus(LATER_FOR);
        keep(LATER, Some(&until.0.to_string()));
        self.later.set(Some(until));
    }
    /// True while it is put off. A clock that was set back ends it, too.
    #[must_use]
    pub fn is_put_off(self, now: Millis) -> bool {
        self.later.get().is_some_and(|until| (0..=LATER_FOR).contains(&(until.0 - now.0)))
    }
    /// Lets the person feel and hear that something was noted, or that it was not.
    pub fn acknowledge(self, good: bool) {
        if self.vibration.get_untracked() {
            device::vibrate(if good { 30 } else { 200 });
        }
        if self.sound.get_untracked() {
            device::beep(good);
        }
    }
}

fn keep(key: &str, value: Option<&str>) {
    match value {
        Some(value) => local::set_hint(key, value),
        // Nothing is written for the default, so a blocked or full storage is not asked at every start.
        None => local::remove(key),
    }
}
