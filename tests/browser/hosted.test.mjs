// The hosted login as people use it: an application sends them there by the libraries that applications use, and gets them back.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { build } from "esbuild";

import { call, complaints, launch, site, startDemo, stop } from "./support.mjs";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PASSWORD = "Correct-horse-1";

/** A single-page application with `oidc-client-ts`. */
const SPA = `<!doctype html><title>An application</title><script src="/oidc.js"></script><script>
const { authority, client } = JSON.parse(localStorage.getItem("settings") ?? "{}");
const home = location.origin + "/";
if (authority) {
  window.manager = new oidc.UserManager({ authority, client_id: client, redirect_uri: home, post_logout_redirect_uri: home, scope: "openid email",
                                          loadUserInfo: true });
  if (new URLSearchParams(location.search).has("code")) {
    manager.signinRedirectCallback().then((user) => { window.user = user; history.replaceState(null, "", "/"); }, (error) => { window.failed = String(error); });
  }
}
</script>`;

/** The same with Amplify. */
const AMPLIFY = `
import { Amplify } from "aws-amplify";
import { fetchAuthSession, getCurrentUser, signInWithRedirect, signOut } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import "aws-amplify/auth/enable-oauth-listener";

const { pool, client, endpoint, domain } = JSON.parse(localStorage.getItem("settings") ?? "{}");
const home = location.origin + "/";
Hub.listen("auth", ({ payload }) => { if (payload.event === "signInWithRedirect_failure") window.failed = String(payload.data?.error); });
if (pool) {
  const oauth = { domain, scopes: ["openid", "email", "aws.cognito.signin.user.admin"], redirectSignIn: [home], redirectSignOut: [home], responseType: "code" };
  Amplify.configure({ Auth: { Cognito: { userPoolId: pool, userPoolClientId: client, userPoolEndpoint: endpoint, loginWith: { oauth } } } });
  Object.assign(window, { fetchAuthSession, getCurrentUser, signInWithRedirect, signOut });
}`;

let server, browser, application, amplified;

before(async () => {
  const bundling = build({ stdin: { contents: AMPLIFY, resolveDir: new URL(".", import.meta.url).pathname }, bundle: true, write: false, format: "esm",
                           logLevel: "error" });
  const oidc = readFileSync(require.resolve("oidc-client-ts").replace("/umd/", "/browser/"), "utf8");
  [server, browser, application] = await Promise.all([startDemo("--tls"), launch(), site(SPA, { "/oidc.js": oidc })]);
  const bundle = (await bundling).outputFiles[0].text;
  amplified = await site('<!doctype html><title>An application</title><script type="module" src="/app.js"></script>', { "/app.js": bundle });
});

after(async () => {
  application?.close();
  amplified?.close();
  await browser?.close();
  if (server) await stop(server);
});

const idp = (operation, input) => call(server, "cognito-idp", operation, input);

/** A pool with a client of an application at an address. */
async function pool(home, more = {}, client = {}) {
  const UserPoolId = (await idp("CreateUserPool", { PoolName: "hosted", AutoVerifiedAttributes: ["email"], ...more })).UserPool.Id;
  const settings = {
    UserPoolId, ClientName: "The notebook", AllowedOAuthFlows: ["code"], AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ["openid", "email", "aws.cognito.signin.user.admin"], CallbackURLs: [home], LogoutURLs: [home], ...client,
  };
  const { ClientId } = (await idp("CreateUserPoolClient", settings)).UserPoolClient;
  return { pool: UserPoolId, client: ClientId, authority: `${server.url}/${UserPoolId}` };
}

async function user({ pool }, name, attributes = {}) {
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  await idp("AdminCreateUser", { UserPoolId: pool, Username: name, MessageAction: "SUPPRESS", UserAttributes });
  await idp("AdminSetUserPassword", { UserPoolId: pool, Username: name, Password: PASSWORD, Permanent: true });
}

async function newestCode(address) {
  const answer = await fetch(`${server.url}/_dev/outbox?to=${encodeURIComponent(address)}`, { headers: { accept: "application/json" } });
  return (await answer.json())[0].code;
}

