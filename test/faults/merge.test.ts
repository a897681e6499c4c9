import fc from "fast-check";
import { expect, test } from "vitest";
import { ConflictError } from "../../provider/control-planes/atlas/errors.ts";
import { onAtlas } from "../../provider/control-planes/planes.ts";
import { FEDERATION, FOURTH_IDP, IDP, ORG, OTHER_IDP, THIRD_IDP } from "../support/ids.ts";
import { type FaultWorld, faultWorld, OUR_ISSUER, SAML } from "./world.ts";

/**
 * Our change of an organization's connections, interleaved with what somebody else writes to the same organization, at
 * the border of any two of our requests. A model without HTTP and without code of the merge computes the expected
 * result.
 *
 * The API has no conditional writes and no versions, so one loss is invisible: a write between our read and the PATCH
 * right after it. The model allows only this loss.
 */

const FOREIGN = [IDP, OTHER_IDP, THIRD_IDP, FOURTH_IDP];
const OURS = [1, 2].map((digit) => `65f0c0ffee00000000000a0${digit}`);

/** The part of an organization's record that is at stake. */
interface Org {
  readonly ids: readonly string[];
  readonly saml: boolean;
  readonly restricted: boolean;
  /** Never sent by us. */
  readonly domains: readonly string[];
}

interface Change {
  readonly add?: string;
  readonly remove?: string;
}

type Edit =
  | { readonly kind: "connect" | "disconnect"; readonly id: string }
  | { readonly kind: "saml" | "restricted"; readonly value: boolean }
  | { readonly kind: "domains"; readonly value: readonly string[] }
  /** Somebody who knows nothing of conflicts puts back the whole record as it was when they had read it. */
  | { readonly kind: "overwrite" };

/** The requests and edits in the order of the server. */
type Event = "GET" | "PATCH" | Edit;

function edited(org: Org, edit: Edit, initial: Org): Org {
  switch (edit.kind) {
    case "connect":
      return { ...org, ids: org.ids.includes(edit.id) ? org.ids : [...org.ids, edit.id] };
    case "disconnect":
      return { ...org, ids: org.ids.filter((id) => id !== edit.id) };
    case "overwrite":
      return initial;
    default:
      return { ...org, [edit.kind]: edit.value };
  }
}

/** The record at the end, as a set of ids: which place an id has is nobody's concern but its neighbors'. */
function model(initial: Org, { add, remove }: Change, events: readonly Event[]): Org {
  let org = initial;
  let read = initial;
  for (const event of events) {
    if (event === "GET") read = org;
    else if (event !== "PATCH") org = edited(org, event, initial);
    else {
      const kept = new Set([...read.ids, ...(add === undefined ? [] : [add])]);
      if (remove !== undefined) kept.delete(remove);
      org = { ...org, ids: [...kept], saml: read.saml, restricted: read.restricted };
    }
  }
  return org;
}

/** Foreign ids of which nobody may say that they had to go: those that somebody else left there, outside the window. */
function untouchable(initial: Org, events: readonly Event[]): string[] {
  let org = initial;
  events.forEach((event, index) => {
    const windowed = events.slice(index).find((later) => typeof later === "string") === "PATCH";
    const unseen = windowed && typeof event !== "string" && ["connect", "overwrite"].includes(event.kind);
    if (typeof event !== "string" && !unseen) org = edited(org, event, initial);
  });
  return org.ids.filter((id) => FOREIGN.includes(id));
}

const foreignId = fc.constantFrom(...FOREIGN);
const orgs: fc.Arbitrary<Org> = fc.record({
  ids: fc.shuffledSubarray([...FOREIGN, ...OURS]),
  saml: fc.boolean(),
  restricted: fc.boolean(),
  domains: fc.subarray(["a.example", "b.example"]),
});
const changes: fc.Arbitrary<Change> = fc.constantFrom(
  { add: OURS[0]! },
  { remove: OURS[0]! },
  { add: OURS[1]!, remove: OURS[0]! },
);
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom("connect" as const, "disconnect" as const), id: foreignId }),
  fc.record({ kind: fc.constantFrom("saml" as const, "restricted" as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant("domains" as const), value: fc.subarray(["a.example", "c.example"]) }),
  fc.constant({ kind: "overwrite" as const }),
  // Ours, lost in somebody else's write, or put there by somebody else.
  fc.record({ kind: fc.constantFrom("connect" as const, "disconnect" as const), id: fc.constantFrom(...OURS) }),
);
/** Before which of our requests, counted from 0, somebody writes what. */
const schedules = fc.array(fc.record({ before: fc.nat(12), edit: edits }), { maxLength: 6 });

