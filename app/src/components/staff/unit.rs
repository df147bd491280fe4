//! Small answers about units, meetings and rights that several staff pages give.

use crate::state::App;
use crate::text::vi as t;
use crate::text::vi::staff as s;
use domain::account::{Permission, Power};
use domain::book::Book;
use domain::id::UnitId;
use domain::meeting::Meeting;
use domain::text::natural_key;
use domain::unit::{Unit, UnitKind};
use leptos::prelude::*;

/// The person signed in holds this power over the unit today.
pub fn may(app: App, book: &Book, power: Power, unit: UnitId) -> bool {
    let today = app.now().day();
    app.session().with(|x| {
        x.as_ref().is_some_and(|x| matches!(x.me.actor().may(power, unit, &book.units, today), Permission::Yes(_)))
    })
}

/// The person signed in holds this power at the meeting today: over its unit, or as its deputy.
pub fn may_at(app: App, book: &Book, power: Power, meeting: &Meeting) -> bool {
    let today = app.now().day();
    app.session().with(|x| {
        x.as_ref()
            .is_some_and(|x| matches!(x.me.actor().may_at(power, meeting, &book.units, today), Permission::Yes(_)))
    })
}

/// What the phone knows is enough to say what a person may do: it was stored here before, or the first round with the server is over
/// (or failed). A form that is made once must wait for this, or it takes *not yet here* for *not allowed*.
pub fn knows_enough(app: App) -> Memo<bool> {
    let stored = StoredValue::new(None::<bool>);
    Memo::new(move |_| {
        if !app.ready().get() {
            return false;
        }
        let here = stored.get_value().unwrap_or_else(|| {
            let roles = app.session().with_untracked(|x| x.as_ref().map(|x| x.me.roles.clone()).unwrap_or_default());
            let here = app.view().with_untracked(|b| roles.iter().any(|g| b.units.get(g.unit).is_some()));
            stored.set_value(Some(here));
            here
        });
        here || app.link().with(|l| (l.last_ok.is_some() && !l.busy) || l.failing_since.is_some())
    })
}

/// The units of these kinds that are not closed, over which the person signed in holds the power, by name.
pub fn units_with(app: App, power: Power, kinds: &[UnitKind]) -> Vec<Unit> {
    app.view().with(|b| {
        let mut all: Vec<Unit> = b
            .units
            .iter()
            .filter(|u| kinds.contains(&u.kind) && !u.closed && may(app, b, power, u.id))
            .cloned()
            .collect();
        all.sort_by_cached_key(|u| natural_key(&u.name));
        all
    })
}

/// Kind and time of a meeting in one line.
pub fn meeting_words(m: &Meeting) -> String {
    [t::meeting_kind(m.plan.kind), " · ", m.plan.starts.moment_vi().as_str()].concat()
}

/// The name of a unit, or that it is not known here.
pub fn unit_name(book: &Book, unit: UnitId) -> String {
    book.units.get(unit).map_or_else(|| s::UNKNOWN_UNIT.to_owned(), |u| u.name.clone())
}
