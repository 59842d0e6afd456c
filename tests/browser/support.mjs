// A running server with its demo, a browser, and what every test of a page needs of them.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const ROOT = new URL("../../", import.meta.url).pathname;
const BINARY = process.env.PASSWRIGHT_BINARY ?? join(ROOT, "target/debug/passwright");
const REGION = "us-east-1";

/** Starts the binary and reads what it prints until a line says that it is there; answers the lines. */
async function run(command, flags, last) {
  const child = spawn(BINARY, [command, "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PASSWRIGHT_LOG: "error" },
  });
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (last(line)) return { child, lines, url: /^listening on (http:\S+)/m.exec(lines.join("\n"))[1] };
  }
  throw new Error("the server ended before it listened");
}

/** `passwright dev` with its demo, and the ids and passwords that it tells. */
export async function startDemo(...flags) {
  const server = await run("dev", ["--ephemeral", "--demo", ...flags], (line) => line.includes("get-credentials-for-identity"));
  const text = server.lines.join("\n");
  const told = (pattern) => pattern.exec(text)[1];
  return {
    ...server,
    pool: told(/user pool +(\S+)/),
    browserClient: told(/browser app +client id (\w+)/),
    serverClient: told(/server app +client id (\w+)/),
    identityPool: told(/identity pool +(\S+)/),
    alice: told(/alice +password (\S+)/),
    bob: told(/bob +password ([^\s,]+)/),
    secureUrl: /^listening on (https:\S+)/m.exec(text)?.[1],
  };
}

/** `passwright dev` with nothing in it, whose data is in a folder, and its https listener. */
export async function startDev(data) {
  const server = await run("dev", ["--data", data, "--tls"], (line) => line.startsWith("listening on http://"));
  return { ...server, secureUrl: /^listening on (https:\S+)/m.exec(server.lines.join("\n"))[1] };
}

/** `passwright serve` on loopback, and its root's access key. */
export async function startServe() {
  const data = mkdtempSync(join(tmpdir(), "passwright-"));
  const server = await run("serve", ["--data", data], (line) => line.startsWith("listening on "));
  const credentials = readFileSync(join(data, "credentials"), "utf8");
  const value = (name) => new RegExp(`^${name} = (.*)$`, "m").exec(credentials)[1];
  return { ...server, data, keyId: value("aws_access_key_id"), secret: value("aws_secret_access_key") };
}

export async function stop({ child, data }) {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  if (data) rmSync(data, { recursive: true, force: true });
}

/** Calls an operation as the root: `dev` takes a key that it did not issue for the root's, whatever the signature. */
export async function call(server, service, operation, input) {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const prefixes = { "cognito-idp": "AWSCognitoIdentityProviderService", "cognito-identity": "AWSCognitoIdentityService" };
  const scope = `${date.slice(0, 8)}/${REGION}/${service}/aws4_request`;
  const signed = ["content-type", "host", "x-amz-date", ...(service in prefixes ? ["x-amz-target"] : [])].join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${signed}, Signature=0`;
  const headers = { authorization, "x-amz-date": date };
  const json = { ...headers, "content-type": "application/x-amz-json-1.1", "x-amz-target": `${prefixes[service]}.${operation}` };
  const request = service in prefixes
    ? { headers: json, body: JSON.stringify(input) }
    : { headers, body: new URLSearchParams({ Action: operation, Version: "2010-05-08", ...input }) };
  const answer = await fetch(server.url, { method: "POST", ...request });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${text}`);
  return service in prefixes ? JSON.parse(text) : text;
}

export function signIn(server, name, password) {
  const AuthParameters = { USERNAME: name, PASSWORD: password };
  return call(server, "cognito-idp", "InitiateAuth", { ClientId: server.browserClient, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
}

/** Signs in to the console with an access key, on the page for it. */
export async function signInByKey(page, keyId, secret) {
  const key = page.getByLabel("Access key id");
  if (!(await key.isVisible())) await page.getByText("With an access key").click();
  await key.fill(keyId);
  await page.getByLabel("Secret access key").fill(secret);
  await page.getByRole("button", { name: "Sign in with the key" }).click();
}

/** What an authenticator shows at a moment (RFC 6238). */
export function totp(secret, at = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/=+$/, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A port that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** The system's Chromium; as root it has no sandbox. */
export function launch() {
  const executablePath = process.env.PASSWRIGHT_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
}

/** Notes what a page complains of: errors of its scripts, and what its Content-Security-Policy stopped. */
export function complaints(page) {
  const noted = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) noted.push(message.text()); });
  page.on("pageerror", (error) => noted.push(String(error)));
  return noted;
}

/** A site of somebody else's: serves one page to whoever comes, and scripts by their paths, from a port of its own. */
export async function site(html, scripts = {}) {
  const server = createServer((request, answer) => {
    const script = scripts[new URL(request.url, "http://site").pathname];
    answer.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" }).end(script ?? html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, close: () => server.close() };
}
