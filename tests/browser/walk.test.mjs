// The work of a day in the console, by forms alone on a narrow window: what it shows is tried for real, and what it forbids is refused.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { call, launch, signInByKey, startDemo, startServe, stop, totp } from "./support.mjs";

const PASSWORD = "Correct-horse-battery-1";

let server, browser;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launch()]);
});

after(async () => {
  await browser?.close();
  if (server) await stop(server);
});

/** A phone without scripts, at the console of a server. */
async function phone(t, { url } = server) {
  const context = await browser.newContext({ baseURL: url, javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  t.after(() => context.close());
  return context.newPage();
}

const signIn = (client, username, password) => call(server, "cognito-idp", "InitiateAuth", {
  ClientId: client, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD: password },
});

test("a pool made by the wizard signs in whom the console made, by the code that it shows, until the console disables them", async (t) => {
  const page = await phone(t);
  await page.goto("/console/pools/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("walk");
  await page.getByLabel("Browser application").check();
  await page.getByRole("radio", { name: /^Their email address/ }).check();
  await page.getByRole("button", { name: "Make the pool" }).click();
  const pool = /pools\/([\w-]+)/.exec(page.url())[1];
  const snippet = await page.locator("#pycognito").textContent();

  await page.goto(`/console/pools/${pool}/users/new`);
  await page.locator("#username").fill("ann@example.com");
  await page.getByLabel("I vouch that these addresses").check();
  await page.getByLabel("Send nothing").check();
  await page.getByRole("textbox", { name: "Temporary password" }).fill("Temporary-horse-1");
  await page.getByRole("button", { name: "Make the user" }).click();
  assert.match(await page.locator("main").innerText(), /FORCE_CHANGE_PASSWORD/);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("It is theirs to keep").check();
  await page.getByRole("button", { name: "Set the password" }).click();
  assert.match(await page.locator("main").innerText(), /CONFIRMED/);

  const run = () => execFileSync(process.env.PASSWRIGHT_PYTHON ?? "python3", ["-c", snippet.replaceAll("…", PASSWORD)], {
    encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" },
  });
  assert.match(run(), /ann@example\.com/);

  await page.getByRole("button", { name: "Disable" }).click();
  assert.throws(run, /User is disabled/);
});

test("a policy's finding is shown on its line, and what was typed stays until it is mended and saved", async (t) => {
  const page = await phone(t);
  await call(server, "iam", "CreateUser", { UserName: "writer" });
  await page.goto("/console/iam/users/writer/policies");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("notes");
  const policy = (action) => JSON.stringify(
    { Version: "2012-10-17", Statement: [{ Sid: "Own", Effect: "Allow", Action: action, Resource: "*" }] }, null, 2);
  await page.locator("#document").fill(policy("cognito-idp:ListUsersss"));
  await page.getByRole("button", { name: "Check" }).click();
  const findings = await page.locator("ul.findings").innerText();
  assert.match(findings, /INVALID_ACTION/);
  assert.match(findings, /Line 7/);
  assert.match(await page.locator("#document").inputValue(), /ListUsersss/);
  await page.locator("#document").fill(policy("cognito-idp:ListUsers"));
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  const stored = await call(server, "iam", "GetUserPolicy", { UserName: "writer", PolicyName: "notes" });
  assert.match(decodeURIComponent(stored), /cognito-idp:ListUsers"/);
});

test("a denial says what would have to change", async (t) => {
  const page = await phone(t);
  const condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
  const document = { Version: "2012-10-17", Statement: [{ Sid: "Office", Effect: "Allow", Action: "notes:Read", Resource: "*", Condition: condition }] };
  await call(server, "iam", "CreateUser", { UserName: "reader" });
  await call(server, "iam", "PutUserPolicy", { UserName: "reader", PolicyName: "office", PolicyDocument: JSON.stringify(document) });
  await page.goto("/console/access");
  await page.getByLabel("Who", { exact: true }).fill("arn:aws:iam::000000000000:user/reader");
  await page.getByLabel("Does what").fill("notes:Read");
  await page.getByLabel("To which resource").fill("arn:aws:notes:::note/1");
  await page.getByText("Under which conditions").click();
  await page.getByLabel("Condition keys").fill("aws:SourceIp = 192.0.2.1");
  await page.getByRole("button", { name: "Decide" }).click();
  const main = await page.locator("main").innerText();
  for (const said of ["Denied", "office, statement 1 (Office)", "IpAddress aws:SourceIp", "10.0.0.0/8", "192.0.2.1"]) assert.ok(main.includes(said), said);
});

test("an operator sees and can do just what their policies say", async (t) => {
  const production = await startServe();
  t.after(() => stop(production));
  const root = await phone(t, production);
  await root.goto("/console/sign-in");
  await signInByKey(root, production.keyId, production.secret);
  await root.goto("/console/pools/new");
  await root.getByRole("textbox", { name: "Name", exact: true }).fill("staff");
  await root.getByRole("button", { name: "Make the pool" }).click();
  const pool = /pools\/([\w-]+)/.exec(root.url())[1];
  await root.goto("/console/iam/new-user");
  await root.getByRole("textbox", { name: "Name", exact: true }).fill("operator");
  await root.getByRole("button", { name: "Make this user" }).click();
  await root.goto("/console/iam/users/operator/policies");
  await root.getByRole("textbox", { name: "Name", exact: true }).fill("look");
  const look = { Version: "2012-10-17", Statement: [{ Sid: "Look", Effect: "Allow", Action: ["cognito-idp:List*", "cognito-idp:Describe*", "cognito-idp:Get*"], Resource: "*" }] };
  await root.locator("#document").fill(JSON.stringify(look));
  await root.getByRole("button", { name: "Review changes" }).click();
  await root.getByRole("button", { name: "Save" }).click();
  await root.goto("/console/iam/users/operator");
  await root.getByRole("button", { name: "New access key" }).click();
  const shown = await root.locator("main").innerText();
  const [, keyId] = /AWS_ACCESS_KEY_ID=(\S+)/.exec(shown);
  const [, secret] = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(shown);

  const operator = await phone(t, production);
  await operator.goto("/console/sign-in");
  await signInByKey(operator, keyId, secret);
  await operator.goto(`/console/pools/${pool}/users`);
  assert.equal(await operator.getByText("not authorized to perform: cognito-idp:ListUsers").count(), 0);
  const pools = await operator.goto("/console/pools");
  assert.equal(pools.status(), 200);
  assert.match(await operator.locator("main").innerText(), /not authorized to perform: cognito-idp:CreateUserPool/);
  await operator.goto("/console/iam/users");
  assert.match(await operator.locator("main").innerText(), /not authorized to perform: iam:ListUsers/);
});

/** A picture of a page that no address leads to, where pictures are asked for. */
async function picture(page, name) {
  const folder = process.env.PASSWRIGHT_SCREENSHOTS_FOLDER;
  if (!folder) return;
  for (const [colorScheme, width] of [["light", 390], ["dark", 390], ["light", 1280], ["dark", 1280]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 390, height: 800 });
}

test("a user whom the root gave a password sets their own, gets a device, and shows its code from then on", async (t) => {
  const production = await startServe();
  t.after(() => stop(production));
  const root = await phone(t, production);
  await root.goto("/console/sign-in");
  await picture(root, "sign-in");
  await signInByKey(root, production.keyId, production.secret);
  await root.goto("/console/iam/password-policy");
  await root.getByLabel("Characters at least").fill("12");
  await root.getByLabel("Users may change their own password").check();
  await root.getByRole("button", { name: "Save" }).click();
  assert.match(await root.getByRole("status").innerText(), /Saved/);
  await root.goto("/console/iam/new-user");
  await root.getByRole("textbox", { name: "Name", exact: true }).fill("dora");
  await root.getByRole("button", { name: "Make this user" }).click();
  await root.getByRole("button", { name: "Give a password" }).click();
  await picture(root, "new-password");
  const first = await root.locator("dd code").first().textContent();

  const dora = await phone(t, production);
  const signIn = async (password) => {
    await dora.goto("/console/sign-in");
    await dora.getByLabel("IAM user name").fill("dora");
    await dora.getByLabel("Password", { exact: true }).fill(password);
    await dora.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await signIn("not the password");
  assert.match(await dora.getByRole("alert").innerText(), /is wrong/);
  await signIn(first);
  await picture(dora, "sign-in-password");
  await dora.getByLabel("The password that you have").fill(first);
  await dora.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await dora.getByLabel("New password again").fill(PASSWORD);
  await dora.getByRole("button", { name: "Set it and sign in" }).click();
  await dora.waitForURL("**/console");
  assert.match(await dora.locator("header.bar").innerText(), /dora/);

  await root.goto("/console/iam/users/dora");
  await root.getByRole("button", { name: "Assign a device" }).click();
  await picture(root, "new-mfa");
  const seed = await root.locator("#seed").textContent();
  await root.getByLabel("A code", { exact: true }).fill(totp(seed, Date.now() - 60_000));
  await root.getByLabel("The code after it").fill(totp(seed, Date.now() - 30_000));
  await root.getByRole("button", { name: "Assign the device" }).click();
  assert.match(await root.getByRole("status").innerText(), /dora has the device/);
  await picture(root, "user-with-device");

  await signIn(PASSWORD);
  await picture(dora, "sign-in-code");
  await dora.getByLabel("Code").fill(totp(seed));
  await dora.getByRole("button", { name: "Sign in", exact: true }).click();
  await dora.waitForURL("**/console");
  await dora.goto("/console/password");
  await picture(dora, "my-password");
  await dora.getByLabel("The password that you have").fill(PASSWORD);
  await dora.getByLabel("New password", { exact: true }).fill("Correct-horse-battery-2");
  await dora.getByLabel("New password again").fill("Correct-horse-battery-2");
  await dora.getByRole("button", { name: "Change my password" }).click();
  await dora.waitForURL("**/console");

  await root.getByLabel("Remove dora").click();
  await root.getByLabel("Type dora to confirm").first().fill("dora");
  await root.locator(".sure button").first().click();
  assert.match(await root.getByRole("status").innerText(), /no more/);
  await root.getByRole("button", { name: "Take the password away" }).click();
  await dora.goto("/console");
  assert.equal(new URL(dora.url()).pathname, "/console/sign-in");
});
