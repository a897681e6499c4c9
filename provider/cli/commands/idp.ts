/** `mongofed idp guide [PRESET]`: the steps at an identity provider and in the console, and the value that each yields. Offline. */

import { Argument, type Command, Option } from "commander";
import { z } from "zod";
import { DEFAULT_PLANE, PLANE_KINDS, type PlaneName, planeSchema } from "../../../schema/plane.ts";
import { MINIMUM_CLIENTS } from "../../../schema/requirements.ts";
import { minimumDrivers } from "../../connection/versions.ts";
import { type Guide, type GuidePart, stepsOf } from "../../presets/guides/guide.ts";
import { guides } from "../../presets/guides/index.ts";
import { consoleParts } from "../../presets/guides/planes.ts";
import { type PresetName, presets } from "../../presets/index.ts";
import { descriptionOf } from "../../presets/preset.ts";
import { printableJson } from "../../printable.ts";
import { nearest } from "../../rules/nearest.ts";
import type { ColorChoice, Paint } from "../../terminal/color.ts";
import { outputOf, widthOf } from "../../terminal/output.ts";
import { plainTable } from "../../terminal/plain-table.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { registerPreflight } from "./preflight.ts";

interface GuideOptions {
  readonly json?: true;
  readonly plane: PlaneName;
  readonly color: ColorChoice;
}

export function registerIdp(program: Command, io: Io, report: Report): void {
  const idp = program.command("idp").description("identity providers: registration steps, and a check of the issuer");
  idp
    .command("guide")
    .description("the registration steps at an identity provider, or the list of presets")
    .addArgument(new Argument("[preset]", "entraWorkforce, also written entra-workforce"))
    .addOption(
      new Option("--plane <plane>", "the control plane of the identity provider")
        .choices(planeSchema.options)
        .default(DEFAULT_PLANE),
    )
    .option("--json", "print JSON")
    .action((preset: string | undefined, options: GuideOptions) => {
      io.stdout.write(preset === undefined ? listed(options, io) : guided(find(preset), options, io));
      report(EXIT.ok);
    });
  registerPreflight(idp, io, report);
}

const NAMES = Object.keys(presets) as PresetName[];

function find(text: string): PresetName {
  const plain = (name: string) => name.replace(/[-_ ]/g, "").toLowerCase();
  const found = NAMES.find((name) => plain(name) === plain(text));
  if (found) return found;
  const near = nearest(plain(text), NAMES, (name) => [plain(name), plain(presets[name].title)]).join(", ");
  throw new UsageError(`there is no preset "${text}". Similar presets: ${near}. mongofed idp guide lists all presets.`);
}

function listed(options: GuideOptions, io: Io): string {
  const entries = NAMES.map((name) => ({ name, title: presets[name].title, summary: guides[name].summary }));
  if (options.json) return `${printableJson(entries)}\n`;
  const { paint } = outputOf(io.stdout, options.color, io.env);
  const rows = entries.map(({ name, title }) => [name, title]);
  const heading = ["Preset", "For"].map((word) => paint("resource", word));
  return `${plainTable([heading, ...rows], { width: widthOf(io.stdout, io.env) })}\nSteps: mongofed idp guide PRESET\n`;
}

/** An option of a preset, and the place of its value. */
interface GuidedOption {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

function optionsOf(name: PresetName): GuidedOption[] {
  const { options } = presets[name];
  return Object.entries(options.shape as Record<string, z.ZodType>).map(([option, schema]) => ({
    name: option,
    required: !z.safeParse(schema, undefined).success,
    description: descriptionOf(options, option) ?? "",
  }));
}

function guided(name: PresetName, options: GuideOptions, io: Io): string {
  const registration: Guide = guides[name];
  const guide = { ...registration, parts: [...registration.parts, ...consoleParts(options.plane)] };
  const { title } = presets[name];
  const given = optionsOf(name);
  const program = programOf(guide, options.plane);
  const clients = clientsOf(name, options.plane);
  if (options.json) {
    const parts = guide.parts.map((part) => ({ ...part, steps: stepsOf(part) }));
    return `${printableJson({ title, ...guide, parts, options: given, clients, program })}\n`;
  }

  const { paint } = outputOf(io.stdout, options.color, io.env);
  const layout = { width: widthOf(io.stdout, io.env), indent: 2 };
  const table = (rows: readonly (readonly string[])[]) => plainTable(rows, layout);
  const section = (heading: string, body: string) => `${paint("bold", heading)}\n${body}`;
  const inputs = given.map(({ name: option, required, description }) => [
    paint("resource", option),
    `${required ? "" : "(optional) "}${description}`,
  ]);
  return [
    section(`${name}: ${title}`, table([[guide.summary]])),
    ...guide.parts.map((part, index) => section(headingOf(part, index), table(stepRows(part, index, paint)))),
    section("Preset options", table(inputs)),
    section("User claim", table([[guide.userClaim]])),
    section(
      "Common problems",
      table(
        guide.limits.flatMap(({ problem, fix }) => [
          ["-", problem],
          ["", `Fix: ${fix}`],
        ]),
      ),
    ),
    section("Clients", table([[clients.map(({ client, version }) => `${client} ${version}`).join(", ")]])),
    section("In the program", program.map((line) => `  ${line}\n`).join("")),
  ].join("\n");
}

/** The clients that support the login, each with its minimum version. */
function clientsOf(name: PresetName, plane: PlaneName): { readonly client: string; readonly version: string }[] {
  if (presets[name].idpType === "WORKLOAD") {
    return minimumDrivers(name === "kubernetes" ? "kubernetes" : "elsewhere").map(({ driver, version, later }) => ({
      client: driver,
      version: later ? `later than ${version} (see its release notes)` : `${version} or newer`,
    }));
  }
  const { mongosh, compass } = MINIMUM_CLIENTS[PLANE_KINDS[plane]];
  return [
    { client: "mongosh", version: `${mongosh} or newer` },
    { client: "Compass", version: compass === undefined ? "(no minimum published)" : `${compass} or newer` },
  ];
}

function headingOf({ title, optional }: GuidePart, index: number): string {
  return `${index + 1}. ${title}${optional ? " (optional)" : ""}`;
}

function stepRows(part: GuidePart, index: number, paint: Paint): string[][] {
  return stepsOf(part).flatMap(({ text, gives }, step) => [
    [`${index + 1}.${step + 1}`, text],
    ...(gives ?? []).map((option) => ["", `=> ${paint("resource", option)}`]),
  ]);
}

/** A program that uses the values of the steps, without optional parts. */
function programOf({ preset, parts, access }: Guide, plane: PlaneName): string[] {
  const given = parts.flatMap((part) => (part.optional ? [] : stepsOf(part).flatMap(({ gives }) => gives ?? [])));
  const roles = 'roles: ["readWrite@app"]';
  const declared = (place: string) => [
    'const idp = new IdentityProvider("idp", {',
    `  ${place},`,
    '  configurationName: "corp",',
    `  ...${preset}({ ${given.join(", ")} }),`,
    "});",
  ];
  const granted = `identityProvider: idp, ${access.input}, ${roles} });`;
  if (plane !== "atlas") return [...declared("projectId"), `new ${access.resource}("app", { ${granted}`];
  return [
    ...declared("federationSettingsId"),
    'new OrgConnection("platform", { orgId, identityProvider: idp });',
    `new ${access.resource}("app", { projectId, ${granted}`,
  ];
}
