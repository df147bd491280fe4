//! TLS of the server's own: what a browser gets by it, a renewed certificate, and files that are no such thing.

use crate::helpers::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::header::{SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use reqwest::{Certificate, Client, StatusCode};
use serde_json::json;
use server::tls::Files;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

/// Writes a certificate for this machine and its key; gives what a browser has to trust.
fn certificate(folder: &Path) -> Certificate {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    write_key(folder, &signing_key.serialize_pem());
    Certificate::from_pem(cert.pem().as_bytes()).unwrap()
}

fn write_key(folder: &Path, pem: &str) {
    let path = folder.join("key.pem");
    std::fs::write(&path, pem).unwrap();
    tighten(&path, 0o600);
}

#[cfg(unix)]
fn tighten(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn tighten(_: &Path, _: u32) {}

fn files(folder: &Path) -> Files {
    Files { cert: folder.join("cert.pem"), key: folder.join("key.pem") }
}

fn client(trusted: Certificate) -> Client {
    Client::builder().use_rustls_tls().add_root_certificate(trusted).cookie_store(true).build().unwrap()
}

#[tokio::test]
async fn it_speaks_tls_and_says_so_to_browsers() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = certificate(folder.path());
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let options = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let world = World::with(&options).await;
    assert!(world.running.tls);
    let port = world.running.address.port();
    let url = format!("https://localhost:{port}");
    let client = client(trusted);
    let page = client.get(&url).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()[STRICT_TRANSPORT_SECURITY].to_str().unwrap().starts_with("max-age="));
    let body = json!({ "code": "code-secretary", "device_name": "Máy thử" });
    let answer = client.post(format!("{url}/api/v1/session")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let cookies: Vec<_> = answer.headers().get_all(SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    assert!(cookies.iter().any(|c| c.starts_with("__Host-slh=") && c.contains("Secure")), "{cookies:?}");
    assert_eq!(client.get(format!("{url}/api/v1/session")).send().await.unwrap().status(), StatusCode::OK);
    // Who does not know the certificate, and who speaks no TLS, gets nothing; others are served meanwhile.
    assert!(Client::new().get(&url).send().await.is_err());
    assert!(Client::new().get(format!("http://localhost:{port}")).send().await.is_err());
    let silent = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert_eq!(client.get(format!("{url}/healthz")).send().await.unwrap().status(), StatusCode::OK);
    drop(silent);
    world.stop().await;
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_and_half_of_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let config = files(folder.path()).load().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let page = axum::Router::new().route("/", axum::routing::get(async || "da"));
    let server = axum_server::from_tcp_rustls(listener, config.clone()).unwrap();
    let served = tokio::spawn(server.serve(page.into_make_service()));
    let (end, ending) = tokio::sync::watch::channel(false);
    let followed = tokio::spawn(files(folder.path()).follow(config, Duration::from_millis(20), ending));
    // A new connection each time: only then a certificate is shown.
    let reaches = async |trusted: &Certificate| client(trusted.clone()).get(&url).send().await.is_ok();
    assert!(reaches(&first).await);
    let broken = folder.path().join("cert.pem");
    let whole = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    assert!(reaches(&first).await, "the one of before goes on");
    let second = certificate(folder.path());
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !reaches(&second).await {
        assert!(std::time::Instant::now() < deadline, "the renewed certificate is not shown");
    }
    assert!(!reaches(&first).await);
    end.send_replace(true);
    followed.await.unwrap();
    served.abort();
}

#[tokio::test]
async fn files_that_are_no_certificate_are_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let said = async || format!("{:#}", files(folder.path()).load().await.unwrap_err());
    assert!(said().await.contains("key.pem"));
    certificate(folder.path());
    files(folder.path()).load().await.unwrap();
    let other = rcgen::KeyPair::generate().unwrap();
    write_key(folder.path(), &other.serialize_pem());
    assert!(said().await.contains("cert.pem"), "another one's key");
    write_key(folder.path(), "no key");
    assert!(said().await.contains("key.pem"));
    #[cfg(unix)]
    {
        certificate(folder.path());
        tighten(&folder.path().join("key.pem"), 0o644);
        assert!(said().await.contains("chmod"));
    }
}
