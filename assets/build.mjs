// Make what the repository keeps from npm packages: the GOV.UK styles in both
// directions, htmx, axe-core for the browser tests, and where each country lies on the map.
// Run through `make assets`; prints nothing when all is well.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import rtlcss from "rtlcss";
import { NodePackageImporter, compile } from "sass";
import { places } from "./places.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(here, "node_modules");
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"))).version;
const kept = [];

function keep(path, content, origin, licence) {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  kept.push({ path, origin, licence, sha256: createHash("sha256").update(content).digest("hex") });
}

const { css } = compile(join(here, "govuk.scss"), {
  charset: false,
  importers: [new NodePackageImporter(here)],
  quietDeps: true,
  style: "compressed",
});
const govuk = `govuk-frontend ${version("govuk-frontend")}`;
const notice = `/*! ${govuk}, MIT, Crown copyright (Government Digital Service) */\n`;
keep("static/vendor/govuk/govuk.css", notice + css + "\n", govuk, "MIT");
keep("static/vendor/govuk/govuk.rtl.css", notice + rtlcss.process(css) + "\n", govuk, "MIT");

const htmx = readFileSync(join(modules, "htmx.org/dist/htmx.min.js"));
keep("static/vendor/htmx.min.js", htmx, `htmx.org ${version("htmx.org")}`, "0BSD");
const axe = readFileSync(join(modules, "axe-core/axe.min.js"));
keep("tests/browser/axe.min.js", axe, `axe-core ${version("axe-core")}`, "MPL-2.0");
const atlas = JSON.parse(readFileSync(join(modules, "world-atlas/countries-50m.json")));
const origin = `world-atlas ${version("world-atlas")} (Natural Earth)`;
keep("portal/figures/places.json", places(atlas), origin, "public domain");

const rows = kept.map(({ path, origin, licence, sha256 }) => `| \`${path}\` | ${origin} | ${licence} | \`${sha256}\` |`);
writeFileSync(
  join(root, "static/VENDOR.md"),
  `# Files made from other people's packages

Written by \`make assets\`; do not edit them by hand. \`tests/portal/test_components.py\` compares the checksums.

| file | from | licence | SHA-256 |
|---|---|---|---|
${rows.join("\n")}

\`tests/browser/axe.min.js\` is used by the browser tests only and never sent to a visitor.
The field of land dots, \`portal/figures/land.txt\`, was drawn for this portal from Natural Earth (public domain).
`,
);
