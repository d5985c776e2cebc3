// The AWS SDK for JavaScript with cognito-srp-helper: an app client with a secret, and devices that are remembered.
// Argument: URL of awsemu.

import assert from "node:assert/strict";

import { PASSWORD, aws, claims, endpoint, load, makePool, makeUser, named, region } from "./awsemu.mjs";

const { CognitoIdentityProvider } = load("@aws-sdk/client-cognito-identity-provider");
const helper = load("cognito-srp-helper");

// An app has no credentials.
const app = new CognitoIdentityProvider({ endpoint, region, maxAttempts: 1 });
const { pool, client, secret } = await makePool(
  { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false } },
  { GenerateSecret: true, ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
);
await makeUser(pool, "jane");
const SECRET_HASH = helper.createSecretHash("jane", client, secret);

const initiate = (session, AuthParameters) =>
  app.initiateAuth(
    helper.wrapInitiateAuth(session, { ClientId: client, AuthFlow: "USER_SRP_AUTH", AuthParameters }),
  );
const respond = (session, ChallengeName, Session, ChallengeResponses) =>
  app.respondToAuthChallenge(
    helper.wrapAuthChallenge(session, { ClientId: client, ChallengeName, Session, ChallengeResponses }),
  );

/** The first two steps of a sign-in. */
async function prove(password, more = {}) {
  const session = helper.createSrpSession("jane", password, pool, false);
  const named = { USERNAME: "jane", SECRET_HASH, ...more };
  const begun = await initiate(session, named);
  assert.equal(begun.ChallengeName, "PASSWORD_VERIFIER");
  const answer = await respond(
    helper.signSrpSession(session, begun),
    begun.ChallengeName,
    begun.Session,
    named,
  );
  return { session, answer };
}

// The secret counts.
const session = helper.createSrpSession("jane", PASSWORD, pool, false);
await assert.rejects(initiate(session, { USERNAME: "jane" }), named("NotAuthorizedException"));
const stranger = helper.createSecretHash("john", client, secret);
await assert.rejects(
  initiate(session, { USERNAME: "jane", SECRET_HASH: stranger }),
  named("NotAuthorizedException"),
);
await assert.rejects(prove("Wrong-Passw0rd!"), named("NotAuthorizedException"));

// A new device is offered, and confirmed.
const { AuthenticationResult: first } = (await prove(PASSWORD)).answer;
assert.equal(claims(first.IdToken).email, "jane@example.com");
const { DeviceKey, DeviceGroupKey } = first.NewDeviceMetadata;
const { DeviceRandomPassword, DeviceSecretVerifierConfig } = helper.createDeviceVerifier(
  DeviceKey,
  DeviceGroupKey,
);
const confirmed = await app.confirmDevice({
  AccessToken: first.AccessToken,
  DeviceKey,
  DeviceName: "laptop",
  DeviceSecretVerifierConfig,
});
assert.equal(confirmed.UserConfirmationNecessary, false);
const { Devices } = await app.listDevices({ AccessToken: first.AccessToken });
assert.deepEqual(Devices.map((device) => device.DeviceKey), [DeviceKey]);

/** A sign-in that ends with the proof of the device. */
async function proveDevice(devicePassword) {
  const named = { USERNAME: "jane", SECRET_HASH, DEVICE_KEY: DeviceKey };
  const { session, answer } = await prove(PASSWORD, { DEVICE_KEY: DeviceKey });
  assert.equal(answer.ChallengeName, "DEVICE_SRP_AUTH");
  const asked = await respond(session, answer.ChallengeName, answer.Session, named);
  assert.equal(asked.ChallengeName, "DEVICE_PASSWORD_VERIFIER");
  const signed = helper.signSrpSessionWithDevice(session, asked, DeviceGroupKey, devicePassword);
  return respond(signed, asked.ChallengeName, asked.Session, named);
}

// From then on the device proves itself; a wrong proof counts for nothing.
const { AuthenticationResult: second } = await proveDevice(DeviceRandomPassword);
assert.equal(second.NewDeviceMetadata, undefined);
assert.equal(claims(second.AccessToken).device_key, DeviceKey);
await assert.rejects(proveDevice("wrong"), named("NotAuthorizedException"));

// Its tokens are refreshed from the device alone.
const refresh = (more) =>
  app.initiateAuth({
    ClientId: client,
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: second.RefreshToken, SECRET_HASH, ...more },
  });
await assert.rejects(refresh({}), named("NotAuthorizedException"));
const { AuthenticationResult: third } = await refresh({ DEVICE_KEY: DeviceKey });
assert.equal(claims(third.AccessToken).device_key, DeviceKey);
const { AuthenticationResult: fourth } = await app.getTokensFromRefreshToken({
  ClientId: client,
  ClientSecret: secret,
  RefreshToken: second.RefreshToken,
  DeviceKey,
});
assert.equal(claims(fourth.AccessToken).origin_jti, claims(second.AccessToken).origin_jti);

// A device that was forgotten is none.
await app.forgetDevice({ AccessToken: fourth.AccessToken, DeviceKey });
await assert.rejects(prove(PASSWORD, { DEVICE_KEY: DeviceKey }), named("ResourceNotFoundException"));
