import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "../public-addresses.ts";

/** What the error of a lookup is called whose answer nobody may connect to. */
export const PRIVATE_ADDRESS = "PRIVATE_ADDRESS";

/**
 * A lookup for connections that only lead to public addresses. What it lets through is what is connected to: there is
 * no second lookup that could answer something else (DNS rebinding). One private address among several refuses all.
 *
 * @param onRefused told which address it was: the error that arrives at the caller of undici no longer knows
 */
export function publicOnly(lookup: LookupFunction, onRefused: (address: string) => void): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = found as LookupAddress[];
      const refused = addresses.find(({ address }) => !isPublicAddress(address));
      if (refused) {
        onRefused(refused.address);
        return callback(Object.assign(new Error("a private address"), { code: PRIVATE_ADDRESS }), []);
      }
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
    });
}
