//! Bytes of somebody who means harm, or of a broken phone: an error with a code, never a 500, and the server lives on.

use crate::helpers::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;

/// JSON of any shape, often with the names that the protocol uses.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("00000000-0000-4000-8000-000000000000")),
        Just(json!("attendance.present")),
    ];
    let name = prop_oneof![
        Just("proto"),
        Just("ops"),
        Just("id"),
        Just("b"),
        Just("k"),
        Just("kv"),
        Just("u"),
        Just("act"),
        Just("dev"),
        Just("t"),
        Just("code"),
        Just("device_name"),
        Just("meeting"),
        Just("who"),
        Just("member"),
        Just("x"),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

/// A good push with one part replaced, or cut, or with a byte changed.
fn spoiled(good: &str, part: usize, with: &Value, cut: usize, byte: u8) -> Vec<Vec<u8>> {
    let mut push: Value = serde_json::from_str(good).unwrap();
    let fields: Vec<String> = push["ops"][0].as_object().unwrap().keys().cloned().collect();
    push["ops"][0][&fields[part % fields.len()]] = with.clone();
    let mut body: Value = serde_json::from_str(good).unwrap();
    body["ops"][0]["b"] = with.clone();
    let at = cut % good.len();
    let mut flipped = good.as_bytes().to_vec();
    flipped[at] = byte;
    vec![push.to_string().into_bytes(), body.to_string().into_bytes(), good.as_bytes()[..at].to_vec(), flipped]
}

#[test]
fn hostile_bytes_never_give_a_500() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (world, phone, good) = runtime.block_on(async {
        let world = World::new().await;
        let phone = world.phone("secretary").await;
        let good = phone.request(&[phone.op("A", &present("now", "a1")).encode()]);
        (world, phone, good)
    });
    let send = |method: Method, path: &str, body: Vec<u8>| {
        // So that the rate limit is not what answers.
        world.advance(1000);
        let request = phone.client.request(method, world.api(path)).header("content-type", "application/json");
        let status = runtime.block_on(request.body(body).send()).unwrap().status();
        assert!(status.as_u16() < 500, "{path} gives {status}");
        status
    };
    let mut runner = TestRunner::new(ProptestConfig::with_cases(120));
    let case = (any_json(), prop::collection::vec(any::<u8>(), 0..200), any::<usize>(), any::<usize>(), any::<u8>());
    runner
        .run(&case, |(value, bytes, part, cut, byte)| {
            for body in spoiled(&good, part, &value, cut, byte) {
                send(Method::POST, "/push", body.clone());
                send(Method::POST, "/carry", body);
            }
            let mut ops: Value = serde_json::from_str(&good).unwrap();
            ops["ops"] = json!([value, value]);
            for body in [value.to_string().into_bytes(), bytes.clone(), ops.to_string().into_bytes()] {
                send(Method::POST, "/push", body.clone());
                send(Method::POST, "/carry", body.clone());
                send(Method::POST, "/session", body.clone());
                for path in ["/enrolments", "/enrolments/sheet", "/enrolments/void"] {
                    send(Method::POST, path, body.clone());
                }
            }
            let hex = bytes.iter().fold(String::new(), |mut hex, b| {
                let _ = write!(hex, "%{b:02x}");
                hex
            });
            for path in [
                format!("/pull?cursor={hex}"),
                format!("/pull?limit={hex}"),
                format!("/reports/ward/{hex}"),
                format!("/enrolments?unit={hex}"),
                format!("/{hex}"),
            ] {
                send(Method::GET, &path, Vec::new());
            }
            Ok(())
        })
        .unwrap();
    let deep = format!("{{\"ops\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(send(Method::POST, "/push", deep.into_bytes()), StatusCode::BAD_REQUEST);
    runtime.block_on(async {
        assert_eq!(phone.does("A", present("now", "a2")).await.r, domain::wire::Ruling::Applied, "the server lives on");
        world.stop().await;
    });
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[tokio::test]
async fn a_packed_push_counts_as_what_it_unpacks_to() {
    let world = World::new().await;
    let phone = world.phone("secretary").await;
    let push = |body: Vec<u8>, encoding: &'static str| {
        let request = phone.client.post(world.api("/push")).header("content-type", "application/json");
        request.header("content-encoding", encoding).body(body).send()
    };
    let op = phone.op("A", &present("now", "a1"));
    let body = phone.request(&[op.encode()]);
    let answer = push(gzip(body.as_bytes()), "gzip").await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: domain::wire::PushAnswer = answer.json().await.unwrap();
    assert_eq!(answer.results[0].id, op.id);
    assert_eq!(phone.push(&[op]).await[0].r, domain::wire::Ruling::Dup, "the bytes that were unpacked are the op");

    // A bomb: 200 MB of blanks in front of a good push are 200 KB.
    let bomb = gzip(&[vec![b' '; 200 * 1024 * 1024], body.clone().into_bytes()].concat());
    assert!(bomb.len() < 256 * 1024, "{}", bomb.len());
    assert_eq!(error_of(push(bomb, "gzip").await.unwrap()).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()));
    // Cut in the middle, no gzip at all, and a way of packing that nobody agreed on.
    let whole = gzip(body.as_bytes());
    for (spoiled, encoding) in
        [(whole[..whole.len() / 2].to_vec(), "gzip"), (body.clone().into_bytes(), "gzip"), (whole.clone(), "br")]
    {
        assert_eq!(error_of(push(spoiled, encoding).await.unwrap()).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(phone.get("/session").await.status(), StatusCode::OK);
}
