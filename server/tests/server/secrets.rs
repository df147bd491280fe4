//! Keys that lie beside the database: what is in it without them, and what is lost when they are.

use crate::helpers::*;
use crate::owner::*;
use domain::op::Op;
use domain::seal::{SealKey, seal};
use domain::vault::VaultPart;
use domain::wire::Ruling;
use reqwest::StatusCode;
use server::secrets::FILE;
use std::path::Path;

async fn vault(phone: &Phone) -> VaultPart {
    ok(phone.get("/vault").await).await
}

fn sealed(op: &Op, to: &SealKey) -> String {
    seal(op, &op.encode(), to, rand::random()).unwrap().raw
}

/// Is it in one of the files of the data folder?
fn lies_in(folder: &Path, needle: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.into_iter().any(|path| std::fs::read(path).unwrap().windows(needle.len()).any(|bytes| bytes == needle))
}

#[tokio::test]
async fn the_database_alone_tells_no_secret() {
    let world = World::new().await;
    let owner = Owner::ward(&world).await;
    let part = vault(&owner.phone).await;
    let part = domain::vault::decode(&part.part).unwrap();
    assert!(!lies_in(world.folder(), &owner.secret), "second factor");
    assert!(!lies_in(world.folder(), &part), "part of a phone's key");
    // On SQLite: the search finds what lies there in the open.
    assert!(crate::cluster::wanted().is_some() || lies_in(world.folder(), NAME.as_bytes()));
    world.stop().await;
}

#[tokio::test]
async fn without_its_keys_a_server_does_not_start_unless_somebody_says_that_they_are_lost() {
    let world = World::new().await;
    let mut owner = Owner::ward(&world).await;
    let old = vault(&owner.phone).await;
    let (early, late) = (owner.phone.op("W", &written("early", T0)), owner.phone.op("W", &written("late", T0)));
    assert_eq!(owner.phone.push_raw(&[sealed(&early, &old.seal)]).await[0].r, Ruling::Applied);
    let stopped = world.end().await;
    let (file, elsewhere) = (stopped.folder().join(FILE), stopped.folder().join("elsewhere"));
    std::fs::rename(&file, &elsewhere).unwrap();
    let Err(error) = stopped.start(&[]).await else { panic!("it started with other keys") };
    assert!(format!("{error:#}").contains("--keys-are-lost"), "{error:#}");
    // The file comes back, named: everything is as before.
    let world = stopped.start(&["--key-file", elsewhere.to_str().unwrap()]).await.unwrap();
    owner.phone.moved(&world);
    assert_eq!(vault(&owner.phone).await, old);
    assert_eq!(enter(&world, &browser(), NAME, PASSWORD, &owner.code(&world)).await.status(), StatusCode::OK);
    world.advance(30_000);
    let stopped = world.end().await;

    let world = stopped.start(&["--keys-are-lost"]).await.unwrap();
    owner.phone.moved(&world);
    let new = vault(&owner.phone).await;
    assert!(new.part != old.part && new.seal.id > old.seal.id);
    // Sealed to a lost key: no word, nothing of it is kept, and what comes with it is decided. The phone's page, which can read it, sends it open.
    let other = owner.phone.op("W", &written("other", T0));
    let request = owner.phone.request(&[sealed(&late, &old.seal), other.encode()]);
    let answer: domain::wire::PushAnswer = ok(owner.phone.push_text(request).await).await;
    assert_eq!(answer.results.iter().map(|r| (r.id, r.r)).collect::<Vec<_>>(), [(other.id, Ruling::Applied)]);
    assert_eq!(owner.phone.push(&[late]).await[0].r, Ruling::Applied);
    assert_eq!(owner.phone.push_raw(&[sealed(&early, &new.seal)]).await[0].r, Ruling::Dup);
    // Codes of the second factor are worth nothing now; a rescue code lets in, and a new one is set up.
    let by = async |code: &str| enter(&world, &browser(), NAME, PASSWORD, code).await.status();
    assert_eq!(by(&owner.code(&world)).await, StatusCode::UNAUTHORIZED);
    world.advance(3_600_000);
    assert_eq!(by(&owner.rescue[0]).await, StatusCode::OK);
    assert_eq!(world.verified().await, Vec::<String>::new());
    // From here on it starts without a word.
    let world = world.end().await.start(&[]).await.unwrap();
    world.stop().await;
}
