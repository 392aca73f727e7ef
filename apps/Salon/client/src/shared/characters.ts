// Lengths as people count: an emoji with its skin colour is one character. The server's MessageText.cs has the same rules.

const bytesPerCharacter = 8;
const mostMarks = 30;

export type TextProblem = "empty" | "tooLong" | "invalid";

export function lengthOf(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How many characters a message has, and how many too many: its bytes are bounded, too. */
export function measure(text: string, maxLength: number): { length: number; over: number } {
  // What is far too long is not looked at closely, whenever a key is pressed.
  const length = text.length > maxLength * bytesPerCharacter ? text.length : lengthOf(text);
  return { length, over: Math.max(0, length - maxLength, Math.ceil(bytesOf(text) / bytesPerCharacter) - maxLength) };
}

export function problemOfText(text: string, maxLength: number): TextProblem | null {
  if (!/[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]/u.test(text)) return "empty";
  if (measure(text, maxLength).over > 0) return "tooLong";
  return hasManyMarks(text) || /\p{Cs}/u.test(text) ? "invalid" : null;
}

function hasManyMarks(text: string): boolean {
  let marks = 0;
  for (const each of text) {
    if (/\p{Default_Ignorable_Code_Point}/u.test(each)) continue;
    marks = /\p{M}/u.test(each) ? marks + 1 : 0;
    if (marks > mostMarks) return true;
  }
  return false;
}
