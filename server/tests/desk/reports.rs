//! What the ward reads, on the screen and in files, is what the cells did.

use crate::helpers::{Demo, NOW, fine, problem};
use calamine::{Data, Range, Reader as _, Xlsx};
use domain::account::{Grant, Role};
use domain::desk::NoticeReads;
use domain::id::AccountId;
use domain::meeting::MeetingStatus;
use domain::member::Member;
use domain::op::{Body, How};
use domain::presence::{PresentAs, Told, Who};
use domain::report::{Matrix, MeetingList, WardReport};
use domain::time::Millis;
use reqwest::{Response, StatusCode};
use server::store::{Account, Enrolment};
use std::io::Cursor;
use uuid::Uuid;

async fn sheet(answer: Response) -> Range<Data> {
    assert_eq!(answer.status(), StatusCode::OK);
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"") && name.contains(".xlsx\"; filename*=UTF-8''"), "{name}");
    let bytes = answer.bytes().await.unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.worksheet_range_at(0).unwrap().unwrap()
}

/// The rows below the header: those whose first cell is a number; and the totals below them.
fn rows(range: &Range<Data>) -> (Vec<Vec<Data>>, Vec<Data>) {
    let all: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let first = all.iter().position(|r| r[0] == Data::String("STT".to_owned())).unwrap() + 1;
    let n = all[first..].iter().take_while(|r| matches!(r[0], Data::Float(_))).count();
    (all[first..first + n].to_vec(), all[first + n].clone())
}

