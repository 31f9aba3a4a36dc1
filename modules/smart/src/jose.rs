//! JSON Web Tokens by `jsonwebtoken`, over the primitives of `ring`, which the TLS of this server brings
//! anyway. This is the glue between the two: which algorithm is which, and nothing else.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes `ring` the one that signs and verifies; once a process.
pub(crate) fn install() {
    // A second application of the same process finds it done.
    let _ = PROVIDER.install_default();
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if *algorithm != Algorithm::ES256 || key.family() != AlgorithmFamily::Ec {
        return Err(unsupported());
    }
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_bytes(), &random);
    let pair = pair.map_err(|_| Error::from(ErrorKind::InvalidEcdsaKey))?;
    Ok(Box::new(Es256(pair)))
}

fn unsupported() -> Error {
    ErrorKind::InvalidAlgorithm.into()
}

struct Es256(EcdsaKeyPair);

impl Signer<Vec<u8>> for Es256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        let signature = signature.map_err(|_| SignatureError::new())?;
        Ok(signature.as_ref().to_vec())
    }
}

impl JwtSigner for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

/// A key with the one algorithm it is used with.
struct Public {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let family = match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => AlgorithmFamily::Ec,
        Algorithm::RS256 | Algorithm::RS384 => AlgorithmFamily::Rsa,
        _ => return Err(unsupported()),
    };
    if key.family() != family {
        return Err(unsupported());
    }
    Ok(Box::new(Public {
        algorithm: *algorithm,
        key: key.clone(),
    }))
}

impl Verifier<Vec<u8>> for Public {
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), SignatureError> {
        let elliptic = |algorithm: &'static dyn VerificationAlgorithm| {
            let point = self
                .key
                .try_get_as_bytes()
                .map_err(|_| SignatureError::new())?;
            let verified = UnparsedPublicKey::new(algorithm, point).verify(message, signature);
            verified.map_err(|_| SignatureError::new())
        };
        let rsa = |parameters: &'static RsaParameters| match self.key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                let verified = key.verify(parameters, message, signature);
                verified.map_err(|_| SignatureError::new())
            }
            DecodingKeyKind::SecretOrDer(_) => Err(SignatureError::new()),
        };
        match self.algorithm {
            Algorithm::ES256 => elliptic(&ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => elliptic(&ECDSA_P384_SHA384_FIXED),
            Algorithm::RS256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::RS384 => rsa(&RSA_PKCS1_2048_8192_SHA384),
            _ => Err(SignatureError::new()),
        }
    }
}

impl JwtVerifier for Public {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
