// Draws what the recipes of the documentation write into a page: JSON on standard input, JSON on standard output.
// In: {"recipes": directory, "path": a media path, "alt": text}. Out: the HTML by framework, and the URLs of Next's loader.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { recipes, path, alt } = JSON.parse(readFileSync(0, "utf8"));
const out = mkdtempSync(join(tmpdir(), "recipes-"));

const vue = {
  name: "vue",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.vue$/ }, ({ path: file }) => {
      const { descriptor } = parse(readFileSync(file, "utf8"), { filename: file });
      const templateOptions = { ssr: true, ssrCssVars: [] };
      return { contents: compileScript(descriptor, { id: "recipe", inlineTemplate: true, templateOptions }).content };
    }),
};

// In one bundle, so that the component and who draws it share one React, or one Vue.
async function drawn(name, program) {
  const outfile = join(out, `${name}.cjs`);
  await build({
    stdin: { contents: program, resolveDir: here, loader: "jsx" },
    bundle: true,
    platform: "node",
    format: "cjs",
    jsx: "automatic",
    nodePaths: [join(here, "node_modules")],
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [vue],
    outfile,
    logLevel: "silent",
  });
  return require(outfile).html({ path, alt });
}

const REACT = `
  import ProductImage from ${JSON.stringify(join(recipes, "ProductImage.jsx"))};
  import { renderToStaticMarkup } from "react-dom/server";
  export const html = (props) => renderToStaticMarkup(<ProductImage {...props} />);
`;
const VUE = `
  import ProductImage from ${JSON.stringify(join(recipes, "ProductImage.vue"))};
  import { createSSRApp } from "vue";
  import { renderToString } from "vue/server-renderer";
  export const html = (props) => renderToString(createSSRApp(ProductImage, props));
`;

async function imported(file) {
  const outfile = join(out, `${file}.mjs`);
  await build({ entryPoints: [join(recipes, file)], format: "esm", outfile, logLevel: "silent" });
  return (await import(pathToFileURL(outfile))).default;
}

try {
  const loader = await imported("next-loader.js");
  const widths = [320, 640, 1080];
  console.log(
    JSON.stringify({
      react: await drawn("react", REACT),
      vue: await drawn("vue", VUE),
      next: [...widths.map((width) => loader({ src: path, width })), loader({ src: `/${path}`, width: 256, quality: 60 })],
      config: (await imported("next.config.js")).images,
    }),
  );
} finally {
  rmSync(out, { recursive: true });
}
