// A stock TUF client in JavaScript, given nothing but our first root, downloads every target from our server.
//
//     node tuf_js_reads_ours.cjs MODULES URL ROOT CACHE PUBLISHED TIMESTAMP REQUESTS
//     node tuf_js_reads_ours.cjs MODULES URL ROOT CACHE --refused WORDS
//
// As python_tuf_reads_ours.py does, it compares each target with the file that was published, byte for byte, and counts what
// it had to ask for; or it has to refuse the repository in these words. What is unexpected ends it with exit code 1.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");

const [modules, url, root, cache, ...rest] = process.argv.slice(2);
const { Updater } = require(path.join(modules, "tuf-js"));

const asked = [];
const stock = globalThis.fetch;
globalThis.fetch = (address, options) => {
  asked.push(String(address));
  return stock(address, options);
};

// The role that an address belongs to, or `target`.
const kind = (address) =>
  address.includes("/targets/") ? "target" : /(?:\d+\.)?(root|timestamp|snapshot|targets)\.json$/.exec(address)[1];

function client() {
  const metadata = path.join(cache, "metadata");
  const targets = path.join(cache, "targets");
  if (!fs.existsSync(metadata)) {
    fs.mkdirSync(metadata, { recursive: true });
    fs.mkdirSync(targets);
    fs.copyFileSync(root, path.join(metadata, "root.json"));
  }
  return new Updater({
    metadataDir: metadata,
    metadataBaseUrl: `${url}/metadata`,
    targetDir: targets,
    targetBaseUrl: `${url}/targets`,
  });
}

async function refuses(words) {
  const kept = () => fs.readFileSync(path.join(cache, "metadata", "timestamp.json"));
  const before = kept();
  await assert.rejects(client().refresh(), (error) => {
    assert.ok(String(error.message).endsWith(words), `found ${error.name}: ${error.message}, wanted ${words}`);
    return true;
  });
  if (words.startsWith("timestamp") || words.startsWith("root")) {
    assert.deepStrictEqual(kept(), before, "what was refused is kept");
  }
  console.log(`refused: ${words}`);
}

async function reads(published, timestamp, requests) {
  const updater = client();
  await updater.refresh();
  // Published as <sha256>.<target path>; of a path that was published anew there are several.
  const files = fs.readdirSync(published).map((name) => name.split(/\.(.*)/s, 2));
  const paths = [...new Set(files.map(([, name]) => name))].sort();
  assert.ok(paths.length > 1, "nothing is published");
  for (const name of paths) {
    const target = await updater.getTargetInfo(name);
    assert.ok(target, `${name} is published and not listed`);
    const ours = fs.readFileSync(path.join(published, `${target.hashes.sha256}.${name}`));
    const cached = (await updater.findCachedTarget(target)) ?? (await updater.downloadTarget(target));
    assert.deepStrictEqual(fs.readFileSync(cached), ours, `${name} differs from the published file`);
  }
  assert.strictEqual(await updater.getTargetInfo("BOD-00-00.1.json"), undefined, "a target that nobody published is listed");
  const found = JSON.parse(fs.readFileSync(path.join(cache, "metadata", "timestamp.json"))).signed.version;
  assert.strictEqual(found, Number(timestamp), "the version of the timestamp");
  assert.deepStrictEqual(asked.map(kind), requests.split(" "), "the requests");
  console.log(`timestamp ${found}: ${paths.length} targets, the same bytes; ${asked.length} requests`);
}

const work = rest[0] === "--refused" ? refuses(rest[1]) : reads(...rest);
work.catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
