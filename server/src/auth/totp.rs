//! The second factor: codes of six digits that change every half minute (RFC 6238 with SHA-1, as every authenticator app has it), from a secret of
//! 160 bits. That a code counts once is the store's matter; here is which step it is of.

use domain::signin::TOTP_DIGITS;
use domain::time::Millis;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use std::fmt::Write as _;

/// How long a code is shown, in ms.
const STEP: i64 = 30_000;
/// How many steps a clock may be behind or ahead.
const SKEW: i64 = 1;
/// Bytes of a secret: as RFC 4226 recommends.
pub const SECRET: usize = 20;

/// The code of a step.
fn code_at(secret: &[u8], step: i64, digits: usize) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash.last().copied().unwrap_or_default() & 15);
    let mut four = [0_u8; 4];
    four.copy_from_slice(&hash[at..at + 4]);
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    let text = format!("{number:010}");
    text[text.len() - digits..].to_owned()
}

/// The code that an authenticator app shows at that moment.
#[must_use]
pub fn code(secret: &[u8], now: Millis) -> String {
    code_at(secret, now.0.div_euclid(STEP), TOTP_DIGITS)
}

/// The step of which a code is, one before and one after this moment's counted, later ones first. None: of none.
#[must_use]
pub fn step_of(secret: &[u8], code: &str, now: Millis) -> Option<i64> {
    let here = now.0.div_euclid(STEP);
    (here - SKEW..=here + SKEW).rev().find(|step| same(&code_at(secret, *step, TOTP_DIGITS), code))
}

/// Looks at all of both, so that how long it takes says nothing of where they differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// RFC 4648, without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |n: usize| bytes.get(n / 8).map_or(0, |byte| (byte >> (7 - n % 8)) & 1);
    let letter = |n: usize| (n * 5..n * 5 + 5).fold(0, |sum, at| sum * 2 + usize::from(bit(at)));
    (0..(bytes.len() * 8).div_ceil(5)).map(|n| char::from(LETTERS[letter(n)])).collect()
}

/// What an authenticator app scans. `name`: small ASCII letters, digits, `.`, `-`, `_`.
#[must_use]
pub fn link(secret: &[u8], name: &str, host: &str) -> String {
    let mut place = String::new();
    for byte in host.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') {
            place.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(place, "%{byte:02X}");
        }
    }
    let secret = base32(secret);
    format!(
        "otpauth://totp/So%20Lien%20He:{name}%20{place}?secret={secret}&issuer=So%20Lien%20He&algorithm=SHA1&digits={TOTP_DIGITS}&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_rfc_6238() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(b"12345678901234567890", seconds / 30, 8), code, "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off() {
        let (secret, now) = ([7; SECRET], Millis(1_795_309_200_000));
        let here = now.0 / STEP;
        for (off, step) in
            [(0, Some(here)), (-STEP, Some(here - 1)), (STEP, Some(here + 1)), (-2 * STEP, None), (2 * STEP, None)]
        {
            assert_eq!(step_of(&secret, &code(&secret, now.plus(off)), now), step, "{off}");
        }
        assert_eq!(step_of(&secret, "", now), None);
        assert_eq!(step_of(&[8; SECRET], &code(&secret, now), now), None);
    }

    #[test]
    fn base32_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(&[0; SECRET]).len(), 32);
    }

    #[test]
    fn a_link_has_nothing_strange_in_it() {
        let link = link(&[0; SECRET], "dangbo.p1", "so.example.vn:8443");
        assert!(
            link.starts_with("otpauth://totp/So%20Lien%20He:dangbo.p1%20so.example.vn%3A8443?secret=AAAA"),
            "{link}"
        );
    }
}
