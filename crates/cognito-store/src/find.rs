//! Look-ups: how pools, clients, users, groups and devices are found. Each is served by a key or an index.

use std::collections::BTreeSet;
use std::sync::Arc;

use cognito_core::branding::{self, Asset, Branding, SlotName};
use cognito_core::client::{self, Client, Known};
use cognito_core::device::Device;
use cognito_core::domain::{self, Domain};
use cognito_core::family::{self, Family};
use cognito_core::group::{self, Group, Membership};
use cognito_core::identity::{self, Identity};
use cognito_core::identity_provider::{self, IdentityProvider};
use cognito_core::import::{self, ImportJob};
use cognito_core::oauth::{BrowserSession, browser_session, registration};
use cognito_core::pool::Pool;
use cognito_core::resource_server::{self, ResourceServer};
use cognito_core::session::{self, Session};
use cognito_core::terms::{self, Terms};
use cognito_core::threat::RiskConfiguration;
use cognito_core::ui_customization::UiCustomization;
use cognito_core::user::{self, User};
use cognito_core::{Entity, Kind, Time};

use crate::engine::{Cursor, IndexRange, StoreError};
use crate::load::Source;
use crate::store::Store;
use crate::txn::Txn;

/// What was looked for and is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A pool, by its id.
    Pool(String),
    /// A client, by its id.
    Client(String),
    /// A user.
    User,
    /// A group.
    Group,
    /// A device.
    Device,
    /// A resource server, by its identifier.
    ResourceServer(String),
    /// An identity provider, by its name or an identifier.
    Provider(String),
    /// A domain.
    Domain,
    /// Terms documents, by their id.
    Terms(String),
    /// A branding style, by its id.
    Branding(String),
    /// An import job, by its id.
    ImportJob(String),
}

/// Why a look-up found nothing.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// It is not there.
    #[error("{0:?} is missing")]
    Missing(Missing),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many records one step of a whole listing reads.
const STEP: usize = 200;

impl Store {
    /// A transaction that is only read: finders work on it, and nothing is committed.
    pub fn read(&self, now: Time) -> Txn {
        Txn::new(self.clone(), now, Source::Memory)
    }
}

impl Txn {
    /// A pool by its id.
    ///
    /// # Errors
    /// [`Missing::Pool`].
    pub async fn pool(&mut self, id: &str) -> Result<Arc<Pool>, FindError> {
        self.get::<Pool>(id).await?.ok_or_else(|| FindError::Missing(Missing::Pool(id.to_owned())))
    }

    /// A client of a pool.
    ///
    /// # Errors
    /// [`Missing::Client`].
    pub async fn client(&mut self, pool: &Pool, id: &str) -> Result<Arc<Client>, FindError> {
        let client = self.get::<Client>(&Client::key_of(&pool.id, id)).await?;
        client.ok_or_else(|| FindError::Missing(Missing::Client(id.to_owned())))
    }

    /// A client by its id alone, and its pool.
    ///
    /// # Errors
    /// [`Missing::Client`].
    pub async fn client_by_id(&mut self, id: &str) -> Result<(Arc<Pool>, Arc<Client>), FindError> {
        let missing = || FindError::Missing(Missing::Client(id.to_owned()));
        let client = self.find::<Client>(client::BY_ID, id).await?.ok_or_else(missing)?;
        let pool = self.get::<Pool>(&client.pool_id).await?.ok_or_else(missing)?;
        Ok((pool, client))
    }

    /// A user by username, alias or `sub`; in pools that sign in by attribute by e-mail or phone number too.
    pub async fn user_if_any(&mut self, pool: &Pool, name: &str) -> Result<Option<Arc<User>>, StoreError> {
        let case = pool.case();
        if let Some(user) = self.get::<User>(&User::key_of(&pool.id, case, name)).await? {
            return Ok(Some(user));
        }
        self.find::<User>(user::BY_NAME, &User::name_value(&pool.id, &case.fold(name))).await
    }

    /// As [`Txn::user_if_any`], for one who must be there.
    ///
    /// # Errors
    /// [`Missing::User`].
    pub async fn user(&mut self, pool: &Pool, name: &str) -> Result<Arc<User>, FindError> {
        self.user_if_any(pool, name).await?.ok_or(FindError::Missing(Missing::User))
    }

