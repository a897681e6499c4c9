import type { GuideTo } from "./guide.ts";

export const githubActionsGuide: GuideTo<"githubActions"> = {
  preset: "githubActions",
  summary:
    "Workflows of GitHub Actions log in to MongoDB with a driver and a callback, without a secret. GitHub needs no registration.",
  parts: [
    {
      title: "Choose an audience",
      steps: [
        {
          text: "Choose a value of your own, such as mongodb. Do not use GitHub's default, the address of the owner: other services accept tokens for it too, and could use them here.",
          gives: ["audience"],
        },
      ],
    },
    {
      title: "Let the workflow request tokens",
      steps: [
        "In the job, set permissions: id-token: write, and contents: read for a checkout.",
        "In the driver's callback, call core.getIDToken(audience) of @actions/core. Without the package: GET ACTIONS_ID_TOKEN_REQUEST_URL&audience=…, with ACTIONS_ID_TOKEN_REQUEST_TOKEN as bearer token.",
        "Tokens are valid for a few minutes. The callback requests a new token each time the driver calls it.",
      ],
    },
    {
      title: "Select the workflows",
      steps: [
        "Pass owner, repository, and one of branch, tag, environment, pullRequest to githubRepository(). An environment with required reviewers is safest: Settings of the repository, Environments. A job with an environment has it in its token instead of the branch.",
        "Repositories created since July 15, 2026, or that opted into immutable subjects, carry numbers. Pass ownerId and repositoryId, which gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id' prints.",
        "Print `sub` of a token once and compare, because an organization can customize it.",
      ],
    },
    {
      title: "Only with an issuer of your own",
      optional: true,
      steps: [
        { text: "Enterprise with a unique token URL: pass its slug.", gives: ["enterprise"] },
        {
          text: "GitHub Enterprise Server or ghe.com: pass the host. MongoDB must reach https://{host}/_services/token.",
          gives: ["host"],
        },
      ],
    },
  ],
  userClaim:
    "sub: the repository, and the branch, tag or environment of the workflow. Do not use actor: it is the login name of the person who pushed, and can pass to another person. MongoDB's documentation says not to change the claim for programs.",
  limits: [
    { problem: "Tokens of GitHub carry no groups.", fix: "Grant access to each repository and environment." },
    {
      problem: "MongoDB compares subjects character by character, without wildcards.",
      fix: "Declare one FederatedUser for each branch, tag or environment.",
    },
    {
      problem: "Without numbers in the subject, the next owner of a released name gets its access.",
      fix: "Opt the repository into immutable subjects, and remove access before you rename or delete it.",
    },
  ],
  access: {
    resource: "FederatedUser",
    input: 'principal: githubRepository({ owner: "…", repository: "…", environment: "production" })',
  },
};
