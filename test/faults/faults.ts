import type { Fault } from "../../provider/emulator/index.ts";
import type { HttpRequest, HttpResponse } from "../../provider/http/index.ts";
import type { Operation, Route, Subject } from "./subjects.ts";
import { type FaultWorld, FEDERATION, type Hooks, OTHER_ORG } from "./world.ts";

/** Where a fault meets an operation. */
export interface Site {
  readonly world: FaultWorld;
  readonly subject: Subject;
  readonly operation: Operation;
  /** The request that carries the operation out. */
  readonly route: Route;
}

/** What becomes of the operation at first: it is done all the same, or it fails with this text. */
export type Expectation = "done" | RegExp;

/** One way in which something goes wrong. */
export interface FaultRow {
  /** As the list of faults numbers them. */
  readonly fault: string;
  readonly what: string;
  readonly credentials?: "service account";
  /** Default: all. */
  readonly operations?: readonly Operation[];
  /** Lets it go wrong from now on. What somebody else writes on the way is told to `wrote`. */
  strike(site: Site, wrote: () => void): void;
  readonly expected: Expectation | ((operation: Operation, kind: string) => Expectation);
  /** What must be seen of it while it lasts, beyond the outcome. */
  meanwhile?(site: Site): void;
  /** The fault goes on through the runs after the operation, which must send no write all the same. */
  readonly lasting?: true;
}

const WRITES: readonly Operation[] = ["create", "update", "delete"];

function inject({ world }: Site, match: Fault["match"], fault: Fault["fault"], rest: Partial<Fault> = {}): void {
  world.emulator.inject({ ...(match && { match }), ...rest, fault });
}

/** An identity provider has no idempotent create: when the server says no more, nothing is sent again. */
const unlessPosted =
  (text: RegExp) =>
  (operation: Operation, kind: string): Expectation =>
    kind === "IdentityProvider" && operation === "create" ? text : "done";

const limited = (seconds: number): FaultRow => ({
  fault: "F1",
  what: `429 with Retry-After: ${seconds}`,
  strike(site) {
    const headers = { "Retry-After": String(seconds) };
    inject(site, site.route, { kind: "status", status: 429, headers }, { forMs: seconds * 1000 });
  },
  expected: "done",
  meanwhile({ world }) {
    // Whoever asks too early is refused a second time.
    if (world.emulator.faults()[0]?.hit !== 1) throw new Error("it was asked again before its time");
  },
});

const failing = (status: number): FaultRow[] => [
  {
    fault: "F4",
    what: `${status} once, before the server did anything`,
    strike: (site) => inject(site, site.route, { kind: "status", status }, { nth: 1 }),
    expected: unlessPosted(new RegExp(`HTTP ${status}[\\s\\S]*was not made`)),
  },
  {
    fault: "F4",
    what: `${status} once, although the server did it`,
    operations: WRITES,
    strike: (site) => inject(site, site.route, { kind: "status", status, when: "after-commit" }, { nth: 1 }),
    expected: "done",
  },
  {
    fault: "F4",
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
  expected: when === "before-commit" ? unlessPosted(/broke before the answer[\s\S]*was not made/) : "done",
});

/** Answers with 200 that are none: of JSON's known wrong texts those that parsers disagree on, and right ones of no use. */
const garbage: readonly [string, unknown][] = [
  ["nothing", ""],
  ["null", "null"],
  ["an empty list", []],
  ["an empty object", {}],
  ["a number", "-01"],
  ["half an object", '{"results":[{"id":'],
  ["a trailing comma", '{"results":[],}'],
  ["two documents", '{"results":[]} {"results":[]}'],
  ["a byte order mark and a page", "\ufeff<html>"],
];

const answering = ([what, body]: readonly [string, unknown]): FaultRow => ({
  fault: "F17",
  what: `200 with ${what} to every read`,
  strike: (site) =>
    inject(
      site,
      { method: "GET", path: "/federationSettings/" },
      { kind: "status", status: 200, body, headers: { "Content-Type": "application/json" } },
    ),
  expected: /(does not understand|not JSON|no JSON|empty|truncated|JSON)[\s\S]*fix {2}/,
});

/** Pages of two, between which things happen: only requests for lists are touched. */
function paging(site: Site, hooks: Hooks): void {
  site.world.hook({
    before(request) {
      const changed = hooks.before?.(request) ?? request;
      if (!isList(request)) return request;
      return { ...(changed as HttpRequest), query: { ...request.query, itemsPerPage: 2 } };
    },
    ...(hooks.after && { after: hooks.after }),
  });
}

const isList = (request: HttpRequest) => request.query?.pageNum !== undefined;
const isPage = (request: HttpRequest, page: number) => isList(request) && request.query?.pageNum === page;

interface PageBody {
  results: { id?: string; orgId?: string }[];
  totalCount: number;
  links: { rel: string; href: string }[];
}

/** Somebody adds to, or takes from, what is listed while it is listed. */
function listed({ world }: Site, request: HttpRequest): { add(): void; remove(): void } {
  const orgs = request.path.includes("connectedOrgConfigs");
  const orgId = "5f1e2d3c4b5a69788796a500";
  const id = "65f0c0ffee0000000000f000";
  const { emulator } = world;
  return {
    add() {
      if (orgs) {
        emulator.edit({ edit: "add-organization", id: orgId, name: "New" });
        emulator.edit({ edit: "add-connected-org", federationSettingsId: FEDERATION, orgId });
      } else {
        const fields = {
          protocol: "OIDC",
          idpType: "WORKLOAD",
          id,
          issuerUri: "https://new.example.com",
          audience: "n",
        };
        emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
      }
    },
    remove() {
      // The first of all: everything after it moves up by one, over the border of a page.
      const [federation] = emulator.world().atlas.federations;
      if (orgs) emulator.edit({ edit: "remove-connected-org", orgId: OTHER_ORG });
      else emulator.edit({ edit: "remove-identity-provider", id: federation!.identityProviders[1]!.id });
    },
  };
}

