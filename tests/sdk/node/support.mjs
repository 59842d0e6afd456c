// A running server, and what every test needs of it.

import { spawn, execFileSync } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = new URL("../../../", import.meta.url).pathname;
const BINARY = process.env.PASSWRIGHT_BINARY ?? join(ROOT, "target/debug/passwright");
const POSTGRES = process.env.PASSWRIGHT_TEST_POSTGRES;

export const REGION = "us-east-1";
export const ACCOUNT = "000000000000";
export const PASSWORD = "Pa55word!canary";
export const DATABASES = ["sqlite", "postgres"];

/** What an SDK client of a `dev` server is made with. */
export const settings = (server) => ({
  endpoint: server.url,
  region: REGION,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

function databaseFlags(database) {
  if (database === "sqlite") return [];
  if (!POSTGRES) throw new Error("PASSWRIGHT_TEST_POSTGRES is not set: tests/run sets it");
  const name = `t${randomUUID().replaceAll("-", "")}`;
  execFileSync("psql", ["-q", POSTGRES, "-c", `CREATE DATABASE ${name}`]);
  return ["--database-url", POSTGRES.replace(/\/[^/]*$/, `/${name}`)];
}

/** Starts `passwright dev` and waits until it listens. */
export async function start(database, ...flags) {
  const data = mkdtempSync(join(tmpdir(), "passwright-"));
  const command = ["dev", "--port", "0", "--data", data, "--tls", ...databaseFlags(database), ...flags];
  const child = spawn(BINARY, command, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PASSWRIGHT_LOG: "error" } });
  const server = { child, data };
  for await (const line of createInterface({ input: child.stdout })) {
    const secure = /^listening on (https:\S+) \(trust (.*)\)$/.exec(line);
    if (secure) Object.assign(server, { secureUrl: secure[1], ca: readFileSync(secure[2]) });
    const plain = /^listening on (http:\S+)$/.exec(line);
    if (plain) return Object.assign(server, { url: plain[1] });
  }
  throw new Error("the server ended before it listened");
}

export async function stop({ child, data }) {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  rmSync(data, { recursive: true, force: true });
}

/** The newest code that was sent to an address. */
export async function codeFor(server, address) {
  const answer = await fetch(`${server.url}/_dev/outbox?to=${encodeURIComponent(address)}`, { headers: { accept: "application/json" } });
  return (await answer.json())[0].code;
}

/** The code of the step before: the present one stays fresh for what follows. Near the end of a step it would be too old. */
export async function earlierTotp(secret) {
  // A timer may fire a millisecond before its time: asking the clock again is what tells that the next step has begun.
  while ((Date.now() / 1000) % 30 > 24) await new Promise((done) => setTimeout(done, 500));
  return totp(secret, Date.now() / 1000 - 30);
}

/** RFC 6238, written apart from the server's. */
export function totp(secret, seconds = Date.now() / 1000) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/=+$/, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