fn number(cell: &Data) -> u32 {
    match cell {
        Data::Float(n) => format!("{n:.0}").parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_overview_reconciles_and_its_files_say_the_same() {
    let demo = Demo::start().await;
    let ward = demo.person("demo-ward").await;
    let path = format!("reports/ward/{}", demo.ward());
    let report: WardReport = fine(ward.get(&path).await).await;
    assert_eq!((report.cells.len(), report.not_met), (12, 1));
    let figures = |name: &str| report.cells.iter().find(|c| c.unit.name == name).unwrap().last.as_ref().unwrap().tally;
    let t = figures("Chi bộ Khu phố 5");
    assert_eq!((t.expected, t.present, t.excused + t.absent + t.unmarked), (77, 64, 13));
    let t = figures("Chi bộ Khu phố 7");
    assert_eq!((t.expected, t.excused), (114, 35));
    assert!(!report.silent_phones.is_empty());

    let (lines, totals) = rows(&sheet(ward.get(&format!("{path}.xlsx")).await).await);
    assert_eq!(lines.len(), 12);
    for (line, cell) in lines.iter().zip(&report.cells) {
        let t = cell.last.as_ref().unwrap().tally;
        assert_eq!((number(&line[2]), number(&line[6]), number(&line[7])), (cell.members, t.expected, t.present));
    }
    for column in [2, 3, 6, 7, 8, 9, 10, 11, 12, 14, 15, 19, 20] {
        assert_eq!(number(&totals[column]), lines.iter().map(|l| number(&l[column])).sum::<u32>(), "column {column}");
    }
    assert_eq!(number(&totals[7]), report.total.present);

    let csv = ward.get(&format!("{path}.csv")).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 13);
    assert_eq!(records[12][7], report.total.present.to_string());
    demo.stop().await;
}

#[tokio::test]
async fn a_roll_call_of_306_arrives_in_every_report() {
    let demo = Demo::start().await;
    let (cell, store) = (demo.big(), demo.store());
    let secretary = demo.person("demo-secretary").await;
    let report: WardReport = fine(secretary.get(&format!("reports/ward/{cell}")).await).await;
    let meeting = report.cells[0].next.as_ref().unwrap().id;
    let (members, _) = store.register(cell).await.unwrap();
    let actor = secretary.session().me.actor();
    let mut bodies = vec![Body::MeetingOpened { meeting }];
    for (i, m) in members.iter().enumerate() {
        bodies.push(match i {
            0..10 => Body::Excused { meeting, member: m.id, reason: "=1+1".to_owned(), told: Told::Before },
            10..15 => Body::MarkedAbsent { meeting, member: m.id },
            _ => Body::Present {
                meeting,
                who: Who::Member(m.id),
                present: PresentAs::OnTime,
                how: How::Roll,
                code: None,
            },
        });
    }
    bodies.push(Body::MeetingClosed { meeting });
    store.submit_ops(&actor, bodies.into_iter().map(|b| (cell, b)).collect()).await.unwrap();

    let ward = demo.person("demo-ward").await;
    let report: WardReport = fine(ward.get(&format!("reports/ward/{}", demo.ward())).await).await;
    let last = report.cells.iter().find(|c| c.unit.id == cell).unwrap().last.clone().unwrap();
    assert_eq!((last.id, last.status), (meeting, MeetingStatus::Closed));
    let t = last.tally;
    assert_eq!((t.expected, t.present, t.excused, t.absent, t.unmarked), (306, 291, 10, 5, 0));
    let list: MeetingList = fine(ward.get(&format!("reports/meeting/{meeting}")).await).await;
    assert_eq!((list.rows.len(), list.tally), (306, t));
    assert_eq!(list.meeting.plan.code, None);
    let matrix: Matrix = fine(ward.get(&format!("reports/cell/{cell}/matrix")).await).await;
    assert_eq!((matrix.meetings.len(), matrix.rows.len()), (3, 306));
    assert_eq!(matrix.meetings[2].tally, t);
    let summed: u32 = matrix.rows.iter().map(|r| r.present).sum();
    assert_eq!(summed, matrix.meetings.iter().map(|m| m.tally.present).sum::<u32>());

    let (lines, _) = rows(&sheet(ward.get(&format!("reports/meeting/{meeting}.xlsx")).await).await);
    let with = |status: &str| lines.iter().filter(|l| l[5] == Data::String(status.to_owned())).count();
    assert_eq!((lines.len(), with("Có mặt"), with("Vắng có lý do (báo trước)"), with("Vắng")), (306, 291, 10, 5));
    let (lines, totals) = rows(&sheet(ward.get(&format!("reports/cell/{cell}/matrix.xlsx")).await).await);
    assert_eq!(lines.len(), 306);
    assert_eq!(totals[6], Data::String("291/306".to_owned()));
    // A reason that is a formula stays text in the CSV.
    let text = ward.get(&format!("reports/meeting/{meeting}.csv")).await.text().await.unwrap();
    assert_eq!(text.matches(",'=1+1,").count(), 10);
    demo.stop().await;
}

#[tokio::test]
async fn who_may_read_what() {
    let demo = Demo::start().await;
    let (ward, big, other) = (demo.ward(), demo.big(), demo.unit("Chi bộ Khu phố 5"));
    let book = demo.store().read_book(ward).await.unwrap();
    let meeting_of = |unit| book.meetings.values().filter(|m| m.unit == unit).min_by_key(|m| m.plan.starts).unwrap().id;
    let notice_of =
        |unit| book.notices.values().filter(|n| n.unit == unit).min_by_key(|n| n.text.publish_at).unwrap().id;
    // What a committee above the ward sees: sums, no names.
    let upper = AccountId(Uuid::from_u128(77));
    let grants = vec![Grant::new(Role::Upper, ward)];
    demo.store().add_account(Account { id: upper, name: "Cấp trên".to_owned(), member: None, grants }).await.unwrap();
    let code =
        Enrolment { code: "upper-code".to_owned(), account: upper, expires: None, reusable: true, made_by: None };
    demo.store().add_enrolment(code).await.unwrap();

    let paths = [
        format!("reports/ward/{ward}"),
        format!("reports/ward/{big}.xlsx"),
        format!("reports/ward/{other}.csv"),
        format!("reports/cell/{big}/matrix"),
        format!("reports/cell/{other}/matrix.csv"),
        format!("reports/meeting/{}", meeting_of(big)),
        format!("reports/meeting/{}.xlsx", meeting_of(other)),
        format!("units/{big}/members"),
        format!("units/{other}/members"),
        format!("notices/{}/reads", notice_of(big)),
        format!("notices/{}/reads", notice_of(other)),
        format!("notices/{}/reads", notice_of(ward)),
    ];
    let yes = StatusCode::OK;
    let no = StatusCode::FORBIDDEN;
    for (code, expected) in [
        ("demo-ward", [yes; 12]),
        ("demo-secretary", [no, yes, no, yes, no, yes, no, yes, no, yes, no, no]),
        ("upper-code", [yes, yes, yes, no, no, no, no, no, no, no, no, no]),
        ("demo-member", [no; 12]),
        ("demo-front", [no; 12]),
        ("demo-workplace", [no; 12]),
        ("demo-admin", [no; 12]),
    ] {
        let person = demo.person(code).await;
        for (path, expected) in paths.iter().zip(expected) {
            let answer = person.get(path).await;
            assert_eq!(answer.status(), expected, "{code} {path}");
            if expected == no {
                assert_eq!(problem(answer).await.1, "forbidden");
            }
        }
    }
    let stranger = demo.stranger();
    for path in &paths {
        assert_eq!(problem(stranger.get(path).await).await, (StatusCode::UNAUTHORIZED, "signed_out".to_owned()));
    }
    let report: WardReport = fine(demo.person("upper-code").await.get(&paths[0]).await).await;
    assert!(report.silent_phones.is_empty() && report.cells.iter().any(|c| c.silent > 0));
    let ward = demo.person("demo-ward").await;
    for unknown in
        ["reports/ward/x", "reports/ward/x.xlsx", "reports/meeting/..", "notices/1/reads", "units/%00/members"]
    {
        assert_eq!(ward.get(unknown).await.status(), StatusCode::NOT_FOUND, "{unknown}");
    }
    let nobody = Uuid::from_u128(1);
    for unknown in
        [format!("reports/ward/{nobody}"), format!("reports/cell/{big}/other"), format!("reports/meeting/{nobody}")]
    {
        assert_eq!(ward.get(&unknown).await.status(), StatusCode::NOT_FOUND, "{unknown}");
    }
    demo.stop().await;
}

#[tokio::test]
async fn lists_of_members_and_readers() {
    let demo = Demo::start().await;
    let (big, ward) = (demo.big(), demo.ward());
    let person = demo.person("demo-ward").await;
    let all: Vec<Member> = fine(person.get(&format!("units/{big}/members")).await).await;
    assert_eq!(all.len(), 306);
    let found: Vec<Member> = fine(person.get(&format!("units/{big}/members?query=nguyen%20van%20hung")).await).await;
    assert!(
        (3..30).contains(&found.len())
            && found.iter().all(|m| m.name.as_str().contains("Hùng") || m.name.as_str().contains("Hưng"))
    );
    let on: Vec<Member> = fine(person.get(&format!("units/{ward}/members")).await).await;
    let with_gone: Vec<Member> = fine(person.get(&format!("units/{ward}/members?ended=true")).await).await;
    assert!(with_gone.len() > on.len());

    let book = demo.store().read_book(big).await.unwrap();
    let call = book.notices.values().filter(|n| n.text.publish_at <= NOW).min_by_key(|n| n.text.publish_at).unwrap();
    let secretary = demo.person("demo-secretary").await;
    let reads: NoticeReads = fine(secretary.get(&format!("notices/{}/reads", call.id)).await).await;
    assert_eq!(reads.audience, 306);
    assert_eq!(reads.read.len() + reads.unread.len(), 306);
    assert!(reads.read.len() > 20 && reads.read.iter().all(|r| r.at.is_some_and(|at| at < NOW)));
    assert!(reads.read.windows(2).all(|w| w[0].at <= w[1].at));
    // demo-member has not opened it yet; then does.
    let me = demo.person("demo-member").await.session().me.clone();
    assert!(reads.unread.iter().any(|r| Some(r.member) == me.member));
    let body = Body::NoticeRead { notice: call.id };
    demo.later(Millis::DAY);
    demo.store().submit_ops(&me.actor(), vec![(big, body)]).await.unwrap();
    let reads: NoticeReads = fine(secretary.get(&format!("notices/{}/reads", call.id)).await).await;
    assert_eq!(reads.read.last().map(|r| r.member), me.member);
    demo.stop().await;
}
