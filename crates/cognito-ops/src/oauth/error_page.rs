//! GET /error: where a browser ends whose request gives no URI to trust.

use super::answer::Answer;
use super::visit::Visit;
use crate::managed_login::page::{Language, Page};

/// AWS answers with status 400 ([FIELD]). What the query says is not shown: anybody could write it.
pub(super) fn answer(visit: &Visit) -> Answer {
    Answer::page(400, Page { language: Language::of(visit, None), ..Page::error() })
}
