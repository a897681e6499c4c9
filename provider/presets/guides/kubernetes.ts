import type { GuideTo } from "./guide.ts";

export const kubernetesGuide: GuideTo<"kubernetes"> = {
  preset: "kubernetes",
  summary: "Pods log in to MongoDB with a driver, as their service accounts. Only the cluster takes part.",
  parts: [
    {
      title: "Find the issuer, and let MongoDB reach it",
      steps: [
        {
          text: "kubectl get --raw /.well-known/openid-configuration prints `issuer`. AKS: az aks show --query oidcIssuerProfile.issuerUrl, which ends in a slash that counts. EKS: aws eks describe-cluster --query cluster.identity.oidc.issuer.",
          gives: ["issuerUri"],
        },
        "AKS: turn the issuer on with az aks update --enable-oidc-issuer. EKS and GKE have one. Elsewhere, start the API server with a public --service-account-issuer.",
        "From outside the cluster, {issuer}/.well-known/openid-configuration and its jwks_uri must answer over https, with a publicly trusted certificate. If the API server itself answers, bind the cluster role system:service-account-issuer-discovery to the group system:unauthenticated. You can also publish both documents elsewhere.",
      ],
    },
    {
      title: "Choose an audience, and mount a token for it",
      steps: [
        {
          text: "Choose a value of your own, such as mongodb. Do not use the cluster's own audience: a stolen token would also work against the API server.",
          gives: ["audience"],
        },
        "In the pod, mount a projected volume with serviceAccountToken, audience as above, path token, expirationSeconds 3600. The kubelet renews the token.",
        "The driver's environment k8s reads the file that AZURE_FEDERATED_TOKEN_FILE names, else AWS_WEB_IDENTITY_TOKEN_FILE, else /var/run/secrets/kubernetes.io/serviceaccount/token, whose audience is the cluster. Set one of the two variables, or write a callback that reads the file.",
      ],
    },
    {
      title: "Give each program a service account",
      steps: [
        "Run kubectl create serviceaccount NAME --namespace NAMESPACE, set serviceAccountName in the pod, and pass both to kubernetesServiceAccount(). Do not use default: every pod of the namespace without a service account uses it.",
      ],
    },
  ],
  userClaim:
    "sub: system:serviceaccount:{namespace}:{name}. MongoDB's documentation says not to change it for programs. Anyone who can create pods or service accounts in the namespace can act as this program.",
  limits: [
    {
      problem: "Tokens of Kubernetes carry no groups.",
      fix: "Grant access to each service account.",
    },
    {
      problem: "MongoDB verifies RSA signatures. Only the newest versions verify elliptic curves.",
      fix: "Sign with an RSA key of 2048 bits or more (--service-account-signing-key-file), as managed clusters do.",
    },
    {
      problem: "Each cluster has its own issuer, and is an identity provider of its own.",
      fix: "Declare an IdentityProvider and a FederatedUser for each cluster.",
    },
  ],
  access: {
    resource: "FederatedUser",
    input: 'principal: kubernetesServiceAccount({ namespace: "…", name: "…" })',
  },
};
