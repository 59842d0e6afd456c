// The OpenID provider by libraries that servers use. What a browser would do at the pages, a few lines here do.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CognitoIdentityProviderClient, AdminCreateUserCommand, AdminSetUserPasswordCommand, CreateUserPoolCommand, CreateUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import { Auth, skipCSRFCheck } from "@auth/core";
import Cognito from "@auth/core/providers/cognito";
import { JwtVerifier } from "aws-jwt-verify";
import * as oidc from "openid-client";

import { PASSWORD, settings, start, stop } from "./support.mjs";

const HOME = "http://localhost:3999/api/auth/callback/cognito";
let server, pool, client;

before(async () => {
  server = await start("postgres");
  const idp = new CognitoIdentityProviderClient(settings(server));
  pool = (await idp.send(new CreateUserPoolCommand({ PoolName: "hosted" }))).UserPool.Id;
  client = (await idp.send(new CreateUserPoolClientCommand({
    UserPoolId: pool, ClientName: "server", GenerateSecret: true, AllowedOAuthFlows: ["code"], AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ["openid", "email", "profile"], CallbackURLs: [HOME], LogoutURLs: ["http://localhost:3999/"],
  }))).UserPoolClient;
  const attributes = { email: "ann@example.com", email_verified: "true", name: "Ann" };
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  await idp.send(new AdminCreateUserCommand({ UserPoolId: pool, Username: "ann", MessageAction: "SUPPRESS", UserAttributes }));
  await idp.send(new AdminSetUserPasswordCommand({ UserPoolId: pool, Username: "ann", Password: PASSWORD, Permanent: true }));
});

after(() => server && stop(server));

/** A browser without scripts, from an address to where it leaves the pages. */
async function signIn(address) {
  const jar = new Map();
  const visit = async (url, options = {}) => {
    const headers = { ...options.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
    const answer = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) jar.set(...cookie.split(";")[0].split(/=(.*)/s).slice(0, 2));
    return answer;
  };
  const sent = await visit(address);
  const login = new URL(sent.headers.get("location"), server.url);
  const page = await (await visit(login)).text();
  const form = new URLSearchParams({ form_token: /name="form_token" value="([^"]+)"/.exec(page)[1], username: "ann", password: PASSWORD });
  const answer = await visit(login, { method: "POST", body: form });
  assert.equal(answer.status, 303, await answer.text());
  return new URL(answer.headers.get("location"));
}

const discovered = () => oidc.discovery(new URL(`${server.url}/${pool}`), client.ClientId, client.ClientSecret, undefined, { execute: [oidc.allowInsecureRequests] });

test("openid-client signs in with PKCE, a nonce and the issuer in the answer, refreshes, asks who it is, and revokes", async () => {
  const provider = await discovered();
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const address = oidc.buildAuthorizationUrl(provider, { redirect_uri: HOME, scope: "openid email", state, nonce, code_challenge, code_challenge_method: "S256", max_age: "600" });
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 600, idTokenExpected: true };
  const returned = await signIn(address);
  const tokens = await oidc.authorizationCodeGrant(provider, returned, checks);
  assert.equal(tokens.claims().email, "ann@example.com");
  const info = await oidc.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
  assert.deepEqual([info.username, info.email_verified, info.name], ["ann", true, undefined]);
  const verifierOfTokens = JwtVerifier.create({ issuer: `${server.url}/${pool}`, audience: client.ClientId, jwksUri: `${server.secureUrl}/${pool}/.well-known/jwks.json` });
  verifierOfTokens.cacheJwks(await (await fetch(provider.serverMetadata().jwks_uri)).json());
  assert.equal((await verifierOfTokens.verify(tokens.id_token)).nonce, nonce);
  const refreshed = await oidc.refreshTokenGrant(provider, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, tokens.claims().sub);
  assert.equal((await oidc.tokenIntrospection(provider, refreshed.access_token)).active, true);
  await oidc.tokenRevocation(provider, tokens.refresh_token);
  assert.equal((await oidc.tokenIntrospection(provider, refreshed.access_token)).active, false);
  await assert.rejects(oidc.refreshTokenGrant(provider, tokens.refresh_token), { error: "invalid_grant" });
  await assert.rejects(oidc.authorizationCodeGrant(provider, returned, checks), { error: "invalid_grant" });
});

test("openid-client pushes its request", async () => {
  const provider = await discovered();
  const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const address = await oidc.buildAuthorizationUrlWithPAR(provider, { redirect_uri: HOME, scope: "openid", state, code_challenge, code_challenge_method: "S256" });
  assert.deepEqual([...address.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  const tokens = await oidc.authorizationCodeGrant(provider, await signIn(address), { pkceCodeVerifier: verifier, expectedState: state });
  assert.equal(tokens.claims().name, "Ann");
});

test("Auth.js signs in by its Cognito provider", async () => {
  const provider = Cognito({ clientId: client.ClientId, clientSecret: client.ClientSecret, issuer: `${server.url}/${pool}` });
  const config = { providers: [provider], secret: "a secret of the tests", trustHost: true, skipCSRFCheck, basePath: "/api/auth" };
  const origin = "http://localhost:3999";
  const form = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "" };
  const begun = await Auth(new Request(`${origin}/api/auth/signin/cognito`, form), config);
  const kept = begun.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
  const returned = await signIn(begun.headers.get("location"));
  const done = await Auth(new Request(returned, { headers: { cookie: kept } }), config);
  const session = done.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).find((cookie) => cookie.startsWith("authjs.session-token="));
  assert.ok(session, `${done.status} ${done.headers.get("location")}`);
  const answer = await Auth(new Request(`${origin}/api/auth/session`, { headers: { cookie: session } }), config);
  const { user } = await answer.json();
  assert.deepEqual([user.name, user.email], ["Ann", "ann@example.com"]);
});
