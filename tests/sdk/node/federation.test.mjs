// Sign-in through a provider that others wrote: `oidc-provider`, with its own pages. What a browser would do there, a few lines do.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { AdminGetUserCommand, CognitoIdentityProviderClient, CreateIdentityProviderCommand, CreateUserPoolCommand, CreateUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import Provider from "oidc-provider";
import * as oidc from "openid-client";

import { settings, start, stop } from "./support.mjs";

const HOME = "http://localhost:3999/callback";
let server, idp, pool, client, op;

before(async () => {
  server = await start("postgres");
  idp = new CognitoIdentityProviderClient(settings(server));
  pool = (await idp.send(new CreateUserPoolCommand({ PoolName: "federated" }))).UserPool.Id;
  op = createServer();
  op.listen(0, "127.0.0.1");
  await once(op, "listening");
  const issuer = `http://127.0.0.1:${op.address().port}`;
  const claims = (sub) => ({ sub, email: `${sub}@corp.example`, email_verified: true, name: `Name of ${sub}` });
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "the-pool", client_secret: "secret-of-the-pool", redirect_uris: [`${server.url}/${pool}/oauth2/idpresponse`],
      token_endpoint_auth_method: "client_secret_post",
    }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of a test"] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => claims(sub) }),
  });
  op.on("request", provider.callback());
  await idp.send(new CreateIdentityProviderCommand({
    UserPoolId: pool, ProviderName: "Corp", ProviderType: "OIDC", AttributeMapping: { email: "email", email_verified: "email_verified", name: "name" },
    ProviderDetails: { client_id: "the-pool", client_secret: "secret-of-the-pool", oidc_issuer: issuer, authorize_scopes: "openid email profile", attributes_request_method: "GET" },
  }));
  client = (await idp.send(new CreateUserPoolClientCommand({
    UserPoolId: pool, ClientName: "server", GenerateSecret: true, AllowedOAuthFlows: ["code"], AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ["openid", "email", "profile"], CallbackURLs: [HOME], SupportedIdentityProviders: ["Corp"],
  }))).UserPoolClient;
});

after(async () => {
  op?.close();
  if (server) await stop(server);
});

/** A browser that keeps cookies by their hosts, follows what it is sent to, and fills in forms, until it is sent home. */
async function goes(address, fill) {
  const jars = new Map();
  let [url, options] = [new URL(address), {}];
  for (let step = 0; step < 20; step += 1) {
    if (url.href.startsWith(HOME)) return url;
    const jar = jars.get(url.host) ?? jars.set(url.host, new Map()).get(url.host);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
    const answer = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) jar.set(...cookie.split(";")[0].split(/=(.*)/s).slice(0, 2));
    if (answer.headers.get("location")) {
      [url, options] = [new URL(answer.headers.get("location"), url), {}];
      continue;
    }
    const page = await answer.text();
    const form = /<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(page);
    assert.ok(form, `no form at ${url}: ${page.slice(0, 400)}`);
    const hidden = [...form[2].matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    [url, options] = [new URL(form[1] || url, url), { method: "POST", body: new URLSearchParams([...hidden, ...fill]) }];
  }
  assert.fail(`still on the way at ${url}`);
}

async function signIn(login) {
  const provider = await oidc.discovery(new URL(`${server.url}/${pool}`), client.ClientId, client.ClientSecret, undefined, { execute: [oidc.allowInsecureRequests] });
  const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const address = oidc.buildAuthorizationUrl(provider, { redirect_uri: HOME, scope: "openid email profile", state, code_challenge, code_challenge_method: "S256" });
  const returned = await goes(address, [["login", login], ["password", "anything"]]);
  return oidc.authorizationCodeGrant(provider, returned, { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true });
}

test("whom oidc-provider lets in is a user of the pool, the same one each time", async () => {
  const first = (await signIn("ann")).claims();
  assert.deepEqual([first["cognito:username"], first.email, first.email_verified, first.name], ["Corp_ann", "ann@corp.example", true, "Name of ann"]);
  const user = await idp.send(new AdminGetUserCommand({ UserPoolId: pool, Username: "Corp_ann" }));
  assert.equal(user.UserStatus, "EXTERNAL_PROVIDER");
  assert.equal((await signIn("ann")).claims().sub, first.sub);
  assert.notEqual((await signIn("bob")).claims().sub, first.sub);
});
