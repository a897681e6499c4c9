import type { AccessView, ViewRole, ViewRow } from "../../provider/formats/access-view.ts";

const FACTS = [
  ["Time", "2026-12-01T09:30:00.000Z"],
  ["Organization", "Example Corp (5f1e2d3c4b5a69788796a5b4)"],
  ["Host", "cloud.mongodb.com"],
  ["Key", "service account mdb_sa_id_5f1e2d3c4b5a69788796a5b5"],
  ["Version", "mongofed 0.1.0"],
  ["Filters", "none"],
  ["Projects read", "app, billing, shop"],
  ["Projects not read", "none"],
] as const;

const role = (name: string, ...databases: string[]): ViewRole => ({
  name,
  databases: databases.length === 0 ? [name.split("@")[1] ?? ""] : databases,
});
const row = (one: Partial<ViewRow> & Pick<ViewRow, "who">): ViewRow => ({
  kind: "group",
  through: "corp-entra",
  project: "app",
  roles: [role("readWrite@app")],
  restrictions: "",
  clusters: "all",
  expires: "",
  managedBy: "identity",
  isManaged: true,
  notes: [],
  farReaching: [],
  ...one,
});

const rows: readonly ViewRow[] = [
  row({
    who: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    name: "Database administrators",
    roles: [role("readWriteAnyDatabase@admin", "all databases"), role("clusterMonitor@admin", "admin")],
    farReaching: ["readWriteAnyDatabase@admin"],
  }),
  row({
    who: "77aa88bb-4b5a-6978-8796-a5b4c3d2e1f0",
    name: "Billing readers",
    project: "billing",
    roles: [role("read@billing")],
    managedBy: "billing",
  }),
  row({
    who: "1c2d3e4f-4b5a-6978-8796-a5b4c3d2e1f0",
    name: "Contractors",
    through: "partners",
    project: "shop",
    restrictions: "from 10.0.0.0/8",
    expires: "2026-12-07T00:00:00Z",
    managedBy: "not managed",
    isManaged: false,
  }),
  row({
    kind: "person",
    who: "ada@example.com",
    through: "corp-users",
    managedBy: "not managed",
    isManaged: false,
    roles: [role("atlasAdmin@admin", "all databases")],
    farReaching: ["userAdmin@admin", "restore@admin"],
  }),
  row({
    kind: "program",
    who: "system:serviceaccount:shop:api",
    through: "gke",
    project: "shop",
    roles: [role("readWrite@shop")],
    clusters: "shop-prod",
    managedBy: "shop",
  }),
  row({
    kind: "program",
    who: "repo:example/orders:environment:production",
    through: "github",
    project: "shop",
    roles: [role("orders@admin", "orders", "shop")],
    clusters: "shop-prod",
    managedBy: "shop",
  }),
  row({
    kind: "principal",
    who: "5a6b7c8d9e0f1a2b3c4d5e6f/old",
    through: "(deleted)",
    roles: [role("read@app")],
    managedBy: "not managed",
    isManaged: false,
    notes: ["cannot log in: the identity provider is gone"],
  }),
];

export function accessView(own: Partial<AccessView> = {}): AccessView {
  return { title: "Access in Example Corp", facts: FACTS, incomplete: [], rows, remarks: [], ...own };
}

/** An organization of the given number of grants. */
export function manyRows(count: number): ViewRow[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = (["group", "group", "group", "person", "program"] as const)[index % 5]!;
    const database = `db${index % 97}`;
    return row({
      kind,
      who:
        kind === "group"
          ? `${index.toString(16).padStart(8, "0")}-4b5a-6978-8796-a5b4c3d2e1f0`
          : `${kind}-${index}@example.com`,
      ...(kind === "group" ? { name: `Team ${index}` } : {}),
      roles: [role(`readWrite@${database}`), ...(index % 3 === 0 ? [role("clusterMonitor@admin")] : [])],
      through: `provider-${index % 11}`,
      project: `project-${index % 100}`,
      managedBy: index % 4 === 0 ? "not managed" : `stack-${index % 20}`,
      isManaged: index % 4 !== 0,
    });
  });
}
