// Passkeys in Chromium, with its virtual authenticator: a page of one's own registers one and signs in by it, through AWS's
// operations alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { call, launch, site, startDemo, stop } from "./support.mjs";

/** The code of the documentation, with the server's address in place of the one that it names. */
const DOCUMENTED = /^```js\n(async function cognito\(.*?)^```$/ms
  .exec(readFileSync(new URL("../../templates/docs/user-pools.md", import.meta.url), "utf8"))[1].replace('"http://127.0.0.1:7277"', "url");

/** What an application has: that code, and a few calls beside it. */
const PAGE = `<!doctype html><title>An application</title><script type="module">
const { url, clientId } = Object.fromEntries(new URLSearchParams(location.search));
${DOCUMENTED}
window.password = async (USERNAME, PASSWORD) => {
  const asked = { ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD } };
  return (await cognito("InitiateAuth", asked)).AuthenticationResult;
};
window.register = register;
window.list = async (AccessToken) => (await cognito("ListWebAuthnCredentials", { AccessToken })).Credentials;
window.remove = (AccessToken, CredentialId) => cognito("DeleteWebAuthnCredential", { AccessToken, CredentialId });
window.passkey = async (USERNAME) => (await signIn(clientId, USERNAME)).AuthenticationResult;
</script>`;

let server, browser, application;

before(async () => {
  [server, browser, application] = await Promise.all([startDemo(), launch(), site(PAGE)]);
});

after(async () => {
  application?.close();
  await browser?.close();
  if (server) await stop(server);
});

/** A pool that takes passkeys of `localhost`, with one user. */
async function pool(configuration) {
  const idp = (operation, input) => call(server, "cognito-idp", operation, input);
  const SignInPolicy = { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] };
  const UserPoolId = (await idp("CreateUserPool", { PoolName: "passkeys", Policies: { SignInPolicy } })).UserPool.Id;
  await idp("SetUserPoolMfaConfig", { UserPoolId, WebAuthnConfiguration: { RelyingPartyId: "localhost", ...configuration } });
  const ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
  const client = await idp("CreateUserPoolClient", { UserPoolId, ClientName: "app", ExplicitAuthFlows });
  await idp("AdminCreateUser", { UserPoolId, Username: "alice", MessageAction: "SUPPRESS" });
  await idp("AdminSetUserPassword", { UserPoolId, Username: "alice", Password: "Passkeys-are-better-1", Permanent: true });
  return { UserPoolId, clientId: client.UserPoolClient.ClientId };
}

/** The application's page, on a host, in a browser with a virtual authenticator. */
async function open(t, { clientId }, authenticator = {}, host = "localhost") {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true, ...authenticator,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  await page.goto(`http://${host}:${application.port}/?${new URLSearchParams({ url: server.url, clientId })}`);
  await page.waitForFunction("window.passkey");
  const credentials = async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  return { page, devtools, authenticatorId, credentials };
}

const signedIn = (page) => page.evaluate(async () => (await window.password("alice", "Passkeys-are-better-1")).AccessToken);

test("a user makes a passkey, signs in by it and deletes it", async (t) => {
  const { page, credentials } = await open(t, await pool({ UserVerification: "required" }));
  const token = await signedIn(page);
  await page.evaluate((token) => window.register(token), token);
  const [listed] = await page.evaluate((token) => window.list(token), token);
  assert.deepEqual([listed.RelyingPartyId, listed.AuthenticatorAttachment], ["localhost", "platform"]);
  assert.deepEqual([(await credentials()).length, (await credentials())[0].rpId], [1, "localhost"]);
  for (let round = 0; round < 2; round++) {
    const tokens = await page.evaluate(() => window.passkey("alice"));
    const claims = JSON.parse(Buffer.from(tokens.IdToken.split(".")[1], "base64url"));
    assert.equal(claims["cognito:username"], "alice");
  }
  // The browser itself keeps a second one from being made.
  await assert.rejects(page.evaluate((token) => window.register(token), token), /InvalidStateError/);
  await page.evaluate(([token, id]) => window.remove(token, id), [token, listed.CredentialId]);
  assert.deepEqual(await page.evaluate((token) => window.list(token), token), []);
});

test("a copy of a passkey that has signed less often is refused", async (t) => {
  const { page, devtools, authenticatorId, credentials } = await open(t, await pool({}));
  await page.evaluate((token) => window.register(token), await signedIn(page));
  const [copy] = await credentials();
  for (let round = 0; round < 2; round++) await page.evaluate(() => window.passkey("alice"));
  await devtools.send("WebAuthn.removeCredential", { authenticatorId, credentialId: copy.credentialId });
  await devtools.send("WebAuthn.addCredential", { authenticatorId, credential: { ...copy, signCount: 1 } });
  await assert.rejects(page.evaluate(() => window.passkey("alice")), /NotAuthorizedException/);
});

test("who cannot be verified registers nothing where users must be", async (t) => {
  const { page } = await open(t, await pool({ UserVerification: "required" }), { isUserVerified: false });
  const token = await signedIn(page);
  await assert.rejects(page.evaluate((token) => window.register(token), token), /NotAllowedError/);
  assert.deepEqual(await page.evaluate((token) => window.list(token), token), []);
});

test("a page of another host makes no passkey", async (t) => {
  const { page } = await open(t, await pool({}), {}, "127.0.0.1");
  const token = await signedIn(page);
  await assert.rejects(page.evaluate((token) => window.register(token), token), /SecurityError|NotAllowedError/);
});
