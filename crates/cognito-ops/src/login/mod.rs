//! What the login pages need: domains, terms and looks.

mod create_managed_login_branding;
mod create_terms;
mod create_user_pool_domain;
mod delete_managed_login_branding;
mod delete_terms;
mod delete_user_pool_domain;
mod describe_managed_login_branding;
mod describe_managed_login_branding_by_client;
mod describe_terms;
mod describe_terms_by_client;
mod describe_user_pool_domain;
mod get_ui_customization;
mod list_terms;
mod set_ui_customization;
mod update_managed_login_branding;
mod update_terms;
mod update_user_pool_domain;

use crate::table::operations;

operations! {
    CreateManagedLoginBranding => create_managed_login_branding,
    CreateTerms => create_terms,
    CreateUserPoolDomain => create_user_pool_domain,
    DeleteManagedLoginBranding => delete_managed_login_branding,
    DeleteTerms => delete_terms,
    DeleteUserPoolDomain => delete_user_pool_domain,
    DescribeManagedLoginBranding => describe_managed_login_branding,
    DescribeManagedLoginBrandingByClient => describe_managed_login_branding_by_client,
    DescribeTerms => describe_terms,
    DescribeTermsByClient => describe_terms_by_client,
    DescribeUserPoolDomain => describe_user_pool_domain,
    GetUICustomization => get_ui_customization,
    ListTerms => list_terms,
    SetUICustomization => set_ui_customization,
    UpdateManagedLoginBranding => update_managed_login_branding,
    UpdateTerms => update_terms,
    UpdateUserPoolDomain => update_user_pool_domain,
}
