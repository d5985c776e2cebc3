//! Attributes that callers write: checked against schema, permissions and names.

use cognito_api::wire;
use cognito_core::change::{self, Writer};
use cognito_core::client::Client;
use cognito_core::code::Purpose;
use cognito_core::names::{NameAttribute, SignInNames};
use cognito_core::pool::Pool;
use cognito_core::schema::{self, AttributeError};
use cognito_core::template::Occasion;
use cognito_core::user::{self, User};
use cognito_store::Txn;

use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::codes::{self, Fresh};
use crate::service::messages::{self, Letter};
use crate::triggers::Metadata;

/// Attributes by name, in the order in which they were given.
pub(crate) type Attributes = Vec<(String, String)>;

/// Reads attributes as they were sent. An attribute without a value has an empty one, which deletes it.
pub(crate) fn read(list: Option<Vec<wire::AttributeType>>) -> Reply<Attributes> {
    let mut attributes = Attributes::new();
    for attribute in list.unwrap_or_default() {
        let value = attribute.value.map(wire::Sensitive::into_inner).unwrap_or_default();
        if attributes.iter().any(|(name, _)| *name == attribute.name) {
            return Err(errors::attribute_twice(&attribute.name));
        }
        attributes.push((attribute.name, value));
    }
    Ok(attributes)
}

/// ValidationData as triggers get it.
pub(crate) fn as_metadata(list: Option<Vec<wire::AttributeType>>) -> Reply<Option<Metadata>> {
    let attributes = list.map(|list| read(Some(list))).transpose()?;
    Ok(attributes.map(Metadata::from_iter))
}

/// Checks the attributes of a new user against the schema. Empty values are left out by the caller.
pub(crate) fn check_new(pool: &Pool, attributes: &Attributes) -> Reply<()> {
    for (name, value) in attributes {
        match pool.schema.check_new(name, value) {
            Err(AttributeError::Unknown(name)) => return Err(errors::attribute_without_type(&name)),
            result => result?,
        }
    }
    Ok(())
}

/// Checks attributes that replace others against the schema. An empty value deletes.
pub(crate) fn check_update(pool: &Pool, attributes: &Attributes) -> Reply<()> {
    for (name, value) in attributes {
        pool.schema.check_update(name, value)?;
        if value.is_empty() {
            check_delete(pool, [name.as_str()])?;
        }
    }
    Ok(())
}

/// Checks that these attributes may be deleted.
pub(crate) fn check_delete<'a>(pool: &Pool, names: impl IntoIterator<Item = &'a str>) -> Reply<()> {
    for name in names {
        let attribute = pool.schema.get(name).ok_or_else(|| errors::attribute_not_in_schema(name))?;
        if !attribute.is_deletable() {
            return Err(errors::attribute_cannot_be_deleted(name));
        }
    }
    Ok(())
}

/// Checks that a user who is not confirmed has no preferred username where it is an alias.
pub(crate) fn check_preferred_username(pool: &Pool, user: &User) -> Reply<()> {
    if user.has_preferred_username_too_early(&pool.sign_in) {
        Err(errors::preferred_username_too_early())
    } else {
        Ok(())
    }
}

/// Checks that the client may write these attributes.
pub(crate) fn check_permission<'a>(client: &Client, names: impl IntoIterator<Item = &'a str>) -> Reply<()> {
    if names.into_iter().all(|name| client.can_write(name)) {
        Ok(())
    } else {
        Err(errors::unauthorized_attribute())
    }
}

/// The attribute that a username as typed stands for in a pool that signs in by attribute; `None` in other pools.
/// In those a username must not look like an alias.
pub(crate) fn of_username(pool: &Pool, username: &str) -> Reply<Option<NameAttribute>> {
    let (email, phone) = (schema::is_email(username), schema::is_phone_number(username));
    match &pool.sign_in {
        SignInNames::Username { aliases } => {
            if email && aliases.contains(&NameAttribute::Email) {
                Err(errors::username_like_email())
            } else if phone && aliases.contains(&NameAttribute::PhoneNumber) {
                Err(errors::username_like_phone_number())
            } else {
                Ok(None)
            }
        }
        SignInNames::Attributes(attributes) => {
            let has = |attribute| attributes.contains(&attribute);
            match (has(NameAttribute::Email), has(NameAttribute::PhoneNumber)) {
                (true, _) if email => Ok(Some(NameAttribute::Email)),
                (_, true) if phone => Ok(Some(NameAttribute::PhoneNumber)),
                (true, true) => Err(errors::username_should_be_email_or_phone_number()),
                (_, false) => Err(errors::username_should_be_email()),
                (false, true) => Err(errors::username_should_be_phone_number()),
            }
        }
    }
}

