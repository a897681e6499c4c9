import { describe, expect, test } from "vitest";
import {
  ATLAS_ACTIONS,
  canonicalPrivileges,
  fromAtlasAction,
  type Privilege,
  toAtlasAction,
} from "../../schema/privileges.ts";

describe("actions", () => {
  test.each([
    ["find", "FIND"],
    ["collMod", "COLL_MOD"],
    ["reIndex", "RE_INDEX"],
    ["replSetGetStatus", "REPL_SET_GET_STATUS"],
    ["getCmdLineOpts", "GET_CMD_LINE_OPTS"],
    ["outToS3", "OUT_TO_S3"],
    ["useUUID", "USE_UUID"],
    ["renameCollectionSameDB", "RENAME_COLLECTION_SAME_DB"],
    ["killop", "KILL_OP"],
    ["inprog", "IN_PROG"],
    ["netstat", "NET_STAT"],
    ["bypassDefaultMaxTimeMS", "BYPASS_DEFAULT_MAX_TIME_MS"],
    ["setUserWriteBlockMode", "SET_USER_WRITE_BLOCK"],
    ["bypassWriteBlockingMode", "BYPASS_USER_WRITE_BLOCK"],
    ["createSearchIndexes", "CREATE_SEARCH_INDEX"],
    ["dropSearchIndex", "DROP_SEARCH_INDEX"],
    ["outToGCS", "OUT_TO_GCS"],
  ])("%s is %s on the wire", (ours, wire) => {
    expect(toAtlasAction(ours)).toBe(wire);
    expect(fromAtlasAction(wire)).toBe(ours);
    expect(ATLAS_ACTIONS).toContain(ours);
  });

  test("all that Atlas can grant lead there and back, none twice", () => {
    expect(ATLAS_ACTIONS.size).toBe(80);
    expect(new Set([...ATLAS_ACTIONS].map(toAtlasAction)).size).toBe(80);
    for (const action of ATLAS_ACTIONS) expect(fromAtlasAction(toAtlasAction(action))).toBe(action);
  });

  test.each([
    ["a name that follows the rule", "COUNT_SHEEP", "countSheep"],
    ["a digit after the line, which the rule cannot find again", "SHEEP_3D", "SHEEP_3D"],
    ["a name whose camel case is taken", "CREATE_SEARCH_INDEXES", "CREATE_SEARCH_INDEXES"],
  ])("one that is newer than this program survives reading and writing: %s", (_, wire, ours) => {
    expect(fromAtlasAction(wire)).toBe(ours);
    expect(toAtlasAction(ours)).toBe(wire);
    expect(ATLAS_ACTIONS).not.toContain(ours);
  });
});

describe("canonical privileges", () => {
  const orders = { database: "app", collection: "orders" };

  test("hold each resource once, each action once, the cluster first", () => {
    const given: Privilege[] = [
      { resource: orders, actions: ["insert", "find"] },
      { resource: { database: "app", collection: "" }, actions: ["listCollections"] },
      { resource: { cluster: true }, actions: ["serverStatus"] },
      { resource: { ...orders }, actions: ["find", "collStats"] },
    ];
    const canonical = [
      { resource: { cluster: true }, actions: ["serverStatus"] },
      { resource: { database: "app", collection: "" }, actions: ["listCollections"] },
      { resource: orders, actions: ["collStats", "find", "insert"] },
    ];
    expect(canonicalPrivileges(given)).toEqual(canonical);
    expect(canonicalPrivileges([...given].reverse())).toEqual(canonical);
    expect(canonicalPrivileges(canonicalPrivileges(given))).toEqual(canonical);
  });

  test("keep apart what only looks alike when joined", () => {
    const apart: Privilege[] = [
      { resource: { database: "a", collection: "b.c" }, actions: ["find"] },
      { resource: { database: "a.b", collection: "c" }, actions: ["find"] },
      { resource: { database: "", collection: "" }, actions: ["find"] },
      { resource: { cluster: true }, actions: ["find"] },
    ];
    expect(canonicalPrivileges(apart)).toHaveLength(4);
  });
});
