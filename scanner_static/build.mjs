// Builds dist/: the page's module (bundled, for Chrome 80 and Safari 14), SM2 as a file of its own, icons, worker.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { icon } from "./icon.mjs";

const OUT = new URL("dist/", import.meta.url);
const SOURCE = new URL("src/", import.meta.url);

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { app: "src/app.js" },
  absWorkingDir: new URL(".", import.meta.url).pathname,
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "[name]",
  format: "esm",
  minify: true,
  target: ["chrome80", "safari14"],
  supported: { bigint: true, destructuring: true }, // what Safari 14 gets wrong of it, we do not use
  legalComments: "linked",
});

// The officer's page takes the same decoder, in one file of its own: it is no part of what the enterprise keeps offline.
await build({
  entryPoints: { officer: "src/officer.js" },
  absWorkingDir: new URL(".", import.meta.url).pathname,
  outdir: "dist",
  bundle: true,
  format: "esm",
  minify: true,
  target: ["chrome80", "safari14"],
  supported: { bigint: true, destructuring: true },
  legalComments: "linked",
});

const files = {
  "index.html": await readFile(new URL("index.html", SOURCE)),
  "scanner.css": await readFile(new URL("scanner.css", SOURCE)),
  "icon.svg": icon.svg(),
  "icon-192.png": icon.png(192),
  "icon-512.png": icon.png(512),
  "manifest.webmanifest": JSON.stringify({
    name: "检查码 · 扫码核验",
    short_name: "扫码核验",
    start_url: "/scan/",
    scope: "/scan/",
    display: "standalone",
    lang: "zh-CN",
    background_color: "#ffffff",
    theme_color: "#0b4ea2",
    icons: [192, 512].map((size) => ({ src: `/scan/icon-${size}.png`, sizes: `${size}x${size}`, type: "image/png" })),
  }),
};
for (const [name, content] of Object.entries(files)) await writeFile(new URL(name, OUT), content);

const built = (await readdir(OUT)).filter((name) => name.endsWith(".js")).sort();
const kept = ["/scan/", ...built.filter((n) => n !== "sm2.js" && n !== "officer.js").map((n) => `/scan/${n}`), ...Object.keys(files).filter((n) => n !== "index.html").map((n) => `/scan/${n}`)];
const hash = createHash("sha256");
for (const name of [...built, ...Object.keys(files)].sort()) hash.update(await readFile(new URL(name, OUT)));
const head = `const VERSION=${JSON.stringify(hash.digest("hex").slice(0, 12))};const FILES=${JSON.stringify(kept)};\n`;
await writeFile(new URL("sw.js", OUT), head + (await readFile(new URL("sw.js", SOURCE), "utf8")));
