// A user registers a passkey and signs in with it, in Chromium with a virtual authenticator.
// Arguments: URL of awsemu, client id, username, password.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { launch } from "./browser.mjs";

const [, , url, client, username, password] = process.argv;

/** Runs in the page: calls an operation, as an app in the browser does. */
async function call(url, operation, input) {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
  };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(input) });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

/** Runs in the page: makes a passkey, and gives it as JSON or the name of the error. */
async function create(options) {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  } catch (error) {
    return error.name;
  }
}

/** Runs in the page: signs with a passkey. */
async function get(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return (await navigator.credentials.get({ publicKey })).toJSON();
}

const site = createServer((request, answer) => {
  const page = `<!doctype html><title>app</title><script>${call} ${create} ${get}</script>`;
  answer.setHeader("Content-Type", "text/html").end(page);
});
await new Promise((ready) => site.listen(0, "localhost", ready));
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${site.address().port}/`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });

  const ok = async (operation, input) => {
    const run = ([url, operation, input]) => window.call(url, operation, input);
    const { status, body } = await page.evaluate(run, [url, operation, input]);
    assert.equal(status, 200, `${operation}: ${JSON.stringify(body)}`);
    return body;
  };
  const fails = async (operation, input) => {
    const run = ([url, operation, input]) => window.call(url, operation, input);
    const { status, body } = await page.evaluate(run, [url, operation, input]);
    assert.equal(status, 400, `${operation} succeeded: ${JSON.stringify(body)}`);
    return body.__type;
  };

  // Registration.
  const signedIn = await ok("InitiateAuth", {
    ClientId: client,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  const { AccessToken } = signedIn.AuthenticationResult;
  const start = async () => (await ok("StartWebAuthnRegistration", { AccessToken })).CredentialCreationOptions;
  const credential = await page.evaluate((options) => window.create(options), await start());
  assert.equal(credential.type, "public-key", JSON.stringify(credential));
  await ok("CompleteWebAuthnRegistration", { AccessToken, Credential: credential });
  const replayed = await fails("CompleteWebAuthnRegistration", { AccessToken, Credential: credential });
  assert.equal(replayed, "WebAuthnChallengeNotFoundException");

  const { Credentials } = await ok("ListWebAuthnCredentials", { AccessToken });
  assert.equal(Credentials.length, 1);
  assert.equal(Credentials[0].CredentialId, credential.id);
  assert.equal(Credentials[0].RelyingPartyId, "localhost");
  assert.equal(Credentials[0].AuthenticatorAttachment, "platform");
  assert.deepEqual(Credentials[0].AuthenticatorTransports, ["internal"]);
  const held = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(held.credentials.length, 1);
  assert.ok(held.credentials[0].isResidentCredential, "the passkey is discoverable");

  // The same authenticator is not registered twice.
  assert.equal(await page.evaluate((options) => window.create(options), await start()), "InvalidStateError");

  // Sign-in.
  const challenge = async () => {
    const answer = await ok("InitiateAuth", {
      ClientId: client,
      AuthFlow: "USER_AUTH",
      AuthParameters: { USERNAME: username, PREFERRED_CHALLENGE: "WEB_AUTHN" },
    });
    assert.equal(answer.ChallengeName, "WEB_AUTHN");
    return answer;
  };
  const respond = ({ Session }, assertion) => ({
    ClientId: client,
    ChallengeName: "WEB_AUTHN",
    Session,
    ChallengeResponses: { USERNAME: username, CREDENTIAL: JSON.stringify(assertion) },
  });
  const sign = ({ ChallengeParameters }) =>
    page.evaluate((options) => window.get(options), ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);

  const first = await challenge();
  const assertion = await sign(first);
  const answer = await ok("RespondToAuthChallenge", respond(first, assertion));
  const user = await ok("GetUser", { AccessToken: answer.AuthenticationResult.AccessToken });
  assert.equal(user.Username, username);

  // An assertion is good for its own challenge only.
  const second = await challenge();
  assert.equal(await fails("RespondToAuthChallenge", respond(second, assertion)), "NotAuthorizedException");

  // A deleted passkey is good for nothing.
  const third = await challenge();
  const late = await sign(third);
  await ok("DeleteWebAuthnCredential", { AccessToken, CredentialId: credential.id });
  assert.equal(await fails("RespondToAuthChallenge", respond(third, late)), "NotAuthorizedException");
} finally {
  await browser.close();
  site.close();
}
