//! The ward's pages: overview, cells, one cell, its matrix, the list of a meeting, work to do. All are reports of the server, opened
//! from the phone's cache first; nothing here changes anything.

mod cell;
mod cells;
pub mod load;
mod matrix;
mod meeting_report;
mod overview;
mod todo;

pub use cell::CellPage;
pub use cells::CellsPage;
pub use matrix::MatrixPage;
pub use meeting_report::MeetingReportPage;
pub use overview::OverviewPage;
pub use todo::TodoPage;

use crate::state::App;
use domain::account::Role;
use domain::id::UnitId;
use domain::report::WardReport;
use leptos::prelude::*;
use load::Load;

/// The unit whose totals this person sees: the ward's own, or else the first on which any such role stands.
fn own_unit(app: App) -> Signal<Option<UnitId>> {
    Signal::derive(move || {
        let today = app.now().day();
        app.session().with(|x| {
            let me = &x.as_ref()?.me;
            let actor = me.actor();
            [Role::Ward, Role::Upper, Role::Secretary].iter().find_map(|role| actor.units_of(*role, today).next())
        })
    })
}

/// Path of the ward's report.
fn report_path(unit: UnitId) -> String {
    ["reports/ward/", &unit.to_string()].concat()
}

/// The ward's report, kept fresh.
fn ward_report(app: App) -> Load<WardReport> {
    let unit = own_unit(app);
    load::load(app, Signal::derive(move || unit.get().map(report_path)))
}
