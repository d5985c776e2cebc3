// An OIDC provider on loopback, made of oidc-provider.

import { once } from "node:events";
import { createServer } from "node:http";

import { endpoint, load } from "./awsemu.mjs";

const { Provider } = load("oidc-provider");

/** Where it sends browsers back, and the secret that it knows awsemu by. */
export const CALLBACK = `${endpoint}/oauth2/idpresponse`;
export const SECRET = "a secret of forty characters, more or less";

/** Starts an identity provider whose only user has signed in already and consents to everything. */
export async function startProvider(account) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "awsemu",
        client_secret: SECRET,
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: () => ({ accountId: account.sub, claims: () => account }),
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next();
    const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === "login") {
      return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: account.sub } });
    }
    const grant = new provider.Grant({ accountId: account.sub, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(ctx.req, ctx.res, { consent }, { mergeWithLastSubmission: true });
  });
  server.on("request", provider.callback());
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { issuer, stop };
}
