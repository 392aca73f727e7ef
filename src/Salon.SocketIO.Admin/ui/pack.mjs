// Packs the files of the UI that the library embeds: node pack.mjs <output directory>
// The original page fetches its fonts from two other servers. Here it gets the icons from the server itself, and the system's font.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { brotli, gzip } from "../../../eng/compress.mjs";

const output = process.argv[2];
const dist = "node_modules/@socket.io/admin-ui/ui/dist";
const icons = "node_modules/@mdi/font";

rmSync(output, { recursive: true, force: true });

const write = (name, content, isCompressed = true) => {
  const target = join(output, name);
  mkdirSync(dirname(target), { recursive: true });
  if (isCompressed) {
    writeFileSync(`${target}.gz`, gzip(content));
    writeFileSync(`${target}.br`, brotli(content));
  } else {
    writeFileSync(target, content);
  }
};

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const name = relative(dist, path).replaceAll("\\", "/");
  if (entry.isFile() && !name.endsWith(".map") && name !== "index.html") {
    const content = readFileSync(path);
    write(name, name.endsWith(".js") ? content.toString().replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n") : content, !name.endsWith(".png"));
  }
}

const page = readFileSync(join(dist, "index.html"), "utf8")
  .replace(/<link rel="stylesheet" href="https:\/\/fonts\.googleapis\.com[^>]*>/, "")
  .replace(/<link rel="stylesheet" href="https:\/\/cdn\.jsdelivr\.net[^>]*>/, '<link rel="stylesheet" href="css/icons.css">')
  .replace("</body>", '<script src="js/prefill.js"></script><script src="js/signout.js"></script></body>');
if (/https?:\/\//.test(page)) throw new Error("The page still asks another server for something.");
write("index.html", page);

const styles = readFileSync(join(icons, "css/materialdesignicons.min.css"), "utf8")
  .replace(/src:url\([^;]*;src:url\([^}]*}/, 'src:url("../fonts/icons.woff2") format("woff2")}')
  .replace(/\n?\/\*# sourceMappingURL=.*\s*$/, "\n");
if (!styles.includes("fonts/icons.woff2")) throw new Error("The icons' style sheet is not as expected.");
write("css/icons.css", styles);
write("fonts/icons.woff2", readFileSync(join(icons, "fonts/materialdesignicons-webfont.woff2")), false);
for (const name of ["prefill.js", "signout.js"]) write(`js/${name}`, readFileSync(name));

const versions = ["node_modules/@socket.io/admin-ui", icons].map((root) => JSON.parse(readFileSync(join(root, "package.json"))).version);
const own = createHash("sha256").update(page).update(readFileSync("prefill.js")).update(readFileSync("signout.js")).digest("hex").slice(0, 8);
writeFileSync(join(output, "version"), [...versions, own].join("-"));
