// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";

/** The arguments of `githubRepository()`. */
export interface GithubRepositoryArgs {
  /**
   * The organization or person: the first part of the repository's address.
   */
  readonly owner: pulumi.Input<string>;
  /**
   * The repository, without its owner: the second part of its address.
   */
  readonly repository: pulumi.Input<string>;
  /**
   * A branch: `main`. The token of a job with an environment names the environment instead.
   */
  readonly branch?: pulumi.Input<string> | undefined;
  /**
   * A tag: `v1.0.0`.
   */
  readonly tag?: pulumi.Input<string> | undefined;
  /**
   * An environment: Settings of the repository, Environments.
   */
  readonly environment?: pulumi.Input<string> | undefined;
  /**
   * `true`: every workflow that a pull request runs, for every author.
   */
  readonly pullRequest?: pulumi.Input<true> | undefined;
  /**
   * The number of the owner, with repositoryId. Repositories that were created since July 15, 2026, or that
   * opted into immutable subjects, need both. `gh api repos/OWNER/REPOSITORY --jq .owner.id` shows it.
   */
  readonly ownerId?: pulumi.Input<string> | undefined;
  /**
   * The number of the repository, with ownerId. `gh api repos/OWNER/REPOSITORY --jq .id` shows it.
   */
  readonly repositoryId?: pulumi.Input<string> | undefined;
}

/** The arguments of `kubernetesServiceAccount()`. */
export interface KubernetesServiceAccountArgs {
  /**
   * The namespace of the service account: `kubectl get serviceaccounts --all-namespaces` lists both.
   */
  readonly namespace: pulumi.Input<string>;
  /**
   * The service account: `serviceAccountName` in the pod's manifest. A pod without one uses `default`.
   */
  readonly name: pulumi.Input<string>;
}
