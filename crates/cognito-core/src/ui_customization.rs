//! The looks of the classic login pages: a style sheet and a logo, for one app client or for all without their own.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/hosted-ui-classic-branding.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};
use crate::time::Time;

mod css;

pub use css::CssError;

/// The ClientId that stands for every client without looks of its own.
pub const ALL_CLIENTS: &str = "ALL";

/// The looks of the pages of a client, or of all clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UiCustomization {
    /// The pool.
    pub pool_id: String,
    /// The client, or [`ALL_CLIENTS`].
    pub client_id: String,
    /// The style sheet.
    pub css: Option<String>,
    /// The logo.
    pub logo: Option<Logo>,
    /// When it was first set.
    pub created: Time,
    /// When it was last set.
    pub modified: Time,
}

/// A logo: a PNG or a JPEG.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo(#[serde(with = "crate::bytes")] Vec<u8>);

/// Why looks are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LooksError {
    /// The style sheet.
    #[error(transparent)]
    Css(#[from] CssError),
    /// The logo is neither PNG nor JPEG.
    #[error("the image is neither PNG nor JPEG")]
    Image,
}

impl UiCustomization {
    /// Makes looks. An empty style sheet or image is none.
    ///
    /// # Errors
    /// [`LooksError`]
    pub fn new(
        pool_id: &str,
        client_id: &str,
        css: Option<String>,
        image: Option<Vec<u8>>,
        now: Time,
    ) -> Result<Self, LooksError> {
        let css = css.filter(|css| !css.is_empty());
        css.as_deref().map_or(Ok(()), css::check)?;
        Ok(Self {
            pool_id: pool_id.to_owned(),
            client_id: client_id.to_owned(),
            css,
            logo: image.filter(|image| !image.is_empty()).map(Logo::new).transpose()?,
            created: now,
            modified: now,
        })
    }

    /// The style sheet for browsers, if there is one.
    pub fn served_css(&self) -> Option<String> {
        self.css.as_deref().and_then(|css| css::without_comments(css).ok())
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.css.is_none() && self.logo.is_none()
    }

    /// The record key.
    pub fn key_of(pool_id: &str, client_id: &str) -> String {
        format!("{pool_id}/{client_id}")
    }
}

impl Logo {
    fn new(image: Vec<u8>) -> Result<Self, LooksError> {
        let logo = Self(image);
        logo.known_type().map(|_| ()).ok_or(LooksError::Image)?;
        Ok(logo)
    }

    /// What it is, by how it begins.
    fn known_type(&self) -> Option<&'static str> {
        match self.0.as_slice() {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
            [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
            _ => None,
        }
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        self.known_type().unwrap_or("application/octet-stream")
    }

    /// The file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A URL that holds the image itself (RFC 2397), so that it needs no host.
    pub fn url(&self) -> String {
        format!("data:{};base64,{}", self.media_type(), STANDARD.encode(&self.0))
    }
}

impl Entity for UiCustomization {
    const KIND: Kind = Kind::UiCustomization;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.client_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logos() {
        let check = |image: &[u8], expected: Result<Option<&str>, LooksError>| {
            let looks = UiCustomization::new("us-east-1_A", "app", None, Some(image.to_vec()), Time(0));
            let url = looks.map(|looks| looks.logo.map(|logo| logo.url()));
            assert_eq!(url, expected.map(|url| url.map(str::to_owned)), "{image:?}");
        };
        check(b"\x89PNG\r\n\x1a\n", Ok(Some("data:image/png;base64,iVBORw0KGgo=")));
        check(b"\xff\xd8\xff\xe0", Ok(Some("data:image/jpeg;base64,/9j/4A==")));
        check(b"", Ok(None));
        check(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Err(LooksError::Image));
        check(b"GIF89a", Err(LooksError::Image));
    }

    #[test]
    fn nothing_to_see() {
        let looks = |css: Option<&str>| {
            UiCustomization::new("us-east-1_A", "app", css.map(str::to_owned), None, Time(0)).unwrap()
        };
        assert!(looks(None).is_empty() && looks(Some("")).is_empty());
        assert!(!looks(Some(".label-customizable {}")).is_empty());
    }
}
