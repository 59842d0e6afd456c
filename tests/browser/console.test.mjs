// What people do in the console, and what other sites cannot.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { complaints, launch, signInByKey, site, startDemo, startServe, stop } from "./support.mjs";

let server, browser;

before(async () => {
  [server, browser] = await Promise.all([startDemo(), launch()]);
});

after(async () => {
  await browser?.close();
  if (server) await stop(server);
});

/** A new browser that nobody has used, at a page. */
async function visitor(t, path, url = server.url) {
  const context = await browser.newContext({ baseURL: url });
  t.after(() => context.close());
  const page = await context.newPage();
  const noted = complaints(page);
  const answer = await page.goto(path);
  return { context, page, noted, answer };
}

test("whoever opens the address of a development server is in its console, as the root", async (t) => {
  const { page, noted } = await visitor(t, "/");
  assert.equal(new URL(page.url()).pathname, "/console");
  assert.match(await page.locator("header").innerText(), /dev/);
  assert.ok((await page.locator("header code").first().textContent()).endsWith(":root"));
  assert.deepEqual(noted, []);
});

test("programs that get the address are told what it is", async () => {
  const answer = await fetch(`${server.url}/`, { redirect: "manual" });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /^Passwright\./);
});

test("no script reads the cookies, and no other site has them sent", async (t) => {
  const { context, page } = await visitor(t, "/console");
  const cookies = await context.cookies();
  assert.ok(cookies.length > 0);
  for (const cookie of cookies) assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"], cookie.name);
  assert.equal(await page.evaluate(() => document.cookie), "");
});

test("every page says that it is shown in no frame, runs its own scripts only, and is kept nowhere", async (t) => {
  for (const path of ["/console", "/console/access", "/console/sign-in", "/console/nothing-here"]) {
    const { answer } = await visitor(t, path);
    const headers = answer.headers();
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.match(headers["content-security-policy"], /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/, path);
    assert.deepEqual([headers["cache-control"], headers["x-content-type-options"]], ["no-store", "nosniff"], path);
    assert.equal(headers["access-control-allow-origin"], undefined, path);
  }
});

// `localhost` is another site, and 127.0.0.1 with another port is the same site and another origin: there no cookie is withheld.
for (const host of ["localhost", "127.0.0.1"]) {
  test(`a hostile page at ${host} neither reads the console nor posts to it nor shows it`, async (t) => {
    const hostile = await site("<!doctype html><title>hostile</title><h1>hostile</h1>");
    t.after(hostile.close);
    const { context, page } = await visitor(t, "/console");
    const token = await page.locator("input[name=form_token]").first().inputValue();
    const evil = await context.newPage();
    await evil.goto(`http://${host}:${hostile.port}/`);

    const read = await evil.evaluate(async (url) => {
      const attempts = { plain: {}, cookies: { credentials: "include" }, head: { method: "HEAD", credentials: "include" } };
      const outcomes = {};
      for (const [name, options] of Object.entries(attempts)) {
        outcomes[name] = await fetch(`${url}/console`, options).then(() => "read", () => "refused");
      }
      return outcomes;
    }, server.url);
    assert.deepEqual(read, { plain: "refused", cookies: "refused", head: "refused" });

    // Without CORS the request is sent, and its answer kept from the page. Even one who knew the token could not have anything done.
    for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
      const sent = await evil.evaluate(async ([url, token, type]) => {
        const body = new Blob([`form_token=${token}&theme=dark`], { type });
        const options = { method: "POST", mode: "no-cors", credentials: "include", body };
        return fetch(`${url}/console/sign-out`, options).then((answer) => answer.type, () => "kept from the page");
      }, [server.url, token, type]);
      assert.equal(sent, "kept from the page");
    }
    await evil.setContent(
      `<form method="post" action="${server.url}/console/sign-out"><input name="form_token" value="${token}"><button>go</button></form>`);
    const [posted] = await Promise.all([evil.waitForResponse((answer) => answer.request().method() === "POST"), evil.click("button")]);
    assert.equal(posted.status(), 403);

    // The session is as it was: nothing signed it out.
    const again = await page.goto("/console");
    assert.equal(again.status(), 200);
    assert.equal(await page.locator("input[name=form_token]").first().inputValue(), token);

    await evil.goto(`http://${host}:${hostile.port}/`);
    await evil.setContent(`<iframe src="${server.url}/console"></iframe>`);
    await evil.waitForTimeout(500);
    const framed = evil.frames().find((frame) => frame !== evil.mainFrame());
    assert.ok(!(await framed.content()).includes("form_token"));
  });
}

