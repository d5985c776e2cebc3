//! What an assertion must say, and what is taken from it (SAML Core 2.3 to 2.7, Profiles 4.1.4.3).

use crate::error::ResponseError;
use crate::instant;
use crate::names;
use crate::response::{Expected, Initiator};
use crate::xml::Element;

/// Seconds by which the clocks of the two sides may differ.
pub(crate) const SKEW: i64 = 60;

/// Seconds after which an assertion that nobody asked for is too old. Source: the developer guide on IdP-initiated
/// sign-in.
const UNASKED: i64 = 360;

/// Who signed in, as the identity provider says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id of the assertion, which may be used once.
    pub assertion_id: String,
    /// Until when, in seconds since 1970, the id must be remembered: afterwards the assertion is refused anyway.
    pub remember_until: i64,
    /// The subject.
    pub name_id: NameId,
    /// The session at the identity provider, which a logout request names.
    pub session_index: Option<String>,
    /// Attributes by name, in the order of the assertion, with all their values.
    pub attributes: Vec<(String, Vec<String>)>,
}

/// The name of a subject at its identity provider. Its case matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameId {
    /// The name.
    pub value: String,
    /// What kind of name it is.
    pub format: Option<String>,
    /// The domain that the name belongs to.
    pub name_qualifier: Option<String>,
    /// The service provider that the name was made for.
    pub sp_name_qualifier: Option<String>,
}

/// Reads an assertion whose signature is verified.
pub(crate) fn read(assertion: Element<'_>, expected: &Expected<'_>) -> Result<Identity, ResponseError> {
    if assertion.attribute("Version") != Some("2.0") {
        return Err(ResponseError::Version);
    }
    let assertion_id = assertion.attribute("ID").filter(|id| !id.is_empty());
    let assertion_id = assertion_id.ok_or(ResponseError::Shape("ID of the assertion"))?.to_owned();
    let issuer = only(assertion, "Issuer")?.text();
    if issuer != expected.metadata.entity_id {
        return Err(ResponseError::Issuer);
    }
    let issued = assertion.attribute("IssueInstant").and_then(instant::read).ok_or(ResponseError::Time)?;
    if expected.initiator == Initiator::IdentityProvider && expected.now.saturating_sub(UNASKED) > issued {
        return Err(ResponseError::Time);
    }
    let subject = only(assertion, "Subject")?;
    let confirmed_until = confirmed(subject, expected)?;
    conditions(only(assertion, "Conditions")?, expected)?;
    let session_index = session(assertion, expected.now)?;
    Ok(Identity {
        assertion_id,
        remember_until: confirmed_until.saturating_add(SKEW),
        name_id: name_id(only(subject, "NameID")?)?,
        session_index,
        attributes: attributes(assertion),
    })
}

fn only<'d>(parent: Element<'d>, name: &'static str) -> Result<Element<'d>, ResponseError> {
    parent.only(names::ASSERTION, name).ok_or(ResponseError::Shape(name))
}

fn name_id(element: Element<'_>) -> Result<NameId, ResponseError> {
    let value = element.text();
    if value.is_empty() || element.children().next().is_some() {
        return Err(ResponseError::Subject);
    }
    let attribute = |name| element.attribute(name).map(str::to_owned);
    Ok(NameId {
        value,
        format: attribute("Format"),
        name_qualifier: attribute("NameQualifier"),
        sp_name_qualifier: attribute("SPNameQualifier"),
    })
}

/// Until when the subject is confirmed as the bearer of the assertion. One confirmation that holds is enough, and the
/// last one to end counts; the error is that of the last one that doesn't hold.
fn confirmed(subject: Element<'_>, expected: &Expected<'_>) -> Result<i64, ResponseError> {
    let confirmations = subject.named(names::ASSERTION, "SubjectConfirmation");
    let bearers = confirmations.filter(|found| found.attribute("Method") == Some(names::BEARER));
    let mut confirmed = Err(ResponseError::Subject);
    for confirmation in bearers {
        confirmed = match (confirmed, bearer(confirmation, expected)) {
            (Ok(until), Ok(other)) => Ok(i64::max(until, other)),
            (Ok(until), Err(_)) | (Err(_), Ok(until)) => Ok(until),
            (Err(_), Err(error)) => Err(error),
        };
    }
    confirmed
}

