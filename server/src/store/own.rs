//! *Dữ liệu của tôi*: everything that is held about an account and its member, read as of now. Its own ops stand in the log for ever; here is what
//! became of them: marks, readings, what was held. It knows whose it is, not who asks.

use super::accounts::Account;
use super::db::{query_as, query_scalar};
use super::records::parse;
use super::{Store, StoreError};
use domain::consent::Consent;
use domain::id::{AccountId, DeviceId, UnitId};
use domain::meeting::Meeting;
use domain::member::Member;
use domain::notice::Notice;
use domain::own::{MOST_LOOKS, OwnData, OwnMark, OwnMeeting, OwnRead, OwnRole, OwnSession};
use domain::presence::Presence;
use domain::request::Request;
use domain::time::Millis;
use domain::wire::ReadMark;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// The rows about one owner.
#[derive(Default)]
struct Mine {
    member: Option<Member>,
    presence: Vec<Presence>,
    read: Vec<ReadMark>,
    requests: Vec<Request>,
    consent: Option<Consent>,
    held: u32,
}

impl Store {
    /// Everything. `asking`: the phone that asks.
    pub async fn own_data(&self, account: &Account, asking: DeviceId) -> Result<OwnData, StoreError> {
        let mut mine = self.mine(account).await?;
        let units = self.units();
        let unit_name = |id: UnitId| units.get(id).map(|u| u.name.clone()).unwrap_or_default();
        let mut names: HashMap<AccountId, String> = HashMap::new();
        let mut meetings = Vec::new();
        for presence in mine.presence {
            let meeting: Option<Meeting> = self.meeting(presence.meeting).await?;
            let mut marks = Vec::new();
            for (op, witness) in &presence.marks {
                if let Entry::Vacant(unknown) = names.entry(witness.by) {
                    unknown.insert(self.name_of(witness.by).await?);
                }
                let undone = presence.voids.values().any(|void| void.names.contains(op));
                let by = names.get(&witness.by).cloned().unwrap_or_default();
                marks.push(OwnMark { mark: witness.mark.clone(), by, at: witness.t, undone });
            }
            marks.sort_by_key(|mark| mark.at);
            meetings.push(OwnMeeting {
                title: meeting.as_ref().map(|m| m.plan.title.clone()).unwrap_or_default(),
                unit: meeting.as_ref().map(|m| unit_name(m.unit)).unwrap_or_default(),
                starts: meeting.map_or(Millis(0), |m| m.plan.starts),
                status: presence.status(),
                marks,
            });
        }
        meetings.sort_by_key(|m| Reverse(m.starts));
        let mut read = Vec::new();
        for ReadMark { notice, at, .. } in mine.read {
            let notice: Option<Notice> = self.notice(notice).await?;
            read.push(OwnRead { title: notice.map(|n| n.text.title).unwrap_or_default(), at });
        }
        read.sort_by_key(|r| Reverse(r.at));
        mine.requests.sort_by_key(|r| Reverse(r.received));
        let looks = match &mine.member {
            Some(member) => {
                let above: Vec<UnitId> = units.up(member.cell).map(|u| u.id).collect();
                self.looks_at(member.id, &above, MOST_LOOKS).await?
            }
            None => Vec::new(),
        };
        let role = |grant: &domain::account::Grant| OwnRole {
            role: grant.role,
            unit: unit_name(grant.unit),
            from: grant.from,
            to: grant.to,
        };
        Ok(OwnData {
            made_at: self.now(),
            account: account.id,
            name: account.name.clone(),
            roles: account.grants.iter().map(role).collect(),
            cell: mine.member.as_ref().map(|m| unit_name(m.cell)).unwrap_or_default(),
            member: mine.member,
            meetings,
            read,
            requests: mine.requests,
            consent: mine.consent,
            held: mine.held,
            phones: self.phones_of(account.id, asking).await?,
            sessions: self.sessions_of(account.id).await?,
            // Which phone it was on is that person's business.
            looks: looks.into_iter().map(|line| domain::audit::AuditLine { device: String::new(), ..line }).collect(),
        })
    }

    /// The rows that are about the account or its member, in whatever ward they lie.
    async fn mine(&self, account: &Account) -> Result<Mine, StoreError> {
        let mut conn = self.reader().snapshot().await?;
        let streams: Vec<Uuid> = query_scalar("select stream from stream").fetch_all(&mut conn).await?;
        let mut mine = Mine::default();
        for stream in streams {
            for owner in [Some(account.id.0), account.member.map(|m| m.0)].into_iter().flatten() {
                let rows: Vec<(String, bool, String)> =
                    query_as("select tbl, gone, body from record where stream = $1 and owner = $2 order by seq")
                        .bind(stream)
                        .bind(owner)
                        .fetch_all(&mut conn)
                        .await?;
                for (table, _, body) in rows.into_iter().filter(|(_, gone, _)| !gone) {
                    match table.as_str() {
                        "member" => mine.member = Some(parse("member", &body)?),
                        "presence" => mine.presence.push(parse("presence", &body)?),
                        "read" => mine.read.push(parse("read", &body)?),
                        "request" => mine.requests.push(parse("request", &body)?),
                        "consent" => mine.consent = Some(parse("consent", &body)?),
                        "fate" => mine.held += 1,
                        _ => {}
                    }
                }
            }
        }
        Ok(mine)
    }

    async fn name_of(&self, account: AccountId) -> Result<String, StoreError> {
        let name: Option<String> = query_scalar("select name from account where id = $1")
            .bind(account.0)
            .fetch_optional(self.reader())
            .await?;
        Ok(name.unwrap_or_default())
    }

    async fn sessions_of(&self, account: AccountId) -> Result<Vec<OwnSession>, StoreError> {
        let rows: Vec<(String, i64, i64, Option<i64>)> = query_as(
            "select d.name, s.created, s.expires, s.revoked
             from device_account da join device d on d.id = da.device
               join session s on s.device = da.device and s.account = da.account
             where da.account = $1 order by s.created desc",
        )
        .bind(account.0)
        .fetch_all(self.reader())
        .await?;
        let session = |(device, since, until, revoked): (String, i64, i64, Option<i64>)| OwnSession {
            device,
            since: Millis(since),
            until: Millis(until),
            revoked: revoked.map(Millis),
        };
        Ok(rows.into_iter().map(session).collect())
    }
}
