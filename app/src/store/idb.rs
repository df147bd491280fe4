//! A small binding to IndexedDB of our own: the known ones cannot ask for strict durability. Every write is one transaction and is
//! reported only after its `complete` event. The connection is opened anew when the browser closed it.
//!
//! Stores: `op` (id → `{raw, own, stage}`), `row` (`table/id` → JSON text), `meta` (key → text).

use crate::platform::clock::sleep;
use domain::id::OpId;
use domain::op::Op;
use domain::sync::port::Cache;
pub use domain::sync::port::Fault as IdbFault;
use domain::sync::{PullPlan, Stage};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

const NAME: &str = "so-lien-he";
const VERSION: u32 = 1;
const OP: &str = "op";
const ROW: &str = "row";
const META: &str = "meta";
/// The meta key of cursor, epoch and account of the cached rows.
pub const CURSOR: &str = "cursor";
/// How long opening may take, in ms. Some browsers forget to answer.
const OPEN_LIMIT: i32 = 8_000;

fn from_js(error: &JsValue) -> IdbFault {
    let name = error.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
    match name.as_str() {
        "QuotaExceededError" => IdbFault::Full,
        "SecurityError" | "NotAllowedError" => IdbFault::Blocked,
        _ => IdbFault::Lost,
    }
}

type Step<T> = Result<T, JsValue>;

/// An op as it lies in the store.
#[derive(Clone, Debug)]
pub struct StoredOp {
    /// The id as text.
    pub key: String,
    /// The op, sealed as a rule.
    pub raw: String,
    /// The key of a sealed op, closed under this phone's own; empty when it is not sealed.
    pub own: String,
    /// The stage as text.
    pub stage: String,
}

impl StoredOp {
    /// Of an op at a stage.
    pub fn new(id: OpId, (raw, own): (String, String), stage: Stage) -> Self {
        Self { key: id.to_string(), raw, own, stage: stage.write() }
    }
}

/// The database.
#[derive(Clone, Default)]
pub struct Db {
    open: Rc<RefCell<Option<IdbDatabase>>>,
}

