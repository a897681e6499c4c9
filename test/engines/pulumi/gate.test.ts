import { beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import type { AtEnd } from "../../support/at-end.ts";
import { HOME, identityProvider } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { FEDERATION, ORG } from "../../support/ids.ts";
import { bad, emulatorOf, good, newStack, type Outcome, type Stack, writes } from "../../support/stack.ts";

const imports = 'import * as pulumi from "@pulumi/pulumi";\n';

/** Two resources; `changes` come over the inputs of the provider. */
function program({
  before = "",
  changes = "",
  after = "",
}: {
  before?: string;
  changes?: string;
  after?: string;
} = {}): string {
  return `${imports}
${before}
${identityProvider("staff", "{}", HOME, changes)}
const platform = new OrgConnection("platform", { orgId: "${ORG}", identityProvider: staff });
${after}
`;
}

const urns = ({ deployment }: Outcome) =>
  (deployment.deployment.resources ?? []).map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2)).sort();
/** Two default providers: of dynamic resources, and of the function that reads the state. */
const ALL = ["default", "default", "platform", "staff", "written-dev"];

const fiveMistakes = `${imports}
new OrgConnection("platform", {
  orgId: "my-org",
  identityProvider: { id: "x" } as never,
});
const staff = new IdentityProvider("staff", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKFORCE",
  configurationName: "${"x".repeat(51)}",
  issuerUri: "http://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: "GROUP",
});
function apps(name: string) {
  return new IdentityProvider(name, {
    federationSettingsId: "${FEDERATION}",
    idpType: "WORKLOAD",
    configurationName: name,
    issuerUri: "https://idp.example.com",
    audience: "apps",
    authorizationType: "USER",
    clientId: "none",
  } as never);
}
apps("apps");
`;

/** Failures before, at and after the gate. None of them may delete anything. */
const faults: { name: string; text: string; says?: RegExp }[] = [
  {
    name: "a rule throws",
    text: program({ after: 'URL.canParse = () => { throw new Error("boom"); };' }),
    says: /FED492 internal-error: boom/,
  },
  {
    name: "judging a token throws",
    text: program({
      after: `new TokenCheck("a", { tokens: { a: { claims: { sub: "a" }, expect: { accepted: staff } } } });
Date.prototype.toISOString = () => { throw new Error("boom"); };`,
    }),
    says: /FED492 internal-error: boom/,
  },
  {
    name: "the engine never answers to a message",
    text: program({ before: "(pulumi.runtime.getEngine() as any).log = () => {};", changes: 'audience: "",' }),
    says: /FED200 invalid-input: "audience" must not be empty/,
  },
  {
    name: "sending a message throws",
    text: program({
      before: '(pulumi.runtime.getEngine() as any).log = () => { throw new Error("no"); };',
      changes: 'audience: "",',
    }),
  },
  {
    name: "an input never settles",
    text: program({ changes: "audience: new Promise<string>(() => {})," }),
    says: /FED490 never-ready: 2 of 2 declarations never became ready/,
  },
  {
    name: "two declarations wait for each other",
    text: `${imports}
const later: any = {};
const staff = new IdentityProvider("staff", {
  federationSettingsId: "${FEDERATION}", idpType: "WORKFORCE", configurationName: "corp",
  issuerUri: "https://idp.example.com", audience: "mongodb", clientId: "mongodb", authorizationType: "GROUP",
}, { dependsOn: new Promise<any>((resolve) => setTimeout(() => resolve(later.platform), 10)) });
later.platform = new OrgConnection("platform", { orgId: "${ORG}", identityProvider: staff });
`,
    says: /FED490 never-ready: 2 of 2/,
  },
  {
    name: "the program logs about a held resource, and has a mistake",
    text: program({ changes: 'audience: "",', after: 'pulumi.log.info("hello", staff);' }),
    says: /FED200/,
  },
  {
    name: "the program throws at its end",
    text: program({ after: 'throw new Error("program broke");' }),
    says: /program broke/,
  },
  {
    name: "the program throws later",
    text: program({ after: 'setTimeout(() => { throw new Error("program broke") }, 50);' }),
    says: /program broke/,
  },
  {
    name: "a promise of the program is rejected",
    text: program({ after: 'Promise.reject(new Error("program broke"));' }),
    says: /program broke/,
  },
  {
    name: "the program ends itself",
    text: program({ after: "process.exit(0);" }),
    says: /ended itself before its resources were registered/,
  },
  {
    name: "the program ends itself later",
    text: program({ after: "setTimeout(() => process.exit(0), 200);" }),
    says: /ended itself before/,
  },
  {
    name: "an asynchronous program makes a mistake late",
    text: program({ before: "await new Promise((resolve) => setTimeout(resolve, 100));", changes: 'audience: "",' }),
    says: /FED200/,
  },
];

