// Builds the style and script of every page into ../static/web: hashed names, a manifest, and each file compressed beside itself.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { compile } from "tailwindcss";

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const package_ = resolve(here, "../..");
// bin/front moves it to its place, so that nobody ever sees half a build.
const out = resolve(here, process.env.MARSAD_FRONT_OUT ?? "../static/web");
const COMPRESSED = new Set([".css", ".js", ".svg"]);

async function found(folder, ending) {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(ending) && !file.includes("node_modules")).sort().map((file) => join(folder, file));
}

async function loadStylesheet(id, base) {
  const path = id.startsWith(".") ? resolve(base, id) : require.resolve(id.endsWith(".css") ? id : `${id}.css`);
  return { path, base: dirname(path), content: await readFile(path, "utf8") };
}

// Tailwind's own compiler, fed with the words of our templates: no binary of its own for each machine is needed.
function tailwind() {
  return {
    name: "tailwind",
    enforce: "pre",
    async transform(code, id) {
      if (!code.includes("tailwindcss/utilities")) return undefined;
      const { build } = await compile(code, { base: dirname(id), loadStylesheet });
      const words = new Set();
      for (const file of await found(package_, ".html")) {
        for (const word of (await readFile(file, "utf8")).matchAll(/[\w:/.[\]%-]+/g)) words.add(word[0]);
      }
      return { code: build([...words]), map: null };
    },
  };
}

function mark() {
  return {
    name: "mark",
    async buildStart() {
      this.emitFile({ type: "asset", name: "mark.svg", originalFileName: "mark.svg", source: await readFile(join(here, "src/mark.svg")) });
    },
  };
}

// The palette stands written out in tokens.css, which stand-alone reports use too; here it is held to the design system's own.
function palette() {
  return {
    name: "palette",
    async buildStart() {
      const colors = require("@aegov/design-system/src/theme/colors.js");
      const tokens = await readFile(resolve(here, "../templates/web/tokens.css"), "utf8");
      for (const [, name, shade, value] of tokens.matchAll(/--(ae\w+)-(\d+): ([^;]+);/g)) {
        if (colors[name]?.[shade] !== value) this.error(`tokens.css says --${name}-${shade} is ${value}; the design system says ${colors[name]?.[shade]}`);
      }
    },
  };
}

function compressed() {
  return {
    name: "compressed",
    async closeBundle() {
      for (const file of await found(out, "")) {
        if (!COMPRESSED.has(extname(file))) continue;
        const content = await readFile(file);
        await writeFile(`${file}.br`, await promisify(brotliCompress)(content));
        await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
      }
    },
  };
}

const entries = [...(await found(join(here, "src/pages"), "")), join(here, "src/marsad.css"), join(here, "src/marsad.js"), join(here, "src/early.js"), join(here, "src/worker.js")];

export default {
  root: join(here, "src"),
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [mark(), palette(), tailwind(), compressed()],
  build: {
    outDir: out,
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    modulePreload: false,
    // htmx can evaluate code from attributes; marsad.js switches that off, and the policy of our pages forbids it.
    rollupOptions: { input: entries, onwarn: (warning, warn) => warning.code === "EVAL" || warn(warning) },
  },
};
