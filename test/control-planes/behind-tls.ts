import { readFileSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import type { Emulator } from "../../provider/emulator/index.ts";
import { type Served, serve } from "../http/harness.ts";

/** The certificate authority of {@link behindTls}, which nobody trusts by himself. */
export const CA_FILE = fileURLToPath(new URL("../http/certificates/ca.pem", import.meta.url));

/** An Ops Manager with a certificate of its owner's own authority: the emulator behind TLS, for the length of a test. */
export async function behindTls(emulator: Emulator): Promise<Served> {
  const pem = readFileSync(fileURLToPath(new URL("../http/certificates/server.pem", import.meta.url)));
  return serve(
    ({ method, url, headers, body }, response) => {
      const forwarded = http.request(`${emulator.url}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.end(body);
    },
    { tls: { key: pem, cert: pem } },
  );
}
