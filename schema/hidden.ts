/**
 * The name that a resource has in its program: a hidden input that the program side sends along and `check` drops, so
 * that messages can name the resource as the user does. Engines do not tell providers, and hide keys that begin with
 * two underscores. (`__name` is taken: Pulumi's own Resource class has such a property.)
 */
export const DECLARED_AS = "__declaredAs";

/**
 * The names of those inputs that are secret, sent along in the same way. Engines encrypt such a value in their state,
 * but hand it to providers in clear: without these names a table of changes would print it.
 */
export const SECRET_INPUTS = "__secretInputs";

/**
 * What the program declares around the resource, sent along in the same way: a handler that judges live state must know
 * what is about to become live. See `Surroundings` in provider/rules.
 */
export const SURROUNDINGS = "__surroundings";

/**
 * The inputs whose changes the program ignores (`ignoreChanges`), sent along in the same way: engines act on the option
 * by themselves, but what somebody has changed there outside the stack is then not to be told and put back either.
 */
export const IGNORED_INPUTS = "__ignoredInputs";

/**
 * Whether the engine only previews, sent along in the same way: it does not tell providers, and a preview may go without
 * the control plane where an update may not.
 */
export const IS_PREVIEW = "__isPreview";

/**
 * The folder where the program of an update will ask, when all is registered, what of it was written over since; sent
 * along in the same way. See provider/engines/pulumi/last-look.
 */
export const LAST_LOOK = "__lastLook";

/**
 * The tokens of a `TokenCheck` that could not be judged at the program gate, by title and as texts, sent along in the
 * same way: their digests alone are inputs. Every text in it is a secret.
 */
export const TOKEN_MATERIALS = "__tokenMaterials";

/** What the program declares, for the same judgement: inputs by the number of the declaration, as outputs. */
export const DECLARED_INPUTS = "__declaredInputs";

/** Of the same declarations, as JSON, what is plain in any case: kind, name, and the number of the identity provider. */
export const DECLARATIONS = "__declarations";

/** Those values among `DECLARED_INPUTS` that are secret: messages about tokens must not repeat them. */
export const DECLARED_SECRETS = "__declaredSecrets";
