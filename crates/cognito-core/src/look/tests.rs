//! Looks of styles and of classic customizations, as sheets, places and pictures.

use serde_json::json;

use super::*;
use crate::branding::Change;
use crate::time::Time;

const SVG: &str = "PHN2Zy8+";

fn branding(settings: Value, assets: &[(&str, &str, Option<&str>)]) -> Branding {
    let asset = |(category, mode, resource): &(&str, &str, Option<&str>)| {
        json!({
            "Category": category, "ColorMode": mode, "Extension": "SVG", "Bytes": SVG, "ResourceId": resource,
        })
    };
    let assets: Vec<_> = assets.iter().map(asset).collect();
    let assets = Some(serde_json::from_value(json!(assets)).unwrap());
    let change = Change { settings: Some(settings), assets, defaults: None };
    Branding::new("1".to_owned(), "us-east-1_A", "app", change, Time(5)).unwrap().0
}

fn scheme(mode: &str) -> Value {
    json!({ "categories": { "global": { "colorSchemeMode": mode } } })
}

#[test]
fn every_variable_has_a_default() {
    let sheet = managed_sheet(None);
    let (light, dark) = sheet.split_once("@media (prefers-color-scheme: dark)").unwrap();
    for part in [light, dark] {
        assert_eq!(part.matches("  --").count(), 60, "{part}");
    }
    assert!(light.contains("  color-scheme: light;\n  --page: #f4f6faff;\n"), "{light}");
    assert!(dark.contains("  color-scheme: dark;\n  --page: #0e1218ff;\n"), "{dark}");
    assert!(light.contains("  --form-radius: 12px;\n"), "{light}");
    assert!(!sheet.contains("url("));
}

#[test]
fn sheets_follow_the_scheme() {
    let check = |mode: &str, expected: [bool; 3]| {
        let sheet = managed_sheet(Some(&branding(scheme(mode), &[])));
        let found = ["color-scheme: light", "color-scheme: dark;", "@media"].map(|part| sheet.contains(part));
        assert_eq!(found, expected, "{mode}");
    };
    check("LIGHT", [true, false, false]);
    check("DARK", [false, true, false]);
    check("DYNAMIC", [true, true, true]);
    check("SOMETHING_NEW", [true, true, true]);
}

#[test]
fn settings_change_variables_and_places() {
    let settings = json!({
        "categories": {
            "form": { "displayGraphics": false, "location": { "horizontal": "END", "vertical": "START" } },
            "global": { "colorSchemeMode": "LIGHT", "pageHeader": { "enabled": true }, "spacingDensity": "COMPACT" },
        },
        "componentClasses": { "buttons": { "borderRadius": 1.5 } },
        "components": {
            "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "AA0000ff" } } },
            "pageHeader": { "logo": { "enabled": true, "location": "END" } },
            "form": { "logo": { "enabled": true, "formInclusion": "OUT", "location": "START" } },
        },
    });
    let branding = branding(settings, &[]);
    let look = Look::managed(&branding);
    assert_eq!(look.location, Location { horizontal: Align::End, vertical: Align::Start });
    assert_eq!(look.header, Some(Bar { logo: Some(Align::End) }));
    assert_eq!(look.footer, None);
    assert_eq!(look.logo, Some(Logo { location: Align::Start, inside: false }));
    assert!(look.compact && !look.graphics && look.provider_icons);
    assert_eq!(look.sheet(), "branding/app/5/managed.css");
    let sheet = managed_sheet(Some(&branding));
    assert!(
        sheet.contains("  --primary: #AA0000ff;\n") && sheet.contains("  --button-radius: 1.5px;\n"),
        "{sheet}"
    );
}

#[test]
fn pictures_follow_the_scheme() {
    let path = |mode: &str| format!("branding/app/5/FORM_LOGO-{mode}");
    let check = |scheme_of: &str, modes: &[&str], expected: Option<(&str, Option<&str>)>| {
        let assets: Vec<_> = modes.iter().map(|mode| ("FORM_LOGO", *mode, None)).collect();
        let look = Look::managed(&branding(scheme(scheme_of), &assets));
        let expected = expected.map(|(light, dark)| Picture { light: path(light), dark: dark.map(path) });
        assert_eq!(look.picture(Category::FormLogo), expected, "{scheme_of} {modes:?}");
        assert_eq!(look.picture(Category::PageHeaderLogo), None);
    };
    check("LIGHT", &[], None);
    check("LIGHT", &["DARK"], None);
    check("LIGHT", &["DARK", "LIGHT"], Some(("LIGHT", None)));
    check("LIGHT", &["DYNAMIC"], Some(("DYNAMIC", None)));
    check("DARK", &["LIGHT", "DARK"], Some(("DARK", None)));
    check("DYNAMIC", &["LIGHT", "DARK"], Some(("LIGHT", Some("DARK"))));
    check("DYNAMIC", &["DYNAMIC"], Some(("DYNAMIC", None)));
    check("DYNAMIC", &["DYNAMIC", "DARK"], Some(("DYNAMIC", Some("DARK"))));
    check("DYNAMIC", &["DARK"], Some(("DARK", None)));
}

