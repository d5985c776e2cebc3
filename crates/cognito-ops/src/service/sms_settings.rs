//! MFAOptions: the way in which codes by SMS were switched on before there were other second factors.

use cognito_api::wire;
use cognito_core::mfa::Factor;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::errors::{self, Reply};

/// Whether the options switch codes by SMS on; they know nothing else.
pub(crate) fn read(options: &[wire::MFAOptionType]) -> Reply<bool> {
    let known = |option: &wire::MFAOptionType| {
        option.delivery_medium == Some(wire::DeliveryMediumType::Sms)
            && option.attribute_name.as_deref() == Some("phone_number")
    };
    if options.iter().all(known) { Ok(!options.is_empty()) } else { Err(errors::only_sms_settings()) }
}

/// Changes the user, and saves.
pub(crate) fn save(txn: &mut Txn, user: &User, on: bool) -> Reply<()> {
    if on && !user.has_factor(Factor::Sms) {
        return Err(errors::factor_not_registered(Factor::Sms.as_str()));
    }
    let mut user = user.clone();
    user.mfa.set_sms(on);
    user.modified = txn.now();
    txn.save(&user);
    Ok(())
}
