//! Shapes for the document of the API: passkeys. The real types are in `domain::passkey`, which knows nothing of utoipa.

#![expect(dead_code, reason = "shapes for the document; the real types are in `domain`")]

use utoipa::ToSchema;

/// How somebody can sign in here, apart from codes and passwords
#[derive(ToSchema)]
pub struct Ways {
    /// The name of the site that passkeys are bound to; absent where the server offers none
    passkey: Option<String>,
}

/// A question to an authenticator
#[derive(ToSchema)]
pub struct PasskeyAsk {
    /// JSON text: PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON of WebAuthn level 3
    options: String,
}

/// The answer of an authenticator that made a passkey
#[derive(ToSchema)]
pub struct NewPasskey {
    /// How the person calls it; at most 60 characters
    name: Option<String>,
    /// JSON text: RegistrationResponseJSON of WebAuthn level 3
    credential: String,
}

/// The answer of an authenticator to a sign-in
#[derive(ToSchema)]
pub struct PasskeySignIn {
    /// JSON text: AuthenticationResponseJSON of WebAuthn level 3
    credential: String,
    /// How the person calls this phone; at most 60 characters
    device_name: Option<String>,
}

/// How somebody calls a passkey
#[derive(ToSchema)]
pub struct PasskeyName {
    /// At most 60 characters
    name: String,
}

/// A passkey of one's own
#[derive(ToSchema)]
pub struct Passkey {
    id: uuid::Uuid,
    /// The authenticator's own id of it, base64url
    credential: String,
    /// How the person calls it; may be empty
    name: String,
    /// ms UTC
    created: i64,
    /// When it last let somebody in, ms UTC
    used: Option<i64>,
    /// It goes along to the person's other phones
    synced: bool,
    /// It was added on the phone that asks
    here: bool,
    /// When it counted less than before, ms UTC: somebody else may have it
    copied: Option<i64>,
}

/// The caller's passkeys
#[derive(ToSchema)]
pub struct Passkeys {
    /// The name of the site that new ones are bound to; absent where the server offers none
    site: Option<String>,
    /// Adding one asks for the present password
    ask_password: bool,
    /// The oldest first
    keys: Vec<Passkey>,
}
