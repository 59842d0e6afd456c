// The code that the console shows on pages of pools, for each kind of application that the wizard knows: it is run as it stands, but for
// the password, and for what its reader is to bring.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { createInterface } from "node:readline";

import { call, launch, signIn, startDemo, stop } from "./support.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const PASSWORD = "Correct-horse-battery-1";
const CALLBACK = "http://localhost:3000/callback";

let server, browser;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launch()]);
});

after(async () => {
  await browser?.close();
  if (server) await stop(server);
});

const idp = (operation, input) => call(server, "cognito-idp", operation, input);

async function open(t) {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  t.after(() => context.close());
  return context.newPage();
}

/** A pool that the wizard makes for a kind of application, and its client. */
async function make(page, kind) {
  await page.goto("/console/pools/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("snippets");
  await page.getByLabel(kind).check();
  await page.getByRole("radio", { name: /^Their email address/ }).check();
  await page.getByRole("button", { name: "Make the pool" }).click();
  const [, UserPoolId] = /pools\/([\w-]+)/.exec(page.url());
  const { UserPoolClients: [{ ClientId }] } = await idp("ListUserPoolClients", { UserPoolId });
  const { UserPoolClient } = await idp("DescribeUserPoolClient", { UserPoolId, ClientId });
  return UserPoolClient;
}

/** The pieces of code on a pool's page, by their ids. */
async function shown(page, { UserPoolId }) {
  await page.goto(`/console/pools/${UserPoolId}`);
  const pieces = await page.locator("section[aria-labelledby=code] pre code").evaluateAll((codes) => codes.map((code) => [code.id, code.textContent]));
  return Object.fromEntries(pieces.map(([id, code]) => [id, code.replaceAll("…", PASSWORD)]));
}

/** Where code finds what its reader is to bring. */
const environment = ({ ClientSecret = "" }, more = {}) => ({
  ...process.env, CLIENT_SECRET: ClientSecret, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1", ...more,
});

const run = (command, flags, env) => execFileSync(command, flags, { cwd: HERE, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const python = (client, code, more) => run(process.env.PASSWRIGHT_PYTHON ?? "python3", ["-c", code], environment(client, more));

const javascript = (client, code, more) => run("node", ["--input-type=module", "-e", code], environment(client, more));

/** Lets the code verify a token. */
const verify = (client, code, token) => javascript(client, `const accessToken = process.env.TOKEN;\n${code}\nconsole.log(claims.client_id);`, { TOKEN: token }).trim();

/** Signs up by the code of the SDK; administrators see who did. */
async function signUp(client, { sdk }) {
  const users = javascript(client, `${sdk}\nconsole.log(JSON.stringify(Users));`);
  assert.match(users, /ann@example\.com/);
  await idp("AdminConfirmSignUp", { UserPoolId: client.UserPoolId, Username: "ann@example.com" });
}

/** Gives the client the hosted login, and signs in there by the code of openid-client. */
async function signInByOpenId(t, page, client) {
  assert.equal((await shown(page, client))["openid-client"], undefined);
  assert.match(await page.getByText("Signs in by the hosted login.").textContent(), /callback address/);
  const { UserPoolId, ClientId, ClientName, ExplicitAuthFlows } = client;
  const hosted = { AllowedOAuthFlows: ["code"], AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: ["openid", "email"], CallbackURLs: [CALLBACK] };
  await idp("UpdateUserPoolClient", { UserPoolId, ClientId, ClientName, ExplicitAuthFlows, ...hosted });
  const code = `import { createInterface } from "node:readline";\n${(await shown(page, client))["openid-client"]}
for await (const line of createInterface(process.stdin)) { console.log((await signedIn(line)).email); break; }`;
  const child = spawn("node", ["--input-type=module", "-e", code], { cwd: HERE, env: environment(client), stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const asked = (await lines.next()).value;
  await page.route(`${CALLBACK}*`, (route) => route.fulfill({ body: "back" }));
  await page.goto(/^send the browser to (\S+)$/.exec(asked)[1]);
  await page.fill("#username", "ann@example.com");
  await page.fill("#password", PASSWORD);
  await page.click("button#signIn");
  await page.waitForURL(`${CALLBACK}*`);
  child.stdin.end(`${page.url()}\n`);
  assert.equal((await lines.next()).value, "ann@example.com");
  if (child.exitCode === null) await once(child, "exit");
}

for (const kind of ["Browser application", "Mobile application"]) {
  test(`a ${kind.toLowerCase()} signs up, signs in and is believed`, async (t) => {
    const page = await open(t);
    const client = await make(page, kind);
    const code = await shown(page, client);
    assert.deepEqual(Object.keys(code), ["pycognito", "amplify", "sdk", "verify"]);
    await signUp(client, code);
    assert.match(python(client, code.pycognito), /ann@example\.com/);
    const tokens = JSON.parse(javascript(client, `${code.amplify}\nconsole.log(JSON.stringify([tokens.accessToken.toString(), tokens.idToken.toString()]));`));
    assert.equal(verify(client, code.verify, tokens[0]), client.ClientId);
    assert.throws(() => verify(client, code.verify, tokens[1]), /not an access token of this client/);
    await signInByOpenId(t, page, client);
  });
}

test("a server application signs its users in with the client's secret and its own credentials", async (t) => {
  const page = await open(t);
  const client = await make(page, "Server application");
  const code = await shown(page, client);
  assert.deepEqual(Object.keys(code), ["boto3", "sdk", "verify"]);
  await signUp(client, code);
  const token = python(client, `${code.boto3}\nprint(tokens["AccessToken"])`).trim();
  assert.equal(verify(client, code.verify, token), client.ClientId);
  await signInByOpenId(t, page, client);
});

test("a machine gets tokens with its scopes", async (t) => {
  const page = await open(t);
  const client = await make(page, "Machine to machine");
  const code = await shown(page, client);
  assert.deepEqual(Object.keys(code), ["boto3", "sdk", "verify"]);
  const tokens = [python(client, code.boto3).trim(), javascript(client, `${code.sdk}\nconsole.log(ClientAuthenticationResult.AccessToken);`).trim()];
  for (const token of tokens) {
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    assert.deepEqual([claims.client_id, claims.token_use, claims.scope], [client.ClientId, "access", "api/read api/write"]);
    assert.equal(verify(client, code.verify, token), client.ClientId);
  }
});

test("an identity pool gives a user of the demo credentials", async (t) => {
  const page = await open(t);
  await page.goto(`/console/identity-pools/${server.identityPool}`);
  const { AuthenticationResult: { IdToken } } = await signIn(server, "alice", server.alice);
  const more = { ID_TOKEN: IdToken };
  const code = `import os\nid_token = os.environ["ID_TOKEN"]\n${await page.locator("#python").textContent()}\nprint(credentials["AccessKeyId"])`;
  assert.match(python({}, code, more), /^ASIA/);
  const script = `const idToken = process.env.ID_TOKEN;\n${await page.locator("#javascript").textContent()}\nconsole.log((await credentials()).accessKeyId);`;
  assert.match(javascript({}, script, more), /^ASIA/);
});
