import { expect, test } from "vitest";
import { NamesFileError, readLabels } from "../../provider/lookups/labels.ts";

test.each([
  ["text that is not JSON", "{", /^is not JSON: /],
  [
    "an entry without a name",
    '[{ "id": "1", "name": "DBA" }, { "id": "2" }]',
    "has no id and name as texts in entry 2",
  ],
  ["a row without a name below titles", "id,name\n1,DBA\n2", "has no id and name in row 3"],
  ["a row without a name", "1,DBA\n2", "has no id and name in row 2"],
  ["an open quote", '1,"DBA', "has a quote that does not end"],
])("rejects a file of names with %s", (_, text, message) => {
  expect(() => readLabels(text)).toThrow(message);
  expect(() => readLabels(text)).toThrow(NamesFileError);
});
