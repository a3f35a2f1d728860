// Lets axe-core judge pages in a browser, where colours are drawn: WCAG 2.0 A and AA and the best practices, contrast included,
// on the screen and on paper. `axe.cjs CHROMIUM FOLDER`, from a folder in which the packages are.
//
// The page's own policy forbids scripts, so what the browser opens is a copy without that policy and with axe in it.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { execFileSync } = require("node:child_process");
const { createRequire } = require("node:module");
const axe = fs.readFileSync(createRequire(path.join(process.cwd(), "package.json")).resolve("axe-core/axe.min.js"), "utf8");

const [chromium, folder] = process.argv.slice(2);
const work = fs.mkdtempSync(path.join(os.tmpdir(), "axe-"));
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

function judge(text, name, media) {
  if (!policy.test(text)) throw new Error(`${name}: no policy in the page`);
  // What is only for paper is shown on the screen, so that it is judged as well.
  const styled = media === "print" ? text.replace("@media print", "@media all") : text;
  const run = `${axe};
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "best-practice"] }).then((report) => {
  const said = { violations: report.violations.map((one) => [one.id, one.help, one.nodes.map((node) => node.html).slice(0, 3)]),
    open: report.incomplete.map((one) => one.id), passes: report.passes.map((one) => one.id) };
  document.body.innerHTML = "<pre id=said></pre>";
  document.getElementById("said").textContent = encodeURIComponent(JSON.stringify(said));
});`;
  const page = path.join(work, "page.html");
  fs.writeFileSync(page, styled.replace(policy, "").replace("</body>", () => `<script>${run.replaceAll("</script", "<\\/script")}</script></body>`));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${work}/profile`,
    "--virtual-time-budget=60000", "--dump-dom", `file://${page}`];
  const dom = execFileSync(chromium, flags, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"], timeout: 120000 });
  const said = /<pre id="said">([^<]*)<\/pre>/.exec(dom);
  if (!said) throw new Error(`${name}: the browser gave no answer`);
  return JSON.parse(decodeURIComponent(said[1]));
}

const files = fs.readdirSync(folder).filter((file) => file.endsWith(".html"));
if (files.length === 0) throw new Error(`no pages in ${folder}`);
try {
  for (const file of files) {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const media of ["screen", "print"]) {
      const { violations, open, passes } = judge(text, file, media);
      if (violations.length > 0 || open.includes("color-contrast") || !passes.includes("color-contrast")) {
        console.error(file, media, JSON.stringify({ violations, open }, null, 1));
        process.exit(1);
      }
    }
  }
  // A judge that finds nothing would find nothing in this either.
  const pale = fs.readFileSync(path.join(folder, files[0]), "utf8").replace("color: #1b1b1b", "color: #cccccc");
  if (!judge(pale, "pale", "screen").violations.some(([id]) => id === "color-contrast")) throw new Error("pale words are accepted");
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
console.log(`HTML: in a browser axe finds nothing against WCAG 2.0 A and AA in ${files.length} pages, on the screen and for paper; pale words it does`);
