import { defineConfig } from "vite";

// A page is an HTML file; scripts and styles get names that change with their content.
export default defineConfig({
  build: {
    target: "es2022",
    // light-dark() is left to the browser.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    // Nothing inline: the Content-Security-Policy forbids it.
    assetsInlineLimit: 0,
    rollupOptions: { input: { index: "index.html", chat: "chat.html", native: "chat/native.html", stocks: "stocks.html", lab: "lab.html" } },
  },
});
