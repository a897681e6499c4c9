import type { Fault } from "../../provider/emulator/index.ts";
import type { HttpRequest, HttpResponse } from "../../provider/http/index.ts";
import { FEDERATION, FIFTH_IDP, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { documentRows } from "./document-faults.ts";
import type { Expectation, FaultRow, Site } from "./fault-row.ts";
import type { Operation, Subject } from "./subject.ts";
import { type FaultWorld, type Hooks, THEIR_ROLE, THEIR_USER } from "./world.ts";

const WRITES: readonly Operation[] = ["create", "update", "delete"];

function inject({ world }: Site, match: Fault["match"], fault: Fault["fault"], rest: Partial<Fault> = {}): void {
  world.emulator.inject({ ...(match && { match }), ...rest, fault });
}

/** Objects in a project have a unique name that addresses them. */
const isNamed = ({ plane, definition: { kind } }: Subject) =>
  plane !== "atlas" || (kind !== "IdentityProvider" && kind !== "OrgConnection");

/** An identity provider of Atlas has no idempotent create: when the server says no more, nothing is sent again. */
const unlessPosted =
  (text: RegExp) =>
  (operation: Operation, subject: Subject): Expectation =>
    isProviderOfAtlas(subject) && operation === "create" ? text : "done";

const isProviderOfAtlas = ({ plane, definition: { kind } }: Subject) =>
  plane === "atlas" && kind === "IdentityProvider";

const limited = (seconds: number, once?: true): FaultRow => ({
  fault: "F1",
  what: `429 with Retry-After: ${seconds}`,
  ...(once && { once }),
  strike(site) {
    const headers = { "Retry-After": String(seconds) };
    inject(site, site.route, { kind: "status", status: 429, headers }, { forMs: seconds * 1000 });
  },
  expected: "done",
  meanwhile({ world }) {
    // A retry that is too early is refused again.
    if (world.emulator.faults()[0]?.hit !== 1) throw new Error("it was asked again before its time");
  },
});

const failing = (status: number, once?: true): FaultRow[] => [
  {
    fault: "F4",
    ...(once && { once }),
    what: `${status} once, before the server did anything`,
    strike: (site) => inject(site, site.route, { kind: "status", status }, { nth: 1 }),
    expected: unlessPosted(new RegExp(`HTTP ${status}[\\s\\S]*did not create it`)),
  },
  {
    fault: "F4",
    ...(once && { once }),
    what: `${status} once, although the server did it`,
    operations: WRITES,
    strike: (site) => inject(site, site.route, { kind: "status", status, when: "after-commit" }, { nth: 1 }),
    expected: "done",
  },
  {
    fault: "F4",
    ...(once && { once }),
    what: `${status} for ever`,
    strike: (site) => inject(site, undefined, { kind: "status", status }),
    expected: new RegExp(`HTTP ${status} (UNEXPECTED_ERROR|SERVICE_UNAVAILABLE)`),
  },
];

const dropping = (when: "before-commit" | "after-commit" | "mid-body", what: string): FaultRow => ({
  fault: "F14",
  what: `the connection breaks ${what}`,
  strike: (site) => inject(site, site.route, { kind: "drop", when }, { nth: 1 }),
  // A DELETE has no body that could be cut short.
  expected: when === "before-commit" ? unlessPosted(/broke before the answer[\s\S]*did not create it/) : "done",
});

/** Answers with 200 that are none: of JSON's known wrong texts those that parsers disagree on, and right ones of no use. */
const noJson: readonly [string, unknown][] = [
  ["nothing", ""],
  ["a number", "-01"],
  ["half an object", '{"results":[{"id":'],
  ["a trailing comma", '{"results":[],}'],
  ["two documents", '{"results":[]} {"results":[]}'],
  ["a byte order mark and a page", "\ufeff<html>"],
];
const ofNoUse: readonly [string, unknown][] = [
  ["null", "null"],
  ["an empty list", []],
  ["an empty object", {}],
];

const answering = ([what, body]: readonly [string, unknown], once?: true): FaultRow => ({
  fault: "F17",
  what: `200 with ${what} to every read`,
  ...(once && { once }),
  strike: (site) =>
    inject(
      site,
      { method: "GET" },
      { kind: "status", status: 200, body, headers: { "Content-Type": "application/json" } },
    ),
  expected: /(does not understand|not JSON|no JSON|empty|truncated|JSON)[\s\S]*fix {2}/,
});

/** Pages of one item, between which things happen: only requests for lists are touched. */
function paging(site: Site, hooks: Hooks): void {
  site.world.hook({
    before(request) {
      const changed = hooks.before?.(request) ?? request;
      if (!isList(request)) return request;
      return { ...(changed as HttpRequest), query: { ...request.query, itemsPerPage: 1 } };
    },
    ...(hooks.after && { after: hooks.after }),
  });
}

const isList = (request: HttpRequest) => request.query?.pageNum !== undefined;

interface PageBody {
  results: { id?: string; orgId?: string }[];
  totalCount: number;
  links: { rel: string; href: string }[];
}

/** How somebody adds to, or takes from, what is listed while it is listed; `undefined` where nobody can. */
function listed({ emulator }: FaultWorld, path: string): Record<"add" | "remove", () => void> | undefined {
  if (path.endsWith("/connectedOrgConfigs")) {
    const orgId = "5f1e2d3c4b5a69788796a500";
    return {
      add() {
        emulator.edit({ edit: "add-organization", id: orgId, name: "New" });
        emulator.edit({ edit: "add-connected-org", federationSettingsId: FEDERATION, orgId });
      },
      remove: () => void emulator.edit({ edit: "remove-connected-org", orgId: OTHER_ORG }),
    };
  }
  // The first of all is removed: everything after it moves up by one, over the border of a page.
  if (path.endsWith("/identityProviders")) {
    const [, first] = emulator.world().atlas.federations[0]!.identityProviders;
    const fields = { protocol: "OIDC", idpType: "WORKLOAD", issuerUri: "https://new.example.com", audience: "n" };
    return {
      add: () => void emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields }),
      remove: () => void emulator.edit({ edit: "remove-identity-provider", id: first!.id }),
    };
  }
  if (path.endsWith("/databaseUsers")) {
    const user = { username: "new", roles: [{ roleName: "read", databaseName: "app" }] };
    return {
      add: () => void emulator.edit({ edit: "add-database-user", projectId: PROJECT, user }),
      remove: () => void emulator.edit({ edit: "remove-database-user", projectId: PROJECT, username: THEIR_USER }),
    };
  }
  return undefined;
}

