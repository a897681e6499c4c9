import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Case } from "./case.ts";
import { projectId, tls } from "./declarations.ts";

/** What is particular to projects of Cloud Manager and Ops Manager. */
export const projectCases: readonly Case[] = [
  {
    code: "FED260",
    breaks: [
      ["a relative path", () => [tls("a", { caFilePath: "ca.pem" })], ["FED260 caFilePath"]],
      ["a path of Windows on Linux hosts", () => [tls("a", { caFilePath: "C:\\ca.pem" })], ["FED260 caFilePath"]],
      [
        "a path of Linux on Windows hosts",
        () => [tls("a", { caFilePathWindows: "/etc/mongodb/ca.pem" })],
        ["FED260 caFilePathWindows"],
      ],
      ["a drive without a folder", () => [tls("a", { caFilePathWindows: "C:ca.pem" })], ["FED260 caFilePathWindows"]],
      [
        "a path of neither system",
        () => [tls("a", { clusterCaFilePath: "cluster-ca.pem" })],
        ["FED260 clusterCaFilePath"],
      ],
    ],
    keeps: [
      ...["C:\\mongodb\\ca.pem", "c:/mongodb/ca.pem", "\\\\files\\tls\\ca.pem", "%SystemDrive%\\tls\\ca.pem"].map(
        (path): [string, () => Declaration[]] => [path, () => [tls("a", { caFilePathWindows: path })]],
      ),
      ["either system for clusters", () => [tls("a", { clusterCaFilePath: "D:\\cluster.pem" })]],
      ["a path that is taken away", () => [tls("a", { caFilePath: "", caFilePathWindows: "" })]],
      ["one that is not known yet", () => [tls("a", { caFilePath: UNKNOWN })]],
    ],
  },
  {
    code: "FED261",
    breaks: [["two resources for one project", () => [tls("a"), tls("b")], ["FED261 projectId"]]],
    keeps: [
      ["two projects", () => [tls("a"), tls("b", { projectId: projectId.replace(/.$/, "0") })]],
      ["projects that are not known yet", () => [tls("a", { projectId: UNKNOWN }), tls("b", { projectId: UNKNOWN })]],
    ],
  },
];
