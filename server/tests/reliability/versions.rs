//! T12, the other way round: ops that this build makes, sent to the server of the previous release. `SLH_PREVIOUS_SERVER` names its program;
//! without it (there is no release before 0.1.0) this build's own program stands in, so that the way itself is tried.

use crate::phone::Phone;
use crate::program::Program;
use domain::member::PersonName;
use domain::op::{Body, How};
use domain::presence::{PresentAs, Told, Who};
use domain::wire::{Row, Ruling};
use std::path::PathBuf;
use uuid::Uuid;

#[tokio::test]
async fn ops_of_this_build_are_no_riddle_to_the_previous_release() {
    let previous = std::env::var_os("SLH_PREVIOUS_SERVER").map(PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let server = match &previous {
        Some(program) => Program::start_other(program, folder.path()),
        None => Program::start(folder.path(), &[]),
    };
    let mut phone = Phone::new(&server.url, "demo-secretary").await;
    let (members, meeting) = phone.hall(&server.url).await;
    let (one, two) = (members[0], members[1]);
    let who = Who::Member(one);
    let mut made = vec![phone.make(&Body::MeetingOpened { meeting }), phone.make_notice()];
    let roll = Body::Present { meeting, who, present: PresentAs::OnTime, how: How::Roll, code: None };
    made.push(phone.make(&roll));
    let seen = phone.kept[*made.last().unwrap()].id;
    let guest = Body::GuestAdded {
        guest: Uuid::now_v7().into(),
        meeting,
        name: PersonName::parse("Khách Thử").unwrap(),
        note: String::new(),
    };
    for body in [
        Body::Voided { meeting, who, ops: [seen].into() },
        Body::Excused { meeting, member: two, reason: "Ốm".to_owned(), told: Told::After },
        Body::MarkedAbsent { meeting, member: one },
        guest,
    ] {
        made.push(phone.make(&body));
    }
    let results = phone.send(&server.url, &made).await.expect("an answer of our protocol, one result per op");
    for (result, place) in results.iter().zip(&made) {
        let raw = &phone.kept[*place].raw;
        assert!(matches!(result.r, Ruling::Applied | Ruling::Held), "{result:?}: {raw}");
        // What it cannot understand, it holds; to itself nothing is strange.
        assert!(previous.is_some() || result.r == Ruling::Applied, "{result:?}: {raw}");
    }
    // And this build reads what the other gives out.
    let rows = phone.rows(&server.url).await;
    let marks = rows.iter().filter(|r| matches!(r, Row::Presence(p) if p.meeting == meeting && p.who == who));
    assert_eq!(marks.count(), 1);
    server.stop();
}
