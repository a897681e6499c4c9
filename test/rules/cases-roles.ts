import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Case } from "./case.ts";
import { databaseRole, group, orgId, reference } from "./declarations.ts";

const granting = (...roles: unknown[]) => group(reference(), { roles });
const allowing = (...privileges: unknown[]) => databaseRole("custom", { privileges });

const orders = { database: "app", collection: "orders" };
const cluster = { cluster: true };

/** Roles that are granted and inherited, and what a user-defined one allows. */
export const roleCases: readonly Case[] = [
  {
    code: "FED315",
    breaks: [
      ...(
        [
          "read",
          "dbAdmin",
          "@app",
          "read@",
          "read@app.",
          "a@b@c",
          "clusterMonitor@app",
          "readWriteAnyDatabase@app",
          "orders-reader@app",
          "toString@app",
          "dbAdmin@app.orders",
          "orders-reader@admin.orders",
          "root@admin",
          "dbOwner@app",
          { role: "atlasAdmin", database: "app" },
          { role: "dbAdmin", database: "app", collection: "orders" },
        ] as const
      ).map((role): [string, () => Declaration[], string[]] => [
        JSON.stringify(role),
        () => [granting("readWrite@app", role)],
        ["FED315 roles[1]"],
      ]),
      [
        "a role for one collection that is inherited",
        () => [databaseRole("custom", { roles: ["read@app.orders"] })],
        ["FED315 roles[0]"],
      ],
      [
        "an inherited role on a database that does not have it",
        () => [databaseRole("custom", { roles: ["backup@app"] })],
        ["FED315 roles[0]"],
      ],
    ],
    keeps: [
      ...[
        ["read@app", "readWrite@app.orders", "read@app.a.b", "dbAdmin@app", "dbAdmin@admin"],
        ["clusterMonitor", "atlasAdmin@admin", "killOpSession@admin", "readWriteAnyDatabase"],
        ["orders-reader", { role: "own", database: "admin" }],
        [{ role: "read", database: "app", collection: "a" }],
        [UNKNOWN, { role: "backup", database: UNKNOWN }],
      ].map((roles): [string, () => Declaration[]] => [JSON.stringify(roles), () => [granting(...roles)]]),
      ["inherited ones", () => [databaseRole("custom", { roles: ["read@app", "dbAdmin@app", "other", "backup"] })]],
    ],
  },
  {
    code: "FED326",
    breaks: [
      [
        "a role as text and as object",
        () => [granting("readWrite@app", { role: "readWrite", database: "app" })],
        ["FED326 roles[1]"],
      ],
      ["with and without its database", () => [granting("backup", "read@app", "backup@admin")], ["FED326 roles[2]"]],
      ["an inherited role", () => [databaseRole("custom", { roles: ["read@app", "read@app"] })], ["FED326 roles[1]"]],
    ],
    keeps: [
      ["two databases", () => [granting("read@app", "read@billing")]],
      ["two collections, and the database", () => [granting("read@app.a", "read@app.b", "read@app")]],
      ["roles that are not known yet", () => [granting(UNKNOWN, UNKNOWN)]],
    ],
  },
  {
    code: "FED327",
    breaks: ["-reader", "orders.reader", "orders reader", "größe", "xgen-reader", "read", "clusterMonitor", "root"].map(
      (name) => [name, () => [databaseRole(name)], ["FED327 roleName"]],
    ),
    keeps: ["orders-reader", "0_Orders", "xgenreader", "reader", UNKNOWN].map((name) => [
      name,
      () => [databaseRole(name)],
    ]),
  },
  {
    code: "FED328",
    breaks: [["on the database of its data", () => [databaseRole("a", { database: "app" })], ["FED328 database"]]],
    keeps: [
      ["on admin", () => [databaseRole("a", { database: "admin" })]],
      ["not known yet", () => [databaseRole("a", { database: UNKNOWN })]],
    ],
  },
  {
    code: "FED329",
    breaks: [
      ["neither", () => [databaseRole("a", { privileges: undefined })], ["FED329 privileges"]],
      ["empty lists", () => [databaseRole("a", { privileges: [], roles: [] })], ["FED329 privileges"]],
    ],
    keeps: [
      ["privileges alone", () => [databaseRole("a")]],
      ["roles alone", () => [databaseRole("a", { privileges: [], roles: ["read@app"] })]],
      ["privileges that are not known yet", () => [databaseRole("a", { privileges: UNKNOWN })]],
    ],
  },
  {
    code: "FED330",
    breaks: [["one name twice", () => [databaseRole("a"), databaseRole("a")], ["FED330 roleName"]]],
    keeps: [
      ["two names", () => [databaseRole("a"), databaseRole("A")]],
      ["two projects", () => [databaseRole("a"), databaseRole("a", { projectId: orgId })]],
      [
        "projects that are not known yet",
        () => [databaseRole("a", { projectId: UNKNOWN }), databaseRole("a", { projectId: UNKNOWN })],
      ],
      ["names that are not known yet", () => [databaseRole(UNKNOWN), databaseRole(UNKNOWN)]],
    ],
  },
  {
    code: "FED331",
    breaks: [
      ["a role that inherits itself", () => [databaseRole("a", { roles: ["a"] })], ["FED331 roles"]],
      [
        "a role that inherits itself in a project that is not known yet",
        () => [databaseRole("a", { roles: ["a"], projectId: UNKNOWN })],
        ["FED331 roles"],
      ],
      [
        "a circle of three, and one who only inherits it",
        () => [
          databaseRole("outside", { roles: ["a"] }),
          databaseRole("a", { roles: ["b@admin"] }),
          databaseRole("b", { roles: ["c"] }),
          databaseRole("c", { roles: [{ role: "a", database: "admin" }] }),
        ],
        ["FED331 roles"],
      ],
      [
        "two circles",
        () => [
          databaseRole("a", { roles: ["b"] }),
          databaseRole("b", { roles: ["a"] }),
          databaseRole("c", { roles: ["c"] }),
        ],
        ["FED331 roles", "FED331 roles"],
      ],
    ],
    keeps: [
      [
        "one role by two ways",
        () => [databaseRole("a", { roles: ["b", "c"] }), databaseRole("b", { roles: ["c"] }), databaseRole("c")],
      ],
      [
        "names that meet in two projects",
        () => [databaseRole("a", { roles: ["b"] }), databaseRole("b", { roles: ["a"], projectId: orgId })],
      ],
      [
        "projects of which it is not known yet whether they are the same",
        () => [
          databaseRole("a", { roles: ["b"], projectId: UNKNOWN }),
          databaseRole("b", { roles: ["a"], projectId: UNKNOWN }),
        ],
      ],
    ],
  },
  {
    code: "FED332",
    breaks: [
      [
        "a slip",
        () => [allowing({ resource: orders, actions: ["find", "isnert"] })],
        ["FED332 privileges[0].actions[1]"],
      ],
      [
        "the API's spelling",
        () => [allowing({ resource: orders, actions: ["FIND"] })],
        ["FED332 privileges[0].actions[0]"],
      ],
      [
        "an action that Atlas leaves to nobody",
        () => [allowing({ resource: cluster, actions: ["shutdown"] })],
        ["FED332 privileges[0].actions[0]"],
      ],
    ],
    keeps: [
      ["actions that there are", () => [allowing({ resource: orders, actions: ["find", "collMod", "killAnyCursor"] })]],
      ["an action that is not known yet", () => [allowing({ resource: orders, actions: [UNKNOWN] })]],
    ],
  },
  {
    code: "FED337",
    breaks: [
      [
        "reading the cluster",
        () => [allowing({ resource: cluster, actions: ["find"] })],
        ["FED337 privileges[0].actions[0]"],
      ],
      [
        "the cluster's state of a collection",
        () => [allowing({ resource: orders, actions: ["find", "serverStatus"] })],
        ["FED337 privileges[0].actions[1]"],
      ],
    ],
    keeps: [
      [
        "each at its place, and those that fit both",
        () => [
          allowing(
            { resource: cluster, actions: ["serverStatus", "enableSharding", "killAnyCursor", "compact"] },
            {
              resource: { database: "", collection: "" },
              actions: ["find", "enableSharding", "killAnyCursor", "compact"],
            },
          ),
        ],
      ],
    ],
  },
  {
    code: "FED338",
    breaks: [
      [
        "within one privilege",
        () => [allowing({ resource: orders, actions: ["find", "insert", "find"] })],
        ["FED338 privileges[0].actions[2]"],
      ],
      [
        "in two privileges on one resource",
        () => [
          allowing(
            { resource: orders, actions: ["find"] },
            { resource: { collection: "orders", database: "app" }, actions: ["find"] },
          ),
        ],
        ["FED338 privileges[1].actions[0]"],
      ],
      [
        "on the cluster",
        () => [allowing({ resource: cluster, actions: ["top"] }, { resource: cluster, actions: ["top"] })],
        ["FED338 privileges[1].actions[0]"],
      ],
    ],
    keeps: [
      [
        "on two resources",
        () => [
          allowing(
            { resource: orders, actions: ["find"] },
            { resource: { database: "app", collection: "" }, actions: ["find"] },
          ),
        ],
      ],
      [
        "on resources that are not known yet",
        () => [
          allowing(
            { resource: { database: UNKNOWN, collection: "a" }, actions: ["find"] },
            { resource: { database: UNKNOWN, collection: "a" }, actions: ["find"] },
          ),
        ],
      ],
    ],
  },
];
