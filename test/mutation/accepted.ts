/** Survivors that no test has to notice, by the name of the mutation, each with its reason. */
export const accepted: Readonly<Record<string, string>> = {};
