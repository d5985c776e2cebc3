//! The key and the certificate of a pool for SAML: made when they are first asked for.

use cognito_core::Span;
use cognito_core::identity_provider::SigningCertificate;
use cognito_core::pool::Pool;
use cognito_jwt::CertificateOf;

use super::keys;
use crate::prelude::*;

/// How long a certificate is valid ([M] GetSigningCertificate).
const VALIDITY: Span = Span::days(3652);

/// The certificate of a pool, with its key. Of two who ask first at once, both get the one that was written.
pub(crate) async fn of_pool(ctx: &Ctx<'_>, pool: &Pool) -> Reply<SigningCertificate> {
    let key = SigningCertificate::key_of(&pool.id);
    if let Some(present) = ctx.store().get::<SigningCertificate>(&key, ctx.now()).await? {
        return Ok((*present).clone());
    }
    let made = make(ctx, pool).await?;
    ctx.write(async |txn| {
        if let Some(present) = txn.get::<SigningCertificate>(&key).await? {
            return Ok((*present).clone());
        }
        txn.save(&made);
        Ok(made.clone())
    })
    .await
}

async fn make(ctx: &Ctx<'_>, pool: &Pool) -> Reply<SigningCertificate> {
    let key = keys::new_key(ctx).await?;
    let of = CertificateOf {
        name: &pool.id,
        serial: ctx.bytes(),
        from: ctx.now().seconds(),
        until: (ctx.now() + VALIDITY).seconds(),
    };
    let certificate = key.certificate(of).map_err(|error| ApiError::internal().because(error))?;
    Ok(SigningCertificate { pool_id: pool.id.clone(), key: key.to_der().to_vec(), certificate })
}