const drifting = (what: "add" | "remove"): FaultRow => {
  let struck = false;
  return {
    fault: "F24",
    what: `an item ${what === "add" ? "appears" : "disappears"} between two pages`,
    paged: true,
    strike(site, wrote) {
      struck = false;
      paging(site, {
        before(request) {
          const change = request.query?.pageNum === 2 && listed(site.world, request.path)?.[what];
          if (struck || !change) return request;
          struck = true;
          change();
          wrote();
          return request;
        },
      });
    },
    expected: "done",
    meanwhile: () => mustHave(struck, "no list was at its second page"),
  };
};

const misleading = (what: string, change: (page: PageBody, before: PageBody | undefined) => void): FaultRow => {
  let last: PageBody | undefined;
  return {
    fault: "F24",
    what,
    paged: true,
    strike: (site) =>
      paging(site, {
        after(request, response: HttpResponse<unknown>) {
          if (!isList(request)) return;
          const page = response.body as PageBody;
          const before = request.query?.pageNum === 1 ? undefined : last;
          last = structuredClone(page);
          change(page, before);
        },
      }),
    expected: "done",
    meanwhile: () => mustHave(last !== undefined, "no list was read"),
  };
};

function mustHave(struck: boolean, otherwise: string): void {
  if (!struck) throw new Error(`the fault met nothing: ${otherwise}`);
}

