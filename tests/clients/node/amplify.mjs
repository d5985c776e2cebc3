// aws-amplify: sign-up with automatic sign-in, SRP, refresh, authenticator apps, codes by e-mail, devices.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";

import { PASSWORD, aws, claims, code, endpoint, load, makePool, makeUser, named, totp } from "./awsemu.mjs";

// What Amplify needs of a browser, and older releases of Node.js do not have.
globalThis.crypto ??= webcrypto;
globalThis.navigator ??= { userAgent: "Node.js" };

const { Amplify } = load("aws-amplify");
const auth = load("aws-amplify/auth");

const OTHER_PASSWORD = "Other-Passw0rd!";

/** Makes a pool with authenticator apps and turns Amplify to it. */
async function usePool(MfaConfiguration, settings, ExplicitAuthFlows) {
  const made = await makePool(settings, { ExplicitAuthFlows, PreventUserExistenceErrors: "ENABLED" });
  await aws.setUserPoolMfaConfig({
    UserPoolId: made.pool,
    MfaConfiguration,
    SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  const Cognito = { userPoolId: made.pool, userPoolClientId: made.client, userPoolEndpoint: endpoint };
  Amplify.configure({ Auth: { Cognito } });
  return made.pool;
}

const pool = await usePool(
  "OPTIONAL",
  {
    AutoVerifiedAttributes: ["email"],
    Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] } },
  },
  ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
);

/** Signs in, and gives the next step. */
async function signIn(username, password, options) {
  const { nextStep } = await auth.signIn({ username, password, options });
  return nextStep;
}

/** Answers a challenge, and gives the next step. */
async function answer(challengeResponse) {
  const { nextStep } = await auth.confirmSignIn({ challengeResponse });
  return nextStep;
}

/** Signs up, confirms, and signs in without being asked for anything again. */
async function signUp(username, password, autoSignIn) {
  const userAttributes = { email: `${username}@example.com` };
  const begun = await auth.signUp({ username, password, options: { userAttributes, autoSignIn } });
  assert.equal(begun.nextStep.signUpStep, "CONFIRM_SIGN_UP");
  assert.equal(begun.nextStep.codeDeliveryDetails.deliveryMedium, "EMAIL");
  const confirmationCode = await code(pool, username, "SignUp");
  const confirmed = await auth.confirmSignUp({ username, confirmationCode });
  assert.equal(confirmed.nextStep.signUpStep, "COMPLETE_AUTO_SIGN_IN");
  const signedIn = await auth.autoSignIn();
  assert.equal(signedIn.isSignedIn, true);
}

// Sign-up.
await signUp("jane", PASSWORD, true);
const { username, userId } = await auth.getCurrentUser();
assert.equal(username, "jane");
const attributes = await auth.fetchUserAttributes();
assert.equal(attributes.email_verified, "true");
assert.equal(attributes.sub, userId);

// Refresh.
const { tokens } = await auth.fetchAuthSession();
assert.equal(tokens.idToken.payload.iss, `${endpoint}/${pool}`);
await auth.updateUserAttribute({ userAttribute: { attributeKey: "nickname", value: "Jay" } });
const { tokens: refreshed } = await auth.fetchAuthSession({ forceRefresh: true });
assert.notEqual(refreshed.accessToken.toString(), tokens.accessToken.toString());
assert.equal(refreshed.idToken.payload.nickname, "Jay");
assert.equal(claims(refreshed.accessToken.toString()).origin_jti, tokens.accessToken.payload.origin_jti);

// An authenticator app.
const { sharedSecret } = await auth.setUpTOTP();
await assert.rejects(auth.verifyTOTPSetup({ code: "000000" }), named("EnableSoftwareTokenMFAException"));
await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
await auth.updateMFAPreference({ totp: "PREFERRED" });
assert.deepEqual(await auth.fetchMFAPreference(), { preferred: "TOTP", enabled: ["TOTP"] });
await auth.signOut();
await assert.rejects(auth.getCurrentUser(), named("UserUnAuthenticatedException"));
await assert.rejects(signIn("jane", OTHER_PASSWORD), named("NotAuthorizedException"));
assert.equal((await signIn("jane", PASSWORD)).signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
await assert.rejects(answer("000000"), named("CodeMismatchException"));
assert.equal((await answer(totp(sharedSecret, 1))).signInStep, "DONE");
await auth.updateMFAPreference({ totp: "DISABLED" });
await auth.signOut({ global: true });
await assert.rejects(aws.getUser({ AccessToken: tokens.accessToken.toString() }), named("NotAuthorizedException"));

// A forgotten password.
const reset = await auth.resetPassword({ username: "jane" });
assert.equal(reset.nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
const confirmationCode = await code(pool, "jane", "ForgotPassword");
await auth.confirmResetPassword({ username: "jane", confirmationCode, newPassword: OTHER_PASSWORD });
assert.equal((await signIn("jane", OTHER_PASSWORD)).signInStep, "DONE");
await auth.signOut();

// The choice of a first factor.
const choice = { authFlowType: "USER_AUTH" };
const byCode = { ...choice, preferredChallenge: "EMAIL_OTP" };
const sent = await signIn("jane", undefined, byCode);
assert.equal(sent.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
assert.equal(sent.codeDeliveryDetails.destination, "j***@e***");
assert.equal((await answer(await code(pool, "jane", "Authentication"))).signInStep, "DONE");
await auth.signOut();
const asked = await signIn("jane", undefined, choice);
assert.equal(asked.signInStep, "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION");
assert.deepEqual([...asked.availableChallenges].sort(), ["EMAIL_OTP", "PASSWORD", "PASSWORD_SRP"]);
assert.equal((await answer("PASSWORD_SRP")).signInStep, "CONFIRM_SIGN_IN_WITH_PASSWORD");
assert.equal((await answer(OTHER_PASSWORD)).signInStep, "DONE");
await auth.signOut();

// A user without a password.
await signUp("john", undefined, choice);
await auth.signOut();

// A device that is remembered stands for the authenticator app.
const tracking = await usePool(
  "OPTIONAL",
  { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } },
  ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
);
await makeUser(tracking, "emma");
await signIn("emma", PASSWORD);
const emmas = await auth.setUpTOTP();
await auth.verifyTOTPSetup({ code: totp(emmas.sharedSecret) });
await auth.updateMFAPreference({ totp: "PREFERRED" });
await auth.rememberDevice();
const [device] = await auth.fetchDevices();
await auth.signOut();
assert.equal((await signIn("emma", PASSWORD)).signInStep, "DONE");
const session = await auth.fetchAuthSession({ forceRefresh: true });
assert.equal(session.tokens.accessToken.payload.device_key, device.id);
await auth.forgetDevice();
await auth.signOut();
assert.equal((await signIn("emma", PASSWORD)).signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
assert.equal((await answer(totp(emmas.sharedSecret, 1))).signInStep, "DONE");
await auth.signOut();

// A pool that requires an authenticator app.
const strict = await usePool("ON", {}, ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
await makeUser(strict, "anna");
const setUp = await signIn("anna", PASSWORD);
assert.equal(setUp.signInStep, "CONTINUE_SIGN_IN_WITH_TOTP_SETUP");
assert.equal((await answer(totp(setUp.totpSetupDetails.sharedSecret))).signInStep, "DONE");
assert.equal((await auth.getCurrentUser()).username, "anna");
await auth.deleteUser();
assert.deepEqual((await aws.listUsers({ UserPoolId: strict })).Users, []);

// The timer of automatic sign-in would run for three minutes more.
process.exit();
