//! T5: eight phones send without a pause, the server is killed (-9) after 5 to 500 ms and started again, again and again. Nothing that was
//! acknowledged is missing, and nothing counts twice. 20 rounds here; more with `SLH_KILL_ROUNDS=200`, one seed again with `SLH_KILL_SEED=…`.

use crate::phone::Phone;
use crate::program::{Program, verified_ops};
use domain::id::{MeetingId, MemberId, OpId};
use domain::op::{Body, How};
use domain::presence::{PresentAs, Who};
use domain::wire::{Row, Ruling};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::collections::BTreeSet;
use std::time::Duration;

const PHONES: u64 = 8;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|v| v.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// Somebody in the hall.
struct Clerk {
    phone: Phone,
    rng: StdRng,
    members: Vec<MemberId>,
    meeting: MeetingId,
    /// Sent, but never answered: sent again with the same bytes.
    open: Vec<usize>,
    /// Answers so far.
    answers: usize,
}

impl Clerk {
    fn mark(&mut self) -> usize {
        let who = Who::Member(self.members[self.rng.random_range(0..self.members.len())]);
        let present =
            Body::Present { meeting: self.meeting, who, present: PresentAs::OnTime, how: How::Roll, code: None };
        self.phone.make(&present)
    }
    /// Sends batches until the server is gone.
    async fn work(mut self, url: String) -> Self {
        loop {
            let mut batch: Vec<usize> = std::mem::take(&mut self.open);
            batch.truncate(100);
            for _ in 0..self.rng.random_range(1..=5) {
                batch.push(self.mark());
            }
            if self.phone.send(&url, &batch).await.is_none() {
                self.open = batch;
                return self;
            }
            self.answers += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_and_counts_nothing_twice() {
    let rounds = number("SLH_KILL_ROUNDS").unwrap_or(20);
    let seed = number("SLH_KILL_SEED").unwrap_or_else(rand::random);
    println!("SLH_KILL_SEED={seed} SLH_KILL_ROUNDS={rounds}");
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &[]);
    let mut clerks = Vec::new();
    for i in 0..PHONES {
        let mut phone = Phone::new(&program.url, "demo-secretary").await;
        let (members, meeting) = phone.hall(&program.url).await;
        if i == 0 {
            let place = phone.make(&Body::MeetingOpened { meeting });
            let opened = phone.send(&program.url, &[place]).await.unwrap();
            assert_eq!(opened[0].r, Ruling::Applied);
        }
        let rng = StdRng::seed_from_u64(rng.random());
        clerks.push(Clerk { phone, rng, members, meeting, open: Vec::new(), answers: 0 });
    }
    let epoch = clerks[0].phone.epoch(&program.url).await;
    let before = verified_ops(folder.path());
    let made_before: usize = clerks.iter().map(|c| c.phone.kept.len()).sum();
    for round in 0..rounds {
        let url = program.url.clone();
        let work: Vec<_> = clerks.drain(..).map(|clerk| tokio::spawn(clerk.work(url.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..=500))).await;
        program.kill();
        for clerk in work {
            clerks.push(clerk.await.unwrap());
        }
        program = Program::start(folder.path(), &[]);
        let mut resent = 0;
        for clerk in &mut clerks {
            // What was never answered counts now or counted already, once.
            for part in std::mem::take(&mut clerk.open).chunks(100) {
                resent += part.len();
                for result in clerk.phone.send(&program.url, part).await.unwrap() {
                    let counts = result.r == Ruling::Applied || result.stored == Some(Ruling::Applied);
                    assert!(counts, "seed {seed} round {round}: {result:?}");
                }
            }
        }
        println!(
            "round {round}: {} answers so far, {resent} ops sent again",
            clerks.iter().map(|c| c.answers).sum::<usize>()
        );
    }
    assert_eq!(clerks[0].phone.epoch(&program.url).await, epoch, "a kill is no restore");
    let rows = clerks[0].phone.rows(&program.url).await;
    let mut known: BTreeSet<OpId> = BTreeSet::new();
    for row in &rows {
        if let Row::Presence(p) = row {
            known.extend(p.marks.keys());
        }
    }
    let mut seqs = BTreeSet::new();
    let (mut made, mut missing) = (0, 0);
    for clerk in &mut clerks {
        let acked: Vec<_> = clerk.phone.kept.iter().map(|k| (k.id, k.seq.expect("answered by now"))).collect();
        missing += acked.iter().filter(|(id, _)| !known.contains(id)).count();
        made += acked.len();
        let (new, _) = clerk.phone.offer_all(&program.url).await;
        assert_eq!(new, 0, "seed {seed}: the server had forgotten ops that it had acknowledged");
        for ((id, seq), again) in acked.iter().zip(&clerk.phone.kept) {
            assert_eq!(again.seq, Some(*seq), "seed {seed}: {id} has the same number as when it was acknowledged");
            assert!(seqs.insert(*seq), "seed {seed}: two ops have the number {seq}");
        }
    }
    // The opening of the meeting is no mark.
    assert_eq!(missing, 1, "seed {seed}: marks that were acknowledged and are in no row");
    program.stop();
    assert_eq!(verified_ops(folder.path()), before + made - made_before, "seed {seed}: lines of the log");
    println!("{made} ops of {PHONES} phones, {rounds} kills: 0 missing, 0 twice");
}