const drifting = (what: "add" | "remove"): FaultRow => ({
  fault: "F24",
  what: `an item ${what === "add" ? "appears" : "disappears"} between two pages`,
  strike(site, wrote) {
    let done = false;
    paging(site, {
      before(request) {
        if (done || !isPage(request, 2)) return request;
        done = true;
        listed(site, request)[what]();
        wrote();
        return request;
      },
    });
  },
  expected: "done",
});

const misleading = (what: string, change: (page: PageBody, request: HttpRequest) => void): FaultRow => ({
  fault: "F24",
  what,
  strike: (site) =>
    paging(site, {
      after(request, response: HttpResponse<unknown>) {
        if (isList(request)) change(response.body as PageBody, request);
      },
    }),
  expected: "done",
});

export const faultRows: readonly FaultRow[] = [
  limited(1),
  limited(55),
  limited(120),
  {
    fault: "F1",
    what: "429 for ever",
    strike: (site) => inject(site, site.route, { kind: "status", status: 429, headers: { "Retry-After": "55" } }),
    expected: /(429|rate limit)[\s\S]*fix {2}Wait until the limit has refilled/,
  },

  ...[500, 502, 503, 504].flatMap(failing),

  {
    fault: "F5",
    what: "the nonce of the key has expired",
    strike: ({ world }) => world.emulator.advanceClock(86_400_000),
    expected: "done",
  },
  {
    fault: "F5",
    what: "the access token has expired",
    credentials: "service account",
    strike: ({ world }) => world.emulator.advanceClock(86_400_000),
    expected: "done",
  },
  {
    fault: "F5",
    what: "401 once, to a token that should still be good",
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
    credentials: "service account",
    strike: (site) => inject(site, { path: "/federationSettings/" }, { kind: "status", status: 401 }),
    expected: /FED411[\s\S]*HTTP 401[\s\S]*from the test/,
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
    expected: (operation, kind) =>
      kind === "IdentityProvider" && operation === "delete" ? /Atlas lists it, and answers 404/ : "done",
  },

  dropping("before-commit", "before the server did anything"),
  dropping("after-commit", "after the server did it"),
  dropping("mid-body", "in the middle of the answer"),

  {
    fault: "F17",
    what: "a login page once, in place of the answer",
    strike: (site) => inject(site, site.route, { kind: "login-page" }, { nth: 1 }),
    expected: (operation, kind) => {
      if (operation === "read") return /login page/;
      // What was sent is looked at, and was not carried out: a PATCH can be sent again.
      if (kind !== "IdentityProvider" || operation === "update") return "done";
      return operation === "create" ? /login page[\s\S]*was not made/ : /login page/;
    },
  },
  {
    fault: "F17",
    what: "a login page for ever",
    strike: (site) => inject(site, undefined, { kind: "login-page" }),
    expected: /login page/,
  },
  ...garbage.map(answering),

  {
    fault: "F21",
    what: "404 for the object itself, while the list has it",
    operations: ["update", "delete"],
    strike: (site) =>
      inject(
        site,
        { method: "GET", path: site.subject.one },
        { kind: "status", status: 404, body: { error: 404, errorCode: "RESOURCE_NOT_FOUND", detail: "Not found." } },
        { times: 20 },
      ),
    expected: /Atlas lists it, and answers 404[\s\S]*fix {2}Run again/,
  },
  {
    fault: "F21",
    what: "reads show for a moment what was before the write",
    operations: WRITES,
    strike(site) {
      site.world.hook({
        after(request) {
          if (request.method === "GET" || site.world.emulator.faults().length > 0) return;
          inject(site, { method: "GET", path: "/federationSettings/" }, { kind: "stale" }, { times: 3 });
        },
      });
    },
    expected: "done",
  },

  {
    fault: "F22",
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
  misleading("the last item of a page comes again on the next", (page, request) => {
    if (request.query?.pageNum === 2) page.results.unshift(structuredClone(page.results[0]!));
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
    strike: (site) =>
      site.world.hook({
        before: (request) =>
          isList(request) ? { ...request, query: { ...request.query, itemsPerPage: 1, pageNum: 1 } } : request,
      }),
    // To disconnect takes no list.
    expected: (operation, kind) =>
      kind === "OrgConnection" && operation === "delete" ? "done" : /goes on answering the same page[\s\S]*fix {2}/,
  },

  {
    fault: "F28",
    what: "somebody else connects another provider just before we look",
    operations: WRITES,
    strike: (site, wrote) => foreignWrite(site, wrote, "before", "GET"),
    expected: "done",
  },
  {
    fault: "F28",
    what: "somebody else connects another provider just after our write",
    operations: WRITES,
    strike: (site, wrote) => foreignWrite(site, wrote, "after", "write"),
    expected: "done",
  },
];

/** Somebody adds an identity provider, connects it, and changes the settings of the organization, at one moment. */
function foreignWrite({ world }: Site, wrote: () => void, moment: keyof Hooks, to: "GET" | "write"): void {
  let done = false;
  const write = (request: HttpRequest) => {
    if (done || (request.method === "GET") !== (to === "GET")) return;
    done = true;
    const id = "65f0c0ffee0000000000f0aa";
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
    wrote();
  };
  world.hook({
    [moment]: (request: HttpRequest) => {
      write(request);
      return request;
    },
  });
}
