import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { HttpTargetError } from "./errors.ts";

/**
 * How TLS is spoken: 1.2 or later, with verification that no environment variable can switch off.
 * @param caFile PEM certificates that are trusted too. The option `ca` of Node.js replaces its own list, so that list
 * (with `NODE_EXTRA_CA_CERTS`) is passed along.
 * @throws HttpTargetError
 */
export function tlsOptions(caFile: string | undefined): {
  minVersion: "TLSv1.2";
  rejectUnauthorized: true;
  ca?: string[];
} {
  const options = { minVersion: "TLSv1.2", rejectUnauthorized: true } as const;
  return caFile === undefined ? options : { ...options, ca: [...getCACertificates("default"), readCaFile(caFile)] };
}

/** OpenSSL ignores what it cannot read, and the user would search for the reason in the server. */
function readCaFile(file: string): string {
  try {
    const pem = readFileSync(file, "utf8");
    const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [""];
    for (const certificate of certificates) new X509Certificate(certificate);
    return pem;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HttpTargetError(`the CA file ${file} ${missing ? "does not exist" : "holds no PEM certificates"}`);
  }
}
