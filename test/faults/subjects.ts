import type { AtlasWorld } from "../../provider/emulator/index.ts";
import type { Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { FEDERATION, FIFTH_IDP, FOURTH_IDP, ORG, PROJECT, THIRD_IDP } from "../support/ids.ts";
import { accessSubjects } from "./access-subjects.ts";
import { projectSubjects } from "./project-subjects.ts";
import { OPERATIONS, objectRoutes, type Subject } from "./subject.ts";
import { type FaultWorld, OUR_ISSUER, ourIds } from "./world.ts";

const providers = `/federationSettings/${FEDERATION}/identityProviders`;
const organizations = `/federationSettings/${FEDERATION}/connectedOrgConfigs`;

const staff: Props = {
  federationSettingsId: FEDERATION,
  idpType: "WORKFORCE",
  configurationName: "staff",
  description: "people",
  issuerUri: OUR_ISSUER,
  audience: "api://staff",
  clientId: "client-1",
  requestedScopes: ["openid"],
  associatedDomains: ["example.com"],
  authorizationType: "GROUP",
};

function providerSubject(): Subject {
  const holding = (program: Props) => ({
    displayName: program.configurationName,
    description: program.description,
    audience: program.audience,
    idpType: program.idpType,
    userClaim: "sub",
    groupsClaim: "groups",
  });
  const asLive = { displayName: "staff", issuerUri: OUR_ISSUER, audience: "api://staff", clientId: "client-1" };
  const rival = (fields: Record<string, unknown>) => (world: FaultWorld) =>
    void world.emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: FEDERATION,
      fields: { protocol: "OIDC", idpType: "WORKFORCE", id: FIFTH_IDP, ...fields },
    });
  const leave = (world: FaultWorld) => void world.emulator.edit({ edit: "remove-identity-provider", id: FIFTH_IDP });
  const ours = (world: AtlasWorld) =>
    world.federations[0]!.identityProviders.filter(({ issuerUri }) => String(issuerUri).startsWith(OUR_ISSUER));
  return {
    definition: identityProvider,
    plane: "atlas",
    prepare() {},
    program: staff,
    edited: { ...staff, description: "everybody", configurationName: "everybody" },
    routes: { ...objectRoutes(providers), read: { method: "GET", path: "/federationSettings/" } },
    one: `${providers}/`,
    all: `${providers}\\?`,
    paged: OPERATIONS,
    made: ({ atlas }) => ours(atlas).map(({ id }) => `${FEDERATION}/${id}`),
    live: ({ atlas }) =>
      ours(atlas).map(({ displayName, description, audience, idpType, userClaim, groupsClaim }) => ({
        displayName,
        description,
        audience,
        idpType,
        userClaim,
        groupsClaim,
      })),
    holds: (program) => [holding(program)],
    name: new RegExp(`(identity providers?|organizations) .*${FEDERATION}`),
    rivals: [
      {
        what: "an identical one",
        appear: rival({
          ...asLive,
          description: "people",
          requestedScopes: ["openid"],
          associatedDomains: ["example.com"],
        }),
        refusal: new RegExp(`FED221[\\s\\S]*staff \\(${FIFTH_IDP}\\)`),
        leave,
      },
      {
        what: "one of the same issuer and audience that is different otherwise",
        appear: rival({ ...asLive, displayName: "theirs", clientId: "other", userClaim: "email" }),
        refusal: new RegExp(`FED221[\\s\\S]*theirs \\(${FIFTH_IDP}\\)`),
        leave,
      },
    ],
  };
}

function connectionSubject(): Subject {
  const to = (identityProviderId: string, name: string): Props => ({
    orgId: ORG,
    identityProvider: {
      federationSettingsId: FEDERATION,
      identityProviderId,
      configurationName: name,
      idpType: "WORKFORCE",
      authorizationType: "GROUP",
    },
  });
  const add = ({ emulator }: FaultWorld, id: string, name: string, issuerUri: string) =>
    void emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: FEDERATION,
      fields: {
        protocol: "OIDC",
        idpType: "WORKFORCE",
        id,
        displayName: name,
        issuerUri,
        audience: name,
        clientId: "c",
      },
    });
  const connected = (world: AtlasWorld) => {
    const ours = ourIds(world);
    const org = world.federations[0]!.connectedOrgs.find(({ orgId }) => orgId === ORG);
    return (org?.dataAccessIdentityProviderIds ?? []).filter((id) => ours.includes(id));
  };
  const patch = { method: "PATCH", path: `${organizations}/${ORG}` };
  return {
    definition: orgConnection,
    plane: "atlas",
    prepare(world) {
      add(world, THIRD_IDP, "first", OUR_ISSUER);
      add(world, FOURTH_IDP, "second", `${OUR_ISSUER}/second`);
    },
    program: to(THIRD_IDP, "first"),
    edited: to(FOURTH_IDP, "second"),
    routes: { create: patch, read: { method: "GET", path: "/federationSettings/" }, update: patch, delete: patch },
    one: `${organizations}/`,
    all: `${organizations}\\?`,
    paged: OPERATIONS,
    made: ({ atlas }) => connected(atlas).map((id) => `${FEDERATION}/${ORG}/${id}`),
    live: ({ atlas }) => connected(atlas),
    holds: ({ identityProvider }) => [(identityProvider as { identityProviderId: string }).identityProviderId],
    name: new RegExp(`(identity providers|organizations?) .*(${FEDERATION}|${ORG})|project ${PROJECT}`),
    rivals: [
      {
        what: "an identical one",
        appear: ({ emulator }) => void emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: THIRD_IDP }),
        refusal: /FED221[\s\S]*Platform/,
        unseen: true,
        leave: ({ emulator }) => void emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: THIRD_IDP }),
      },
      {
        what: "a connection to another workforce provider",
        appear(world) {
          add(world, FIFTH_IDP, "theirs", "https://theirs.example.com/workforce");
          world.emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: FIFTH_IDP });
        },
        refusal: /FED203[\s\S]*theirs/,
        unseen: true,
        leave: ({ emulator }) => void emulator.edit({ edit: "remove-identity-provider", id: FIFTH_IDP }),
      },
    ],
  };
}

export const subjects: readonly Subject[] = [
  providerSubject(),
  connectionSubject(),
  ...accessSubjects,
  ...projectSubjects,
];