export const faultRows: readonly FaultRow[] = [
  limited(1, true),
  limited(55),
  limited(120, true),
  {
    fault: "F1",
    what: "429 for ever",
    strike: (site) => inject(site, site.route, { kind: "status", status: 429, headers: { "Retry-After": "55" } }),
    expected: /(429|rate limit)[\s\S]*fix {2}Wait until the limit has refilled/,
  },

  ...failing(503),
  ...[500, 502, 504].flatMap((status) => failing(status, true)),

  {
    fault: "F5",
    what: "the nonce of the key has expired",
    once: true,
    strike: ({ world }) => world.emulator.advanceClock(86_400_000),
    expected: "done",
  },
  {
    fault: "F5",
    what: "the access token has expired",
    once: true,
    credentials: "service account",
    strike: ({ world }) => world.emulator.advanceClock(86_400_000),
    expected: "done",
  },
  {
    fault: "F5",
    what: "401 once, to a token that should still be good",
    once: true,
    credentials: "service account",
    strike: (site) => inject(site, site.route, { kind: "status", status: 401 }, { nth: 1 }),
    expected: "done",
  },
  {
    fault: "F5",
    what: "401 for ever",
    strike: (site) => inject(site, undefined, { kind: "status", status: 401 }),
    expected: /FED411[\s\S]*HTTP 401[\s\S]*from the test/,
  },
  {
    fault: "F5",
    what: "401 for ever, to a service account",
    once: true,
    credentials: "service account",
    strike: (site) => inject(site, { path: "/api/atlas/" }, { kind: "status", status: 401 }),
    expected: /FED411[\s\S]*HTTP 401[\s\S]*from the test/,
  },

  {
    fault: "F7",
    what: "403 to everything",
    strike: (site) => inject(site, undefined, { kind: "status", status: 403 }),
    expected: /FED412[\s\S]*HTTP 403[\s\S]*from the test/,
  },
  {
    fault: "F8",
    what: "404 to everything, since the federation or project is out of reach",
    strike(site) {
      const body = { error: 404, errorCode: "RESOURCE_NOT_FOUND", detail: "Not found." };
      inject(site, undefined, { kind: "status", status: 404, body });
    },
    expected: (operation) =>
      operation === "create" ? /HTTP 404 RESOURCE_NOT_FOUND[\s\S]*fix {2}/ : /FED228[\s\S]*mongofed changed nothing/,
  },

  {
    fault: "F9",
    what: "409 to the write",
    operations: WRITES,
    strike: (site) => inject(site, site.route, { kind: "status", status: 409 }, { nth: 1 }),
    expected: /HTTP 409 UNEXPECTED_ERROR[\s\S]*fix {2}/,
  },
  {
    fault: "F9",
    what: "409 a few times, since another change of the project is being written",
    operations: WRITES,
    plane: "atlas",
    strike(site) {
      const body = { error: 409, errorCode: "AUTOMATION_CONFIG_CONCURRENT_MODIFICATION", detail: "Try again." };
      inject(site, site.route, { kind: "status", status: 409, body }, { nth: 1, times: 3 });
    },
    // Only what stands in a project is written to its automation config.
    expected: (_, subject) => (isNamed(subject) ? "done" : /HTTP 409 AUTOMATION_CONFIG_CONCURRENT_MODIFICATION/),
  },
  {
    fault: "F9",
    what: "the answer to the write is lost, and the lists lag behind",
    operations: WRITES,
    strike(site) {
      inject(site, site.route, { kind: "drop", when: "after-commit" }, { nth: 1 });
      site.world.hook({
        before(request) {
          const lagging = site.world.emulator.faults().some(({ fault }) => fault.kind === "stale");
          if (request.method !== "GET" && !lagging) {
            inject(
              site,
              { method: "GET", path: site.subject.all },
              { kind: "stale", as: "at-injection" },
              { times: 2 },
            );
          }
          return request;
        },
      });
    },
    // A list that still has it, and a 404 for it: that is for the next run to decide.
    expected: (operation, subject) =>
      isProviderOfAtlas(subject) && operation === "delete" ? /Atlas lists it, and answers 404/ : "done",
  },

  dropping("before-commit", "before the server did anything"),
  dropping("after-commit", "after the server did it"),
  dropping("mid-body", "in the middle of the answer"),

  {
    fault: "F17",
    what: "a login page once, in place of the answer",
    strike: (site) => inject(site, site.route, { kind: "login-page" }, { nth: 1 }),
    expected: (operation, subject) => {
      if (operation === "read") return /login page/;
      // A document that does not show what was sent is merged anew.
      if (subject.plane !== "atlas") return "done";
      // A lookup shows that the request was not executed. A PATCH, or a create with a unique name, can be sent again.
      if (subject.definition.kind === "OrgConnection" || operation === "update") return "done";
      if (operation === "delete") return /login page/;
      return isNamed(subject) ? "done" : /login page[\s\S]*did not create it/;
    },
  },
  {
    fault: "F17",
    what: "a login page for ever",
    strike: (site) => inject(site, undefined, { kind: "login-page" }),
    expected: /login page/,
  },
  ...noJson.map((body) => answering(body, true)),
  ...ofNoUse.map((body) => answering(body)),

  {
    fault: "F21",
    what: "404 for the object itself, while the list has it",
    operations: ["update", "delete"],
    plane: "atlas",
    strike: (site) =>
      inject(
        site,
        { method: "GET", path: site.subject.one },
        { kind: "status", status: 404, body: { error: 404, errorCode: "RESOURCE_NOT_FOUND", detail: "Not found." } },
        { times: 20 },
      ),
    expected(operation, subject) {
      if (!isNamed(subject)) return /Atlas lists it, and answers 404[\s\S]*fix {2}Run again/;
      // An object with a name can be updated or deleted, whatever the reads return.
      const isWritten = operation === "delete" || subject.definition.kind !== "DatabaseRole";
      return isWritten ? "done" : /was deleted outside this stack[\s\S]*fix {2}Run again/;
    },
  },
  {
    fault: "F21",
    what: "reads show for a moment what was before the write",
    operations: WRITES,
    strike(site) {
      site.world.hook({
        after(request) {
          if (request.method === "GET" || site.world.emulator.faults().length > 0) return;
          inject(site, { method: "GET" }, { kind: "stale" }, { times: 3 });
        },
      });
    },
    expected: "done",
  },

  {
    fault: "F22",
    plane: "atlas",
    what: "the list goes on showing what was before",
    strike(site) {
      const as = site.operation === "read" ? "before-last-change" : "at-injection";
      inject(site, { method: "GET", path: site.subject.all }, { kind: "stale", as });
    },
    expected: "done",
    lasting: true,
  },

  drifting("add"),
  drifting("remove"),
  misleading("the last item of a page comes again on the next", (page, before) => {
    page.results.unshift(...(before?.results.slice(-1) ?? []));
  }),
  misleading("totalCount is too small", (page) => {
    page.totalCount = 1;
  }),
  misleading("totalCount is too large", (page) => {
    page.totalCount += 5;
  }),
  misleading("no page says that there is a next one", (page) => {
    page.links = [];
  }),
  {
    fault: "F24",
    what: "every page is the first one",
    paged: true,
    strike: (site) =>
      site.world.hook({
        before: (request) =>
          isList(request) ? { ...request, query: { ...request.query, itemsPerPage: 1, pageNum: 1 } } : request,
      }),
    expected: /goes on answering the same page[\s\S]*fix {2}/,
  },

  {
    fault: "F28",
    what: "somebody else writes to the same organization and project just before we look",
    plane: "atlas",
    operations: WRITES,
    strike: (site, wrote) => foreignWrite(site, wrote, "before", "GET"),
    expected: "done",
  },
  {
    fault: "F28",
    what: "somebody else writes to the same organization and project just after our write",
    plane: "atlas",
    operations: WRITES,
    strike: (site, wrote) => foreignWrite(site, wrote, "after", "write"),
    expected: "done",
  },

  ...documentRows,
];

