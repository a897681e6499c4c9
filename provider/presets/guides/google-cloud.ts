import type { GuideTo } from "./guide.ts";

export const googleCloudGuide: GuideTo<"googleCloud"> = {
  preset: "googleCloud",
  summary:
    "Programs on Google Cloud log in to MongoDB with a driver, as the service account that they run as. Google Cloud needs no registration.",
  parts: [
    {
      title: "Choose an audience",
      steps: [
        {
          text: "Choose a value of your own, the same for all programs, such as mongodb. The driver requests a token for it from Google's metadata server: it is TOKEN_RESOURCE in the connection string, which cannot hold a comma there.",
          gives: ["audience"],
        },
      ],
    },
    {
      title: "Find each service account's unique id",
      steps: [
        "Open Google Cloud console, IAM & Admin, Service Accounts, or run the command in the last step.",
        "Give every program a service account of its own, because all programs share the default one of the project.",
        'Open the account, Details. Pass "Unique ID", 21 digits, to googleServiceAccount(). gcloud iam service-accounts describe EMAIL --format="value(uniqueId)" prints it too.',
      ],
    },
  ],
  userClaim:
    "sub: the unique id of the service account. A new account can get the mail address of a deleted one, and its access with it. MongoDB's documentation says not to change the claim.",
  limits: [
    { problem: "Tokens of Google carry no groups.", fix: "Grant access to each service account." },
    {
      problem: "An access token of Google (ya29.…) is not a JWT, and MongoDB cannot read it.",
      fix: "Request an identity token with the audience in a callback. The driver's built-in authentication does this.",
    },
  ],
  access: { resource: "FederatedUser", input: 'principal: googleServiceAccount("…")' },
};
