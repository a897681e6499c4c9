import { input, phrase, resource, setInput } from "../../schema/phrase.ts";
import { count, groupBy } from "./group-by.ts";
import { known, ofKind } from "./program.ts";
import { about, type Codes, family, type ProgramRule, rulesOf } from "./rule.ts";
import { TLS_DOCS } from "./sources.ts";

const codes = {
  FED260: {
    slug: "relative-path",
    severity: "error",
    title: "Use absolute paths for files on the hosts.",
    why: "The MongoDB Agent starts processes on many hosts. It resolves a relative path in a folder of its own.",
    fix: "Write the whole path. Linux: /etc/mongodb/ca.pem. Windows: C:\\mongodb\\ca.pem, or a path that begins with %SystemDrive%.",
    example: 'new ProjectTls("tls", { projectId, caFilePath: "ca.pem" })',
    source: `${TLS_DOCS}: the file path to the certificate authority on every host`,
  },
  FED261: {
    slug: "tls-declared-twice",
    severity: "error",
    title: "Declare the TLS settings of a project once.",
    why: "A project has one set of TLS settings, so each resource would revert the other.",
    fix: phrase`Move all settings into one ${resource("ProjectTls")}.`,
    source: `${TLS_DOCS}: settings of a project`,
  },
  FED262: {
    slug: "missing-certificate-authority",
    severity: "error",
    title: "Set a certificate authority if client certificates are required.",
    why: "A server checks client certificates against its certificate authority file. Without one it refuses every client.",
    fix: phrase`Set ${input("caFilePath")} (${input("caFilePathWindows")} on Windows hosts) to the authority that signed them, or set ${input("clientCertificateMode")} to OPTIONAL.`,
    example: 'new ProjectTls("tls", { projectId, clientCertificateMode: "REQUIRE" })',
    source: `${TLS_DOCS}, Client Certificate Mode; MongoDB server, net.tls.CAFile`,
  },
  FED266: {
    slug: "tls-without-files",
    severity: "error",
    title: "Give every process a certificate and a CA file before TLS is on.",
    why: "A process with TLS presents its certificate to every client. The MongoDB Agent verifies it by the CA file.",
    fix: phrase`Set certificateKeyFile of the named processes in the console, under Deployment, Modify, Advanced Options. Set the CA file in ${input("caFilePath")} (${input("caFilePathWindows")} on Windows hosts).`,
    source: `MongoDB server, net.tls.certificateKeyFile; ${TLS_DOCS}`,
  },
  FED267: {
    slug: "tls-mode-skipped",
    severity: "error",
    title: "Bring every process to preferTLS before requireTLS.",
    why: "A process at requireTLS refuses members and clients without TLS. At preferTLS all members use TLS with each other already.",
    fix: phrase`Set ${setInput("mode", "preferTLS")} and apply. Move all clients to TLS. Then set requireTLS.`,
    source: "MongoDB manual, Upgrade a Cluster to Use TLS/SSL",
  },
  FED268: {
    slug: "clients-without-tls",
    severity: "warning",
    title: "Move every client to TLS before requireTLS.",
    why: "At requireTLS a process refuses every connection without TLS, before the login.",
    fix: "Set tls=true in the connection string of every client, and its CA file where the certificate authority is your own.",
    source: "MongoDB manual, Upgrade a Cluster to Use TLS/SSL",
  },
  FED269: {
    slug: "lower-tls-mode",
    severity: "error",
    title: "Lower the TLS mode only on purpose.",
    why: "A lower mode accepts connections without TLS, and everyone on the network path can read their tokens. At disabled, clients with TLS lose access.",
    fix: phrase`Declare the higher mode, or set ${setInput("allowLockout", true)} on this resource.`,
    source: "MongoDB server, net.tls.mode",
  },
  FED270: {
    slug: "cluster-ca-without-ca",
    severity: "error",
    title: "Set a cluster CA file only beside a CA file.",
    why: "A process with a cluster CA file and without a CA file does not start.",
    fix: phrase`Set ${input("caFilePath")} (${input("caFilePathWindows")} on Windows hosts), or remove ${input("clusterCaFilePath")}.`,
    example: 'new ProjectTls("tls", { projectId, caFilePath: "", caFilePathWindows: "", clusterCaFilePath: "/c.pem" })',
    source: `${TLS_DOCS}: net.tls.clusterCAFile requires that net.tls.CAFile is set`,
  },
  FED271: {
    slug: "path-of-other-system",
    severity: "warning",
    title: "Set the path for the operating system of each host.",
    why: "Linux and Windows hosts have a path each. mongofed infers the system of a host from the paths of its processes.",
    fix: phrase`Set ${input("caFilePath")} for Linux hosts and ${input("caFilePathWindows")} for Windows hosts. Click Validate in the console, which looks for the files on every host.`,
    source: `${TLS_DOCS}: one path for all Linux hosts, one for all Windows hosts; Validate`,
  },
  FED272: {
    slug: "certificate-without-tls",
    severity: "warning",
    title: "Remove the certificates of processes without TLS.",
    why: "A MongoDB server with a certificate and without TLS does not start. mongofed changes only the mode.",
    fix: "Remove certificateKeyFile, PEMKeyFile and certificateSelector of the named processes in the console first.",
    source: "MongoDB server: TLS parameters need a TLS mode",
  },
} as const satisfies Codes;

/** The rules over the TLS settings of projects. */

const rule = rulesOf("ProjectTls");

const LINUX = /^\//;
/** A drive, a share, or a variable that holds one: `C:\ca.pem`, `\\host\share\ca.pem`, `%SystemDrive%\ca.pem`. */
const WINDOWS = /^(?:[a-zA-Z]:[\\/]|\\\\[^\\]|%[^%\\/]+%[\\/])/;

/** The hosts of each path. A cluster CA file is one for all of them. */
const FORMS = {
  caFilePath: [["a Linux host", LINUX]],
  caFilePathWindows: [["a Windows host", WINDOWS]],
  clusterCaFilePath: [
    ["a Linux host", LINUX],
    ["a Windows host", WINDOWS],
  ],
} as const;

const pathForm = rule("FED260", (declaration) =>
  Object.entries(FORMS).map(([input, forms]) => {
    const path = known(declaration, input);
    if (path === undefined || path === "" || forms.some(([, form]) => form.test(path))) return undefined;
    const places = forms.map(([place]) => place).join(" or ");
    return about(declaration, input, { message: `${JSON.stringify(path)} is not an absolute path of ${places}` });
  }),
);

/** FED270, as far as the program alone tells it. */
const clusterCaAlone = rule("FED270", (declaration) => {
  const removed = ["caFilePath", "caFilePathWindows"].every((path) => known(declaration, path) === "");
  if (!removed || !known(declaration, "clusterCaFilePath")) return [];
  return [
    about(declaration, "clusterCaFilePath", { message: "a cluster CA file is set, and every CA file is removed" }),
  ];
});

/** FED261: two resources for one set of settings. */
const tlsDeclaredTwice: ProgramRule<"FED261"> = {
  code: "FED261",
  judge: (program) =>
    groupBy(ofKind(program, "ProjectTls"), (settings) => known(settings, "projectId"))
      .filter(([, same]) => same.length > 1)
      .map(([projectId, same]) => ({
        path: "projectId",
        message: `the TLS settings of project ${projectId} are declared by ${count(same.length)} resources`,
        at: same.map((declaration) => ({ declaration })),
      })),
};

export const projectTlsRules = family({
  codes,
  declarations: [pathForm, clusterCaAlone],
  programs: [tlsDeclaredTwice],
});
