// amazon-cognito-identity-js: sign-up, SRP sign-in, an authenticator app, challenges of the app's own, sign-out.
// Argument: URL of awsemu, which knows the functions of ../functions/riddle.mjs by their names.

import assert from "node:assert/strict";

import { PASSWORD, aws, claims, code, endpoint, load, makePool, named, region, totp } from "./awsemu.mjs";

const { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } = load(
  "amazon-cognito-identity-js",
);

const OTHER_PASSWORD = "Other-Passw0rd!";

/** The localStorage of a browser. */
class Memory {
  items = new Map();
  setItem = (name, value) => this.items.set(name, value);
  getItem = (name) => this.items.get(name) ?? null;
  removeItem = (name) => this.items.delete(name);
  clear = () => this.items.clear();
}

const functionNamed = (name) => `arn:aws:lambda:${region}:000000000000:function:${name}`;
const { pool: UserPoolId, client: ClientId } = await makePool(
  {
    AutoVerifiedAttributes: ["email"],
    LambdaConfig: {
      DefineAuthChallenge: functionNamed("define"),
      CreateAuthChallenge: functionNamed("create"),
      VerifyAuthChallengeResponse: functionNamed("verify"),
    },
  },
  { ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
);
await aws.setUserPoolMfaConfig({
  UserPoolId,
  MfaConfiguration: "OPTIONAL",
  SoftwareTokenMfaConfiguration: { Enabled: true },
});
const Storage = new Memory();
const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage });

