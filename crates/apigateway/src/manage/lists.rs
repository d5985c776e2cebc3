//! Lists in pages.

use cognito_ops::Reply;
use cognito_store::Cursor;
use serde::Serialize;

use super::ctx::Ctx;
use crate::errors;
use crate::model::find::{self, Part};

/// The elements of a page, and of one whose size the caller does not say.
const MOST: usize = 100;

/// The answer of every list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Items<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// Which page is wanted.
pub(super) struct Wanted {
    pub(super) after: Option<Cursor>,
    pub(super) limit: usize,
}

impl Ctx<'_> {
    /// Reads `MaxResults`, a number in a text, and `NextToken`.
    pub(super) fn wanted(
        &self,
        list: &[&str],
        max_results: Option<&str>,
        token: Option<&str>,
    ) -> Reply<Wanted> {
        let limit = match max_results.map(str::parse::<usize>) {
            None => MOST,
            Some(Ok(limit)) if limit > 0 => limit.min(MOST),
            Some(_) => return Err(errors::bad_request("maxResults must be a positive number")),
        };
        let after = self
            .app
            .page_cursor(list, self.now, token)
            .map_err(|error| errors::bad_request(error.message()))?;
        Ok(Wanted { after, limit })
    }

    /// A page as it is answered.
    pub(super) fn items<T>(&self, list: &[&str], items: Vec<T>, next: Option<Cursor>) -> Reply<Items<T>> {
        Ok(Items { items, next_token: self.app.page_token(list, self.now, next)? })
    }

    /// A page of what belongs to an API.
    pub(super) async fn list<P: Part, T>(
        &self,
        api_id: &str,
        max_results: Option<&str>,
        token: Option<&str>,
        view: impl Fn(&P) -> T,
    ) -> Reply<Items<T>> {
        let list = [P::BY_API, api_id];
        let Wanted { after, limit } = self.wanted(&list, max_results, token)?;
        let mut txn = self.read();
        find::api(&mut txn, &self.scope, api_id).await?;
        let (page, next) = find::page::<P>(&mut txn, api_id, after, limit).await?;
        self.items(&list, page.iter().map(|part| view(part)).collect(), next)
    }

    /// Something that belongs to an API, as it is answered.
    pub(super) async fn get<P: Part, T>(
        &self,
        api_id: &str,
        id: &str,
        view: impl FnOnce(&P) -> T,
    ) -> Reply<T> {
        let mut txn = self.read();
        find::api(&mut txn, &self.scope, api_id).await?;
        Ok(view(&*find::part::<P>(&mut txn, api_id, id).await?))
    }
}
