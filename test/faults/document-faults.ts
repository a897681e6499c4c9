import type { HttpRequest } from "../../provider/http/index.ts";
import type { FaultRow, Site } from "./fault-row.ts";
import type { Operation } from "./subject.ts";
import { configOf, DEPLOYMENT, type FaultWorld, type Hooks } from "./world.ts";

/** Faults of a document that several writers replace whole, without conditional writes. */

const WRITES: readonly Operation[] = ["create", "update", "delete"];
const projectId = DEPLOYMENT;

/** Another tool adds a role of its own, knowing what is there. */
function addTheirs({ emulator }: FaultWorld): void {
  const entry = { role: "theirs-new", db: "admin", privileges: [], roles: [{ role: "read", db: "new" }] };
  emulator.edit({ edit: "put-automation-entry", projectId, list: "roles", entry });
}

/** Somebody else acts once, at the first request of the method. */
function once(site: Site, moment: keyof Hooks, method: "GET" | "PUT", act: (document: string) => void): void {
  const { world } = site;
  let done = false;
  let before = configOf(world.emulator.world());
  world.hook({
    before(request: HttpRequest) {
      if (done || request.method !== method) return undefined;
      before = configOf(world.emulator.world());
      if (moment === "before") act(before);
      done = moment === "before";
      return undefined;
    },
    after(request: HttpRequest) {
      if (done || moment === "before" || request.method !== method) return;
      done = true;
      act(before);
    },
  });
}

const putBack = ({ emulator }: FaultWorld, document: string) =>
  void emulator.edit({ edit: "put-automation-config", projectId, document });

const rows: readonly FaultRow[] = [
  {
    fault: "F22",
    what: "reads go on showing what was before",
    operations: WRITES,
    strike({ world }) {
      world.emulator.inject({ match: { method: "GET" }, fault: { kind: "stale", as: "at-injection" } });
    },
    expected: /older than what was saved before[\s\S]*fix {2}Run again/,
  },
  {
    fault: "F29",
    what: "another client saves just before we look",
    operations: WRITES,
    strike: (site, wrote) =>
      once(site, "before", "GET", () => {
        addTheirs(site.world);
        wrote();
      }),
    expected: "done",
  },
  {
    fault: "F29",
    what: "another client saves between our look and our write: what is lost by it is told",
    operations: WRITES,
    // The API loses their write, so only their earlier entries remain.
    strike: (site) => once(site, "before", "PUT", () => addTheirs(site.world)),
    expected: /it is done, but another client saved .* took the place of version \d+[\s\S]*fix {2}/,
  },
  {
    fault: "F29",
    what: "another client saves just after our write: the version jumps by two",
    operations: WRITES,
    strike: (site, wrote) =>
      once(site, "after", "PUT", () => {
        addTheirs(site.world);
        wrote();
      }),
    expected: "done",
  },
  {
    fault: "F29",
    what: "the same, and the answer to our write is lost",
    operations: WRITES,
    strike(site, wrote) {
      const { emulator } = site.world;
      emulator.inject({ match: site.route, nth: 1, fault: { kind: "drop", when: "after-commit" } });
      let sent = false;
      site.world.hook({
        before({ method }) {
          if (method === "GET" && sent) {
            addTheirs(site.world);
            wrote();
            sent = false;
          } else sent ||= method === "PUT";
          return undefined;
        },
      });
    },
    expected: /it is done, but .* may have taken the place of version \d+[\s\S]*fix {2}/,
  },
  {
    fault: "F29",
    what: "somebody who had read it before writes it back over ours",
    operations: WRITES,
    strike: (site) => once(site, "after", "PUT", (before) => putBack(site.world, before)),
    expected: "done",
  },
  {
    fault: "F29",
    what: "somebody writes it back over ours each time",
    operations: WRITES,
    strike({ world }) {
      const before = configOf(world.emulator.world());
      world.hook({
        after({ method }) {
          if (method === "PUT") putBack(world, before);
        },
      });
    },
    expected: /was lost 5 times[\s\S]*fix {2}/,
  },
];

export const documentRows: readonly FaultRow[] = rows.map((row) => ({ ...row, plane: "cloud-manager" }));
