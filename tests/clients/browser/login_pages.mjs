// Goes through the login pages in Chromium: sign-up, confirmation with the code of the message, sign-in, an
// authenticator app, a passkey, a forgotten password, sign-out. axe-core looks at each page, in light and dark. All but
// the passkeys works without JavaScript.
// Arguments: URL of awsemu, and a folder for pictures of the pages, if they are wanted.

import assert from "node:assert/strict";

import { PASSWORD, aws, code, endpoint, makePool, makeUser, totp } from "../node/awsemu.mjs";
import { launch, serve } from "./browser.mjs";
import { look } from "./looking.mjs";

const app = await serve("");
const oauth = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ["code"],
  AllowedOAuthScopes: ["openid"],
  CallbackURLs: [app.url],
  LogoutURLs: [app.url],
  SupportedIdentityProviders: ["COGNITO"],
};
const AutoVerifiedAttributes = ["email"];
const secured = await makePool({ PoolName: "Example", AutoVerifiedAttributes }, oauth);
await aws.setUserPoolMfaConfig({
  UserPoolId: secured.pool,
  MfaConfiguration: "ON",
  SoftwareTokenMfaConfiguration: { Enabled: true },
});
const SignInPolicy = { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] };
const open = await makePool(
  { AutoVerifiedAttributes, Policies: { SignInPolicy } },
  { ...oauth, ExplicitAuthFlows: ["ALLOW_USER_AUTH"] },
);
await aws.setUserPoolMfaConfig({
  UserPoolId: open.pool,
  MfaConfiguration: "OFF",
  WebAuthnConfiguration: { RelyingPartyId: "localhost", UserVerification: "required" },
});
await makeUser(open.pool, "carol");

const browser = await launch();
const authorize = ({ client }, more = {}) => {
  const request = { response_type: "code", client_id: client, redirect_uri: app.url, scope: "openid", ...more };
  return `${endpoint}/oauth2/authorize?${new URLSearchParams(request)}`;
};

const test = (page, id) => page.getByTestId(id);
const submit = (page) => test(page, "submit").click();
const fill = async (page, fields) => {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).last().fill(value);
};

try {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(authorize(secured));
  await look(page, "sign-in");
  await test(page, "sign-up-link").click();
  await look(page, "sign-up");
  await fill(page, { username: "bob", password: PASSWORD, "userAttributes.email": "bob@example.com" });
  await submit(page);
  await look(page, "confirm");
  await fill(page, { code: await code(secured.pool, "bob", "SignUp") });
  await submit(page);
  await look(page, "sign-in");
  await fill(page, { username: "bob", password: "wrong" });
  await submit(page);
  await test(page, "error-message").waitFor();
  await look(page, "sign-in");
  await fill(page, { password: PASSWORD });
  await submit(page);
  await look(page, "mfa-setup");
  await test(page, "factor-SOFTWARE_TOKEN_MFA").click();
  await look(page, "totp-setup");
  const secret = await test(page, "totp-secret").textContent();
  await fill(page, { code: totp(secret) });
  await submit(page);
  await page.waitForURL((at) => at.href.startsWith(app.url) && at.searchParams.has("code"));

  // The session signs in without a page, until it is ended.
  await page.goto(authorize(secured));
  assert.ok(page.url().startsWith(app.url), page.url());
  await page.goto(`${endpoint}/logout?${new URLSearchParams({ client_id: secured.client, logout_uri: app.url })}`);
  assert.equal(page.url(), app.url);
  await page.goto(authorize(secured));
  await fill(page, { username: "bob", password: PASSWORD });
  await submit(page);
  await look(page, "code");

  // A forgotten password.
  await test(page, "sign-in-link").click();
  await test(page, "forgot-password-link").click();
  await look(page, "forgot-password");
  await fill(page, { username: "bob" });
  await submit(page);
  await look(page, "confirm-forgot-password");
  await fill(page, { code: await code(secured.pool, "bob", "ForgotPassword"), new_password: "Ghijkl2?", confirm_password: "Ghijkl2?" });
  await submit(page);
  await test(page, "status-message").waitFor();
  await look(page, "sign-in");
  await page.goto(`${endpoint}/error?error=x`);
  await look(page, "error");
  await context.close();

  // The same without JavaScript.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(authorize(secured));
  await fill(still, { username: "bob", password: "Ghijkl2?" });
  await submit(still);
  await fill(still, { code: "000000" });
  await submit(still);
  assert.equal(await test(still, "error-message").textContent(), "Invalid code received for user");
  await plain.close();

  // A passkey.
  const modern = await browser.newContext();
  const phone = await modern.newPage();
  const devtools = await modern.newCDPSession(phone);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const begin = async () => {
    await phone.goto(authorize(open, { prompt: "login" }));
    await fill(phone, { username: "carol" });
    await submit(phone);
  };
  await begin();
  await look(phone, "first-factor");
  await fill(phone, { password: PASSWORD });
  await submit(phone);
  await phone.waitForURL((at) => at.href.startsWith(app.url));
  await phone.goto(`${endpoint}/passkeys/add?${new URLSearchParams({ client_id: open.client, redirect_uri: app.url })}`);
  await look(phone, "add-passkey");
  await submit(phone);
  await phone.waitForURL(app.url);
  await begin();
  await test(phone, "factor-WEB_AUTHN").click();
  await look(phone, "passkey");
  await submit(phone);
  await phone.waitForURL((at) => at.href.startsWith(app.url) && at.searchParams.has("code"));
} finally {
  await browser.close();
  app.close();
}
