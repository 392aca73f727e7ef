/**
 * Compares the texts of a page in its languages. Throws where one says something that the other does not, or says nothing.
 * @returns what is written the same in both
 */
export function untranslated(en: object, fr: object): string[] {
  const [english, french] = [flatten(en), flatten(fr)];
  const missing = [...english.keys()].filter((key) => !french.has(key)).concat([...french.keys()].filter((key) => !english.has(key)));
  const empty = [...english, ...french].filter(([, text]) => text === "").map(([key]) => key);

  if (missing.length > 0) throw new Error(`Not in both languages: ${missing.join(", ")}`);
  if (empty.length > 0) throw new Error(`Empty: ${empty.join(", ")}`);

  return [...english].filter(([key, text]) => typeof text === "string" && french.get(key) === text).map(([key]) => key);
}

function flatten(texts: object, path = ""): Map<string, unknown> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
      typeof value === "object" && value !== null ? [...flatten(value, `${path}${key}.`)] : [[path + key, value] as const],
    ),
  );
}
