import { expect, test } from "vitest";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { ORG } from "../support/ids.ts";
import { bad, good, newStack, writes } from "../support/stack.ts";
import { contentOf, controlPlaneOf, objectsIn, SCENARIOS, type Scenario } from "./scenarios.ts";

/** Objects that pass from one declaration of a stack to another: renamed, shifted in a list, swapped. */

/** How a run asks for an object: by the number of the object, and whether its settings change. */
interface Wanted {
  readonly key: number;
  readonly changed?: boolean;
  readonly more?: string;
  readonly options?: string;
}

async function stackOf(engine: TestEngine, scenario: Scenario) {
  const { kind, before, inputsOf } = scenario;
  const { emulator, settings } = await controlPlaneOf(scenario);
  const stack = await newStack(engine);
  const declare = (name: string, { key, changed = false, more = "", options = "" }: Wanted) =>
    `new ${kind}("${name}", { ${inputsOf(key, changed)}${more} }, { protect: false, ${options} });`;
  return {
    /** Declares the objects by their names. */
    write: (wanted: Readonly<Record<string, Wanted>>, ...more: string[]) =>
      stack.write(before, ...Object.entries(wanted).map(([name, one]) => declare(name, one)), ...more),
    writeText: (text: string) => stack.write(before, text),
    content: () => contentOf(emulator),
    objects: () => objectsIn(emulator),
    preview: () => stack.run("preview", settings),
    /** Previews and applies the program. Returns the printed text, and the writes. */
    async up(flags: { readonly refresh?: boolean } = {}) {
      const count = writes(emulator).length;
      const outcome = await stack.run("up", { ...settings, flags: { skipPreview: false, ...flags } });
      return { ...outcome, writes: writes(emulator).slice(count) };
    },
  };
}

/** The keys in the order of a list: `item-0` is the first one. */
function list(keys: readonly number[], more = ""): Record<string, Wanted> {
  return Object.fromEntries(keys.map((key, index) => [`item-${index}`, { key, more }]));
}

/** The objects that are named by an input, and of which there can be several. */
const NAMED = SCENARIOS.filter(
  ({ plane, kind }) => kind !== "ProjectTls" && (plane !== "atlas" || kind !== "IdentityProvider"),
);
const role = SCENARIOS[0] as Scenario;
const UNCHANGED = /^(?!.*to (?:create|update|delete|replace))/s;

describeEngines("an object that passes to another declaration", (engine) => {
  test.each(SCENARIOS)(
    "$plane $kind: is owned by the renamed declaration, and updated only if it differs",
    async (one) => {
      const stack = await stackOf(engine, one);
      await stack.write({});
      good(await stack.up());
      const empty = stack.objects();
      await stack.write({ a: { key: 1 } });
      good(await stack.up());
      const made = stack.content();

      await stack.write({ b: { key: 1 } });
      const renamed = await stack.up();
      expect(good(renamed).text).toMatch(
        new RegExp(`${one.kind} "b".* takes over .* from ${one.kind} "a", which stays`),
      );
      expect(renamed.text).not.toContain("FED");
      expect(renamed.writes).toEqual([]);
      expect(stack.content()).toBe(made);

      // `adopt: true` asks for an equal object. That is about objects which the stack does not own.
      await stack.write({ c: { key: 1, changed: true, more: one.adopts } });
      const changed = await stack.up({ refresh: true });
      good(changed);
      // A connection has no settings.
      if (one.kind !== "OrgConnection") {
        expect(changed.text).toMatch(new RegExp(`takes over .* from ${one.kind} "b"\\s.*live .*up changes it`));
        expect(changed.writes).toHaveLength(1);
      }
      expect(good(await stack.preview()).text).toMatch(UNCHANGED);

      await stack.write({});
      good(await stack.up());
      expect(stack.objects()).toEqual(empty);
    },
  );

  test.each(NAMED)(
    "$plane $kind: shifted indexes change only the object that enters or leaves the list",
    async (one) => {
      const stack = await stackOf(engine, one);
      await stack.write(list([2, 3]));
      good(await stack.up());
      const rest = stack.objects();
      await stack.write(list([1, 2, 3], one.adopts));
      const grown = await stack.up();
      good(grown);
      expect(grown.writes).toHaveLength(1);
      await stack.write(list([2, 3]));
      const shrunk = await stack.up();
      good(shrunk);
      expect(shrunk.writes).toHaveLength(1);
      expect(stack.objects()).toEqual(rest);

      // A swap, which no order of single steps could carry out.
      const before = stack.content();
      await stack.write(list([3, 2]));
      const swapped = await stack.up();
      good(swapped);
      expect(swapped.writes).toEqual([]);
      expect(stack.content()).toBe(before);
      expect(good(await stack.preview()).text).toMatch(UNCHANGED);
    },
  );
});

