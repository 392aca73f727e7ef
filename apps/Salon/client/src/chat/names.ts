// The server's rule for the names of people and rooms: characters that can be seen, and single spaces.

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufffd]/u;

export type NameProblem = "empty" | "tooLong" | "hidden";

export function tidy(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/gu, " ");
}

export function problemOf(name: string, maxLength: number): NameProblem | null {
  const tidied = tidy(name);
  if (tidied === "") return "empty";
  if (hidden.test(tidied)) return "hidden";
  return lengthOf(tidied) > maxLength ? "tooLong" : null;
}

/** What two names that differ only in case have in common. */
export function keyOf(name: string): string {
  return tidy(name).toLowerCase();
}

function lengthOf(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}

/** One or two letters that stand for a person. */
export function initials(name: string): string {
  const words = tidy(name).split(" ");
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => [...new Intl.Segmenter().segment(word ?? "")][0]?.segment ?? "")
    .join("")
    .toUpperCase();
}

/** A hue that belongs to a name, the same in every browser. */
export function hue(name: string): number {
  let hash = 0;
  for (const character of keyOf(name)) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return (hash % 24) * 15;
}