/** Calls a method that takes a Node callback last. */
function call(target, method, ...inputs) {
  return new Promise((resolve, reject) => {
    target[method](...inputs, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Calls a method that takes an object of callbacks last; gives the name of the one that was called. */
function run(target, method, ...inputs) {
  return new Promise((resolve, reject) => {
    const handler = (event) => (value, more) => resolve({ event, value, more });
    const callbacks = new Proxy({}, { get: (_, event) => (event === "onFailure" ? reject : handler(event)) });
    target[method](...inputs, callbacks);
  });
}

const newUser = () => new CognitoUser({ Username: "jane", Pool, Storage });
const signIn = (user, Password) =>
  run(user, "authenticateUser", new AuthenticationDetails({ Username: "jane", Password }));
const fails = (promise, name) => assert.rejects(promise, named(name));

// Sign-up.
const email = new CognitoUserAttribute({ Name: "email", Value: "jane@example.com" });
const signedUp = await call(Pool, "signUp", "jane", PASSWORD, [email], []);
assert.equal(signedUp.userConfirmed, false);
assert.equal(signedUp.codeDeliveryDetails.Destination, "j***@e***");
await fails(call(Pool, "signUp", "jane", PASSWORD, [email], []), "UsernameExistsException");
await fails(signIn(newUser(), PASSWORD), "UserNotConfirmedException");
const wrong = (await code(UserPoolId, "jane", "SignUp")) === "000000" ? "000001" : "000000";
await fails(call(signedUp.user, "confirmRegistration", wrong, false), "CodeMismatchException");
const { CodeDeliveryDetails } = await call(signedUp.user, "resendConfirmationCode");
assert.equal(CodeDeliveryDetails.DeliveryMedium, "EMAIL");
const resent = await code(UserPoolId, "jane", "ResendCode");
assert.equal(await call(signedUp.user, "confirmRegistration", resent, false), "SUCCESS");

// SRP sign-in.
await fails(signIn(newUser(), OTHER_PASSWORD), "NotAuthorizedException");
const user = newUser();
const { event, value: session } = await signIn(user, PASSWORD);
assert.equal(event, "onSuccess");
assert.ok(session.isValid());
assert.equal(session.getIdToken().payload.email, "jane@example.com");
assert.equal(session.getIdToken().payload.iss, `${endpoint}/${UserPoolId}`);
assert.equal(session.getAccessToken().payload.client_id, ClientId);

// The pool remembers who is signed in.
const current = Pool.getCurrentUser();
assert.equal((await call(current, "getSession")).getIdToken().getJwtToken(), session.getIdToken().getJwtToken());
const attributes = await call(current, "getUserAttributes");
const values = Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
assert.equal(values.email_verified, "true");
assert.equal(values.sub, session.getIdToken().payload.sub);
const nickname = new CognitoUserAttribute({ Name: "nickname", Value: "Jay" });
assert.equal(await call(current, "updateAttributes", [nickname]), "SUCCESS");

// Refresh.
const refreshed = await call(user, "refreshSession", session.getRefreshToken());
assert.notEqual(refreshed.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
assert.equal(claims(refreshed.getIdToken().getJwtToken()).nickname, "Jay");

// An authenticator app.
const { event: associated, value: secret } = await run(user, "associateSoftwareToken");
assert.equal(associated, "associateSecretCode");
await fails(run(user, "verifySoftwareToken", "000000", "phone"), "EnableSoftwareTokenMFAException");
assert.equal((await run(user, "verifySoftwareToken", totp(secret), "phone")).event, "onSuccess");
const preferred = { PreferredMfa: true, Enabled: true };
assert.equal(await call(user, "setUserMfaPreference", null, preferred), "SUCCESS");
const data = await new Promise((resolve, reject) =>
  user.getUserData((error, data) => (error ? reject(error) : resolve(data)), { bypassCache: true }),
);
assert.equal(data.PreferredMfaSetting, "SOFTWARE_TOKEN_MFA");
const challenged = newUser();
const asked = await signIn(challenged, PASSWORD);
assert.equal(asked.event, "totpRequired");
assert.equal(asked.more.FRIENDLY_DEVICE_NAME, "phone");
const sendMfa = (digits) =>
  new Promise((onSuccess, onFailure) =>
    challenged.sendMFACode(digits, { onSuccess, onFailure }, "SOFTWARE_TOKEN_MFA"),
  );
await fails(sendMfa("000000"), "CodeMismatchException");
assert.ok((await sendMfa(totp(secret, 1))).isValid());
assert.equal(await call(user, "setUserMfaPreference", null, { PreferredMfa: false, Enabled: false }), "SUCCESS");

// Passwords.
assert.equal(await call(user, "changePassword", PASSWORD, OTHER_PASSWORD), "SUCCESS");
await fails(signIn(newUser(), PASSWORD), "NotAuthorizedException");
const forgotten = await run(newUser(), "forgotPassword");
assert.equal(forgotten.event, "inputVerificationCode");
const digits = await code(UserPoolId, "jane", "ForgotPassword");
assert.equal((await run(newUser(), "confirmPassword", digits, PASSWORD)).event, "onSuccess");
assert.equal((await signIn(user, PASSWORD)).event, "onSuccess");

// Challenges of the app's own.
const riddled = newUser();
riddled.setAuthenticationFlowType("CUSTOM_AUTH");
const details = new AuthenticationDetails({ Username: "jane" });
const riddle = await run(riddled, "initiateAuth", details);
assert.equal(riddle.event, "customChallenge");
assert.equal(riddle.value.question, "What has keys and opens nothing?");
assert.equal((await run(riddled, "sendCustomChallengeAnswer", "a map")).event, "customChallenge");
const solved = await run(riddled, "sendCustomChallengeAnswer", "a piano");
assert.equal(solved.event, "onSuccess");
assert.equal(solved.value.getIdToken().payload["cognito:username"], "jane");
await run(riddled, "initiateAuth", details);
await run(riddled, "sendCustomChallengeAnswer", "a map");
await fails(run(riddled, "sendCustomChallengeAnswer", "a map"), "NotAuthorizedException");

// Sign-out.
assert.equal((await run(user, "globalSignOut")).event, "onSuccess");
assert.equal(Pool.getCurrentUser(), null);
await fails(call(newUser(), "refreshSession", session.getRefreshToken()), "NotAuthorizedException");
