//! The WebAuthn ceremonies: questions to authenticators, and whether their answers are right, by the library `webauthn_rp`. Nothing is kept here:
//! what a question needs until its answer comes lies in the database, so that any process can finish it. It knows no account but by its id.
//!
//! User verification is always required: a passkey stands for password and second factor together. Attestation is not asked for: what make an
//! authenticator is, is nobody's business here.

use crate::auth::passkey::{After, Asserted, Begun, Created, Made, PasskeyFault, PublicOrigin};
use domain::id::AccountId;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle,
};
use webauthn_rp::request::{AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::auth::{AuthenticatorAssertion, error::AuthCeremonyErr};
use webauthn_rp::response::register::{
    AttestationObject, AuthenticationExtensionsPrfOutputs, AuthenticatorAttestation, ClientExtensionsOutputs,
    CompressedPubKey, DynamicState, StaticState, error::RegCeremonyErr,
};
use webauthn_rp::response::{AuthTransports, AuthenticatorAttachment, Backup, CredentialId, Origin};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

/// What people see in their list of passkeys.
const SITE_NAME: &str = "Sổ Liên Hệ";
/// Bytes of an account's id.
const USER: usize = 16;

type Public = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// The site that passkeys are bound to.
#[derive(Clone, Debug)]
pub struct Site {
    name: RpId,
    origin: PublicOrigin,
}

/// As the library asks whether an origin is right.
struct Allowed<'a>(&'a PublicOrigin);

impl PartialEq<Origin<'_>> for Allowed<'_> {
    fn eq(&self, said: &Origin<'_>) -> bool {
        self.0.is(&said.0)
    }
}

