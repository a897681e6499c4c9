import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { authenticateAtlas } from "../atlas/authenticate.ts";
import { AtlasError, badRequest, errorResponse, notEmulated } from "../atlas/errors.ts";
import type { WorldProject } from "../atlas/world.ts";
import type { EmulatorContext, EmulatorCore, Exchange } from "../core.ts";
import type { Credential } from "../credentials.ts";
import type { State } from "../state.ts";
import { requireAutomationAdmin, requireProject } from "./access.ts";
import { type Json, parseJson, plainValue } from "./json.ts";
import { normalized } from "./normalize.ts";
import { automationStatus } from "./status.ts";
import { refuseInvalid } from "./validate.ts";
import { changeDeployment, type Deployment, findDeployment, save } from "./world.ts";

const BASE = "/api/public/v1.0";

/** One request, past authentication. */
interface Call {
  readonly core: EmulatorCore;
  readonly caller: Credential;
  readonly projectId: string;
  readonly body: string;
  /** The state that a read sees. A write always sees the present one. */
  readonly view: State;
}

interface Route {
  readonly method: "GET" | "PUT";
  readonly path: string;
  /** The text of the answer: automation configs must not go through JavaScript's own numbers. */
  handle(call: Call): string;
}

const routes: readonly Route[] = [
  {
    method: "GET",
    path: "/groups/:groupId",
    handle: ({ view, caller, projectId }) => JSON.stringify(groupBody(requireProject(view.atlas, caller, projectId))),
  },
  {
    method: "GET",
    path: "/groups/:groupId/automationConfig",
    handle({ view, caller, projectId }) {
      requireAutomationAdmin(view.atlas, caller, projectId);
      return requireDeployment(view, projectId).automationConfig;
    },
  },
  {
    method: "PUT",
    path: "/groups/:groupId/automationConfig",
    handle({ core, caller, projectId, body }) {
      const { current } = core.store;
      requireAutomationAdmin(current.atlas, caller, projectId);
      requireDeployment(current, projectId);
      const document = parseBody(body);
      refuseInvalid(plainValue(document));
      core.store.commit((before) => ({
        ...before,
        cloudManager: changeDeployment(before.cloudManager, projectId, (deployment) =>
          save(deployment, normalized(document), core.clock.now()),
        ),
      }));
      return requireDeployment(core.store.current, projectId).automationConfig;
    },
  },
  {
    method: "GET",
    path: "/groups/:groupId/controlledFeature",
    handle({ view, caller, projectId }) {
      requireProject(view.atlas, caller, projectId);
      const { managedBy: name } = requireDeployment(view, projectId);
      const policies = name === undefined ? [] : [{ policy: "EXTERNALLY_MANAGED_LOCK", disabledParams: [] }];
      return JSON.stringify({ externalManagementSystem: name === undefined ? null : { name }, policies });
    },
  },
  {
    method: "GET",
    path: "/groups/:groupId/automationStatus",
    handle({ core, view, caller, projectId }) {
      requireProject(view.atlas, caller, projectId);
      return JSON.stringify(automationStatus(requireDeployment(view, projectId), core.clock.now()));
    },
  },
];

/** The API of Cloud Manager and Ops Manager, below `/api/public/v1.0`, as far as automation configs need it. */
export function cloudManagerApp(core: EmulatorCore): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const exchange = (context: EmulatorContext, work: (exchange: Exchange<Credential>) => string) =>
    core.exchange(
      context,
      () => authenticateAtlas(core, context),
      (call) => answer(() => work(call)),
    );
  for (const { method, path, handle } of routes) {
    app.on(method, `${BASE}${path}`, (context) =>
      exchange(context, ({ caller, body, view }) =>
        handle({ core, caller, body, view, projectId: context.req.param("groupId") ?? "" }),
      ),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    app.all(`${BASE}${path}`, (context) =>
      exchange(context, () => {
        const detail = `The method ${context.req.method} is not allowed for this resource.`;
        throw new AtlasError(405, "METHOD_NOT_ALLOWED", detail);
      }),
    );
  }
  app.all(`${BASE}/*`, (context) =>
    exchange(context, () => {
      throw notEmulated(context.req.method, context.req.path);
    }),
  );
  return app;
}

/** Refusals have the form of those of Atlas: it is the same service in front of both. */
function answer(work: () => string): Response {
  try {
    return new Response(work(), { headers: { "Content-Type": "application/json" } });
  } catch (error) {
    if (error instanceof AtlasError) return errorResponse(error);
    throw error;
  }
}

/** A project without an automation config belongs to Atlas. Cloud Manager's response to it is a guess. */
function requireDeployment({ cloudManager }: State, projectId: string): Deployment {
  const deployment = findDeployment(cloudManager, projectId);
  if (deployment !== undefined) return deployment;
  throw badRequest("NOT_CLOUD_MANAGER_GROUP", `Group ${projectId} has no automation configuration.`, projectId);
}

function parseBody(body: string): Json {
  let document: Json | undefined;
  try {
    document = parseJson(body);
  } catch {
    throw badRequest("MALFORMED_JSON", "Received JSON is malformed.");
  }
  if (!("members" in document)) throw badRequest("INVALID_JSON", "Received JSON is not an object.");
  return document;
}

function groupBody({ id, name, orgId }: WorldProject) {
  return { id, name, orgId, activeAgentCount: 1, hostCounts: {}, links: [], replicaSetCount: 1, shardCount: 0 };
}
