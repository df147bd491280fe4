//! What the file would do, row by row and in sums that add up; and the button that says exactly what it writes.

use super::{Import, columns, doubtful};
use crate::components::Icon;
use crate::text::vi::common;
use crate::text::vi::staff as s;
use domain::desk::ImportDraft;
use domain::roster::{Choice, Counts, Missing, PreviewRow, RowState, Skipped};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many rows of a group are shown at first, and how many more at a time.
const SHOWN: usize = 50;

#[derive(Clone, Copy, PartialEq)]
enum Group {
    Doubtful,
    Problem,
    Changed,
    New,
    Unchanged,
}

const fn group_of(state: &RowState) -> Group {
    match state {
        RowState::New => Group::New,
        RowState::Changed { .. } => Group::Changed,
        RowState::Unchanged { .. } => Group::Unchanged,
        RowState::Problem => Group::Problem,
        RowState::Doubtful { .. } => Group::Doubtful,
    }
}

/// What *confirm* would write, with the decisions made so far.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// New people.
    pub add: usize,
    /// Records that change.
    pub change: usize,
    /// Doubtful rows without a decision.
    pub undecided: usize,
}

/// Counts what would be written.
pub fn writes(rows: &[PreviewRow], decisions: &BTreeMap<u32, Choice>) -> Writes {
    let mut w = Writes::default();
    for row in rows {
        match (&row.state, decisions.get(&row.parsed.row)) {
            (_, Some(Choice::Skip)) | (RowState::Unchanged { .. } | RowState::Problem, _) => {}
            (RowState::New, _) | (RowState::Doubtful { .. }, Some(Choice::Different)) => w.add += 1,
            (RowState::Changed { .. }, _) | (RowState::Doubtful { .. }, Some(Choice::Same { .. })) => w.change += 1,
            (RowState::Doubtful { .. }, None) => w.undecided += 1,
        }
    }
    w
}

/// The whole look.
pub fn look(this: Import, draft: &Arc<ImportDraft>) -> AnyView {
    let p = &draft.preview;
    let writes = {
        let draft = Arc::clone(draft);
        Memo::new(move |_| this.decisions.with(|d| writes(&draft.preview.rows, d)))
    };
    let confirm = {
        let draft = Arc::clone(draft);
        move |_| this.confirm(&draft)
    };
    let readable = draft.understanding.columns.has_name();
    let group =
        |g: Group, title: &'static str, text: &'static str, open: bool| rows_of(this, draft, g, title, text, open);
    view! {
        <div class="split">
            <p class="grow"><span class="muted">{s::FILE_NAME}</span> " " <span class="strong">{draft.file.clone()}</span></p>
            <button type="button" class="btn btn-quiet" data-testid="import-drop" on:click=move |_| this.drop_draft()>{s::FILE_OTHER}</button>
        </div>
        {columns::card(this, draft)}
        {counts(&p.counts)}
        {group(Group::Doubtful, s::G_DOUBTFUL, s::G_DOUBTFUL_TEXT, true)}
        {group(Group::Problem, s::G_PROBLEM, s::G_PROBLEM_TEXT, true)}
        {group(Group::Changed, s::G_CHANGED, s::G_CHANGED_TEXT, true)}
        {group(Group::New, s::G_NEW, s::G_NEW_TEXT, true)}
        {group(Group::Unchanged, s::G_UNCHANGED, "", false)}
        {skipped(&p.skipped)}
        {missing(&p.missing)}
        <div class="foot">
            {move || {
                let n = writes.get().undecided;
                (n > 0).then(|| view! { <p class="banner tone-warn" role="status">{Icon::Warn.view()} <span>{s::undecided(n)}</span></p> })
            }}
            <button
                type="button"
                class="btn btn-primary btn-wide"
                data-testid="import-confirm"
                disabled=move || !readable || (writes.get().add == 0 && writes.get().change == 0)
                on:click=confirm
            >
                {Icon::Check.view()}
                <span>{move || s::import_confirm(writes.get().add, writes.get().change)}</span>
            </button>
        </div>
    }
    .into_any()
}

/// The sums. Rows of the file = all groups together; people missing from the file stand beside it.
fn counts(c: &Counts) -> AnyView {
    let counter = |n: usize, label: &'static str, tone: &'static str, testid: &'static str| {
        view! { <div class=["counter ", tone].concat()><b data-testid=testid>{n}</b><span>{label}</span></div> }
            .into_any()
    };
    view! {
        <section class="card" aria-label=s::COUNTS>
            <div class="counters">
                {counter(c.new, s::G_NEW, "tone-good", "import-count-new")}
                {counter(c.changed, s::G_CHANGED, "tone-info", "import-count-changed")}
                {counter(c.unchanged, s::G_UNCHANGED, "tone-plain", "import-count-unchanged")}
                {counter(c.doubtful, s::G_DOUBTFUL, "tone-warn", "import-count-doubtful")}
                {counter(c.problem, s::G_PROBLEM, "tone-bad", "import-count-problem")}
            </div>
            <p class="muted num" data-testid="import-sum">{s::import_sum(c)}</p>
        </section>
    }
    .into_any()
}

