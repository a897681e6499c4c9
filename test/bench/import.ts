/** `npm run bench`: requests, time and memory of importing an organization with ever more grants. */

import { importModel } from "../../provider/import/model.ts";
import { typescript } from "../../provider/import/typescript.ts";
import { readOrganization } from "../../provider/lookups/organization.ts";
import { ORG } from "../support/ids.ts";
import { benchReading } from "./reading.ts";

const PROJECTS = 50;

await benchReading({
  name: "import",
  projects: PROJECTS,
  sizes: [500, 1000, 2000, 4000],
  async read(plane) {
    const contents = await readOrganization(plane, { orgIds: [ORG] });
    const model = await importModel(plane, contents);
    const files = typescript.write(model, { project: "bench", stack: "prod", adopt: false, version: "0.0.0" });
    return { contents, model, files };
  },
  check({ model, files }, grants) {
    const imported = model.resources.length;
    if (imported !== grants + PROJECTS + 2 || files.length === 0)
      throw new Error(`${imported} resources were imported`);
  },
});
