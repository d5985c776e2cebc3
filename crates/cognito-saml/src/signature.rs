//! XML signatures in the one form that SAML has (Core, section 5.4): enveloped in the element that is signed, one
//! reference to that element's ID, RSA with SHA-2.
//!
//! A reference is never looked up. It must name the parent of the signature, and the parent is what the caller reads
//! afterwards: a signature that was moved elsewhere vouches for nothing. `KeyInfo` is not read at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use openssl::hash::{MessageDigest, hash};
use openssl::memcmp;
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;

use crate::error::{ResponseError, SamlError};
use crate::key::ServiceKey;
use crate::names;
use crate::xml::{self, Element};

/// Whether an element is signed by one of these keys. `Unsigned` when it has no signature of its own.
pub(crate) fn verify(element: Element<'_>, keys: &[PKey<Public>]) -> Result<(), ResponseError> {
    let signature = match element.at_most_one(names::DSIG, "Signature") {
        Ok(Some(signature)) => signature,
        Ok(None) => return Err(ResponseError::Unsigned),
        Err(_) => return Err(ResponseError::Signature),
    };
    let info = only(signature, "SignedInfo")?;
    let method = digest_of_signature(algorithm(only(info, "SignatureMethod")?)?)?;
    let value = decoded(only(signature, "SignatureValue")?)?;
    let signed = canonical(info, only(info, "CanonicalizationMethod")?, None)?;
    if !keys.iter().any(|key| is_by(key, method, &signed, &value)) {
        return Err(ResponseError::Signature);
    }
    covers(only(info, "Reference")?, element, signature)
}

/// Whether the reference means the element that the signature stands in, as it is now.
fn covers(reference: Element<'_>, element: Element<'_>, signature: Element<'_>) -> Result<(), ResponseError> {
    let id = element.attribute("ID").filter(|id| !id.is_empty()).ok_or(ResponseError::Signature)?;
    if reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(ResponseError::Signature);
    }
    let transforms = only(reference, "Transforms")?;
    let mut steps = transforms.children();
    let (Some(first), Some(second), None) = (steps.next(), steps.next(), steps.next()) else {
        return Err(ResponseError::Algorithm("other transforms".to_owned()));
    };
    if algorithm(first)? != names::ENVELOPED {
        return Err(ResponseError::Algorithm("other transforms".to_owned()));
    }
    let digest = digest_of_reference(algorithm(only(reference, "DigestMethod")?)?)?;
    let content = canonical(element, second, Some(signature))?;
    let actual = hash(digest, &content).map_err(|_| ResponseError::Signature)?;
    let stated = decoded(only(reference, "DigestValue")?)?;
    match stated.len() == actual.len() && memcmp::eq(&stated, &actual) {
        true => Ok(()),
        false => Err(ResponseError::Signature),
    }
}

/// The canonical form of an element that `method` asks for, without what lies in `omitted`.
fn canonical(
    element: Element<'_>,
    method: Element<'_>,
    omitted: Option<Element<'_>>,
) -> Result<Vec<u8>, ResponseError> {
    let uri = algorithm(method)?;
    let mode = C14nMode::from_uri(uri).ok_or_else(|| ResponseError::Algorithm(uri.to_owned()))?;
    let prefixes = method.only(names::EXCLUSIVE, "InclusiveNamespaces");
    let prefixes: Vec<&str> = prefixes
        .and_then(|list| list.attribute("PrefixList"))
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    let document = element.document();
    let mut nodes = NodeSet::tree_without_comments(element.id(), document);
    if let Some(omitted) = omitted {
        nodes = nodes.subtract(&NodeSet::tree_with_comments(omitted.id(), document));
    }
    canonicalize_doc(document, mode, Some(&nodes), &prefixes).map_err(|_| ResponseError::Signature)
}

fn only<'d>(parent: Element<'d>, name: &'static str) -> Result<Element<'d>, ResponseError> {
    parent.only(names::DSIG, name).ok_or(ResponseError::Signature)
}

