/** The ids of all tests. `FEDERATION`, `ORG` and `PROJECT` are those of the emulator's default seed. */

export const FEDERATION = "5f1ed0c0ffee5f1ed0c0ffe3";
export const OTHER_FEDERATION = "5f1ed0c0ffee5f1ed0c0ffe4";

export const ORG = "5f1ed0c0ffee5f1ed0c0ffe1";
export const OTHER_ORG = "5f1ed0c0ffee5f1ed0c0ffe9";

export const PROJECT = "5f1ed0c0ffee5f1ed0c0ffe2";
export const OTHER_PROJECT = "5f1ed0c0ffee5f1ed0c0ffea";

/** Identity providers, most of them of other stacks. */
export const IDP = "5f1ed0c0ffee5f1ed0c0ffb1";
export const OTHER_IDP = "5f1ed0c0ffee5f1ed0c0ffb2";
export const THIRD_IDP = "5f1ed0c0ffee5f1ed0c0ffb3";
export const FOURTH_IDP = "5f1ed0c0ffee5f1ed0c0ffb4";
export const FIFTH_IDP = "5f1ed0c0ffee5f1ed0c0ffb5";

/** Of no object in any seed. */
export const ABSENT = "5f1ed0c0ffee5f1ed0c0dead";
