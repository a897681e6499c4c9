/** `urn:pulumi:{stack}::{project}::{qualified type}::{name}`, and references to provider resources. */

const URN_PREFIX = "urn:pulumi:";
const SEPARATOR = "::";
const TYPE_SEPARATOR = "$";

export const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE_PREFIX = "pulumi:providers:";

function parts(urn: string): string[] {
  return urn.slice(URN_PREFIX.length).split(SEPARATOR);
}

/** The types of all parents, joined by `$`, and the resource's own type last. */
export function urnQualifiedType(urn: string): string {
  return parts(urn)[2] ?? "";
}

export function urnType(urn: string): string {
  const qualified = urnQualifiedType(urn);
  return qualified.slice(qualified.lastIndexOf(TYPE_SEPARATOR) + 1);
}

/** A name may hold `::` itself. */
export function urnName(urn: string): string {
  return parts(urn).slice(3).join(SEPARATOR);
}

/** The stack is the parent of every resource, so the qualified type omits it. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? "" : urnQualifiedType(parent);
  const qualified = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}${TYPE_SEPARATOR}${type}`;
  return [`${URN_PREFIX}${stack}`, project, qualified, name].join(SEPARATOR);
}

/** As `makeUrn`, with the qualified type of the parent given as such. */
export function makeUrnBelow(stack: string, project: string, parentType: string, type: string, name: string): string {
  const qualified = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}${TYPE_SEPARATOR}${type}`;
  return [`${URN_PREFIX}${stack}`, project, qualified, name].join(SEPARATOR);
}

export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_TYPE_PREFIX);
}

export function providerType(pkg: string): string {
  return `${PROVIDER_TYPE_PREFIX}${pkg}`;
}

/** `aws` of `aws:s3/bucket:Bucket`; of a provider's type, the package that it provides. */
export function packageOf(type: string): string {
  return isProviderType(type) ? type.slice(PROVIDER_TYPE_PREFIX.length) : (type.split(":")[0] ?? "");
}

/** Default providers are made by the engine; users never see them. */
export function isDefaultProvider(urn: string): boolean {
  const name = urnName(urn);
  return isProviderType(urnType(urn)) && (name === "default" || name.startsWith("default_"));
}

export interface ProviderReference {
  readonly urn: string;
  readonly id: string;
}

export function parseReference(reference: string): ProviderReference {
  const cut = reference.lastIndexOf(SEPARATOR);
  return { urn: reference.slice(0, cut), id: reference.slice(cut + SEPARATOR.length) };
}

export function makeReference(urn: string, id: string): string {
  return `${urn}${SEPARATOR}${id}`;
}
