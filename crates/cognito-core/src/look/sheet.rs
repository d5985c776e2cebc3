//! The style sheet of looks: the settings as variables, and the backgrounds.

use std::fmt::Write as _;

use cognito_api::wire::{AssetCategoryType as Category, ColorSchemeModeType as Mode};
use serde_json::Value;

use super::{Look, Picture};
use crate::branding::is_color;

/// The variables of colours and where the settings have them; `*` is the mode.
const COLORS: [(&str, &str); 55] = [
    ("page", "/components/pageBackground/*/color"),
    ("heading", "/components/pageText/*/headingColor"),
    ("text", "/components/pageText/*/bodyColor"),
    ("description", "/components/pageText/*/descriptionColor"),
    ("form", "/components/form/*/backgroundColor"),
    ("form-border", "/components/form/*/borderColor"),
    ("header", "/components/pageHeader/*/background/color"),
    ("header-border", "/components/pageHeader/*/borderColor"),
    ("footer", "/components/pageFooter/*/background/color"),
    ("footer-border", "/components/pageFooter/*/borderColor"),
    ("primary", "/components/primaryButton/*/defaults/backgroundColor"),
    ("primary-text", "/components/primaryButton/*/defaults/textColor"),
    ("primary-hover", "/components/primaryButton/*/hover/backgroundColor"),
    ("primary-hover-text", "/components/primaryButton/*/hover/textColor"),
    ("primary-active", "/components/primaryButton/*/active/backgroundColor"),
    ("primary-active-text", "/components/primaryButton/*/active/textColor"),
    ("primary-disabled", "/components/primaryButton/*/disabled/backgroundColor"),
    ("secondary", "/components/secondaryButton/*/defaults/backgroundColor"),
    ("secondary-text", "/components/secondaryButton/*/defaults/textColor"),
    ("secondary-border", "/components/secondaryButton/*/defaults/borderColor"),
    ("secondary-hover", "/components/secondaryButton/*/hover/backgroundColor"),
    ("secondary-hover-text", "/components/secondaryButton/*/hover/textColor"),
    ("secondary-hover-border", "/components/secondaryButton/*/hover/borderColor"),
    ("secondary-active", "/components/secondaryButton/*/active/backgroundColor"),
    ("secondary-active-text", "/components/secondaryButton/*/active/textColor"),
    ("secondary-active-border", "/components/secondaryButton/*/active/borderColor"),
    ("idp", "/components/idpButton/standard/*/defaults/backgroundColor"),
    ("idp-text", "/components/idpButton/standard/*/defaults/textColor"),
    ("idp-border", "/components/idpButton/standard/*/defaults/borderColor"),
    ("idp-hover", "/components/idpButton/standard/*/hover/backgroundColor"),
    ("idp-hover-text", "/components/idpButton/standard/*/hover/textColor"),
    ("idp-hover-border", "/components/idpButton/standard/*/hover/borderColor"),
    ("idp-active", "/components/idpButton/standard/*/active/backgroundColor"),
    ("idp-active-text", "/components/idpButton/standard/*/active/textColor"),
    ("idp-active-border", "/components/idpButton/standard/*/active/borderColor"),
    ("error", "/components/alert/*/error/backgroundColor"),
    ("error-border", "/components/alert/*/error/borderColor"),
    ("input", "/componentClasses/input/*/defaults/backgroundColor"),
    ("input-border", "/componentClasses/input/*/defaults/borderColor"),
    ("placeholder", "/componentClasses/input/*/placeholderColor"),
    ("label", "/componentClasses/inputLabel/*/textColor"),
    ("hint", "/componentClasses/inputDescription/*/textColor"),
    ("link", "/componentClasses/link/*/defaults/textColor"),
    ("link-hover", "/componentClasses/link/*/hover/textColor"),
    ("focus", "/componentClasses/focusState/*/borderColor"),
    ("divider", "/componentClasses/divider/*/borderColor"),
    ("option", "/componentClasses/optionControls/*/defaults/backgroundColor"),
    ("option-border", "/componentClasses/optionControls/*/defaults/borderColor"),
    ("option-selected", "/componentClasses/optionControls/*/selected/backgroundColor"),
    ("option-selected-text", "/componentClasses/optionControls/*/selected/foregroundColor"),
    ("success", "/componentClasses/statusIndicator/*/success/indicatorColor"),
    ("success-background", "/componentClasses/statusIndicator/*/success/backgroundColor"),
    ("pending", "/componentClasses/statusIndicator/*/pending/indicatorColor"),
    ("warning", "/componentClasses/statusIndicator/*/warning/indicatorColor"),
    ("failure", "/componentClasses/statusIndicator/*/error/indicatorColor"),
];

