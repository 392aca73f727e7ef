// Writes what the rules for names and lengths need to know of Unicode: apps/Salon/Texts/text-data.txt for the server, and
// apps/Salon/client/src/shared/textData.ts for the pages. Run it by hand after an update of Node.js: node eng/make-text-data.mjs
// It takes everything from the Unicode data that Node.js has (normalize, \p{…}, Intl.Segmenter); by hand are the two tables below.

import { writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);

// Letters that look like Latin ones, capital or small: names are compared without case, so one look is enough. Each of a script's own
// letters stands for another Latin letter where that is possible, so that names of that script stay apart.
const alike = {
  // Cyrillic. К, М, Н, Т, В look like Latin letters only as capitals.
  "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "i", "ј": "j",
  "ԁ": "d", "һ": "h", "ԛ": "q", "ԝ": "w", "ү": "y", "ӏ": "l", "ԍ": "g", "ѵ": "v", "ґ": "r",
  // Greek.
  "α": "a", "β": "b", "ε": "e", "ζ": "z", "η": "h", "ι": "i", "κ": "k", "μ": "m", "ν": "n", "ο": "o", "ρ": "p", "τ": "t", "υ": "y", "χ": "x",
  "ϲ": "c", "ϳ": "j", "ς": "σ", "µ": "m",
  // Armenian.
  "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "զ": "q", "լ": "l",
  // Coptic.
  "ⲁ": "a", "ⲃ": "b", "ⲉ": "e", "ⲏ": "h", "ⲓ": "i", "ⲕ": "k", "ⲙ": "m", "ⲛ": "n", "ⲟ": "o", "ⲣ": "p", "ⲥ": "c", "ⲧ": "t", "ⲭ": "x", "ⲩ": "y",
  // Cherokee, whose capitals look like Latin ones.
  "ꭺ": "a", "ᏼ": "b", "ꮯ": "c", "ꭼ": "e", "ꮋ": "h", "ꭻ": "j", "ꮶ": "k", "ꮮ": "l", "ꮇ": "m", "ꮲ": "p", "ꭱ": "r", "ꮪ": "s", "ꭲ": "t", "ꮩ": "v", "ꮃ": "w", "ꮓ": "z",
  // Lisu.
  "ꓮ": "a", "ꓐ": "b", "ꓚ": "c", "ꓓ": "d", "ꓰ": "e", "ꓝ": "f", "ꓖ": "g", "ꓧ": "h", "ꓲ": "i", "ꓙ": "j", "ꓗ": "k", "ꓡ": "l", "ꓟ": "m", "ꓠ": "n", "ꓳ": "o", "ꓑ": "p",
  "ꓣ": "r", "ꓢ": "s", "ꓔ": "t", "ꓴ": "u", "ꓦ": "v", "ꓪ": "w", "ꓫ": "x", "ꓬ": "y", "ꓜ": "z",
  // Other Latin letters, and signs.
  "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ȷ": "j", "ʏ": "y",
  "‐": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "⁃": "-", "﹘": "-", "‘": "'", "’": "'", "ʼ": "'", "ʹ": "'", "′": "'", "＇": "'", "ʻ": "'", "`": "'", "´": "'",
  // Written out it is four words; a name of such signs would be eighteen times as long when it is compared.
  "ﷺ": "صلعم",
};

// How letters join (Unicode's ArabicShaping.txt), of the scripts in use whose letters join: Arabic, Syriac, N'Ko, Mandaic, Mongolian. Those that
// join nothing, and of the others those that do not join what follows.
const joining = ["620-64A", "66E-66F", "671-6D3", "6D5", "6EE-6EF", "6FA-6FC", "6FF", "710", "712-72F", "74D-758", "759-77F", "7CA-7EA", "840-858", "860-86A", "870-882", "886", "889-88E", "8A0-8C8", "1820-1878", "1887-18AA"];
const joinNothing = ["621", "640", "674", "861", "866", "8AD"];
const joinOnlyBefore = [
  "622-625", "627", "629", "62F-632", "648", "671-673", "675-677", "688-699", "6C0", "6C3-6CB", "6CD", "6CF", "6D2-6D3", "6D5", "6EE-6EF", "710", "715-719", "71E", "728",
  "72A", "72C", "72F", "74D", "759-75B", "76B-76C", "771", "773-774", "778-779", "840", "846-847", "849", "854", "856-858", "867", "869-86A", "870-882", "88E", "8AA-8AC", "8AE", "8B1-8B2", "8B9",
];

