//! Doubtful pairs side by side: the row of the file and each member who could be meant, with the decision below.

use super::Import;
use crate::components::Icon;
use crate::text::vi::staff as s;
use domain::roster::{Candidate, Choice, PreviewRow};
use leptos::prelude::*;
use uuid::Uuid;

/// All candidates of a row, and the ways out that name none of them.
pub fn pairs(this: Import, draft: Uuid, row: &PreviewRow, candidates: &[Candidate]) -> AnyView {
    let n = row.parsed.row;
    let now = Memo::new(move |_| this.decisions.with(|d| d.get(&n).copied()));
    let choose = move |label: &'static str, choice: Choice, testid: &'static str| {
        view! {
            <button
                type="button"
                class="btn btn-secondary pick-one"
                data-testid=testid
                aria-pressed=move || if now.get() == Some(choice) { "true" } else { "false" }
                on:click=move |_| this.decide(draft, n, if now.get_untracked() == Some(choice) { None } else { Some(choice) })
            >
                {move || (now.get() == Some(choice)).then(|| Icon::Check.small())}
                <span>{label}</span>
            </button>
        }
        .into_any()
    };
    let cards: Vec<AnyView> = candidates
        .iter()
        .map(|c| {
            let rows: Vec<AnyView> = c
                .facts
                .iter()
                .map(|f| {
                    let differs = !f.in_file.is_empty() && !f.in_register.is_empty() && f.in_file != f.in_register;
                    view! {
                        <tr class:differs=differs>
                            <th scope="row">{f.field.vi()}</th>
                            <td>{or_dash(&f.in_file)}</td>
                            <td>{or_dash(&f.in_register)}</td>
                        </tr>
                    }
                    .into_any()
                })
                .collect();
            view! {
                <div class="stack pair">
                    {c.ended.then(|| view! { <p class="badge">{s::CANDIDATE_GONE}</p> })}
                    <div class="table-wrap" role="region" tabindex="0" aria-label=s::PAIR>
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{s::FACT}</th>
                                    <th scope="col">{s::IN_FILE}</th>
                                    <th scope="col">{s::IN_REGISTER}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    {choose(s::SAME_PERSON, Choice::Same { member: c.member }, "import-same")}
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="stack">
            {cards}
            <div class="cluster">
                {choose(s::OTHER_PERSON, Choice::Different, "import-different")}
                {choose(s::SKIP_ROW, Choice::Skip, "import-skip")}
            </div>
        </div>
    }
    .into_any()
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}