#[test]
fn icons_of_providers() {
    let assets = [("IDP_BUTTON_ICON", "DYNAMIC", Some("My IdP"))];
    let icon = |icons: bool| {
        let settings = json!({ "componentClasses": { "idpButtons": { "icons": { "enabled": icons } } } });
        let look = Look::managed(&branding(settings, &assets));
        assert_eq!(look.icon_of("Other"), None);
        look.icon_of("My IdP").map(|icon| icon.light)
    };
    assert_eq!(icon(true).as_deref(), Some("branding/app/5/IDP_BUTTON_ICON-DYNAMIC-My+IdP"));
    assert_eq!(icon(false), None);
}

#[test]
fn the_order_of_providers() {
    let look = |auth: Value| Look::managed(&branding(json!({ "categories": { "auth": auth } }), &[]));
    let check = |order: Value, expected: bool| {
        assert_eq!(look(json!({ "authMethodOrder": order })).providers_first, expected, "{order}");
    };
    let [federated, password] = ["FEDERATED", "USERNAME_PASSWORD"].map(|kind| json!({ "type": kind }));
    check(json!([[federated, password]]), true);
    check(json!([[password, federated]]), false);
    check(json!([[password], [federated]]), false);
    check(json!([]), true);
    check(json!([["x"]]), false);
    assert!(Look::plain().providers_first);
    let look = look(json!({ "federation": { "order": ["B", "A", 1] } }));
    let mut names = ["A", "C", "B", "D"];
    names.sort_by_key(|name| look.rank_of(name));
    assert_eq!(names, ["B", "A", "C", "D"]);
}

#[test]
fn buttons_with_colours_of_their_own() {
    let colors = json!({ "defaults": { "backgroundColor": "11223344", "textColor": "red;} body {" } });
    let custom = json!({ "} evil {": { "lightMode": colors }, "Okta": { "darkMode": colors } });
    let branding = branding(json!({ "components": { "idpButton": { "custom": custom } } }), &[]);
    let look = Look::managed(&branding);
    assert_eq!(look.button_of("Other"), None);
    let sheet = managed_sheet(Some(&branding));
    for name in ["} evil {", "Okta"] {
        let class = look.button_of(name).unwrap();
        assert!(sheet.contains(&format!(".{class} {{\n  --idp: #11223344;\n}}")), "{name}: {sheet}");
    }
    assert!(!sheet.contains("evil") && !sheet.contains("red;"), "{sheet}");
}

#[test]
fn backgrounds() {
    let assets = [
        ("PAGE_BACKGROUND", "LIGHT", None),
        ("PAGE_BACKGROUND", "DARK", None),
        ("FORM_BACKGROUND", "LIGHT", None),
    ];
    let sheet = managed_sheet(Some(&branding(json!({}), &assets)));
    let page = ".page { background: url(\"PAGE_BACKGROUND-LIGHT\") center / cover no-repeat; }\n\
                @media (prefers-color-scheme: dark) {\n\
                .page { background: url(\"PAGE_BACKGROUND-DARK\") center / cover no-repeat; }\n}\n";
    assert!(sheet.ends_with(page), "{sheet}");
}

#[test]
fn classic_pages() {
    let css = ".label-customizable { color: red }";
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    let custom =
        UiCustomization::new("us-east-1_A", "ALL", Some(css.to_owned()), Some(png), Time(7)).unwrap();
    let look = Look::classic("app", Some(&custom));
    assert_eq!((look.pages, look.scheme), (LoginPages::Classic, Mode::Light));
    assert_eq!(look.sheet(), "branding/app/7/classic.css");
    let logo = Picture { light: "branding/app/7/logo".to_owned(), dark: None };
    assert_eq!(look.picture(Category::FormLogo), Some(logo));
    assert!(look.logo.is_some());
    assert!(classic_sheet(Some(&custom)).ends_with(&format!("}}\n{css}")));
    let bare = Look::classic("app", None);
    assert_eq!((bare.logo, bare.picture(Category::FormLogo)), (None, None));
    // What we take for a comment is in quotes to a browser.
    let hidden = r#".label-customizable{content:"/*"} body{background:url(//evil.example)} .x{content:"*/"}"#;
    let custom = UiCustomization::new("us-east-1_A", "app", Some(hidden.to_owned()), None, Time(0)).unwrap();
    assert_eq!(custom.css.as_deref(), Some(hidden), "it is read back as it was set");
    assert!(classic_sheet(Some(&custom)).ends_with(r#".label-customizable{content:" "}"#));
    assert!(classic_sheet(None).starts_with(":root {\n  color-scheme: light;\n"));
    assert!(!classic_sheet(None).contains("@media"));
}

#[test]
fn the_kind_of_pages() {
    let style = branding(json!({}), &[]);
    let css = Some(".label-customizable {}".to_owned());
    let custom = UiCustomization::new("us-east-1_A", "app", css, None, Time(7)).unwrap();
    let check = |pages: Option<LoginPages>, styled: bool, customized: bool, expected: Option<&str>| {
        let look = Look::of("app", pages, styled.then_some(&style), customized.then_some(&custom));
        let sheet = look.map(|look| look.sheet());
        assert_eq!(sheet.as_deref(), expected, "{pages:?} {styled} {customized}");
    };
    let (managed, classic) = (Some(LoginPages::Managed), Some(LoginPages::Classic));
    check(managed, true, true, Some("branding/app/5/managed.css"));
    check(managed, false, true, None);
    check(classic, true, true, Some("branding/app/7/classic.css"));
    check(classic, true, false, Some("branding/app/0/classic.css"));
    check(None, true, true, Some("branding/app/5/managed.css"));
    check(None, false, true, Some("branding/app/7/classic.css"));
    check(None, false, false, Some(&Look::plain().sheet()));
}
