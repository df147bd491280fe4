//! Phones that get lost: listed, signed out from elsewhere, still delivering, signed in again.

use crate::helpers::*;
use domain::decide::Why;
use domain::device::PhoneOf;
use domain::op::Body;
use domain::wire::{Row, Ruling};
use reqwest::{Client, Response, StatusCode};
use std::collections::BTreeSet;
use std::time::Duration;

impl Phone {
    async fn phones(&self, path: &str) -> Vec<PhoneOf> {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }
    async fn ends(&self, path: &str) -> Response {
        self.post_text(path, String::new()).await
    }
}

#[tokio::test]
async fn a_person_sees_the_own_phones_and_signs_out_another() {
    let world = World::new().await;
    let (first, second) = (world.phone("member").await, world.phone("member").await);
    let stranger = world.phone("member2").await;
    world.advance(60_000);
    first.client.get(world.api("/pull")).header("x-unsent", "50").header("x-app", "0.1.0").send().await.unwrap();
    // What the server does each second.
    world.store().write_heard().await.unwrap();
    let list = second.phones("/devices").await;
    assert_eq!((list[1].unsent, list[1].app.as_deref()), (Some(50), Some("0.1.0")));
    assert_eq!(
        list.iter().map(|p| (p.id, p.this)).collect::<Vec<_>>(),
        [(second.device(), true), (first.device(), false)]
    );
    assert_eq!((list[1].first, list[1].last), (T0, Some(T0.plus(60_000))));
    assert!(list.iter().all(|p| p.signed_in && p.name == "Máy thử"));

    // Not this one here, and nobody else's.
    let out = |device| format!("devices/{device}/sign-out");
    let here = second.ends(&out(second.device())).await;
    assert_eq!(error_of(here).await, (StatusCode::BAD_REQUEST, "this_phone".into()));
    let other = second.ends(&out(stranger.device())).await;
    assert_eq!(error_of(other).await, (StatusCode::NOT_FOUND, "not_found".into()));
    assert_eq!(stranger.get("/session").await.status(), StatusCode::OK);
    for _ in 0..2 {
        assert_eq!(second.ends(&out(first.device())).await.status(), StatusCode::NO_CONTENT);
    }
    // The lost phone reads nothing any more, whatever it asks.
    let a = id::<uuid::Uuid>("A");
    for path in ["/session", "/pull", "/live", "/devices", &format!("/units/{a}/members"), "/admin/units"] {
        assert_eq!(error_of(first.get(path).await).await, (StatusCode::UNAUTHORIZED, "revoked".into()), "{path}");
    }
    for path in ["carry", &out(second.device()), "enrolments"] {
        let answer = first.post_text(path, first.request(&[])).await;
        assert_eq!(error_of(answer).await, (StatusCode::UNAUTHORIZED, "revoked".into()), "{path}");
    }
    let list = second.phones("/devices").await;
    assert_eq!((list[1].signed_in, list[1].signed_out), (false, Some(world.now())));
    world.stop().await;
}

