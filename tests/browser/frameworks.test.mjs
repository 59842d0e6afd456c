// The applications of `templates/docs/frameworks.md`, started as the page says: somebody signs in to each by the hosted login, sees
// what it protects, and signs out of both.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { freePort, launch, startDev, stop } from "./support.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const TEXT = readFileSync(join(HERE, "../../templates/docs/frameworks.md"), "utf8");
/** What stands in for `next-auth`, which wants all of Next.js: what both are made of. */
const NEXT_AUTH = `
import { Auth, setEnvDefaults } from "@auth/core";
export default (config) => {
  setEnvDefaults(process.env, config);
  const handle = (request) => Auth(request, { ...config, trustHost: true, basePath: "/api/auth" });
  return { handlers: { GET: handle, POST: handle } };
};`;

const folder = mkdtempSync(join(tmpdir(), "passwright-frameworks-"));
let server, browser, port, home, environment, access, id;

before(async () => {
  [server, browser, port] = await Promise.all([startDev(join(folder, "passwright-data")), launch(), freePort()]);
  home = `http://localhost:${port}/`;
  symlinkSync(join(HERE, "node_modules"), join(folder, "node_modules"));
  const blocks = [...TEXT.matchAll(/^```sh run\n(.*?)^```$/gms)].map(([, block]) => here(block));
  const outside = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|PASSWRIGHT)_/.test(name)));
  const python = process.env.PASSWRIGHT_PYTHON;
  if (python) outside.PATH = dirname(python) + delimiter + outside.PATH;
  const out = execFileSync("bash", ["-euo", "pipefail", "-c", `{ ${blocks.join("\n")}\n} >&2; env -0`], { cwd: folder, env: outside, encoding: "utf8" });
  environment = Object.fromEntries(out.split("\0").filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)));
});

after(async () => {
  await browser?.close();
  if (server) await stop(server);
  rmSync(folder, { recursive: true });
});

/** A text of the page with the ports that are used here. */
function here(text) {
  const own = Number(new URL(server.url).port);
  return text.replaceAll("3000", port).replaceAll(/727[78]/g, (found) => own + Number(found) - 7277);
}

/** Writes the files of a part of the page. */
function write(part) {
  const [, text] = new RegExp(`^## ${part}\\n(.*?)(?=^## |$(?![^]))`, "ms").exec(TEXT);
  for (const [, how, name, block] of text.matchAll(/^```\w+ (>>?) (\S+)\n(.*?)^```$/gms)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    (how === ">" ? writeFileSync : appendFileSync)(join(folder, name), here(block));
  }
}

const run = (command, ...flags) => execFileSync(command, flags, { cwd: folder, env: environment });

