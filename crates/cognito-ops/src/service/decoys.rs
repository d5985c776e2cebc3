//! What is told of users who do not exist where their existence is hidden: the same each time, and of the same form.

use cognito_core::delivery::{Destination, Medium};
use cognito_core::ids;
use cognito_core::pool::{Pool, Recovery};
use cognito_core::schema;
use cognito_core::webauthn::Allowed;

use crate::ctx::Ctx;
use crate::errors::Reply;

/// A `sub` for a name that no user has: what a code for it can be stored under.
///
/// That of a `sub` is itself, as with users whose name it is. Its second half proves that it is ours.
pub(crate) fn sub(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Reply<String> {
    let name = pool.case().fold(name);
    if let Some(half) = name.get(..18).and_then(|half| u64::from_str_radix(&half.replace('-', ""), 16).ok())
        && completed(ctx, pool, half)? == name
    {
        return Ok(name);
    }
    let derived = ctx.app().installation.derive("sub", &[&pool.id, &name])?;
    let half = derived.first_chunk().copied().map_or(0, u64::from_be_bytes);
    // The version of the UUID is in the first half (RFC 9562, section 5.4).
    completed(ctx, pool, half & !0xf000 | 0x4000)
}

fn completed(ctx: &Ctx<'_>, pool: &Pool, half: u64) -> Reply<String> {
    let rest = ctx.app().installation.derive("sub-rest", &[&pool.id, &half.to_string()])?;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&half.to_be_bytes());
    bytes[8..].copy_from_slice(&rest[..8]);
    Ok(ids::uuid(bytes))
}

/// The passkey that the name seems to have: every second name has one, so that neither having one nor having none
/// tells whether there is such a user.
pub(crate) fn passkey(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Reply<Option<Allowed>> {
    let parts = [pool.id.as_str(), &pool.case().fold(name)];
    let [coin, ..] = ctx.app().installation.derive("has passkey", &parts)?;
    if coin % 2 == 0 {
        return Ok(None);
    }
    let id = ctx.app().installation.derive("passkey", &parts)?;
    Ok(Some(Allowed { id: id.to_vec(), transports: ["hybrid", "internal"].map(str::to_owned).to_vec() }))
}

/// The salt of a password that nobody has.
pub(crate) fn salt(ctx: &Ctx<'_>, pool: &Pool, sub: &str) -> Reply<Vec<u8>> {
    let derived = ctx.app().installation.derive("salt", &[&pool.id, sub])?;
    Ok(derived[..cognito_core::srp::SALT].to_vec())
}

/// The SRP verifier of a password that nobody has. An exchange over it costs as much as over any other.
pub(crate) fn verifier(ctx: &Ctx<'_>, pool: &Pool, sub: &str) -> Reply<Vec<u8>> {
    let part = |number: u8| ctx.app().installation.derive("verifier", &[&pool.id, sub, &number.to_string()]);
    let parts = (0..12).map(part).collect::<Result<Vec<_>, _>>()?;
    Ok(parts.concat())
}

/// Where a code for the name would go by a medium.
pub(crate) fn destination_by(ctx: &Ctx<'_>, pool: &Pool, name: &str, medium: Medium) -> Reply<Destination> {
    let is_address = match medium {
        Medium::Email => schema::is_email(name),
        Medium::Sms => schema::is_phone_number(name),
    };
    let address = if is_address { name.to_owned() } else { address(ctx, pool, name, medium)? };
    Ok(Destination { medium, address })
}

/// Where a code for the name would go. A name that is an address is that address.
pub(crate) fn destination(ctx: &Ctx<'_>, pool: &Pool, name: &str) -> Reply<Destination> {
    if schema::is_email(name) {
        return Ok(Destination { medium: Medium::Email, address: name.to_owned() });
    }
    if schema::is_phone_number(name) {
        return Ok(Destination { medium: Medium::Sms, address: name.to_owned() });
    }
    destination_by(ctx, pool, name, medium(pool))
}

fn address(ctx: &Ctx<'_>, pool: &Pool, name: &str, medium: Medium) -> Reply<String> {
    let derived = ctx.app().installation.derive("destination", &[&pool.id, &pool.case().fold(name)])?;
    Ok(match medium {
        Medium::Email => {
            let letter = |byte: u8| char::from(b'a' + byte % 26);
            format!("{}@{}", letter(derived[0]), letter(derived[1]))
        }
        Medium::Sms => {
            let last = u16::from_be_bytes([derived[0], derived[1]]) % 10_000;
            format!("+1000000{last:04}")
        }
    })
}

/// The medium that users of the pool most likely have.
fn medium(pool: &Pool) -> Medium {
    let verifies = |medium: Medium| pool.auto_verifies(medium.attribute());
    if verifies(Medium::Email) {
        Medium::Email
    } else if verifies(Medium::Sms) || pool.recovery() == [Recovery::Phone] {
        Medium::Sms
    } else {
        Medium::Email
    }
}
