import * as pulumi from "@pulumi/pulumi";
import type { Declaration } from "../../../rules/index.ts";
import type { DeclaredEntry } from "../channel.ts";
import { settingsOf } from "../provider-settings.ts";
import { channelOf, type Held, parallelOfEngine, type Run } from "./state.ts";
import { urnOf } from "./urn.ts";

/** Tells the provider processes what the program declares, before the engine can ask them to delete anything. */
export function tellDeclared(run: Run, batch: readonly Held[], declarations: readonly Declaration[]): void {
  const isDue = new Set(batch);
  const entries = run.all.flatMap((held, index) => {
    const declaration = declarations[index];
    return isDue.has(held) && declaration !== undefined ? entryOf(held, declaration) : [];
  });
  channelOf(run).tell("program", {
    preview: pulumi.runtime.isDryRun(),
    parallel: parallelOfEngine(),
    declarations: entries,
  });
}

function entryOf(held: Held, declaration: Declaration): DeclaredEntry[] {
  const { kind, name, resource } = held;
  if (resource === undefined) return [];
  const { __prov: provider } = resource as { readonly __prov?: object };
  return [
    {
      urn: urnOf(resource),
      kind,
      name,
      aliases: held.urns?.().slice(1) ?? [],
      inputs: namingInputs(declaration),
      provider: settingsOf(provider),
    },
  ];
}

/** The inputs that can name an object are texts, and the identity provider. With them goes the request to adopt. */
function namingInputs({ inputs, identityProvider }: Declaration): Record<string, unknown> {
  const isKept = ([key, value]: [string, unknown]) => typeof value === "string" || key === "adopt";
  const texts = Object.fromEntries(Object.entries(inputs).filter(isKept));
  const given = inputs.identityProvider;
  if (identityProvider !== undefined) return { ...texts, identityProvider: namingInputs(identityProvider) };
  return typeof given === "object" && given !== null ? { ...texts, identityProvider: given } : texts;
}
