//! The columns as understood: each with its header and a few values, each changeable.

use super::{Import, Step};
use crate::api;
use crate::components::Icon;
use crate::text::vi::staff as s;
use domain::desk::{ImportColumns, ImportDraft};
use domain::roster::{ColumnAs, Columns, Field};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Sends other columns and shows the new look.
fn change(this: Import, draft: &Arc<ImportDraft>, columns: Columns) {
    let draft = Arc::clone(draft);
    let turn = this.begin(Some(s::READING));
    spawn_local(async move {
        let path = ["imports/", &draft.id.to_string(), "/columns"].concat();
        let answer = api::put::<ImportDraft>(&path, &ImportColumns { columns }).await;
        if !this.is_current(turn) {
            return;
        }
        match answer {
            Ok(fresh) => this.show(fresh),
            Err(e) => {
                this.step.set(Step::Look(draft));
                this.fail(&e);
            }
        }
    });
}

/// The card of sheet and columns; open when something must be said by the person.
pub fn card(this: Import, draft: &Arc<ImportDraft>) -> AnyView {
    let u = &draft.understanding;
    let ask = !u.recognised || !u.columns.has_name();
    let sheets = (u.sheets.len() > 1).then(|| {
        let options: Vec<AnyView> = u
            .sheets
            .iter()
            .enumerate()
            .map(|(i, sheet)| {
                let label = s::sheet_label(&sheet.name, sheet.rows);
                view! { <option value=i.to_string() selected=i == u.columns.sheet>{label}</option> }.into_any()
            })
            .collect();
        let draft = Arc::clone(draft);
        view! {
            <div class="field">
                <label for="import-sheet">{s::SHEET}</label>
                <select
                    id="import-sheet"
                    class="input"
                    on:change=move |ev| {
                        if let Ok(sheet) = event_target_value(&ev).parse() {
                            change(this, &draft, Columns { sheet, first_row: 1, columns: Vec::new() });
                        }
                    }
                >
                    {options}
                </select>
            </div>
        }
    });
    let columns: Vec<AnyView> = u.columns.columns.iter().map(|c| column(this, draft, c)).collect();
    let read = u.columns.columns.iter().filter(|c| c.field != Field::Ignore).count();
    view! {
        <section class="card">
            {sheets}
            {ask.then(|| view! { <p class="banner tone-warn">{Icon::Warn.view()} <span>{s::COLUMNS_ASK}</span></p> })}
            <details class="fold" open=ask data-testid="import-columns">
                <summary>{s::columns_summary(read, u.columns.columns.len())}</summary>
                <p class="muted">{s::COLUMNS_TEXT}</p>
                <ul class="column-list">{columns}</ul>
            </details>
        </section>
    }
    .into_any()
}

fn column(this: Import, draft: &Arc<ImportDraft>, c: &ColumnAs) -> AnyView {
    let options: Vec<AnyView> = Field::ALL
        .iter()
        .enumerate()
        .map(|(i, f)| view! { <option value=i.to_string() selected=*f == c.field>{f.vi()}</option> }.into_any())
        .collect();
    let id = ["column-", &c.letters].concat();
    let header = if c.header.is_empty() { s::NO_HEADER.to_owned() } else { c.header.clone() };
    let label = [s::COLUMN, " ", c.letters.as_str(), ": ", header.as_str()].concat();
    let (draft, index) = (Arc::clone(draft), c.column);
    view! {
        <li class="column-as">
            <div class="field">
                <label for=id.clone()>{label}</label>
                <p class="hint">{c.samples.join(" · ")}</p>
                <select
                    id=id
                    class="input"
                    on:change=move |ev| {
                        let chosen = event_target_value(&ev).parse().ok().and_then(|i: usize| Field::ALL.get(i).copied());
                        let Some(field) = chosen else { return };
                        let mut columns = draft.understanding.columns.clone();
                        for one in &mut columns.columns {
                            if one.column == index {
                                one.field = field;
                            } else if one.field == field && !field.repeats() {
                                // One meaning stands over one column.
                                one.field = Field::Ignore;
                            }
                        }
                        change(this, &draft, columns);
                    }
                >
                    {options}
                </select>
            </div>
        </li>
    }
    .into_any()
}