impl Db {
    async fn connection(&self) -> Result<IdbDatabase, IdbFault> {
        if let Some(db) = self.open.borrow().as_ref() {
            return Ok(db.clone());
        }
        let db = open().await?;
        // Closed by the browser, or wanted by a newer version of the app in another tab: let go, open anew at the next use.
        let forget = {
            let slot = Rc::downgrade(&self.open);
            Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
                let db = slot.upgrade().and_then(|s| s.borrow_mut().take());
                if event.type_() == "versionchange"
                    && let Some(db) = db
                {
                    db.close();
                }
            })
        };
        db.set_onclose(Some(forget.as_ref().unchecked_ref()));
        db.set_onversionchange(Some(forget.as_ref().unchecked_ref()));
        // One closure per connection; connections are as rare as faults.
        forget.forget();
        *self.open.borrow_mut() = Some(db.clone());
        Ok(db)
    }

    /// Begins a transaction; a connection that died since its last use is opened anew, once.
    async fn begin(&self, stores: &[&str], mode: Mode) -> Result<IdbTransaction, IdbFault> {
        let names: js_sys::Array = stores.iter().map(|s| JsValue::from_str(s)).collect();
        let mut last = IdbFault::Lost;
        for _ in 0..2 {
            let db = self.connection().await?;
            match transaction(&db, &names, mode) {
                Ok(tx) => return Ok(tx),
                Err(e) => {
                    last = from_js(&e);
                    self.open.borrow_mut().take();
                }
            }
        }
        Err(last)
    }

    /// Runs `work` in a transaction and waits for its commit.
    async fn write(
        &self,
        stores: &[&str],
        strict: bool,
        work: impl FnOnce(&IdbTransaction) -> Step<()>,
    ) -> Result<(), IdbFault> {
        let tx = self.begin(stores, if strict { Mode::Strict } else { Mode::Write }).await?;
        let done = committed(&tx);
        if let Err(e) = work(&tx) {
            let _ = tx.abort();
            let _ = done.await;
            return Err(from_js(&e));
        }
        commit(&tx);
        done.await.map_err(|e| self.fault(&tx, &e))
    }

    fn fault(&self, tx: &IdbTransaction, event: &JsValue) -> IdbFault {
        let fault = tx.error().map_or_else(|| from_js(event), |e| from_js(&e));
        if fault == IdbFault::Lost {
            self.open.borrow_mut().take();
        }
        fault
    }

    /// Writes ops with strict durability. Ready only when the commit is on the disk.
    pub async fn put_ops(&self, records: &[StoredOp]) -> Result<(), IdbFault> {
        self.write(&[OP], true, |tx| {
            let store = tx.object_store(OP)?;
            for r in records {
                put_op(&store, r)?;
            }
            Ok(())
        })
        .await
    }

    /// The same for ops that another tab may have written meanwhile: what is an op there stays.
    pub async fn add_ops(&self, records: &[StoredOp]) -> Result<(), IdbFault> {
        let tx = self.begin(&[OP], Mode::Strict).await?;
        let done = committed(&tx);
        let store = tx.object_store(OP).map_err(|e| from_js(&e))?;
        for record in records {
            let there = store.get(&key(&record.key)).map_err(|e| from_js(&e))?;
            // The transaction stays open: the future goes on within the event of this request.
            let there = answered(&there).await.map_err(|e| self.fault(&tx, &e))?;
            let is_op = !there.is_undefined() && Op::parse(&copy(record.key.clone(), &there).raw).is_ok();
            if !is_op && let Err(e) = put_op(&store, record) {
                let _ = tx.abort();
                let _ = done.await;
                return Err(from_js(&e));
            }
        }
        commit(&tx);
        done.await.map_err(|e| self.fault(&tx, &e))
    }

    /// Forgets answered ops that are old and covered by a backup.
    pub async fn remove_ops(&self, ids: &[OpId]) -> Result<(), IdbFault> {
        self.write(&[OP], false, |tx| {
            let store = tx.object_store(OP)?;
            ids.iter().try_for_each(|id| store.delete(&key(&id.to_string())).map(drop))
        })
        .await
    }

    /// Every op.
    pub async fn ops(&self) -> Result<Vec<StoredOp>, IdbFault> {
        let pairs = self.all(OP).await?;
        Ok(pairs.into_iter().map(|(key, value)| copy(key, &value)).collect())
    }

    /// One op.
    pub async fn op(&self, id: OpId) -> Result<Option<StoredOp>, IdbFault> {
        let value = self.one(OP, &id.to_string()).await?;
        Ok((!value.is_undefined()).then(|| copy(id.to_string(), &value)))
    }

    /// The cached rows and their cursor, as one transaction saw them.
    pub async fn cache(&self) -> Result<Cache, IdbFault> {
        let tx = self.begin(&[ROW, META], Mode::Read).await?;
        let reads = (|| -> Step<_> {
            let rows = tx.object_store(ROW)?;
            Ok((rows.get_all_keys()?, rows.get_all()?, tx.object_store(META)?.get(&key(CURSOR))?))
        })();
        let (keys, values, cursor) = reads.map_err(|e| from_js(&e))?;
        committed(&tx).await.map_err(|e| self.fault(&tx, &e))?;
        let rows = zip(&keys, &values).into_iter().filter_map(|(k, v)| Some((k, v.as_string()?))).collect();
        Ok(Cache { rows, cursor: result(&cursor).as_string() })
    }

    /// Writes rows and cursor in one transaction, unless another tab has moved the cursor meanwhile. `close`: makes of a row's key and text
    /// what may lie here.
    pub async fn apply(
        &self,
        plan: &PullPlan,
        seen: Option<&str>,
        cursor: &str,
        close: impl Fn(&str, &str) -> String,
    ) -> Result<(), IdbFault> {
        let tx = self.begin(&[ROW, META], Mode::Write).await?;
        let done = committed(&tx);
        let stored = tx.object_store(META).and_then(|s| s.get(&key(CURSOR))).map_err(|e| from_js(&e))?;
        // The transaction stays open: the future goes on within the event of this request.
        let stored = answered(&stored).await.map_err(|e| self.fault(&tx, &e))?.as_string();
        if stored.as_deref() != seen {
            let _ = done.await;
            return Err(IdbFault::MovedOn);
        }
        let work = (|| -> Step<()> {
            let rows = tx.object_store(ROW)?;
            if plan.reset {
                rows.clear()?;
            }
            for (table, id) in &plan.gone {
                rows.delete(&key(&domain::sync::pull::row_key(table, id)))?;
            }
            for row in &plan.put {
                rows.put_with_key(&JsValue::from_str(&close(&row.key, &row.raw)), &key(&row.key))?;
            }
            tx.object_store(META)?.put_with_key(&JsValue::from_str(cursor), &key(CURSOR)).map(drop)
        })();
        if let Err(e) = work {
            let _ = tx.abort();
            let _ = done.await;
            return Err(from_js(&e));
        }
        done.await.map_err(|e| self.fault(&tx, &e))
    }

    /// Forgets rows, cursor and reports. Never an op, never the session.
    pub async fn clear_cache(&self) -> Result<(), IdbFault> {
        self.write(&[ROW, META], false, |tx| {
            tx.object_store(ROW)?.clear()?;
            let meta = tx.object_store(META)?;
            meta.delete(&key(CURSOR))?;
            meta.delete(&IdbKeyRange::bound(&key("report:"), &key("report;"))?.into()).map(drop)
        })
        .await
    }

    /// A text under a key.
    pub async fn meta(&self, name: &str) -> Result<Option<String>, IdbFault> {
        Ok(self.one(META, name).await?.as_string())
    }

    /// Keeps a text under a key; none forgets it.
    pub async fn set_meta(&self, name: &str, text: Option<&str>) -> Result<(), IdbFault> {
        self.write(&[META], true, |tx| {
            let meta = tx.object_store(META)?;
            match text {
                Some(text) => meta.put_with_key(&JsValue::from_str(text), &key(name)).map(drop),
                None => meta.delete(&key(name)).map(drop),
            }
        })
        .await
    }

    /// A record of `meta` that is no text; undefined when there is none.
    pub(super) async fn meta_value(&self, name: &str) -> Result<JsValue, IdbFault> {
        self.one(META, name).await
    }

    /// Keeps such a record; none forgets it. With `first`: only where there is none yet; false when there was one.
    pub(super) async fn set_meta_value(
        &self,
        name: &str,
        value: Option<&JsValue>,
        first: bool,
    ) -> Result<bool, IdbFault> {
        let wrote = self
            .write(&[META], true, |tx| {
                let meta = tx.object_store(META)?;
                match value {
                    Some(value) if first => meta.add_with_key(value, &key(name)).map(drop),
                    Some(value) => meta.put_with_key(value, &key(name)).map(drop),
                    None => meta.delete(&key(name)).map(drop),
                }
            })
            .await;
        match wrote {
            Ok(()) => Ok(true),
            // The commit failed because the key was taken.
            Err(_) if first && !self.one(META, name).await?.is_undefined() => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    async fn one(&self, store: &str, name: &str) -> Result<JsValue, IdbFault> {
        let tx = self.begin(&[store], Mode::Read).await?;
        let request = tx.object_store(store).and_then(|s| s.get(&key(name))).map_err(|e| from_js(&e))?;
        committed(&tx).await.map_err(|e| self.fault(&tx, &e))?;
        Ok(result(&request))
    }

    async fn all(&self, store: &str) -> Result<Vec<(String, JsValue)>, IdbFault> {
        let tx = self.begin(&[store], Mode::Read).await?;
        let reads = tx.object_store(store).and_then(|s| Ok((s.get_all_keys()?, s.get_all()?)));
        let (keys, values) = reads.map_err(|e| from_js(&e))?;
        committed(&tx).await.map_err(|e| self.fault(&tx, &e))?;
        Ok(zip(&keys, &values))
    }
}

/// What a transaction may do, and how sure its commit is.
#[derive(Clone, Copy)]
enum Mode {
    Read,
    /// Written when the system likes: for what the server has anyway.
    Write,
    /// On the disk when `complete` comes.
    Strict,
}

/// `web-sys` keeps the options of a transaction behind a build flag, so this goes by name. Browsers that do not know `durability`
/// ignore it; theirs is strict (Firefox) or the best that there is (Safari).
fn transaction(db: &IdbDatabase, names: &js_sys::Array, mode: Mode) -> Step<IdbTransaction> {
    let begin: js_sys::Function = js_sys::Reflect::get(db, &"transaction".into())?.dyn_into()?;
    let options = js_sys::Object::new();
    let durability = if matches!(mode, Mode::Strict) { "strict" } else { "relaxed" };
    js_sys::Reflect::set(&options, &"durability".into(), &durability.into())?;
    let mode = if matches!(mode, Mode::Read) { "readonly" } else { "readwrite" };
    begin.call3(db, names, &mode.into(), &options)?.dyn_into()
}

/// Begins the commit. Without it the commit waits until this thread has heard of every request, behind whatever the screen does.
/// Browsers that do not know it commit by themselves.
#[expect(deprecated, reason = "web-sys follows an old draft; the standard has it")]
fn commit(tx: &IdbTransaction) {
    let _ = tx.commit();
}

fn key(text: &str) -> JsValue {
    JsValue::from_str(text)
}

fn put_op(store: &IdbObjectStore, op: &StoredOp) -> Step<()> {
    let value = js_sys::Object::new();
    js_sys::Reflect::set(&value, &"raw".into(), &op.raw.as_str().into())?;
    js_sys::Reflect::set(&value, &"stage".into(), &op.stage.as_str().into())?;
    if !op.own.is_empty() {
        js_sys::Reflect::set(&value, &"own".into(), &op.own.as_str().into())?;
    }
    store.put_with_key(&value, &key(&op.key)).map(drop)
}

fn copy(key: String, value: &JsValue) -> StoredOp {
    let text =
        |name: &str| js_sys::Reflect::get(value, &name.into()).ok().and_then(|v| v.as_string()).unwrap_or_default();
    StoredOp { key, raw: text("raw"), own: text("own"), stage: text("stage") }
}

fn result(request: &IdbRequest) -> JsValue {
    request.result().unwrap_or(JsValue::UNDEFINED)
}

fn zip(keys: &IdbRequest, values: &IdbRequest) -> Vec<(String, JsValue)> {
    let list = |r: &IdbRequest| r.result().ok().and_then(|v| v.dyn_into::<js_sys::Array>().ok()).unwrap_or_default();
    list(keys).iter().zip(list(values).iter()).filter_map(|(k, v)| Some((k.as_string()?, v))).collect()
}

/// Resolves at the commit, rejects at an abort. The resolvers themselves are the handlers, so nothing is left to clean up.
async fn committed(tx: &IdbTransaction) -> Step<()> {
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        tx.set_oncomplete(Some(&resolve));
        tx.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(drop)
}

/// Resolves when the request has its result.
async fn answered(request: &IdbRequest) -> Step<JsValue> {
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

async fn open() -> Result<IdbDatabase, IdbFault> {
    let factory = web_sys::window().and_then(|w| w.indexed_db().ok().flatten()).ok_or(IdbFault::Blocked)?;
    let request = factory.open_with_u32(NAME, VERSION).map_err(|e| from_js(&e))?;
    let upgrade = Closure::<dyn FnMut(web_sys::IdbVersionChangeEvent)>::new({
        let request = request.clone();
        // An upgrade that fails aborts, and `open` reports it.
        move |event: web_sys::IdbVersionChangeEvent| drop(upgrade(&request, event.old_version()))
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let opened = answered(&request);
    let limit = async {
        sleep(OPEN_LIMIT).await;
        Err(JsValue::NULL)
    };
    let outcome = race(opened, limit).await;
    request.set_onupgradeneeded(None);
    match outcome {
        Ok(db) => db.dyn_into().map_err(|_| IdbFault::Blocked),
        Err(_) => Err(match request.error().ok().flatten().map(|e| e.name()).as_deref() {
            Some("QuotaExceededError") => IdbFault::Full,
            Some("InvalidStateError") => IdbFault::Private,
            Some("UnknownError" | "AbortError" | "DataError") => IdbFault::Lost,
            _ => IdbFault::Blocked,
        }),
    }
}

/// Steps from each version to the next. A store is never dropped here: ops outlive every version.
fn upgrade(request: &IdbOpenDbRequest, from: f64) -> Step<()> {
    let db: IdbDatabase = request.result()?.dyn_into()?;
    if from < 1.0 {
        for store in [OP, ROW, META] {
            db.create_object_store(store)?;
        }
    }
    Ok(())
}

/// The first of two futures to end.
async fn race<T>(a: impl Future<Output = T>, b: impl Future<Output = T>) -> T {
    let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
    std::future::poll_fn(move |cx| match a.as_mut().poll(cx) {
        std::task::Poll::Ready(t) => std::task::Poll::Ready(t),
        std::task::Poll::Pending => b.as_mut().poll(cx),
    })
    .await
}
