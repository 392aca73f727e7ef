// The server's rules for the names of people and rooms: characters that can be seen, and single spaces. VisibleText.cs has the same,
// and tests/text-cases.json the cases for both.

import { bytesOf, lengthOf } from "../shared/characters";
import { alike, folded, joinsNext, joinsPrevious, virama } from "../shared/textData";

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\ufffd]/u;
const ignorable = /\p{Default_Ignorable_Code_Point}/u;
const mark = /\p{M}/u;
const taggedFlag = /^\u{1f3f4}(?:\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073}))\u{e007f}/u;
const flagLength = 7;
const mostMarks = 6;
const bytesPerCharacter = 16;

export type NameProblem = "empty" | "tooLong" | "hidden";

export function tidy(name: string): string {
  return name.normalize("NFC").split(/\p{White_Space}/u).filter((word) => word !== "").join(" ");
}

export function problemOf(name: string, maxLength: number): NameProblem | null {
  if (name.length > maxLength * bytesPerCharacter) return "tooLong";
  const tidied = tidy(name);
  if (tidied === "") return "empty";
  if (!isVisible([...tidied])) return "hidden";
  return bytesOf(tidied) > maxLength * bytesPerCharacter || lengthOf(tidied) > maxLength ? "tooLong" : null;
}

/** What names have in common that look the same: without case, and with letters of other scripts taken for the Latin ones they look like. */
export function keyOf(name: string): string {
  return fold(fold(tidy(name)).normalize("NFKD"));
}

/** By which the server stores a room: what names have in common that differ only in case. */
export function roomKeyOf(name: string): string {
  return tidy(name).toLowerCase();
}

function fold(name: string): string {
  return name.toLowerCase().replace(folded, (each) => alike.get(each) ?? "");
}

function isVisible(characters: string[]): boolean {
  let marks = 0;

  for (let i = 0; i < characters.length; i++) {
    const each = characters[i]!;
    if (each === "\u{1f3f4}" && taggedFlag.test(characters.slice(i, i + flagLength).join(""))) {
      i += flagLength - 1;
      continue;
    }

    // What is not drawn neither is a mark nor begins another letter. A mark needs something that it marks.
    if (isMark(each)) marks++;
    else if (!isIgnorable(each)) marks = 0;
    if (marks > mostMarks || (isMark(each) && (i === 0 || characters[i - 1] === " ")) || !isVisibleAt(characters, i)) return false;
  }

  return true;
}

function isVisibleAt(characters: string[], at: number): boolean {
  const before = characters[at - 1] ?? "";

  switch (characters[at]) {
    case "\u200c":
      return virama.test(before) || isBetweenJoining(characters, at);
    case "\u200d":
      return virama.test(before) || isBetweenPictures(characters, at);
    case "\ufe0e":
    case "\ufe0f":
      // 1️⃣: a digit alone looks the same with it and without.
      return /\p{Emoji}/u.test(before) && (before > "\u007f" || (characters[at] === "\ufe0f" && characters[at + 1] === "\u20e3"));
    default:
      return !hidden.test(characters[at]!);
  }
}

function isBetweenJoining(characters: string[], at: number): boolean {
  let [before, after] = [at - 1, at + 1];
  while (isMark(characters[before] ?? "")) before--;
  while (isMark(characters[after] ?? "")) after++;
  return joinsNext.test(characters[before] ?? "") && joinsPrevious.test(characters[after] ?? "");
}

function isBetweenPictures(characters: string[], at: number): boolean {
  let before = at - 1;
  while (/[\ufe0f\p{Emoji_Modifier}]/u.test(characters[before] ?? "")) before--;
  return /\p{Extended_Pictographic}/u.test(characters[before] ?? "") && /\p{Extended_Pictographic}/u.test(characters[at + 1] ?? "");
}

function isIgnorable(character: string): boolean {
  return ignorable.test(character);
}

function isMark(character: string): boolean {
  return mark.test(character) && !isIgnorable(character);
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
  for (const character of roomKeyOf(name)) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return (hash % 24) * 15;
}
