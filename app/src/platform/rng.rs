//! Random bits from the browser's generator.

use domain::id::uuid_v7;
use uuid::Uuid;

/// Random bytes. Falls back to `Math.random` where there is no crypto (an insecure origin): ids only need to differ.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    let filled = web_sys::window()
        .and_then(|w| w.crypto().ok())
        .is_some_and(|c| c.get_random_values_with_u8_array(&mut out).is_ok());
    if !filled {
        for b in &mut out {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ x < 256")]
            {
                *b = (js_sys::Math::random() * 256.0) as u8;
            }
        }
    }
    out
}

/// A fresh UUIDv7.
pub fn uuid() -> Uuid {
    uuid_v7(super::clock::now(), bytes())
}

/// A number from 0 up to 1.
pub fn unit() -> f64 {
    js_sys::Math::random()
}

/// A random code of six digits.
pub fn six_digits() -> String {
    let n = u32::from_le_bytes(bytes()) % 1_000_000;
    format!("{n:06}")
}
