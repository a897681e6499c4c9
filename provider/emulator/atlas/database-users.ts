import { EXPIRY_DAYS_MAX } from "../../../schema/access.ts";
import { type DatabaseUserUpdate, databaseUserCreateSchema, databaseUserUpdateSchema } from "../../../schema/atlas.ts";
import { timestamp } from "../clock.ts";
import { requireDatabaseAccessAdmin, requireProject } from "./access.ts";
import { missingAttribute, refuseReadOnly, validationError, validBody } from "./body.ts";
import { databaseUserBody, newDatabaseUser } from "./database-user.ts";
import { AtlasError, badRequest, conflict, notFound } from "./errors.ts";
import { checkGrantedRoles } from "./granted-roles.ts";
import { includeCount, page } from "./pagination.ts";
import { commitAccess } from "./rollout.ts";
import { type AtlasCall, type AtlasRoute, created, inKeyOrder, noContent, ok, V2023_01_01 } from "./route.ts";
import {
  databaseUsersOf,
  federationOfOrg,
  findConnectedOrg,
  sameId,
  type WorldDatabaseUser,
  type WorldProject,
} from "./world.ts";

const list = "/groups/:groupId/databaseUsers";
/** The name and the database are the identity; the name is percent-encoded, slashes too. */
const one = `${list}/:databaseName/:username`;
const versions = [V2023_01_01];
const rateLimit = "database-users";

export const databaseUserRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: list,
    versions,
    rateLimit,
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      return page(
        call,
        databaseUsersOf(call.world, project.id).map((user) => databaseUserBody(call.origin, user)),
        [includeCount(call.query)],
      );
    },
  },
  { method: "POST", path: list, versions, rateLimit, takesBody: true, handle: create },
  {
    method: "GET",
    path: one,
    versions,
    rateLimit,
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      return ok(databaseUserBody(call.origin, requireUser(call, project)));
    },
  },
  { method: "PATCH", path: one, versions, rateLimit, takesBody: true, handle: update },
  { method: "DELETE", path: one, versions, rateLimit, handle: remove },
];

function create(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  refuseReadOnly(call.body, READ_ONLY);
  const body = validBody(databaseUserCreateSchema, call.body);
  requireSameProject(body.groupId, project);
  const { username, databaseName, roles, oidcAuthType = "NONE" } = body;
  const user = withSent(call, newDatabaseUser(project.id, { username, databaseName, roles, oidcAuthType }), body);
  checkAuthentication(call, project, user, body.password);
  checkGrantedRoles(call.world, project.id, user.username, user.roles);
  const users = databaseUsersOf(call.world, project.id);
  if (users.some((other) => isUser(other, user))) {
    const detail = `A user with username ${user.username} already exists.`;
    throw conflict("USER_ALREADY_EXISTS", detail, user.username);
  }
  const limit = call.behaviour.maxDatabaseUsers;
  if (users.length >= limit) {
    const detail = `Groups can contain at most ${limit} database users.`;
    throw new AtlasError(403, "GROUP_USERS_LIMIT_EXCEEDED", detail, { parameters: [limit] });
  }
  commitAccess(call, project.id, (world) => ({ ...world, databaseUsers: [...world.databaseUsers, user] }));
  return created(databaseUserBody(call.origin, user));
}

/** A merge: what is left out is kept, and each array is replaced whole. */
function update(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  const old = requireUser(call, project);
  refuseReadOnly(call.body, READ_ONLY);
  const body = validBody(databaseUserUpdateSchema, call.body);
  requireSameProject(body.groupId, project);
  requireSameIdentity(old, body);
  if (body.deleteAfterDate && old.deleteAfterDate === undefined) {
    throw badRequest("PERMANENT_ENTITY_CANNOT_BE_MADE_TEMPORARY", "A permanent entity cannot be made temporary.");
  }
  const user = withSent(call, old, body);
  if (body.roles !== undefined) checkGrantedRoles(call.world, project.id, user.username, user.roles);
  commitAccess(call, project.id, (world) => ({
    ...world,
    databaseUsers: world.databaseUsers.map((other) => (isUserOf(project, other, old) ? user : other)),
  }));
  return ok(databaseUserBody(call.origin, user));
}

/** Gone at once for the API, while the clusters let the user in until they have applied it. */
function remove(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  const user = requireUser(call, project);
  commitAccess(call, project.id, (world) => ({
    ...world,
    databaseUsers: world.databaseUsers.filter((other) => !isUserOf(project, other, user)),
  }));
  return noContent;
}

const READ_ONLY = ["links"];

/** How a user can authenticate, besides by password. At most one of these is not `NONE`. */
const AUTH_TYPES = ["awsIAMType", "ldapAuthType", "oidcAuthType", "x509Type"] as const;

/** A user with what was sent. Null removes; the password is kept nowhere; the date becomes one as the API writes it. */
function withSent(call: AtlasCall, user: WorldDatabaseUser, sent: DatabaseUserUpdate): WorldDatabaseUser {
  const { groupId: _, password: __, roles = user.roles, deleteAfterDate, ...rest } = sent;
  const changed: Record<string, unknown> = {
    ...user,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    roles: roles.map((role) => inKeyOrder(role)),
  };
  if (sent.description === null) delete changed.description;
  if (deleteAfterDate === null) delete changed.deleteAfterDate;
  else if (deleteAfterDate !== undefined) changed.deleteAfterDate = expiry(call, deleteAfterDate);
  return changed as WorldDatabaseUser;
}

