export type Piece = { text: string; href?: string };

const address = /https?:\/\/[^\s<>"]+/giu;

/** Finds the addresses in a text. Punctuation behind one, and a bracket that is not its own, belong to the sentence. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;

  for (const match of text.matchAll(address)) {
    const href = withoutPunctuation(match[0]);
    if (!URL.canParse(href)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: href, href });
    end = match.index + href.length;
  }

  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

function withoutPunctuation(match: string): string {
  let href = match.replace(/[.,;:!?'»”’…]+$/u, "");
  while (href.endsWith(")") && count(href, ")") > count(href, "(")) href = href.slice(0, -1).replace(/[.,;:!?'»”’…]+$/u, "");
  return href;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

const emoji = /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u200d]*|\p{Regional_Indicator}{2}|\s){1,12}$/u;

/** Whether a text is a few emoji and nothing else, which may be larger. */
export function isOnlyEmoji(text: string): boolean {
  return text.trim() !== "" && emoji.test(text);
}
