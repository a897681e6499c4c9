/** Colors, decided for each stream. A color never carries meaning alone: a symbol or a word stands beside it. */

import { styleText } from "node:util";

/** The values of `--color`, as in the Pulumi CLI. `raw` writes Pulumi's color tags. */
export const COLOR_CHOICES = ["never", "always", "auto", "raw"] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

export type ColorMode = "never" | "always" | "raw";

/** The meaning of a piece of text. */
export type Style =
  | "plain"
  | "bold"
  | "headline"
  | "resource"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "read"
  | "error"
  | "warning"
  | "info"
  | "quiet";

/** Styles a text. The text keeps its width: only escape sequences are added. */
export type Paint = (style: Style, text: string) => string;

/**
 * `--color` first, then NO_COLOR, FORCE_COLOR, TERM=dumb, and last whether the stream is a terminal.
 * Trap: NO_COLOR counts when it is present *and not empty* (no-color.org); several tools look at its presence only.
 */
export function resolveColor(
  choice: ColorChoice,
  stream: { readonly isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv,
): ColorMode {
  if (choice !== "auto") return choice;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return "never";
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "" && env.FORCE_COLOR !== "0") return "always";
  if (env.TERM === "dumb") return "never";
  return stream.isTTY === true ? "always" : "never";
}

/** Only the sixteen colors of the terminal's theme: the theme makes them readable on its background. */
const ANSI: Record<Exclude<Style, "plain">, Parameters<typeof styleText>[0]> = {
  bold: "bold",
  headline: ["bold", "magentaBright"],
  resource: "blueBright",
  create: "green",
  update: "yellow",
  delete: "red",
  replace: "magentaBright",
  read: "cyan",
  error: "redBright",
  warning: "yellowBright",
  info: "magenta",
  quiet: "dim",
};

/** Pulumi's color tags, for `--color raw`. */
const TAGS: Record<Exclude<Style, "plain">, string> = {
  bold: "bold",
  headline: "fg 13",
  resource: "fg 12",
  create: "fg 2",
  update: "fg 3",
  delete: "fg 1",
  replace: "fg 13",
  read: "fg 6",
  error: "fg 9",
  warning: "fg 11",
  info: "fg 5",
  quiet: "fg 8",
};

export function painter(mode: ColorMode): Paint {
  return (style, text) => {
    if (mode === "never" || style === "plain" || text === "") return text;
    if (mode === "raw") return `<{%${TAGS[style]}%}>${text}<{%reset%}>`;
    // The mode is decided already: `validateStream` would read the environment again.
    return styleText(ANSI[style], text, { validateStream: false });
  };
}

/** Removes Pulumi's color tags, which messages of its SDK may contain. */
export function withoutTags(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "");
}
