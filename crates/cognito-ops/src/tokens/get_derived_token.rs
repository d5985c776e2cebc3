//! GetDerivedToken: exchanges a token for one for another service, on behalf of whom the token stands for.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetDerivedToken.html>

use cognito_core::claims;
use cognito_core::client::Client;
use cognito_core::exchange::{self, ExchangeError, Request, Target};
use cognito_core::pool::Pool;
use cognito_store::Txn;
use serde_json::{Map, Value, json};
use wire::IssuedTokenTypeIdentifierType as Kind;

use crate::prelude::*;
use crate::service::access;
use crate::service::keys;
use crate::service::presented::{self, Bearer, Presented};
use crate::service::secret_hash;
use crate::triggers::About;
use crate::triggers::pre_token_generation::{self, Source};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetDerivedTokenRequest,
) -> Reply<wire::GetDerivedTokenResponse> {
    let mut txn = ctx.read();
    let (pool, client) = txn.client_by_id(&input.client_id).await?;
    let secret = input.client_secret.as_ref().map(|secret| secret.as_str());
    let by_iam = ctx.is_signed() && secret.is_none();
    if !by_iam && !secret_hash::has_plain_secret(&client, secret) {
        return Err(errors::client_secret_wrong(&client.id));
    }
    let request = Request::new(&input)?;
    let flow = request.flow();
    if !client.lists(flow) {
        return Err(errors::flow_not_enabled(flow.as_str().trim_start_matches("ALLOW_")));
    }
    let subject = presented::find(ctx, &mut txn, &pool, request.subject).await?;
    let actor = match request.actor {
        Some(actor) => Some(presented::find(ctx, &mut txn, &pool, actor).await?),
        None => None,
    };
    let actor = actor.as_ref().map(|actor| (actor.sub.as_str(), actor.actors.as_slice()));
    let actors = exchange::chain(actor, &subject.actors)?;
    let wanted = input.scopes.as_deref().unwrap_or_default();
    let derived = Derived {
        pool: &pool,
        client: &client,
        // Which of the two is the default is not documented.
        kind: input.requested_token_type.unwrap_or(Kind::AccessToken),
        scopes: exchange::granted_scopes(&subject.scopes, wanted, client.scopes()),
        audience: audience(&mut txn, &pool, request.target).await?,
        actors,
        subject,
    };
    derived.issue(ctx, &mut txn).await
}

/// The `aud` that is asked for.
async fn audience(txn: &mut Txn, pool: &Pool, target: Option<Target>) -> Reply<Option<Value>> {
    Ok(match target {
        None => None,
        Some(Target::Audience(name)) => Some(json!(name)),
        Some(Target::Resource(identifier)) => {
            Some(json!(txn.resource_server(pool, &identifier).await?.identifier))
        }
    })
}

/// What the new token is made of.
struct Derived<'a> {
    pool: &'a Pool,
    client: &'a Client,
    kind: Kind,
    subject: Presented,
    scopes: Vec<String>,
    audience: Option<Value>,
    actors: Vec<String>,
}

