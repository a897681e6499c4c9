import { z } from "zod";
import { checkedOptions, faults, type Preset, type WorkloadSettings } from "./preset.ts";
import { audience, issuer } from "./values.ts";

/** The issuer of clusters that were not told another: a name that only their own pods can resolve. */
const INSIDE = /^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?(:\d+)?\/?$/;

const options = z.strictObject({
  issuerUri: issuer()
    .check(
      faults((value) =>
        INSIDE.test(value)
          ? {
              message: "is a name that only the cluster's own pods know",
              why: "MongoDB fetches the signing keys from the issuer, over https and from outside the cluster.",
              fix: "Have the API server issue under a public address (--service-account-issuer), or turn on the OIDC issuer of AKS or EKS.",
            }
          : undefined,
      ),
    )
    .meta({
      description:
        "The issuer of the cluster's service account tokens: `kubectl get --raw /.well-known/openid-configuration` shows it as `issuer`. AKS, EKS and GKE also show it as the OIDC issuer of the cluster.",
    }),
  audience: audience().meta({
    description:
      "A value of your own, which no screen shows. The pod requests it: `audience` of its projected serviceAccountToken volume.",
  }),
});

/** Pods of a Kubernetes cluster, by their service accounts. Their tokens carry no groups. */
export const kubernetes: Preset<typeof options, WorkloadSettings> = {
  name: "kubernetes",
  title: "Kubernetes, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options,
  settings: ({ issuerUri, audience: given }) => ({ issuerUri, audience: given, userClaim: "sub" }),
};

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const NAMESPACE = new RegExp(`^${LABEL}$`);
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);

const objectName = (form: RegExp, what: string) =>
  z.string("must be a text").check(
    faults((value) =>
      form.test(value)
        ? undefined
        : {
            message: `is not the name of ${what}`,
            fix: "Copy it from `kubectl get serviceaccounts --all-namespaces`: lower case letters, digits and hyphens.",
          },
    ),
  );

export const kubernetesServiceAccountOptions = z.strictObject({
  namespace: objectName(NAMESPACE, "a namespace").meta({
    description: "The namespace of the service account: `kubectl get serviceaccounts --all-namespaces` lists both.",
  }),
  name: objectName(NAME, "a service account").meta({
    description: "The service account: `serviceAccountName` in the pod's manifest. A pod without one uses `default`.",
  }),
});
export type KubernetesServiceAccount = z.input<typeof kubernetesServiceAccountOptions>;

/** The `sub` of a service account. @throws FindingError with all that is wrong with the options */
export function kubernetesServiceAccount(given: unknown): string {
  const { namespace, name } = checkedOptions("kubernetesServiceAccount", kubernetesServiceAccountOptions, given);
  return `system:serviceaccount:${namespace}:${name}`;
}
