//! Passkeys (WebAuthn): which site they are bound to, and what an authenticator answered, as it came. Whether an answer is right is computed in
//! [`crate::ceremony`], where the program is built with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::passkey::LONGEST_ANSWER;
use serde::Deserialize;

/// The address of the site as browsers say it. Passkeys are bound to its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin {
    text: String,
    host: String,
    any_port: bool,
}

/// Why an address is none that passkeys can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginFault {
    /// Browsers have passkeys on https only, and on this machine itself.
    #[error("it begins with https://, or with http://localhost for trying it out")]
    NotSecure,
    /// Not a host's name, perhaps with a port.
    #[error("it is a name and perhaps a port, without a path; names with other letters in their xn-- form")]
    NoName,
    /// Browsers bind passkeys to names.
    #[error("passkeys need a name: no number like 10.0.0.1")]
    Address,
}

impl PublicOrigin {
    /// Reads what stands in the settings, for example `https://so.example.vn`.
    pub fn parse(text: &str) -> Result<Self, OriginFault> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(OriginFault::NotSecure)?;
        let usual = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(OriginFault::NotSecure),
        };
        if rest.starts_with('[') {
            return Err(OriginFault::Address);
        }
        let rest = rest.strip_suffix(usual).unwrap_or(rest);
        let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = |label: &str| !label.is_empty() && label.len() < 64 && label.bytes().all(letter);
        if host.len() > 253 || !host.split('.').all(fits) || port.is_some_and(|p| p.parse::<u16>().is_err()) {
            return Err(OriginFault::NoName);
        }
        if host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err(OriginFault::Address);
        }
        if scheme == "http" && host != "localhost" {
            return Err(OriginFault::NotSecure);
        }
        Ok(Self { text: [scheme, "://", rest].concat(), host: host.to_owned(), any_port: false })
    }
    /// This machine itself, on whatever port.
    #[must_use]
    pub fn this_machine() -> Self {
        Self { text: "http://localhost".to_owned(), host: "localhost".to_owned(), any_port: true }
    }
    /// The name that passkeys are bound to.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
    /// True when a browser that names this origin was on this site.
    #[must_use]
    pub fn is(&self, said: &str) -> bool {
        let port = said.strip_prefix(&self.text).and_then(|rest| rest.strip_prefix(':'));
        said == self.text || self.any_port && port.is_some_and(|port| port.parse::<u16>().is_ok())
    }
}

/// Why an answer of an authenticator lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// The program was built without passkeys, or is not set up for them.
    #[error("no passkeys here")]
    Off,
    /// No answer of an authenticator at all.
    #[error("not an answer of an authenticator")]
    Unreadable,
    /// Not the answer to this question: another site, another person, nobody verified, a wrong signature.
    #[error("a wrong answer")]
    Wrong,
    /// It counts less than before: there are two of it.
    #[error("the counter went back")]
    Copied,
    /// Too late.
    #[error("too late")]
    Late,
}

/// A question that was begun.
#[derive(Clone)]
pub struct Begun {
    /// What the answer will say.
    pub challenge: Vec<u8>,
    /// What the server keeps until then.
    pub kept: Vec<u8>,
    /// For the browser.
    pub options: String,
}

/// A new passkey, as it is stored.
#[derive(Clone)]
pub struct Made {
    /// The authenticator's id of it.
    pub credential: Vec<u8>,
    /// Public key and what never changes.
    pub public: Vec<u8>,
    /// Counter and what changes.
    pub state: Vec<u8>,
    /// It goes along to other phones.
    pub synced: bool,
}

/// After a right answer.
#[derive(Clone)]
pub struct After {
    /// Counter and what changes.
    pub state: Vec<u8>,
    /// It goes along to other phones.
    pub synced: bool,
}

/// `RegistrationResponseJSON`, as far as it is looked at.
#[derive(Clone)]
pub struct Created {
    /// What the browser says that it asked.
    pub client_data: Vec<u8>,
    /// What the authenticator says.
    pub attestation: Vec<u8>,
}