/// What happens to a name that another user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// It stays there, and the operation is refused.
    Refuse,
    /// It moves; the other user's address is not verified any more.
    Move,
}

/// Makes sure that the user's aliases are nobody else's. To be called before a user with changed aliases is saved.
pub(crate) async fn claim_aliases(txn: &mut Txn, pool: &Pool, user: &User, clash: Clash) -> Reply<()> {
    claim_aliases_or(txn, pool, user, clash, errors::alias_exists).await
}

/// As [`claim_aliases`], with the error for an attribute whose value is another's.
pub(crate) async fn claim_aliases_or(
    txn: &mut Txn,
    pool: &Pool,
    user: &User,
    clash: Clash,
    taken: fn(&str) -> ApiError,
) -> Reply<()> {
    for attribute in [NameAttribute::Email, NameAttribute::PhoneNumber, NameAttribute::PreferredUsername] {
        let Some(value) = user.attribute(attribute.as_str()) else { continue };
        let folded = user.case.fold(value);
        if !user.aliases.contains(&folded) {
            continue;
        }
        let other = txn.find::<User>(user::BY_NAME, &User::name_value(&pool.id, &folded)).await?;
        let Some(other) = other.filter(|other| other.sub != user.sub) else { continue };
        if clash == Clash::Refuse
            || attribute == NameAttribute::PreferredUsername
            || pool.sign_in.are_attributes()
        {
            return Err(taken(attribute.as_str()));
        }
        let mut other = (*other).clone();
        other.set(&format!("{}_verified", attribute.as_str()), "false");
        other.rename(&pool.sign_in);
        other.modified = txn.now();
        txn.save(&other);
    }
    Ok(())
}

/// A change of attributes of a user who exists. Who may write which is checked before.
pub(crate) struct Update<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) user: &'a User,
    pub(crate) writer: Writer,
    /// The app client through which the user writes.
    pub(crate) client_id: Option<&'a str>,
}

impl Update<'_> {
    /// Checks and saves the attributes, with the codes for new addresses.
    pub(crate) async fn save(&self, ctx: &Ctx<'_>, txn: &mut Txn, attributes: &Attributes) -> Reply<Changed> {
        let pool = self.pool;
        check_update(pool, attributes)?;
        let mut user = self.user.clone();
        let destinations = change::write(&mut user, pool, self.writer, attributes, ctx.now());
        check_preferred_username(pool, &user)?;
        claim_aliases(txn, pool, &user, Clash::Refuse).await?;
        txn.save(&user);
        let mut codes = Vec::new();
        for destination in destinations {
            let purpose = Purpose::Attribute(destination.medium.attribute().to_owned());
            codes.push(codes::make(ctx, txn, &user, destination, purpose, self.client_id).await?);
        }
        Ok(Changed { user, codes })
    }
}

/// What a change of attributes leaves to do: the codes are to be sent.
pub(crate) struct Changed {
    user: User,
    pub(crate) codes: Vec<Fresh>,
}

impl Changed {
    /// Sends the codes: after the write.
    pub(crate) async fn deliver(
        &self,
        ctx: &Ctx<'_>,
        pool: &Pool,
        client: Option<&Client>,
        metadata: Option<&Metadata>,
    ) -> Reply<()> {
        for Fresh { destination, code } in &self.codes {
            let (user, occasion) = (&self.user, Occasion::UpdateAttribute);
            let letter = Letter { pool, client, user, occasion, destination, code };
            messages::deliver(ctx, &letter, metadata).await?;
        }
        Ok(())
    }
}
