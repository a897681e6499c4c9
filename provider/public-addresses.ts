import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IANA special-purpose registries (RFC 6890): addresses that lie on no public network, and multicast. */
const IPV4 = blockList("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // Link-local, with the metadata services of the clouds.
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);

/** Also the forms that hold an IPv4 address (mapped, NAT64, 6to4, Teredo): they lead wherever that one does. */
const IPV6 = blockList("ipv6", [
  "::/96",
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/32",
  "2001:db8::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]);

/** Whether an IP address lies on the public internet. The metadata services of the clouds do not. */
export function isPublicAddress(address: string): boolean {
  // A link-local address may come with its interface: fe80::1%eth0.
  const [bare = ""] = address.split("%");
  return isIPv6(bare) ? !IPV6.check(bare, "ipv6") : isIPv4(bare) && !IPV4.check(bare, "ipv4");
}

function blockList(family: "ipv4" | "ipv6", ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
