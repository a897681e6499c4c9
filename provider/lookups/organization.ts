import type { PlaneName } from "../../schema/plane.ts";
import type {
  ControlPlane,
  LiveConnection,
  LiveDatabaseRole,
  LiveGrant,
  LiveIdentityProvider,
  LiveProject,
  OtherUser,
} from "../control-planes/control-plane.ts";
import { PlaneError } from "../control-planes/plane-error.ts";

/** An object that the credentials may not read, and the access that is missing. */
export interface Unreadable {
  /** `the database users of project billing` */
  readonly what: string;
  readonly projectId?: string;
  /** The role that is needed, and where. */
  readonly needs: string;
  /** The first line of the error. */
  readonly error: string;
}

/** Everything in organizations or projects that concerns identity federation, as it is live. */
export interface OrganizationContents {
  readonly plane: PlaneName;
  readonly baseUrl: string;
  readonly organizations: readonly { readonly orgId: string; readonly name: string }[];
  /** Atlas: the federations of these organizations. */
  readonly federationSettingsIds: readonly string[];
  readonly projects: readonly LiveProject[];
  readonly identityProviders: readonly LiveIdentityProvider[];
  /** Atlas: all organizations of the federations, with their identity providers. */
  readonly connections: readonly LiveConnection[];
  readonly grants: readonly LiveGrant[];
  readonly databaseRoles: readonly LiveDatabaseRole[];
  /** Atlas: identity providers for the console, which mongofed does not manage. */
  readonly samlProviders: readonly { readonly id: string; readonly name: string }[];
  /** Database users without an identity provider. */
  readonly otherUsers: readonly (OtherUser & { readonly projectId: string })[];
  /** The systems that manage a project from outside the console, by project. */
  readonly managedBy: ReadonlyMap<string, string>;
  readonly unreadable: readonly Unreadable[];
}

export interface ReadOptions {
  /** Atlas: whole organizations. */
  readonly orgIds?: readonly string[];
  /** Only these projects. */
  readonly projectIds?: readonly string[];
  /** Called after each project. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How many projects are read at the same time. Atlas limits its requests. */
const AT_A_TIME = 4;

const OWNER = "Organization Owner in the organization";
const READER = "Organization Read Only in the organization";
const PROJECT_READER = "Project Read Only in the project";

/**
 * Reads organizations of Atlas, or single projects of any control plane. Lists parts that the credentials cannot read
 * in `unreadable`, and throws every other error. Costs two requests for each project, a third one where projects are
 * named, and a constant, apart from further pages.
 */
export async function readOrganization(plane: ControlPlane, options: ReadOptions): Promise<OrganizationContents> {
  const reader = new Reader(plane, options);
  return await (plane.name === "atlas" ? reader.atlas(plane) : reader.projectsOnly());
}

class Reader {
  readonly #plane: ControlPlane;
  readonly #options: ReadOptions;
  readonly #unreadable: Unreadable[] = [];

  constructor(plane: ControlPlane, options: ReadOptions) {
    this.#plane = plane;
    this.#options = options;
  }

  async atlas(plane: Extract<ControlPlane, { name: "atlas" }>): Promise<OrganizationContents> {
    const { orgIds = [], projectIds = [] } = this.#options;
    const named = (await inTurns(projectIds, (id) => this.#project(id))).flat();
    const orgs = [...new Set([...orgIds, ...named.map(({ orgId }) => orgId)])];
    const names = new Map(
      (await this.#try("the names of the organizations", READER, () => plane.organizations.list(), [])).map(
        ({ orgId, name }) => [orgId, name],
      ),
    );
    const listed = await inTurns(orgIds, (orgId) =>
      this.#try(`the projects of organization ${orgId}`, READER, () => plane.organizations.projects(orgId), []),
    );
    const asked = new Set(projectIds);
    const inOrgs = listed.flat().filter(({ projectId }) => asked.size === 0 || asked.has(projectId));
    const projects = [...new Map([...named, ...inOrgs].map((project) => [project.projectId, project])).values()];
    const federations = await inTurns(orgs, (orgId) =>
      this.#try(
        `the federation of organization ${orgId}`,
        OWNER,
        () => plane.organizations.federation(orgId),
        undefined,
      ),
    );
    const federationSettingsIds = [...new Set(federations.filter((id) => id !== undefined))];
    const federated = await inTurns(federationSettingsIds, async (id) => ({
      identityProviders: await this.#try(
        `the identity providers of federation ${id}`,
        OWNER,
        () => plane.identityProviders.list(id),
        [],
      ),
      connections: await this.#try(
        `the organizations of federation ${id}`,
        OWNER,
        () => plane.connections.list(id),
        [],
      ),
      saml: await this.#try(
        `the SAML identity providers of federation ${id}`,
        OWNER,
        () => plane.organizations.samlProviders(id),
        [],
      ),
    }));
    const connections = federated.flatMap((one) => one.connections);
    const known = [...new Set([...orgs, ...connections.map(({ orgId }) => orgId)])];
    return {
      ...(await this.#contents(projects)),
      organizations: known.map((orgId) => ({ orgId, name: names.get(orgId) ?? orgId })),
      federationSettingsIds,
      identityProviders: federated.flatMap((one) => one.identityProviders),
      connections,
      samlProviders: federated.flatMap(({ saml }) => saml),
      unreadable: this.#unreadable,
    };
  }

