/** Survivors that no test has to notice, by the name of the mutation, each with its reason. */
export const accepted: Readonly<Record<string, string>> = {
  "guard provider/control-planes/atlas/access.ts AtlasAccess.create.made #3":
    "Never runs: the statements before it throw whenever no answer is lost. It narrows a type for the compiler.",
};
