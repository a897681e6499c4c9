import { input, phrase, resource } from "../../schema/phrase.ts";
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
    fix: "Write the whole path: /etc/mongodb/ca.pem on Linux; C:\\mongodb\\ca.pem or a path that begins with %SystemDrive% on Windows.",
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
} as const satisfies Codes;

/** The rules over the TLS settings of projects. */

const rule = rulesOf("ProjectTls");

const LINUX = /^\//;
/** A drive, a share, or a variable that holds one: `C:\ca.pem`, `\\host\share\ca.pem`, `%SystemDrive%\ca.pem`. */
const WINDOWS = /^(?:[a-zA-Z]:[\\/]|\\\\[^\\]|%[^%\\/]+%[\\/])/;

/** Where each path is looked for. Which of the two the one of clusters is for, nobody says. */
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
  declarations: [pathForm],
  programs: [tlsDeclaredTwice],
});
