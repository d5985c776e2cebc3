//! Provisioned limits: the request rates that an account wants. They are kept, and no request is throttled.

mod get_provisioned_limit;
mod update_provisioned_limit;

use crate::table::operations;

operations! {
    GetProvisionedLimit => get_provisioned_limit,
    UpdateProvisionedLimit => update_provisioned_limit,
}
