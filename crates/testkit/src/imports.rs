//! Files of import jobs, sent to their links.

use cognito_ops::{ApiError, UploadPath};

use crate::world::{BASE, Failure, World};

impl World {
    /// Sends a file to the link of an import job in pieces; at `None` the connection breaks.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn upload(&self, link: &str, pieces: &[Option<&[u8]>]) -> Result<(), Failure> {
        let path = link.strip_prefix(BASE).and_then(UploadPath::of).expect("the link of an upload");
        let mut pieces = pieces.iter();
        let next = async || match pieces.next() {
            Some(None) => Err(ApiError::malformed_request("broken")),
            piece => Ok(piece.copied().flatten()),
        };
        let answer = self.app.upload(path, next).await;
        answer.map_err(|error| Failure { code: error.name().to_owned(), message: error.message().to_owned() })
    }
}
