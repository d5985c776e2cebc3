//! The language of the pages: what the app asks for, else what it asked for before, else what the browser prefers.

use cognito_core::pool::Pool;

use crate::oauth::Visit;
use crate::oauth::browser::Name;

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// German
    De,
    /// English
    #[default]
    En,
    /// Spanish
    Es,
    /// French
    Fr,
    /// Indonesian
    Id,
    /// Italian
    It,
    /// Japanese
    Ja,
    /// Korean
    Ko,
    /// Portuguese of Brazil
    PtBr,
    /// Simplified Chinese
    ZhCn,
    /// Traditional Chinese
    ZhTw,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 11] = [
        Self::De,
        Self::En,
        Self::Es,
        Self::Fr,
        Self::Id,
        Self::It,
        Self::Ja,
        Self::Ko,
        Self::PtBr,
        Self::ZhCn,
        Self::ZhTw,
    ];

    /// Its tag (RFC 5646), which is also the value of `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Id => "id",
            Self::It => "it",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::PtBr => "pt-BR",
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
        }
    }

    /// What the links of terms documents call it (unverified but for those that AWS's examples show: French, Spanish).
    pub(super) const fn terms_key(self) -> &'static str {
        match self {
            Self::De => "cognito:german",
            Self::En => "cognito:english",
            Self::Es => "cognito:spanish",
            Self::Fr => "cognito:french",
            Self::Id => "cognito:bahasa-indonesia",
            Self::It => "cognito:italian",
            Self::Ja => "cognito:japanese",
            Self::Ko => "cognito:korean",
            Self::PtBr => "cognito:portuguese-brazil",
            Self::ZhCn => "cognito:chinese-simplified",
            Self::ZhTw => "cognito:chinese-traditional",
        }
    }

    /// The language of that tag.
    fn tagged(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// The language that `lang` names, if it is one.
    pub(super) fn asked(visit: &Visit) -> Option<Self> {
        visit.query.field("lang").and_then(Self::tagged)
    }

    /// The language for a visitor.
    pub(crate) fn of(visit: &Visit, pool: Option<&Pool>) -> Self {
        let remembered = || pool.and_then(|pool| Name::Language.value(visit, pool)).and_then(Self::tagged);
        let preferred = || visit.languages.as_deref().and_then(Self::preferred);
        Self::asked(visit).or_else(remembered).or_else(preferred).unwrap_or_default()
    }

    /// The best one for an `Accept-Language` (RFC 9110, section 12.5.4).
    fn preferred(header: &str) -> Option<Self> {
        let ranges = header.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().ok()?;
            (weight > 0.0).then_some((tag.trim(), weight))
        });
        let mut ranges: Vec<_> = ranges.collect();
        ranges.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        ranges.into_iter().find_map(|(tag, _)| Self::near(tag))
    }

    /// The language of a tag, or one that its readers can read.
    fn near(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split('-');
        match (Self::tagged(&tag), parts.next()?) {
            (Some(language), _) => Some(language),
            (None, "pt") => Some(Self::PtBr),
            (None, "zh") if parts.any(|part| matches!(part, "hant" | "hk" | "mo" | "tw")) => Some(Self::ZhTw),
            (None, "zh") => Some(Self::ZhCn),
            (None, primary) => Self::tagged(primary),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_prefers() {
        let check = |header: &str, expected: Option<Language>| {
            assert_eq!(Language::preferred(header), expected, "{header}");
        };
        check("de-AT,de;q=0.9,en;q=0.8", Some(Language::De));
        check("nl, en;q=0.5, fr;q=0.7", Some(Language::Fr));
        check("pt-PT", Some(Language::PtBr));
        check("zh-Hant-HK", Some(Language::ZhTw));
        check("zh-SG", Some(Language::ZhCn));
        check("ja;q=0, ko;q=0.1", Some(Language::Ko));
        check("*", None);
        check("<script>;q=x", None);
    }
}
