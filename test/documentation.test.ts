import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { textOf } from "../schema/fields.ts";
import { fields, kinds } from "../schema/resources.ts";

const ENTRY = fileURLToPath(new URL("../dist/provider/index.d.ts", import.meta.url));

let checker: ts.TypeChecker;
let exported: readonly ts.Symbol[];

/** Compiles the emitted declaration files, which are all that the editor of a user has. */
beforeAll(() => {
  const program = ts.createProgram([ENTRY], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, strict: true });
  checker = program.getTypeChecker();
  const entry = program.getSourceFile(ENTRY);
  if (entry === undefined) throw new Error(`${ENTRY} is missing: run npm run build`);
  exported = checker.getExportsOfModule(checker.getSymbolAtLocation(entry)!);
});

/** The inputs that a class takes, with the text that an editor shows for each. */
function inputsOf(name: string): ReadonlyMap<string, string> {
  const found = exported.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the package exports no ${name}`);
  const signature = checker.getTypeOfSymbol(found).getConstructSignatures()[0]!;
  return textsOf(checker.getTypeOfSymbol(signature.parameters[1]!));
}

function textsOf(type: ts.Type): Map<string, string> {
  const members = type.isUnion() ? type.types : [type];
  // A form of a resource that does not have an input declares it as undefined.
  const properties = members
    .flatMap((member) => checker.getPropertiesOfType(member))
    .filter((property) => (checker.getTypeOfSymbol(property).flags & ts.TypeFlags.Undefined) === 0);
  return new Map(properties.map((property) => [property.name, textOfProperty(property)]));
}

function textOfProperty(property: ts.Symbol): string {
  return ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll(/\s+/g, " ");
}

function textsOfType(name: string): Map<string, string> {
  return textsOf(checker.getDeclaredTypeOfSymbol(exported.find((one) => one.name === name)!));
}

describe("an editor shows the text of the field table", () => {
  test.each(kinds)("for every input of a %s", (kind) => {
    const table = Object.entries(fields[kind]).map(([key, field]) => [key, textOf(field, "programs")]);
    expect(Object.fromEntries(inputsOf(kind))).toEqual(Object.fromEntries(table));
  });
});

test("an editor shows a text for every other field that a program can give", () => {
  const types = exported.map(({ name }) => name).filter((name) => /(Args|Query)$/.test(name));
  expect(types).toContain("ProviderArgs");
  const silent = types.flatMap((type) =>
    [...textsOfType(type)].flatMap(([key, text]) => (text === "" ? `${type}.${key}` : [])),
  );
  expect(silent).toEqual([]);
});
