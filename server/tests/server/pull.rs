//! What reaches which phone.

use crate::helpers::*;
use domain::op::Body;
use domain::wire::{Row, Ruling, WireRow};
use reqwest::StatusCode;
use std::collections::BTreeSet;

/// Fills every table in cells A, B and C and in the ward.
async fn full() -> World {
    let world = World::new().await;
    let a = world.phone("secretary").await;
    let mine = world.phone("member").await;
    for body in [
        present("now", "a1"),
        present("now", "a2"),
        guest("ga", "now"),
        written("na", T0),
        written("na-later", T0.plus(1000)),
    ] {
        assert_eq!(a.does("A", body).await.r, Ruling::Applied);
    }
    assert_eq!(a.does("A", present("unheard", "a1")).await.r, Ruling::Held);
    assert_eq!(mine.does("A", Body::NoticeRead { notice: id("na") }).await.r, Ruling::Applied);
    for (who, cell, someone) in [("secretary_b", "B", "b1"), ("secretary_c", "C", "c1")] {
        let phone = world.phone(who).await;
        let meeting = format!("m{cell}");
        for body in [
            planned(&meeting),
            opened(&meeting),
            present(&meeting, someone),
            guest(&format!("g{cell}"), &meeting),
            written(&format!("n{cell}"), T0),
        ] {
            assert_eq!(phone.does(cell, body).await.r, Ruling::Applied);
        }
    }
    let ward = world.phone("ward").await;
    for body in [planned("ward-meeting"), written("nw", T0), written("nw-later", T0.plus(1000))] {
        assert_eq!(ward.does("W", body).await.r, Ruling::Applied);
    }
    world
}

/// Short words for rows, e.g. `meeting now +code`.
fn words(rows: &[Row]) -> BTreeSet<String> {
    let things = [
        "now",
        "mB",
        "mC",
        "ward-meeting",
        "unheard",
        "na",
        "na-later",
        "nB",
        "nC",
        "nw",
        "nw-later",
        "ga",
        "gB",
        "gC",
    ];
    let people = ["a1", "a2", "a3", "b1", "c1"];
    let units = ["P", "W", "X", "A", "B", "C"];
    let name = |u: uuid::Uuid| {
        let all = things.iter().chain(&people).chain(&units);
        all.copied().find(|w| id::<uuid::Uuid>(w) == u).unwrap_or("?").to_owned()
    };
    rows.iter()
        .map(|row| match row {
            Row::Unit(u) => format!("unit {}", name(u.id.0)),
            Row::Member(m) => format!("member {}", name(m.id.0)),
            Row::Meeting(m) => format!("meeting {}{}", name(m.id.0), if m.plan.code.is_some() { " +code" } else { "" }),
            Row::Presence(p) => format!("presence {} {}", name(p.meeting.0), name(p.who.to_string().parse().unwrap())),
            Row::Guest(g) => format!("guest {}", name(g.id.0)),
            Row::Notice(n) => format!("notice {}", name(n.id.0)),
            Row::Read(r) => format!("read {} {}", name(r.notice.0), name(r.member.0)),
            Row::Held(h) => format!("held {}", h.meeting.map_or(String::new(), |m| name(m.0))),
            Row::Request(_) => "request".to_owned(),
            Row::Consent(_) => "consent".to_owned(),
            Row::Fate(_) => "fate".to_owned(),
        })
        .collect()
}

async fn sees(world: &World, who: &str) -> BTreeSet<String> {
    words(&world.phone(who).await.rows().await)
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[tokio::test]
async fn nobody_gets_a_row_outside_the_scope() {
    let world = full().await;
    let up = ["unit P", "unit W", "unit A"];
    let member =
        ["member a1", "meeting now", "meeting ward-meeting", "presence now a1", "notice na", "notice nw", "read na a1"];
    assert_eq!(sees(&world, "member").await, set(&[&up[..], &member[..]].concat()));
    let member2 = ["member a2", "meeting now", "meeting ward-meeting", "presence now a2", "notice na", "notice nw"];
    assert_eq!(sees(&world, "member2").await, set(&[&up[..], &member2[..]].concat()));
    let secretary = [
        "member a1",
        "member a2",
        "member a3",
        "meeting now +code",
        "meeting ward-meeting",
        "presence now a1",
        "presence now a2",
        "guest ga",
        "held unheard",
        "notice na",
        "notice na-later",
        "notice nw",
    ];
    assert_eq!(sees(&world, "secretary").await, set(&[&up[..], &secretary[..]].concat()));
    // Of its own meeting also the code: it calls the roll there.
    let ward = [
        "unit B",
        "meeting now",
        "meeting mB",
        "meeting ward-meeting +code",
        "notice na",
        "notice na-later",
        "notice nB",
        "notice nw",
        "notice nw-later",
    ];
    assert_eq!(sees(&world, "ward").await, set(&[&up[..], &ward[..]].concat()));
    let all = ["unit P", "unit W", "unit X", "unit A", "unit B", "unit C"];
    assert_eq!(sees(&world, "upper").await, set(&all));
    assert_eq!(sees(&world, "admin").await, set(&all));
    for who in ["follower", "front", "workplace"] {
        assert_eq!(sees(&world, who).await, set(&up), "{who}");
    }
    world.stop().await;
}

#[tokio::test]
async fn pages_of_any_size_hold_the_same_rows_in_order() {
    let world = full().await;
    let phone = world.phone("secretary").await;
    let (whole, end) = phone.pull("").await;
    // What is not there is only said to those who have something.
    let key = |rows: &[WireRow]| {
        rows.iter().filter(|r| r.row.is_some()).map(|r| format!("{}/{}", r.table, r.id)).collect::<Vec<_>>()
    };
    for limit in [1, 2, 3, 7] {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = phone.pull_page(&cursor, limit).await;
            assert!(page.rows.len() <= limit);
            rows.extend(page.rows);
            cursor = page.cursor;
            if !page.more {
                break;
            }
        }
        assert_eq!(key(&rows), key(&whole), "limit {limit}");
        assert_eq!(cursor, end);
    }
    world.stop().await;
}

