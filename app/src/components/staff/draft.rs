//! Drafts: what stands in a form survives a reload, a dead battery and a wrong tap on *back*, until it is sent or thrown away.

use super::form::Fields;
use super::papers::Papers;
use crate::components::Icon;
use crate::state::App;
use crate::text::vi::staff as s;
use domain::time::Millis;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long typing must rest before the draft is written.
const REST: Duration = Duration::from_millis(300);

/// The draft of one form.
#[derive(Clone)]
pub struct Draft {
    app: App,
    key: String,
    fields: Fields,
    papers: Option<Papers>,
    /// What the form held before anybody typed.
    first: StoredValue<Vec<String>>,
    taken_up: RwSignal<Option<Millis>>,
    done: StoredValue<bool>,
}

impl Draft {
    /// Takes up the draft of that name, if there is one, and from then on keeps what is typed. Call it after the form is filled
    /// with what the register knows.
    pub fn keep(app: App, name: &str, fields: &Fields, papers: Option<Papers>) -> Self {
        let draft = Self {
            app,
            key: ["draft:", name].concat(),
            fields: fields.clone(),
            papers,
            first: StoredValue::new(Vec::new()),
            taken_up: RwSignal::new(None),
            done: StoredValue::new(false),
        };
        draft.first.set_value(untrack(|| draft.values()));
        let this = draft.clone();
        spawn_local(async move {
            if let Some((at, text)) = app.kept(&this.key).await
                && let Ok(values) = serde_json::from_str::<Vec<String>>(&text)
                && !values.is_empty()
                && this.done.try_get_value() == Some(false)
            {
                this.fill(values);
                this.taken_up.set(Some(at));
            }
        });
        let this = draft.clone();
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let values = this.values();
            let own = turn.with_value(|t| t.wrapping_add(1));
            turn.set_value(own);
            let this = this.clone();
            set_timeout(
                move || {
                    let current = turn.try_get_value() == Some(own) && this.done.try_get_value() == Some(false);
                    if current && this.first.try_with_value(|f| *f != values) == Some(true) {
                        this.write(&values);
                    }
                },
                REST,
            );
        });
        draft
    }
    /// The form was sent: the draft goes.
    pub fn forget(&self) {
        self.done.set_value(true);
        self.write(&[]);
    }
    /// Says that a draft was taken up, and lets it be thrown away.
    pub fn banner(&self) -> AnyView {
        let this = self.clone();
        (move || {
            this.taken_up.get().map(|at| {
                let this = this.clone();
                view! {
                    <div class="banner tone-info" role="status">
                        {Icon::Pen.view()}
                        <div class="stack-tight grow">
                            <p>{s::draft_of(at)}</p>
                            <button
                                type="button"
                                class="btn btn-secondary"
                                on:click=move |_| {
                                    let first = this.first.get_value();
                                    this.fill(first);
                                    this.taken_up.set(None);
                                    this.write(&[]);
                                }
                            >
                                {s::DRAFT_DROP}
                            </button>
                        </div>
                    </div>
                }
            })
        })
        .into_any()
    }
    fn values(&self) -> Vec<String> {
        let mut all = self.fields.all();
        if let Some(p) = self.papers {
            all.extend(p.flat());
        }
        all
    }
    fn fill(&self, values: Vec<String>) {
        let rest = self.fields.fill(values);
        if let Some(p) = self.papers {
            p.set_flat(rest);
        }
    }
    fn write(&self, values: &[String]) {
        let (app, key) = (self.app, self.key.clone());
        let text = serde_json::to_string(values).unwrap_or_default();
        spawn_local(async move { app.keep(&key, text).await });
    }
}
