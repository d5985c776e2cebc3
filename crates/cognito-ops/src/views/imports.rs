//! Import jobs on the wire.

use cognito_api::wire;
use cognito_core::Time;
use cognito_core::import::{ImportJob, State};

use super::timestamp;
use crate::errors;

/// A job, with the link that takes its file.
pub(crate) fn import_job(job: &ImportJob, link: String, now: Time) -> wire::UserImportJobType {
    let (started, ended) = match job.state {
        State::Created { .. } => (None, None),
        State::Running { started, .. } => (Some(started), None),
        State::Ended { started, completed, outcome } => (Some(started), Some((completed, outcome))),
    };
    wire::UserImportJobType {
        job_name: Some(job.name.clone()),
        job_id: Some(job.id.clone()),
        user_pool_id: Some(job.pool_id.clone()),
        pre_signed_url: Some(link),
        creation_date: Some(timestamp(job.created)),
        start_date: started.map(timestamp),
        completion_date: ended.map(|(completed, _)| timestamp(completed)),
        status: Some(job.status(now)),
        cloud_watch_logs_role_arn: Some(job.logs_role.clone()),
        imported_users: Some(job.tally.imported.into()),
        skipped_users: Some(job.tally.skipped.into()),
        failed_users: Some(job.tally.failed.into()),
        password_hashing_algorithm: job.hashing,
        completion_message: ended.map(|(_, outcome)| errors::completion_message(outcome).to_owned()),
    }
}
