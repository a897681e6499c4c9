import type { GuideTo } from "./guide.ts";

export const githubActionsGuide: GuideTo<"githubActions"> = {
  preset: "githubActions",
  summary:
    "Workflows of GitHub Actions log into MongoDB with a driver and a callback, without any secret. Nothing is registered at GitHub.",
  parts: [
    {
      title: "Choose an audience",
      steps: [
        {
          text: "Any value of your own, such as mongodb. Not GitHub's default, the address of the owner: other services take tokens for that one too, and could use them here.",
          gives: ["audience"],
        },
      ],
    },
    {
      title: "Let the workflow ask for tokens",
      steps: [
        { text: "In the job: permissions: id-token: write, and contents: read for a checkout." },
        {
          text: "In the driver's callback: core.getIDToken(audience) of @actions/core; or GET ACTIONS_ID_TOKEN_REQUEST_URL&audience=…, with ACTIONS_ID_TOKEN_REQUEST_TOKEN as bearer token.",
        },
        { text: "Tokens live a few minutes: the callback asks anew each time that the driver calls it." },
      ],
    },
    {
      title: "Say which workflows may",
      steps: [
        {
          text: "For githubRepository(): owner, repository, and one of branch, tag, environment, pullRequest. Best an environment with required reviewers: Settings of the repository, Environments. A job with an environment has that in its token, and not the branch.",
        },
        {
          text: "Repositories created since July 15, 2026, or that opted into immutable subjects, carry numbers: give ownerId and repositoryId, which gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id' prints.",
        },
        { text: "Print `sub` of a token once and compare: an organization may have customized it." },
      ],
    },
    {
      title: "Only with an issuer of your own",
      optional: true,
      steps: [
        { text: "An enterprise with a unique token URL: its slug.", gives: ["enterprise"] },
        {
          text: "GitHub Enterprise Server or ghe.com: the host. MongoDB must reach https://{host}/_services/token.",
          gives: ["host"],
        },
      ],
    },
  ],
  userClaim:
    "sub: repository and what the workflow runs for. Not actor: that is whoever pushed, and a login name that passes to somebody else. MongoDB's documentation says not to change the claim for programs.",
  limits: [
    { problem: "Tokens of GitHub carry no groups.", fix: "Grant access to each repository and environment." },
    {
      problem: "Subjects are compared character by character: there are no wildcards.",
      fix: "Declare one FederatedUser for each branch, tag or environment.",
    },
    {
      problem: "Without numbers in the subject, whoever gets a name that was given up gets its access.",
      fix: "Opt the repository into immutable subjects, and remove access before you rename or delete it.",
    },
  ],
  access: {
    resource: "FederatedUser",
    input: 'principal: githubRepository({ owner: "…", repository: "…", environment: "production" })',
  },
};
