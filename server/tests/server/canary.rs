//! Names stay out of the log: every endpoint is asked as several roles, with what it expects and with nonsense, in a world where every name and
//! text is a canary; and nothing of them stands in what the server logs, at debug level and as JSON. There are no other metrics.

use crate::authorisation::endpoints;
use crate::helpers::*;
use domain::member::{Member, PersonName};
use domain::op::Body;
use domain::presence::Told;
use domain::request::Outcome;
use domain::wire::Ruling;
use reqwest::{Client, Method};
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// What nobody may find in the log: names of the world, texts of its things, secrets, and what is put into requests below.
const CANARIES: [&str; 9] =
    ["Nguyễn Văn", "Tài khoản", "Trần Khách", "Nhà văn hóa", "Nội dung", "Máy thử", "code-", "Kín Tiếng", "kin-tieng"];
const CANARY: &str = "Vàng Anh Kín Tiếng";

/// Where the log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What can be wrong with a body, each with the canary in it.
fn nonsense() -> Vec<String> {
    let fields =
        ["name", "code", "ops", "unit", "member", "account", "members", "device_name", "off", "role", "parent"];
    let all: Vec<String> = fields.iter().map(|field| format!("\"{field}\":\"{CANARY}\"")).collect();
    vec![
        format!("{{{}}}", all.join(",")),
        format!("[\"{CANARY}\"]"),
        format!("\"{CANARY}"),
        CANARY.to_owned(),
        "{}".to_owned(),
    ]
}

/// Every path of the document with its methods; parameters are `value`.
fn paths(value: &str) -> Vec<(Method, String)> {
    let document = serde_json::to_value(server::api::document()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let mut filled = String::new();
        for part in path.split('/').skip(1) {
            filled.push('/');
            filled.push_str(if part.starts_with('{') { value } else { part });
        }
        for method in
            methods.as_object().unwrap().keys().filter(|m| ["get", "post", "put", "delete"].contains(&m.as_str()))
        {
            all.push((method.to_uppercase().parse().unwrap(), filled.clone()));
        }
    }
    assert!(all.len() > 30, "{}", all.len());
    all
}

/// What people write, each thing with a canary; and what goes wrong with it.
async fn write_everything(phone: &Phone) {
    let mut member = Member::new(id("a4"), id("A"), PersonName::parse(CANARY).unwrap());
    (member.address, member.workplace, member.phone) =
        (Some(CANARY.into()), Some(CANARY.into()), Some("0900000001".into()));
    let mut text = notice_text(CANARY, T0);
    text.body = CANARY.into();
    let excused = Body::Excused { meeting: id("now"), member: id("a2"), reason: CANARY.into(), told: Told::Before };
    let name = PersonName::parse(CANARY).unwrap();
    let guest = Body::GuestAdded { guest: id("g"), meeting: id("now"), name, note: CANARY.into() };
    let unknown = Body::Excused { meeting: id("now"), member: id("nobody"), reason: CANARY.into(), told: Told::After };
    for body in [
        Body::MemberPut { member },
        Body::NoticeWritten { notice: id("n2"), text },
        excused.clone(),
        guest,
        Body::MeetingPlanned { meeting: id("m2"), plan: plan(CANARY) },
        unknown,
    ] {
        let op = phone.op("A", &body);
        let ruling = phone.push(std::slice::from_ref(&op)).await[0].r;
        assert!(matches!(ruling, Ruling::Applied | Ruling::Held), "{ruling:?}");
        // The same id with other bytes, a kind that nobody knows, a body that is none, no op at all.
        let mut other = op.clone();
        other.b["reason"] = format!("{CANARY} lại").into();
        let mut strange = phone.op("A", &body);
        strange.k = "of.a.later.release".into();
        let mut broken = phone.op("A", &excused);
        broken.b = serde_json::json!({ "reason": CANARY });
        let raw = [
            other.encode(),
            strange.encode(),
            broken.encode(),
            format!("{{\"id\":\"{}\",\"b\":\"{CANARY}\"}}", op_id()),
        ];
        phone.push_raw(&raw).await;
        phone.post_text("carry", phone.request(&raw)).await;
    }
    assert_eq!(phone.does("A", present("now", "a1")).await.r, Ruling::Applied);
}

/// Set in the process where the test is alone: what of the log is heard is decided per process, and others there hear nothing.
const ALONE: &str = "SLH_TEST_ALONE";
const NAME: &str = "canary::no_name_and_no_secret_stands_in_the_log";

#[test]
fn no_name_and_no_secret_stands_in_the_log() {
    if std::env::var_os(ALONE).is_some() {
        return tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(asked_and_read());
    }
    let program = std::env::current_exe().unwrap();
    let alone = Command::new(program).args([NAME, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&alone.stderr));
}

async fn asked_and_read() {
    let log = Log::default();
    let writer = log.clone();
    // Everything of this server runs on this one thread.
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let world = World::new().await;
    let secretary = world.phone("secretary").await;
    write_everything(&secretary).await;
    secretary.does("A", written("n", T0)).await;
    let member = world.phone("member").await;
    let request = member.op("A", &asked(CANARY));
    member.push(std::slice::from_ref(&request)).await;
    for outcome in [Outcome::Done, Outcome::Refused] {
        assert_eq!(secretary.does("A", answered(request.id, outcome, CANARY)).await.r, Ruling::Applied);
    }
    for (who, value) in [
        ("secretary", "kin-tieng"),
        ("ward", CANARY),
        ("admin", "00000000-0000-0000-0000-000000000000"),
        ("member", "x"),
    ] {
        let phone = world.phone(who).await;
        phone.rows().await;
        for (method, path, body, _) in endpoints() {
            let request = phone.client.request(method, world.api(&path)).header("content-type", "application/json");
            let body = body.map(|b| if b.is_empty() { "{}" } else { b }).unwrap_or_default();
            if path != "/live" {
                request.body(body).send().await.unwrap().bytes().await.unwrap();
            }
            world.advance(1000);
        }
        for (method, path) in paths(value).into_iter().filter(|(_, path)| path != "/live") {
            for (n, body) in nonsense().into_iter().enumerate().filter(|(n, _)| method != Method::GET || *n == 0) {
                let query = if n == 0 {
                    format!("?unit={value}&query={value}&cursor={value}&file={value}.csv")
                } else {
                    String::new()
                };
                // Whoever signs out is gone for the rest.
                if path == "/session" && method == Method::DELETE {
                    continue;
                }
                let request = phone.client.request(method.clone(), world.api(&format!("{path}{query}")));
                let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
                assert!(answer.status().as_u16() != 500, "{method} {path}");
                world.advance(1000);
            }
        }
    }
    let csv = format!("STT,Họ và tên\n1,{CANARY}\n");
    let path = world.api(&format!("/imports?unit={}&file=kin-tieng.csv", id::<uuid::Uuid>("A")));
    let upload = secretary.client.post(path).header("content-type", "text/csv").body(csv).send().await.unwrap();
    assert!(upload.status().is_success());
    let wrong = serde_json::json!({ "code": "kin-tieng-0001", "device_name": CANARY });
    Client::new().post(world.api("/session")).json(&wrong).send().await.unwrap();
    let missing = world.url(&format!("/{}?q=kin-tieng", "kin-tieng"));
    reqwest::get(missing).await.unwrap();
    world.stop().await;
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().filter(|line| line["fields"]["message"] == "answered").count();
    assert!(answered > 300, "the log is looked at where it is: {answered} of {}", lines.len());
    for canary in CANARIES {
        let line = log.lines().find(|line| line.contains(canary));
        assert!(line.is_none(), "{canary}: {line:?}");
    }
}
