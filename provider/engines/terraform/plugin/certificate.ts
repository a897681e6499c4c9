/**
 * A certificate for one process: P-256, self-signed, for `localhost`. Written in DER by hand, since node:crypto makes keys
 * and signatures and no certificates, and the libraries that do would double the time that a provider takes to start.
 */

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The DER of the certificate as the handshake line wants it: Base64 without padding. */
  readonly forHandshake: string;
}

/** A machine whose clock is behind by less than this still takes it. */
const SKEW_MS = 24 * 60 * 60 * 1000;
/** It is looked at once, a moment after it is made. */
const LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
/** Two digits for the year, as X.509 wants it until 2049. */
const UTC_TIME = 0x17;
/** Tags that X.509 gives by position. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;

/** Object identifiers, encoded. */
const ECDSA_WITH_SHA256 = "06082a8648ce3d040302";
const COMMON_NAME = "0603550403";
const BASIC_CONSTRAINTS = "0603551d13";
const KEY_USAGE = "0603551d0f";
const EXTENDED_KEY_USAGE = "0603551d25";
const SUBJECT_ALT_NAME = "0603551d11";
const SERVER_AUTH = "06082b06010505070301";
const CLIENT_AUTH = "06082b06010505070302";

const TRUE = Buffer.from("0101ff", "hex");
/** digitalSignature, keyEncipherment, keyAgreement and keyCertSign: it is its own authority. */
const USAGES = Buffer.from("030202ac", "hex");

export function selfSignedIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, oid(COMMON_NAME), der(UTF8_STRING, Buffer.from("localhost")))));
  const now = Date.now();
  const toBeSigned = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    // The leading byte keeps it positive and without a superfluous zero.
    der(INTEGER, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    der(SEQUENCE, time(now - SKEW_MS), time(now + LIFETIME_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(EXTENSIONS, der(SEQUENCE, ...extensions())),
  );
  const signature = Buffer.concat([Buffer.of(0), sign("sha256", toBeSigned, privateKey)]);
  const certificate = der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
    forHandshake: certificate.toString("base64").replaceAll("=", ""),
  };
}

function extensions(): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, der(SEQUENCE, TRUE), "critical"),
    extension(KEY_USAGE, USAGES, "critical"),
    extension(EXTENDED_KEY_USAGE, der(SEQUENCE, oid(SERVER_AUTH), oid(CLIENT_AUTH))),
    extension(SUBJECT_ALT_NAME, der(SEQUENCE, der(DNS_NAME, Buffer.from("localhost")))),
  ];
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  return der(SEQUENCE, oid(id), ...(critical ? [TRUE] : []), der(OCTET_STRING, value));
}

function oid(encoded: string): Buffer {
  return Buffer.from(encoded, "hex");
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, "");
  return der(UTC_TIME, Buffer.from(digits.slice(2)));
}

/** Tag, length, content. A length beyond 127 tells first how many bytes it has itself. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, ...long]), content]);
}
