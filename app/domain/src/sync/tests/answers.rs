//! What is an answer, what its words do, what a restore takes back, and how long answered ops are kept.

use super::super::entry::{KEEP_ACKED, may_forget};
use super::*;

#[test]
fn the_words_of_the_server() {
    use Ruling::{Applied, Bad, Clash, Dup, Held, Refused};
    let settled = |r, stored, why| settle(Stage::Waiting, &word(r, stored, why), EPOCH, Millis(50)).sending();
    assert_eq!(settled(Applied, None, None), Sending::InBook);
    assert_eq!(settled(Dup, Some(Applied), None), Sending::InBook);
    assert_eq!(settled(Dup, Some(Held), Some(Why::MeetingClosed)), Sending::NeedsLook(Why::MeetingClosed));
    assert_eq!(settled(Dup, Some(Refused), Some(Why::Forbidden)), Sending::NeedsLook(Why::Forbidden));
    // A dup that does not say what was decided leaves the op waiting.
    assert_eq!(settled(Dup, None, None), Sending::Saved);
    assert_eq!(settled(Dup, Some(Dup), None), Sending::Saved);
    assert_eq!(settled(Held, None, Some(Why::MissingDep)), Sending::NeedsLook(Why::MissingDep));
    assert_eq!(settled(Refused, None, Some(Why::WrongCode)), Sending::NeedsLook(Why::WrongCode));
    assert_eq!(settled(Clash, None, Some(Why::SameIdOtherBytes)), Sending::NeedsLook(Why::SameIdOtherBytes));
    assert_eq!(settled(Bad, None, None), Sending::NeedsLook(Why::Other));
}

#[test]
fn a_word_said_twice_changes_nothing_and_a_later_word_does() {
    let held = settle(Stage::Waiting, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(50));
    assert_eq!(settle(held, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(99)), held);
    let applied = settle(held, &word(Ruling::Applied, None, None), EPOCH, Millis(60));
    assert_eq!(applied.sending(), Sending::InBook);
    // A pulled op stays pulled.
    let Stage::InBook { outcome, .. } = applied else { panic!("in the book") };
    let pulled = Stage::InBook { outcome, pulled: true };
    assert_eq!(settle(pulled, &word(Ruling::Dup, Some(Ruling::Applied), None), EPOCH, Millis(70)), pulled);
    // Put away stays away for the same word only.
    let Stage::NeedsLook { outcome } = held else { panic!("held") };
    let away = Stage::PutAway { outcome };
    assert_eq!(settle(away, &word(Ruling::Held, None, Some(Why::MissingDep)), EPOCH, Millis(80)), away);
    assert!(matches!(
        settle(away, &word(Ruling::Refused, None, Some(Why::Forbidden)), EPOCH, Millis(80)),
        Stage::NeedsLook { .. }
    ));
}

