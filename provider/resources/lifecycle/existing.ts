import type { Subject } from "../../../schema/report.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { reportOnce } from "../findings.ts";
import { compare } from "../state/compare.ts";
import { secretsOf } from "../state/record.ts";
import { adoptionDiffers, differencesOf, shownOf } from "./adopt.ts";
import type { Existing, Resource } from "./resource.ts";
import { wayTo } from "./way.ts";

/** Looks for the object that a new resource declares, and decides whether the resource may take it. */
export async function existing<Key, Live>(
  context: Context,
  object: Resource<Key, Live>,
  inputs: Props,
  subject: Subject,
  phase: Phase,
): Promise<Existing<Live>> {
  const key = object.keyOf(inputs);
  if (key === undefined) return { findings: [] };
  const plane = context.plane();
  const listed = (await object.list(plane, key)).find((one) => object.isLive(one, key));
  // Absence from the listing of this run is enough to create. An object that is taken over is compared as it is now.
  const live = phase === "apply" && listed !== undefined ? await object.get(plane, key) : listed;
  if (live === undefined) return { findings: [] };
  const id = object.idOf(key);
  const what = `${object.label(inputs)} in ${object.scopeOf(key)}`;
  const way = wayTo(context, inputs, { kind: object.kind, id, what, phase });
  if (way.way === "replaced") return { findings: [] };
  if (way.way === "refused") return { findings: [way.finding] };
  if (way.way === "handover") return { adopted: live, from: { ...way.owner, what }, findings: [] };
  const differences = differencesOf(compare(object.settings, object.settingsOf(live), {}, inputs));
  const secrets = secretsOf(context, {});
  if (!way.overwrites && differences.length > 0) {
    return { findings: [adoptionDiffers(what, differences, secrets)] };
  }
  reportOnce(context, `${id} adopt`, {
    type: "adoption",
    subject,
    object: what,
    differences: shownOf(differences, secrets),
  });
  return { adopted: live, findings: [] };
}
