// The documentation's JavaScript (```js run), each page's after its shell blocks, in a folder of its own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { start, stop } from "./support.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const PAGES = join(HERE, "../../../templates/docs");

// What each page's blocks print, if they do what the page says.
const SIGNS = {
  clients: ["AWS SDK: arn:aws:iam::000000000000:root", "amazon-cognito-identity-js: ann"],
  "hosted-login": ["issuer: http://127.0.0.1:", "send the browser to http://127.0.0.1:"],
  "getting-started": ["AWS SDK: ann", "aws-jwt-verify: ann", "Amplify: ann@example.com"],
};

function script(page) {
  const text = readFileSync(join(PAGES, `${page}.md`), "utf8");
  return [...text.matchAll(/^```(\w+) run\n(.*?)^```$/gms)].map(([, language, block]) => {
    if (language === "sh") return block;
    return language === "js" ? `node --input-type=module - <<'END_OF_BLOCK'\n${block}END_OF_BLOCK\n` : "";
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

for (const [page, signs] of Object.entries(SIGNS)) {
  test(`the JavaScript of ${page}.md works as pasted`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "passwright-docs-"));
    const server = await start("sqlite");
    try {
      symlinkSync(server.data, join(folder, "passwright-data"));
      symlinkSync(join(HERE, "node_modules"), join(folder, "node_modules"));
      const port = Number(new URL(server.url).port);
      const out = await run(script(page).replace(/727[78]/g, (found) => port + Number(found) - 7277), folder);
      for (const sign of signs) assert.ok(out.includes(sign), `${sign}: ${out}`);
    } finally {
      await stop(server);
      rmSync(folder, { recursive: true });
    }
  });
}
