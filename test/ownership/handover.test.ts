import { expect, test } from "vitest";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { good, newStack, writes } from "../support/stack.ts";
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
