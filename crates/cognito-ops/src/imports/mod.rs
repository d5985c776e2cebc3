//! User import from CSV files.

mod create_user_import_job;
mod describe_user_import_job;
mod get_csv_header;
mod list_user_import_jobs;
mod start_user_import_job;
mod stop_user_import_job;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod upload;
pub(crate) mod work;

use crate::table::operations;

operations! {
    CreateUserImportJob => create_user_import_job,
    DescribeUserImportJob => describe_user_import_job,
    GetCSVHeader => get_csv_header,
    ListUserImportJobs => list_user_import_jobs,
    StartUserImportJob => start_user_import_job,
    StopUserImportJob => stop_user_import_job,
}
