//! Branding styles of managed login. The codes are [M]; no text of AWS's is known.

use cognito_core::branding::SlotName;

texts! {
    /// unverified; the rule is [M]
    defaults_and_more() = InvalidParameterException, "Settings and Assets cannot be set when UseCognitoProvidedValues is true.";
    /// unverified
    branding_setting(path: &str) = InvalidParameterException, "Invalid value in the branding settings: {path}";
    /// unverified; the limit is that of a request [M]
    too_many_assets() = InvalidParameterException, "A branding style cannot have more than 40 assets.";
    /// unverified
    asset_without_bytes(name: &SlotName) = InvalidParameterException, "The asset {name} has no bytes.";
    /// unverified
    asset_twice(name: &SlotName) = InvalidParameterException, "The asset {name} is given twice.";
    /// unverified; AWS looks at the bytes, too [FIELD]
    asset_format(name: &SlotName) = InvalidParameterException, "The bytes of the asset {name} are not a file of its extension and category.";
    /// unverified
    asset_active(name: &SlotName) = InvalidParameterException, "The asset {name} is a picture with a script, an event handler or foreign content.";
    /// unverified
    branding_exists() = ManagedLoginBrandingExistsException, "The app client has a managed login branding style already.";
    /// unverified
    branding_not_found(id: &str) = ResourceNotFoundException, "Managed login branding {id} does not exist.";
    /// unverified
    client_without_branding(client_id: &str) = ResourceNotFoundException, "User pool client {client_id} has no managed login branding.";
    /// unverified; the model requires neither, and the service cannot do without
    branding_not_named() = InvalidParameterException, "UserPoolId and ManagedLoginBrandingId are required.";
    /// unverified; the code and what it is for are [M]
    tier_with_choice_based_sign_in(client_id: &str) = TierChangeNotAllowedException, "The tier cannot change to LITE while the app client {client_id} has choice-based sign-in.";
    /// unverified; the code and what it is for are [M]
    tier_with_managed_login() = TierChangeNotAllowedException, "The tier cannot change to LITE while a domain of the user pool has managed login.";
}
