//! User import.

texts! {
    /// unverified
    import_job_not_found(id: &str) = ResourceNotFoundException, "User import job {id} does not exist.";
    /// [FIELD] amplify-js, issue 6416
    no_import_file(id: &str) = PreconditionNotMetException, "No csv file was uploaded for {id}";
    /// unverified; our own rule
    password_hashes_not_imported() = InvalidParameterException, "awsemu does not import password hashes.";
    /// unverified
    import_job_not_startable(status: &str) = PreconditionNotMetException, "A user import job in the status {status} cannot be started.";
    /// unverified
    import_job_not_running(status: &str) = PreconditionNotMetException, "A user import job in the status {status} cannot be stopped.";
}
