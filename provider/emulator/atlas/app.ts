import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { EmulatorContext, EmulatorCore, Exchange } from "../core.ts";
import type { Credential } from "../credentials.ts";
import { authenticateAtlas } from "./authenticate.ts";
import { parseObject } from "./body.ts";
import { clusterRoutes } from "./clusters.ts";
import { connectedOrgRoutes } from "./connected-orgs.ts";
import { customDbRoleRoutes } from "./custom-db-roles.ts";
import { databaseUserRoutes } from "./database-users.ts";
import { AtlasError, errorResponse, notEmulated } from "./errors.ts";
import { federationSettingsRoutes } from "./federation-settings.ts";
import { identityProviderRoutes } from "./identity-providers.ts";
import { organizationRoutes } from "./organizations.ts";
import { handleOverlapping } from "./overlap.ts";
import type { AtlasCall, AtlasRoute } from "./route.ts";
import { contentType, requireJsonBody, resolveVersion } from "./versions.ts";

/** Every endpoint that the emulated Atlas has. */
const routes: readonly AtlasRoute[] = [
  ...organizationRoutes,
  ...clusterRoutes,
  ...databaseUserRoutes,
  ...customDbRoleRoutes,
  ...federationSettingsRoutes,
  ...identityProviderRoutes,
  ...connectedOrgRoutes,
];

/** The Atlas Admin API v2, below `/api/atlas/v2`, and the token endpoint of its service accounts beside it. */
export function atlasApp(core: EmulatorCore): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  type Work = (exchange: Exchange<Credential>) => Response | Promise<Response>;
  const exchange = (context: EmulatorContext, work: Work) =>
    core.exchange(context, () => authenticateAtlas(core, context), work);

  // It looks like a user `certs` in a database that Atlas does not have.
  app.all("/api/atlas/v2/groups/:groupId/databaseUsers/:username/certs", (context, next) =>
    ["admin", "$external"].includes(context.req.param("username"))
      ? next()
      : exchange(context, () => errorResponse(notEmulated(context.req.method, context.req.path))),
  );
  for (const route of routes) {
    app.on(route.method, `/api/atlas/v2${route.path}`, (context) =>
      exchange(context, (call) => answer(core, route, context, call)),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    app.all(`/api/atlas/v2${path}`, (context) =>
      exchange(context, () => {
        const detail = `The method ${context.req.method} is not allowed for this resource.`;
        return errorResponse(new AtlasError(405, "METHOD_NOT_ALLOWED", detail));
      }),
    );
  }
  app.all("/api/atlas/v2/*", (context) =>
    exchange(context, () => {
      return errorResponse(notEmulated(context.req.method, context.req.path));
    }),
  );
  for (const action of ["token", "revoke"] as const) {
    app.post(`/api/oauth/${action}`, (context) => tokenEndpoint(core, action, context));
  }
  return app;
}

/** Handles the common part of all endpoints, in the order in which a request can fail. */
async function answer(
  core: EmulatorCore,
  route: AtlasRoute,
  context: EmulatorContext,
  { caller, body, view }: Exchange<Credential>,
): Promise<Response> {
  const headers: Record<string, string> = {};
  const { pathname, searchParams } = new URL(context.req.url);
  const params = context.req.param() as Record<string, string>;
  try {
    const bucket = core.limiter.take(route.rateLimit, core.limiter.owner(route.rateLimit, caller, params));
    headers["RateLimit-Limit"] = String(bucket.limit);
    headers["RateLimit-Remaining"] = String(bucket.remaining);
    if (bucket.retryAfter !== undefined) throw core.limiter.refusal(route.rateLimit, pathname, bucket.retryAfter);

    const version = resolveVersion(context.req.header("accept"), route.versions);
    if (route.takesBody) requireJsonBody(context.req.header("content-type"), version, route.versions);
    const state = route.method === "GET" ? view : core.store.current;
    const call: AtlasCall = {
      caller,
      params,
      query: searchParams,
      body: route.takesBody ? parseObject(body) : undefined,
      origin: new URL(context.req.url).origin,
      pathname,
      world: state.atlas,
      now: core.clock.now(),
      behaviour: state.behaviour,
      commit: (change) => core.store.commit((before) => ({ ...before, atlas: change(before.atlas) })),
    };
    const { status, body: content } = route.overlaps ? await handleOverlapping(core, route, call) : route.handle(call);
    headers["Content-Type"] = contentType(version);
    return new Response(content === undefined ? null : JSON.stringify(content), { status, headers });
  } catch (error) {
    if (error instanceof AtlasError) return errorResponse(error, headers);
    throw error;
  }
}

/** Has its own authentication: the client's id and secret, which no other endpoint takes. */
function tokenEndpoint(core: EmulatorCore, action: "token" | "revoke", context: EmulatorContext): Promise<Response> {
  return core.exchange(
    context,
    () => {
      const caller = core.oauth.authenticate(context.req.header("authorization"), core.credentials);
      return { caller, name: caller?.name ?? null };
    },
    ({ caller, body }) => core.oauth[action](caller, body),
  );
}
