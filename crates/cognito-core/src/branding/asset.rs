//! The images of a style.

use std::fmt;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use super::Branding;
use crate::entity::{Entity, Kind};

/// What an image is for: at most one image of a style has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotName {
    /// Category.
    pub category: wire::AssetCategoryType,
    /// ColorMode.
    pub mode: wire::ColorSchemeModeType,
    /// ResourceId: of an icon the provider that it stands for.
    pub resource: Option<String>,
}

/// An image of a style without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// What it is for.
    pub name: SlotName,
    /// Extension.
    pub extension: wire::AssetExtensionType,
}

/// An image of a style.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The pool.
    pub pool_id: String,
    /// The style.
    pub branding_id: String,
    /// What it is for, and its format.
    pub slot: Slot,
    /// The file.
    #[serde(with = "crate::bytes")]
    pub bytes: Vec<u8>,
}

/// Why an image is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssetError {
    /// It has no bytes.
    #[error("no bytes")]
    Empty,
    /// The request has two for the same.
    #[error("given twice")]
    Twice,
    /// The bytes are not of the extension, or the category takes no such files.
    #[error("not of the format")]
    Format,
    /// An SVG that runs or loads something.
    #[error("a picture that runs or loads something")]
    Active,
}

impl SlotName {
    /// What an image of a request is for.
    pub fn of(asset: &wire::AssetType) -> Self {
        Self { category: asset.category, mode: asset.color_mode, resource: asset.resource_id.clone() }
    }
}

/// The name of its file: part of keys and URLs. A resource id has no `+` (pattern `^[\w\- ]+$`).
impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.category, self.mode)?;
        self.resource.as_ref().map_or(Ok(()), |resource| write!(f, "-{}", resource.replace(' ', "+")))
    }
}

impl Slot {
    /// The media type of its file.
    pub fn media_type(&self) -> &'static str {
        match self.extension {
            wire::AssetExtensionType::Ico => "image/x-icon",
            wire::AssetExtensionType::Jpeg => "image/jpeg",
            wire::AssetExtensionType::Png => "image/png",
            wire::AssetExtensionType::Svg => "image/svg+xml",
            wire::AssetExtensionType::Webp => "image/webp",
        }
    }
}

impl Asset {
    pub(super) fn new(pool_id: &str, branding_id: &str, asset: wire::AssetType) -> Result<Self, AssetError> {
        let slot = Slot { name: SlotName::of(&asset), extension: asset.extension };
        let bytes = asset.bytes.map(|bytes| bytes.0).filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or(AssetError::Empty)?;
        if !takes(slot.name.category, slot.extension) || !is_of(slot.extension, &bytes) {
            return Err(AssetError::Format);
        }
        if slot.extension == wire::AssetExtensionType::Svg && is_active(&bytes) {
            return Err(AssetError::Active);
        }
        Ok(Self { pool_id: pool_id.to_owned(), branding_id: branding_id.to_owned(), slot, bytes })
    }

    /// The record key.
    pub fn key_of(branding: &Branding, name: &SlotName) -> String {
        format!("{}{name}", branding.inside())
    }
}

impl Entity for Asset {
    const KIND: Kind = Kind::BrandingAsset;

    fn key(&self) -> String {
        format!("{}/{}/{}", self.pool_id, self.branding_id, self.slot.name)
    }
}

/// The two kinds of favicons have their format in their name.
fn takes(category: wire::AssetCategoryType, extension: wire::AssetExtensionType) -> bool {
    match category {
        wire::AssetCategoryType::FaviconIco => extension == wire::AssetExtensionType::Ico,
        wire::AssetCategoryType::FaviconSvg => extension == wire::AssetExtensionType::Svg,
        _ => true,
    }
}

/// Whether a file begins as files of that format do.
fn is_of(extension: wire::AssetExtensionType, bytes: &[u8]) -> bool {
    match extension {
        wire::AssetExtensionType::Ico => bytes.starts_with(&[0, 0, 1, 0]),
        wire::AssetExtensionType::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]),
        wire::AssetExtensionType::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        wire::AssetExtensionType::Webp => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        wire::AssetExtensionType::Svg => str::from_utf8(bytes).is_ok_and(is_svg),
    }
}

/// Whether the first element is `svg`, after declarations and comments.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    let before = [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">")];
    while let Some((_, close)) = before.iter().find(|(open, _)| rest.starts_with(open)) {
        let Some((_, after)) = rest.split_once(close) else { return false };
        rest = after.trim_start();
    }
    let after_name = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/');
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(after_name))
}

