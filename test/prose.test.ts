import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pluginTerms } from "../provider/engines/plugin/terms.ts";
import { pulumiTerms } from "../provider/engines/pulumi/terms.ts";
import { terraformTerms } from "../provider/engines/terraform/terms.ts";
import { catalogue } from "../provider/rules/catalogue.ts";
import { neutralTerms } from "../provider/terms.ts";
import { word } from "../schema/phrase.ts";
import { pageTextOf, sentencesOf, textsOf, wordsOf } from "./support/prose.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** More words than this need a second sentence. */
const MAX_WORDS = 30;

/** Phrases that a plain word replaces: "again" for "anew", "accepted" for "gets in". */
const FORBIDDEN = [
  "anew",
  "are told",
  "as it stands",
  "at hand",
  "cannot be told",
  "gets in",
  "guilty",
  "is told",
  "let nobody in",
  "lets in",
  "nobody else's",
  "one's own",
  "passes over",
  "put right",
  "so to speak",
  "takes no longer",
  "vouches",
  "whose it is",
];
const FORBIDDEN_PATTERN = new RegExp(`\\b(${FORBIDDEN.join("|")})\\b`, "i");

interface Sentence {
  readonly kind: string;
  readonly place: string;
  readonly text: string;
}

function files(...patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root })
    .filter((path) => !/node_modules|fixtures\//.test(path))
    .sort();
}

const sources: readonly Sentence[] = files("{schema,provider,test,examples,.ci}/**/*.ts").flatMap((path) =>
  textsOf(path, readFileSync(root + path, "utf8")).flatMap(({ kind, line, text }) =>
    sentencesOf(text).map((sentence) => ({ kind, place: `${path}:${line}`, text: sentence })),
  ),
);
const pages: readonly Sentence[] = files("*.md", "docs/**/*.md", "examples/**/*.md").flatMap((path) =>
  sentencesOf(pageTextOf(readFileSync(root + path, "utf8"))).map((text) => ({ kind: "page", place: path, text })),
);
const messages = sources.filter(({ kind, place }) => kind === "message" && /^(schema|provider)\//.test(place));

function shown(sentences: readonly Sentence[]): string[] {
  return sentences.map(({ place, text }) => `${place} ${text}`);
}

describe("sources and pages", () => {
  test("have texts of every kind", () => {
    const kinds = [...sources, ...pages].map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["comment", "message", "title", "page"]));
  });

  test("begin no sentence with What or Whom, except questions", () => {
    const inverted = /^(what|whatever|whom|whoever|that which)\s/i;
    // A table head is a heading, which may begin with "what". It has no capital letter.
    const isHead = ({ kind, text }: Sentence) => kind === "page" && /^w/.test(text);
    const found = [...sources, ...pages].filter(({ text }) => inverted.test(text) && !text.endsWith("?"));
    expect(shown(found.filter((sentence) => !isHead(sentence)))).toEqual([]);
  });

  test("have no forbidden phrases in messages and pages", () => {
    expect(shown([...messages, ...pages].filter(({ text }) => FORBIDDEN_PATTERN.test(text)))).toEqual([]);
  });
});

test(`no sentence of a message has more than ${MAX_WORDS} words`, () => {
  const isProse = (text: string) => /[.,:;]/.test(text) && !/^["<{]/.test(text);
  expect(shown(messages.filter(({ text }) => isProse(text) && wordsOf(text) > MAX_WORDS))).toEqual([]);
});

describe.each([
  ["neutral", neutralTerms],
  ["Pulumi", pulumiTerms],
  ["plugin", pluginTerms],
  ["Terraform", terraformTerms],
])("rule texts in %s words", (_, terms) => {
  const texts = Object.entries(catalogue).map(([code, { title, why, fix }]) => ({
    code,
    title: word(title, terms),
    why: word(why, terms),
    fix: word(fix, terms),
  }));

  test(`have at most ${MAX_WORDS} words in a sentence`, () => {
    const long = texts.flatMap(({ code, title, why, fix }) =>
      [title, why, fix]
        .flatMap(sentencesOf)
        .filter((text) => wordsOf(text) > MAX_WORDS)
        .map((text) => `${code} ${text}`),
    );
    expect(long).toEqual([]);
  });

  test("name the actor, and need no semicolon", () => {
    const impersonal = /;|\b(anybody|everybody|nobody|somebody|someone)\b/i;
    const found = texts.filter(({ title, why, fix }) => [title, why, fix].some((text) => impersonal.test(text)));
    expect(found).toEqual([]);
  });

  test("have a title that is one sentence", () => {
    expect(texts.filter(({ title }) => !/^[A-Z][^.]*(\.\S[^.]*)*\.$/.test(title)).map(({ code }) => code)).toEqual([]);
  });

  test("have no why that repeats the title", () => {
    const repeats = texts.filter(({ title, why }) => sentencesOf(why).some((text) => overlap(title, text) > 0.8));
    expect(repeats).toEqual([]);
  });
});

/** The share of the words of a title that a sentence repeats. Short words do not count. */
function overlap(title: string, sentence: string): number {
  const long = (text: string) => [...new Set(text.toLowerCase().match(/\w{4,}/g))];
  const repeated = new Set(long(sentence));
  const words = long(title);
  return words.filter((each) => repeated.has(each)).length / words.length;
}
