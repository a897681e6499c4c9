import { ENTRA_HOSTS, GOOGLE_ISSUER } from "../../schema/issuers.ts";

/** Which identity provider an issuer belongs to, where its tokens are known to follow rules of their own. */

const ENTRA: ReadonlySet<string> = new Set(Object.values(ENTRA_HOSTS));

const EKS_HOST = /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

interface JobVendor {
  readonly host: string;
  readonly name: string;
  /** A claim that stays the same and that only the pipeline itself can get. */
  readonly claim: string;
  readonly how: string;
  isOfOneJob(subject: string): boolean;
}

const JOB_VENDORS: readonly JobVendor[] = [
  {
    host: "api.bitbucket.org",
    name: "Bitbucket",
    claim: "repositoryUuid",
    how: "It stands under Repository settings, OpenID Connect, with its braces.",
    isOfOneJob: () => true,
  },
  {
    host: "agent.buildkite.com",
    name: "Buildkite",
    // Names of pipelines are unique in one organization only, and all organizations share the issuer.
    claim: "pipeline_id",
    how: "Request tokens with `--claim pipeline_id`.",
    // With `--subject-claim` the subject stays the same.
    isOfOneJob: (subject) => subject.includes(":commit:"),
  },
];

export function isGoogle(issuer: string | undefined): boolean {
  return issuer?.replace(/\/$/, "") === GOOGLE_ISSUER;
}

export function isEntra(issuer: string | undefined): boolean {
  return issuer !== undefined && URL.canParse(issuer) && ENTRA.has(new URL(issuer).hostname);
}

export function isEks(issuer: string | undefined): boolean {
  return issuer !== undefined && URL.canParse(issuer) && EKS_HOST.test(new URL(issuer).hostname);
}

/** A vendor whose `sub` changes with every job, by its issuer. */
export function ofJobs(issuer: string | undefined): JobVendor | undefined {
  if (issuer === undefined || !URL.canParse(issuer)) return undefined;
  const { host } = new URL(issuer);
  return JOB_VENDORS.find((vendor) => vendor.host === host);
}
