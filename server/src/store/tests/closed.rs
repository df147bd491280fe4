//! Secrets in the database are closed under keys that lie beside it.

use super::{ACCOUNT, Keyring, Place, Store, StoreError, book, keys, query, system_clock};
use crate::store::db::query_as;
use domain::id::DeviceId;
use uuid::Uuid;

const DEVICE: Uuid = Uuid::from_u128(77);
const SECRET: [u8; 20] = [5; 20];
const HALF: [u8; 32] = [6; 32];
const PART: [u8; 32] = [7; 32];

type Four = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// As a release of before left it: nothing is closed, and nobody knows of keys.
async fn make_old(store: &Store) {
    let made = store.write(|tx| {
        Box::pin(async move {
            query("delete from meta where name = 'keys'").execute(&mut tx.conn).await?;
            query("insert into login (account, name, password, totp, pending) values ($1, 'bi.thu', 'x', $2, $3)")
                .bind(ACCOUNT.0)
                .bind(SECRET.to_vec())
                .bind(SECRET.to_vec())
                .execute(&mut tx.conn)
                .await?;
            query("insert into device (id, name, created) values ($1, 'Máy', 0)")
                .bind(DEVICE)
                .execute(&mut tx.conn)
                .await?;
            query("insert into seal_key (id, secret, created) values (1, $1, $2)")
                .bind(HALF.to_vec())
                .bind(tx.now.0)
                .execute(&mut tx.conn)
                .await?;
            query("insert into vault_part (device, part, created) values ($1, $2, 0)")
                .bind(DEVICE)
                .bind(PART.to_vec())
                .execute(&mut tx.conn)
                .await?;
            Ok::<_, StoreError>(())
        })
    });
    made.await.unwrap();
}

pub(super) async fn what_lay_open_is_closed_at_the_next_start(place: Place) {
    let store = book(&place).await;
    make_old(&store).await;
    store.close().await;
    for _ in 0..2 {
        let store = place.open().await;
        let login = store.login_of(ACCOUNT).await.unwrap().unwrap();
        assert_eq!(
            (login.totp.as_deref(), login.pending.as_deref()),
            (Some(SECRET.as_slice()), Some(SECRET.as_slice()))
        );
        let told = store.vault_part(DeviceId(DEVICE)).await.unwrap();
        assert_eq!(told.part, domain::vault::encode(&PART));
        assert_eq!(told.seal, domain::seal::OpenKey::new(HALF).public(1));
        let sql = "select totp, pending, part, secret from login cross join vault_part cross join seal_key";
        let lies: Vec<Four> = query_as(sql).fetch_all(store.reader()).await.unwrap();
        let [(totp, pending, part, half)] = lies.as_slice() else { panic!("one row of each") };
        assert!([totp, pending, part, half].iter().all(|closed| closed.len() > 60 && closed.starts_with(b"~1")));
        assert_ne!(totp, pending, "each has a nonce of its own");
        store.close().await;
    }
}

pub(super) async fn a_server_with_other_keys_does_not_start(place: Place) {
    let store = book(&place).await;
    make_old(&store).await;
    store.close().await;
    place.open().await.close().await;
    let other = || Keyring::read(&domain::vault::encode(&[9; 32])).unwrap();
    let refused = Store::connect(&place.address, other(), system_clock()).await;
    assert!(format!("{:#}", refused.err().unwrap()).contains("--keys-are-lost"));
    // A new key above the old one closes from now on; both open.
    let both = [domain::vault::encode(&[9; 32]), "A".repeat(43)].join("\n");
    let store = Store::connect(&place.address, Keyring::read(&both).unwrap(), system_clock()).await.unwrap();
    assert_eq!(store.vault_part(DeviceId(DEVICE)).await.unwrap().part, domain::vault::encode(&PART));
    assert!(store.begin_second_factor(ACCOUNT, &SECRET).await.unwrap());
    store.close().await;
    let store = Store::connect(&place.address, keys(), system_clock()).await.unwrap();
    assert_ne!(store.login_of(ACCOUNT).await.unwrap().unwrap().pending.unwrap(), SECRET, "closed by the new one");
    store.close().await;
    let lost = Store::connect(&place.address, other().in_place_of_lost(true), system_clock()).await.unwrap();
    let login = lost.login_of(ACCOUNT).await.unwrap().unwrap();
    assert!(login.totp.is_some_and(|secret| secret.len() == 20 && secret != SECRET), "no code is right, none is empty");
    assert_ne!(lost.vault_part(DeviceId(DEVICE)).await.unwrap().part, domain::vault::encode(&PART));
    assert_eq!(lost.vault_part(DeviceId(DEVICE)).await.unwrap().seal.id, 2);
    lost.close().await;
    let refused = Store::connect(&place.address, keys(), system_clock()).await;
    assert!(refused.is_err(), "these are the keys of before now");
}
