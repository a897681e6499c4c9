/** `npm run bench`: requests, time and memory of an access report over ever more grants. */

import { readAccess } from "../../provider/access/report.ts";
import { ORG } from "../support/ids.ts";
import { benchReading } from "./reading.ts";

await benchReading({
  name: "access report",
  projects: 100,
  sizes: [1_000, 10_000],
  read: (plane) => readAccess(plane, { orgIds: [ORG], filters: {}, keyId: "bench", version: "0.0.0" }),
  check({ rows, unread }, grants) {
    if (rows.length !== grants || unread.length > 0) throw new Error(`${rows.length} grants were reported`);
  },
});
