//! A browser and an app in front of a [`World`]: cookies, forms and redirects, without HTTP.

use std::collections::BTreeMap;

pub use cognito_ops::page as views;
use cognito_ops::page::LoginPages;
pub use cognito_ops::{Answer, Body, Content, Endpoint, Page, Parameters, View};
use cognito_ops::{CalledDomain, Visit};
use serde_json::Value;

use crate::World;

/// A browser with its cookies.
pub struct Browser<'w> {
    world: &'w World,
    /// The cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// The domain that is visited; none is the plain host.
    pub domain: Option<CalledDomain>,
    /// The query of the page that a form has led to: what the URL of the tab ends with.
    pub query: String,
    /// `Accept`
    pub accept: Option<String>,
}

impl<'w> Browser<'w> {
    /// A browser without cookies.
    pub fn new(world: &'w World) -> Self {
        Self { world, cookies: BTreeMap::new(), domain: None, query: String::new(), accept: None }
    }

    /// Goes to the domain of a pool, with pages of that kind.
    pub fn at(&mut self, pool_id: &str, pages: LoginPages) {
        self.domain = Some(CalledDomain { pool_id: pool_id.to_owned(), pages });
    }

    /// Visits an endpoint.
    pub async fn get(&mut self, endpoint: Endpoint, query: &str) -> Answer {
        self.send(endpoint, query, Body::None, None).await
    }

    /// Posts a form.
    pub async fn post(&mut self, endpoint: Endpoint, query: &str, form: &[(&str, &str)]) -> Answer {
        self.send(endpoint, query, Body::Form(parameters(form)), None).await
    }

    /// Posts a form, and opens the page of ours that this leads to, if it does.
    pub async fn submit(&mut self, endpoint: Endpoint, query: &str, form: &[(&str, &str)]) -> Answer {
        let answer = self.post(endpoint, query, form).await;
        let Content::Ours(target) = &answer.content else { return answer };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let endpoint = Endpoint::of(&format!("/{path}")).expect("redirects lead to endpoints");
        query.clone_into(&mut self.query);
        self.get(endpoint, query).await
    }

    /// Sends whatever it is, and keeps the cookies of the answer.
    pub async fn send(
        &mut self,
        endpoint: Endpoint,
        query: &str,
        body: Body,
        authorization: Option<&str>,
    ) -> Answer {
        let visit = Visit {
            caller: World::caller(),
            domain: self.domain.clone(),
            query: Parameters::parse(query),
            body,
            cookies: self.cookies.clone(),
            authorization: authorization.map(str::to_owned),
            accept: self.accept.clone(),
            languages: None,
        };
        let answer = self.world.app.visit(endpoint, visit).await.expect("the endpoint answers");
        for cookie in &answer.cookies {
            match &cookie.value {
                Some(value) => self.cookies.insert(cookie.name.clone(), value.clone()),
                None => self.cookies.remove(&cookie.name),
            };
        }
        answer
    }

    /// Opens the sign-in page, and gives the `_csrf` of its form.
    pub async fn csrf(&mut self, query: &str) -> String {
        whole_page(&self.get(Endpoint::Login, query).await).csrf.clone()
    }

    /// Signs in with a password, and gives where the browser is sent.
    pub async fn sign_in(&mut self, query: &str, username: &str, password: &str) -> String {
        let csrf = self.csrf(query).await;
        let form = [("_csrf", csrf.as_str()), ("username", username), ("password", password)];
        away(&self.post(Endpoint::Login, query, &form).await)
    }
}

/// An app that calls an endpoint: status and JSON. `authorization` is the header.
pub async fn call(
    world: &World,
    endpoint: Endpoint,
    authorization: Option<&str>,
    form: &[(&str, &str)],
) -> (u16, Value) {
    let mut browser = Browser::new(world);
    match browser.send(endpoint, "", Body::Form(parameters(form)), authorization).await.content {
        Content::Json { status, body } => (status, body),
        Content::Empty { status, .. } => (status, Value::Null),
        other => panic!("not for an app: {other:?}"),
    }
}

/// The parameters of a form.
pub fn parameters(form: &[(&str, &str)]) -> Parameters {
    form.iter().fold(Parameters::default(), |all, (name, value)| all.with(name, value))
}

/// What the page of an answer is for.
pub fn page(answer: &Answer) -> &View {
    &whole_page(answer).view
}

/// The page of an answer.
pub fn whole_page(answer: &Answer) -> &Page {
    match &answer.content {
        Content::Page { page, .. } => page,
        other => panic!("no page: {other:?}"),
    }
}

/// Where an answer sends the browser, away from us.
pub fn away(answer: &Answer) -> String {
    match &answer.content {
        Content::Away(location) => location.clone(),
        other => panic!("not sent away: {other:?}"),
    }
}

/// Where an answer sends the browser, with us.
pub fn ours(answer: &Answer) -> String {
    match &answer.content {
        Content::Ours(location) => location.clone(),
        other => panic!("not sent on: {other:?}"),
    }
}

/// A member of the answer in a location: of the query or of the fragment.
pub fn member(location: &str, name: &str) -> Option<String> {
    let (_, members) = location.split_once(['?', '#'])?;
    Parameters::parse(members).one(name).ok().flatten().map(str::to_owned)
}
