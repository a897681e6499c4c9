/**
 * Returns the token of a token endpoint's response. Errors repeat only OAuth's error code: the response may hold
 * secrets that must not reach a log.
 */
export async function tokenIn(response: Response, field: "access_token" | "value"): Promise<Record<string, unknown>> {
  const body: unknown = await response.json().catch(() => undefined);
  const answer = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const where = new URL(response.url).origin;
  if (!response.ok) {
    const code = typeof answer.error === "string" && /^[\w.-]{1,64}$/.test(answer.error) ? ` (${answer.error})` : "";
    throw new Error(`${where} gave no token: HTTP ${response.status}${code}`);
  }
  const token = answer[field];
  if (typeof token !== "string") throw new Error(`${where} answered without ${field}`);
  // MongoDB reads the token itself, and cannot read what only its issuer can.
  if (token.split(".").length !== 3) {
    throw new Error(`${where} gave an opaque token: configure it to issue JWT access tokens for this audience`);
  }
  return answer;
}
