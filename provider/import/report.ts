import { formatFinding, worded } from "../findings.ts";
import { printable } from "../printable.ts";
import { neutralTerms } from "../terms.ts";
import type { ImportModel, NotImported } from "./model.ts";

/** The result of an import, as text and as JSON. */

/** `2 identity providers, 3 connections, 25 grants, 4 roles` */
export function summary({ resources }: ImportModel): string {
  const count = (kinds: readonly string[], one: string, many: string) => {
    const found = resources.filter(({ kind }) => kinds.includes(kind)).length;
    return `${found} ${found === 1 ? one : many}`;
  };
  return [
    count(["IdentityProvider"], "identity provider", "identity providers"),
    count(["OrgConnection"], "connection", "connections"),
    count(["OidcRole", "FederatedUser"], "grant", "grants"),
    count(["DatabaseRole"], "role", "roles"),
  ].join(", ");
}

/** Everything that the user should know beside the files, as paragraphs. Empty if everything was imported. */
export function remarksOf({ notImported, unreadable, warnings }: ImportModel): string[] {
  return [
    ...paragraph(
      "Not read:",
      unreadable.map(({ what, needs, error }) => `${printable(what)}: ${printable(error)}\n    needs  ${needs}`),
    ),
    ...paragraph("Not imported:", notImported.map(reasonText)),
    ...paragraph(
      "Warnings:",
      warnings.map(({ what, finding }) => `${printable(what)}\n${indented(formatFinding(finding, neutralTerms))}`),
    ),
  ];
}

function reasonText({ what, why, findings }: NotImported): string {
  const details = findings.map((finding) => `\n${indented(formatFinding(finding, neutralTerms))}`);
  return `${printable(what)}: ${printable(why)}${details.join("")}`;
}

function paragraph(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}\n${items.map((item) => `  ${item}\n`).join("")}`];
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

/** The report for machines. */
export function reportJson(model: ImportModel): object {
  const { resources, notImported, unreadable, warnings } = model;
  return {
    imported: resources.map(({ kind, name, id }) => ({ kind, name, id })),
    notImported: notImported.map(({ what, why, findings }) => ({
      what,
      why,
      findings: findings.map((finding) => worded(finding, neutralTerms)),
    })),
    unreadable,
    warnings: warnings.map(({ what, finding }) => ({ what, finding: worded(finding, neutralTerms) })),
  };
}
