import { z } from "zod";
import { GITHUB_ISSUER } from "../../schema/issuers.ts";
import { checkedOptions, faults, faultsTogether, type Preset, type WorkloadSettings } from "./preset.ts";
import { anyText, audience, host } from "./values.ts";

const options = z
  .strictObject({
    audience: audience().meta({
      description:
        "A value of your own, which no screen shows. The workflow requests it: core.getIDToken(audience). Do not use GitHub's default, the address of the owner, which tokens for other services carry too.",
    }),
    enterprise: anyText()
      .check(
        faults((value) =>
          /^[A-Za-z0-9-]+$/.test(value)
            ? undefined
            : {
                message: "is not the slug of an enterprise",
                fix: "Write what stands behind github.com/enterprises/ alone.",
              },
        ),
      )
      .optional()
      .meta({
        description:
          "The slug of an enterprise that has an issuer of its own: the part after github.com/enterprises/ in the address of its page. Default: none, which is the issuer of github.com.",
      }),
    host: host("Write the host alone, without https:// and path.").optional().meta({
      description:
        "The host of GitHub Enterprise Server, or `SUBDOMAIN.ghe.com`, as in the address of your repositories. MongoDB must reach it. Default: github.com.",
    }),
  })
  .check(
    faultsTogether(({ enterprise, host: server }) =>
      enterprise === undefined || server === undefined
        ? undefined
        : {
            message: "names two issuers: enterprise and host exclude each other",
            fix: "Give enterprise on github.com, host anywhere else.",
          },
    ),
  );

/** Workflows of GitHub Actions. Their tokens carry no groups. */
export const githubActions: Preset<typeof options, WorkloadSettings> = {
  name: "githubActions",
  title: "GitHub Actions, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options,
  settings: ({ audience: given, enterprise, host: server }) => ({
    issuerUri: issuerOf(enterprise, server),
    audience: given,
    userClaim: "sub",
  }),
};

function issuerOf(enterprise: string | undefined, server: string | undefined): string {
  if (enterprise !== undefined) return `${GITHUB_ISSUER}/${enterprise}`;
  if (server === undefined || server === "github.com") return GITHUB_ISSUER;
  return server.endsWith(".ghe.com") ? `https://token.actions.${server}` : `https://${server}/_services/token`;
}

const name = (what: string) =>
  anyText().check(
    faults((value) =>
      /^[A-Za-z0-9._-]+$/.test(value)
        ? undefined
        : { message: `is not the name of ${what}`, fix: "Write the name alone: not owner/name, and no address." },
    ),
  );

const numericId = () => z.string("must be a text").regex(/^\d+$/, "is not a number").optional();

/** The trigger of a workflow: the token's `sub` contains exactly one of these. */
const CONTEXTS = ["branch", "tag", "environment", "pullRequest"] as const;

export const githubRepositoryOptions = z
  .strictObject({
    owner: name("an owner").meta({
      description: "The organization or person: the first part of the repository's address.",
    }),
    repository: name("a repository").meta({
      description: "The repository, without its owner: the second part of its address.",
    }),
    branch: anyText()
      .optional()
      .meta({ description: "A branch: `main`. The token of a job with an environment names the environment instead." }),
    tag: anyText().optional().meta({ description: "A tag: `v1.0.0`." }),
    environment: anyText()
      .optional()
      .meta({ description: "An environment: Settings of the repository, Environments." }),
    pullRequest: z
      .literal(true, "must be true, or left out")
      .optional()
      .meta({ description: "`true`: every workflow that a pull request runs, for every author." }),
    ownerId: numericId().meta({
      description:
        "The number of the owner, with repositoryId. Repositories that were created since July 15, 2026, or that opted into immutable subjects, need both. `gh api repos/OWNER/REPOSITORY --jq .owner.id` shows it.",
    }),
    repositoryId: numericId().meta({
      description: "The number of the repository, with ownerId. `gh api repos/OWNER/REPOSITORY --jq .id` shows it.",
    }),
  })
  .check(
    faultsTogether((given) => {
      const fix = `Give exactly one of ${CONTEXTS.join(", ")}.`;
      const contexts = CONTEXTS.filter((key) => given[key] !== undefined);
      if (contexts.length === 0) return { message: "does not say what the workflow runs for", fix };
      return contexts.length === 1 ? undefined : { message: `says ${contexts.join(" and ")} at once`, fix };
    }),
    faultsTogether(({ branch, tag }) =>
      `${branch ?? ""}${tag ?? ""}`.startsWith("refs/")
        ? { message: "names a branch or tag by its ref", fix: "Leave refs/heads/ or refs/tags/ away." }
        : undefined,
    ),
    faultsTogether(({ ownerId, repositoryId }) =>
      (ownerId === undefined) === (repositoryId === undefined)
        ? undefined
        : { message: "has one of ownerId and repositoryId", fix: "Give both, or none: tokens carry both or none." },
    ),
  );
export type GithubRepository = z.input<typeof githubRepositoryOptions>;

/** The `sub` of a repository's workflows. @throws FindingError with all that is wrong with the options */
export function githubRepository(given: unknown): string {
  const options = checkedOptions("githubRepository", githubRepositoryOptions, given);
  const at = (id: string | undefined) => (id === undefined ? "" : `@${id}`);
  return `repo:${options.owner}${at(options.ownerId)}/${options.repository}${at(options.repositoryId)}:${contextOf(options)}`;
}

function contextOf({ branch, tag, environment }: z.output<typeof githubRepositoryOptions>): string {
  if (branch !== undefined) return `ref:refs/heads/${branch}`;
  if (tag !== undefined) return `ref:refs/tags/${tag}`;
  // A colon parts the claim: GitHub writes one in a name as %3A. Branches and tags cannot hold any.
  if (environment !== undefined) return `environment:${environment.replaceAll(":", "%3A")}`;
  return "pull_request";
}
