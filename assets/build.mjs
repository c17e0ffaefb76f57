/**
 * Puts what the pages load from npm into tanggap/web/static/vendor, and says how large everything is for the browser.
 *
 * Run it after `npm ci`. Most packages ship minified ES modules: those are copied without the line that names a source map, since
 * the maps stay behind; style sheets go into the layer `vendor`, below our own. JsSIP ships its sources only, so esbuild puts them
 * into one module. Our own modules and styles are served as they are written.
 */

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const web = join(root, "tanggap", "web", "static");
const vendor = join(web, "vendor");

/** What is copied: from (below node_modules) → to (below vendor). The worker must lie beside the module that starts it. */
const FILES = {
  "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
  "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
  "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
  "pmtiles/dist/pmtiles.js": "pmtiles.mjs",
};

/** Scripts that set a variable become modules by a line at their end. */
const EXPORTS = { "pmtiles.mjs": "export const { FetchSource, PMTiles, Protocol } = pmtiles;" };

/** What is put together from sources, from what is said here; it was written for scripts that find themselves in `window`. */
const BUNDLES = { "jssip.mjs": 'export { debug, UA, WebSocketInterface } from "jssip";' };

/** Packages whose licences travel with the files (fflate is inside pmtiles; JsSIP brings four more); null: the package names its licence, without the text. */
const LICENCES = {
  "maplibre-gl": "LICENSE.txt", pmtiles: null, fflate: "LICENSE",
  jssip: "LICENSE.md", "sdp-transform": "LICENSE", events: "LICENSE", debug: "LICENSE", ms: "license.md",
};
const BSD_3_CLAUSE = join(root, "assets", "licences", "bsd-3-clause.txt");

/** What a console needs before it can take a report; the map comes behind it. Bytes, gzipped. */
const CONSOLE_BUDGET = 150_000;

async function copyAll() {
  await rm(vendor, { recursive: true, force: true });
  await mkdir(vendor, { recursive: true });
  for (const [from, to] of Object.entries(FILES)) {
    const text = await readFile(join(modules, from), "utf8");
    const bare = text.replace(/\n?\/[/*][#@] sourceMappingURL=.*$/s, "\n");
    const whole = EXPORTS[to] ? `${bare}\n${EXPORTS[to]}\n` : bare;
    await writeFile(join(vendor, to), to.endsWith(".css") ? `@layer vendor {\n${whole}}\n` : whole);
  }
  for (const [to, contents] of Object.entries(BUNDLES)) {
    await build({
      stdin: { contents, resolveDir: root }, outfile: join(vendor, to), bundle: true, format: "esm", minify: true, target: "es2022",
      platform: "browser", define: { global: "window" }, legalComments: "none", logLevel: "error",
    });
  }
  const licences = [];
  for (const [name, file] of Object.entries(LICENCES)) {
    const { version, license, author } = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    if (file === null && license !== "BSD-3-Clause") throw new Error(`${name} has changed its licence to ${license}`);
    const text = await readFile(file === null ? BSD_3_CLAUSE : join(modules, name, file), "utf8");
    licences.push(`${name} ${version}\n\n${text.trim().replace("{author}", author)}\n`);
  }
  await writeFile(join(vendor, "LICENSES.txt"), licences.join("\n---\n\n"));
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function sizes() {
  const rows = [];
  for (const path of (await filesBelow(web)).sort()) {
    const bytes = await readFile(path);
    rows.push({ path: relative(web, path), bytes: bytes.length, gzip: gzipSync(bytes, { level: 6 }).length });
  }
  return rows;
}

/** All of ours: more than any one page loads first, so if this fits the console does. */
const isFirst = ({ path }) => !path.startsWith("vendor/") || path.endsWith("htmx.min.js");

await copyAll();
const rows = await sizes();
const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
for (const row of rows) console.log(`${kB(row.gzip)} kB gzip  ${kB(row.bytes)} kB  ${row.path}`);
const first = rows.filter(isFirst).reduce((sum, row) => sum + row.gzip, 0);
console.log(`${kB(first)} kB gzip  all of ours; ${CONSOLE_BUDGET / 1000} kB is the most before a console takes a report`);
if (first > CONSOLE_BUDGET) {
  console.error("The first load of the console is too large.");
  process.exit(1);
}