/** A browser at an application that is set to these. */
async function visitor(t, home, settings, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(home);
  await page.evaluate((text) => localStorage.setItem("settings", text), JSON.stringify(settings));
  await page.reload();
  return page;
}

async function send(page) {
  await Promise.all([page.waitForURL(/\/login\?/), page.evaluate(() => void window.manager.signinRedirect())]);
}

async function back(page, home) {
  await page.waitForURL((url) => url.href.startsWith(home));
  await page.waitForFunction(() => window.user ?? window.failed);
  assert.equal(await page.evaluate(() => window.failed), undefined);
  return page.evaluate(() => window.user);
}

/** What an authenticator shows (RFC 6238). */
function totp(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/=+$/, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("somebody signs up from an application with oidc-client-ts, comes back with tokens, and signs out", async (t) => {
  const home = `http://127.0.0.1:${application.port}/`;
  const settings = await pool(home);
  const page = await visitor(t, home, settings);
  const noted = complaints(page);
  await send(page);
  await page.click("#signUp");
  await page.fill("#username", "ann");
  await page.fill("#email", "ann@example.com");
  await page.fill("#password", PASSWORD);
  await page.click("button#signUp");
  await page.waitForURL(/\/confirm\?/);
  await page.fill("#code", await newestCode("ann@example.com"));
  await page.click("button#confirm");
  const user = await back(page, home);
  assert.deepEqual([user.profile.email, user.profile.email_verified, user.scope], ["ann@example.com", true, "openid email"]);
  // Whoever is signed in is not asked again.
  await page.evaluate(() => window.manager.removeUser());
  await page.evaluate(() => void window.manager.signinRedirect());
  assert.equal((await back(page, home)).profile.sub, user.profile.sub);
  await Promise.all([page.waitForResponse((answer) => answer.url().includes("/logout")), page.evaluate(() => void window.manager.signoutRedirect())]);
  await page.waitForFunction(() => window.manager && !window.user);
  await send(page);
  assert.equal(await page.locator("#password").count(), 1);
  assert.deepEqual(noted, []);
});

test("a forgotten password is replaced by the code that comes by mail", async (t) => {
  const home = `http://127.0.0.1:${application.port}/`;
  const settings = await pool(home);
  await user(settings, "ann", { email: "forgetful@example.com", email_verified: "true" });
  const page = await visitor(t, home, settings);
  await send(page);
  await page.click("#forgot");
  await page.fill("#username", "ann");
  await page.click("form button[type=submit], form button:not([type])");
  await page.waitForURL(/\/resetPassword\?/);
  await page.fill("#code", await newestCode("forgetful@example.com"));
  await page.fill("#password", "Another-horse-2");
  await page.locator("main form").first().locator("button:not([type=button])").last().click();
  await page.waitForURL(/\/login\?/);
  await page.fill("#username", "ann");
  await page.fill("#password", "Another-horse-2");
  await page.click("#signIn");
  assert.equal((await back(page, home)).profile.email, "forgetful@example.com");
});

test("an authenticator is set up by its key, without scripts, and asked for", async (t) => {
  const home = `http://127.0.0.1:${application.port}/`;
  const settings = await pool(home);
  await idp("SetUserPoolMfaConfig", { UserPoolId: settings.pool, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } });
  await user(settings, "ann");
  const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const query = new URLSearchParams({ client_id: settings.client, response_type: "code", redirect_uri: home, code_challenge: challenge, code_challenge_method: "S256" });
  const context = await browser.newContext({ javaScriptEnabled: false });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${settings.authority}/oauth2/authorize?${query}`);
  await page.fill("#username", "ann");
  await page.fill("#password", PASSWORD);
  await page.click("#signIn");
  await page.click("button[value=SOFTWARE_TOKEN_MFA]");
  const uri = await page.locator("a[href^='otpauth:']").getAttribute("href");
  assert.ok(await page.locator("main svg").count());
  await page.fill("#code", totp(new URL(uri).searchParams.get("secret")));
  await page.locator("main form button:not([type=button])").last().click();
  await page.waitForURL((url) => url.href.startsWith(home));
  assert.ok(new URL(page.url()).searchParams.get("code"));
});

test("a passkey signs in without a name", async (t) => {
  const home = `http://localhost:${application.port}/`;
  const factors = { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } } };
  const flows = { ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] };
  const settings = await pool(home, factors, flows);
  await idp("SetUserPoolMfaConfig", { UserPoolId: settings.pool, WebAuthnConfiguration: { RelyingPartyId: "localhost" } });
  await user(settings, "ann");
  const page = await visitor(t, home, settings);
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const authenticator = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await session.send("WebAuthn.addVirtualAuthenticator", { options: authenticator });
  const auth = { ClientId: settings.client, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "ann", PASSWORD } };
  const { AccessToken } = (await idp("InitiateAuth", auth)).AuthenticationResult;
  const { CredentialCreationOptions } = await idp("StartWebAuthnRegistration", { AccessToken });
  const Credential = await page.evaluate(async (options) => {
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    return credential.toJSON();
  }, CredentialCreationOptions);
  await idp("CompleteWebAuthnRegistration", { AccessToken, Credential });
  const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const query = new URLSearchParams({ client_id: settings.client, response_type: "code", redirect_uri: home, code_challenge: challenge, code_challenge_method: "S256" });
  await page.goto(`http://localhost:${new URL(server.url).port}/${settings.pool}/login?${query}`);
  // By itself, where the browser offers it in the field of the name; else by the button.
  await page.locator("button#passkey").click({ timeout: 5_000 }).catch(() => {});
  await page.waitForURL((url) => url.href.startsWith(home));
  assert.ok(new URL(page.url()).searchParams.get("code"), page.url());
});

