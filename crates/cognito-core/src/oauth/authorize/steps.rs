//! The steps of a request whose redirect URI is trusted, in their order: an error can be given back as soon as `state`
//! and the place of the answer are known.

use cognito_api::wire;

use super::{Denied, Facts, Prompt, ProviderHint, Response, Trusted};
use crate::client::{SCOPES, check_url};
use crate::oauth::pkce;

type Step = fn(&mut Trusted<'_>, &Facts) -> Result<(), Denied>;

pub(super) const STEPS: [Step; 10] =
    [state, response, scopes, challenge, resource, nonce, prompt, assurance, hints, provider];

fn state(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    trusted.request.state = text(trusted, "state")?;
    Ok(())
}

/// A type that is none, or that has not been invented here (`code id_token`), is a mistake; one that the client may not
/// have is not its right.
fn response(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    let (response, flow) = match trusted.parameters.one("response_type")? {
        Some("code") => (Response::Code, wire::OAuthFlowType::Code),
        Some("token") => (Response::Token, wire::OAuthFlowType::Implicit),
        _ => return Err(Denied::InvalidRequest),
    };
    trusted.request.response = response;
    if trusted.client.allows_oauth(flow) { Ok(()) } else { Err(Denied::UnauthorizedClient) }
}

/// Without the parameter every scope of the client is granted. One that its resource server has lost is silently left
/// out.
fn scopes(trusted: &mut Trusted<'_>, facts: &Facts) -> Result<(), Denied> {
    let own = trusted.client.scopes();
    let asked: Vec<&str> = match trusted.parameters.one("scope")? {
        Some(scopes) => scopes.split(' ').filter(|scope| !scope.is_empty()).collect(),
        None => own.iter().map(String::as_str).collect(),
    };
    let explicit = trusted.parameters.one("scope")?.is_some();
    if explicit && asked.is_empty() {
        return Err(Denied::InvalidScope);
    }
    let openid = asked.contains(&"openid");
    let mut granted: Vec<String> = Vec::new();
    for scope in asked {
        let of_openid = ["email", "phone", "profile"].contains(&scope);
        if !own.iter().any(|own| own == scope) || (explicit && of_openid && !openid) {
            return Err(Denied::InvalidScope);
        }
        let exists = SCOPES.contains(&scope) || facts.scopes.contains(scope);
        if exists && !granted.iter().any(|granted| granted == scope) {
            granted.push(scope.to_owned());
        }
    }
    trusted.request.granted.scopes = granted;
    Ok(())
}

/// `plain` would be no protection, and a challenge without a method is one of the method `plain` (RFC 7636, 4.3).
fn challenge(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    let challenge = trusted.parameters.one("code_challenge")?;
    match (challenge, trusted.parameters.one("code_challenge_method")?) {
        (None, None) => Ok(()),
        (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => {
            trusted.request.challenge = Some(challenge.to_owned());
            Ok(())
        }
        _ => Err(Denied::InvalidRequest),
    }
}

/// RFC 8707, section 2: an absolute URI without a fragment. It must be a resource server's; AWS takes one at a time, and
/// with classic pages none.
fn resource(trusted: &mut Trusted<'_>, facts: &Facts) -> Result<(), Denied> {
    if facts.classic {
        return Ok(());
    }
    let Some(resource) = trusted.parameters.one("resource")? else { return Ok(()) };
    if check_url(resource).is_err() || !facts.resource {
        return Err(Denied::InvalidRequest);
    }
    trusted.request.granted.resource = Some(resource.to_owned());
    Ok(())
}

fn nonce(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    trusted.request.nonce = text(trusted, "nonce")?;
    Ok(())
}

/// `none` beside another value is an error (OpenID Connect Core 1.0, section 3.1.2.1). Classic pages do not know it.
fn prompt(trusted: &mut Trusted<'_>, facts: &Facts) -> Result<(), Denied> {
    if facts.classic {
        return Ok(());
    }
    for word in
        trusted.parameters.one("prompt")?.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
    {
        trusted.request.prompt.insert(match word {
            "none" => Prompt::None,
            "login" => Prompt::Login,
            "select_account" => Prompt::SelectAccount,
            "consent" => Prompt::Consent,
            _ => return Err(Denied::InvalidRequest),
        });
    }
    let prompt = &trusted.request.prompt;
    if prompt.contains(&Prompt::None) && prompt.len() > 1 { Err(Denied::InvalidRequest) } else { Ok(()) }
}

/// Which levels there are, the pool says.
fn assurance(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    trusted.request.acr_values = text(trusted, "acr_values")?;
    let age = trusted.parameters.one("max_age")?.map(str::parse);
    trusted.request.max_age = age.transpose().map_err(|_| Denied::InvalidRequest)?;
    Ok(())
}

fn hints(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    trusted.request.login_hint = text(trusted, "login_hint")?;
    trusted.request.lang = text(trusted, "lang")?;
    Ok(())
}

/// Whether the client has the provider is looked at when the browser is sent there.
fn provider(trusted: &mut Trusted<'_>, _: &Facts) -> Result<(), Denied> {
    let name = text(trusted, "identity_provider")?;
    let identifier = text(trusted, "idp_identifier")?;
    trusted.request.provider = name.map(ProviderHint::Name).or(identifier.map(ProviderHint::Identifier));
    Ok(())
}

fn text(trusted: &Trusted<'_>, name: &str) -> Result<Option<String>, Denied> {
    Ok(trusted.parameters.one(name)?.map(str::to_owned))
}
