import { declarationFindings } from "../../rules/index.ts";
import { applyChange } from "./apply.ts";
import { questionDiagnostics, readData } from "./data-sources.ts";
import { diagnosticOf, diagnosticsOfError, type Place } from "./diagnostics.ts";
import { planChange } from "./plan.ts";
import { declarationOf } from "./planned.ts";
import type { Diagnostic, ObjectValue, ProviderHandlers } from "./protocol.ts";
import { blockFields, settingsOf } from "./provider-block.ts";
import { importResource, readResource } from "./read.ts";
import { resourceOf } from "./resources.ts";
import { providerSchema } from "./schema.ts";
import { Session } from "./session.ts";
import { recordedInputs } from "./token-check.ts";
import { movedState, upgradedState } from "./upgrade.ts";

/** What Terraform and OpenTofu may ask of this provider: the definitions of the core, one process for each walk. */
export function providerHandlers(): ProviderHandlers {
  const session = new Session();
  let configured = false;
  return {
    schema: providerSchema,
    validateProviderConfig: async ({ config }) => ({
      diagnostics: attempt(providerPlace(config), () => settingsOf(config)),
    }),
    async configureProvider({ config }) {
      configured = true;
      return { diagnostics: attempt(providerPlace(config), () => session.configure(config)) };
    },
    // A plan validates once more: the warnings are told by then.
    validateResourceConfig: async ({ typeName, config }) => ({
      diagnostics: findingsOf(typeName, config).filter(({ severity }) => severity === "error" || !configured),
    }),
    upgradeResourceState: async (request) => ({ upgradedState: upgradedState(request) }),
    readResource: (request, handling) => readResource(session, request, handling),
    planResourceChange: (request, handling) => planChange(session, request, handling),
    applyResourceChange: (request, handling) => applyChange(session, request, handling),
    importResourceState: importResource,
    moveResourceState: async (request) => ({ targetState: movedState(request) }),
    validateDataResourceConfig: async (request) => ({ diagnostics: questionDiagnostics(request) }),
    readDataSource: (request, handling) => readData(session, request, handling),
  };
}

function providerPlace(config: ObjectValue): Place {
  return { fields: blockFields, config };
}

function attempt(place: Place, task: () => unknown): Diagnostic[] {
  try {
    task();
    return [];
  } catch (error) {
    return diagnosticsOfError(error, place);
  }
}

/** What the rules say of one declaration by itself: no credentials are needed for that. */
function findingsOf(typeName: string, config: ObjectValue): Diagnostic[] {
  const resource = resourceOf(typeName);
  const declaration = declarationOf(resource.definition.kind, recordedInputs(resource, config));
  const place = { fields: resource.inputs, config };
  return declarationFindings(declaration).map((finding) => diagnosticOf(finding, place));
}