#[tokio::test]
async fn what_the_lost_phone_sends_is_held_and_the_secretary_accepts_it_once() {
    let world = World::new().await;
    let (lost, kept) = (world.phone("secretary").await, world.phone("secretary").await);
    let second = world.phone("secretary2").await;
    let ops: Vec<_> = (0..50).map(|n| lost.op("A", &present("now", ["a1", "a2", "a3"][n % 3]))).collect();
    assert_eq!(lost.push(&ops[..1]).await[0].r, Ruling::Applied);
    kept.ends(&format!("devices/{}/sign-out", lost.device())).await;
    // One that was decided before stays so; the rest is durable and held, as often as it comes.
    for round in 0..2 {
        let results = lost.push(&ops).await;
        assert_eq!((results[0].r, results[0].stored), (Ruling::Dup, Some(Ruling::Applied)));
        let wanted = if round == 0 { (Ruling::Held, None) } else { (Ruling::Dup, Some(Ruling::Held)) };
        let held = |r: &&domain::wire::OpResult| (r.r, r.stored) == wanted && r.why == Some(Why::Revoked);
        assert_eq!(results[1..].iter().filter(held).count(), 49);
    }
    let marks = async || {
        let book = world.store().read_book(id("A")).await.unwrap();
        let of = |who: &str| {
            book.presence_of(id("now"), domain::presence::Who::Member(id(who))).map_or(0, |p| p.marks.len())
        };
        of("a1") + of("a2") + of("a3")
    };
    assert_eq!(marks().await, 1);
    let held = async || -> BTreeSet<_> {
        let held = |row| if let Row::Held(held) = row { Some(held) } else { None };
        second.rows().await.into_iter().filter_map(held).filter(|h| h.why == Why::Revoked).map(|h| h.id).collect()
    };
    let shown = held().await;
    assert_eq!(shown, ops[1..].iter().map(|o| o.id).collect());
    assert_eq!(second.does("A", Body::CarriedAccepted { ops: shown }).await.r, Ruling::Applied);
    assert_eq!((marks().await, held().await.len()), (50, 0));
    assert!(lost.push(&ops).await.iter().all(|r| r.stored == Some(Ruling::Applied)));
    assert_eq!(marks().await, 50);
    assert_eq!(world.verified().await, Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn signed_in_again_it_is_a_phone_like_any_other() {
    let world = World::new().await;
    let (lost, kept) = (world.phone("secretary").await, world.phone("secretary").await);
    let late = lost.op("A", &present("now", "a1"));
    kept.ends(&format!("devices/{}/sign-out", lost.device())).await;
    assert_eq!(lost.push(std::slice::from_ref(&late)).await[0].why, Some(Why::Revoked));
    let again = world.phone_with(lost.client.clone(), "secretary").await;
    assert_eq!(again.device(), lost.device(), "the same browser");
    assert_eq!(again.get("/pull").await.status(), StatusCode::OK);
    // Its author brings the same bytes himself: decided as if nothing had happened.
    let freed = again.push(std::slice::from_ref(&late)).await;
    assert_eq!((freed[0].r, freed[0].stored), (Ruling::Dup, Some(Ruling::Applied)));
    assert_eq!(again.does("A", present("now", "a2")).await.r, Ruling::Applied);
    let list = kept.phones("/devices").await;
    assert!(list.iter().find(|p| p.id == lost.device()).unwrap().signed_in);
    world.stop().await;
}

#[tokio::test]
async fn who_keeps_the_register_or_the_units_signs_out_a_lost_phone_and_nobody_else() {
    let world = World::new().await;
    let (member, secretary) = (world.phone("member").await, world.phone("secretary").await);
    let (ward, admin) = (world.phone("ward").await, world.phone("admin").await);
    let (a1, a3) = (id::<uuid::Uuid>("a1"), id::<uuid::Uuid>("a3"));
    let of_member = format!("/members/{a1}/devices");
    let list = secretary.phones(&of_member).await;
    assert_eq!((list.len(), list[0].id, list[0].this), (1, member.device(), false));
    assert_eq!(secretary.phones(&format!("/members/{a3}/devices")).await, [], "no account, no phones");
    for (phone, path) in [(&world.phone("secretary_b").await, &of_member), (&world.phone("member2").await, &of_member)]
    {
        assert_eq!(phone.get(path).await.status(), StatusCode::FORBIDDEN);
        let out = phone.ends(&format!("{}/{}/sign-out", &path[1..], member.device())).await;
        assert_eq!(out.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(member.get("/session").await.status(), StatusCode::OK);
    // Another account's phone under the member's name is not found.
    let wrong = secretary.ends(&format!("members/{a1}/devices/{}/sign-out", ward.device())).await;
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
    let gone = ward.ends(&format!("members/{a1}/devices/{}/sign-out", member.device())).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert_eq!(error_of(member.get("/pull").await).await.1, "revoked");
    // An administrator, for accounts that he manages; not by way of a member's.
    let account = format!("admin/accounts/{}/devices", secretary.account());
    assert_eq!(admin.phones(&format!("/{account}")).await[0].id, secretary.device());
    assert_eq!(admin.get(&of_member).await.status(), StatusCode::FORBIDDEN);
    let out = admin.ends(&format!("{account}/{}/sign-out", secretary.device())).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!(error_of(secretary.get("/pull").await).await.1, "revoked");
    for bad in ["devices/x/sign-out".to_owned(), format!("members/x/devices/{}/sign-out", ward.device())] {
        assert_eq!(error_of(ward.ends(&bad).await).await, (StatusCode::BAD_REQUEST, "bad_path".into()));
    }
    world.stop().await;
}

#[tokio::test]
async fn an_open_line_ends_when_its_phone_is_signed_out() {
    let world = World::new().await;
    let (lost, kept) = (world.phone("member").await, world.phone("member").await);
    let (mut ends, stays) = (lost.get("/live").await, kept.get("/live").await);
    assert_eq!((ends.status(), stays.status()), (StatusCode::OK, StatusCode::OK));
    kept.ends(&format!("devices/{}/sign-out", lost.device())).await;
    let end = async { while ends.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), end).await.expect("the line of the lost phone ends");
    assert_eq!(kept.get("/session").await.status(), StatusCode::OK);
    drop(stays);
    world.stop().await;
}

#[tokio::test]
async fn a_session_that_ended_by_age_or_by_its_own_phone_delivers_nothing() {
    let world = World::with(&["--lease-days", "7"]).await;
    let (old, left) = (world.phone("secretary").await, world.phone("secretary2").await);
    assert_eq!(old.session.lease_days, 7, "told with the session");
    left.client.delete(world.api("/session")).send().await.unwrap();
    let body = left.request(&[left.op("A", &present("now", "a1")).encode()]);
    assert_eq!(error_of(left.push_text(body).await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    world.advance(91 * domain::time::Millis::DAY);
    let body = old.request(&[old.op("A", &present("now", "a1")).encode()]);
    assert_eq!(error_of(old.push_text(body).await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    let nobody = Client::new().post(world.api("/push")).body("{}").send().await.unwrap();
    assert_eq!(error_of(nobody).await.1, "signed_out");
    world.stop().await;
}

#[tokio::test]
async fn whoever_keeps_a_unit_sees_its_phones_in_pages_and_an_administrator_no_members() {
    use domain::device::{Ends, UnitPhones};
    let world = World::new().await;
    let (secretary, ward, admin) =
        (world.phone("secretary").await, world.phone("ward").await, world.phone("admin").await);
    let (old, other) = (world.phone("member").await, world.phone("secretary_b").await);
    world.store().write_heard().await.unwrap();
    world.advance(31 * domain::time::Millis::DAY);
    let fresh = world.phone("member2").await;
    fresh.client.get(world.api("/pull")).header("x-unsent", "7").header("x-app", "0.0.1").send().await.unwrap();
    world.store().write_heard().await.unwrap();
    let list = async |by: &Phone, unit: &str, asked: &str| -> UnitPhones {
        let answer = by.get(&format!("/units/{}/phones?{asked}", id::<uuid::Uuid>(unit))).await;
        assert_eq!(answer.status(), StatusCode::OK, "{asked}");
        answer.json().await.unwrap()
    };
    let ids = |all: &UnitPhones| all.phones.iter().map(|p| p.phone.id).collect::<BTreeSet<_>>();
    let all = list(&secretary, "A", "").await;
    assert_eq!(ids(&all), [secretary.device(), old.device(), fresh.device()].into(), "its own cell's");
    assert_eq!((all.found, all.next), (3, None));
    let one = |all: &UnitPhones, of: &Phone| all.phones.iter().find(|p| p.phone.id == of.device()).unwrap().clone();
    assert_eq!(one(&all, &fresh).phone.unsent, Some(7));
    assert_eq!((one(&all, &fresh).ends, one(&all, &secretary).ends), (Some(Ends::Member), None), "not this one");
    assert!(!one(&all, &old).locked);
    assert_eq!(ids(&list(&secretary, "A", "filter=unsent").await), [fresh.device()].into());
    assert_eq!(ids(&list(&secretary, "A", "filter=old").await), [fresh.device()].into());
    let silent = list(&secretary, "A", "filter=silent").await;
    assert!(ids(&silent).contains(&old.device()) && !ids(&silent).contains(&fresh.device()));
    assert_eq!(silent.counts, [3, silent.found, 1, 1]);
    assert_eq!(ids(&list(&secretary, "A", "query=MEMBER2").await), [fresh.device()].into(), "folded");
    assert_eq!(list(&secretary, "A", "after=2").await.phones.len(), 1);
    let bad = secretary.get(&format!("/units/{}/phones?filter=x", id::<uuid::Uuid>("A"))).await;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    // The ward: all its cells; the administrator: people with roles, no member's phone.
    let all = list(&ward, "W", "").await;
    assert!(ids(&all).contains(&other.device()) && ids(&all).contains(&fresh.device()));
    assert_eq!(one(&all, &other).ends, Some(Ends::Account));
    let all = list(&admin, "W", "").await;
    assert!(ids(&all).contains(&ward.device()) && !ids(&all).contains(&fresh.device()));
    for unit in ["B", "W", "C"] {
        let answer = secretary.get(&format!("/units/{}/phones", id::<uuid::Uuid>(unit))).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{unit}");
    }
    // Away for longer than the lease: locked. Another is signed out by the way that was told.
    world.advance(60 * domain::time::Millis::DAY);
    assert!(one(&list(&secretary, "A", "").await, &old).locked);
    let way = format!("members/{}/devices/{}/sign-out", id::<uuid::Uuid>("a2"), fresh.device());
    assert_eq!(secretary.ends(&way).await.status(), StatusCode::NO_CONTENT);
    let after = one(&list(&secretary, "A", "").await, &fresh);
    assert!(!after.phone.signed_in && !after.locked && after.ends.is_none());
    let way = format!("admin/accounts/{}/devices/{}/sign-out", other.account(), other.device());
    assert_eq!(ward.ends(&way).await.status(), StatusCode::NO_CONTENT);
    world.stop().await;
}

#[tokio::test]
async fn phones_of_a_large_unit_come_in_pages_of_fifty() {
    use domain::device::{PHONES_AT_ONCE, UnitPhones};
    let world = World::new().await;
    let ward = world.phone("ward").await;
    for _ in 0..PHONES_AT_ONCE + 5 {
        world.phone("member").await;
    }
    let (mut seen, mut after) = (BTreeSet::new(), Some(0));
    let mut pages = 0;
    while let Some(from) = after {
        let path = format!("/units/{}/phones?after={from}", id::<uuid::Uuid>("W"));
        let page: UnitPhones = ward.get(&path).await.json().await.unwrap();
        assert!(page.phones.len() <= PHONES_AT_ONCE && page.found == PHONES_AT_ONCE + 6);
        seen.extend(page.phones.iter().map(|p| p.phone.id));
        after = page.next;
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (2, PHONES_AT_ONCE + 6), "each once");
    world.stop().await;
}

#[tokio::test]
async fn a_secretary_ends_the_slip_of_a_member_who_lost_it() {
    use domain::enrol::Voided;
    use domain::signin::DrawerSlip;
    let world = World::new().await;
    let (member, secretary) = (world.phone("member").await, world.phone("secretary").await);
    let slip: DrawerSlip = member.post("/account/slip", serde_json::json!({})).await.json().await.unwrap();
    let path = format!("members/{}/slip/void", id::<uuid::Uuid>("a1"));
    for who in ["secretary_b", "secretary_c", "member2", "member", "admin"] {
        let answer = world.phone(who).await.ends(&path).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{who}");
    }
    let ended: Voided = secretary.ends(&path).await.json().await.unwrap();
    assert_eq!(ended.codes, u64::try_from(slip.codes.len()).unwrap());
    let ask = serde_json::json!({ "code": slip.codes[0].code });
    let answer = Client::new().post(world.api("/session")).json(&ask).send().await.unwrap();
    assert_eq!(error_of(answer).await.1, "code_expired");
    let again: Voided = secretary.ends(&path).await.json().await.unwrap();
    assert_eq!(again.codes, 0);
    world.stop().await;
}
