import type { GuideTo } from "./guide.ts";

export const kubernetesGuide: GuideTo<"kubernetes"> = {
  preset: "kubernetes",
  summary: "Pods log into MongoDB with a driver, as their service accounts. Nothing but the cluster takes part.",
  parts: [
    {
      title: "Find the issuer, and let MongoDB reach it",
      steps: [
        {
          text: "kubectl get --raw /.well-known/openid-configuration prints `issuer`. AKS: az aks show --query oidcIssuerProfile.issuerUrl, which ends in a slash that counts. EKS: aws eks describe-cluster --query cluster.identity.oidc.issuer.",
          gives: ["issuerUri"],
        },
        {
          text: "AKS: turn it on with az aks update --enable-oidc-issuer. EKS and GKE have it. Elsewhere: start the API server with a public --service-account-issuer.",
        },
        {
          text: "From outside the cluster, {issuer}/.well-known/openid-configuration and its jwks_uri must answer over https, with a certificate that everybody trusts. Where the API server itself answers, bind the cluster role system:service-account-issuer-discovery to the group system:unauthenticated; or publish both documents elsewhere.",
        },
      ],
    },
    {
      title: "Choose an audience, and give pods a token for it",
      steps: [
        {
          text: "Any value of your own, such as mongodb. Not the cluster's own: whoever gets that token can use it against the API server.",
          gives: ["audience"],
        },
        {
          text: "In the pod: a projected volume with serviceAccountToken, audience as above, path token, expirationSeconds 3600. The kubelet renews it.",
        },
        {
          text: "The driver's environment k8s reads the file that AZURE_FEDERATED_TOKEN_FILE names, else AWS_WEB_IDENTITY_TOKEN_FILE, else /var/run/secrets/kubernetes.io/serviceaccount/token, whose audience is the cluster: set one of the two, or give the driver a callback that reads the file.",
        },
      ],
    },
    {
      title: "Give each program a service account",
      steps: [
        {
          text: "kubectl create serviceaccount NAME --namespace NAMESPACE, and serviceAccountName in the pod. For kubernetesServiceAccount(). Not default: it is that of every pod of the namespace that names none.",
        },
      ],
    },
  ],
  userClaim:
    "sub: system:serviceaccount:{namespace}:{name}. MongoDB's documentation says not to change it for programs. Whoever may create pods or service accounts in the namespace can be this program.",
  limits: [
    {
      problem: "Tokens of Kubernetes carry no groups.",
      fix: "Grant access to each service account.",
    },
    {
      problem: "MongoDB verifies RSA signatures; elliptic curves only in the newest versions.",
      fix: "Sign with an RSA key of 2048 bits or more (--service-account-signing-key-file); managed clusters do.",
    },
    {
      problem: "Another cluster is another issuer, and another identity provider.",
      fix: "Declare one for each, and one FederatedUser in each.",
    },
  ],
  access: {
    resource: "FederatedUser",
    input: 'principal: kubernetesServiceAccount({ namespace: "…", name: "…" })',
  },
};
