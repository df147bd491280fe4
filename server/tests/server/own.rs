//! *Dữ liệu của tôi*: all of it, only one's own, and who was given it.

use crate::helpers::*;
use domain::audit::AuditLine;
use domain::own::OwnData;
use domain::presence::Status;
use domain::request::Outcome;
use domain::wire::Ruling;

async fn own(phone: &Phone) -> OwnData {
    phone.get("/own").await.json().await.unwrap()
}

fn looks(data: &OwnData) -> Vec<(&str, &str)> {
    data.looks.iter().map(|l: &AuditLine| (l.kind.as_str(), l.who_name.as_str())).collect()
}

#[tokio::test]
async fn everything_that_is_held_about_somebody_and_who_was_given_it() {
    let world = World::new().await;
    let (member, other) = (world.phone("member").await, world.phone("member2").await);
    let (secretary, ward) = (world.phone("secretary").await, world.phone("ward").await);
    let stranger = world.phone("secretary_b").await;
    assert_eq!(looks(&own(&member).await), vec![]);
    let mark = secretary.op("A", &present("now", "a1"));
    secretary.push(std::slice::from_ref(&mark)).await;
    let who = domain::presence::Who::Member(id("a1"));
    secretary.does("A", domain::op::Body::Voided { meeting: id("now"), who, ops: [mark.id].into() }).await;
    assert_eq!(member.does("A", own_present("now", "a1", Some("123456"))).await.r, Ruling::Applied);
    secretary.does("A", written("n", T0)).await;
    member.does("A", domain::op::Body::NoticeRead { notice: id("n") }).await;
    let request = member.op("A", &asked("Số mới <0900>"));
    member.push(std::slice::from_ref(&request)).await;
    secretary.does("A", answered(request.id, Outcome::Partly, "Đã sửa một phần")).await;
    member.does("A", agreed()).await;
    // Given to some; what another cell is given is nobody's business here.
    secretary.rows().await;
    stranger.rows().await;
    for path in [
        format!("/members/{}/devices", id::<uuid::Uuid>("a1")),
        format!("/members/{}/devices", id::<uuid::Uuid>("a2")),
        format!("/reports/cell/{}/matrix.csv", id::<uuid::Uuid>("A")),
        format!("/units/{}/members", id::<uuid::Uuid>("W")),
    ] {
        assert!(ward.get(&path).await.status().is_success());
    }
    let mine = own(&member).await;
    assert_eq!((mine.name.as_str(), mine.cell.as_str()), ("Tài khoản member", "Đơn vị A"));
    assert_eq!(mine.member.as_ref().map(|m| m.id), Some(id("a1")));
    assert_eq!(mine.roles.len(), 1);
    assert_eq!(mine.meetings.len(), 1);
    let meeting = &mine.meetings[0];
    assert!(matches!(meeting.status, Status::Present(_)) && meeting.title == "now");
    let marks: Vec<(&str, bool)> = meeting.marks.iter().map(|m| (m.by.as_str(), m.undone)).collect();
    assert_eq!(marks, [("Tài khoản secretary", true), ("Tài khoản member", false)]);
    assert_eq!(mine.read.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(), ["n"]);
    assert_eq!((mine.phones.len(), mine.sessions.len()), (1, 1));
    assert_eq!((mine.requests.len(), mine.requests[0].answers.len()), (1, 1));
    let version = domain::consent::version();
    assert_eq!(mine.consent.as_ref().and_then(domain::consent::Consent::agreed), Some((version, T0)));
    let mut seen = looks(&mine);
    seen.sort_unstable();
    let ward_name = "Tài khoản ward";
    let expected = [
        ("given.file", ward_name),
        ("given.members", ward_name),
        ("given.phones", ward_name),
        ("given.register", "Tài khoản secretary"),
    ];
    assert_eq!(seen, expected);
    assert!(mine.looks.iter().all(|l| l.device.is_empty()), "on which phone they read is theirs to know");
    let theirs = own(&other).await;
    assert_eq!(theirs.member.as_ref().map(|m| m.id), Some(id("a2")));
    assert!(theirs.requests.is_empty() && theirs.consent.is_none());
    assert!(theirs.meetings.is_empty() && theirs.looks.iter().filter(|l| l.member.is_some()).count() == 1);
    // To take away: the same, and a line of its own.
    let json: OwnData = member.get("/own.json").await.json().await.unwrap();
    assert_eq!((json.member, json.meetings.len()), (mine.member, 1));
    assert_eq!((json.requests, json.consent), (mine.requests, mine.consent));
    let page = member.get("/own.html").await;
    assert!(page.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let page = page.text().await.unwrap();
    assert!(page.contains("Số mới &lt;0900&gt;") && page.contains("Trả lời: đã làm một phần"));
    assert!(page.contains(&format!("Bản ngày {}", domain::time::date_vi(version))));
    assert!(page.contains("Nguyễn Văn a1") && page.contains("Tải tệp báo cáo") && !page.contains("a2"));
    let taken = own(&member).await;
    assert_eq!(looks(&taken).iter().filter(|(kind, _)| *kind == "given.own").count(), 2);
    world.stop().await;
}

#[tokio::test]
async fn somebody_without_a_row_in_a_register_sees_account_roles_and_phones() {
    let world = World::new().await;
    for who in ["secretary", "ward", "upper", "admin"] {
        let phone = world.phone(who).await;
        let mine = own(&phone).await;
        assert!(mine.member.is_none() && mine.meetings.is_empty() && mine.looks.is_empty(), "{who}");
        assert_eq!((mine.roles.len(), mine.phones.len()), (1, 1));
    }
    world.stop().await;
}
