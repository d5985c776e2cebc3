//! User sessions: whether a pool tracks them, how many a user may have at a time, and what is told of each.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolSessionConfiguration.html>

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::family::Family;
use crate::pool::{Feature, Pool};
use crate::secret;
use crate::time::Time;

/// How long clients silently reuse an SSO session unless SetUserPoolClientSessionConfiguration says, in minutes.
pub const SSO_MINUTES: i32 = 60;

/// The longest that SetUserPoolClientSessionConfiguration allows, in minutes. Records of before tell of no less.
pub(crate) fn longest_sso() -> i32 {
    90 * 24 * 60
}

/// The most characters of a user agent that are kept.
const USER_AGENT: usize = 1_024;

/// What SetUserPoolSessionConfiguration sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTracking {
    /// Whether sessions are tracked.
    pub on: bool,
    /// MaxPerUser
    pub max_per_user: i32,
}

impl Default for SessionTracking {
    fn default() -> Self {
        Self { on: false, max_per_user: 20 }
    }
}

/// Why nothing is told of sessions, nor configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackingError {
    /// The pool's tier does not have it.
    #[error("the tier does not track sessions")]
    Tier,
    /// The pool does not track sessions.
    #[error("sessions are not tracked")]
    Off,
}

impl Pool {
    /// Whether its sessions are tracked: that is switched on, and the tier has it.
    pub fn tracks_sessions(&self) -> bool {
        self.session_tracking.on && self.settings.has(Feature::SessionTracking)
    }

    /// Refuses to speak of sessions that are not tracked.
    ///
    /// # Errors
    /// [`TrackingError::Off`]
    pub fn check_tracking(&self) -> Result<(), TrackingError> {
        if self.tracks_sessions() { Ok(()) } else { Err(TrackingError::Off) }
    }

    /// Replaces what SetUserPoolSessionConfiguration sets.
    ///
    /// # Errors
    /// [`TrackingError::Tier`]
    pub fn set_tracking(&mut self, tracking: SessionTracking) -> Result<(), TrackingError> {
        self.check_tracking_tier()?;
        self.session_tracking = tracking;
        Ok(())
    }

    fn check_tracking_tier(&self) -> Result<(), TrackingError> {
        if self.settings.has(Feature::SessionTracking) { Ok(()) } else { Err(TrackingError::Tier) }
    }
}

impl Client {
    /// Replaces what SetUserPoolClientSessionConfiguration sets. The pool remembers the longest of its clients.
    ///
    /// # Errors
    /// [`TrackingError`]
    pub fn set_sso_minutes(&mut self, pool: &mut Pool, minutes: i32) -> Result<(), TrackingError> {
        pool.check_tracking_tier()?;
        pool.check_tracking()?;
        self.sso_minutes = minutes;
        pool.sso_minutes = pool.sso_minutes.max(minutes);
        Ok(())
    }
}

/// The id of a session: its kind, `tkn` or `sso`, and 25 digits to the base of 36, which hold 128 bits of a hash of its
/// own name.
pub fn session_id(kind: &str, name: &str) -> String {
    let hash = secret::sha256(name.as_bytes());
    let mut rest = hash[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut digits = ['0'; 25];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit((rest % 36) as u32, 36).expect("a remainder is below the base");
        rest /= 36;
    }
    format!("{kind}{}", digits.iter().collect::<String>())
}

/// The latest use of a session: the sign-in or a refresh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When.
    pub at: Time,
    /// From which address.
    pub ip: Option<String>,
    /// With what program.
    user_agent: Option<String>,
}

impl Activity {
    /// What happens now. Of a very long user agent the beginning is kept.
    pub fn new(at: Time, ip: Option<&str>, user_agent: Option<&str>) -> Self {
        let user_agent = user_agent.map(|text| text.chars().take(USER_AGENT).collect());
        Self { at, ip: ip.map(str::to_owned), user_agent }
    }

    /// Operating system and browser or app, such as `macOS, Safari`. What AWS's words are is not documented.
    pub fn device(&self) -> String {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let known: Vec<&str> = [system(agent), program(agent)].into_iter().flatten().collect();
        if known.is_empty() { "unknown".to_owned() } else { known.join(", ") }
    }
}

/// Of signs that stand in one another's user agents the more special ones come first.
fn system(agent: &str) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 10] = [
        ("windows", "Windows"),
        ("android", "Android"),
        ("iphone", "iOS"),
        ("ipad", "iOS"),
        ("ios", "iOS"),
        ("cros", "ChromeOS"),
        ("mac os", "macOS"),
        ("macos", "macOS"),
        ("darwin", "macOS"),
        ("linux", "Linux"),
    ];
    let agent = agent.to_ascii_lowercase();
    // `ios` and `cros` stand in other words, such as `axios`.
    let has = |sign: &str| {
        agent.match_indices(sign).any(|(at, _)| !agent[..at].ends_with(|c: char| c.is_ascii_alphanumeric()))
    };
    SIGNS.into_iter().find(|(sign, _)| has(sign)).map(|(_, name)| name)
}

fn program(agent: &str) -> Option<&str> {
    const BROWSERS: [(&str, &str); 9] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("Trident/", "Internet Explorer"),
    ];
    if let Some((_, name)) = BROWSERS.into_iter().find(|(sign, _)| agent.contains(sign)) {
        return Some(name);
    }
    let name = agent.split(['/', ' ', ';', '(']).next()?;
    (!name.is_empty() && name != "Mozilla").then_some(name)
}

/// The sessions that give way before a new one begins: the least recently used ones of those over the limit.
pub fn giving_way(mut sessions: Vec<Family>, tracking: SessionTracking) -> Vec<Family> {
    let limit = usize::try_from(tracking.max_per_user).unwrap_or_default();
    let surplus = (sessions.len() + 1).saturating_sub(limit);
    sessions.sort_by(|a, b| (a.last.at, a.auth_time, &a.id).cmp(&(b.last.at, b.auth_time, &b.id)));
    sessions.truncate(surplus);
    sessions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices() {
        let check = |agent: &str, expected: &str| {
            assert_eq!(Activity::new(Time(0), None, Some(agent)).device(), expected, "{agent}");
        };
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "Windows, Chrome",
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "Windows, Edge",
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
            "macOS, Safari",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1",
            "iOS, Chrome",
        );
        check(
            "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
            "Android, Chrome",
        );
        check(
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "ChromeOS, Chrome",
        );
        check("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Linux, Firefox");
        check(
            "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11",
            "Linux, Boto3",
        );
        check("aws-sdk-js/3.700.0 ua/2.1 os/darwin#23.6.0 lang/js", "macOS, aws-sdk-js");
        check("MyApp/1 CFNetwork/1568 Darwin/24.0", "macOS, MyApp");
        check("axios/1.7", "axios");
        check("curl/8", "curl");
        check("Mozilla/5.0", "unknown");
        check("", "unknown");
        assert_eq!(Activity::default().device(), "unknown");
        assert_eq!(Activity::new(Time(0), None, Some(&"é".repeat(5_000))).device().chars().count(), 1_024);
    }
}
