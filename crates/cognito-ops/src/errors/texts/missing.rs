//! Things that do not exist.

texts! {
    /// [MSG]
    pool_not_found(id: &str) = ResourceNotFoundException, "User pool {id} does not exist.";
    /// [MSG]
    client_not_found(id: &str) = ResourceNotFoundException, "User pool client {id} does not exist.";
    /// [CAP-floci]
    user_not_found() = UserNotFoundException, "User does not exist.";
    /// [CAP-floci]
    combination_not_found() = UserNotFoundException, "Username/client id combination not found.";
    /// [MSG1]
    group_not_found() = ResourceNotFoundException, "Group not found.";
    /// unverified
    resource_server_not_found(identifier: &str) = ResourceNotFoundException, "Resource server {identifier} does not exist.";
    /// unverified
    resource_not_found(arn: &str) = ResourceNotFoundException, "Resource {arn} does not exist.";
    /// unverified
    client_secret_not_found() = ResourceNotFoundException, "Client secret does not exist.";
}