/// Whether a picture has a script, a handler of events, foreign content, an entity or a link to a script. It is shown by
/// `<img>` and served with a CSP that runs and loads nothing; this is the fence before those.
fn is_active(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    // An element may have a prefix of its own.
    let elements = ["script", "foreignobject", "iframe"];
    let is_there = |name: &&str| text.contains(&format!("<{name}")) || text.contains(&format!(":{name}"));
    let blocked = ["<!entity", "javascript:", "data:text"];
    elements.iter().any(is_there) || blocked.iter().any(|part| text.contains(part)) || has_handler(&text)
}

/// Whether an attribute begins with `on`.
fn has_handler(text: &str) -> bool {
    text.match_indices("on").any(|(at, _)| {
        let before = text[..at].ends_with(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '/'));
        let name = text[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        before && name.trim_start().starts_with('=')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asset(category: &str, extension: &str, bytes: &[u8]) -> Result<Asset, AssetError> {
        let value = json!({ "Category": category, "ColorMode": "LIGHT", "Extension": extension });
        let asset: wire::AssetType = serde_json::from_value(value).unwrap();
        Asset::new("us-east-1_A", "1", wire::AssetType { bytes: Some(wire::Blob(bytes.to_vec())), ..asset })
    }

    #[test]
    fn formats() {
        let check = |category: &str, extension: &str, bytes: &[u8], expected: Result<(), AssetError>| {
            assert_eq!(asset(category, extension, bytes).map(|_| ()), expected, "{category} {extension}");
        };
        let files: [(&str, &[u8]); 5] = [
            ("PNG", b"\x89PNG\r\n\x1a\n..."),
            ("JPEG", b"\xff\xd8\xff\xe0..."),
            ("WEBP", b"RIFF....WEBPVP8 "),
            ("ICO", b"\0\0\x01\0\x01\0"),
            ("SVG", b"<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ];
        for (extension, bytes) in files {
            for (other, _) in files {
                let expected = if other == extension { Ok(()) } else { Err(AssetError::Format) };
                check("FORM_LOGO", other, bytes, expected);
            }
        }
        check("FORM_LOGO", "PNG", b"", Err(AssetError::Empty));
        check("FORM_LOGO", "PNG", b"iVBORw0KGgo=", Err(AssetError::Format));
        check("FAVICON_ICO", "ICO", b"\0\0\x01\0\x01\0", Ok(()));
        check("FAVICON_ICO", "PNG", b"\x89PNG\r\n\x1a\n...", Err(AssetError::Format));
        check("FAVICON_SVG", "SVG", b"<svg></svg>", Ok(()));
        check("FAVICON_SVG", "ICO", b"\0\0\x01\0\x01\0", Err(AssetError::Format));
    }

    #[test]
    fn pictures() {
        let check = |text: &str, expected: Result<(), AssetError>| {
            assert_eq!(asset("FORM_LOGO", "SVG", text.as_bytes()).map(|_| ()), expected, "{text}");
        };
        check("<svg><text font='x'>on = once</text><path d='M0 0'/></svg>", Ok(()));
        check("<svg><style>.a { fill: #fff }</style></svg>", Ok(()));
        check("<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'a' 'b'><!-- a --><!-- b --> <svg\n/>", Ok(()));
        check("<html><svg/></html>", Err(AssetError::Format));
        check("<svgx/>", Err(AssetError::Format));
        check("<!DOCTYPE svg [<!ENTITY a 'b'>]> <svg>&a;</svg>", Err(AssetError::Format));
        check("<!-- open <svg/>", Err(AssetError::Format));
        for active in [
            "<svg><script>alert(1)</script></svg>",
            "<svg xmlns:s='http://www.w3.org/2000/svg'><s:script>alert(1)</s:script></svg>",
            "<svg><SCRIPT/></svg>",
            "<svg onload=\"alert(1)\"/>",
            "<svg a=\"1\"onLoad = 'x'/>",
            "<svg/onload='x'></svg>",
            "<!DOCTYPE svg SYSTEM 'a'><svg><!ENTITY a 'b'></svg>",
            "<svg><foreignObject/></svg>",
            "<svg><a href=\"javascript:alert(1)\"/></svg>",
        ] {
            check(active, Err(AssetError::Active));
        }
    }

    #[test]
    fn names() {
        let mut asset = asset("FORM_LOGO", "SVG", b"<svg/>").unwrap();
        assert_eq!(asset.key(), "us-east-1_A/1/FORM_LOGO-LIGHT");
        asset.slot.name.resource = Some("My IdP".to_owned());
        assert_eq!(asset.slot.name.to_string(), "FORM_LOGO-LIGHT-My+IdP");
    }
}
