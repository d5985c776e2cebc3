//! Looks: what the login pages of a client look like, from its branding style or from its classic customization.
//!
//! Colours, corners and backgrounds are in a style sheet of variables, so that a page has nothing of its own to say
//! about them; the rest is what the templates must know.

use cognito_api::wire::{AssetCategoryType as Category, ColorSchemeModeType as Mode};
use serde_json::Value;

use crate::branding::{Branding, DEFAULTS, SlotName};
use crate::domain::LoginPages;
use crate::ui_customization::UiCustomization;

mod sheet;

/// The client of looks without a client; no client's id has a hyphen.
pub const NO_CLIENT: &str = "-";
/// The file of the logo of classic pages.
pub const CLASSIC_LOGO: &str = "logo";

/// What pages look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The kind of pages.
    pub pages: LoginPages,
    /// Light, dark, or as the browser prefers.
    pub scheme: Mode,
    /// Where the form is.
    pub location: Location,
    /// Whether there is less space between things: spacingDensity.
    pub compact: bool,
    /// The bar above the form, if there is one.
    pub header: Option<Bar>,
    /// The bar below the form, if there is one.
    pub footer: Option<Bar>,
    /// Where the logo is, if it is shown.
    pub logo: Option<Logo>,
    /// Whether forms have pictures of what they are for: displayGraphics.
    pub graphics: bool,
    /// Whether buttons of providers have icons.
    pub provider_icons: bool,
    /// Whether providers stand before the form: authMethodOrder.
    pub providers_first: bool,
    /// The providers that come first, in this order: federation.order.
    provider_order: Vec<String>,
    /// The providers whose buttons have colours of their own: idpButton.custom.
    custom_buttons: Vec<String>,
    folder: String,
    pictures: Vec<(SlotName, String)>,
}

/// Where something is along a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left, in languages that are written from there; at the top.
    Start,
    /// In the middle.
    #[default]
    Center,
    /// At the other end.
    End,
}

/// Where the form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// From left to right.
    pub horizontal: Align,
    /// From top to bottom.
    pub vertical: Align,
}

/// A header or a footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Where its logo is, if it is shown.
    pub logo: Option<Align>,
}

/// The logo of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where it is.
    pub location: Align,
    /// Whether it is in the form; else it is above.
    pub inside: bool,
}

/// A picture: paths below the root of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The one that is shown.
    pub light: String,
    /// The one that is shown instead where the browser prefers dark pages.
    pub dark: Option<String>,
}

impl Align {
    fn of(value: &Value) -> Self {
        match value.as_str() {
            Some("START" | "TOP") => Self::Start,
            Some("END" | "BOTTOM") => Self::End,
            _ => Self::Center,
        }
    }

    /// Its name in a class.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Center => "center",
            Self::End => "end",
        }
    }
}

impl Look {
    /// The looks of a client's pages of that kind. `None` is a client without a style on a domain of managed login, which
    /// shows it an error. Without a domain the pages are of the kind that was customized, or else managed login.
    pub fn of(
        client_id: &str,
        pages: Option<LoginPages>,
        style: Option<&Branding>,
        custom: Option<&UiCustomization>,
    ) -> Option<Self> {
        match (pages, style, custom) {
            (Some(LoginPages::Classic), _, custom) => Some(Self::classic(client_id, custom)),
            (_, Some(style), _) => Some(Self::managed(style)),
            (Some(LoginPages::Managed), None, _) => None,
            (None, None, Some(custom)) => Some(Self::classic(client_id, Some(custom))),
            (None, None, None) => Some(Self::plain()),
        }
    }

    /// The looks of managed login with a style.
    pub fn managed(branding: &Branding) -> Self {
        let folder = folder(&branding.client_id, &branding.modified.0.to_string());
        let picture = |name: &SlotName| (name.clone(), format!("{folder}/{name}"));
        let pictures = branding.slots.iter().map(|slot| picture(&slot.name)).collect();
        Self::of_settings(&branding.merged_settings(), folder, pictures)
    }

    /// The looks of managed login without a style.
    pub fn plain() -> Self {
        Self::of_settings(&DEFAULTS, folder(NO_CLIENT, env!("CARGO_PKG_VERSION")), Vec::new())
    }

    /// The looks of classic pages: in bright light, with the logo and the style sheet that were set, if any.
    pub fn classic(client_id: &str, custom: Option<&UiCustomization>) -> Self {
        let version = custom.map_or(0, |custom| custom.modified.0).to_string();
        let folder = folder(client_id, &version);
        let name = SlotName { category: Category::FormLogo, mode: Mode::Light, resource: None };
        let logo = custom.and_then(|custom| custom.logo.as_ref());
        let pictures: Vec<_> = logo.map(|_| (name, format!("{folder}/{CLASSIC_LOGO}"))).into_iter().collect();
        let logo = logo.map(|_| Logo { location: Align::Center, inside: true });
        let look = Self::of_settings(&DEFAULTS, folder, pictures);
        Self { pages: LoginPages::Classic, scheme: Mode::Light, logo, ..look }
    }

