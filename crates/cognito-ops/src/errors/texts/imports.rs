//! User import.

use cognito_core::import::Outcome;

texts! {
    /// unverified
    import_job_not_found(id: &str) = ResourceNotFoundException, "User import job {id} does not exist.";
    /// [FIELD] amplify-js, issue 6416
    no_import_file(id: &str) = PreconditionNotMetException, "No csv file was uploaded for {id}";
    /// unverified; our own rule
    hashing_algorithm_not_offered() = InvalidParameterException, "awsemu imports password hashes of SCRYPT and PBKDF2_SHA256 only.";
    /// unverified
    import_job_not_startable(status: &str) = PreconditionNotMetException, "A user import job in the status {status} cannot be started.";
    /// unverified
    import_job_not_running(status: &str) = PreconditionNotMetException, "A user import job in the status {status} cannot be stopped.";
    /// unverified; the rule is [DG]
    other_import_running() = PreconditionNotMetException, "Another user import job of the account is running.";
    /// unverified; the rule is [DG]
    nothing_auto_verified() = PreconditionNotMetException, "The user pool has no auto-verified attribute.";
    /// unverified
    import_in_progress(id: &str) = UserImportInProgressException, "The user import job {id} is in progress.";
}

/// CompletionMessage.
pub(crate) fn completion_message(outcome: Outcome) -> &'static str {
    match outcome {
        // [FIELD] a test of StudyForce that compares it
        Outcome::Succeeded => "Import Job Completed Successfully.",
        // [DG]
        Outcome::Stopped => "The Import Job was stopped by the developer.",
        // [DG]
        Outcome::TooManyLost => "Too many users have failed or been skipped during the import.",
        // unverified
        Outcome::TooManyRows => "The CSV file has more than 500,000 users.",
        // unverified
        Outcome::WrongHeader => "The header of the CSV file does not have the columns of the user pool.",
        // unverified
        Outcome::NoFile => "The CSV file is not there any more.",
    }
}
