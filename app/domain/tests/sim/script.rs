//! What a tab does from its start on, and what the person before it does next.

use crate::faults::Fault;
use crate::phone::{Device, Tab};
use crate::register::BUILD;
use crate::server::EPOCH_MS;
use crate::world::{Made, World};
use domain::id::{GuestId, MeetingId, NoticeId, OpId, UnitId};
use domain::meeting::{Form, MeetingKind, MeetingPlan, MeetingStatus};
use domain::member::PersonName;
use domain::notice::NoticeText;
use domain::op::{Body, How};
use domain::presence::{PresentAs, Told, Who};
use domain::sync::phone::{self, boot, tap};
use domain::sync::port::Screen as _;
use domain::sync::{Backoff, Entry, Sending, Stage};
use domain::time::Millis;
use std::rc::Rc;
use uuid::Uuid;

/// Gives the lock back, also when the tab dies.
struct Turn(Rc<Device>);
impl Drop for Turn {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

pub async fn run_tab(world: Rc<World>, tab: Rc<Tab>) {
    let repair = boot::load_ops(&*tab).await;
    if let Err(fault) = boot::load_cache(&*tab).await {
        tab.fault(Some(fault));
    }
    tap::rebuild(&*tab);
    boot::repair(&*tab, repair).await;
    let taps = if world.healing.get() { 0 } else { 3 + world.chance.index(8) };
    world.time.spawn(tab.n, false, person(Rc::clone(&world), Rc::clone(&tab), taps));
    let mut backoff = Backoff::default();
    let mut turns = 0;
    loop {
        let device = &tab.device;
        if device.has_locks && device.locked.get() && turns < 3 {
            turns += 1;
            world.time.rest(1_500).await;
            continue;
        }
        turns = 0;
        let turn = device.has_locks.then(|| {
            device.locked.set(true);
            Turn(Rc::clone(device))
        });
        tab.memory.again.set(false);
        tab.memory.want_pull.set(true);
        let before = waiting(&tab);
        let poison = world.server.borrow().poison;
        let version = world.version();
        tab.busy.set(true);
        let result = phone::round(&*tab, true).await;
        tab.busy.set(false);
        drop(turn);
        // A pull that gave up to a faster tab has not seen everything.
        if result.is_ok() && !tab.memory.want_pull.get() {
            tab.seen.set(version);
            world.check_progress(&tab, &before, poison);
        }
        let wait = match result {
            Ok(()) if tab.memory.again.get() => 0,
            Ok(()) => {
                backoff.reset();
                world.chance.between(2_000, 20_000)
            }
            Err(_) => i64::from(backoff.fail(0.5, true)),
        };
        if tab.memory.was_reset.replace(false) && !tab.memory.stopped.get() {
            *tab.session.borrow_mut() = Some(world.session(device));
            tap::rebuild(&*tab);
        }
        world.time.rest(wait).await;
    }
}

fn waiting(tab: &Tab) -> Vec<Entry> {
    tab.entries.borrow().iter().filter(|e| e.stage == Stage::Waiting).cloned().collect()
}

/// A person with this tab before the eyes.
async fn person(world: Rc<World>, tab: Rc<Tab>, taps: usize) {
    for _ in 0..taps {
        world.time.wait(world.chance.between(50, 6_000)).await;
        let Some((unit, body)) = choose(&world, &tab) else { continue };
        let made = tap::perform(&*tab, unit, body, Vec::new(), BUILD);
        let Ok(id) = made else { continue };
        let entry = tab.entries.borrow().iter().rev().find(|e| e.id == id).cloned().unwrap();
        let device = world.devices.borrow().iter().position(|d| d.id == tab.device.id).unwrap();
        let made =
            Made { raw: entry.op.encode(), op: entry.op.clone(), device, saved: false, stored: false, acked: false };
        world.made.borrow_mut().insert(id, made);
        if world.may(Fault::NewerPhone, 200) {
            let mut op = entry.op.clone();
            // A kind that this server does not know, made by a newer build.
            op.id = OpId(Uuid::from_bytes(world.chance.bytes()));
            op.k = "attendance.wave".into();
            let raw = op.encode();
            let record = domain::sync::Record { id: op.id, raw: raw.clone(), stage: Stage::Waiting };
            let mut newer = Entry::from_record(&record, op.clone());
            newer.state = Sending::Saving;
            phone::outbox::put(&*tab, vec![(newer, raw.clone())]);
            world
                .made
                .borrow_mut()
                .insert(op.id, Made { raw, op: op.clone(), device, saved: false, stored: false, acked: false });
            tap::store(&*tab, &[op.id]).await;
        }
        tap::store(&*tab, &[id]).await;
        world.time.kick(tab.n, 120);
        if world.chance.one_in(100) {
            let look = tab.entries.borrow().iter().find(|e| matches!(e.stage, Stage::NeedsLook { .. })).map(|e| e.id);
            if let Some(op) = look {
                let changed = if world.chance.one_in(500) { tap::forget(&*tab, op) } else { tap::resend(&*tab, op) };
                tap::store_stages(&*tab, &changed).await;
            }
        }
    }
}

/// What a person does next, by what the screen shows.
fn choose(world: &World, tab: &Tab) -> Option<(UnitId, Body)> {
    let session = tab.session.borrow().clone()?;
    let view = tab.view.borrow();
    let chance = &world.chance;
    let unit = session.me.roles.first()?.unit;
    let mut meetings: Vec<_> = view.meetings.values().filter(|m| m.unit == unit).collect();
    meetings.sort_by_key(|m| m.id);
    let open: Vec<_> = meetings.iter().filter(|m| m.status == MeetingStatus::Open).collect();
    if let Some(me) = session.me.member {
        if let Some(notice) = view.notices.keys().min()
            && chance.one_in(300)
        {
            return Some((unit, Body::NoticeRead { notice: *notice }));
        }
        let meeting = meetings.get(chance.index(meetings.len()))?;
        let who = Who::Member(me);
        return Some((
            unit,
            Body::Present { meeting: meeting.id, who, present: PresentAs::OnTime, how: How::Own, code: None },
        ));
    }
    let id = || Uuid::from_bytes(chance.bytes());
    if meetings.is_empty() || chance.one_in(80) {
        let plan = MeetingPlan {
            kind: MeetingKind::HalfYear,
            title: "Họp".into(),
            form: Form::InPerson,
            place: String::new(),
            starts: Millis(EPOCH_MS),
            minutes: 60,
            agenda: String::new(),
            papers: vec![],
            code: None,
        };
        return Some((unit, Body::MeetingPlanned { meeting: MeetingId(id()), plan }));
    }
    if open.is_empty() || chance.one_in(60) {
        let meeting = meetings[chance.index(meetings.len())];
        let body = match meeting.status {
            MeetingStatus::Open if chance.one_in(500) => Body::MeetingClosed { meeting: meeting.id },
            _ => Body::MeetingOpened { meeting: meeting.id },
        };
        return Some((unit, body));
    }
    let meeting = open[chance.index(open.len())].id;
    let mut members: Vec<_> = view.members.keys().copied().collect();
    members.sort_unstable();
    if members.is_empty() {
        return None;
    }
    let member = members[chance.index(members.len())];
    let mut guests: Vec<GuestId> = view.guests.values().filter(|g| g.meeting == meeting).map(|g| g.id).collect();
    guests.sort_unstable();
    let who = match guests.first() {
        Some(guest) if chance.one_in(150) => Who::Guest(*guest),
        _ => Who::Member(member),
    };
    let body = match chance.below(20) {
        0 => Body::Excused { meeting, member, reason: "Ốm".into(), told: Told::Before },
        1 => Body::MarkedAbsent { meeting, member },
        2 => Body::GuestAdded {
            guest: GuestId(id()),
            meeting,
            name: PersonName::parse("Khách Thử").unwrap(),
            note: String::new(),
        },
        3 => {
            let text = NoticeText {
                title: "Mời".into(),
                body: "Kính mời".into(),
                papers: vec![],
                meeting: None,
                publish_at: Millis(0),
            };
            Body::NoticeWritten { notice: NoticeId(id()), text }
        }
        4..=7 => {
            let ops = view.presence_of(meeting, who)?.live_ops();
            Body::Voided { meeting, who, ops }
        }
        _ => {
            let present = [PresentAs::OnTime, PresentAs::Late, PresentAs::LeftEarly][chance.index(3)];
            Body::Present { meeting, who, present, how: How::Roll, code: None }
        }
    };
    Some((unit, body))
}