impl Derived<'_> {
    async fn issue(self, ctx: &Ctx<'_>, txn: &mut Txn) -> Reply<wire::GetDerivedTokenResponse> {
        let Self { pool, kind, .. } = self;
        let mut claims = self.claims(ctx, txn).await?;
        let keys =
            ctx.app().keys_of(pool, ctx.now()).await?.ok_or_else(|| errors::pool_not_found(&pool.id))?;
        let (key, token_type, audience, scopes) = match kind {
            // A token for one service does not become one for all.
            Kind::AccessToken => {
                let audience = self.audience.or(self.subject.audience);
                (&keys.access, wire::OAuthTokenTypeType::Bearer, audience, Some(access::scopes(&claims)))
            }
            Kind::IdToken => (&keys.id, wire::OAuthTokenTypeType::NA, self.audience, None),
        };
        exchange::bind(&mut claims, self.subject.expires, audience.as_ref(), &self.actors);
        let token = keys::sign(key, &claims).await?;
        let left = claims.get("exp").and_then(Value::as_i64).map(|exp| exp - ctx.now().seconds());
        Ok(wire::GetDerivedTokenResponse {
            issued_token: token.into(),
            issued_token_type: kind,
            token_type,
            expires_in: left.and_then(|seconds| i32::try_from(seconds).ok()),
            scopes,
        })
    }

    /// The claims as those of a new sign-in would be, in the session of the subject.
    async fn claims(&self, ctx: &Ctx<'_>, txn: &mut Txn) -> Reply<Map<String, Value>> {
        let Self { pool, client, .. } = self;
        let (issuer, jti, now) = (ctx.issuer(&pool.id), ctx.uuid(), ctx.now());
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        match (&self.subject.bearer, self.kind) {
            (Bearer::User(user, family), kind) => {
                let groups = txn.groups_of(user).await?;
                let about = About::user(pool, Some(client), user);
                // The trigger source of an exchange is not documented.
                let source = Source::Authentication;
                let overrides =
                    pre_token_generation::call(ctx, about, source, &groups, &scopes, None).await?;
                let input = claims::Input { issuer: &issuer, client, user, groups: &groups, family, now };
                Ok(match kind {
                    Kind::AccessToken => {
                        let mut claims = claims::access(input, &scopes.join(" "), &jti);
                        overrides.change_access(&mut claims, &client.id);
                        claims
                    }
                    Kind::IdToken => {
                        let mut claims = claims::id(input, &jti);
                        overrides.change_id(&mut claims);
                        claims
                    }
                })
            }
            (Bearer::Client(bearer), Kind::AccessToken) => {
                let overrides =
                    pre_token_generation::call_for_client(ctx, pool, client, &scopes, None).await?;
                let mut claims = claims::machine(&issuer, &bearer.id, client, &self.scopes, &jti, now);
                overrides.change_access(&mut claims, &client.id);
                Ok(claims)
            }
            (Bearer::Client(_), Kind::IdToken) => Err(ExchangeError::NoUser.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{claims, merged};

    const SECRET: &str = "0123456789abcdefghijklmnop";
    const ADMIN: &str = "aws.cognito.signin.user.admin";

    /// A pool with a user's tokens, a gateway that may exchange them, and a machine.
    struct Scene {
        world: World,
        pool: String,
        app: String,
        gateway: String,
        machine: String,
        tokens: Value,
    }

    impl Scene {
        async fn new(gateway: Value) -> Self {
            let world = World::new().await;
            let pool = world.pool(json!({})).await;
            let scope = |name: &str| json!({ "ScopeName": name, "ScopeDescription": "A scope" });
            let orders = json!({
                "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": [scope("read"), scope("write")],
            });
            world.ok("CreateResourceServer", orders).await;
            let app = world.client(&pool, json!({})).await;
            let flows = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"];
            let base = json!({
                "ClientSecret": SECRET, "ExplicitAuthFlows": flows, "AllowedOAuthScopes": ["openid", ADMIN],
            });
            let gateway = world.client(&pool, merged(base, gateway)).await;
            let machine = json!({
                "ClientSecret": SECRET, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
                "AllowedOAuthScopes": ["orders/read", "orders/write"],
            });
            let machine = world.client(&pool, machine).await;
            world.user(&pool, "alice", "Abcdef1!").await;
            let tokens = world.sign_in(&app, "alice", "Abcdef1!").await;
            Self { world, pool, app, gateway, machine, tokens }
        }

        async fn machine_token(&self) -> Value {
            let input = json!({ "ClientId": self.machine, "Secret": SECRET });
            self.world.ok("GetClientToken", input).await["ClientAuthenticationResult"]["AccessToken"].clone()
        }

        fn input(&self, subject: &Value, more: Value) -> Value {
            let input = json!({
                "ClientId": self.gateway, "ClientSecret": SECRET,
                "SubjectToken": subject, "SubjectTokenType": "ACCESS_TOKEN",
            });
            merged(input, more)
        }

        async fn exchange(&self, more: Value) -> Value {
            self.world.ok("GetDerivedToken", self.input(&self.tokens["AccessToken"], more)).await
        }

        async fn refused(&self, more: Value) -> String {
            self.world.fails("GetDerivedToken", self.input(&self.tokens["AccessToken"], more)).await
        }

        async fn get_user(&self, token: &Value) -> Result<Value, String> {
            let answer = self.world.call("GetUser", json!({ "AccessToken": token })).await;
            answer.map_err(|failure| failure.message)
        }
    }

    #[tokio::test]
    async fn impersonation() {
        let scene = Scene::new(json!({})).await;
        scene.world.advance(Span::minutes(20));
        let answer = scene.exchange(json!({})).await;
        assert_eq!(answer["IssuedTokenType"], "ACCESS_TOKEN");
        assert_eq!(answer["TokenType"], "Bearer");
        assert_eq!(answer["ExpiresIn"], 2_400, "it does not outlive the subject's");
        assert_eq!(answer["Scopes"], json!([ADMIN]));
        let (old, new) = (claims(&scene.tokens["AccessToken"]), claims(&answer["IssuedToken"]));
        for same in
            ["sub", "username", "iss", "origin_jti", "event_id", "auth_time", "exp", "scope", "token_use"]
        {
            assert_eq!(old[same], new[same], "{same}");
        }
        assert_ne!(old["jti"], new["jti"]);
        assert_eq!(new["client_id"], scene.gateway);
        assert_eq!((new.get("act"), new.get("aud")), (None, None));
        assert_eq!(scene.get_user(&answer["IssuedToken"]).await.unwrap()["Username"], "alice");
    }

    #[tokio::test]
    async fn delegation_names_the_actors() {
        let scene = Scene::new(json!({})).await;
        let machine = scene.machine_token().await;
        let actor = json!({ "ActorToken": machine, "ActorTokenType": "ACCESS_TOKEN" });
        let answer = scene.exchange(actor.clone()).await;
        let first = claims(&answer["IssuedToken"]);
        assert_eq!(first["act"], json!({ "sub": scene.machine }));
        assert_eq!(first["sub"], claims(&scene.tokens["AccessToken"])["sub"]);
        // The next in the chain, on behalf of the same user: a user's ID token can be the actor's, too.
        let next = json!({
            "SubjectToken": answer["IssuedToken"],
            "ActorToken": scene.tokens["IdToken"], "ActorTokenType": "ID_TOKEN",
        });
        let second = scene.exchange(next).await;
        let expected = json!({ "sub": first["sub"], "act": { "sub": scene.machine } });
        assert_eq!(claims(&second["IssuedToken"])["act"], expected);
        // Nobody is forgotten when nobody is added.
        let third = scene.exchange(json!({ "SubjectToken": second["IssuedToken"] })).await;
        assert_eq!(claims(&third["IssuedToken"])["act"], expected);
        // An actor who acts through others brings them along.
        let through = json!({ "ActorToken": answer["IssuedToken"], "ActorTokenType": "ACCESS_TOKEN" });
        let fourth = scene.exchange(through).await;
        assert_eq!(claims(&fourth["IssuedToken"])["act"], expected);
        let mut token = answer["IssuedToken"].clone();
        for _ in 0..7 {
            let again = merged(actor.clone(), json!({ "SubjectToken": token }));
            token = scene.exchange(again).await["IssuedToken"].clone();
        }
        assert_eq!(
            scene.refused(merged(actor, json!({ "SubjectToken": token }))).await,
            "InvalidParameterException: A token cannot name more than 8 actors."
        );
    }

    #[tokio::test]
    async fn scopes_only_shrink() {
        let scene = Scene::new(json!({})).await;
        let scopes = async |more: Value| {
            let answer = scene.exchange(more).await;
            (
                answer["Scopes"].clone(),
                claims(&answer["IssuedToken"])["scope"].clone(),
                answer["IssuedToken"].clone(),
            )
        };
        let (listed, claim, token) = scopes(json!({ "Scopes": ["openid", ADMIN] })).await;
        assert_eq!((listed, claim), (json!([ADMIN]), json!(ADMIN)));
        scene.get_user(&token).await.unwrap();
        let (listed, claim, token) = scopes(json!({ "Scopes": ["openid", "orders/read"] })).await;
        assert_eq!((listed, claim), (json!([]), Value::Null));
        let failure = scene.get_user(&token).await.unwrap_err();
        assert_eq!(failure, "Access Token does not have required scopes");
        let id = json!({ "SubjectToken": scene.tokens["IdToken"], "SubjectTokenType": "ID_TOKEN" });
        let (listed, _, token) = scopes(id).await;
        assert_eq!(listed, json!([]), "an ID token has no scopes to pass on");
        assert!(scene.get_user(&token).await.is_err());

        let narrow = Scene::new(json!({ "AllowedOAuthScopes": ["openid"] })).await;
        let answer = narrow.exchange(json!({ "Scopes": [ADMIN] })).await;
        assert_eq!(answer["Scopes"], json!([]), "the client may not ask for it");
    }

    #[tokio::test]
    async fn audiences_and_resources() {
        let scene = Scene::new(json!({})).await;
        let bound = scene.exchange(json!({ "Audiences": ["billing"] })).await["IssuedToken"].clone();
        assert_eq!(claims(&bound)["aud"], "billing");
        let resource = scene.exchange(json!({ "Resources": ["orders"] })).await;
        assert_eq!(claims(&resource["IssuedToken"])["aud"], "orders");
        let kept = scene.exchange(json!({ "SubjectToken": bound })).await;
        assert_eq!(claims(&kept["IssuedToken"])["aud"], "billing", "the bond is not loosened");
        let other = scene.exchange(json!({ "SubjectToken": bound, "Resources": ["orders"] })).await;
        assert_eq!(claims(&other["IssuedToken"])["aud"], "orders");
        assert_eq!(
            scene.refused(json!({ "Resources": ["shipping"] })).await,
            "ResourceNotFoundException: Resource server shipping does not exist."
        );
        assert_eq!(
            scene.refused(json!({ "Resources": ["orders"], "Audiences": ["billing"] })).await,
            "InvalidParameterException: Audiences and Resources cannot be given together."
        );
    }

    #[tokio::test]
    async fn id_tokens() {
        let scene = Scene::new(json!({})).await;
        let actor = scene.machine_token().await;
        let more = json!({
            "RequestedTokenType": "ID_TOKEN", "ActorToken": actor, "ActorTokenType": "ACCESS_TOKEN",
        });
        let answer = scene.exchange(more.clone()).await;
        assert_eq!((&answer["IssuedTokenType"], &answer["TokenType"]), (&json!("ID_TOKEN"), &json!("N_A")));
        assert_eq!(answer.get("Scopes"), None);
        let found = claims(&answer["IssuedToken"]);
        assert_eq!((&found["token_use"], &found["aud"]), (&json!("id"), &json!(scene.gateway)));
        assert_eq!(found["act"], json!({ "sub": scene.machine }));
        let answer = scene.exchange(merged(more, json!({ "Audiences": ["billing"] }))).await;
        assert_eq!(claims(&answer["IssuedToken"])["aud"], "billing");
        // It can be exchanged again.
        let again = json!({ "SubjectToken": answer["IssuedToken"], "SubjectTokenType": "ID_TOKEN" });
        let again = scene.exchange(again).await;
        assert_eq!(claims(&again["IssuedToken"])["act"], json!({ "sub": scene.machine }));
        let machine = json!({ "SubjectToken": actor, "RequestedTokenType": "ID_TOKEN" });
        assert_eq!(
            scene.refused(machine).await,
            "InvalidParameterException: An ID token is only issued about a user."
        );
    }

    #[tokio::test]
    async fn a_machine_as_the_subject() {
        let scene = Scene::new(json!({ "AllowedOAuthScopes": ["orders/read"] })).await;
        let machine = scene.machine_token().await;
        let answer = scene.exchange(json!({ "SubjectToken": machine, "Scopes": ["orders/read"] })).await;
        let found = claims(&answer["IssuedToken"]);
        assert_eq!((&found["sub"], &found["client_id"]), (&json!(scene.machine), &json!(scene.gateway)));
        assert_eq!((&found["scope"], found.get("username")), (&json!("orders/read"), None));
        let again = scene.exchange(json!({ "SubjectToken": answer["IssuedToken"] })).await;
        assert_eq!(claims(&again["IssuedToken"])["sub"], scene.machine);
        let which = json!({ "UserPoolId": scene.pool, "ClientId": scene.machine });
        scene.world.ok("DeleteUserPoolClient", which).await;
        let invalid = "NotAuthorizedException: The token is not valid.";
        assert_eq!(scene.refused(json!({ "SubjectToken": machine })).await, invalid);
    }

    #[tokio::test]
    async fn it_lives_and_dies_with_the_sign_in() {
        let scene = Scene::new(json!({})).await;
        let derived = scene.exchange(json!({})).await["IssuedToken"].clone();
        let revoked = "Access Token has been revoked";
        let revoke = json!({ "ClientId": scene.app, "Token": scene.tokens["RefreshToken"] });
        scene.world.ok("RevokeToken", revoke).await;
        assert_eq!(scene.get_user(&derived).await.unwrap_err(), revoked);
        for subject in [&derived, &scene.tokens["AccessToken"]] {
            assert_eq!(
                scene.refused(json!({ "SubjectToken": subject })).await,
                format!("NotAuthorizedException: {revoked}")
            );
        }
        let id = json!({ "SubjectToken": scene.tokens["IdToken"], "SubjectTokenType": "ID_TOKEN" });
        assert_eq!(scene.refused(id).await, format!("NotAuthorizedException: {revoked}"));

        let tokens = scene.world.sign_in(&scene.app, "alice", "Abcdef1!").await;
        let derived = scene.exchange(json!({ "SubjectToken": tokens["AccessToken"] })).await;
        let derived = derived["IssuedToken"].clone();
        scene.get_user(&derived).await.unwrap();
        let app = json!({ "UserPoolId": scene.pool, "ClientId": scene.app });
        scene.world.ok("DeleteUserPoolClient", app).await;
        assert_eq!(scene.get_user(&derived).await.unwrap_err(), "Invalid Access Token");
    }

    #[tokio::test]
    async fn users_who_are_gone_or_disabled() {
        let scene = Scene::new(json!({})).await;
        let user = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        scene.world.ok("AdminDisableUser", user.clone()).await;
        assert_eq!(scene.refused(json!({})).await, "NotAuthorizedException: User is disabled.");
        scene.world.ok("AdminDeleteUser", user).await;
        assert_eq!(scene.refused(json!({})).await, "UserNotFoundException: User does not exist.");
        scene.world.user(&scene.pool, "alice", "Abcdef1!").await;
        assert_eq!(
            scene.refused(json!({})).await,
            "UserNotFoundException: User does not exist.",
            "a new user of the name is another one"
        );
    }

    #[tokio::test]
    async fn tokens_that_are_not_what_they_seem() {
        let scene = Scene::new(json!({})).await;
        let world = &scene.world;
        let other = world.pool(json!({})).await;
        let client = world.client(&other, json!({})).await;
        world.user(&other, "alice", "Abcdef1!").await;
        let foreign = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        let invalid = "NotAuthorizedException: The token is not valid.";
        let access = scene.tokens["AccessToken"].as_str().unwrap();
        let flipped =
            format!("{}{}", &access[..access.len() - 2], if access.ends_with("AA") { "BA" } else { "AA" });
        let subject = |token: Value| json!({ "SubjectToken": token });
        for bad in [
            subject(json!("x")),
            subject(json!(flipped)),
            subject(json!(format!("{access}="))),
            subject(scene.tokens["IdToken"].clone()),
            subject(scene.tokens["RefreshToken"].clone()),
            subject(foreign.clone()),
            json!({ "SubjectTokenType": "ID_TOKEN" }),
            json!({ "ActorToken": "x", "ActorTokenType": "ACCESS_TOKEN" }),
            json!({ "ActorToken": scene.tokens["IdToken"], "ActorTokenType": "ACCESS_TOKEN" }),
            json!({ "ActorToken": foreign, "ActorTokenType": "ACCESS_TOKEN" }),
        ] {
            assert_eq!(scene.refused(bad.clone()).await, invalid, "{bad}");
        }
        let actor = json!({ "ActorToken": scene.machine_token().await, "ActorTokenType": "ACCESS_TOKEN" });
        scene.world.advance(Span::hours(1));
        let expired = "NotAuthorizedException: The token has expired.";
        assert_eq!(scene.refused(json!({})).await, expired);
        let fresh = scene.world.sign_in(&scene.app, "alice", "Abcdef1!").await;
        assert_eq!(scene.refused(merged(actor, subject(fresh["AccessToken"].clone()))).await, expired);
    }

    #[tokio::test]
    async fn third_parties() {
        let scene = Scene::new(json!({})).await;
        let unknown = format!(
            "InvalidParameterException: The provider Okta does not exist for User Pool {}.",
            scene.pool
        );
        assert_eq!(scene.refused(json!({ "SubjectTokenProviderName": "Okta" })).await, unknown);
        let saml = json!({ "SubjectTokenType": "SAML2", "SubjectTokenProviderName": "Okta" });
        assert_eq!(scene.refused(saml).await, unknown);
        let actor =
            json!({ "ActorToken": "x", "ActorTokenType": "ID_TOKEN", "ActorTokenProviderName": "Okta" });
        assert_eq!(scene.refused(actor).await, unknown);
        assert_eq!(
            scene.refused(json!({ "SubjectTokenType": "SAML2" })).await,
            "InvalidParameterException: A SAML assertion needs the name of its provider."
        );
    }

    #[tokio::test]
    async fn which_clients_may() {
        let scene = Scene::new(json!({ "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_DELEGATION"] })).await;
        let actor = json!({ "ActorToken": scene.machine_token().await, "ActorTokenType": "ACCESS_TOKEN" });
        scene.exchange(actor.clone()).await;
        assert_eq!(
            scene.refused(json!({})).await,
            "InvalidParameterException: TOKEN_EXCHANGE_IMPERSONATION flow not enabled for this client"
        );
        assert_eq!(
            scene.refused(json!({ "ActorToken": "x" })).await,
            "InvalidParameterException: ActorTokenType is needed with ActorToken."
        );
        let scene = Scene::new(json!({ "ExplicitAuthFlows": ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION"] })).await;
        scene.exchange(json!({})).await;
        let actor = json!({ "ActorToken": scene.machine_token().await, "ActorTokenType": "ACCESS_TOKEN" });
        assert_eq!(
            scene.refused(actor).await,
            "InvalidParameterException: TOKEN_EXCHANGE_DELEGATION flow not enabled for this client"
        );
    }

    #[tokio::test]
    async fn iam_or_the_secret() {
        let scene = Scene::new(json!({})).await;
        let call = async |signed: bool, secret: Value| {
            let mut caller = World::caller();
            if !signed {
                caller.scope = None;
            }
            let input = scene.input(&scene.tokens["AccessToken"], json!({ "ClientSecret": secret }));
            scene.world.call_as(caller, "GetDerivedToken", input).await.map_err(|failure| failure.message)
        };
        let wrong = format!("Unable to verify client secret for client {}", scene.gateway);
        assert!(call(false, json!(SECRET)).await.is_ok());
        assert!(call(true, Value::Null).await.is_ok());
        assert_eq!(call(false, Value::Null).await.unwrap_err(), wrong);
        for signed in [false, true] {
            assert_eq!(call(signed, json!("0123456789abcdefghijklmnoq")).await.unwrap_err(), wrong);
        }
    }
}
