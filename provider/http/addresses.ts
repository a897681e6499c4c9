import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "../public-addresses.ts";

/** The error code of a DNS lookup that returned a private address. */
export const PRIVATE_ADDRESS = "PRIVATE_ADDRESS";

/**
 * Returns a DNS lookup that refuses private addresses. The connection uses the addresses that it returns, so a second
 * lookup cannot return others (DNS rebinding). One private address among several refuses all.
 *
 * @param onRefused receives the refused address, which the error of undici does not carry
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