/** Starts an application and waits until it answers; it ends with the test. */
async function start(t, command, ...flags) {
  const child = spawn(command, flags, { cwd: folder, env: environment, stdio: ["ignore", "ignore", "inherit"] });
  t.after(() => end(child));
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    if (await fetch(home, { redirect: "manual" }).catch(() => undefined)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${command} ${flags.join(" ")} does not answer`);
}

async function end(child) {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, "exit");
}

/** Serves what a function answers. */
async function serve(t, answer) {
  const listener = createServer((request, response) => void answer(request, response)).listen(port);
  await once(listener, "listening");
  t.after(() => { listener.closeAllConnections(); listener.close(); });
}

async function visitor(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** Signs in on the hosted page, where the application has sent the browser. */
async function signIn(page) {
  await page.waitForURL(/\/login\?/);
  await page.fill("#username", "ann");
  await page.fill("#password", "Correct-horse-1");
  await page.click("button#signIn");
}

const isGreeted = (page) => page.getByText("Hello ann@example.com").waitFor();

/** What the APIs of Express and FastAPI answer: the browser client's access tokens open them, and nothing else does. */
async function judgesTokens() {
  const ask = (token) => fetch(`${home}api/me`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const answer = await ask(access);
  assert.deepEqual([answer.status, await answer.json()], [200, { username: "ann" }]);
  const changed = access.slice(0, -8) + (access.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA");
  for (const token of [undefined, id, "nonsense", changed]) assert.equal((await ask(token)).status, 401, token);
}

test("React", async (t) => {
  write("React");
  const define = { "import.meta.env.VITE_ISSUER": JSON.stringify(environment.ISSUER), "import.meta.env.VITE_CLIENT": JSON.stringify(environment.BROWSER_CLIENT) };
  const bundle = await build({ entryPoints: [join(folder, "src/main.jsx")], jsx: "automatic", bundle: true, write: false, define, logLevel: "error" });
  const html = '<!doctype html><meta charset="utf-8"><title>Notes</title><div id="root"></div><script src="/main.js"></script>';
  await serve(t, (request, response) => {
    const isScript = request.url === "/main.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" }).end(isScript ? bundle.outputFiles[0].text : html);
  });
  const page = await visitor(t);
  await page.goto(home);
  await page.getByRole("button", { name: "Sign in" }).click();
  await signIn(page);
  await isGreeted(page);
  assert.equal(page.url(), home);
  const kept = await page.evaluate(() => Object.entries(sessionStorage).find(([name]) => name.startsWith("oidc.user:"))[1]);
  ({ access_token: access, id_token: id } = JSON.parse(kept));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).click();
  await signIn(page);
  await isGreeted(page);
});

test("Next.js", async (t) => {
  write("Next.js");
  writeFileSync(join(folder, "next-auth.js"), NEXT_AUTH);
  const alias = { "next-auth": join(folder, "next-auth.js"), "next-auth/providers/cognito": fileURLToPath(import.meta.resolve("@auth/core/providers/cognito")) };
  const outfile = join(folder, "route.mjs");
  await build({ entryPoints: [join(folder, "app/api/auth/[...nextauth]/route.js")], alias, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const { SERVER_CLIENT, SERVER_SECRET, SESSION_SECRET, ISSUER } = environment;
  Object.assign(process.env, { AUTH_SECRET: SESSION_SECRET, AUTH_COGNITO_ID: SERVER_CLIENT, AUTH_COGNITO_SECRET: SERVER_SECRET, AUTH_COGNITO_ISSUER: ISSUER });
  const { GET, POST } = await import(outfile);
  await serve(t, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const isPost = request.method === "POST";
    const asked = (path) => new Request(new URL(path, home), { method: request.method, headers: request.headers, body: isPost ? Buffer.concat(chunks) : undefined });
    if (!request.url.startsWith("/api/auth/")) {
      const session = await (await GET(asked("/api/auth/session"))).json();
      return response.end(session ? `Hello ${session.user.email}` : "Nobody");
    }
    const answer = await (isPost ? POST : GET)(asked(request.url));
    response.writeHead(answer.status, [...answer.headers].flat()).end(Buffer.from(await answer.arrayBuffer()));
  });
  const page = await visitor(t);
  await page.goto(`${home}api/auth/signin?callbackUrl=/`);
  await page.getByRole("button", { name: "Cognito" }).click();
  await signIn(page);
  await isGreeted(page);
});

test("Express", async (t) => {
  write("Express");
  await start(t, "node", "server.mjs");
  const page = await visitor(t);
  await page.goto(home);
  await signIn(page);
  await isGreeted(page);
  await page.goto(`${home}logout`);
  await signIn(page);
  await isGreeted(page);
  // Whoever sends somebody the end of a sign-in of their own signs nobody in.
  const other = await visitor(t);
  await other.goto(`${home}callback?code=anything`);
  assert.match(other.url(), /\/login\?/);
  await judgesTokens();
});

test("FastAPI", async (t) => {
  write("FastAPI");
  await start(t, "uvicorn", "main:app", "--port", String(port), "--log-level", "error");
  const page = await visitor(t);
  await page.goto(home);
  await signIn(page);
  await isGreeted(page);
  await page.goto(`${home}logout`);
  await signIn(page);
  await isGreeted(page);
  await judgesTokens();
});

test("Django", async (t) => {
  run("django-admin", "startproject", "notes", ".");
  write("Django");
  run("python", "manage.py", "migrate");
  await start(t, "python", "manage.py", "runserver", `localhost:${port}`, "--noreload");
  const page = await visitor(t);
  await page.goto(home);
  await signIn(page);
  await isGreeted(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page);
  await isGreeted(page);
  const users = "from django.contrib.auth.models import User; print(*User.objects.values_list('email', flat=True))";
  assert.match(run("python", "manage.py", "shell", "-c", users).toString(), /^ann@example\.com$/m);
});

test("a program on a desktop", async (t) => {
  write("Mobile and desktop");
  const child = spawn("node", ["desktop.mjs"], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => end(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: asked } = await lines.next();
  const page = await visitor(t);
  await page.goto(/^Open (\S+)$/.exec(asked)[1]);
  await signIn(page);
  await page.getByText("You may close this page.").waitFor();
  assert.equal((await lines.next()).value, "Hello ann@example.com");
});