/// `AuthenticationResponseJSON`, as far as it is looked at.
#[derive(Clone)]
pub struct Asserted {
    /// The authenticator's id of the passkey.
    pub credential: Vec<u8>,
    /// What the browser says that it asked.
    pub client_data: Vec<u8>,
    /// What the authenticator says.
    pub authenticator_data: Vec<u8>,
    /// Over both.
    pub signature: Vec<u8>,
    /// Whose it says that it is.
    pub user: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedJson {
    response: CreatedResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertedJson {
    raw_id: String,
    response: AssertedResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

/// What the browser says about the question, as far as it is looked at here.
#[derive(Deserialize)]
struct Asked {
    challenge: String,
}

fn bytes(text: &str) -> Result<Vec<u8>, PasskeyFault> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| PasskeyFault::Unreadable)
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, PasskeyFault> {
    if text.len() > LONGEST_ANSWER {
        return Err(PasskeyFault::Unreadable);
    }
    serde_json::from_str(text).map_err(|_| PasskeyFault::Unreadable)
}

/// To which question it is the answer.
fn challenge(client_data: &[u8]) -> Result<Vec<u8>, PasskeyFault> {
    let asked: Asked = serde_json::from_slice(client_data).map_err(|_| PasskeyFault::Unreadable)?;
    bytes(&asked.challenge)
}

impl Created {
    /// Reads what the browser gave.
    pub fn parse(text: &str) -> Result<Self, PasskeyFault> {
        let CreatedJson { response } = read(text)?;
        Ok(Self { client_data: bytes(&response.client_data)?, attestation: bytes(&response.attestation_object)? })
    }
    /// To which question it is the answer.
    pub fn challenge(&self) -> Result<Vec<u8>, PasskeyFault> {
        challenge(&self.client_data)
    }
}

impl Asserted {
    /// Reads what the browser gave.
    pub fn parse(text: &str) -> Result<Self, PasskeyFault> {
        let AssertedJson { raw_id, response } = read(text)?;
        Ok(Self {
            credential: bytes(&raw_id)?,
            client_data: bytes(&response.client_data)?,
            authenticator_data: bytes(&response.authenticator_data)?,
            signature: bytes(&response.signature)?,
            // A credential that the browser found without being told which always says whose it is.
            user: bytes(response.user_handle.as_deref().unwrap_or_default())?,
        })
    }
    /// To which question it is the answer.
    pub fn challenge(&self) -> Result<Vec<u8>, PasskeyFault> {
        challenge(&self.client_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_passkeys_are_bound_to() {
        for (said, text, host) in [
            ("https://so.example.vn", "https://so.example.vn", "so.example.vn"),
            ("https://So.Example.vn:443/", "https://so.example.vn", "so.example.vn"),
            ("https://xn--s-lin-h-abc.vn:8443", "https://xn--s-lin-h-abc.vn:8443", "xn--s-lin-h-abc.vn"),
            ("http://localhost:3000", "http://localhost:3000", "localhost"),
        ] {
            let origin = PublicOrigin::parse(said).unwrap();
            assert_eq!((origin.text.as_str(), origin.host()), (text, host));
            assert!(origin.is(text) && !origin.is("https://example.vn") && !origin.is(&[text, ":1"].concat()));
        }
        for (said, fault) in [
            ("so.example.vn", OriginFault::NotSecure),
            ("http://so.example.vn", OriginFault::NotSecure),
            ("ftp://so.example.vn", OriginFault::NotSecure),
            ("https://10.0.0.1", OriginFault::Address),
            ("https://[::1]:3000", OriginFault::Address),
            ("http://127.0.0.1:3000", OriginFault::Address),
            ("https://so.example.vn/path", OriginFault::NoName),
            ("https://", OriginFault::NotSecure),
            ("https://:443", OriginFault::NoName),
            ("https://a..b", OriginFault::NoName),
            ("https://sổ.vn", OriginFault::NoName),
            ("https://a.vn:99999", OriginFault::NoName),
            ("https://a@b.vn", OriginFault::NoName),
        ] {
            assert_eq!(PublicOrigin::parse(said), Err(fault), "{said}");
        }
    }

    #[test]
    fn this_machine_has_any_port_and_no_other_name() {
        let here = PublicOrigin::this_machine();
        assert!(here.is("http://localhost") && here.is("http://localhost:3000"));
        for other in ["https://localhost", "http://localhost.evil.vn", "http://localhost:", "http://localhost:1/a"] {
            assert!(!here.is(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_answer_is_unreadable() {
        for text in ["", "{}", "[]", "null", r#"{"rawId":"!","response":{}}"#, &"x".repeat(LONGEST_ANSWER + 1)] {
            assert_eq!(Created::parse(text).err(), Some(PasskeyFault::Unreadable), "{text:.20}");
            assert_eq!(Asserted::parse(text).err(), Some(PasskeyFault::Unreadable), "{text:.20}");
        }
    }
}
