//! The sign-in of a user whom an identity provider has named: made at the first time, brought up to date later.

use cognito_core::auth::level_names;
use cognito_core::client::Client;
use cognito_core::group::{Group, Membership};
use cognito_core::identity::{self, Identity, SUBJECT};
use cognito_core::identity_provider::IdentityProvider;
use cognito_core::pool::Pool;
use cognito_core::saml::SamlSession;
use cognito_core::user::{Status, User};
use cognito_store::Txn;
use serde_json::{Map, Value};

use crate::auth::login::SignedIn;
use crate::prelude::*;
use crate::service::attributes::{self, Attributes, Clash};
use crate::service::identities;
use crate::service::new_user::{self, Door};
use crate::triggers::{
    About, inbound_federation, post_authentication, post_confirmation, pre_authentication, pre_sign_up,
};

/// What an identity provider says of a user, once its answer is known to be good.
pub(crate) struct ExternalIdentity {
    /// What names the user there.
    pub(crate) subject: String,
    /// The claims, by the names that the attribute mapping uses.
    pub(crate) claims: Map<String, Value>,
    /// The same as the InboundFederation trigger sees it.
    pub(crate) said: Value,
    /// The ACR value.
    pub(crate) acr: Option<String>,
    /// The entity id of a SAML provider.
    pub(crate) issuer: Option<String>,
    /// The session at a SAML provider.
    pub(crate) saml: Option<SamlSession>,
}

/// Where the user comes from.
struct Arrival<'a> {
    pool: &'a Pool,
    client: &'a Client,
    provider: &'a IdentityProvider,
    external: &'a ExternalIdentity,
    attributes: Attributes,
}

/// Signs in the user of the pool whom the provider has named. Addresses say nothing about who that is: a user of the
/// pool with the same e-mail address is another user, unless an administrator has linked the two.
pub(crate) async fn sign_in(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    provider: &IdentityProvider,
    external: &ExternalIdentity,
) -> Reply<SignedIn> {
    let username = identity::username(&provider.name, &external.subject, pool.case())
        .ok_or_else(errors::subject_unusable)?;
    let about = About { pool, client: Some(client), username: &username, user: None };
    let changed = inbound_federation::call(ctx, about, provider, &external.said).await?;
    let attributes = provider
        .attributes(changed.as_ref().unwrap_or(&external.claims))
        .map_err(|error| errors::mapped_value_too_long(&error.0))?;
    let writable = attributes.iter().map(|(name, _)| name.as_str());
    let writable = writable.filter(|name| !["email_verified", "phone_number_verified"].contains(name));
    attributes::check_permission(client, writable)?;
    let arrival = Arrival { pool, client, provider, external, attributes };
    let user = match arrival.find(&mut ctx.read()).await? {
        Some((user, _)) => arrival.back(ctx, &user).await?,
        None => arrival.first(ctx, username).await?,
    };
    let level = external.acr.as_deref().and_then(|acr| provider.level(acr));
    let acr = level.and_then(|level| level_names(pool.settings.acr_configuration.as_ref()).remove(level));
    let acr = acr.map(|name| name.acr_value);
    Ok(SignedIn { user, methods: Vec::new(), acr, event: None })
}

