export type Piece = { text: string; href?: string };

const address = /https?:\/\/[^\s<>"]+/giu;

/** What is longer is shown as text: nobody reads such an address, and checking it costs more than it is worth. */
const longestAddress = 2_048;

const punctuation = new Set(".,;:!?'»”’…");

/** Finds the addresses in a text. Punctuation behind one, and a bracket that is not its own, belong to the sentence. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;

  for (const match of text.matchAll(address)) {
    const href = withoutPunctuation(match[0]);
    if (href.length > longestAddress || !URL.canParse(href)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: href, href });
    end = match.index + href.length;
  }

  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

// One step for each character: others write what is read here.
function withoutPunctuation(match: string): string {
  let surplus = 0;
  for (let i = 0; i < match.length; i++) surplus += match[i] === ")" ? 1 : match[i] === "(" ? -1 : 0;

  let end = match.length;
  for (; end > 0; end--) {
    const last = match[end - 1]!;
    if (last === ")" && surplus > 0) surplus--;
    else if (!punctuation.has(last)) break;
  }
  return match.slice(0, end);
}

const emoji = /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f\u200d]*|\p{Regional_Indicator}{2}|\s){1,12}$/u;

/** More than this is no longer a few emoji. */
const longestEmoji = 200;

/** Whether a text is a few emoji and nothing else, which may be larger. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= longestEmoji && text.trim() !== "" && emoji.test(text);
}