    /// A group by its name.
    pub async fn group_if_any(&mut self, pool: &Pool, name: &str) -> Result<Option<Arc<Group>>, StoreError> {
        self.get::<Group>(&Group::key_of(&pool.id, name)).await
    }

    /// As [`Txn::group_if_any`], for one that must be there.
    ///
    /// # Errors
    /// [`Missing::Group`].
    pub async fn group(&mut self, pool: &Pool, name: &str) -> Result<Arc<Group>, FindError> {
        self.group_if_any(pool, name).await?.ok_or(FindError::Missing(Missing::Group))
    }

    /// Every group of a user, in the order of precedence and name.
    pub async fn groups_of(&mut self, user: &User) -> Result<Vec<Group>, StoreError> {
        let value = Membership::user_value(&user.pool_id, &user.sub);
        let mut groups = Vec::new();
        for membership in
            self.all::<Membership>(IndexRange::exact(Kind::Membership, group::BY_USER, value)).await?
        {
            let group = self.peek::<Group>(&Group::key_of(&user.pool_id, &membership.group)).await?;
            groups.extend(group.map(|group| (*group).clone()));
        }
        groups.sort_by(|a, b| a.rank().cmp(&b.rank()));
        Ok(groups)
    }

    /// A page of the users in a group, in the order in which they joined.
    pub async fn users_in_group(
        &mut self,
        group: &Group,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Arc<User>>, Option<Cursor>), StoreError> {
        let prefix = Membership::group_prefix(&group.pool_id, &group.name);
        let range = IndexRange::prefix(Kind::Membership, group::BY_GROUP, prefix).after(after);
        let (memberships, next) = self.scan::<Membership>(range, limit).await?;
        let mut users = Vec::new();
        for membership in memberships {
            users.extend(self.peek::<User>(&membership.user).await?);
        }
        Ok((users, next))
    }

    /// A device of a user.
    pub async fn device_if_any(&mut self, user: &User, key: &str) -> Result<Option<Arc<Device>>, StoreError> {
        self.get::<Device>(&Device::key_of(&user.pool_id, &user.sub, key)).await
    }

    /// As [`Txn::device_if_any`], for one that must be there.
    ///
    /// # Errors
    /// [`Missing::Device`].
    pub async fn device(&mut self, user: &User, key: &str) -> Result<Arc<Device>, FindError> {
        self.device_if_any(user, key).await?.ok_or(FindError::Missing(Missing::Device))
    }

    /// The newest sign-in of a user through a client that waits for a device.
    pub async fn session_of_device(
        &mut self,
        user: &User,
        client: &Client,
        device_key: &str,
    ) -> Result<Option<Arc<Session>>, StoreError> {
        let prefix = Session::device_prefix(&user.pool_id, &client.id, &user.sub, device_key);
        let range = IndexRange::prefix(Kind::Session, session::BY_DEVICE, prefix).descending();
        Ok(self.scan::<Session>(range, 1).await?.0.into_iter().next())
    }

    /// A page of the devices of a user that stand in this index, in the order of their confirmation.
    pub async fn devices_of(
        &mut self,
        user: &User,
        index: &'static str,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<Arc<Device>>, Option<Cursor>), StoreError> {
        let prefix = Device::user_prefix(&user.pool_id, &user.sub);
        self.scan::<Device>(IndexRange::prefix(Kind::Device, index, prefix).after(after), limit).await
    }

    /// The token families of a user that go on, in the order of their sign-ins.
    pub async fn active_families(&mut self, user: &User) -> Result<Vec<Family>, StoreError> {
        let range = IndexRange::prefix(Kind::Family, family::BY_USER, Family::user_prefix(user));
        let families = self.all::<Family>(range).await?;
        let active = families.iter().filter(|family| family.is_active(user, self.now()));
        Ok(active.map(|family| (**family).clone()).collect())
    }

    /// The latest sessions of a user's browsers, the last one first. Where a client reuses them for long there are many.
    pub async fn browser_sessions(
        &mut self,
        user: &User,
        limit: usize,
    ) -> Result<Vec<Arc<BrowserSession>>, StoreError> {
        let prefix = BrowserSession::user_prefix(user);
        let range = IndexRange::prefix(Kind::BrowserSession, browser_session::BY_USER, prefix);
        Ok(self.scan(range, limit).await?.0)
    }

