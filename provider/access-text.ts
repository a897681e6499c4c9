import type { AccessChangeRow } from "../schema/access-change.ts";
import { printable } from "./printable.ts";

const NOUNS = {
  group: ["group", "groups"],
  person: ["person", "people"],
  program: ["program", "programs"],
  principal: ["principal", "principals"],
} as const;
const VERBS = { gains: ["gains", "gain"], loses: ["loses", "lose"], changes: ["changes", "change"] } as const;

/** Returns `2 groups gain access, 1 person loses access`. Counts each group, person or program once for each effect. */
export function accessHeadline(rows: readonly AccessChangeRow[]): string {
  const parts = (Object.keys(VERBS) as AccessChangeRow["effect"][]).flatMap((effect) =>
    (Object.keys(NOUNS) as AccessChangeRow["kind"][]).flatMap((kind) => {
      const own = rows.filter((one) => one.effect === effect && one.kind === kind);
      const count = new Set(own.map(({ through, who }) => `${through}\n${who}`)).size;
      const many = count === 1 ? 0 : 1;
      return count === 0 ? [] : [`${count} ${NOUNS[kind][many]} ${VERBS[effect][many]} access`];
    }),
  );
  return parts.length === 0 ? "Access does not change" : parts.join(", ");
}

const SIGNS = { gains: "+", loses: "-", changes: "~" } as const;

/** Returns the columns of a row: `+`, `group 0f1e… (corp-entra)`, `project billing`, `readWrite@app`. */
export function accessCells({ effect, kind, who, name, through, project, differences }: AccessChangeRow): string[] {
  // The sign of the row holds for all differences of a gain or loss.
  const texts = effect === "changes" ? differences : differences.map((text) => text.replace(/^[+-] /, ""));
  const named = name === undefined ? who : `${who} (${name})`;
  return [SIGNS[effect], `${kind} ${named} (${through})`, `project ${project}`, texts.join(", ")].map(printable);
}