/// The variables of corners and where the settings have them.
const RADII: [(&str, &str); 5] = [
    ("form-radius", "/components/form/borderRadius"),
    ("alert-radius", "/components/alert/borderRadius"),
    ("button-radius", "/componentClasses/buttons/borderRadius"),
    ("input-radius", "/componentClasses/input/borderRadius"),
    ("menu-radius", "/componentClasses/dropDown/borderRadius"),
];

/// What may have a picture behind it: its selector, the switch, and the category.
const BACKGROUNDS: [(&str, &str, Category); 4] = [
    (".page", "/components/pageBackground/image/enabled", Category::PageBackground),
    (".form", "/components/form/backgroundImage/enabled", Category::FormBackground),
    (".page-header", "/components/pageHeader/backgroundImage/enabled", Category::PageHeaderBackground),
    (".page-footer", "/components/pageFooter/backgroundImage/enabled", Category::PageFooterBackground),
];

/// The media query of what is for dark pages.
const PREFERS_DARK: &str = "@media (prefers-color-scheme: dark)";

/// Writes the sheet of settings that have every member.
pub(super) fn of(settings: &Value, look: &Look) -> String {
    let mut sheet = match look.scheme {
        Mode::Light => root(settings, "light"),
        Mode::Dark => root(settings, "dark"),
        Mode::Dynamic => {
            format!("{}{PREFERS_DARK} {{\n{}}}\n", root(settings, "light"), root(settings, "dark"))
        }
    };
    sheet.push_str(&buttons(settings, look.scheme));
    for (selector, switch, category) in BACKGROUNDS {
        if settings.pointer(switch) == Some(&Value::Bool(true))
            && let Some(picture) = look.picture(category)
        {
            sheet.push_str(&background(selector, &picture));
        }
    }
    sheet
}

fn root(settings: &Value, mode: &str) -> String {
    let mut rule = format!(":root {{\n  color-scheme: {mode};\n");
    let member = format!("{mode}Mode");
    for (variable, path) in COLORS {
        // Settings were checked when they were set; what is no colour cannot end the rule either.
        let color = settings.pointer(&path.replace('*', &member)).and_then(Value::as_str);
        if let Some(color) = color.filter(|color| is_color(color)) {
            writeln!(rule, "  --{variable}: #{color};").expect("a string takes everything");
        }
    }
    for (variable, path) in RADII {
        if let Some(radius) = settings.pointer(path).and_then(Value::as_f64) {
            writeln!(rule, "  --{variable}: {radius}px;").expect("a string takes everything");
        }
    }
    rule + "}\n"
}

/// The colours of the buttons that have their own.
fn buttons(settings: &Value, scheme: Mode) -> String {
    let custom = settings.pointer("/components/idpButton/custom").and_then(Value::as_object);
    let rule = |mode: &str| {
        let mut rules = String::new();
        for (place, own) in custom.into_iter().flat_map(|custom| custom.values()).enumerate() {
            writeln!(rules, ".{} {{", super::button_class(place)).expect("a string takes everything");
            for (variable, path) in COLORS {
                let Some(path) = path.strip_prefix("/components/idpButton/standard") else { continue };
                let color = own.pointer(&path.replace('*', &format!("{mode}Mode"))).and_then(Value::as_str);
                if let Some(color) = color.filter(|color| is_color(color)) {
                    writeln!(rules, "  --{variable}: #{color};").expect("a string takes everything");
                }
            }
            rules.push_str("}\n");
        }
        rules
    };
    match scheme {
        _ if custom.is_none_or(serde_json::Map::is_empty) => String::new(),
        Mode::Light => rule("light"),
        Mode::Dark => rule("dark"),
        Mode::Dynamic => format!("{}{PREFERS_DARK} {{\n{}}}\n", rule("light"), rule("dark")),
    }
}

/// The pictures lie beside the sheet.
fn background(selector: &str, picture: &Picture) -> String {
    let rule = |path: &str| {
        let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
        format!("{selector} {{ background: url(\"{file}\") center / cover no-repeat; }}\n")
    };
    let dark = picture.dark.as_deref().map(|dark| format!("{PREFERS_DARK} {{\n{}}}\n", rule(dark)));
    rule(&picture.light) + &dark.unwrap_or_default()
}
