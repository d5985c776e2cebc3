// A SAML identity provider on loopback, made of samlify. Whoever comes is alice and has signed in already.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { load } from "./awsemu.mjs";

const { Constants, IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } = load("samlify");

// The schemas of OASIS would need a validator in Java or WebAssembly; awsemu reads strictly enough by itself.
setSchemaValidator({ validate: async () => "not validated" });

const { redirect, post } = Constants.namespace.binding;
const FIXTURE = readFileSync(new URL("saml_idp.pem", import.meta.url), "utf8");
const signingCert = FIXTURE.match(/-----BEGIN CERTIFICATE[^]*-----END CERTIFICATE-----/)[0];
const privateKey = FIXTURE.match(/-----BEGIN PRIVATE KEY[^]*-----END PRIVATE KEY-----/)[0];

/** The e-mail address of alice, which is her name here, too. */
export const ALICE = "Alice@example.com";
export const GROUPS = ["admins", "staff & more"];

/**
 * Starts an identity provider. `signsOnBy` is the binding that it takes requests by; `encrypts` says whether its
 * assertions are encrypted. `trust` tells it of its service provider; `unasked` gives the form of a sign-in that it
 * begins itself; `requests` are those that it took, all of them with a valid signature.
 */
export async function startIdp({ signsOnBy = "redirect", encrypts = false } = {}) {
  const requests = [];
  let idp, sp;
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status = 200, body }) => response.writeHead(status, { "content-type": "text/html" }).end(body),
      (error) => response.writeHead(500).end(String(error?.stack ?? error)),
    );
  });

  async function answer(request) {
    const { pathname, search, searchParams } = new URL(request.url, url);
    const query = Object.fromEntries(searchParams);
    const octetString = search.slice(1, search.indexOf("&Signature="));
    const body = Object.fromEntries(new URLSearchParams(await text(request)));
    const message = request.method === "POST" ? { body } : { query, octetString };
    const binding = request.method === "POST" ? "post" : "redirect";
    const { RelayState } = { ...query, ...body };
    if (pathname === "/sso") {
      const { extract } = await idp.parseLoginRequest(sp, binding, message);
      requests.push({ kind: "sign-in", binding, ...extract });
      return { body: form(await login(extract.request.id, RelayState)) };
    }
    if (pathname === "/slo") {
      const { extract } = await idp.parseLogoutRequest(sp, binding, message);
      requests.push({ kind: "sign-out", binding, ...extract });
      return { body: form(idp.createLogoutResponse(sp, { extract }, "post", { relayState: RelayState })) };
    }
    return { status: 404, body: "not found" };
  }

  async function login(InResponseTo, relayState) {
    const customTagReplacement = (template) => responseTo(idp, sp, template, InResponseTo);
    return idp.createLoginResponse(sp, {}, "post", { email: ALICE }, { relayState, customTagReplacement });
  }

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  idp = IdentityProvider({
    entityID: `${url}/metadata`,
    isAssertionEncrypted: encrypts,
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    signingCert,
    privateKey,
    singleSignOnService: [{ Binding: signsOnBy === "post" ? post : redirect, Location: `${url}/sso` }],
    singleLogoutService: [{ Binding: redirect, Location: `${url}/slo` }],
    loginResponseTemplate: {
      context: SamlLib.defaultLoginResponseTemplate.context,
      attributes: [
        { name: "mail", valueTag: "mail", nameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", valueXsiType: "xs:string" },
      ],
    },
  });

  function trust({ entityID, certificate, acs, slo }) {
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
    sp = ServiceProvider({
      entityID,
      authnRequestsSigned: true,
      wantAssertionsSigned: true,
      wantLogoutResponseSigned: true,
      signingCert: pem,
      encryptCert: pem,
      assertionConsumerService: [{ Binding: post, Location: acs }],
      singleLogoutService: [{ Binding: post, Location: slo }],
    });
  }

  const unasked = async (relayState) => form(await login("", relayState));
  return { url, metadata: idp.getMetadata(), requests, trust, unasked, stop: () => server.close() };
}

/** A response of samlify's template. It knows neither sessions nor several values by itself. */
function responseTo(idp, sp, template, InResponseTo) {
  const now = new Date();
  const later = new Date(now.getTime() + 300_000).toISOString();
  const acs = sp.entityMeta.getAssertionConsumerService("post");
  const id = SamlLib.generateID?.() ?? idp.entitySetting.generateID();
  const statement =
    `<saml:AuthnStatement AuthnInstant="${now.toISOString()}" SessionIndex="session-of-alice"><saml:AuthnContext>` +
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>" +
    "</saml:AuthnContext></saml:AuthnStatement>";
  const values = GROUPS.map((group) => `<saml:AttributeValue>${group.replace("&", "&amp;")}</saml:AttributeValue>`);
  const filled = template
    .replace("{AuthnStatement}", statement)
    .replace("</saml:AttributeStatement>", `<saml:Attribute Name="groups">${values.join("")}</saml:Attribute></saml:AttributeStatement>`)
    .replaceAll(/ InResponseTo="\{InResponseTo\}"/g, InResponseTo ? ` InResponseTo="${InResponseTo}"` : "");
  const context = SamlLib.replaceTagsByValue(filled, {
    ID: id,
    AssertionID: idp.entitySetting.generateID(),
    Destination: acs,
    Audience: sp.entityMeta.getEntityID(),
    SubjectRecipient: acs,
    Issuer: idp.entityMeta.getEntityID(),
    IssueInstant: now.toISOString(),
    StatusCode: Constants.StatusCode.Success,
    ConditionsNotBefore: now.toISOString(),
    ConditionsNotOnOrAfter: later,
    SubjectConfirmationDataNotOnOrAfter: later,
    NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    NameID: ALICE,
    attrMail: ALICE,
  });
  return { id, context };
}

/** The page that makes the browser post. */
function form({ entityEndpoint, type, context, relayState }) {
  const hidden = (name, value) => `<input type="hidden" name="${name}" value="${value.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}">`;
  const state = relayState === undefined ? "" : hidden("RelayState", relayState);
  return `<form method="post" action="${entityEndpoint}">${hidden(type, context)}${state}<button>Go on</button></form>`;
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