    /// A resource server by its identifier.
    ///
    /// # Errors
    /// [`Missing::ResourceServer`].
    pub async fn resource_server(
        &mut self,
        pool: &Pool,
        identifier: &str,
    ) -> Result<Arc<ResourceServer>, FindError> {
        let server = self.get::<ResourceServer>(&ResourceServer::key_of(&pool.id, identifier)).await?;
        server.ok_or_else(|| FindError::Missing(Missing::ResourceServer(identifier.to_owned())))
    }

    /// An identity provider by its name.
    pub async fn provider_if_any(
        &mut self,
        pool: &Pool,
        name: &str,
    ) -> Result<Option<Arc<IdentityProvider>>, StoreError> {
        self.get::<IdentityProvider>(&IdentityProvider::key_of(&pool.id, name)).await
    }

    /// As [`Txn::provider_if_any`], for one that must be there.
    ///
    /// # Errors
    /// [`Missing::Provider`].
    pub async fn provider(&mut self, pool: &Pool, name: &str) -> Result<Arc<IdentityProvider>, FindError> {
        let provider = self.provider_if_any(pool, name).await?;
        provider.ok_or_else(|| FindError::Missing(Missing::Provider(name.to_owned())))
    }

    /// An identity provider by one of its identifiers.
    pub async fn provider_by_identifier(
        &mut self,
        pool: &Pool,
        identifier: &str,
    ) -> Result<Option<Arc<IdentityProvider>>, StoreError> {
        let value = IdentityProvider::identifier_value(&pool.id, identifier);
        self.find::<IdentityProvider>(identity_provider::BY_IDENTIFIER, &value).await
    }

    /// Who has this name at a provider: `attribute` is the subject, or an attribute of the pool by which an
    /// administrator linked the user.
    pub async fn identity(
        &mut self,
        provider: &IdentityProvider,
        attribute: &str,
        value: &str,
    ) -> Result<Option<Arc<Identity>>, StoreError> {
        self.get::<Identity>(&Identity::key_of(&provider.pool_id, &provider.name, attribute, value)).await
    }

    /// The identities of a user, in the order in which they were made.
    pub async fn identities_of(&mut self, user: &User) -> Result<Vec<Arc<Identity>>, StoreError> {
        let prefix = Identity::user_prefix(user);
        self.all::<Identity>(IndexRange::prefix(Kind::Identity, identity::BY_USER, prefix)).await
    }

    /// A domain by what a caller in that region calls it: its prefix, or the whole name of a custom domain.
    pub async fn domain_if_any(
        &mut self,
        region: &str,
        name: &str,
    ) -> Result<Option<Arc<Domain>>, StoreError> {
        self.find::<Domain>(domain::BY_NAME, &Domain::name_value(region, name)).await
    }

    /// A domain of a pool, and the pool.
    ///
    /// # Errors
    /// [`Missing::Domain`], also if there is no such pool.
    pub async fn domain(&mut self, pool_id: &str, name: &str) -> Result<(Arc<Pool>, Arc<Domain>), FindError> {
        let missing = || FindError::Missing(Missing::Domain);
        let pool = self.get::<Pool>(pool_id).await?.ok_or_else(missing)?;
        let domain = self.get::<Domain>(&Domain::key_of(pool_id, name)).await?.ok_or_else(missing)?;
        Ok((pool, domain))
    }

    /// Terms documents by their id.
    ///
    /// # Errors
    /// [`Missing::Terms`].
    pub async fn terms(&mut self, pool: &Pool, id: &str) -> Result<Arc<Terms>, FindError> {
        let terms = self.get::<Terms>(&Terms::key_of(&pool.id, id)).await?;
        terms.ok_or_else(|| FindError::Missing(Missing::Terms(id.to_owned())))
    }

    /// The terms documents of a client that have this name.
    pub async fn terms_of_client(
        &mut self,
        client: &Client,
        name: &str,
    ) -> Result<Option<Arc<Terms>>, StoreError> {
        self.find::<Terms>(terms::BY_CLIENT, &Terms::client_value(&client.pool_id, &client.id, name)).await
    }

    /// The looks of the login pages of a client, or of `ALL` clients, if they were set.
    pub async fn looks_if_any(
        &mut self,
        pool: &Pool,
        client_id: &str,
    ) -> Result<Option<Arc<UiCustomization>>, StoreError> {
        self.get::<UiCustomization>(&UiCustomization::key_of(&pool.id, client_id)).await
    }