function recordOf({ emulator }: FaultWorld) {
  return emulator.world().atlas.federations[0]!.connectedOrgs.find(({ orgId }) => orgId === ORG)!;
}

function orgOf(world: FaultWorld): Org {
  const record = recordOf(world);
  return {
    ids: record.dataAccessIdentityProviderIds ?? [],
    saml: record.identityProviderId === SAML,
    restricted: record.domainRestrictionEnabled,
    domains: (record.domainAllowList ?? []) as string[],
  };
}

function write({ emulator }: FaultWorld, { ids, saml, restricted, domains }: Org): void {
  const fields = {
    dataAccessIdentityProviderIds: [...ids],
    identityProviderId: saml ? SAML : null,
    domainRestrictionEnabled: restricted,
    domainAllowList: [...domains],
  };
  emulator.edit({ edit: "update-connected-org", orgId: ORG, fields });
}

async function federationOfMany(): Promise<FaultWorld> {
  const world = await faultWorld();
  const there = world.emulator.world().atlas.federations[0]!.identityProviders.map(({ id }) => id);
  for (const id of [...FOREIGN, ...OURS].filter((other) => !there.includes(other))) {
    const issuerUri = OURS.includes(id) ? OUR_ISSUER : "https://theirs.example.com";
    const fields = { protocol: "OIDC", idpType: "WORKLOAD", id, displayName: id, issuerUri, audience: id };
    world.emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
  }
  return world;
}

const sorted = (org: Org) => ({ ...org, ids: org.ids.toSorted() });

test("keeps foreign connections under any foreign writes, and keeps ours or reports the loss", async () => {
  const world = await federationOfMany();
  const { connections } = onAtlas(world.run().plane(), "the test");
  const seen = { merges: 0, conflicts: 0, windows: 0 };

  const interleaving = fc.asyncProperty(orgs, changes, schedules, async (initial, change, schedule) => {
    write(world, initial);
    const rest = JSON.stringify({ ...recordOf(world), ...untold });
    const events: Event[] = [];
    let requests = 0;
    world.hook({
      before(request) {
        for (const { before, edit } of schedule) {
          if (before !== requests) continue;
          write(world, edited(orgOf(world), edit, initial));
          events.push(edit);
        }
        requests++;
        events.push(request.method as "GET" | "PATCH");
        return request;
      },
    });
    const error: unknown = await connections.change(FEDERATION, ORG, change).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    world.hook({});

    const final = orgOf(world);
    expect(sorted(final)).toEqual(sorted(model(initial, change, events)));
    expect(final.ids).toEqual(expect.arrayContaining(untouchable(initial, events)));
    expect(new Set(final.ids).size).toBe(final.ids.length);
    expect(JSON.stringify({ ...recordOf(world), ...untold })).toBe(rest);
    if (error === undefined) {
      if (change.add !== undefined) expect(final.ids).toContain(change.add);
      if (change.remove !== undefined) expect(final.ids).not.toContain(change.remove);
    } else {
      expect(error).toBeInstanceOf(ConflictError);
      expect(String(error)).toMatch(/another client changes[\s\S]*was lost 5 times/);
      for (const id of Object.values(change)) expect(String(error)).toContain(id);
      seen.conflicts++;
    }
    const patches = events.filter((event) => event === "PATCH").length;
    if (patches > 1) seen.merges++;
    if (events.some((event, index) => event === "PATCH" && typeof events[index - 1] === "object")) seen.windows++;
  });
  await fc.assert(interleaving, { numRuns: 1000 });

  // The draw must reach what this is about.
  expect(seen.merges).toBeGreaterThan(10);
  expect(seen.windows).toBeGreaterThan(10);
});

/** The keys that edits of this test change. The rest of the record must stay byte for byte. */
const untold = {
  dataAccessIdentityProviderIds: null,
  identityProviderId: null,
  domainRestrictionEnabled: null,
  domainAllowList: null,
};

test("somebody who undoes us every time is a conflict that names what was lost, and loses nothing of theirs", async () => {
  const world = await federationOfMany();
  const { connections } = onAtlas(world.run().plane(), "the test");
  const [add = ""] = OURS;
  const initial: Org = { ids: FOREIGN.slice(0, 2), saml: true, restricted: true, domains: ["a.example"] };
  write(world, initial);
  world.hook({
    before(request) {
      if (request.method === "GET") write(world, initial);
      return request;
    },
  });
  await expect(connections.change(FEDERATION, ORG, { add })).rejects.toThrow(
    `the connection to ${add} was lost 5 times`,
  );
  expect(orgOf(world)).toEqual(initial);
});
