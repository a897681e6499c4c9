import type { CatalogueEntry } from "./catalogue.ts";
import { CLOUD_MANAGER_DOCS, TLS_DOCS } from "./sources.ts";

/** What is particular to projects of Cloud Manager and Ops Manager. */
export const projectCatalogue = {
  FED250: {
    slug: "oidc-beside-another-mechanism",
    severity: "error",
    title: "A project has an authentication mechanism for the MongoDB Agent before it has an identity provider.",
    why: "The MongoDB Agent cannot log in by OIDC: without another mechanism it would lock itself out of the deployments that it manages.",
    fix: "In the console under Deployment, Security, Settings, choose a mechanism for the MongoDB Agent, such as SCRAM-SHA-256, and deploy. mongofed does not switch it on by itself.",
    source: `${CLOUD_MANAGER_DOCS}, prerequisites of Workforce Identity Federation`,
  },
  FED260: {
    slug: "absolute-path",
    severity: "error",
    title: "A file on the hosts of a deployment is named by its whole path.",
    why: "The MongoDB Agent starts processes on many hosts: a path that does not begin at the top names a file in whatever folder it works in, and one of another system names none.",
    fix: "Write the whole path: /etc/mongodb/ca.pem on Linux; C:\\mongodb\\ca.pem, or one that begins with a variable like %SystemDrive%, on Windows.",
    example: 'new ProjectTls("tls", { projectId, caFilePath: "ca.pem" })',
    source: `${TLS_DOCS}: the file path to the certificate authority on every host`,
  },
  FED261: {
    slug: "tls-declared-twice",
    severity: "error",
    title: "The TLS settings of a project are declared by one resource.",
    why: "A project has one set of them: each resource would undo what the other does.",
    fix: "Put all settings into one ProjectTls.",
    source: `${TLS_DOCS}: settings of a project`,
  },
  FED262: {
    slug: "certificates-need-an-authority",
    severity: "error",
    title: "Where client certificates are required, there is a certificate authority to check them by.",
    why: "A server checks the certificate of a client against the file of its certificate authority; without one it could accept none.",
    fix: "Set caFilePath (on Windows hosts caFilePathWindows) to the file of the authority that signed them, or leave clientCertificateMode at OPTIONAL.",
    example: 'new ProjectTls("tls", { projectId, clientCertificateMode: "REQUIRE" })',
    source: `${TLS_DOCS}, Client Certificate Mode; MongoDB server, net.tls.CAFile`,
  },
} as const satisfies Record<string, CatalogueEntry>;
