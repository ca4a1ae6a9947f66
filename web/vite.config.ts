import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

/** What is bundled besides packages: the shapes of the map. */
const SHAPES =
  "Shapes of the map\n\nProvinces of Italy: ISTAT, administrative boundaries for statistical purposes, by way of openpolis; Creative Commons\n" +
  "Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/); simplified and projected.\n" +
  "Countries: Natural Earth, public domain, by way of world-atlas; simplified and projected.\n";

/** The licences of everything that is bundled, since they ask to go with it. A package without one stops the build. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const bundled = new Set<string>();
      for (const id of this.getModuleIds()) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
        if (name !== undefined) bundled.add(name);
      }
      const texts = [...bundled].sort().map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`);
      this.emitFile({ type: "asset", fileName: "assets/licences.txt", source: [...texts, SHAPES].join("\n\n") });
    },
  };
}

export default defineConfig({
  plugins: [licences()],
  build: {
    // The folder above it is committed, so that the server's build can watch it; see crates/server/build.rs.
    outDir: "dist/workbench",
    emptyOutDir: true,
    // Everything is a file of our own origin: the content policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  // The Italian of sentences lies beside the record tables: the dossier reads it too.
  server: { fs: { allow: [".", "../schema"] }, proxy: { "/api": "http://127.0.0.1:8420" } },
  test: { environment: "node", testTimeout: 60_000, hookTimeout: 120_000 },
});
