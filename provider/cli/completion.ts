import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

const HELP_AFTER = `
Examples:
  mongofed completion bash > ~/.local/share/bash-completion/completions/mongofed
  mongofed completion zsh > "\${fpath[1]}/_mongofed"
  mongofed completion fish > ~/.config/fish/completions/mongofed.fish`;

/** Adds the command that prints the completion script of a shell, for all commands and options that exist by now. */
export function registerCompletion(program: Command): void {
  const completions = tab(program, { completionCommandName: "completion" });
  program.commands
    .find((command) => command.name() === "completion")
    ?.description("print the completion script of a shell")
    .addHelpText("after", HELP_AFTER);
  for (const [path, { options }] of completions.commands) {
    const command = path
      .split(" ")
      .reduce((at, name) => at?.commands.find((one) => one.name() === name), program as Command | undefined);
    for (const { long, flags } of command?.options ?? []) {
      const option = options.get(long?.slice(2) ?? "");
      // Shells complete no files for a command with a script of its own.
      if (option !== undefined && /<(?:file|folder)>/.test(flags))
        option.handler = (complete) => {
          for (const path of pathsLike(process.argv.at(-1) ?? "")) complete(path, "");
        };
    }
  }
}

/** The files and folders in the folder of an unfinished path. */
function pathsLike(typed: string): string[] {
  const [value = ""] = typed.split("=").slice(-1);
  const folder = value.endsWith("/") ? value : dirname(value);
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.map((entry) => {
      const path = value.includes("/") ? join(folder, entry.name) : entry.name;
      return entry.isDirectory() ? `${path}/` : path;
    });
  } catch {
    return [];
  }
}
