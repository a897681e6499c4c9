import { count, groupBy } from "./group-by.ts";
import { known, ofKind } from "./program.ts";
import { about, type ProgramRule, rulesOf } from "./rule.ts";

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

export const pathForm = rule("FED260", (declaration) =>
  Object.entries(FORMS).map(([input, forms]) => {
    const path = known(declaration, input);
    if (path === undefined || path === "" || forms.some(([, form]) => form.test(path))) return undefined;
    const places = forms.map(([place]) => place).join(" or ");
    return about(declaration, input, { message: `${JSON.stringify(path)} is no absolute path of ${places}` });
  }),
);

/** FED261: two resources for one set of settings. */
export const tlsDeclaredTwice: ProgramRule = {
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
