// Validates reports against the published schemas, as the packages carry them: SARIF 2.1.0, CycloneDX 1.6, HTML with its rules of
// accessibility. `validate.cjs FOLDER`, from a folder in which the packages are.
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const from = createRequire(path.join(process.cwd(), "package.json"));
const Ajv = from("ajv").default;
const Ajv4 = from("ajv-draft-04").default;
const formats = from("ajv-formats").default;

const folder = process.argv[2];
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const inPackage = (name) => path.join(process.cwd(), "node_modules", name);
const files = (end) => fs.readdirSync(folder).filter((file) => file.endsWith(end)).map((file) => path.join(folder, file));

function schemas(ajv, more, main) {
  formats(ajv);
  // Formats that the packages do not know are left unchecked; the schema says nothing else of them.
  for (const name of ["idn-email", "iri-reference", "iri", "idn-hostname"]) ajv.addFormat(name, true);
  // They refer to each other by the names of their files.
  more.forEach((file) => ajv.addSchema({ ...read(file), $id: `http://cyclonedx.org/schema/${path.basename(file)}` }));
  return ajv.compile(read(main));
}

function json(title, end, valid, spoil) {
  const found = files(end);
  if (found.length === 0) throw new Error(`no ${title} in ${folder}`);
  for (const file of found) {
    const document = read(file);
    if (!valid(document)) {
      console.error(file, JSON.stringify(valid.errors.slice(0, 5), null, 1));
      process.exit(1);
    }
    // A validator that accepts everything would find nothing.
    spoil(document);
    if (valid(document)) throw new Error(`${title}: a spoiled document is accepted`);
  }
  console.log(`${title}: ${found.length} documents are valid, and spoiled they are not`);
}

// A pattern of the schema of SARIF is none in Unicode mode.
const strict = { strict: false, allErrors: true, unicodeRegExp: false };
const sarif = schemas(new Ajv4(strict), [], inPackage("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
json("SARIF 2.1.0", ".sarif", sarif, (log) => { log.runs[0].invocations[0].toolExecutionNotifications = [{ level: "bad" }]; });

const cyclonedx = (name) => path.join(inPackage("@cyclonedx/cyclonedx-library/res/schema"), `${name}.SNAPSHOT.schema.json`);
const bom = schemas(new Ajv(strict), ["spdx", "jsf-0.82"].map(cyclonedx), cyclonedx("bom-1.6"));
json("CycloneDX 1.6", ".cdx.json", bom, (document) => { document.serialNumber = "urn:uuid:none"; });

async function html() {
  const { HtmlValidate, StaticConfigLoader } = from("html-validate");
  const loader = new StaticConfigLoader({
    // `meta`, `style` and the doctype are as the template writes them.
    extends: ["html-validate:standard", "html-validate:a11y"],
  });
  const validator = new HtmlValidate(loader);
  const { JSDOM } = from("jsdom");
  const axe = fs.readFileSync(from.resolve("axe-core"), "utf8");
  const judge = async (text) => {
    const dom = new JSDOM(text, { runScripts: "outside-only" });
    dom.window.eval(axe);
    // Contrast needs a renderer; a test beside the style reckons it.
    const rules = { "color-contrast": { enabled: false } };
    const tags = ["wcag2a", "wcag2aa", "best-practice"];
    const report = await dom.window.axe.run(dom.window.document, { runOnly: tags, rules });
    return { violations: report.violations, passes: report.passes.length };
  };
  for (const file of files(".html")) {
    const text = fs.readFileSync(file, "utf8");
    const report = await validator.validateString(text, file);
    const { violations, passes } = await judge(text);
    if (!report.valid || violations.length > 0 || passes < 5) {
      console.error(file, JSON.stringify(report.results.flatMap((one) => one.messages).slice(0, 8), null, 1));
      console.error(JSON.stringify(violations.map((one) => [one.id, one.help, one.nodes.map((node) => node.html).slice(0, 3)]), null, 1));
      process.exit(1);
    }
    const spoiled = text.replace('<html lang="en">', "<html>");
    if ((await judge(spoiled)).violations.length === 0) throw new Error("HTML: a page without a language is accepted");
  }
  console.log(`HTML: ${files(".html").length} pages are valid, and axe finds nothing against WCAG 2.0 A and AA in them`);
}

html().catch((error) => { console.error(error); process.exit(1); });
