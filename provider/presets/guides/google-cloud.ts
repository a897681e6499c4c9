import type { GuideTo } from "./guide.ts";

export const googleCloudGuide: GuideTo<"googleCloud"> = {
  preset: "googleCloud",
  summary:
    "Programs on Google Cloud log into MongoDB with a driver, as the service account that they run as. Nothing is registered in Google Cloud.",
  parts: [
    {
      title: "Choose an audience",
      steps: [
        {
          text: "Any value of your own, the same for all programs, such as mongodb. The driver asks Google's metadata server for a token for it: it is TOKEN_RESOURCE in the connection string. Without a comma, which no connection string can hold there.",
          gives: ["audience"],
        },
      ],
    },
    {
      title: "Find each service account's unique id",
      steps: [
        { text: "Google Cloud console, IAM & Admin, Service Accounts. Or run what the last step says." },
        { text: "Give every program a service account of its own: the default one of the project is everybody's." },
        {
          text: 'Open the account, Details: "Unique ID", 21 digits. For googleServiceAccount(). gcloud iam service-accounts describe EMAIL --format="value(uniqueId)" prints it too.',
        },
      ],
    },
  ],
  userClaim:
    "sub: the unique id of the service account. The mail address names an account too, but a new account can get the address of a deleted one, and access with it; MongoDB's documentation says not to change the claim.",
  limits: [
    { problem: "Tokens of Google carry no groups.", fix: "Grant access to each service account." },
    {
      problem: "An access token of Google (ya29.…) is no JWT, and MongoDB cannot read it.",
      fix: "Callbacks ask for an identity token with the audience; the driver's built-in authentication does.",
    },
  ],
  access: { resource: "FederatedUser", input: 'principal: googleServiceAccount("…")' },
};