#[tokio::test]
async fn nothing_new_is_said_in_under_400_bytes() {
    let world = full().await;
    let phone = world.phone("secretary").await;
    let (_, cursor) = phone.pull("").await;
    let text = phone.get(&format!("/pull?cursor={cursor}")).await.text().await.unwrap();
    assert!(text.len() < 400, "{} bytes: {text}", text.len());
    assert!(text.contains("\"rows\":[]"));
    world.stop().await;
}

#[tokio::test]
async fn a_cursor_that_does_not_fit_begins_anew() {
    let world = full().await;
    let (one, two) = (world.phone("secretary").await, world.phone("secretary_b").await);
    let (whole, cursor) = one.pull("").await;
    assert!(!one.pull_page("", 1).await.reset, "there is nothing to forget at the beginning");
    let foreign = two.pull_page(&cursor, 1000).await;
    assert!(foreign.reset);
    for broken in ["x", "AAAA", "%F0%9F%98%80", &cursor[..cursor.len() - 3]] {
        let page = one.pull_page(broken, 1000).await;
        assert!(page.reset, "{broken}");
        assert_eq!(page.rows.len(), whole.len());
    }
    world.stop().await;
}

#[tokio::test]
async fn a_new_right_begins_anew() {
    let world = full().await;
    let phone = world.phone("member").await;
    let (_, cursor) = phone.pull("").await;
    assert!(!phone.pull_page(&cursor, 10).await.reset);
    let grant = domain::account::Grant::new(domain::account::Role::Secretary, id("A"));
    world.store().add_grant(phone.account(), grant).await.unwrap();
    let page = phone.pull_page(&cursor, 1000).await;
    assert!(page.reset);
    assert!(page.rows.iter().any(|r| r.table == "guest"));
    world.stop().await;
}

#[tokio::test]
async fn a_member_who_moves_leaves_the_phones_of_the_old_cell() {
    let world = World::new().await;
    let (old, new) = (world.phone("secretary").await, world.phone("secretary_b").await);
    let (_, old_cursor) = old.pull("").await;
    let (_, new_cursor) = new.pull("").await;
    let ward = world.phone("ward").await;
    let moved = Body::MemberPut { member: member("a1", "B") };
    assert_eq!(ward.does("B", moved).await.r, Ruling::Applied);
    let (rows, _) = old.pull(&old_cursor).await;
    assert_eq!(listed(&rows), ["-member"]);
    let (rows, _) = new.pull(&new_cursor).await;
    assert_eq!(listed(&rows), ["member"]);
    let own = world.phone("member").await;
    assert_eq!(own.session.me.roles[0].unit, id("B"), "the own account goes along");
    assert!(words(&own.rows().await).contains("member a1"));
    world.stop().await;
}

#[tokio::test]
async fn a_live_screen_hears_of_its_own_scope_only() {
    use futures::StreamExt as _;
    let world = World::new().await;
    let watcher = world.phone("secretary").await;
    let answer = watcher.get("/live").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut stream = answer.bytes_stream();
    // First something of another cell, which must not be heard, then something of the own.
    world.phone("secretary_b").await.does("B", planned("other")).await;
    let result = world.phone("secretary2").await.does("A", present("now", "a1")).await;
    let mut heard = String::new();
    let deadline = std::time::Duration::from_secs(10);
    while !heard.contains("\n\n") {
        let chunk = tokio::time::timeout(deadline, stream.next()).await.expect("an event in time").unwrap().unwrap();
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(heard.starts_with("event: changed"), "{heard}");
    assert!(heard.contains(&format!("\"seq\":{}", result.seq.unwrap())), "{heard}");
    drop(stream);
    world.stop().await;
}

#[tokio::test]
async fn a_ward_hears_that_somebody_came_although_it_gets_no_row_of_it() {
    use futures::StreamExt as _;
    let world = World::new().await;
    let ward = world.phone("ward").await;
    let answer = ward.get("/live").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut stream = answer.bytes_stream();
    world.phone("secretary").await.does("A", present("now", "a1")).await;
    let chunk = tokio::time::timeout(std::time::Duration::from_secs(10), stream.next()).await;
    let chunk = chunk.expect("an event in time").unwrap().unwrap();
    assert!(chunk.starts_with(b"event: changed"), "{chunk:?}");
    drop(stream);
    world.stop().await;
}