fn rows_of(
    this: Import,
    draft: &Arc<ImportDraft>,
    group: Group,
    title: &'static str,
    text: &'static str,
    open: bool,
) -> AnyView {
    let rows: Vec<usize> =
        draft.preview.rows.iter().enumerate().filter(|(_, r)| group_of(&r.state) == group).map(|(i, _)| i).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let n = rows.len();
    let shown = RwSignal::new(SHOWN.min(n));
    let draft = Arc::clone(draft);
    let each = move || rows[..shown.get().min(n)].to_vec();
    view! {
        <details class="card fold" open=open>
            <summary>{s::with_count(title, n)}</summary>
            {(!text.is_empty()).then(|| view! { <p class="muted">{text}</p> })}
            <ul class="stack">
                <For
                    each=each
                    key=|i| *i
                    children=move |i| match draft.preview.rows.get(i) {
                        Some(row) => one(this, &draft, row),
                        None => ().into_any(),
                    }
                />
            </ul>
            {move || {
                (shown.get() < n)
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-secondary" on:click=move |_| shown.update(|x| *x = (*x + 4 * SHOWN).min(n))>
                                {move || s::show_more(n - shown.get())}
                            </button>
                        }
                    })
            }}
        </details>
    }
    .into_any()
}

/// Name as it would be written, what tells the person apart, and where in the file it stands.
pub fn who(row: &PreviewRow) -> AnyView {
    let p = &row.parsed.person;
    let name = p.name.as_ref().map_or_else(|| row.parsed.name_in_file.clone(), ToString::to_string);
    let parts: Vec<String> = [
        Some(s::row_number(row.parsed.row)),
        p.born.map(domain::time::PartialDate::vi),
        p.group.clone(),
        p.workplace.clone(),
        p.phone.as_deref().map(common::phone_groups),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <p class="name">{if name.is_empty() { s::NO_NAME.to_owned() } else { name }}</p>
        <p class="sub num">{parts.join(" · ")}</p>
    }
    .into_any()
}

fn one(this: Import, draft: &Arc<ImportDraft>, row: &PreviewRow) -> AnyView {
    let problems: Vec<AnyView> = row
        .parsed
        .problems
        .iter()
        .map(|p| {
            let class = if p.blocks { "banner tone-bad" } else { "banner tone-warn" };
            view! { <p class=class>{Icon::Warn.view()} <span>{p.text.clone()}</span></p> }.into_any()
        })
        .collect();
    let details = match &row.state {
        RowState::Changed { changes, .. } => {
            let lines: Vec<AnyView> = changes
                .iter()
                .map(|c| {
                    let before = if c.before.is_empty() { s::EMPTY_VALUE.to_owned() } else { c.before.clone() };
                    view! {
                        <div class="fact">
                            <dt>{c.field.vi()}</dt>
                            <dd><del>{before}</del> " → " <ins>{c.after.clone()}</ins></dd>
                        </div>
                    }
                    .into_any()
                })
                .collect();
            view! { <dl class="facts">{lines}</dl> }.into_any()
        }
        RowState::Doubtful { candidates } => doubtful::pairs(this, draft.id, row, candidates),
        _ => ().into_any(),
    };
    let can_skip = matches!(row.state, RowState::New | RowState::Changed { .. });
    let skip = can_skip.then(|| {
        let (id, n) = (draft.id, row.parsed.row);
        let skipped = Memo::new(move |_| this.decisions.with(|d| d.get(&n) == Some(&Choice::Skip)));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || skipped.get()
                    on:change=move |ev| this.decide(id, n, event_target_checked(&ev).then_some(Choice::Skip))
                />
                <span>{s::SKIP_ROW}</span>
            </label>
        }
    });
    view! {
        <li class="import-row" data-testid="import-row" data-row=row.parsed.row.to_string()>
            {who(row)}
            {problems}
            {details}
            {skip}
        </li>
    }
    .into_any()
}

fn skipped(all: &[Skipped]) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = all
        .iter()
        .take(4 * SHOWN)
        .map(|r| view! { <li class="sub">{[s::row_number(r.row).as_str(), ": ", r.reason.vi(), " (", r.text.as_str(), ")"].concat()}</li> }.into_any())
        .collect();
    view! { <details class="card fold"><summary>{s::with_count(s::G_SKIPPED, all.len())}</summary><ul class="stack-tight">{rows}</ul></details> }.into_any()
}

/// Members whom the file does not name: only told, never removed.
fn missing(all: &[Missing]) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = all
        .iter()
        .take(12 * SHOWN)
        .map(|m| {
            let parts: Vec<String> = [m.born.map(domain::time::PartialDate::vi), m.workplace.clone()].into_iter().flatten().collect();
            let href = ["/dang-vien/", &m.member.to_string()].concat();
            view! { <li><a class="row" href=href><span class="grow"><span class="name">{m.name.clone()}</span> <br /> <span class="sub">{parts.join(" · ")}</span></span>{Icon::Next.view()}</a></li> }
            .into_any()
        })
        .collect();
    view! {
        <details class="card fold" data-testid="import-missing">
            <summary>{s::with_count(s::G_MISSING, all.len())}</summary>
            <p class="muted">{s::G_MISSING_TEXT}</p>
            <ul class="rows">{rows}</ul>
        </details>
    }
    .into_any()
}
