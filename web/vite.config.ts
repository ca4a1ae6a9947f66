import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    // The folder above it is committed, so that the server's build can watch it; see crates/server/build.rs.
    outDir: "dist/workbench",
    emptyOutDir: true,
    // Everything is a file of our own origin: the content policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: { proxy: { "/api": "http://127.0.0.1:8420" } },
  test: { environment: "node", testTimeout: 60_000, hookTimeout: 120_000 },
});
