// The documentation's JavaScript (```js run), each page's after its shell blocks, in a folder of its own. Flags behind `run` are those of
// the server that a block wants: it runs on another server with them, after the shell blocks.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { start, stop } from "./support.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const PAGES = join(HERE, "../../../templates/docs");

// What each page's blocks print, if they do what the page says.
const SIGNS = {
  clients: [
    "AWS SDK: arn:aws:iam::000000000000:root", "an identity pool's credentials: arn:aws:sts::000000000000:assumed-role/clients/",
    "amazon-cognito-identity-js: ann", "Amplify: us-east-1:", "aws-jwt-verify: ann",
  ],
  "clients --issuer-style aws": ["CognitoJwtVerifier: ann"],
  "hosted-login": ["issuer: http://127.0.0.1:", "send the browser to http://127.0.0.1:"],
  "getting-started": ["AWS SDK: ann", "aws-jwt-verify: ann", "Amplify: ann@example.com"],
};

/** The shell blocks of a page, and its JavaScript for a server with these flags. */
function script(page, flags) {
  const text = readFileSync(join(PAGES, `${page}.md`), "utf8");
  return [...text.matchAll(/^```(\w+) run ?([^\n]*)\n(.*?)^```$/gms)].map(([, language, wanted, block]) => {
    if (language === "sh") return block;
    return language === "js" && wanted === flags ? `node --input-type=module - <<'END_OF_BLOCK'\n${block}END_OF_BLOCK\n` : "";
  }).join("\n");
}

function run(text, cwd) {
  const outside = Object.entries(process.env).filter(([name]) => !/^(AWS|PASSWRIGHT)_/.test(name));
  const environment = { cwd, env: Object.fromEntries(outside), timeout: 240_000 };
  return new Promise((resolve, reject) => {
    const shell = execFile("bash", ["-euo", "pipefail"], environment, (error, out, problem) =>
      error ? reject(new Error(`${out}${problem}`, { cause: error })) : resolve(out));
    shell.stdin.end(text);
  });
}

test("every page with such blocks is run", () => {
  const found = readdirSync(PAGES).filter((name) => name.endsWith(".md")).flatMap((name) => {
    const blocks = readFileSync(join(PAGES, name), "utf8").matchAll(/^```js run ?([^\n]*)$/gm);
    return [...blocks].map(([, flags]) => `${name.slice(0, -3)} ${flags}`.trim());
  });
  assert.deepEqual([...new Set(found)].sort(), Object.keys(SIGNS).sort());
});

for (const [name, signs] of Object.entries(SIGNS)) {
  test(`the JavaScript of ${name} works as pasted`, async () => {
    const [page, flags] = name.split(/ (.*)/s);
    const folder = mkdtempSync(join(tmpdir(), "passwright-docs-"));
    const server = await start("sqlite", ...(flags?.split(" ") ?? []));
    try {
      symlinkSync(server.data, join(folder, "passwright-data"));
      symlinkSync(join(HERE, "node_modules"), join(folder, "node_modules"));
      const port = Number(new URL(server.url).port);
      const out = await run(script(page, flags ?? "").replace(/727[78]/g, (found) => port + Number(found) - 7277), folder);
      for (const sign of signs) assert.ok(out.includes(sign), `${sign}: ${out}`);
    } finally {
      await stop(server);
      rmSync(folder, { recursive: true });
    }
  });
}