test("another provider signs people in: here a pool by a pool", async (t) => {
  const home = `http://127.0.0.1:${application.port}/`;
  const made = await pool(home);
  const back = `${server.url}/${made.pool}/oauth2/idpresponse`;
  const provider = await pool(back, {}, { GenerateSecret: true, CallbackURLs: [back] });
  await user(provider, "bea", { email: "bea@corp.example", email_verified: "true" });
  const { UserPoolClient } = await idp("DescribeUserPoolClient", { UserPoolId: provider.pool, ClientId: provider.client });
  const ProviderDetails = { client_id: provider.client, client_secret: UserPoolClient.ClientSecret, oidc_issuer: provider.authority,
                            authorize_scopes: "openid email", attributes_request_method: "GET" };
  const AttributeMapping = { email: "email", email_verified: "email_verified" };
  await idp("CreateIdentityProvider", { UserPoolId: made.pool, ProviderName: "Corp", ProviderType: "OIDC", ProviderDetails, AttributeMapping });
  const offered = ["COGNITO", "Corp"];
  const { UserPoolClient: client } = await idp("DescribeUserPoolClient", { UserPoolId: made.pool, ClientId: made.client });
  for (const member of ["CreationDate", "LastModifiedDate", "ClientSecret"]) delete client[member];
  await idp("UpdateUserPoolClient", { ...client, SupportedIdentityProviders: offered });
  const page = await visitor(t, home, made);
  const noted = complaints(page);
  await page.evaluate(() => void window.manager.signinRedirect());
  await page.getByRole("link", { name: "Continue with Corp" }).click();
  await page.waitForURL((url) => url.pathname.startsWith(`/${provider.pool}/`));
  await page.fill("#username", "bea");
  await page.fill("#password", PASSWORD);
  await page.click("#signIn");
  await page.waitForURL((url) => url.href.startsWith(home));
  await page.waitForFunction(() => window.user || window.failed);
  assert.equal(await page.evaluate(() => window.failed), undefined);
  const { profile } = await page.evaluate(() => ({ profile: window.user.profile }));
  assert.deepEqual([profile.email, profile.email_verified, profile.identities[0].providerName], ["bea@corp.example", true, "Corp"]);
  assert.match(profile["cognito:username"], /^Corp_/);
  assert.deepEqual(noted, []);
});

