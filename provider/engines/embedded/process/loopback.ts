/**
 * Limits this engine to control planes on the loopback interface, in every process that opens connections. Without the
 * limit, a pipeline without a CLI could run production from an empty local state.
 */

const VARIABLE = "MONGOFED_LOOPBACK_ONLY";
const ON = "1";

let holders = 0;
let before: string | undefined;

export const loopbackOnly = {
  /** For the processes of a run. */
  env: { [VARIABLE]: ON },

  /** For this process, while inline programs run in it; the answer ends it. Runs may overlap. */
  hold(): () => void {
    if (holders === 0) {
      before = process.env[VARIABLE];
      process.env[VARIABLE] = ON;
    }
    holders += 1;
    return () => {
      holders -= 1;
      if (holders > 0) {
        return;
      }
      if (before === undefined) {
        delete process.env[VARIABLE];
      } else {
        process.env[VARIABLE] = before;
      }
    };
  },
};