describeEngines("the program gate", (engine) => {
  test("tells five mistakes in three resources at once, each with its place, and sends nothing that writes", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine, { apart: true });
    await stack.write(fiveMistakes);
    const { text } = bad(await stack.run("preview", { env: emulator.env }));
    expect(text).toMatch(
      /FED200 invalid-input: "orgId" is not valid[\s\S]*?--> index\.ts:4:1 +OrgConnection "platform" \. orgId/,
    );
    expect(text).toMatch(/FED200 invalid-input: "identityProvider" must be the IdentityProvider/);
    expect(text).toMatch(
      /FED211 configuration-name-too-long: [\s\S]*?--> index\.ts:8:15 +IdentityProvider "staff" \. configurationName/,
    );
    expect(text).toMatch(/FED212 invalid-issuer: [\s\S]*?\n +why +\S[\s\S]*?\n +fix +\S/);
    expect(text).toMatch(
      /FED204 input-of-other-idp-type: [\s\S]*?--> index\.ts:18:10 +IdentityProvider "apps" \. clientId/,
    );
    expect(text).toMatch(
      /5 errors in 3 declarations\. None of them was registered, nothing was changed\. More: mongofed explain FED/,
    );
    expect(text).not.toMatch(/\n\s+at \S+ \(/);
    expect(emulator.requests()).toEqual([]);
  });

  test("waits for asynchronous programs, late declarations, programs that stay alive and plain references", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine, { apart: true });
    await stack.write(
      program({
        before: "await new Promise((resolve) => setTimeout(resolve, 100));",
        after: `await (staff.id as any).promise();
const clock = setInterval(() => {}, 100);
setTimeout(() => clearInterval(clock), 4500);`,
      }),
    );
    const made = good(await stack.run("up", { env, flags: { skipPreview: false } }));
    expect(made.text).not.toMatch(/error/);
    expect(urns(made)).toEqual(ALL);

    // A connection that names its provider by a plain value waits for it all the same, and goes before it.
    const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
    const staff = program().slice(program().indexOf("const staff"), program().indexOf("const platform"));
    await stack.write(`${imports}
new OrgConnection("platform", {
  orgId: "${ORG}",
  identityProvider: {
    federationSettingsId: "${FEDERATION}",
    identityProviderId: "${provider?.id}",
    configurationName: "staff",
    idpType: "WORKFORCE",
    authorizationType: "GROUP",
  },
});
${staff}`);
    const outcome = good(await stack.run("up", { env, flags: { skipPreview: false } }));
    const platform = (outcome.deployment.deployment.resources ?? []).find(({ urn }) => urn.endsWith("::platform"));
    expect(platform?.dependencies).toEqual([expect.stringMatching(/IdentityProvider::staff$/)]);
    emulator.clearRequests();
    good(await stack.run("destroy", { env }));
    expect(writes(emulator).map((request) => request.split(" ")[0])).toEqual(["PATCH", "DELETE"]);
  });

  describe("deletes nothing when", () => {
    let stack: Stack;
    let emulator: Emulator;

    beforeAll(async () => {
      const ends: (() => Promise<void>)[] = [];
      const atEnd: AtEnd = (end) => void ends.push(end);
      emulator = await emulatorOf(HOME, atEnd);
      stack = await newStack(engine, { atEnd, apart: true });
      await stack.write(program());
      expect(urns(good(await stack.run("up", { env: emulator.env })))).toEqual(ALL);
      emulator.clearRequests();
      return () => Promise.all(ends.map((end) => end()));
    });

    test.each(faults)("$name", async ({ text, says }) => {
      await stack.write(text);
      // The gate ends a thread or a process; the CLI has processes only.
      for (const processes of engine.name === "embedded" ? [false, true] : [true]) {
        // Without a preview, which would end the run before anything can be deleted.
        const outcome = bad(await stack.run("up", { env: emulator.env, processes }));
        if (says !== undefined) expect(outcome.text).toMatch(says);
        expect(urns(outcome)).toEqual(ALL);
      }
      expect(writes(emulator)).toEqual([]);
    });

    test("the preview before an update finds a mistake", async () => {
      await stack.write(program({ changes: 'audience: "",' }));
      const outcome = bad(await stack.run("up", { env: emulator.env, flags: { skipPreview: false } }));
      expect(outcome.text).toMatch(/FED200/);
      expect(urns(outcome)).toEqual(ALL);
      expect(writes(emulator)).toEqual([]);
    });
  });
});

beforeAll(() => {
  // These runs fail on purpose; what fails them must come from the programs and not from this process.
  delete process.env.MONGOFED_FINDINGS_FILE;
});
