// The least that a program with tuf-js does: one refresh, and, where it is asked for, one target.
//
//     node tuf_js_refresh.cjs MODULES FOLDER ROOT METADATA_URL TARGETS_URL [TARGET]
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const [modules, folder, root, metadataBaseUrl, targetBaseUrl, target] = process.argv.slice(2);
const { Updater } = require(path.join(modules, "tuf-js"));

async function refresh() {
  const targetDir = path.join(folder, "downloaded");
  fs.mkdirSync(targetDir, { recursive: true });
  fs.copyFileSync(root, path.join(folder, "root.json"));
  const config = { fetchTimeout: 300_000 };
  const updater = new Updater({ metadataDir: folder, metadataBaseUrl, targetDir, targetBaseUrl, config });
  await updater.refresh();
  if (target !== undefined) {
    await updater.downloadTarget(await updater.getTargetInfo(target));
  }
}

refresh().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
