import { type Command, Option } from "commander";
import { COLOR_CHOICES } from "../terminal/color.ts";

/** The page in `docs/` of each command. */
const DOCS: Readonly<Record<string, string>> & { readonly mongofed: string } = {
  mongofed: "README.md",
  preview: "testing.md",
  up: "testing.md",
  refresh: "testing.md",
  destroy: "testing.md",
  access: "access-reviews.md",
  drift: "drift.md",
  emulator: "emulator.md",
  explain: "codes/README.md",
  idp: "presets.md",
  import: "importing.md",
  terraform: "terraform.md",
  token: "token-checks.md",
  completion: "cli.md",
};

/** Returns the page of a command, or of the command above it. */
export function docsPageOf(command: Command): string {
  const own = DOCS[command.name()];
  if (own !== undefined && command.parent?.parent == null) return own;
  return command.parent === null ? DOCS.mongofed : docsPageOf(command.parent);
}

/** Adds `--color` to every command that prints for people. */
export function addColor(program: Command): void {
  for (const command of program.commands) if (command.name() in DOCS) addTo(command);
}

function addTo(command: Command): void {
  for (const below of command.commands) if (below.name() !== "help") addTo(below);
  // A command with others below runs only if it has options of its own.
  if (command.commands.length > 0 && command.options.length === 0) return;
  command.addOption(new Option("--color <when>", "when to use colors").choices([...COLOR_CHOICES]).default("auto"));
}
