// Every page as people see it: in both themes and several widths, by the rules of WCAG 2.2 AA, without scripts, and to where it leads.
// With PASSWRIGHT_SCREENSHOTS=only it takes the screenshots and judges nothing.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { PAGES, address, isKnown } from "./pages.mjs";
import { complaints, launch, startDemo, stop } from "./support.mjs";
import { seed } from "./world.mjs";

const SCREENSHOTS = process.env.PASSWRIGHT_SCREENSHOTS_FOLDER ?? new URL("../../target/screenshots", import.meta.url).pathname;
const JUDGES = process.env.PASSWRIGHT_SCREENSHOTS !== "only";
/** Themes and widths. Screenshots have every pair; what is judged does not depend on the pair, so each is judged once. */
const LOOKS = JUDGES ? [["light", 1280], ["dark", 390]] : [["light", 390], ["light", 1280], ["dark", 390], ["dark", 1280]];
/** WCAG 2.2 SC 1.4.10: nothing scrolls sideways at this width. */
const NARROWEST = 320;
/** The small form of axe: every page is sent it. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let server, browser, world;

/** Opens a page of the list in a browser of its own. */
async function open(entry, options) {
  const context = await browser.newContext({ baseURL: server.url, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const noted = complaints(page);
  // In `dev` whoever opens a page is signed in; whoever has signed out is not.
  if (entry.signedOut) await context.addCookies([{ name: "passwright-left", value: "1", url: server.url }]);
  const answer = await page.goto(address(entry, world));
  const status = answer.status();
  await entry.then?.(page, world);
  return { context, page, noted, status };
}

/** What axe says of a page, in a line a violation. */
async function violations(page) {
  const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** What makes a page scroll sideways in a window of a width. */
async function widerThan(page, width) {
  await page.setViewportSize({ width, height: 900 });
  return page.evaluate((limit) => {
    const isInScroller = (element) => {
      for (let outer = element.parentElement; outer; outer = outer.parentElement) {
        if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(outer).overflowX)) return true;
      }
      return false;
    };
    if (document.documentElement.scrollWidth <= limit) return [];
    const elements = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > limit + 0.5);
    const widest = elements.filter((element) => !isInScroller(element)).map((element) => element.outerHTML.slice(0, 120));
    return [`${document.documentElement.scrollWidth} wide`, ...widest];
  }, width);
}

/** Nothing here changes what another page shows, so pages are looked at together: half of the time of one is spent in waiting for the browser. */
describe("pages", { concurrency: 3 }, () => {
  before(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [server, browser] = await Promise.all([startDemo(), launch()]);
    world = await seed(server);
  });

  after(async () => {
    await browser?.close();
    if (server) await stop(server);
  });

  for (const entry of PAGES) {
    test(`${entry.name}, in ${LOOKS.map(([theme, width]) => `${theme} and ${width} wide`).join(", ")}`, async () => {
      const { context, page, noted, status } = await open(entry);
      if (JUDGES) {
        assert.equal(status, entry.status ?? 200);
        await page.evaluate(AXE);
      }
      for (const [colorScheme, width] of LOOKS) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(SCREENSHOTS, `${entry.name}-${colorScheme}-${width}.png`), fullPage: true });
        if (JUDGES) assert.deepEqual(await violations(page), [], `${colorScheme}, ${width} wide`);
      }
      if (JUDGES) {
        assert.deepEqual(await widerThan(page, NARROWEST), [], "a narrow window scrolls sideways");
        // The browser itself complains of a page that is not there, or whose form was refused.
        assert.deepEqual(noted.filter((text) => (status === 200 && !entry.then) || !text.startsWith("Failed to load resource")), []);
      }
      await context.close();
    });

    test(`${entry.name} works without scripts`, { skip: !JUDGES }, async () => {
      const { context, page, status } = await open(entry, { javaScriptEnabled: false });
      assert.equal(status, entry.status ?? 200);
      assert.equal(await page.locator("h1").count(), 1);
      assert.ok((await page.locator("h1").innerText()).trim());
      // What is there to press does something by itself: it sends a form, or opens what it stands in. Buttons that copy need a script.
      const idle = page.locator("button:visible:not([data-copy], [data-copy-of], [popovertarget])").and(page.locator(":not(form button, [form])"));
      assert.deepEqual(await idle.evaluateAll((buttons) => buttons.map((button) => button.outerHTML)), []);
      await context.close();
    });
  }

  test("no page leads to one that is not in the list", { skip: !JUDGES }, async () => {
    const context = await browser.newContext({ baseURL: server.url });
    const shared = await context.newPage();
    const unknown = new Set();
    for (const entry of PAGES.filter((entry) => !entry.signedOut)) {
      // What is done at one page is kept from the others.
      const own = entry.then && (await open(entry));
      const page = own?.page ?? shared;
      if (!own) await page.goto(address(entry, world));
      const hrefs = await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href));
      for (const href of hrefs) {
        const { origin, pathname } = new URL(href);
        if (origin !== server.url || pathname === new URL(page.url()).pathname) continue;
        if (!isKnown(pathname)) unknown.add(`${entry.name} leads to ${pathname}`);
      }
      await own?.context.close();
    }
    assert.deepEqual([...unknown], []);
    await context.close();
  });
});
