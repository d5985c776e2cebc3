// The challenges of a sign-in in Chromium, with axe-core: a new password with what is missing, codes by SMS, the choice
// of a second factor, the set-up of e-mail as one, codes as the first factor; classic looks, providers, terms; a sign-in
// by keyboard alone, and two side by side.
// Arguments: URL of awsemu, and a folder for pictures of the pages, if they are wanted.

import assert from "node:assert/strict";

import { PASSWORD, aws, code, endpoint, makePool } from "../node/awsemu.mjs";
import { launch, serve } from "./browser.mjs";
import { look } from "./looking.mjs";

const app = await serve("");
const oauth = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ["code"],
  AllowedOAuthScopes: ["openid"],
  CallbackURLs: [app.url],
  SupportedIdentityProviders: ["COGNITO"],
};
const SmsConfiguration = { SnsCallerArn: "arn:aws:iam::000000000000:role/sms", ExternalId: "x" };
const EmailConfiguration = {
  EmailSendingAccount: "DEVELOPER",
  SourceArn: "arn:aws:ses:us-east-1:000000000000:identity/no-reply@example.com",
};
const attribute = (Name, Value) => ({ Name, Value });
const reachable = (name) => [
  attribute("email", `${name}@example.com`),
  attribute("email_verified", "true"),
  attribute("phone_number", "+15555550100"),
  attribute("phone_number_verified", "true"),
];
const user = async (UserPoolId, Username, UserAttributes) => {
  await aws.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS", TemporaryPassword: PASSWORD });
  await aws.adminSetUserPassword({ UserPoolId, Username, Password: PASSWORD, Permanent: true });
};
const authorize = ({ client }, more = {}) => {
  const request = { response_type: "code", client_id: client, redirect_uri: app.url, scope: "openid", ...more };
  return `${endpoint}/oauth2/authorize?${new URLSearchParams(request)}`;
};
const browser = await launch();
const begin = async (at, fields, more) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(authorize(at, more));
  await answer(page, fields);
  return page;
};
const answer = async (page, fields) => {
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name="${name}"]`).last().fill(value);
  await page.getByTestId("submit").click();
};
const arrived = (page) => page.waitForURL((at) => at.href.startsWith(app.url) && at.searchParams.has("code"));

try {
  const Schema = [{ Name: "given_name", Required: true, Mutable: true }];
  const plain = await makePool({ PoolName: "Example", Schema }, oauth);
  await aws.adminCreateUser({ UserPoolId: plain.pool, Username: "new", TemporaryPassword: PASSWORD, MessageAction: "SUPPRESS" });
  let page = await begin(plain, { username: "new", password: PASSWORD });
  await look(page, "new-password");
  await page.reload();
  await answer(page, { new_password: "Ghijkl2?", confirm_password: "other", "userAttributes.given_name": "N" });
  await page.getByTestId("error-message").waitFor();
  await answer(page, { new_password: "Ghijkl2?", confirm_password: "Ghijkl2?", "userAttributes.given_name": "N" });
  await arrived(page);

  // By keyboard alone: the first field is a Tab away, Enter sends.
  page = await (await browser.newContext()).newPage();
  await page.goto(authorize(plain));
  for (const text of ["new", "Ghijkl2?"]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await arrived(page);

  // Second factors.
  const secured = await makePool({ PoolName: "Example", SmsConfiguration, EmailConfiguration }, oauth);
  await aws.setUserPoolMfaConfig({
    UserPoolId: secured.pool,
    MfaConfiguration: "ON",
    SmsMfaConfiguration: { SmsConfiguration },
    EmailMfaConfiguration: { Message: "Your code is {####}", Subject: "Code" },
    SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  await user(secured.pool, "both", reachable("both"));
  const on = { Enabled: true };
  const both = { SMSMfaSettings: on, EmailMfaSettings: on };
  await aws.adminSetUserMFAPreference({ UserPoolId: secured.pool, Username: "both", ...both });
  page = await begin(secured, { username: "both", password: PASSWORD });
  await look(page, "select-mfa");
  await page.getByTestId("factor-SMS_MFA").click();
  await look(page, "code", "sms-code");
  await answer(page, { code: "000000" });
  await page.getByTestId("error-message").waitFor();
  await page.reload();
  await answer(page, { code: await code(secured.pool, "both", "Authentication") });
  await arrived(page);
  await user(secured.pool, "nothing", []);
  page = await begin(secured, { username: "nothing", password: PASSWORD });
  await look(page, "mfa-setup", "mfa-setup-choice");
  await page.getByTestId("factor-EMAIL_OTP").click();
  await look(page, "email-setup");
  await answer(page, { email: "nothing@example.com" });
  await look(page, "code", "email-code");
  await answer(page, { code: await code(secured.pool, "nothing", "Authentication") });
  await arrived(page);

  // Two tabs of one browser, each with a user of its own.
  await user(secured.pool, "twin", reachable("twin"));
  await aws.adminSetUserMFAPreference({ UserPoolId: secured.pool, Username: "twin", ...both });
  const shared = await browser.newContext();
  const tabs = [];
  for (const username of ["both", "twin"]) {
    const tab = await shared.newPage();
    await tab.goto(authorize(secured, { state: username }));
    tabs.push([username, tab]);
  }
  for (const [username, tab] of tabs) {
    await answer(tab, { username, password: PASSWORD });
    await tab.getByTestId("factor-SMS_MFA").click();
    await tab.locator("[name=code]").waitFor();
  }
  for (const [username, tab] of tabs) {
    await answer(tab, { code: await code(secured.pool, username, "Authentication") });
    await arrived(tab);
    assert.equal(new URL(tab.url()).searchParams.get("state"), username);
  }
  await shared.close();

  // What a page says stays on it when a link is followed.
  page = await begin(secured, { username: "both", password: "wrong" });
  await page.getByTestId("error-message").waitFor();
  await page.getByTestId("forgot-password-link").click();
  await page.getByTestId("forgot-password").waitFor();
  await page.getByTestId("sign-in-link").click();
  await page.getByTestId("sign-in").waitFor();
  assert.equal(await page.getByTestId("error-message").count(), 0);

  // Codes as the first factor, where the name comes first.
  const AllowedFirstAuthFactors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"];
  const first = await makePool(
    { PoolName: "Example", SmsConfiguration, EmailConfiguration, Policies: { SignInPolicy: { AllowedFirstAuthFactors } } },
    { ...oauth, ExplicitAuthFlows: ["ALLOW_USER_AUTH"] },
  );
  await user(first.pool, "carol", reachable("carol"));
  for (const factor of ["SMS_OTP", "EMAIL_OTP"]) {
    page = await begin(first, { username: "carol" });
    await look(page, "first-factor", "first-factor-codes");
    await page.getByTestId(`factor-${factor}`).click();
    await look(page, "code", factor.toLowerCase().replace("_", "-"));
    await answer(page, { code: await code(first.pool, "carol", "Authentication") });
    await arrived(page);
  }

  // Classic looks; providers and terms.
  const css = ".submitButton-customizable { background-color: #7a1f5c; } .banner-customizable { padding: 25px 0px; }";
  await aws.createUserPoolDomain({ UserPoolId: plain.pool, Domain: "classic-looks" });
  await aws.setUICustomization({ UserPoolId: plain.pool, ClientId: plain.client, CSS: css });
  page = await (await browser.newContext()).newPage();
  await page.goto(authorize(plain));
  await look(page, "sign-in", "classic");
  const facebook = { client_id: "f", client_secret: "s", authorize_scopes: "email", api_version: "v17.0" };
  await aws.createIdentityProvider({
    UserPoolId: first.pool,
    ProviderName: "Facebook",
    ProviderType: "Facebook",
    ProviderDetails: facebook,
  });
  await aws.updateUserPoolClient({
    UserPoolId: first.pool,
    ClientId: first.client,
    ...oauth,
    ExplicitAuthFlows: ["ALLOW_USER_AUTH"],
    SupportedIdentityProviders: ["COGNITO", "Facebook"],
  });
  for (const TermsName of ["terms-of-use", "privacy-policy"]) {
    const Links = { "cognito:default": `https://example.com/${TermsName}` };
    const terms = { TermsName, TermsSource: "LINK", Enforcement: "NONE", Links };
    await aws.createTerms({ UserPoolId: first.pool, ClientId: first.client, ...terms });
  }
  await page.goto(authorize(first));
  await look(page, "sign-in", "providers");
  assert.equal(await page.getByTestId("privacy-policy").getAttribute("href"), "https://example.com/privacy-policy");
  await page.goto(`${endpoint}/login?client_id=none`);
  await look(page, "error", "error-request");
} finally {
  await browser.close();
  app.close();
}