function expiry({ now }: AtlasCall, date: string): string {
  const at = Date.parse(date);
  if (at <= now) {
    throw badRequest("EXPIRATION_DATE_IN_PAST", "The specified expiration date must be in the future.");
  }
  if (at > now + EXPIRY_DAYS_MAX * 86_400_000) {
    const detail = `The specified expiration date can be at most ${EXPIRY_DAYS_MAX} days in the future.`;
    throw badRequest("EXPIRATION_DATE_EXCEEDS_MAX", detail, EXPIRY_DAYS_MAX);
  }
  return timestamp(at);
}

/** The way to authenticate decides on the database, and on the form of the name. */
function checkAuthentication(
  call: AtlasCall,
  project: WorldProject,
  user: WorldDatabaseUser,
  password: string | undefined,
): void {
  const types = AUTH_TYPES.filter((type) => user[type] !== "NONE");
  if (types.length > 1) throw validationError(types[1]!, `does not go with ${types[0]}`);
  if (types.length === 0 && password === undefined) throw missingAttribute("password");
  if (types.length === 1 && password !== undefined) throw validationError("password", `does not go with ${types[0]}`);

  const isGroup = user.oidcAuthType === "IDP_GROUP" || user.ldapAuthType === "GROUP";
  const isExternal = types.length === 1 && !isGroup;
  // Which of 400 and 409 refuses a wrong database is not published; these codes are 400.
  if (isExternal && user.databaseName !== "$external") {
    throw badRequest(
      "DATABASE_NAME_INVALID_EXTERNAL",
      "Database name invalid. Externally authenticated users can only be created on the $external database.",
    );
  }
  if (!isExternal && user.databaseName !== "admin") {
    const who = isGroup ? "Groups" : "Users with a password";
    const detail = `Database name invalid. ${who} can only be created on the admin database.`;
    throw badRequest("DATABASE_NAME_INVALID_ADMIN", detail, who);
  }
  if (user.x509Type !== "NONE" && user.deleteAfterDate !== undefined) {
    throw badRequest("ATLAS_X509_USER_CANNOT_BE_TEMPORARY", "X.509 users cannot be temporary.");
  }
  if (user.oidcAuthType !== "NONE") checkFederatedName(call, project, user.username);
}

/** That the API looks at the name at all is a guess: the form is documented, its refusal is not. */
function checkFederatedName({ world, behaviour }: AtlasCall, project: WorldProject, username: string): void {
  const identityProviderId = /^([0-9a-f]{24})\/./is.exec(username)?.[1];
  const federation = federationOfOrg(world, project.orgId);
  const connected = federation && findConnectedOrg(federation, project.orgId)?.dataAccessIdentityProviderIds;
  const known =
    behaviour.accessWithoutConnection === "allow" ||
    (connected ?? []).some((id) => identityProviderId !== undefined && sameId(id, identityProviderId));
  if (identityProviderId === undefined || !known) {
    const detail = `The specified username ${username} is not valid for an Atlas database user.`;
    throw badRequest("ATLAS_INVALID_USERNAME", detail, username);
  }
}

/**
 * Who a user is never changes. The trap: left out of a PATCH, a way to authenticate means `NONE`, which was seen with
 * X.509 users to be refused with a code that speaks of the name. For `databaseName`, whose default is `admin`, the same
 * is a guess.
 */
function requireSameIdentity(old: WorldDatabaseUser, asked: DatabaseUserUpdate): void {
  const otherName = asked.username !== undefined && asked.username !== old.username;
  if (otherName || AUTH_TYPES.some((type) => asked[type] === undefined && old[type] !== "NONE")) {
    const detail = "Cannot modify the username of an existing database user.";
    throw conflict("DATABASE_USERNAME_CANNOT_BE_CHANGED", detail);
  }
  if (AUTH_TYPES.some((type) => (asked[type] ?? "NONE") !== old[type])) {
    const detail = "Cannot modify the authentication type of an existing database user.";
    throw conflict("AUTH_TYPE_CANNOT_BE_CHANGED", detail);
  }
  if ((asked.databaseName ?? "admin") !== old.databaseName) {
    const detail = "Cannot modify the authentication database of an existing database user.";
    throw conflict("DATABASE_NAME_CANNOT_BE_CHANGED", detail);
  }
}

function requireSameProject(groupId: string | undefined, project: WorldProject): void {
  if (groupId !== undefined && !sameId(groupId, project.id)) {
    const detail = `The specified group ID ${groupId} does not match the URL.`;
    throw badRequest("GROUP_MISMATCH", detail, groupId);
  }
}

function requireUser({ world, params }: AtlasCall, project: WorldProject): WorldDatabaseUser {
  const { databaseName = "", username = "" } = params;
  const user = databaseUsersOf(world, project.id).find((one) => isUser(one, { databaseName, username }));
  if (user === undefined) {
    throw notFound("USERNAME_NOT_FOUND", `No user with username ${username} exists.`, username);
  }
  return user;
}

type Identity = Pick<WorldDatabaseUser, "databaseName" | "username">;

/** Within a project. */
function isUser(user: WorldDatabaseUser, { databaseName, username }: Identity): boolean {
  return user.databaseName === databaseName && user.username === username;
}

function isUserOf(project: WorldProject, user: WorldDatabaseUser, identity: Identity): boolean {
  return sameId(user.projectId, project.id) && isUser(user, identity);
}
