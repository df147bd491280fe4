//! Backups by themselves, and those that may not be trusted.

use crate::phone::Phone;
use crate::program::{Program, copies, fine, run, spawn, until};
use server::secrets::FILE;
use std::io::{Seek as _, SeekFrom, Write as _};

#[tokio::test]
async fn a_running_server_makes_backups_and_keeps_the_newest() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = backups.path().to_str().unwrap();
    let program = Program::start(folder.path(), &["--backup-dir", to, "--backup-every", "1s", "--backup-keep", "2"]);
    let mut phone = Phone::new(&program.url, "demo-secretary").await;
    let first = until("a backup at start", async || copies(backups.path()).pop()).await;
    let place = phone.make_notice();
    phone.send(&program.url, &[place]).await.unwrap();
    let seq = phone.kept[place].seq.unwrap();
    until("a backup that covers the op, and phones that hear of it", async || {
        let answer = phone.push(&program.url, &[]).await?;
        answer.safe_seq.values().any(|safe| *safe >= seq).then_some(())
    })
    .await;
    until("the first one goes", async || (!first.exists()).then_some(())).await;
    program.stop();
    let left = copies(backups.path());
    assert!((1..=2).contains(&left.len()), "{left:?}");
    for copy in &left {
        fine(folder.path(), &["verify", copy.to_str().unwrap()]);
    }
    // The newest one alone makes a server that has the op.
    let fresh = tempfile::tempdir().unwrap();
    fine(fresh.path(), &["restore", "--from", left.last().unwrap().to_str().unwrap()]);
    let program = Program::start(fresh.path(), &[]);
    assert_eq!(phone.offer_all(&program.url).await, (0, 1));
    program.stop();
}

#[tokio::test]
async fn a_backup_in_the_data_folder_frees_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let inside = folder.path().join("backups");
    let said = fine(folder.path(), &["backup", "--to", inside.to_str().unwrap()]);
    assert!(said.contains("keeping everything"), "{said}");
    let phone = Phone::new(&program.url, "demo-secretary").await;
    assert_eq!(copies(&inside).len(), 1);
    program.stop();
    let program = Program::start(folder.path(), &[]);
    assert!(phone.push(&program.url, &[]).await.unwrap().safe_seq.is_empty());
    program.stop();
}

#[tokio::test]
async fn a_copy_that_was_changed_or_never_verified_is_not_restored() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    Program::start(folder.path(), &[]).stop();
    fine(folder.path(), &["backup", "--to", backups.path().to_str().unwrap()]);
    let copy = copies(backups.path()).pop().unwrap();
    let restore = |data: &std::path::Path| run(data, &["restore", "--from", copy.to_str().unwrap()]);
    let mut file = std::fs::OpenOptions::new().write(true).open(&copy).unwrap();
    file.seek(SeekFrom::Start(5000)).unwrap();
    file.write_all(b"x").unwrap();
    drop(file);
    let fresh = tempfile::tempdir().unwrap();
    let (content, said) = restore(fresh.path());
    assert!(!content && said.contains("not the file that was verified"), "{said}");
    std::fs::remove_file(copy.with_extension("json")).unwrap();
    let (content, said) = restore(fresh.path());
    assert!(!content && said.contains("never verified"), "{said}");
    assert_eq!(std::fs::read_dir(fresh.path()).unwrap().count(), 0, "nothing was made");
    let (content, said) = run(fresh.path(), &["backup", "--to", backups.path().to_str().unwrap()]);
    assert!(!content, "there is no database: {said}");
    assert!(copies(backups.path()).is_empty());
    let (content, _) = run(fresh.path(), &["verify"]);
    assert!(!content);
}

/// A backup that is killed leaves nothing that could be taken for one, and the next one cleans up.
#[tokio::test]
async fn a_backup_that_is_killed_leaves_no_half_copy() {
    let (folder, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(folder.path(), &[]);
    let backup = ["backup", "--to", backups.path().to_str().unwrap()];
    let began = std::time::Instant::now();
    fine(folder.path(), &backup);
    let usual = began.elapsed();
    for moment in 1..10_u32 {
        let mut child = spawn(folder.path(), &backup);
        tokio::time::sleep(usual * moment / 10).await;
        // An error means that it has ended.
        let _ = child.kill();
        child.wait().unwrap();
        for copy in copies(backups.path()) {
            let manifest = server::backup::folder::read_manifest(&copy).unwrap();
            server::backup::folder::check(&copy, &manifest).unwrap();
        }
    }
    fine(folder.path(), &backup);
    let left = std::fs::read_dir(backups.path()).unwrap().map(|e| e.unwrap().path());
    let known = |p: &std::path::Path| {
        p.ends_with(".lock") || p.ends_with(FILE) || p.extension().is_some_and(|e| e == "db" || e == "json")
    };
    let strange: Vec<_> = left.filter(|p| !known(p)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let whole = copies(backups.path());
    // The older one is restored only when somebody insists.
    let fresh = tempfile::tempdir().unwrap();
    let older = ["restore", "--from", whole[0].to_str().unwrap()];
    let (content, said) = run(fresh.path(), &older);
    assert!(!content && said.contains("newer backup"), "{said}");
    fine(fresh.path(), &[&older[..], &["--force"]].concat());
    program.stop();
}
