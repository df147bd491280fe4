//! Papers as text, added and taken away within a form.

use super::form::{Look, labelled};
use crate::components::Icon;
use crate::text::vi::staff as s;
use domain::meeting::Paper;
use leptos::prelude::*;

/// The most papers of one meeting or notice (domain: `within_bounds`).
const MOST: usize = 10;

#[derive(Clone, Copy)]
struct One {
    key: usize,
    title: RwSignal<String>,
    text: RwSignal<String>,
}

/// The papers of a form.
#[derive(Clone, Copy)]
pub struct Papers {
    all: RwSignal<Vec<One>>,
    next: StoredValue<usize>,
    /// Who owns the texts: the form. An event handler runs under the button that was pressed, which may be painted anew at any time.
    owner: StoredValue<Owner>,
}

impl Default for Papers {
    fn default() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }
}

impl Papers {
    fn add(self, title: String, text: String) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let (title, text) = self.owner.with_value(|o| o.with(|| (RwSignal::new(title), RwSignal::new(text))));
        self.all.update(|all| all.push(One { key, title, text }));
    }
    /// Takes over papers.
    pub fn set(self, papers: &[Paper]) {
        self.all.set(Vec::new());
        for p in papers {
            self.add(p.title.clone(), p.text.clone());
        }
    }
    /// The papers, without those in which nothing stands. `Err`: one has no title.
    #[expect(clippy::result_unit_err, reason = "the form says what is wrong; there is one way to be wrong")]
    pub fn read(self) -> Result<Vec<Paper>, ()> {
        let all = self.all.get_untracked();
        let papers = all
            .iter()
            .map(|p| Paper { title: p.title.get_untracked().trim().to_owned(), text: p.text.get_untracked() });
        let papers: Vec<Paper> = papers.filter(|p| !p.title.is_empty() || !p.text.trim().is_empty()).collect();
        if papers.iter().all(Paper::within_bounds) { Ok(papers) } else { Err(()) }
    }
    /// Title and text in turn, for a draft; subscribes.
    pub fn flat(self) -> Vec<String> {
        self.all.with(|all| all.iter().flat_map(|p| [p.title.get(), p.text.get()]).collect())
    }
    /// The reverse of [`Papers::flat`].
    pub fn set_flat(self, values: Vec<String>) {
        self.all.set(Vec::new());
        let mut values = values.into_iter();
        while let (Some(title), Some(text)) = (values.next(), values.next()) {
            self.add(title, text);
        }
    }
    /// The part of the form.
    pub fn editor(self, missing_title: Signal<bool>) -> AnyView {
        let error = Signal::derive(move || missing_title.get().then_some(s::ERR_PAPER));
        let one = move |p: One| {
            let own = Signal::derive(move || {
                error.get().filter(|_| p.title.with(|t| t.trim().is_empty()) && p.text.with(|t| !t.trim().is_empty()))
            });
            view! {
                <li class="card">
                    {labelled(Look::new("paper-title", s::PAPER_TITLE).id_of(p.key), p.title, own)}
                    {labelled(Look::new("paper-text", s::PAPER_TEXT).id_of(p.key).kind("area").max(20_000), p.text, Signal::stored(None))}
                    <button
                        type="button"
                        class="btn btn-quiet"
                        on:click=move |_| self.all.update(|all| all.retain(|x| x.key != p.key))
                    >
                        {Icon::Cross.view()}
                        {s::PAPER_DROP}
                    </button>
                </li>
            }
            .into_any()
        };
        view! {
            <section class="stack">
                <h2>{s::PAPERS}</h2>
                <p class="muted">{s::PAPERS_HINT}</p>
                <ul class="stack">
                    <For each=move || self.all.get() key=|p| p.key children=one />
                </ul>
                {move || {
                    (self.all.with(Vec::len) < MOST).then(|| {
                        view! {
                            <button type="button" class="btn btn-secondary" data-testid="paper-add" on:click=move |_| self.add(String::new(), String::new())>
                                {Icon::Plus.view()}
                                {s::PAPER_ADD}
                            </button>
                        }
                    })
                }}
            </section>
        }
        .into_any()
    }
}