fn bearer(confirmation: Element<'_>, expected: &Expected<'_>) -> Result<i64, ResponseError> {
    let data =
        confirmation.only(names::ASSERTION, "SubjectConfirmationData").ok_or(ResponseError::Subject)?;
    if data.attribute("Recipient") != Some(expected.recipient) {
        return Err(ResponseError::Recipient);
    }
    answers(data, expected.initiator)?;
    let until = data.attribute("NotOnOrAfter").and_then(instant::read).ok_or(ResponseError::Time)?;
    window(data, expected.now)?;
    Ok(until)
}

/// Whether an element answers the request that was made, or none if none was made. Empty is as good as absent.
pub(crate) fn answers(element: Element<'_>, initiator: Initiator<'_>) -> Result<(), ResponseError> {
    let in_response_to = element.attribute("InResponseTo").filter(|id| !id.is_empty());
    let holds = match initiator {
        Initiator::ServiceProvider { request_id } => in_response_to == Some(request_id),
        Initiator::IdentityProvider => in_response_to.is_none(),
    };
    holds.then_some(()).ok_or(ResponseError::InResponseTo)
}

fn conditions(conditions: Element<'_>, expected: &Expected<'_>) -> Result<(), ResponseError> {
    window(conditions, expected.now)?;
    let known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
    if !conditions.children().all(|one| known.iter().any(|name| one.is(names::ASSERTION, name))) {
        return Err(ResponseError::Condition);
    }
    let mut restrictions = conditions.named(names::ASSERTION, "AudienceRestriction").peekable();
    let meant = |restriction: Element<'_>| {
        restriction.named(names::ASSERTION, "Audience").any(|audience| audience.text() == expected.audience)
    };
    match restrictions.peek().is_some() && restrictions.all(meant) {
        true => Ok(()),
        false => Err(ResponseError::Audience),
    }
}

/// Whether `now` lies between `NotBefore` and `NotOnOrAfter`, as far as they are given.
fn window(element: Element<'_>, now: i64) -> Result<(), ResponseError> {
    let moment =
        |name| element.attribute(name).map(|text| instant::read(text).ok_or(ResponseError::Time)).transpose();
    let begun = moment("NotBefore")?.is_none_or(|begin| now.saturating_add(SKEW) >= begin);
    let lasts = moment("NotOnOrAfter")?.is_none_or(|end| now.saturating_sub(SKEW) < end);
    (begun && lasts).then_some(()).ok_or(ResponseError::Time)
}

/// The index of the session in the first statement of an authentication, of which there must be one.
fn session(assertion: Element<'_>, now: i64) -> Result<Option<String>, ResponseError> {
    let statement = assertion.named(names::ASSERTION, "AuthnStatement").next();
    let statement = statement.ok_or(ResponseError::Shape("AuthnStatement"))?;
    match statement.attribute("SessionNotOnOrAfter").map(instant::read) {
        Some(None) => Err(ResponseError::Time),
        Some(Some(end)) if now.saturating_sub(SKEW) >= end => Err(ResponseError::Time),
        _ => Ok(statement.attribute("SessionIndex").map(str::to_owned)),
    }
}

/// The attributes of all statements. Those that are repeated are one with more values.
fn attributes(assertion: Element<'_>) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let statements = assertion.named(names::ASSERTION, "AttributeStatement");
    for attribute in statements.flat_map(|statement| statement.named(names::ASSERTION, "Attribute")) {
        let Some(name) = attribute.attribute("Name") else { continue };
        let values = attribute.named(names::ASSERTION, "AttributeValue").map(Element::text);
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(values),
            None => found.push((name.to_owned(), values.collect())),
        }
    }
    found
}
