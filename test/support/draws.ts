/**
 * The draws of property tests are the same in every run, so that what turns red is a change of the code. Others are
 * had by `SEED=…`; the seed of a failing one is printed with it.
 */

import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
