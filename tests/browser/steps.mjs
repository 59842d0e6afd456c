// How pages are come to that no address leads to: what is typed and pressed on the page before. Each may be done any number of times.

import { randomUUID } from "node:crypto";

/** Passwords of the users that `world.mjs` makes for these steps. */
export const PASSWORD = "Correct-horse-battery-1";
export const TEMPORARY = "Temporary-horse-1";

const named = (what) => `${what}-${randomUUID().slice(0, 8)}`;

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** A button of a hosted page. */
const go = (page, id) => page.locator(`button#${id}`).click();

/** At the page that makes an IAM user: what a button on the new user's page answers, by the text that says that it is there. */
export const ofNewIamUser = (button, text) => async (page) => {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(named("new"));
  await press(page, "Make this user");
  await press(page, button);
  await page.getByText(text).first().waitFor();
};

/** At the editor of a policy: what is wrong with one, or what a change changes. */
export const ofEditor = (action, button, shown) => async (page) => {
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  if (await name.count()) await name.fill("another");
  const statement = { Sid: "Look", Effect: "Allow", Action: [action, "cognito-idp:Describe*"], Resource: "*" };
  await page.locator("#document").fill(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, null, 2) + "\n");
  await press(page, button);
  await page.locator(shown).first().waitFor();
};

/** At the page that makes an app client: a second secret of one. */
export async function addSecret(page) {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(named("server"));
  await page.getByLabel("Server application").check();
  await press(page, "Make the app client");
  await page.waitForURL(/\/clients\/[^/]+$/);
  await page.goto(`${page.url()}/secrets`);
  await press(page, "Add a secret");
  await page.locator("dd code").first().waitFor();
}

/** At the page of a pool's attributes: one that is refused. */
export async function addAttribute(page) {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("member_since");
  await page.getByLabel("Values").selectOption("DateTime");
  await page.getByLabel("At most").fill("9");
  await press(page, "Add the attribute");
  await page.getByRole("alert").waitFor();
}

/** At the page of a user's identities: what taking one away asks. */
export async function openIdentity(page) {
  await page.locator("details.sure summary").first().click();
  await page.getByLabel("to confirm").first().waitFor();
}

/** At the console's sign-in: what comes after the password of an IAM user. */
export const signInAs = (name, password, shown) => async (page) => {
  await page.getByLabel("IAM user name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Sign in");
  await page.locator(shown).first().waitFor();
};

/** At the hosted login: what comes after a name and password, and then after pressing more. */
export const enter = (username, password, shown, ...pressed) => async (page, world) => {
  await page.fill("#username", username);
  await page.fill("#password", world[password] ?? password);
  await go(page, "signIn");
  for (const selector of pressed) await page.locator(selector).click();
  await page.locator(shown).first().waitFor();
};

/** At a hosted page where only a name is asked for first. */
export const enterName = (username, button, shown, ...pressed) => async (page) => {
  await page.fill("#username", username);
  await go(page, button);
  for (const selector of pressed) await page.locator(selector).click();
  await page.locator(shown).first().waitFor();
};

export async function signUp(page) {
  await page.fill("#username", named("dana"));
  await page.fill("#email", "dana@example.com");
  await page.fill("#password", PASSWORD);
  await go(page, "signUp");
  await page.waitForURL(/\/confirm\?/);
}

/** At the hosted login: what whoever is signed in already is asked, by the same address with more of a request. */
export const again = (more, shown) => async (page, world) => {
  const address = page.url();
  await page.route("http://localhost:3000/**", (route) => route.fulfill({ body: "The application" }));
  await enter("alice", "alice", "text=The application")(page, world);
  await page.goto(address.replace("/login?", "/oauth2/authorize?") + more);
  await page.locator(shown).first().waitFor();
};

/** Presses the one button that a page has. */
export const pressOne = (selector, shown) => async (page) => {
  await page.locator(selector).click();
  await page.locator(shown).first().waitFor();
};
