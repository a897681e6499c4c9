/** `mongofed help [COMMAND...]`, which commander's own help command answers with success for unknown commands. */

import { type Command, Help } from "commander";
import { slipOf } from "../rules/nearest.ts";
import { UsageError } from "./exit-codes.ts";

/** Adds `help` to a command and to each of its commands that has commands of its own. */
export function registerHelp(command: Command): void {
  for (const each of command.commands) if (each.commands.length > 0) registerHelp(each);
  command
    .helpCommand(false)
    .command("help")
    .description("show the help of a command")
    .argument("[command...]", "its name")
    .action((names: string[]) => find(names, command).help());
}

function find(names: readonly string[], command: Command): Command {
  return names.reduce((at, name) => {
    const found = at.commands.find((each) => each.name() === name);
    if (found === undefined) throw unknownCommand(name, at);
    return found;
  }, command);
}

export function unknownCommand(name: string, command: Command): UsageError {
  const names = new Help().visibleCommands(command).map((each) => each.name());
  const near = slipOf(name.slice(0, 40), names);
  return new UsageError(`unknown command '${name}'${near === undefined ? "" : ` (Did you mean ${near}?)`}`);
}
