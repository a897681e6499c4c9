import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Case } from "./case.ts";
import { databaseRole, group, inAtlas, inProject, orgId, projectReference, reference } from "./declarations.ts";

const granting = (...roles: unknown[]) => group(reference(), { roles });
const allowing = (...privileges: unknown[]) => databaseRole("custom", { privileges });
/** The same of a group of a project. */
const grantingInProject = (...roles: unknown[]) => group(projectReference(), { projectId: undefined, roles });
const allowingInProject = (...privileges: unknown[]) =>
  group(projectReference(), { projectId: undefined, roles: undefined, privileges });

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
      [
        "inherited roles that Atlas does not have",
        () => inAtlas(databaseRole("custom", { roles: ["root", "own@app"] })),
        ["FED315 roles[0]", "FED315 roles[1]"],
      ],
      ...["read", "root@app", "readWriteAnyDatabase@app", "read@app.orders", "own@app.orders", "own@local"].map(
        (role): [string, () => Declaration[], string[]] => [
          `${role} in a project`,
          () => [grantingInProject("readWrite@app", role)],
          ["FED315 roles[1]"],
        ],
      ),
    ],
    keeps: [
      [
        "roles of the server, and user-defined ones of any database, in a project",
        () => [
          grantingInProject("root", "dbOwner@app", "restore@admin", "own@app", "atlasAdmin@admin", "read@local", "c/d"),
        ],
      ],
      [
        "inherited ones in a project",
        () => inProject(databaseRole("custom", { roles: ["root@admin", "dbOwner@app", "own@app"] })),
      ],
      [
        "inherited ones that one of the control planes has",
        () => [databaseRole("custom", { roles: ["root@admin", "own@app", "atlasAdmin"] })],
      ],
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
    breaks: [
      ...["-reader", "orders.reader", "orders reader", "größe", "xgen-reader", "atlasAdmin", "root"].map(
        (name): [string, () => Declaration[], string[]] => [
          name,
          () => inAtlas(databaseRole(name)),
          ["FED327 roleName"],
        ],
      ),
      ...["read", "clusterMonitor", "root"].map((name): [string, () => Declaration[], string[]] => [
        `${name}, wherever it is for`,
        () => [databaseRole(name)],
        ["FED327 roleName"],
      ]),
      ["root in a project", () => inProject(databaseRole("root")), ["FED327 roleName"]],
      [
        "read on a database of a project",
        () => inProject(databaseRole("read", { database: "app" })),
        ["FED327 roleName"],
      ],
    ],
    keeps: [
      ...["orders-reader", "0_Orders", "xgenreader", "reader", UNKNOWN].map((name): [string, () => Declaration[]] => [
        name,
        () => inAtlas(databaseRole(name)),
      ]),
      ...["orders reader", "größe", "xgen-reader", "atlasAdmin"].map((name): [string, () => Declaration[]] => [
        `${name} in a project`,
        () => inProject(databaseRole(name)),
      ]),
      ["a role of admin on another database", () => inProject(databaseRole("root", { database: "app" }))],
      ["a name that only one control plane refuses", () => [databaseRole("orders reader")]],
    ],
  },
  {
    code: "FED328",
    breaks: [
      ["on the database of its data", () => inAtlas(databaseRole("a", { database: "app" })), ["FED328 database"]],
    ],
    keeps: [
      ["on admin", () => inAtlas(databaseRole("a", { database: "admin" }))],
      ["not known yet", () => inAtlas(databaseRole("a", { database: UNKNOWN }))],
      ["in a project", () => inProject(databaseRole("a", { database: "app" }))],
      ["in Atlas or in a project", () => [databaseRole("a", { database: "app" })]],
      [
        "beside access of both in one project, which contradict each other",
        () => [group(projectReference(), { group: "other" }), ...inAtlas(databaseRole("a", { database: "app" }))],
      ],
      [
        "beside access of another project",
        () => [databaseRole("a", { database: "app" }), group(reference(), { projectId: orgId })],
      ],
    ],
  },
  {
    code: "FED329",
    breaks: [
      ["neither", () => inAtlas(databaseRole("a", { privileges: undefined })), ["FED329 privileges"]],
      ["empty lists", () => inAtlas(databaseRole("a", { privileges: [], roles: [] })), ["FED329 privileges"]],
    ],
    keeps: [
      ["privileges alone", () => inAtlas(databaseRole("a"))],
      ["roles alone", () => inAtlas(databaseRole("a", { privileges: [], roles: ["read@app"] }))],
      ["privileges that are not known yet", () => inAtlas(databaseRole("a", { privileges: UNKNOWN }))],
      ["neither, in a project, whose servers take it", () => inProject(databaseRole("a", { privileges: [] }))],
    ],
  },
  {
    code: "FED330",
    breaks: [
      ["one name twice", () => [databaseRole("a"), databaseRole("a")], ["FED330 roleName"]],
      [
        "one name on one database twice",
        () => [databaseRole("a", { database: "app" }), databaseRole("a", { database: "app" })],
        ["FED330 roleName"],
      ],
      [
        "admin, once by default",
        () => [databaseRole("a"), databaseRole("a", { database: "admin" })],
        ["FED330 roleName"],
      ],
    ],
    keeps: [
      ["one name on two databases", () => [databaseRole("a"), databaseRole("a", { database: "app" })]],
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
      [
        "a circle on another database than admin",
        () => [
          databaseRole("a", { database: "app", roles: ["b@app"] }),
          databaseRole("b", { database: "app", roles: ["a@app"] }),
        ],
        ["FED331 roles"],
      ],
    ],
    keeps: [
      [
        "names that meet on two databases",
        () => [
          databaseRole("a", { database: "app", roles: ["b@app"] }),
          databaseRole("b", { database: "app" }),
          databaseRole("b", { roles: ["a@app"] }),
        ],
      ],
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
        () => inAtlas(allowing({ resource: cluster, actions: ["shutdown"] })),
        ["FED332 privileges[0].actions[0]"],
      ],
      [
        "an action that Atlas alone has",
        () => inProject(allowing({ resource: cluster, actions: ["outToS3"] })),
        ["FED332 privileges[0].actions[0]"],
      ],
      [
        "a slip, of a group",
        () => [allowingInProject({ resource: orders, actions: ["isnert"] })],
        ["FED332 privileges[0].actions[0]"],
      ],
    ],
    keeps: [
      [
        "an action of the server in a project",
        () => inProject(allowing({ resource: cluster, actions: ["shutdown", "createRole"] })),
      ],
      ["the same of a group", () => [allowingInProject({ resource: cluster, actions: ["shutdown", "createRole"] })]],
      ["actions of one control plane", () => [allowing({ resource: cluster, actions: ["shutdown", "outToS3"] })]],
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
        "reading the cluster, of a group",
        () => [allowingInProject({ resource: cluster, actions: ["find"] })],
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
      [
        "of a group",
        () => [allowingInProject({ resource: orders, actions: ["find", "find"] })],
        ["FED338 privileges[0].actions[1]"],
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
  {
    code: "FED344",
    breaks: [
      [
        "something on another database, on all, on the cluster, and a role of another",
        () =>
          inProject(
            databaseRole("a", {
              database: "app",
              privileges: [
                { resource: { database: "app", collection: "" }, actions: ["find"] },
                { resource: { database: "reports", collection: "" }, actions: ["find"] },
                { resource: { database: "", collection: "" }, actions: ["find"] },
                { resource: cluster, actions: ["listDatabases"] },
              ],
              roles: ["read@app", "read@reports", "backup@admin"],
            }),
          ),
        [
          "FED344 privileges[1].resource",
          "FED344 privileges[2].resource",
          "FED344 privileges[3].resource",
          "FED344 roles[1]",
          "FED344 roles[2]",
        ],
      ],
      [
        "the same where it may be for Atlas, which has no such role at all",
        () => [databaseRole("a", { database: "reports" })],
        ["FED344 privileges[0].resource"],
      ],
    ],
    keeps: [
      [
        "its own database alone",
        () => inProject(databaseRole("a", { database: "app", roles: ["read@app", "own@app"] })),
      ],
      [
        "anything, on admin",
        () =>
          inProject(
            databaseRole("a", {
              privileges: [{ resource: cluster, actions: ["listDatabases"] }],
              roles: ["read@app", "own@reports"],
            }),
          ),
      ],
      [
        "unknown values",
        () => [
          databaseRole("a", {
            database: "app",
            privileges: [{ resource: { database: UNKNOWN, collection: "" }, actions: ["find"] }],
            roles: [UNKNOWN],
          }),
          databaseRole("b", { database: UNKNOWN }),
        ],
      ],
    ],
  },
  {
    code: "FED345",
    breaks: ["local", "$external"].map((database) => [
      database,
      () => inProject(databaseRole("a", { database })),
      ["FED345 database"],
    ]),
    keeps: [
      ["config", () => inProject(databaseRole("a", { database: "config", privileges: [], roles: ["read@config"] }))],
      ["not known yet", () => inProject(databaseRole("a", { database: UNKNOWN }))],
    ],
  },
  {
    code: "FED346",
    breaks: [
      ["a configuration name and a group", () => inProject(databaseRole("corp/dba")), ["FED346 roleName"]],
      ["the same wherever it is for", () => [databaseRole("corp/teams/dba")], ["FED346 roleName"]],
    ],
    keeps: [
      ["a prefix that is no configuration name", () => inProject(databaseRole("corp entra/dba"))],
      ["no group", () => inProject(databaseRole("corp/"))],
      ["nothing before the slash", () => inProject(databaseRole("/dba"))],
      ["another database", () => inProject(databaseRole("corp/dba", { database: "app" }))],
    ],
  },
  {
    code: "FED347",
    breaks: [
      [
        "an action of newer servers",
        () => inProject(allowing({ resource: orders, actions: ["find", "performRawDataOperations"] })),
        ["FED347 privileges[0].actions[1]"],
      ],
      [
        "one that is gone, of a group",
        () => [allowingInProject({ resource: cluster, actions: ["setFreeMonitoring"] })],
        ["FED347 privileges[0].actions[0]"],
      ],
    ],
    keeps: [
      ["one that they all have", () => inProject(allowing({ resource: cluster, actions: ["setParameter"] }))],
      ["Atlas, which has it", () => inAtlas(allowing({ resource: cluster, actions: ["bypassDefaultMaxTimeMS"] }))],
    ],
  },
];
