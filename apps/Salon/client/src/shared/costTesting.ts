/** Counts what a function of a page does, without a clock: how often each block of our code runs, and how many characters or items go through the engine's own functions. */

interface Inspector {
  Session: new () => {
    connect(): void;
    disconnect(): void;
    post(method: string, params: object, answer?: (error: unknown, result: Coverage) => void): void;
  };
}

interface Coverage {
  result: { url: string; functions: { ranges: { count: number }[] }[] }[];
}

declare const process: { getBuiltinModule(name: "node:inspector"): Inspector };

const methodsOfText = ["includes", "indexOf", "lastIndexOf", "localeCompare", "match", "matchAll", "normalize", "replace", "replaceAll", "search", "split", "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart"] as const;
const methodsOfLists = ["concat", "every", "filter", "find", "findIndex", "flatMap", "forEach", "includes", "indexOf", "join", "map", "reduce", "slice", "some", "sort", "splice", Symbol.iterator] as const;
const partsOfText = ["slice", "substring"] as const;

// The counters of the engine start anew whenever they are read.
const session = new (process.getBuiltinModule("node:inspector").Session)();
session.connect();
session.post("Profiler.enable", {});
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** How many steps a call takes. What a pattern does inside is not seen: `patterns.test.ts` proves that each takes one pass. */
export function stepsOf(call: () => unknown): number {
  let steps = 0;
  const note = (count: number) => (steps += count);
  const restore = [
    charge(String.prototype, methodsOfText, (text) => note(String(text).length + 1)),
    charge(String.prototype, partsOfText, (_, part) => note(String(part).length + 1)),
    charge(Array.prototype, methodsOfLists, (list) => note((list as unknown[]).length + 1)),
    chargePatterns(note),
  ];
  takeBlocks();

  try {
    call();
  } finally {
    restore.forEach((undo) => undo());
  }

  return steps + takeBlocks();
}

/** How often blocks of the pages' code have run since this was asked last. */
function takeBlocks(): number {
  let blocks = 0;
  session.post("Profiler.takePreciseCoverage", {}, (_, { result }) => {
    for (const { url, functions } of result) {
      if (!/\/src\/(?!.*(?:Testing|\.test)\.)/.test(url)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    }
  });
  return blocks;
}

function charge<T extends object>(prototype: T, names: readonly PropertyKey[], note: (subject: unknown, result: unknown) => void): () => void {
  const originals = names.map((name) => [name, Object.getOwnPropertyDescriptor(prototype, name)!] as const);

  for (const [name, { value }] of originals) {
    if (typeof value !== "function") throw new Error(`There is no method ${String(name)}.`);
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...given: unknown[]) {
        const result: unknown = Reflect.apply(value as (...given: unknown[]) => unknown, this, given);
        note(this, result);
        return result;
      },
    });
  }

  return () => originals.forEach(([name, descriptor]) => Object.defineProperty(prototype, name, descriptor));
}

/** A pattern costs the way to its match, or to the end of the text. Replacing and splitting by a pattern go through here, too. */
function chargePatterns(note: (count: number) => void): () => void {
  const { exec } = RegExp.prototype;

  RegExp.prototype.exec = function (text: string) {
    const start = this.global || this.sticky ? this.lastIndex : 0;
    const match = Reflect.apply(exec, this, [text]) as RegExpExecArray | null;
    note((match ? match.index + match[0].length : this.sticky ? start : String(text).length) - start + 1);
    return match;
  };

  return () => (RegExp.prototype.exec = exec);
}
