import type { Subject } from "../../../schema/report.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { reportOnce } from "../findings.ts";
import { compare } from "../state/compare.ts";
import { secretsOf } from "../state/record.ts";
import { adoptionDiffers, adoptionOf, differencesOf, shownOf } from "./adopt.ts";
import type { Existing, Resource } from "./resource.ts";

/** In a preview, an object that `diff` has seen is ours, and about to be replaced. */
export async function existing<Key, Live>(
  context: Context,
  object: Resource<Key, Live>,
  inputs: Props,
  subject: Subject,
  phase: Phase,
): Promise<Existing<Live>> {
  const key = object.keyOf(inputs);
  if (key === undefined) return { findings: [] };
  const { memory } = context;
  const plane = context.plane();
  const live =
    phase === "apply"
      ? await object.get(plane, key)
      : (await object.list(plane, key)).find((one) => object.isLive(one, key));
  const owned = memory.ownership.owns(object.idOf(key));
  if (live === undefined || (owned && phase === "preview")) return { findings: [] };
  const what = `${object.label(inputs)} in ${object.scopeOf(key)}`;
  const kept = memory.ownership.isKept(object.idOf(key));
  const adoption = kept ? "overwrite" : adoptionOf(inputs);
  // One that this run knows to be another resource's is not taken away from it.
  if (adoption === "no" || (owned && !kept)) {
    const message = `${what} exists already, and this resource did not create it`;
    return {
      findings: [finding("FED221", { message })],
    };
  }
  const differences = differencesOf(compare(object.settings, object.settingsOf(live), {}, inputs));
  const secrets = secretsOf(context, {});
  if (adoption === "equal" && differences.length > 0) {
    return { findings: [adoptionDiffers(what, differences, secrets)] };
  }
  reportOnce(context, `${object.idOf(key)} adopt`, {
    type: "adoption",
    subject,
    object: what,
    differences: shownOf(differences, secrets),
  });
  return { adopted: live, findings: [] };
}
