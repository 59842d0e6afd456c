// The OpenID provider by libraries that servers use. What a browser would do at the pages, a few lines here do.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CognitoIdentityProviderClient, AdminCreateUserCommand, AdminSetUserPasswordCommand, CreateUserPoolCommand, CreateUserPoolClientCommand, ListUserPoolClientsCommand, UpdateUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { Auth, skipCSRFCheck } from "@auth/core";
import Cognito from "@auth/core/providers/cognito";
import { JwtVerifier } from "aws-jwt-verify";
import * as oidc from "openid-client";

import { PASSWORD, settings, start, stop } from "./support.mjs";

const HOME = "http://localhost:3999/api/auth/callback/cognito";
let server, pool, client, idp;

before(async () => {
  server = await start("postgres");
  idp = new CognitoIdentityProviderClient(settings(server));
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
  const next = new URL(answer.headers.get("location"), server.url);
  if (next.pathname !== `/${pool}/consent`) return next;
  const asked = await (await visit(next)).text();
  const choice = new URLSearchParams({ form_token: /name="form_token" value="([^"]+)"/.exec(asked)[1], choice: "allow" });
  return new URL((await visit(next, { method: "POST", body: choice })).headers.get("location"));
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

test("openid-client registers a client without a secret, which signs in once its user agrees, and one by a token", async () => {
  const DcrConfiguration = { OpenDcrEnabled: true };
  await idp.send(new UpdateUserPoolCommand({ UserPoolId: pool, DcrConfiguration }));
  const issuer = new URL(`${server.url}/${pool}`);
  const insecure = { execute: [oidc.allowInsecureRequests] };
  const wanted = { client_name: "An agent", redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none", scope: "openid email" };
  const provider = await oidc.dynamicClientRegistration(issuer, wanted, oidc.None(), insecure);
  assert.deepEqual([provider.clientMetadata().client_secret, provider.clientMetadata().scope], [undefined, "openid email"]);
  const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
  const redirect_uri = "http://127.0.0.1:3998/callback";
  const address = oidc.buildAuthorizationUrl(provider, { redirect_uri, scope: "openid email", state, code_challenge, code_challenge_method: "S256" });
  const tokens = await oidc.authorizationCodeGrant(provider, await signIn(address), { pkceCodeVerifier: verifier, expectedState: state });
  assert.equal(tokens.claims().email, "ann@example.com");
  const refreshed = await oidc.refreshTokenGrant(provider, tokens.refresh_token);
  assert.ok(refreshed.refresh_token && refreshed.refresh_token !== tokens.refresh_token);

  const refused = oidc.dynamicClientRegistration(issuer, { ...wanted, redirect_uris: ["http://evil.example/"] }, oidc.None(), insecure);
  await assert.rejects(refused, { error: "invalid_redirect_uri" });

  await idp.send(new UpdateUserPoolCommand({ UserPoolId: pool, DcrConfiguration: {} }));
  await assert.rejects(oidc.dynamicClientRegistration(issuer, wanted, oidc.None(), insecure));
  const registrar = (await idp.send(new CreateUserPoolClientCommand({
    UserPoolId: pool, ClientName: "registrar", GenerateSecret: true, AllowedOAuthFlows: ["client_credentials"],
    AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: ["aws.cognito/dcr/register"],
  }))).UserPoolClient;
  const itself = await oidc.discovery(issuer, registrar.ClientId, registrar.ClientSecret, undefined, insecure);
  const { access_token: initialAccessToken } = await oidc.clientCredentialsGrant(itself, { scope: "aws.cognito/dcr/register" });
  const confidential = await oidc.dynamicClientRegistration(issuer, { client_name: "A server", redirect_uris: [HOME] }, undefined, { ...insecure, initialAccessToken });
  const metadata = confidential.clientMetadata();
  assert.deepEqual([metadata.token_endpoint_auth_method, metadata.client_secret_expires_at], ["client_secret_basic", 0]);
  const listed = await idp.send(new ListUserPoolClientsCommand({ UserPoolId: pool, ClientType: "DCR" }));
  assert.deepEqual(listed.UserPoolClients.map((one) => one.ClientName).sort(), ["A server", "An agent"]);
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
