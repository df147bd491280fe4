//! T10: a backup, 500 more ops, a restore; the phones come back and nothing is missing. Also when nobody used the tool: a copied file, a lost mark.

use crate::phone::Phone;
use crate::program::{Program, copies, database, fine, ops_in, run, spawn, until, verified_ops};
use domain::wire::Row;
use server::secrets::FILE;
use std::collections::BTreeSet;
use std::path::Path;

const CODE: &str = "demo-secretary";

/// Makes and sends notices; all are acknowledged.
async fn acked(phone: &mut Phone, url: &str, count: usize) {
    let places: Vec<usize> = (0..count).map(|_| phone.make_notice()).collect();
    for part in places.chunks(100) {
        phone.send(url, part).await.unwrap();
    }
    assert!(phone.kept.iter().all(|k| k.seq.is_some()));
}

async fn notices(phone: &Phone, url: &str) -> BTreeSet<uuid::Uuid> {
    phone.rows(url).await.iter().filter_map(|r| if let Row::Notice(n) = r { Some(n.id.0) } else { None }).collect()
}

#[tokio::test]
async fn after_a_restore_the_phones_bring_everything_back() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, to) = (folder.path(), backups.path().to_str().unwrap());
    let first = Program::start(data, &[]);
    let url = first.url.clone();
    let mut phones = Vec::new();
    for _ in 0..5 {
        phones.push(Phone::new(&url, CODE).await);
    }
    for phone in &mut phones {
        acked(phone, &url, 60).await;
    }
    assert!(phones[0].push(&url, &[]).await.unwrap().safe_seq.is_empty(), "nothing is safe yet");
    // While the server runs.
    let said = fine(data, &["backup", "--to", to]);
    assert!(said.contains("verified") && said.contains("need not keep"), "{said}");
    let last = phones.iter().flat_map(|p| p.kept.iter().filter_map(|k| k.seq)).max().unwrap();
    let safe = until("the server reads what the backup covers", async || {
        let answer = phones[0].push(&url, &[]).await.unwrap();
        answer.safe_seq.values().next().copied()
    })
    .await;
    assert!(safe >= last, "{safe} covers {last}");
    for phone in &mut phones {
        acked(phone, &url, 100).await;
    }
    let answer = phones[0].push(&url, &[]).await.unwrap();
    assert_eq!(answer.safe_seq.values().copied().collect::<Vec<_>>(), [safe], "what came later is not safe");
    let everything = notices(&phones[0], &url).await;
    let ops = verified_ops(data);
    let epoch = phones[0].epoch(&url).await;

    let copy = copies(backups.path()).pop().unwrap();
    let from = ["restore", "--from", copy.to_str().unwrap()];
    let (content, said) = run(data, &from);
    assert!(!content && said.contains("stop the server"), "{said}");
    first.kill();
    let (content, said) = run(data, &from);
    assert!(!content && said.contains("--force"), "{said}");
    assert_eq!(verified_ops(data), ops, "nothing happened");
    let said = fine(data, &[&from[..], &["--force"]].concat());
    assert!(said.contains("kept as") && said.contains("new epoch"), "{said}");
    assert_eq!(verified_ops(data), ops - 500);
    let aside = std::fs::read_dir(data).unwrap().map(|e| e.unwrap().path()).find(|p| {
        let name = p.file_name().unwrap().to_str().unwrap();
        name.contains(".before-restore-") && name.ends_with('Z')
    });
    assert_eq!(ops_in(data, &aside.unwrap()), ops, "the old database is kept whole");

    let second = Program::start(data, &[]);
    let url = second.url.clone();
    assert_ne!(phones[0].epoch(&url).await, epoch, "phones see that something happened");
    assert!(phones[0].push(&url, &[]).await.unwrap().safe_seq.is_empty(), "no backup of this life yet");
    let (mut new, mut known) = (0, 0);
    for phone in &mut phones {
        let (n, k) = phone.offer_all(&url).await;
        new += n;
        known += k;
    }
    assert_eq!((new, known), (500, 300), "all 500 are back, and the others were not counted twice");
    for phone in &mut phones {
        assert_eq!(phone.offer_all(&url).await, (0, 160), "and again changes nothing");
    }
    assert_eq!(notices(&phones[0], &url).await, everything);
    assert_eq!(verified_ops(data), ops);
    second.stop();
}

/// Starts, asks for the epoch with a phone that signed in before, and ends.
async fn epoch_of(data: &Path, phone: &Phone) -> uuid::Uuid {
    let program = Program::start(data, &[]);
    let epoch = phone.epoch(&program.url).await;
    program.stop();
    epoch
}