/**
 * Somebody adds an identity provider, connects it, and changes the settings of the organization, and likewise the users
 * and roles of the project, at one moment.
 */
function foreignWrite({ world }: Site, wrote: () => void, moment: keyof Hooks, to: "GET" | "write"): void {
  let done = false;
  const write = (request: HttpRequest) => {
    if (done || (request.method === "GET") !== (to === "GET")) return;
    done = true;
    const id = FIFTH_IDP;
    const { emulator } = world;
    const fields = { protocol: "OIDC", idpType: "WORKLOAD", id, issuerUri: "https://new.example.com", audience: "new" };
    emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
    const { orgId } = emulator.world().atlas.federations[0]!.connectedOrgs[0]!;
    emulator.edit({ edit: "connect", orgId, identityProviderId: id });
    emulator.edit({
      edit: "update-connected-org",
      orgId,
      fields: { domainRestrictionEnabled: false, identityProviderId: null, domainAllowList: ["new.example.com"] },
    });
    const roles = [{ roleName: "new", databaseName: "admin" }];
    emulator.edit({ edit: "add-custom-role", projectId: PROJECT, role: { roleName: "new" } });
    emulator.edit({ edit: "add-database-user", projectId: PROJECT, user: { username: "new", roles } });
    emulator.edit({ edit: "update-database-user", projectId: PROJECT, username: THEIR_USER, fields: { roles } });
    const inheritedRoles = [{ role: "new", db: "admin" }];
    emulator.edit({ edit: "update-custom-role", projectId: PROJECT, roleName: THEIR_ROLE, fields: { inheritedRoles } });
    wrote();
  };
  world.hook({
    [moment]: (request: HttpRequest) => {
      write(request);
      return request;
    },
  });
}
