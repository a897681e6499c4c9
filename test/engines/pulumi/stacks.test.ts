import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, expect, test } from "vitest";
import { whereDeclared } from "../../../provider/engines/pulumi/gate/location.ts";
import { IdentityProvider } from "../../../provider/index.ts";
import { FEDERATION } from "../../support/ids.ts";

const args = {
  federationSettingsId: FEDERATION,
  idpType: "WORKLOAD",
  configurationName: "apps",
  issuerUri: "https://idp.example.com",
  audience: "apps",
  authorizationType: "USER",
} as const;

const { prepareStackTrace, stackTraceLimit } = Error;

beforeAll(() => {
  pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "id", state: inputs }), call: () => ({}) });
});

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
});

/** How many frames of stacks are turned into text meanwhile. */
function framesRead(task: () => void): number {
  let frames = 0;
  Error.prepareStackTrace = (_error, sites) => {
    frames += sites.length;
    return `Error\n${sites.map((site) => `    at ${site}`).join("\n")}`;
  };
  task();
  Error.prepareStackTrace = prepareStackTrace;
  return frames;
}

test("reads the stack of a declaration once, when its location is read", () => {
  class Declared {
    location = whereDeclared(Declared, "label");
  }
  let declared: Declared | undefined;
  expect(
    framesRead(() => {
      declared = new Declared();
    }),
  ).toBe(0);
  expect(framesRead(() => expect(declared?.location.file).toBe("test/engines/pulumi/stacks.test.ts"))).toBeGreaterThan(
    0,
  );
  expect(framesRead(() => expect(declared?.location).toEqual({ ...declared?.location, label: "label" }))).toBe(0);
});

test("reads no stack for the promises and the state of a resource, and puts the limit back", () => {
  Error.stackTraceLimit = 7;
  const depth = framesRead(() => void new Error().stack?.length);
  const frames = framesRead(() => void new IdentityProvider("apps", args));
  expect(depth).toBe(7);
  expect(frames).toBe(0);
  expect(Error.stackTraceLimit).toBe(7);
});

test("an error of Pulumi's constructor shows the place of the declaration", () => {
  let caught: Error | undefined;
  try {
    new IdentityProvider("", args);
  } catch (error) {
    caught = error as Error;
  }
  expect(caught?.message).toContain("Missing resource name");
  expect(caught?.stack).toContain("stacks.test.ts");
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});