test("whoever signs out is signed out until they go on", async (t) => {
  const { page } = await visitor(t, "/console");
  await page.locator("details.menu summary").click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL("**/console/sign-in**");
  await page.goto("/console/access");
  assert.equal(new URL(page.url()).pathname, "/console/sign-in");
  await page.getByRole("button", { name: "Go on as the root" }).click();
  await page.waitForURL("**/console/access");
});

test("a chosen theme stays, whatever the system's is", async (t) => {
  const { page } = await visitor(t, "/console/access");
  await page.locator("details.menu summary").click();
  await page.getByLabel("Colours").selectOption("dark");
  await page.getByRole("button", { name: "Use these colours" }).click();
  await page.waitForSelector("html[data-theme=dark]");
  assert.equal(new URL(page.url()).pathname, "/console/access");
  await page.goto("/console");
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
});

test("the palette opens by keys, finds a room by its words, and leads there", async (t) => {
  const { page, noted } = await visitor(t, "/console");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("event");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/console/events");
  assert.deepEqual(noted, []);
});

test("the palette finds a user by their address, from whatever page, and leads to them", async (t) => {
  const { page, noted } = await visitor(t, "/console/iam/roles");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("alice@");
  await page.getByRole("dialog").getByRole("link", { name: "alice" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/console/pools/*/users/*");
  assert.match(await page.locator("main").innerText(), /alice@example\.com/);
  assert.deepEqual(noted, []);
});

test("without a script the bar leads to the page that finds things", async (t) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`/console/pools/${server.pool}`);
  await page.getByRole("link", { name: "Find" }).click();
  await page.getByRole("searchbox").fill(server.browserClient);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("link", { name: "browser" }).click();
  await page.waitForURL(`**/clients/${server.browserClient}`);
});

test("by keys alone one passes the rooms and is at the page", async (t) => {
  const { page } = await visitor(t, "/console/access");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "page");
});

test("in production a key signs in, and a wrong one says so", async (t) => {
  const production = await startServe();
  t.after(() => stop(production));
  const { context, page } = await visitor(t, "/", production.url);
  assert.equal(new URL(page.url()).pathname, "/console/sign-in");
  assert.equal(await page.getByRole("button", { name: "Go on as the root" }).count(), 0);
  const send = (secret) => signInByKey(page, production.keyId, secret);
  await send("wrong");
  assert.match(await page.getByRole("alert").innerText(), /wrong/);
  await send(production.secret);
  await page.waitForURL("**/console");
  for (const cookie of await context.cookies()) assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"], cookie.name);
});

test("a style is seen before it is saved", async (t) => {
  const { page, noted } = await visitor(t, "/console/pools");
  await page.locator("main table a").first().click();
  await page.goto(`${new URL(page.url()).pathname}/branding`);
  const color = () => page.frameLocator("iframe[name=preview]").locator("label").first().evaluate((label) => getComputedStyle(label).color);
  const before = await color();
  await page.fill("#css", ".label-customizable { color: rgb(1, 2, 3); }");
  await page.getByRole("button", { name: "Preview" }).first().click();
  await page.waitForFunction(() => {
    const label = document.querySelector("iframe[name=preview]").contentDocument?.querySelector("label");
    return label && getComputedStyle(label).color === "rgb(1, 2, 3)";
  });
  assert.notEqual(before, "rgb(1, 2, 3)");
  await page.reload();
  assert.equal(await color(), before, "nothing was saved");
  assert.deepEqual(noted, []);
});
