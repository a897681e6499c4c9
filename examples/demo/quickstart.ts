import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Emulator } from "../../provider/emulator/index.ts";
import { type Step, show } from "./step.ts";

/** The program of the quickstart, and what becomes of it on the way. */
class Program {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, "index.ts");
  }

  /** Replaces one piece of text by another, and shows both. */
  async change(from: string, to: string): Promise<void> {
    const text = await readFile(this.#file, "utf8");
    if (!text.includes(from)) throw new Error(`the quickstart does not contain ${from}`);
    await writeFile(this.#file, text.replace(from, to));
    show("-", from);
    show("+", to);
    console.log();
  }
}

const STAFF_DESCRIPTION = 'description: "People of Example Corp",';
const EXPORT = "/** For the stacks of other teams";

const CONTRACTORS = `const contractors = new IdentityProvider("contractors", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKFORCE",
  configurationName: "contractors",
  issuerUri: "http://login.contractors.example/.well-known/openid-configuration",
  audience: "mongodb",
  clientId: "mongodb",
  associatedDomains: ["@contractors.example"],
  authorizationType: "GROUP",
});

new OrgConnection("platform-contractors", { orgId: config.require("orgId"), identityProvider: contractors });

`;

/** A change, a refusal and a change in the console, on a copy of the quickstart. */
export function quickstart(folder: string, emulator: Emulator): Step[] {
  const program = new Program(folder);
  return [
    {
      says: "Preview. mongofed checks every rule on the whole program and writes nothing.",
      command: "preview",
    },
    {
      says: "Up. mongofed creates the identity provider, then connects the organization to it.",
      command: "up",
    },
    { says: "Preview again. Atlas equals the program: no changes.", command: "preview" },
    {
      says: "A change in the program, and up. mongofed sends only the changed properties.",
      before: () => program.change(STAFF_DESCRIPTION, 'description: "Everybody at Example Corp",'),
      command: "up",
    },
    {
      says: "Declare a second workforce provider for the organization, with an invalid issuer and an invalid domain. The preview reports all errors at once and changes nothing.",
      before: () => program.change(EXPORT, `${CONTRACTORS}${EXPORT}`),
      command: "preview",
      refused: true,
    },
    {
      says: "Correct the program. Meanwhile, an administrator changes the audience and the description in the console. The next preview shows both changes without a refresh.",
      before: async () => {
        await program.change(`${CONTRACTORS}${EXPORT}`, EXPORT);
        changeByHand(emulator);
      },
      command: "preview",
    },
    { says: "Up restores these two properties and changes nothing else.", command: "up" },
    {
      says: "Destroy. mongofed disconnects the organization, then deletes the identity provider.",
      command: "destroy",
    },
  ];
}

function changeByHand(emulator: Emulator): void {
  const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  if (provider === undefined) throw new Error("the federation holds no identity provider");
  emulator.edit({
    edit: "update-identity-provider",
    id: provider.id,
    fields: { audience: "api://old", description: "do not touch (Bob)" },
  });
}
