//! The code flow as a browser and an app go through it: the form of the sign-in page, and the code for tokens.

use super::client::{Connection, Request};
use super::service::PASSWORD;

/// Where codes are sent.
pub const CALLBACK: &str = "https://app.example/cb";

/// A browser that has opened the sign-in page.
pub struct CodeFlow {
    client: String,
    users: Vec<String>,
    path: String,
    cookies: String,
    csrf: String,
}

impl CodeFlow {
    /// Opens the page, and keeps its cookie and the proof in its form.
    pub fn open(port: u16, client: &str, users: Vec<String>) -> Result<Self, String> {
        let callback = CALLBACK.replace(':', "%3A").replace('/', "%2F");
        let path = format!("/login?response_type=code&client_id={client}&redirect_uri={callback}");
        let (head, page) = Connection::open(port)?.exchange(&Request::get(&path))?;
        let cookies: Vec<&str> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, cookie)| cookie.trim().split(';').next())
            .collect();
        let page = String::from_utf8_lossy(&page);
        let csrf = between(&page, "name=\"_csrf\" value=\"", "\"").ok_or("the sign-in page has no _csrf")?;
        Ok(Self {
            client: client.to_owned(),
            users,
            path,
            cookies: cookies.join("; "),
            csrf: csrf.to_owned(),
        })
    }

    /// The page is asked for.
    pub fn page(&self) -> Request {
        Request::get(&self.path)
    }

    /// Every user signs in on the page.
    pub fn sign_ins(&self) -> Vec<Request> {
        let form = |user: &String| format!("_csrf={}&username={user}&password={PASSWORD}", self.csrf);
        self.users.iter().map(|user| Request::form(&self.path, &self.cookies, &form(user), "302")).collect()
    }

    /// Codes of that many sign-ins, each to be redeemed once.
    pub fn redemptions(&self, port: u16, count: usize) -> Result<Vec<Request>, String> {
        let mut connection = Connection::open(port)?;
        let sign_ins = self.sign_ins();
        let mut redemptions = Vec::with_capacity(count);
        for request in sign_ins.iter().cycle().take(count) {
            let (head, _) = connection.exchange(request)?;
            let code = between(&head, "?code=", "\r").ok_or("the sign-in page gave no code")?;
            let client = &self.client;
            let form = format!(
                "grant_type=authorization_code&client_id={client}&code={code}&redirect_uri={CALLBACK}"
            );
            redemptions.push(Request::form("/oauth2/token", "", &form, "200"));
        }
        Ok(redemptions)
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}