test("Amplify's signInWithRedirect signs in, refreshes and signs out", async (t) => {
  const home = `http://localhost:${amplified.port}/`;
  const made = await pool(home, {}, { ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
  await user(made, "ann", { email: "ann@amplify.example", email_verified: "true" });
  const secure = new URL(server.secureUrl);
  const settings = { ...made, endpoint: server.url, domain: `${secure.host}/${made.pool}` };
  const page = await visitor(t, home, settings, { ignoreHTTPSErrors: true });
  await page.waitForFunction(() => window.signInWithRedirect);
  await Promise.all([page.waitForURL(/\/login\?/), page.evaluate(() => void window.signInWithRedirect())]);
  const cookies = await page.context().cookies(secure.href);
  assert.ok(cookies.every(({ name, httpOnly, secure }) => name.startsWith("__Host-") && httpOnly && secure), JSON.stringify(cookies));
  await page.fill("#username", "ann");
  await page.fill("#password", PASSWORD);
  await page.click("#signIn");
  await page.waitForURL((url) => url.href.startsWith(home));
  await page.waitForFunction(() => window.failed || window.getCurrentUser?.().then(() => true, () => false));
  assert.equal(await page.evaluate(() => window.failed), undefined);
  const [name, email, refreshed] = await page.evaluate(async () => {
    const { username } = await window.getCurrentUser();
    const { tokens } = await window.fetchAuthSession();
    const again = await window.fetchAuthSession({ forceRefresh: true });
    return [username, tokens.idToken.payload.email, again.tokens.accessToken.payload.scope];
  });
  assert.deepEqual([name, email], ["ann", "ann@amplify.example"]);
  assert.match(refreshed, /aws\.cognito\.signin\.user\.admin/);
  // The page is at this address already: what is waited for is that the pool has been there between.
  const back = page.waitForResponse((response) => response.request().isNavigationRequest() && response.url() === home);
  await Promise.all([page.waitForRequest(/\/logout\?/), back, page.evaluate(() => void window.signOut())]);
  await page.waitForLoadState();
  await page.waitForFunction(() => window.getCurrentUser);
  assert.equal(await page.evaluate(() => window.getCurrentUser().then(() => "in", () => "out")), "out");
});

/** The pages that need nothing but a link, and those of a sign-in's steps. */
test("the pages are read by everybody, at every width, in light and dark and both directions", async (t) => {
  const home = `http://127.0.0.1:${application.port}/`;
  const settings = await pool(home);
  await user(settings, "ann", { email: "looked@example.com", email_verified: "true" });
  await idp("SetUserPoolMfaConfig", { UserPoolId: settings.pool, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } });
  const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const query = (more) => new URLSearchParams({ client_id: settings.client, response_type: "code", redirect_uri: home, code_challenge: challenge, code_challenge_method: "S256", ...more });
  const found = [];
  for (const [colorScheme, width, lang] of [["light", 1280, "en"], ["dark", 390, "de"], ["light", 320, "ar"]]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
    t.after(() => context.close());
    const page = await context.newPage();
    const judge = async (what) => {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      found.push(...violations.map(({ id, nodes }) => `${what} ${colorScheme} ${lang}: ${id} ${nodes[0].html.slice(0, 200)}`), ...(wide > 0 ? [`${what} is ${wide} too wide at ${width}`] : []));
    };
    for (const path of ["login", "signup", "forgotPassword", "logout", "login?nothing=1"]) {
      await page.goto(`${settings.authority}/${path.split("?")[0]}?${path.includes("?") ? "" : query({ lang })}`);
      await judge(path);
    }
    await page.goto(`${settings.authority}/login?${query({ lang })}`);
    await page.fill("#username", "ann");
    await page.fill("#password", "wrong");
    await page.click("#signIn");
    await judge("a wrong password");
    await page.fill("#password", PASSWORD);
    await page.click("#signIn");
    await judge("a second factor to set up");
    await page.click("button[value=SOFTWARE_TOKEN_MFA]");
    await judge("an authenticator");
  }
  assert.deepEqual(found, []);
});