    /// The risk configuration of a client, or the pool's for all clients, if it was set.
    pub async fn risk_configuration_if_any(
        &mut self,
        pool_id: &str,
        client_id: Option<&str>,
    ) -> Result<Option<Arc<RiskConfiguration>>, StoreError> {
        self.get::<RiskConfiguration>(&RiskConfiguration::key_of(pool_id, client_id)).await
    }

    /// The risk configuration that a client has: its own, or the pool's.
    pub async fn risk_configuration_for(
        &mut self,
        client: &Client,
    ) -> Result<Option<Arc<RiskConfiguration>>, StoreError> {
        match self.risk_configuration_if_any(&client.pool_id, Some(&client.id)).await? {
            None => self.risk_configuration_if_any(&client.pool_id, None).await,
            own => Ok(own),
        }
    }

    /// A branding style by its id.
    ///
    /// # Errors
    /// [`Missing::Branding`].
    pub async fn branding(&mut self, pool: &Pool, id: &str) -> Result<Arc<Branding>, FindError> {
        let branding = self.get::<Branding>(&Branding::key_of(&pool.id, id)).await?;
        branding.ok_or_else(|| FindError::Missing(Missing::Branding(id.to_owned())))
    }

    /// The branding style of a client.
    pub async fn branding_of_client(&mut self, client: &Client) -> Result<Option<Arc<Branding>>, StoreError> {
        let value = Branding::client_value(&client.pool_id, &client.id);
        self.find::<Branding>(branding::BY_CLIENT, &value).await
    }

    /// An image of a branding style.
    pub async fn branding_asset(
        &mut self,
        branding: &Branding,
        name: &SlotName,
    ) -> Result<Option<Arc<Asset>>, StoreError> {
        self.get::<Asset>(&Asset::key_of(branding, name)).await
    }

    /// An import job of a pool.
    ///
    /// # Errors
    /// [`Missing::ImportJob`].
    pub async fn import_job(&mut self, pool: &Pool, id: &str) -> Result<Arc<ImportJob>, FindError> {
        let job = self.get::<ImportJob>(&ImportJob::key_of(&pool.id, id)).await?;
        job.ok_or_else(|| FindError::Missing(Missing::ImportJob(id.to_owned())))
    }

    /// The running import job of the account and the region of a pool.
    pub async fn running_import(&mut self, pool: &Pool) -> Result<Option<Arc<ImportJob>>, StoreError> {
        self.find::<ImportJob>(import::BY_ACCOUNT, &ImportJob::account_of(pool)).await
    }

    /// Those of the scopes and providers that the pool has.
    pub async fn known(
        &mut self,
        pool: &Pool,
        scopes: &[String],
        providers: &[String],
    ) -> Result<Known, StoreError> {
        let scopes = self.custom_scopes(pool, scopes).await?;
        let mut names = BTreeSet::from([identity_provider::POOL_ITSELF.to_owned()]);
        for name in providers {
            let key = IdentityProvider::key_of(&pool.id, name);
            names.extend(self.peek::<IdentityProvider>(&key).await?.map(|provider| provider.name.clone()));
        }
        Ok(Known { scopes, providers: names })
    }

    /// Those of the scopes that a resource server of the pool has, and that of the registration of clients where it is on.
    pub async fn custom_scopes(
        &mut self,
        pool: &Pool,
        scopes: &[String],
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut found = BTreeSet::new();
        for scope in scopes {
            if scope == registration::SCOPE && pool.settings.registration().is_some() {
                found.insert(scope.clone());
            }
            let Some((identifier, name)) = resource_server::split_scope(scope) else { continue };
            let server = self.peek::<ResourceServer>(&ResourceServer::key_of(&pool.id, identifier)).await?;
            if server.is_some_and(|server| server.has_scope(name)) {
                found.insert(scope.clone());
            }
        }
        Ok(found)
    }

    /// Every entity of a range: for ranges that are bounded by a quota.
    pub async fn all<E: Entity>(&mut self, range: IndexRange) -> Result<Vec<Arc<E>>, StoreError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let (page, next) = self.scan::<E>(range.clone().after(after), STEP).await?;
            found.extend(page);
            match next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(found),
            }
        }
    }
}