describeEngines("access through identity providers that swap their declarations", (engine) => {
  test.each(["atlas", "cloud-manager"])("%s: is not touched", async (plane) => {
    const one = SCENARIOS.find((scenario) => scenario.plane === plane && scenario.kind === "IdentityProvider");
    const user = SCENARIOS.find((scenario) => scenario.plane === plane && scenario.kind === "FederatedUser");
    const stack = await stackOf(engine, one as Scenario);
    const declare = (apps: string, jobs: string) =>
      stack.writeText(`
        const idp = new IdentityProvider("${apps}", { ${one?.inputsOf(1)} });
        const jobs = new IdentityProvider("${jobs}", { ${one?.inputsOf(2)} });
        ${plane === "atlas" ? `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp });` : ""}
        new FederatedUser("user", { ${user?.inputsOf(1)} });`);
    await declare("a", "b");
    good(await stack.up());
    const before = stack.content();
    await declare("b", "a");
    const swapped = await stack.up();
    if (plane === "atlas") {
      // Each declaration keeps its id, so none can pass to the other one.
      expect(bad(swapped).text).toContain("FED202");
    } else {
      expect(good(swapped).text).not.toContain("FED");
      expect(good(await stack.preview()).text).toMatch(UNCHANGED);
    }
    expect(swapped.writes).toEqual([]);
    expect(stack.content()).toBe(before);
  });
});

describeEngines("an object whose new owner depends on values that only apply knows", (engine) => {
  /** A name that a preview cannot know: the id of a resource that the same run creates. */
  const late = (key: number) =>
    `${role.inputsOf(0)}, roleName: new DatabaseRole("late", { ${role.inputsOf(9)} }).id.apply(() => "payments-${key}")`;

  test("passes in apply if its owner gives it up for certain", async () => {
    const stack = await stackOf(engine, role);
    await stack.write({ a: { key: 1 } });
    good(await stack.up());
    await stack.writeText(`new DatabaseRole("b", { ${late(1)} });`);
    const passed = await stack.up();
    expect(good(passed).text).toMatch(/DatabaseRole "b".* takes over .* from DatabaseRole "a"/);
    expect(passed.writes).toHaveLength(1);
  });

  test("is refused in the preview if its owner may keep it, in each order of the declarations", async () => {
    const stack = await stackOf(engine, role);
    await stack.write({ a: { key: 1 } });
    good(await stack.up());
    const before = stack.content();
    const a = `new DatabaseRole("a", { ${late(2)} });`;
    const b = `new DatabaseRole("b", { ${role.inputsOf(1)} });`;
    for (const program of [a + b, b + a]) {
      await stack.writeText(program);
      const refused = bad(await stack.preview());
      expect(refused.text).toMatch(/FED234.*belongs to DatabaseRole "a" of this stack/);
      expect(refused.text).toContain("aliases");
    }
    expect(stack.content()).toBe(before);
  });
});

describeEngines("an identity provider of a federation", (engine) => {
  test("keeps its id, so a preview refuses shifted indexes with the advice to use keys", async () => {
    const [provider] = SCENARIOS.filter(({ plane, kind }) => plane === "atlas" && kind === "IdentityProvider");
    const stack = await stackOf(engine, provider as Scenario);
    await stack.write(list([1, 2, 3]));
    good(await stack.up());
    const before = stack.content();
    const items = Object.entries(list([2, 3]));
    for (const order of [items, items.toReversed()]) {
      await stack.write(Object.fromEntries(order));
      const { text } = bad(await stack.preview());
      expect(text).toMatch(/FED202.*issuer and audience are those of corp[23]/);
      expect(text).toContain("Name the resources of a list by a key");
    }
    expect(stack.content()).toBe(before);
  });
});

describeEngines("a protected object", (engine) => {
  test("stays with its owner in a rename, because the engine refuses to delete the old declaration", async () => {
    const stack = await stackOf(engine, role);
    await stack.write({ a: { key: 1, options: "protect: true" } });
    good(await stack.up());
    const before = stack.content();
    await stack.write({ b: { key: 1 } });
    expect(bad(await stack.preview()).text).toContain("protect");
    await stack.write({ b: { key: 1, options: 'protect: true, aliases: [{ name: "a" }]' } });
    const renamed = await stack.up();
    good(renamed);
    expect(renamed.writes).toEqual([]);
    expect(stack.content()).toBe(before);
  });

  test("is no longer protected without adopt, as the preview says", async () => {
    const stack = await stackOf(engine, role);
    const declare = (adopt: string) => stack.writeText(`new DatabaseRole("a", { ${role.inputsOf(1)}${adopt} });`);
    const isProtected = ({ deployment }: Awaited<ReturnType<typeof stack.up>>) =>
      deployment.deployment.resources?.find(({ urn }) => urn.endsWith("::a"))?.protect ?? false;
    await declare(", adopt: true");
    expect(isProtected(good(await stack.up()) as Awaited<ReturnType<typeof stack.up>>)).toBe(true);
    await declare("");
    expect(good(await stack.preview()).text).toContain('DatabaseRole "a" (role payments-1) is no longer protected');
    const unprotected = await stack.up();
    good(unprotected);
    expect(isProtected(unprotected)).toBe(false);
    expect(good(await stack.preview()).text).not.toContain("protected");
  });
});
