//! GetSigningCertificate: the certificate of the key that signs a pool's SAML requests.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetSigningCertificate.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::prelude::*;
use crate::service::signing_certificate;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetSigningCertificateRequest,
) -> Reply<wire::GetSigningCertificateResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    let certificate = signing_certificate::of_pool(ctx, &pool).await?.certificate;
    Ok(wire::GetSigningCertificateResponse { certificate: Some(STANDARD.encode(certificate)) })
}

#[cfg(test)]
mod tests {
    use openssl::base64::decode_block;
    use openssl::x509::X509;
    use serde_json::json;
    use testkit::World;
    use testkit::world::text;

    #[tokio::test]
    async fn one_certificate_of_ten_years() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let which = json!({ "UserPoolId": pool });
        let answer = world.ok("GetSigningCertificate", which.clone()).await;
        assert_eq!(world.ok("GetSigningCertificate", which).await, answer);
        let der = decode_block(&text(&answer["Certificate"])).unwrap();
        let certificate = X509::from_der(&der).unwrap();
        assert!(certificate.verify(&certificate.public_key().unwrap()).unwrap());
        assert_eq!(certificate.not_before().diff(certificate.not_after()).unwrap().days, 3652);
        let other = world.pool(json!({})).await;
        assert_ne!(world.ok("GetSigningCertificate", json!({ "UserPoolId": other })).await, answer);
        assert_eq!(
            world.fails("GetSigningCertificate", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
