// Makes a C# file of each ```csharp block in README.md, README.fr.md and docs/guides: node extract-examples.mjs <root> <output directory>
// A block is a whole program when it creates the builder; otherwise it may use builder, app, io and socket. Types at its end are allowed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [root, output] = process.argv.slice(2);
const guides = join(root, "docs", "guides");
const pages = ["README.md", "README.fr.md"]
  .filter((name) => existsSync(join(root, name)))
  .concat(existsSync(guides) ? readdirSync(guides).filter((name) => name.endsWith(".md")).map((name) => `docs/guides/${name}`) : []);

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

for (const page of pages) {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  let start = -1;

  lines.forEach((line, index) => {
    if (start < 0 && line.startsWith("```csharp")) {
      start = index + 1;
    } else if (start >= 0 && line.startsWith("```")) {
      write(page, start + 1, lines.slice(start, index));
      start = -1;
    }
  });
}

function write(page, line, code) {
  const name = `${page.replace(/\W+/g, "_")}_${line}`;
  const usings = code.filter((text) => /^using [\w.]+;/.test(text));
  const rest = code.filter((text) => !/^using [\w.]+;/.test(text));
  const firstType = rest.findIndex((text) => /^(public |internal |sealed |abstract )*(class|record|interface|enum) /.test(text));
  const statements = firstType < 0 ? rest : rest.slice(0, firstType);
  const types = firstType < 0 ? [] : rest.slice(firstType);
  const isProgram = statements.some((text) => text.includes("WebApplication.CreateBuilder"));
  const parameters = isProgram
    ? "string[] args"
    : "WebApplicationBuilder builder, WebApplication app, Salon.SocketIO.SocketIOServer io, Salon.SocketIO.Socket socket";

  writeFileSync(
    join(output, `${name}.cs`),
    [
      "#pragma warning disable // An example shows one thing, and lets the rest be.",
      "using Salon.EngineIO;",
      "using Salon.SocketIO;",
      ...usings.filter((text) => !["using Salon.EngineIO;", "using Salon.SocketIO;"].includes(text)),
      `namespace Examples.${name};`,
      "internal static class Example",
      "{",
      `    public static async Task RunAsync(${parameters})`,
      "    {",
      `#line ${line} "${resolve(root, page)}"`,
      ...statements,
      "#line default",
      "    }",
      "}",
      ...types,
    ].join("\n"),
  );
}