#[test]
fn what_is_no_answer_changes_nothing() {
    let epoch = id(77);
    let good = format!(
        r#"{{"proto":1,"epoch":"{epoch}","now":5,"results":[{{"id":"{}","r":"applied","seq":3}},{{"id":"{}","r":"parked"}},4]}}"#,
        id(1),
        id(2)
    );
    let answer = push_answer(200, true, &good).unwrap();
    // A ruling of a newer server and a result that is none leave their ops where they are.
    assert_eq!(answer.results.iter().map(|r| r.id).collect::<Vec<_>>(), [OpId(id(1))]);
    let portal = "<html><body>Chào mừng đến với Wi-Fi</body></html>";
    for (status, is_json, body, expected) in [
        (200, false, portal, NoAnswer::NotOurs),
        (200, false, good.as_str(), NoAnswer::NotOurs),
        (200, true, portal, NoAnswer::NotOurs),
        (200, true, &good[..good.len() - 3], NoAnswer::NotOurs),
        (200, true, r#"{"ok":true}"#, NoAnswer::NotOurs),
        (200, true, "", NoAnswer::NotOurs),
        (401, false, portal, NoAnswer::NotOurs),
        (302, true, "", NoAnswer::NotOurs),
        (401, true, "{}", NoAnswer::SignedOut),
        (401, true, r#"{"code":"revoked","message":"…"}"#, NoAnswer::Revoked),
        (401, false, r#"{"code":"revoked","message":"…"}"#, NoAnswer::NotOurs),
        (403, true, r#"{"code":"revoked","message":"…"}"#, NoAnswer::Status(403)),
        (400, true, r#"{"code":"bad_proto","message":"…"}"#, NoAnswer::OtherProto { newer: true }),
        (400, true, "{}", NoAnswer::NotTaken),
        (413, true, "{}", NoAnswer::NotTaken),
        (429, true, "{}", NoAnswer::Status(429)),
        (503, true, "{}", NoAnswer::Status(503)),
    ] {
        assert_eq!(push_answer(status, is_json, body), Err(expected), "{status} {body}");
        assert_eq!(pull_answer(status, is_json, body).err(), Some(expected), "{status} {body}");
    }
    // A server of another time, also when nothing else of its answer can be read.
    for (proto, newer) in [(2, true), (0, false)] {
        let whole = good.replace(r#""proto":1"#, &format!(r#""proto":{proto}"#));
        for body in [whole, format!(r#"{{"proto":{proto},"rows":7}}"#)] {
            assert_eq!(push_answer(200, true, &body), Err(NoAnswer::OtherProto { newer }));
            assert_eq!(pull_answer(200, true, &body).err(), Some(NoAnswer::OtherProto { newer }));
        }
    }
}

#[test]
fn acked_ops_stay_for_a_restore() {
    let old = Millis(5 + KEEP_ACKED);
    assert!(may_forget(&in_book(), EPOCH, old, Some(7)));
    assert!(!may_forget(&in_book(), EPOCH, Millis(old.0 - 1), Some(7)), "too young");
    assert!(!may_forget(&in_book(), EPOCH, old, Some(6)), "not covered by a backup");
    assert!(!may_forget(&in_book(), EPOCH, old, None), "no backup known");
    assert!(!may_forget(&in_book(), id(0xf), old, Some(7)), "answered in another epoch");
    assert!(!may_forget(&Stage::Waiting, EPOCH, old, Some(7)));
    assert!(
        !may_forget(&Stage::NeedsLook { outcome: outcome(Ruling::Held) }, EPOCH, old, Some(7)),
        "nobody has looked"
    );
}

#[test]
fn a_restored_server_is_offered_everything_it_once_had() {
    let other = id(0xf);
    for (stage, again) in [
        (Stage::Waiting, None),
        (in_book(), Some(Stage::Waiting)),
        (Stage::NeedsLook { outcome: outcome(Ruling::Held) }, Some(Stage::Waiting)),
        (Stage::PutAway { outcome: outcome(Ruling::Refused) }, Some(Stage::Waiting)),
    ] {
        assert_eq!(entry(op(1, 1, 1), stage).offered_again(other), again);
        assert_eq!(entry(op(1, 1, 1), stage).offered_again(EPOCH), None, "answered in this epoch");
    }
    // A build that did not note the epoch.
    let old = Stage::read(r#"{"in_book":{"outcome":{"r":"applied","seq":3,"at":5},"pulled":true}}"#);
    assert!(matches!(old, Stage::InBook { .. }));
    assert_eq!(entry(op(1, 1, 1), old).offered_again(EPOCH), Some(Stage::Waiting));
}

#[test]
fn a_late_answer_takes_nothing_back_within_its_epoch() {
    let held = word(Ruling::Held, None, Some(Why::MeetingClosed));
    assert_eq!(settle(in_book(), &held, EPOCH, Millis(9)), in_book());
    let refused = Stage::NeedsLook { outcome: outcome(Ruling::Refused) };
    assert_eq!(settle(refused, &held, EPOCH, Millis(9)), refused);
    assert!(matches!(settle(in_book(), &held, id(0xf), Millis(9)), Stage::NeedsLook { .. }), "but a restore does");
}

#[test]
fn an_op_that_no_storage_took_is_not_called_saved() {
    let mut e = entry(op(1, 1, 1), Stage::Waiting);
    e.state = Sending::NotSaved;
    assert!(!e.advance(Stage::Waiting));
    assert_eq!(e.state, Sending::NotSaved);
    assert!(!e.shows());
    assert!(e.advance(in_book()), "but the server may have it");
    assert!(e.shows());
}