impl Site {
    /// At this address.
    pub fn at(origin: PublicOrigin) -> Result<Self, PasskeyFault> {
        let name = AsciiDomain::try_from(origin.host().to_owned()).map_err(|_| PasskeyFault::Off)?;
        Ok(Self { name: RpId::Domain(name), origin })
    }
    /// The name that passkeys are bound to.
    #[must_use]
    pub fn name(&self) -> &str {
        self.origin.host()
    }
    /// Begins to add a passkey for an account that is called so and has these already.
    pub fn begin_add(&self, account: AccountId, called: &str, has: Vec<Vec<u8>>) -> Result<Begun, PasskeyFault> {
        let user = UserHandle::<USER>::from(account.0.into_bytes());
        let has = has.into_iter().filter_map(|id| CredentialId::try_from(id).ok());
        let has = has.map(|id| PublicKeyCredentialDescriptor { id, transports: AuthTransports::ALL }).collect();
        // The library's rules for names know none with spaces; the name is only for the person's own eyes and put in below.
        let blank = PublicKeyCredentialUserEntity::from(&user);
        let mut options = PublicKeyCredentialCreationOptions::passkey(&self.name, blank, has);
        // The server asks for user verification at each sign-in. Authenticators that cannot promise it beside that would be refused by the browser.
        options.extensions.cred_protect = CredProtect::None;
        // So that it can also open the phone; an authenticator that cannot is as good for signing in.
        options.extensions.prf = Some(ExtensionInfo::AllowDontEnforceValue);
        let challenge = options.challenge.as_data().to_le_bytes().to_vec();
        let (server, client) = options.start_ceremony().map_err(|_| PasskeyFault::Off)?;
        let mut options = serde_json::to_value(&client).map_err(|_| PasskeyFault::Off)?;
        options["rp"]["name"] = SITE_NAME.into();
        options["user"]["name"] = called.into();
        options["user"]["displayName"] = called.into();
        Ok(Begun { challenge, kept: server.encode().map_err(|_| PasskeyFault::Off)?, options: options.to_string() })
    }
    /// Looks at the answer: a passkey for the account that was asked about.
    pub fn finish_add(&self, kept: &[u8], answer: &Created) -> Result<Made, PasskeyFault> {
        let state = RegistrationServerState::<USER>::decode(kept).map_err(|_| PasskeyFault::Unreadable)?;
        let said = AttestationObject::try_from(answer.attestation.as_slice()).map_err(|_| PasskeyFault::Unreadable)?;
        // What the browser says beside the signed words about the same thing is left aside: some say it and some do not.
        let secret = said.auth_data().extensions().hmac_secret;
        let beside = ClientExtensionsOutputs {
            cred_props: None,
            prf: secret.map(|enabled| AuthenticationExtensionsPrfOutputs { enabled }),
        };
        let response =
            AuthenticatorAttestation::new(answer.client_data.clone(), answer.attestation.clone(), AuthTransports::NONE);
        let answer = Registration::new(response, AuthenticatorAttachment::None, beside);
        let options = RegistrationVerificationOptions::<Allowed<'_>, &str> {
            allowed_origins: &[Allowed(&self.origin)],
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = state.verify(&self.name, &answer, &options).map_err(|error| match error {
            RegCeremonyErr::Timeout => PasskeyFault::Late,
            _ => PasskeyFault::Wrong,
        })?;
        Ok(Made {
            credential: made.id().inner().to_vec(),
            public: made.static_state().encode().map_err(|_| PasskeyFault::Unreadable)?,
            state: state_of(made.dynamic_state()),
            synced: synced(made.dynamic_state()),
        })
    }
    /// Begins a sign-in of whoever it will be.
    pub fn begin(&self) -> Result<Begun, PasskeyFault> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.name);
        let challenge = options.0.challenge.as_data().to_le_bytes().to_vec();
        let (server, client) = options.start_ceremony().map_err(|_| PasskeyFault::Off)?;
        let options = serde_json::to_string(&client).map_err(|_| PasskeyFault::Off)?;
        Ok(Begun { challenge, kept: server.encode().map_err(|_| PasskeyFault::Off)?, options })
    }
    /// Looks at the answer: whether it was made just now, for this site and question, by the passkey of that account, after looking at the person.
    pub fn finish(
        &self,
        begun: &[u8],
        answer: &Asserted,
        account: AccountId,
        (public, state): (&[u8], &[u8]),
    ) -> Result<After, PasskeyFault> {
        let begun = DiscoverableAuthenticationServerState::decode(begun).map_err(|_| PasskeyFault::Unreadable)?;
        let said: [u8; USER] = answer.user.as_slice().try_into().map_err(|_| PasskeyFault::Wrong)?;
        let owner = UserHandle::<USER>::from(account.0.into_bytes());
        let public = Public::decode(public).map_err(|_| PasskeyFault::Unreadable)?;
        let before: [u8; 7] = state.try_into().map_err(|_| PasskeyFault::Unreadable)?;
        let before = DynamicState::decode(before).map_err(|_| PasskeyFault::Unreadable)?;
        let id = CredentialId::try_from(answer.credential.as_slice()).map_err(|_| PasskeyFault::Unreadable)?;
        let mut passkey =
            AuthenticatedCredential::new(id, &owner, public, before).map_err(|_| PasskeyFault::Unreadable)?;
        let response = AuthenticatorAssertion::<USER, true>::new(
            answer.client_data.clone(),
            answer.authenticator_data.clone(),
            answer.signature.clone(),
            UserHandle::from(said),
        );
        let id = CredentialId::try_from(answer.credential.clone()).map_err(|_| PasskeyFault::Unreadable)?;
        let answer = DiscoverableAuthentication::<USER>::new(id, response, AuthenticatorAttachment::None);
        let options = AuthenticationVerificationOptions::<Allowed<'_>, &str> {
            allowed_origins: &[Allowed(&self.origin)],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        begun.verify(&self.name, &answer, &mut passkey, &options).map_err(|error| match error {
            AuthCeremonyErr::Timeout => PasskeyFault::Late,
            AuthCeremonyErr::SignatureCounter => PasskeyFault::Copied,
            _ => PasskeyFault::Wrong,
        })?;
        Ok(After { state: state_of(passkey.dynamic_state()), synced: synced(passkey.dynamic_state()) })
    }
}

fn state_of(state: DynamicState) -> Vec<u8> {
    let Ok(bytes) = state.encode();
    bytes.to_vec()
}

fn synced(state: DynamicState) -> bool {
    matches!(state.backup, Backup::Exists)
}
