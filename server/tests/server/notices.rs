//! Notices: written, scheduled, withdrawn, read.

use crate::helpers::*;
use domain::op::Body;
use domain::wire::Ruling;

#[tokio::test]
async fn a_scheduled_notice_comes_at_its_time_and_not_before() {
    let world = World::new().await;
    let (writer, reader) = (world.phone("secretary").await, world.phone("member").await);
    let (_, cursor) = reader.pull("").await;
    let (_, desk) = writer.pull("").await;
    writer.does("A", written("n", T0.plus(60_000))).await;
    assert_eq!(listed(&writer.pull(&desk).await.0), ["notice"], "its writer has it at once");
    let (rows, cursor) = reader.pull(&cursor).await;
    assert!(rows.iter().all(|r| r.row.is_none()), "not yet: {:?}", listed(&rows));
    world.advance(59_999);
    world.store().housekeeping().await.unwrap();
    assert!(reader.pull(&cursor).await.0.is_empty());
    world.advance(1);
    world.store().housekeeping().await.unwrap();
    let (rows, cursor) = reader.pull(&cursor).await;
    assert_eq!(listed(&rows), ["notice"]);
    world.advance(60_000);
    assert_eq!(world.store().housekeeping().await.unwrap(), 0, "once");
    assert!(reader.pull(&cursor).await.0.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_withdrawn_or_postponed_notice_goes_from_members_phones() {
    let world = World::new().await;
    let (writer, reader) = (world.phone("secretary").await, world.phone("member").await);
    writer.does("A", written("n1", T0)).await;
    writer.does("A", written("n2", T0)).await;
    let (rows, cursor) = reader.pull("").await;
    assert_eq!(rows.iter().filter(|r| r.table == "notice").count(), 2);
    writer.does("A", withdrawn("n1")).await;
    writer.does("A", written("n2", T0.plus(5000))).await;
    let (rows, _) = reader.pull(&cursor).await;
    assert_eq!(listed(&rows), ["-notice", "-notice"]);
    let (rows, _) = reader.pull("").await;
    assert!(rows.iter().all(|r| r.table != "notice"));
    let (rows, _) = writer.pull("").await;
    assert_eq!(rows.iter().filter(|r| r.table == "notice").count(), 2, "the desk keeps both");
    world.stop().await;
}

#[tokio::test]
async fn the_first_reading_stands() {
    let world = World::new().await;
    let (writer, reader) = (world.phone("ward").await, world.phone("member").await);
    writer.does("W", written("n", T0)).await;
    let read = || Body::NoticeRead { notice: id("n") };
    assert_eq!(reader.does("A", read()).await.r, Ruling::Applied);
    let first = world.store().read_marks(id("n")).await.unwrap();
    world.advance(10_000);
    assert_eq!(reader.does("A", read()).await.r, Ruling::Applied);
    assert_eq!(world.store().read_marks(id("n")).await.unwrap(), first);
    assert_eq!((first.len(), first[0].at), (1, T0));
    let unheard = reader.does("A", Body::NoticeRead { notice: id("unheard") }).await;
    assert_eq!(unheard.r, Ruling::Held);
    world.stop().await;
}