const all = [];
for (let i = 0; i <= 0x10ffff; i++) if (i < 0xd800 || i > 0xdfff) all.push(i);
const char = (code) => String.fromCodePoint(code);
const codes = (text) => [...text].map((each) => each.codePointAt(0));
const segments = (text) => [...segmenter.segment(text)].length;
const segmenter = new Intl.Segmenter("en");

function spread(ranges) {
  return new Set(ranges.flatMap((range) => {
    const [first, last = first] = range.split("-").map((hex) => parseInt(hex, 16));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }));
}

/** First and last of each run of code points. */
function toRanges(set) {
  const ranges = [];
  for (const code of [...set].sort((a, b) => a - b)) {
    if (ranges.length > 0 && ranges.at(-1)[1] === code - 1) ranges.at(-1)[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

const having = (pattern) => new Set(all.filter((code) => pattern.test(char(code))));

// Marks by combining class, found by the order into which normalizing brings two of them. One mark of each class, in order; the number is the class.
const byClass = new Map([[1, 0x338], [6, 0x16ff0], [7, 0x93c], [8, 0x3099], [9, 0x94d], ...[10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((n, i) => [n, 0x5b0 + i]),
  [20, 0x5bb], [21, 0x5bc], [22, 0x5bd], [23, 0x5bf], [24, 0x5c1], [25, 0x5c2], [26, 0xfb1e], [27, 0x64b], [28, 0x64c], [29, 0x64d], [30, 0x64e], [31, 0x64f], [32, 0x650],
  [33, 0x651], [34, 0x652], [35, 0x670], [36, 0x711], [84, 0xc55], [91, 0xc56], [103, 0xe38], [107, 0xe48], [118, 0xeb8], [122, 0xec8], [129, 0xf71], [130, 0xf72], [132, 0xf74],
  [202, 0x321], [214, 0x1dce], [216, 0x31b], [218, 0x1dfa], [220, 0x323], [222, 0x59a], [224, 0x302e], [226, 0x1d16d], [228, 0x5ae], [230, 0x301], [232, 0x315], [233, 0x35c],
  [234, 0x35d], [240, 0x345]]);
const classes = new Map();
for (const code of having(/\p{M}/u)) {
  const mark = char(code);
  if ([...mark.normalize("NFD")].length > 1) continue;
  let isOrdered = false;
  let found = 0;
  for (const [number, representative] of byClass) {
    const other = char(representative);
    const movesBack = codes(("a" + mark + other).normalize("NFD"))[1] !== codes(mark.normalize("NFD"))[0] && code !== representative;
    const movesForth = codes(("a" + other + mark).normalize("NFD"))[1] !== representative && code !== representative;
    isOrdered ||= movesBack || movesForth;
    if (!movesBack && !movesForth && !found) found = number;
  }
  if (isOrdered) {
    if (!found) throw new Error(`No combining class for U+${code.toString(16)}`);
    classes.set(code, found);
  }
}

const isHangul = (code) => code >= 0xac00 && code <= 0xd7a3;
const canonical = new Map();
const compatible = new Map();
const pairs = new Map();
for (const code of all) {
  const text = char(code);
  const nfd = text.normalize("NFD");
  const nfkd = text.normalize("NFKD");
  if (isHangul(code)) continue;
  if (nfd !== text) {
    if (text.normalize("NFC") === text) {
      const parts = [...nfd];
      const last = parts.pop();
      pairs.set(code, [...parts.join("").normalize("NFC"), last].join(""));
    } else canonical.set(code, nfd);
  }
  if (nfkd !== nfd) compatible.set(code, nfkd);
}

for (const [code, pair] of pairs) if ([...pair].length !== 2 || pair.normalize("NFC") !== char(code)) throw new Error(`No pair makes U+${code.toString(16)}`);

const virama = new Set([...classes].filter(([, number]) => number === 9).map(([code]) => code));
const letters = having(/\p{Lo}/u);
const consonants = new Set([...letters].filter((code) => segments("क्" + char(code)) === 1 && segments("क" + char(code)) === 2));
const linkers = new Set([...having(/\p{Mn}/u)].filter((code) => segments("क" + char(code) + "क") === 1));

const joins = spread(joining);
const none = spread(joinNothing);
const before = spread(joinOnlyBefore);
const joinsNext = new Set([...joins].filter((code) => !none.has(code) && !before.has(code) && /\p{L}/u.test(char(code))));
const joinsPrevious = new Set([...joins].filter((code) => !none.has(code) && /\p{L}/u.test(char(code))));

const sets = {
  ignorable: having(/\p{Default_Ignorable_Code_Point}/u),
  emoji: having(/\p{Emoji}/u),
  pictographic: having(/\p{Extended_Pictographic}/u),
  modifier: having(/\p{Emoji_Modifier}/u),
  extend: having(/\p{Grapheme_Extend}/u),
  virama,
  consonant: consonants,
  linker: linkers,
  joinsNext,
  joinsPrevious,
};

const hex = (code) => code.toString(16).toUpperCase();
const sequence = (text) => codes(text).map(hex).join("+");
const rangesOf = (set) => toRanges(set).map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join(" ");
const byValue = (map) => toRanges(new Set(map.keys())).flatMap(([first, last]) => {
  const runs = [];
  for (let code = first; code <= last; code++) {
    if (runs.length > 0 && map.get(code) === runs.at(-1)[2]) runs.at(-1)[1] = code;
    else runs.push([code, code, map.get(code)]);
  }
  return runs;
}).map(([first, last, number]) => `${first === last ? hex(first) : `${hex(first)}-${hex(last)}`}=${number}`).join(" ");
const mapping = (map) => [...map].map(([code, text]) => `${hex(code)}=${sequence(text)}`).join(" ");

const lines = [
  `# Unicode ${process.versions.unicode}. Made by eng/make-text-data.mjs; do not edit.`,
  ...Object.entries(sets).map(([name, set]) => `${name}: ${rangesOf(set)}`),
  `class: ${byValue(classes)}`,
  `canonical: ${mapping(canonical)}`,
  `compatible: ${mapping(compatible)}`,
  `pair: ${mapping(pairs)}`,
  `alike: ${Object.entries(alike).map(([from, to]) => `${hex(from.codePointAt(0))}=${sequence(to)}`).join(" ")}`,
];
writeFileSync(new URL("apps/Salon/Texts/text-data.txt", root), lines.join("\n") + "\n");

const escaped = (set) => toRanges(set).map(([first, last]) => (first === last ? `\\u{${hex(first)}}` : `\\u{${hex(first)}}-\\u{${hex(last)}}`)).join("");
writeFileSync(new URL("apps/Salon/client/src/shared/textData.ts", root), `// Unicode ${process.versions.unicode}. Made by eng/make-text-data.mjs; do not edit.

/** Letters and signs that look like others. */
export const alike: ReadonlyMap<string, string> = new Map(Object.entries(${JSON.stringify(alike)}));

/** What is another letter when names are compared, or nothing. */
export const folded = /[\\p{Default_Ignorable_Code_Point}${escaped(new Set(Object.keys(alike).map((each) => each.codePointAt(0))))}]/gu;

/** Signs after which a letter joins the one before (canonical combining class 9). */
export const virama = /[${escaped(virama)}]/u;

/** Letters that join the next one, and the one before, as those of Arabic do. */
export const joinsNext = /[${escaped(joinsNext)}]/u;
export const joinsPrevious = /[${escaped(joinsPrevious)}]/u;
`);
console.log(Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, toRanges(set).length])), classes.size, canonical.size, compatible.size, pairs.size);
