import type * as pulumi from "@pulumi/pulumi";
import { entraObject, type entraObjects } from "../../presets/entra.ts";
import * as github from "../../presets/github-actions.ts";
import * as google from "../../presets/google-cloud.ts";
import * as k8s from "../../presets/kubernetes.ts";
import { liftText } from "./lift-output.ts";
import type { GithubRepositoryArgs, KubernetesServiceAccountArgs } from "./resources/inputs/principals.ts";

/** The principals of `FederatedUser` and `OidcRole`, as tokens carry them, from the values that portals show. */

/** Plain in, plain out. */
export type Same<T> = T extends string ? string : pulumi.Output<string>;

/**
 * A managed identity of Azure, as `principal` of a `FederatedUser`.
 *
 * @param objectId Azure portal, the managed identity, Overview, "Object (principal) ID"; of a system-assigned one: the
 * virtual machine, Identity. Not the client id, which is for the driver.
 */
export function entraManagedIdentity<T extends pulumi.Input<string>>(objectId: T): Same<T> {
  return entraId("entraManagedIdentity", objectId);
}

/**
 * An application of Entra ID that gets tokens with a secret or a certificate, as `principal` of a `FederatedUser`.
 *
 * @param objectId Entra admin center, Enterprise applications, the application, Overview, "Object ID". Not the object
 * id under App registrations, which is another.
 */
export function entraServicePrincipal<T extends pulumi.Input<string>>(objectId: T): Same<T> {
  return entraId("entraServicePrincipal", objectId);
}

/**
 * A person of Entra ID, as `principal` of a `FederatedUser` through `entraWorkforce`, whose user claim is `oid`.
 *
 * @param objectId Entra admin center, Users, the person, Overview, "Object ID".
 */
export function entraUser<T extends pulumi.Input<string>>(objectId: T): Same<T> {
  return entraId("entraUser", objectId);
}

/**
 * A group of Entra ID, as `group` of an `OidcRole`: tokens carry its id, never its name.
 *
 * @param objectId Entra admin center, Groups, the group, Overview, "Object Id".
 */
export function entraGroup<T extends pulumi.Input<string>>(objectId: T): Same<T> {
  return entraId("entraGroup", objectId);
}

/**
 * A service account of Google Cloud, as `principal` of a `FederatedUser`.
 *
 * @param uniqueId 21 digits, not the mail address: Google Cloud console, IAM & Admin, Service Accounts, the account,
 * Details, "Unique ID"; or gcloud iam service-accounts describe EMAIL --format="value(uniqueId)".
 */
export function googleServiceAccount<T extends pulumi.Input<string>>(uniqueId: T): Same<T> {
  return liftText("googleServiceAccount", google.googleServiceAccount, uniqueId) as Same<T>;
}

/**
 * The workflows of a GitHub repository, as `principal` of a `FederatedUser` through `githubActions`: give exactly one of
 * branch, tag, environment and pullRequest. A repository whose
 * subjects were customized has others: print `sub` in a workflow once.
 *
 * @example
 * ```ts
 * principal: githubRepository({ owner: "octo-org", repository: "octo-repo", environment: "production" })
 * ```
 */
export function githubRepository(args: github.GithubRepository): string;
export function githubRepository(args: GithubRepositoryArgs): pulumi.Input<string>;
export function githubRepository(args: GithubRepositoryArgs): pulumi.Input<string> {
  return liftText("githubRepository", github.githubRepository, args);
}

/** A service account of Kubernetes, as `principal` of a `FederatedUser` through `kubernetes`. */
export function kubernetesServiceAccount(args: k8s.KubernetesServiceAccount): string;
export function kubernetesServiceAccount(args: KubernetesServiceAccountArgs): pulumi.Input<string>;
export function kubernetesServiceAccount(args: KubernetesServiceAccountArgs): pulumi.Input<string> {
  return liftText("kubernetesServiceAccount", k8s.kubernetesServiceAccount, args);
}

function entraId<T extends pulumi.Input<string>>(name: keyof typeof entraObjects, objectId: T): Same<T> {
  return liftText(name, (value) => entraObject(name, value), objectId) as Same<T>;
}
