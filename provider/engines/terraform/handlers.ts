import { declarationFindings } from "../../rules/index.ts";
import { applyChange } from "./apply.ts";
import { questionDiagnostics, readData } from "./data-sources.ts";
import { diagnosticOf, diagnosticsOfError, type Place } from "./diagnostics.ts";
import { planChange } from "./plan.ts";
import { declarationOf } from "./planned.ts";
import type { Answer, Diagnostic, ObjectValue, ProviderHandlers, UpgradeRequest } from "./protocol.ts";
import { blockFields, settingsOf } from "./provider-block.ts";
import { importResource, readResource } from "./read.ts";
import { resourceOf } from "./resources.ts";
import { providerSchema } from "./schema.ts";
import { Session } from "./session.ts";
import { objectIn } from "./state.ts";
import { recordedInputs } from "./token-check.ts";
import { movedState, upgradedState } from "./upgrade.ts";

/**
 * Returns the handlers of the provider for Terraform and OpenTofu, based on the definitions of the core. Each walk has
 * its own process.
 */
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
    // A plan validates once more, and reports warnings when it knows more: see `planChange`.
    validateResourceConfig: async ({ typeName, config }) => ({
      diagnostics: session.destroys ? [] : findingsOf(session, configured, typeName, config),
    }),
    upgradeResourceState: (request) => session.answer(async () => upgradeState(session, request)),
    readResource: (request, handling) => session.answer(() => readResource(session, request, handling)),
    planResourceChange: (request, handling) => session.answer(() => planChange(session, request, handling)),
    applyResourceChange: (request, handling) => session.answer(() => applyChange(session, request, handling)),
    importResourceState: importResource,
    moveResourceState: async (request) => ({ targetState: movedState(request) }),
    validateDataResourceConfig: async (request) => ({ diagnostics: questionDiagnostics(request) }),
    readDataSource: (request, handling) => session.answer(() => readData(session, request, handling)),
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

/** The findings of one declaration by itself: no credentials are needed for that. */
function findingsOf(session: Session, configured: boolean, typeName: string, config: ObjectValue): Diagnostic[] {
  const resource = resourceOf(typeName);
  const declaration = declarationOf(resource.definition.kind, recordedInputs(resource, config));
  const place = { fields: resource.inputs, config };
  const findings = declarationFindings(declaration).filter(({ severity }) => severity === "error" || !configured);
  return findings.map((finding) => diagnosticOf(finding, place)).filter((one) => isError(one) || session.isNew(one));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

/** Every object of the state comes by here, in every mode: `-refresh=false` reads nothing, and tainted objects are not planned. */
function upgradeState(session: Session, request: UpgradeRequest): Answer & { upgradedState: ObjectValue } {
  const state = upgradedState(request);
  const resource = resourceOf(request.typeName);
  session.memory.ownership.own(objectIn(resource, state, ""));
  return { upgradedState: state };
}
