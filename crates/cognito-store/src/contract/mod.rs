//! The contract of an engine: one suite that every engine passes, through the seam and through `Store`.

mod entries;
mod notes;
mod records;
mod time;
mod writes;

use std::error::Error;
use std::sync::Arc;

use tokio::task::LocalSet;

use crate::engine::Engine;

/// What a case answers: an error is a failure, as a panic is.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

macro_rules! cases {
    ($make:expr; $($module:ident :: $case:ident,)*) => {
        $(
            let engine: Arc<dyn Engine> = $make().await;
            if let Err(error) = $module::$case(engine).await {
                panic!("{}::{}: {error} ({error:?})", stringify!($module), stringify!($case));
            }
        )*
    };
}

/// Runs every case on an empty engine of its own. Panics at the first failure.
///
/// Needs a Tokio runtime with its clock.
pub async fn run(make: impl AsyncFn() -> Arc<dyn Engine>) {
    let cases = async {
        cases! { make;
            records::versions_are_compared,
            records::bodies_come_back_as_they_were,
            records::checks_hold,
            records::a_refused_commit_leaves_nothing_behind,
            records::counters_add_up,
            records::a_purge_takes_a_prefix_and_no_more,
            records::the_commit_is_told,
            entries::unique_values_are_unique,
            entries::unique_values_move,
            entries::updates_change_the_entries_that_differ,
            entries::prefixes_end_where_they_should,
            entries::pages_cover_a_range_in_both_directions,
            entries::pages_survive_changes_between_them,
            time::an_expired_record_counts_as_absent,
            time::a_sweep_deletes_what_expired,
            time::lists_make_up_for_what_expired,
            writes::a_write_sees_itself_and_nobody_else_does,
            writes::new_records_must_be_new,
            writes::what_was_not_read_is_guarded_where_it_matters,
            writes::increments_are_not_lost,
            writes::two_writers_cannot_slip_past_each_other,
            writes::two_writers_cannot_both_find_nothing,
            writes::many_commits_at_once,
            writes::memory_follows_the_commits,
            writes::what_a_look_up_finds_is_of_one_moment,
            writes::a_value_that_moves_is_found,
            writes::an_abandoned_commit_is_whole_or_not_at_all,
        }
    };
    LocalSet::new().run_until(cases).await;
}