impl Arrival<'_> {
    /// Who has signed in with this identity before, or was linked with it: by the subject, or by an attribute.
    async fn find(&self, txn: &mut Txn) -> Reply<Option<(User, Identity)>> {
        let by_attribute = self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in std::iter::once((SUBJECT, self.external.subject.as_str())).chain(by_attribute) {
            let Some(identity) = txn.identity(self.provider, name, value).await? else { continue };
            // A user of the same name who was made later is not this one.
            let user = txn.get::<User>(&identity.user).await?.filter(|user| user.sub == identity.sub);
            if let Some(user) = user {
                return Ok(Some(((*user).clone(), (*identity).clone())));
            }
        }
        Ok(None)
    }

    /// The first sign-in. PreSignUp may link the identity with a user who is there: then it is this user who signs in.
    async fn first(&self, ctx: &Ctx<'_>, username: String) -> Reply<User> {
        let Self { pool, client, .. } = *self;
        attributes::check_new(pool, &self.attributes)?;
        let (given, now) = (self.attributes.clone(), ctx.now());
        let mut user = User::new(pool, username, ctx.uuid(), given, Status::ExternalProvider, now);
        self.unverify(&mut user, None);
        let missing: Vec<&str> =
            pool.schema.required().filter(|name| user.attribute(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(errors::federated_attributes_required(&missing.join(", ")));
        }
        let about = About::user(pool, Some(client), &user);
        let spared = pre_sign_up::call(ctx, about, pre_sign_up::Source::ExternalProvider, None, None).await?;
        for (attribute, verified) in
            [("email", spared.verify_email), ("phone_number", spared.verify_phone_number)]
        {
            if verified && user.attribute(attribute).is_some() {
                user.set(&format!("{attribute}_verified"), "true");
            }
        }
        let linked = ctx
            .write(async |txn| {
                if let Some((linked, _)) = self.find(txn).await? {
                    return Ok(Err(linked));
                }
                let mut user = user.clone();
                new_user::insert(txn, pool, &user, Clash::Refuse, Door::Provider).await?;
                let mut identity =
                    Identity::new(self.provider, SUBJECT, &self.external.subject, &user, true, now);
                identity.issuer.clone_from(&self.external.issuer);
                identities::put(txn, &mut user, None, &identity).await?;
                txn.save(&user);
                self.join(ctx, txn, &user).await?;
                Ok(Ok(user))
            })
            .await?;
        let user = match linked {
            Ok(user) => user,
            Err(linked) => return self.back(ctx, &linked).await,
        };
        let about = About::user(pool, Some(client), &user);
        post_confirmation::call(ctx, about, post_confirmation::Source::ConfirmSignUp, None).await?;
        Ok(user)
    }

    /// A later sign-in: the attributes are taken over anew. A link by an attribute becomes one by the subject.
    async fn back(&self, ctx: &Ctx<'_>, found: &User) -> Reply<User> {
        let Self { pool, client, .. } = *self;
        if !found.enabled {
            return Err(errors::user_disabled());
        }
        let about = About::user(pool, Some(client), found);
        pre_authentication::call(ctx, about, None).await?;
        let user = ctx
            .write(async |txn| {
                let (before, identity) = self.find(txn).await?.ok_or_else(errors::user_not_found)?;
                let mut user = before.clone();
                self.refresh(&mut user)?;
                let named =
                    identity.clone().signed_in(&self.external.subject, self.external.issuer.as_deref());
                if named != identity {
                    identities::put(txn, &mut user, Some(&identity), &named).await?;
                }
                if user != before {
                    attributes::claim_aliases(txn, pool, &user, Clash::Refuse).await?;
                    user.modified = ctx.now();
                    txn.save(&user);
                }
                Ok(user)
            })
            .await?;
        let about = About::user(pool, Some(client), &user);
        post_authentication::call(ctx, about, None, None).await?;
        Ok(user)
    }

    /// Writes the attributes over those of before.
    fn refresh(&self, user: &mut User) -> Reply<()> {
        let before = user.clone();
        for (name, value) in &self.attributes {
            if self.pool.schema.get(name).is_some_and(|attribute| !attribute.mutable) {
                return Err(errors::federated_attribute_immutable(name));
            }
            self.pool.schema.check_update(name, value)?;
            user.set(name, value);
        }
        self.unverify(user, Some(&before));
        user.rename(&self.pool.sign_in);
        Ok(())
    }

    /// An address that is new is not verified, unless the provider says so by a mapping.
    fn unverify(&self, user: &mut User, before: Option<&User>) {
        for attribute in ["email", "phone_number"] {
            let flag = format!("{attribute}_verified");
            let given = |name: &str| self.attributes.iter().any(|(given, _)| given == name);
            let known = before.and_then(|before| before.attribute(attribute));
            if given(attribute) && !given(&flag) && user.attribute(attribute) != known {
                user.set(&flag, "false");
            }
        }
    }

    /// Makes the user a member of the provider's group, which comes into being with the first one ([FIELD]).
    async fn join(&self, ctx: &Ctx<'_>, txn: &mut Txn, user: &User) -> Reply<()> {
        let name = format!("{}_{}", self.pool.id, self.provider.name);
        if txn.group_if_any(self.pool, &name).await?.is_none() {
            let (pool_id, created) = (self.pool.id.clone(), ctx.now());
            let (description, role_arn, precedence) = (None, None, None);
            let modified = created;
            let name = name.clone();
            txn.insert(&Group { pool_id, name, description, role_arn, precedence, created, modified });
            txn.add(Pool::group_counter(&self.pool.id), 1);
        }
        txn.insert(&Membership {
            pool_id: self.pool.id.clone(),
            sub: user.sub.clone(),
            user: user.key(),
            group: name,
            created: ctx.now(),
        });
        Ok(())
    }
}