  async projectsOnly(): Promise<OrganizationContents> {
    const projects = (await inTurns(this.#options.projectIds ?? [], (id) => this.#project(id))).flat();
    const identityProviders = await inTurns(projects, ({ projectId, name }) =>
      this.#try(
        `the automation config of project ${name}`,
        "Project Automation Admin in the project",
        () => this.#plane.identityProviders.list(projectId),
        [],
        projectId,
      ),
    );
    const unread = new Set(this.#unreadable.map(({ projectId }) => projectId));
    return {
      ...(await this.#contents(projects.filter(({ projectId }) => !unread.has(projectId)))),
      projects,
      organizations: [],
      federationSettingsIds: [],
      identityProviders: identityProviders.flat(),
      connections: [],
      samlProviders: [],
      unreadable: this.#unreadable,
    };
  }

  #project(projectId: string): Promise<readonly LiveProject[]> {
    return this.#try(
      `project ${projectId}`,
      PROJECT_READER,
      async () => [await this.#plane.projects.get(projectId)],
      [],
      projectId,
    );
  }

  async #contents(projects: readonly LiveProject[]) {
    const { onProgress } = this.#options;
    let done = 0;
    const read = await inTurns(projects, async ({ projectId, name }) => {
      const ask = <T>(what: string, load: () => Promise<readonly T[]>) =>
        this.#try(`the ${what} of project ${name}`, PROJECT_READER, load, [], projectId);
      const { access, databaseRoles } = this.#plane;
      const grants = await ask("database users", () => access.list(projectId));
      const others = this.#isUnreadable(projectId) ? [] : await access.others(projectId);
      const roles = await ask("user-defined roles", () => databaseRoles.list(projectId));
      const manager = await this.#plane.projects.externalSystem(projectId);
      done += 1;
      onProgress?.({ done, of: projects.length });
      return { projectId, grants, others, roles, manager };
    });
    return {
      plane: this.#plane.name,
      baseUrl: this.#plane.baseUrl,
      projects,
      grants: read.flatMap(({ grants }) => grants),
      databaseRoles: read.flatMap(({ roles }) => roles),
      otherUsers: read.flatMap(({ projectId, others }) => others.map((user) => ({ ...user, projectId }))),
      managedBy: new Map(
        read.flatMap(({ projectId, manager }) => (manager === undefined ? [] : [[projectId, manager] as const])),
      ),
    };
  }

  #isUnreadable(projectId: string): boolean {
    return this.#unreadable.some((one) => one.projectId === projectId);
  }

  async #try<T>(what: string, needs: string, load: () => Promise<T>, otherwise: T, projectId?: string): Promise<T> {
    this.#options.signal?.throwIfAborted();
    try {
      return await load();
    } catch (error) {
      // One failing project must not hide all others.
      const isTrouble = projectId !== undefined && error instanceof PlaneError && !isOutOfReach(error);
      if (!isTrouble && !isOutOfReach(error)) throw error;
      const [headline = ""] = error.message.split("\n");
      this.#unreadable.push({
        what,
        needs: isTrouble ? "another run, because the control plane failed" : needs,
        error: headline,
        ...(projectId === undefined ? {} : { projectId }),
      });
      return otherwise;
    }
  }
}

/** The control plane knows the credentials, and does not show them the object. */
function isOutOfReach(error: unknown): error is PlaneError {
  if (!(error instanceof PlaneError)) return false;
  const { status, errorCode } = error;
  return status === 403 || (status === 404 && errorCode !== undefined) || (status === 401 && lacksRole(error));
}

/** Atlas answers 401 with one of these codes, although it knows the key well. */
function lacksRole({ errorCode }: PlaneError): boolean {
  return errorCode === "NOT_ORG_OWNER" || errorCode === "USER_UNAUTHORIZED";
}

/** Runs a task for each item, a few at a time, and keeps the order of the items. */
async function inTurns<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await task(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker));
  return results;
}
