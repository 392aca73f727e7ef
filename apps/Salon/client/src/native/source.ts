// The script as it is shown: cut at its marks ("// 2"), and coloured a little.

export const scriptAddress = "/native-chat.js";

export interface Section {
  number: number;
  code: string;
}

export type Kind = "keyword" | "text" | "number" | "plain";

export async function loadSource(): Promise<string> {
  const response = await fetch(scriptAddress);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

export function split(source: string): Section[] {
  return source
    .split(/^ *\/\/ (?=\d+$)/m)
    .slice(1)
    .map((part) => {
      const [number = "", ...lines] = part.split("\n");
      return { number: Number(number), code: lines.join("\n").trimEnd() };
    });
}

const token =
  /(?<text>"[^"\n]*"|\/\^\w+\/)|(?<keyword>\b(?:const|else|export|function|if|let|new|return)\b)|(?<number>\b\d[\d_]*(?:\.\d+)?\b)/g;

export function colour(code: string): { kind: Kind; text: string }[] {
  const parts: { kind: Kind; text: string }[] = [];
  let end = 0;

  for (const match of code.matchAll(token)) {
    if (match.index > end) parts.push({ kind: "plain", text: code.slice(end, match.index) });
    const kind = (Object.entries(match.groups!).find(([, text]) => text !== undefined)?.[0] ?? "plain") as Kind;
    parts.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }

  if (end < code.length) parts.push({ kind: "plain", text: code.slice(end) });
  return parts;
}
