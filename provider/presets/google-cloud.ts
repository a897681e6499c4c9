import { z } from "zod";
import { GOOGLE_ISSUER } from "../../schema/issuers.ts";
import { checkedOptions, faults, type Preset, type WorkloadSettings } from "./preset.ts";
import { audience } from "./values.ts";

const options = z.strictObject({
  audience: audience().meta({
    description:
      "A value of your own, which no screen shows. The programs request it: it is TOKEN_RESOURCE in the driver's connection string.",
  }),
});

/** Programs on Google Cloud: service accounts. Their tokens carry no groups. */
export const googleCloud: Preset<typeof options, WorkloadSettings> = {
  name: "googleCloud",
  title: "Google Cloud, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options,
  settings: (given) => ({ issuerUri: GOOGLE_ISSUER, audience: given.audience, userClaim: "sub" }),
};

const GOOGLE_UNIQUE_ID =
  'Google Cloud console, IAM & Admin, Service Accounts, the account, Details, "Unique ID"; or gcloud iam service-accounts describe EMAIL --format="value(uniqueId)"';

const uniqueId = z.string("must be a text: a number of 21 digits loses its last ones").check(
  faults((value) => {
    if (/^\d{21}$/.test(value)) return undefined;
    const fix = `Copy the unique id, 21 digits: ${GOOGLE_UNIQUE_ID}.`;
    if (!value.includes("@")) return { message: "is not a unique id of 21 digits", fix };
    const why = "Tokens of Google identify a service account by its unique id: `sub` never holds the mail address.";
    return { message: "is the mail address of the service account", why, fix };
  }),
);

/** A service account as tokens carry it. @throws FindingError if it is not the unique id */
export function googleServiceAccount(id: unknown): string {
  return checkedOptions("googleServiceAccount", z.strictObject({ uniqueId }), { uniqueId: id }).uniqueId;
}