    fn of_settings(settings: &Value, folder: String, pictures: Vec<(SlotName, String)>) -> Self {
        let (categories, components) = (&settings["categories"], &settings["components"]);
        let (global, form) = (&categories["global"], &categories["form"]);
        let on = |value: &Value| value["enabled"] == true;
        let bar = |name: &str| {
            let logo = &components[name]["logo"];
            on(&global[name]).then(|| Bar { logo: on(logo).then(|| Align::of(&logo["location"])) })
        };
        let logo = &components["form"]["logo"];
        Self {
            pages: LoginPages::Managed,
            scheme: scheme(settings),
            location: Location {
                horizontal: Align::of(&form["location"]["horizontal"]),
                vertical: Align::of(&form["location"]["vertical"]),
            },
            compact: global["spacingDensity"] == "COMPACT",
            header: bar("pageHeader"),
            footer: bar("pageFooter"),
            logo: on(logo).then(|| Logo {
                location: Align::of(&logo["location"]),
                inside: logo["formInclusion"] != "OUT",
            }),
            graphics: form["displayGraphics"] == true,
            provider_icons: on(&settings["componentClasses"]["idpButtons"]["icons"]),
            providers_first: are_providers_first(&categories["auth"]["authMethodOrder"]),
            provider_order: names(&categories["auth"]["federation"]["order"]),
            custom_buttons: custom_buttons(settings),
            folder,
            pictures,
        }
    }

    /// The path of the style sheet below the root of the domain. It changes when the looks do.
    pub fn sheet(&self) -> String {
        let name = match self.pages {
            LoginPages::Classic => CLASSIC_SHEET,
            LoginPages::Managed => MANAGED_SHEET,
        };
        format!("{}/{name}", self.folder)
    }

    /// The picture of a category, if there is one for the scheme.
    pub fn picture(&self, category: Category) -> Option<Picture> {
        self.find(category, None)
    }

    /// The icon on the button of a provider.
    pub fn icon_of(&self, provider: &str) -> Option<Picture> {
        self.find(Category::IdpButtonIcon, Some(provider)).filter(|_| self.provider_icons)
    }

    /// Where a provider stands among the others; those that are not ordered come last.
    pub fn rank_of(&self, provider: &str) -> usize {
        self.provider_order.iter().position(|name| name == provider).unwrap_or(usize::MAX)
    }

    /// The class of the button of a provider that has colours of its own: see [`managed_sheet`].
    pub fn button_of(&self, provider: &str) -> Option<String> {
        self.custom_buttons.iter().position(|name| name == provider).map(button_class)
    }

    fn find(&self, category: Category, resource: Option<&str>) -> Option<Picture> {
        let of = |mode: Mode| {
            let fits = |name: &SlotName| {
                name.category == category && name.mode == mode && name.resource.as_deref() == resource
            };
            self.pictures.iter().find(|(name, _)| fits(name)).map(|(_, path)| path.clone())
        };
        let either = of(Mode::Dynamic);
        let (light, dark) = (of(Mode::Light).or(either.clone()), of(Mode::Dark).or(either));
        match self.scheme {
            Mode::Light => light.map(|light| Picture { light, dark: None }),
            Mode::Dark => dark.map(|light| Picture { light, dark: None }),
            Mode::Dynamic => {
                let dark = dark.filter(|dark| Some(dark) != light.as_ref());
                match light {
                    Some(light) => Some(Picture { light, dark }),
                    None => dark.map(|light| Picture { light, dark: None }),
                }
            }
        }
    }
}

/// The file of the style sheet of classic pages.
pub const CLASSIC_SHEET: &str = "classic.css";
/// The file of the style sheet of managed login.
pub const MANAGED_SHEET: &str = "managed.css";

/// The style sheet of a client's managed login, or that without a style.
pub fn managed_sheet(branding: Option<&Branding>) -> String {
    match branding {
        Some(branding) => sheet::of(&branding.merged_settings(), &Look::managed(branding)),
        None => sheet::of(&DEFAULTS, &Look::plain()),
    }
}

/// The style sheet of a client's classic pages. What was set stands last; it was checked when it was set.
pub fn classic_sheet(custom: Option<&UiCustomization>) -> String {
    let mut sheet = sheet::of(&DEFAULTS, &Look::classic(NO_CLIENT, None));
    sheet.extend(custom.and_then(UiCustomization::served_css));
    sheet
}

fn folder(client_id: &str, version: &str) -> String {
    format!("branding/{client_id}/{version}")
}

/// Which kind of sign-in is named first in the rows of authMethodOrder; providers, if none is.
fn are_providers_first(order: &Value) -> bool {
    let methods = order.as_array().into_iter().flatten().flat_map(|row| row.as_array().into_iter().flatten());
    methods.map(|method| &method["type"]).next().is_none_or(|first| first == "FEDERATED")
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The providers of idpButton.custom; their place in the list names their class, as their names are no identifiers.
fn custom_buttons(settings: &Value) -> Vec<String> {
    let custom = settings.pointer("/components/idpButton/custom").and_then(Value::as_object);
    custom.into_iter().flat_map(|custom| custom.keys().cloned()).collect()
}

fn button_class(place: usize) -> String {
    format!("idp-{place}")
}

fn scheme(settings: &Value) -> Mode {
    match settings["categories"]["global"]["colorSchemeMode"].as_str() {
        Some("LIGHT") => Mode::Light,
        Some("DARK") => Mode::Dark,
        _ => Mode::Dynamic,
    }
}

#[cfg(test)]
mod tests;
