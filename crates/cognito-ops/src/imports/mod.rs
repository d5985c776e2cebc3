//! User import from CSV files.

mod get_csv_header;

use crate::table::operations;

operations! {
    GetCSVHeader => get_csv_header,
}
