/**
 * Milliseconds of a Retry-After header: seconds, or an HTTP date. `undefined` where it says nothing usable: absent,
 * negative, garbage. Infinity where the number is beyond counting. A date is compared with the server's own `Date`, if
 * it sent one: our clock may be wrong.
 */
export function retryAfterMs(
  value: string | undefined,
  serverDate: string | undefined,
  now: number,
): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = httpDate(text);
  if (at === undefined) return undefined;
  return Math.max(0, at - (httpDate(serverDate?.trim() ?? "") ?? now));
}

/** Only what starts with the name of a day: `Date.parse` makes a date of almost anything, `-5` for one. */
function httpDate(text: string): number | undefined {
  const at = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
