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
 * Whether the engine only previews, sent along in the same way: it does not tell providers, and a preview may go without
 * the control plane where an update may not.
 */
export const IS_PREVIEW = "__isPreview";