#[tokio::test]
async fn a_database_that_was_put_back_by_hand_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let program = Program::start(data, &[]);
    let mut phone = Phone::new(&program.url, CODE).await;
    acked(&mut phone, &program.url, 20).await;
    let first = phone.epoch(&program.url).await;
    program.stop();
    assert_eq!(epoch_of(data, &phone).await, first, "a restart is no restore");
    let program = Program::start(data, &[]);
    program.kill();
    assert_eq!(epoch_of(data, &phone).await, first, "nor is a kill");

    // Somebody keeps a copy, and puts it back after more was done.
    let kept = data.join("kept.db");
    std::fs::copy(database(data), &kept).unwrap();
    let program = Program::start(data, &[]);
    acked(&mut phone, &program.url, 50).await;
    program.stop();
    std::fs::copy(&kept, database(data)).unwrap();
    let program = Program::start(data, &[]);
    let second = phone.epoch(&program.url).await;
    assert_ne!(second, first, "a copied file is noticed");
    assert_eq!(phone.offer_all(&program.url).await, (50, 20));
    program.stop();
    assert_eq!(epoch_of(data, &phone).await, second, "once");

    // Also when the copy is as far as the database was, but of an earlier run.
    std::fs::copy(database(data), &kept).unwrap();
    assert_eq!(epoch_of(data, &phone).await, second);
    std::fs::copy(&kept, database(data)).unwrap();
    let third = epoch_of(data, &phone).await;
    assert_ne!(third, second);

    // A lost mark.
    let mark = data.join("so-lien-he.db.mark");
    std::fs::remove_file(&mark).unwrap();
    let fourth = epoch_of(data, &phone).await;
    assert_ne!(fourth, third);
    std::fs::write(&mark, "{\"epoch\":").unwrap();
    assert_ne!(epoch_of(data, &phone).await, fourth, "a damaged one");

    // A database that is gone is not replaced by an empty one.
    std::fs::remove_file(database(data)).unwrap();
    assert!(Program::try_start(data, &[]).is_none());
    assert!(!database(data).exists());
}

#[tokio::test]
async fn one_server_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    assert!(Program::try_start(folder.path(), &[]).is_none());
    program.kill();
    assert!(Program::try_start(folder.path(), &[]).is_some(), "the lock goes with the process");
}

/// A restore that is killed in the middle leaves something that can go on: run again it ends well, and the old content is never gone.
#[tokio::test]
async fn a_restore_that_is_killed_can_be_run_again() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path();
    let program = Program::start(data, &[]);
    let mut phone = Phone::new(&program.url, CODE).await;
    acked(&mut phone, &program.url, 10).await;
    fine(data, &["backup", "--to", backups.path().to_str().unwrap()]);
    let copy = copies(backups.path()).pop().unwrap();
    acked(&mut phone, &program.url, 30).await;
    let full = verified_ops(data);
    // Killed, so that the log still lies beside the database.
    program.kill();
    assert!(data.join("so-lien-he.db-wal").exists());
    let restore = ["restore", "--from", copy.to_str().unwrap(), "--force"];
    let (elsewhere, began) = (tempfile::tempdir().unwrap(), std::time::Instant::now());
    assert!(spawn(elsewhere.path(), &restore).wait().unwrap().success());
    let usual = began.elapsed();
    for round in 0..10_u32 {
        // At ten moments of what it usually takes.
        let mut child = spawn(data, &restore);
        tokio::time::sleep(usual * round / 10).await;
        // An error means that it has ended.
        let _ = child.kill();
        child.wait().unwrap();
        let holds = |path: &Path| path.exists() && ops_in(data, path) == full;
        let aside =
            std::fs::read_dir(data).unwrap().map(|e| e.unwrap().path()).filter(|p| p.to_string_lossy().ends_with('Z'));
        assert!(aside.chain([database(data)]).any(|p| holds(&p)), "round {round}: the old content is still there");
    }
    fine(data, &restore);
    assert_eq!(verified_ops(data), full - 30);
    let program = Program::start(data, &[]);
    assert_eq!(phone.offer_all(&program.url).await, (30, 10));
    program.stop();
}

#[tokio::test]
async fn keys_go_with_the_backups_and_come_back_with_them() {
    let (folder, other, backups) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = backups.path().to_str().unwrap();
    Program::start(folder.path(), &[]).stop();
    let keys = |folder: &Path| std::fs::read_to_string(folder.join(FILE)).unwrap();
    let said = fine(folder.path(), &["backup", "--to", to]);
    assert!(!said.contains("keep a copy of them elsewhere"), "{said}");
    assert_eq!(keys(backups.path()), keys(folder.path()));
    let copy = copies(backups.path()).pop().unwrap();
    // On another machine.
    let said = fine(other.path(), &["restore", "--from", copy.to_str().unwrap()]);
    assert!(said.contains("keys that belong to it"), "{said}");
    Program::start(other.path(), &[]).stop();
    // With others it does not start; put back, they stand in the place of those that it made meanwhile.
    let aside = other.path().join("aside");
    std::fs::rename(other.path().join(FILE), &aside).unwrap();
    assert!(Program::try_start(other.path(), &[]).is_none());
    std::fs::rename(&aside, other.path().join(FILE)).unwrap();
    Program::start(other.path(), &[]).stop();
    // Keys that were named are kept by whoever named them.
    let named = other.path().join("named.keys");
    std::fs::rename(other.path().join(FILE), &named).unwrap();
    let said = fine(other.path(), &["--key-file", named.to_str().unwrap(), "backup", "--to", to]);
    assert!(said.contains("keep a copy of them elsewhere"), "{said}");
}
