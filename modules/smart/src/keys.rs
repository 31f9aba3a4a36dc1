//! The key of this installation, which signs who somebody is; its public half is at the JWKS address.
//!
//! The private half is sealed by the keyring. Where the ring that sealed it is gone, as after a restore
//! without it, a new key is made, and the old one stays published for what it signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Ctx;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Error, Result};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Tx, hex, params, sha256_hex};

/// Bytes of one coordinate of a point on P-256; a point has one byte before both.
const COORDINATE_BYTES: usize = 32;
/// Digits of a key's id.
const KEY_ID_DIGITS: usize = 16;
/// Keys that are published.
const PUBLISHED_MAX: u32 = 5;

const NEWEST: &str = "SELECT number, key_id, x, y, sealed FROM smart_key
    ORDER BY number DESC LIMIT $1";
const INSERT: &str =
    "INSERT INTO smart_key (number, key_id, x, y, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (number) DO NOTHING";

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: i64,
    key_id: String,
    x: String,
    y: String,
    sealed: String,
}

/// A key that signs.
#[derive(Clone)]
pub(crate) struct SigningKey {
    id: String,
    key: EncodingKey,
}

impl SigningKey {
    /// A signed token of these claims.
    ///
    /// # Errors
    /// Only where the operating system gives no random bytes.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.key)
            .map_err(|error| Error::internal(error.to_string()))
    }
}

/// The key in use; the first one is made when it is first needed.
///
/// # Errors
/// Whatever the database or the disk reports.
pub(crate) async fn signing(ctx: &Ctx) -> Result<SigningKey> {
    let ring = ctx.store().keyring()?;
    let rows = ctx.read(|tx| newest(tx, 1)).await?;
    let opened = |row: &Row| {
        let text = ring.open(&place(row.number), &row.sealed)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(SigningKey {
            id: row.key_id.clone(),
            key: EncodingKey::from_ec_der(&bytes),
        })
    };
    if let Some(key) = rows.first().and_then(opened) {
        return Ok(key);
    }
    let number = rows.first().map_or(1, |row| row.number + 1);
    let made = generate(number)?;
    let sealed = ring.seal(&place(number), &made.sealed)?;
    let row = Row { sealed, ..made };
    let kept = ctx
        .store()
        .write(&store::Request::system("smart"), move |tx| {
            let now = tx.now();
            let (id, x, y) = (row.key_id.as_str(), row.x.as_str(), row.y.as_str());
            let values = params![row.number, id, x, y, row.sealed.as_str(), now];
            tx.execute(INSERT, &values)?;
            // Another server may have been faster: its key counts.
            newest(tx, 1)
        })
        .await?;
    kept.first()
        .and_then(opened)
        .ok_or_else(|| Error::internal("the key that was just made can't be opened"))
}

fn place(number: i64) -> String {
    format!("smart key {number}")
}

fn newest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Row>> {
    tx.query(NEWEST, &params![limit])
}

/// A new key; `sealed` is not sealed yet.
fn generate(number: i64) -> Result<Row> {
    let failed = |_| Error::internal("no key could be made");
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(failed)?;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
        .map_err(|_| Error::internal("the key that was just made can't be read"))?;
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(COORDINATE_BYTES);
    Ok(Row {
        number,
        key_id: sha256_hex(hex(point).as_bytes())[..KEY_ID_DIGITS].to_owned(),
        x: URL_SAFE_NO_PAD.encode(x),
        y: URL_SAFE_NO_PAD.encode(y),
        sealed: URL_SAFE_NO_PAD.encode(document.as_ref()),
    })
}

/// The public keys, as a JWK Set.
///
/// # Errors
/// Whatever the database or the disk reports.
pub(crate) async fn published(ctx: &Ctx) -> Result<Value> {
    signing(ctx).await?;
    let rows = ctx.read(|tx| newest(tx, PUBLISHED_MAX)).await?;
    let keys: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
                "kid": row.key_id, "x": row.x, "y": row.y })
        })
        .collect();
    Ok(json!({ "keys": keys }))
}
