// The words of the pages, read from the files that the pages read them from: journeys follow these and nothing else, no
// typed address and no selector by class.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Language = "zh" | "en";

const folders: Record<Language, string> = { zh: "zh-Hans", en: "en" };

/** Each message by its id: one text, or each text of those that a number chooses among. */
function read(language: Language): Map<string, string[]> {
  const folder = join(import.meta.dirname, "../../locales", folders[language]);
  const all = new Map<string, string[]>();
  for (const file of readdirSync(folder)) {
    let chosen: string[] | undefined;
    for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
      const [, id, text] = /^([a-z][a-z0-9-]*) = (.*)$/.exec(line) ?? [];
      const [, variant] = /^ +\*?\[[a-z0-9]+\] (.*)$/.exec(line) ?? [];
      if (id !== undefined && text !== undefined) {
        chosen = text.endsWith("->") ? [] : [text];
        all.set(id, chosen);
      } else if (variant !== undefined) chosen?.push(variant);
    }
  }
  return all;
}

const books: Record<Language, Map<string, string[]>> = { zh: read("zh"), en: read("en") };

function raw(language: Language, id: string): string[] {
  const texts = books[language].get(id);
  if (texts === undefined) throw new Error(`${id} is no message in ${language}`);
  return texts.map((text) => text.replaceAll(/\{ ([a-z][a-z0-9-]*) \}/g, (_, other: string) => say(language, other)));
}

/** A message, word for word. */
export function say(language: Language, id: string): string {
  const [text, ...more] = raw(language, id);
  if (text === undefined || more.length > 0 || text.includes("{ $")) throw new Error(`${id} has variables: use pattern`);
  return text;
}

/** A message with anything for its variables, or with these values for some of them. */
export function pattern(language: Language, id: string, values: Record<string, string> = {}): RegExp {
  const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const whole = (text: string) =>
    text
      .split(/\{ \$([a-z_]+) \}/)
      .map((part, at) => (at % 2 === 0 ? escaped(part) : escaped(values[part] ?? "") || ".+?"))
      .join("");
  return new RegExp(raw(language, id).map(whole).join("|"));
}
