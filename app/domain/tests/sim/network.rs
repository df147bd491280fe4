//! The way of a request to the server and of its answer back, the server's part included, with all that can happen to either.

use crate::faults::Fault;
use crate::phone::Tab;
use crate::world::{Bug, World};
use domain::id::AccountId;
use domain::ledger::Sender;
use domain::sync::port::{Offline, Reply};
use domain::wire::{PushRequest, Ruling};

impl World {
    /// A request on its way to the server and back.
    pub async fn ask(&self, tab: &Tab, push: Option<&str>, query: &str) -> Result<Reply, Offline> {
        self.number_step(&tab.device);
        let far = if self.may(Fault::Reorder, 300) { 3_000 } else { 60 };
        self.time.wait(self.chance.between(5, far)).await;
        if tab.device.offline.get() || self.may(Fault::Drop, 200) {
            self.time.wait(self.chance.between(10, 15_000)).await;
            return Err(Offline);
        }
        if self.may(Fault::Portal, 200) {
            return Ok(Reply { status: 200, is_json: false, body: "<html><body>Wi-Fi</body></html>".into() });
        }
        if self.may(Fault::Busy, 200) {
            let status = [503, 429, 500, 502][self.chance.index(4)];
            return Ok(Reply { status, is_json: self.chance.one_in(500), body: "{}".into() });
        }
        let sender = Sender { account: tab.device.account, device: tab.device.id };
        let reply = match push {
            Some(body) => {
                if self.may(Fault::Duplicate, 250) {
                    let (world, body) = (self.rc(), body.to_owned());
                    let later = self.chance.between(1, 20_000);
                    self.time.spawn(0, false, async move {
                        world.time.wait(later).await;
                        let _ = world.receive(sender, &body).await;
                    });
                }
                self.receive(sender, body).await
            }
            None => Some(self.give(sender.account, query)),
        };
        self.time.wait(self.chance.between(5, far)).await;
        if self.may(Fault::HalfOpen, 200) {
            self.time.wait(self.chance.between(10, 15_000)).await;
            return Err(Offline);
        }
        let Some((status, mut body)) = reply else { return Err(Offline) };
        if status == 200 && self.may(Fault::Truncated, 200) {
            let mut cut = self.chance.index(body.len());
            while !body.is_char_boundary(cut) {
                cut -= 1;
            }
            body.truncate(cut);
        }
        if self.may(Fault::NewerServer, 300) && status == 200 {
            // Fields, tables and rulings that this build does not know.
            body = body.replacen('{', r#"{"moon":{"phase":3},"#, 1);
            body = body
                .replacen(r#""rows":["#, r#""rows":[{"table":"opinion","id":"x","seq":1,"row":{"a":1}},"#, 1)
                .replace("},]", "}]");
            if push.is_some() {
                body = body.replacen(r#""r":"applied""#, r#""r":"parked""#, 1);
            }
        }
        if push.is_some() && status == 200 {
            self.note_acks(tab, &body);
        }
        if std::env::var("SLH_TRACE").is_ok() {
            let short = body.chars().take(700).collect::<String>();
            eprintln!(
                "{} tab {} asked {query}{} -> {status} {short}",
                self.time.now.get(),
                tab.n,
                push.unwrap_or_default()
            );
        }
        Ok(Reply { status, is_json: true, body })
    }

    /// An answer that reaches the phone is a promise.
    fn note_acks(&self, tab: &Tab, body: &str) {
        let Ok(answer) = domain::sync::push_answer(200, true, body) else { return };
        let mut made = self.made.borrow_mut();
        for result in &answer.results {
            let ruling = result.stored.unwrap_or(result.r);
            if matches!(ruling, Ruling::Applied | Ruling::Held | Ruling::Refused)
                && result.r != Ruling::Clash
                && let Some(m) = made.get_mut(&result.id)
            {
                m.acked = true;
            }
        }
        drop(made);
        let _ = tab;
        self.check_acked();
    }

    /// The server's part: receive, commit, answer; it may die before or after the commit.
    async fn receive(&self, from: Sender, body: &str) -> Option<(u16, String)> {
        let at = self.time.now.get();
        if self.may(Fault::OtherProto, 100) {
            return Some((400, r#"{"code":"bad_proto","message":"…"}"#.into()));
        }
        if self.may(Fault::Unwritable, 300) {
            let sick = self.made.borrow().keys().copied().rfind(|id| body.contains(&id.to_string()));
            self.server.borrow_mut().sick = sick;
        }
        if self.may(Fault::Poison, 300) {
            let poison = self.made.borrow().keys().copied().find(|id| body.contains(&id.to_string()));
            let mut server = self.server.borrow_mut();
            server.poison = server.poison.or(poison);
        }
        // A server that takes the first of many and says nothing about the others.
        let short = if self.may(Fault::Silent, 300) { first_of(body) } else { None };
        let body = short.as_deref().unwrap_or(body);
        let outcome = self.server.borrow().push(from, body, at);
        let (state, answer) = match outcome {
            Ok(done) => done,
            Err(refused) => return Some(refused),
        };
        let crash = self.may(Fault::ServerCrash, 200);
        let text = serde_json::to_string(&answer).unwrap();
        if crash && self.chance.one_in(500) && self.bug != Some(Bug::AckBeforeCommit) {
            // Before the commit: nothing of it was.
            return None;
        }
        self.check_same(body, &state);
        match self.bug {
            Some(Bug::AckBeforeCommit) if crash => return Some((200, text)),
            Some(Bug::SynchronousNormal) => {
                let mut server = self.server.borrow_mut();
                if server.disk.is_none() {
                    server.disk = Some(server.state.clone());
                }
                server.state = state;
                if crash && let Some(disk) = server.disk.take() {
                    server.state = disk;
                }
                return Some((200, text));
            }
            Some(Bug::BareSequence) => {
                // The numbers are taken now, the rows come later.
                self.server.borrow_mut().state.counters.clone_from(&state.counters);
                self.time.wait(self.chance.between(100, 4_000)).await;
                let mut server = self.server.borrow_mut();
                for (id, line) in state.log {
                    server.state.log.entry(id).or_insert(line);
                }
                for (key, rec) in state.records {
                    let old = server.state.records.get(&key).map_or(0, |r| r.seq);
                    if rec.seq > old {
                        server.state.records.insert(key, rec);
                    }
                }
                return Some((200, text));
            }
            _ => self.server.borrow_mut().state = state,
        }
        if crash {
            return None;
        }
        Some((200, text))
    }
    fn give(&self, account: AccountId, query: &str) -> (u16, String) {
        let answer = self.server.borrow().pull(account, query, self.time.now.get());
        self.check_scope(account, &answer);
        (200, serde_json::to_string(&answer).unwrap())
    }
}

/// The same request with the first half of its ops; none when there is nothing to leave out.
fn first_of(body: &str) -> Option<String> {
    let mut asked: PushRequest = serde_json::from_str(body).ok()?;
    let half = asked.ops.len() / 2;
    (half < asked.ops.len()).then(|| {
        asked.ops.truncate(half);
        serde_json::to_string(&asked).unwrap()
    })
}
