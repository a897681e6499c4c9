/** The key of a grant in states and programs: its resource and the id of that. */
export function managedGrant(resource: "OidcRole" | "FederatedUser", id: string): string {
  return `${resource} ${id}`;
}
