import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { behindTls, CA_FILE } from "../control-planes/behind-tls.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { places } from "../control-planes/credential-places.ts";
import { PROJECT } from "../support/ids.ts";
import { changed, newRun, preview, type Run, refresh, same, projectWorkforce as staff, up, update } from "./harness.ts";

const apps = {
  projectId: PROJECT,
  idpType: "WORKLOAD",
  configurationName: "apps",
  issuerUri: "https://accounts.example.com",
  audience: "api://apps",
  authorizationType: "USER",
};

/** As another stack would hand it on. */
const referenceOf = ({ projectId, configurationName, idpType, authorizationType }: typeof apps) => ({
  projectId,
  configurationName,
  idpType,
  authorizationType,
});

test("a project of an Ops Manager with a private CA lives the life of one of Cloud Manager, and is as it was", async () => {
  const emulator = await startEmulator({ seed });
  const server = await behindTls(emulator);
  onTestFinished(() => emulator.close());
  const { publicKey, privateKey } = emulator.credentials;
  const text = () => emulator.world().cloudManager.deployments[0]!.automationConfig.replace(/"version":\d+/, "");
  const before = text();
  const env = {
    MCLI_OPS_MANAGER_URL: `${server.url}/api/public/v1.0`,
    MCLI_OPS_MANAGER_CA_CERTIFICATE: CA_FILE,
    MCLI_PUBLIC_API_KEY: publicKey,
    MCLI_PRIVATE_API_KEY: privateKey,
  };
  const plane = connect(places(env, { "mongofed:plane": "ops-manager" }));
  const run = (): Run => newRun(() => plane, { waitMs: 10_000 });

  const first = run();
  const [people, programs] = await Promise.all([up(identityProvider, first, staff), up(identityProvider, first, apps)]);
  const group = { identityProvider: referenceOf(staff), group: "dba", roles: ["readWrite@app"] };
  const user = { identityProvider: referenceOf(apps), principal: "billing", roles: ["read@app"] };
  const [dba, billing] = await Promise.all([up(oidcRole, first, group), up(federatedUser, first, user)]);
  expect([dba.id, billing.id]).toEqual([`${PROJECT}/corp/dba`, `${PROJECT}/apps/billing`]);
  expect(people.outputs).toMatchObject({ __bound: { plane: "ops-manager" } });

  const second = run();
  expect(await preview(identityProvider, second, people, staff)).toEqual(same);
  expect(await preview(federatedUser, second, billing, user)).toEqual(same);
  const wider = { ...group, roles: ["readWrite@app", "read@reports"] };
  expect(await preview(oidcRole, second, dba, wider)).toEqual(changed);
  const widened = await update(oidcRole, second, dba, wider);
  expect(await refresh(oidcRole, second, widened)).toMatchObject({ outputs: { roles: wider.roles } });

  await Promise.all([
    oidcRole.delete(second, dba.id, widened.outputs),
    federatedUser.delete(second, billing.id, billing.outputs),
  ]);
  await Promise.all([people, programs].map(({ id, outputs }) => identityProvider.delete(second, id, outputs)));
  expect(text()).toBe(before);
  expect(JSON.stringify(server.seen)).not.toContain(privateKey);
});
