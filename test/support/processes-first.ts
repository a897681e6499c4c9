/**
 * The order of test files. Vitest begins with the largest, as long as it knows no better; here it is those that start
 * processes that take long, however short they are. Begun last, one of them would keep a single worker busy at the end.
 */

import { BaseSequencer, type TestSpecification } from "vitest/node";

const START_PROCESSES = /\/(test\/(engines|examples|faults)\b|test\/package\.|examples\/)/;

export default class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [first, last] = [true, false].map((starts) =>
      files.filter(({ moduleId }) => START_PROCESSES.test(moduleId) === starts),
    );
    return [...(await super.sort(first!)), ...(await super.sort(last!))];
  }
}