fn algorithm(element: Element<'_>) -> Result<&str, ResponseError> {
    element.attribute("Algorithm").ok_or(ResponseError::Signature)
}

fn decoded(element: Element<'_>) -> Result<Vec<u8>, ResponseError> {
    let text: String = element.text().split_ascii_whitespace().collect();
    STANDARD.decode(text).map_err(|_| ResponseError::Signature)
}

fn is_by(key: &PKey<Public>, digest: MessageDigest, data: &[u8], signature: &[u8]) -> bool {
    Verifier::new(digest, key)
        .and_then(|mut verifier| verifier.verify_oneshot(signature, data))
        .unwrap_or(false)
}

/// The digest of a signature method. SHA-1 and HMAC are no signatures that anybody should rely on.
fn digest_of_signature(uri: &str) -> Result<MessageDigest, ResponseError> {
    match uri {
        names::RSA_SHA256 => Ok(MessageDigest::sha256()),
        names::RSA_SHA384 => Ok(MessageDigest::sha384()),
        names::RSA_SHA512 => Ok(MessageDigest::sha512()),
        other => Err(ResponseError::Algorithm(other.to_owned())),
    }
}

fn digest_of_reference(uri: &str) -> Result<MessageDigest, ResponseError> {
    match uri {
        names::SHA256 => Ok(MessageDigest::sha256()),
        names::SHA384 => Ok(MessageDigest::sha384()),
        names::SHA512 => Ok(MessageDigest::sha512()),
        other => Err(ResponseError::Algorithm(other.to_owned())),
    }
}

/// Signs the outermost element, which must have an ID and an `Issuer`: the signature comes right after it, where the
/// schemas of the protocol and of assertions want it.
pub(crate) fn sign(text: &str, key: &ServiceKey) -> Result<String, SamlError> {
    let document = xml::parse(text).map_err(SamlError::Build)?;
    let root = Element::root(&document).ok_or_else(|| SamlError::Build("no element".to_owned()))?;
    let id = root.attribute("ID").ok_or_else(|| SamlError::Build("no ID".to_owned()))?;
    let issuer = root.only(names::ASSERTION, "Issuer").and_then(|issuer| document.node_range(issuer.id()));
    let place = issuer.ok_or_else(|| SamlError::Build("no Issuer".to_owned()))?.end;

    let all = NodeSet::tree_without_comments(root.id(), &document);
    let digest = STANDARD.encode(hash(MessageDigest::sha256(), &exclusive(&document, Some(&all))?)?);
    let info = signed_info(id, &digest);
    let unprefixed = xml::parse(&info).map_err(SamlError::Build)?;
    let value = STANDARD.encode(key.sign(&exclusive(&unprefixed, None)?)?);
    let certificate = key.certificate();
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
        names::DSIG,
    );
    Ok(format!("{}{signature}{}", &text[..place], &text[place..]))
}

fn exclusive(document: &bergshamra_xml::Document<'_>, nodes: Option<&NodeSet>) -> Result<Vec<u8>, SamlError> {
    canonicalize_doc::<&str>(document, C14nMode::Exclusive, nodes, &[])
        .map_err(|error| SamlError::Build(error.to_string()))
}

/// What is signed, in its canonical form.
fn signed_info(id: &str, digest: &str) -> String {
    let (exclusive, enveloped, rsa_sha256, sha256) =
        (names::EXCLUSIVE, names::ENVELOPED, names::RSA_SHA256, names::SHA256);
    format!(
        "<ds:SignedInfo xmlns:ds=\"{}\"><ds:CanonicalizationMethod Algorithm=\"{exclusive}\"/>\
         <ds:SignatureMethod Algorithm=\"{rsa_sha256}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{enveloped}\"/><ds:Transform Algorithm=\"{exclusive}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{sha256}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo>",
        names::DSIG,
    )
}
