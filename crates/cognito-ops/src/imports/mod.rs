//! User import from CSV files.

mod create_user_import_job;
mod describe_user_import_job;
mod get_csv_header;
mod list_user_import_jobs;
#[cfg(test)]
mod testing;
pub(crate) mod upload;

use crate::table::operations;

operations! {
    CreateUserImportJob => create_user_import_job,
    DescribeUserImportJob => describe_user_import_job,
    GetCSVHeader => get_csv_header,
    ListUserImportJobs => list_user_import_jobs,
}
