import * as pulumi from "@pulumi/pulumi";

/** Parts of a resource that the SDK keeps out of its types. */
interface ResourceParts {
  readonly __pulumiType: string;
  readonly __name: string;
  readonly __parentResource?: ResourceParts;
}

const STACK_TYPE = "pulumi:pulumi:Stack";

/** Returns the URN that the engine gives a resource, before the resource is registered. */
export function urnOf(resource: pulumi.Resource): string {
  const parts = resource as unknown as ResourceParts;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${typesOf(parts)}::${parts.__name}`;
}

/** The types of the resource and of its parents, outermost first. */
function typesOf({ __pulumiType: type, __parentResource: parent }: ResourceParts): string {
  return parent === undefined || parent.__pulumiType === STACK_TYPE ? type : `${typesOf(parent)}$${type}`;
}
