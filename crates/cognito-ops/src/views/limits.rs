//! Provisioned limits on the wire.

use cognito_api::wire;
use cognito_core::provisioned_limit::Category;

/// The limit of a category, of which so many requests a second are provisioned.
pub(crate) fn limit(
    limit_definition: wire::LimitDefinitionType,
    category: Category,
    provisioned_limit_value: i32,
) -> wire::LimitType {
    wire::LimitType { limit_definition, provisioned_limit_value, free_limit_value: category.free }
}
