/**
 * The actions of a server (`action_type.idl`): what a privilege of a deployment that Cloud Manager or Ops Manager
 * manages can allow. Some are names only, which the server accepts without giving them a meaning.
 */
const EVERY_SERVER = `
  addShard advanceClusterTime allCollectionStats analyze analyzeShardKey anyAction appendOplogNote
  applicationMessage applyOps auditConfigure auditLogRotate authCheck authenticate authSchemaUpgrade
  bypassDocumentValidation bypassWriteBlockingMode changeCustomData changeOwnCustomData changeOwnPassword
  changePassword changeStream checkMetadataConsistency cleanupOrphaned cleanupStructuredEncryptionData
  clearJumboFlag closeAllDatabases collMod collStats compact compactStructuredEncryptionData
  configureQueryAnalyzer connPoolStats connPoolSync convertToCapped cpuProfiler createCollection createDatabase
  createIndex createRole createSearchIndexes createUser dbCheck dbHash dbStats dropAllRolesFromDatabase
  dropAllUsersFromDatabase dropCollection dropConnections dropDatabase dropIndex dropRole dropSearchIndex dropUser
  emptycapped enableProfiler enableSharding exportCollection find flushRouterConfig forceUUID fsync fsyncUnlock
  getChangeStreamState getClusterParameter getCmdLineOpts getDatabaseVersion getDefaultRWConcern getLog
  getParameter getShardMap getShardVersion grantPrivilegesToRole grantRole grantRolesToRole grantRolesToUser
  hostInfo impersonate importCollection indexStats inprog insert internal invalidateUserCache
  issueDirectShardOperations killAnyCursor killAnySession killCursors killop listCachedAndActiveUsers
  listCollections listCursors listDatabases listIndexes listSampledQueries listSearchIndexes listSessions
  listShards logRotate moveChunk moveCollection netstat oidcListKeys oidcRefreshKeys oidReset operationMetrics
  planCacheIndexFilter planCacheRead planCacheWrite querySettings queryStatsRead queryStatsReadTransformed
  refineCollectionShardKey reIndex remove removeShard renameCollection renameCollectionSameDB repairDatabase
  replSetConfigure replSetGetConfig replSetGetStatus replSetHeartbeat replSetReconfig replSetResizeOplog
  replSetStateChange reshardCollection resync revokePrivilegesFromRole revokeRole revokeRolesFromRole
  revokeRolesFromUser rotateCertificates runAsLessPrivilegedUser serverStatus setAuthenticationRestriction
  setChangeStreamState setClusterParameter setDefaultRWConcern setFeatureCompatibilityVersion setParameter
  setUserWriteBlockMode shardCollection shardedDataDistribution shardingState shutdown splitChunk splitVector
  storageDetails top touch trafficRecord transitionFromDedicatedConfigServer transitionToDedicatedConfigServer
  unlock update updateRole updateSearchIndex updateUser useTenant useUUID validate viewRole viewUser
`;

/** Newer ones, and some that have gone: not every version that there is knows them. */
const SOME_SERVERS = `
  bypassDefaultMaxTimeMS checkFreeMonitoringStatus listClusterCatalog logApplicationMessage performRawDataOperations
  releaseMemoryAnyCursor runTenantMigration setFreeMonitoring unshardCollection
`;

export const ACTIONS_OF_SOME_SERVERS: ReadonlySet<string> = new Set(words(SOME_SERVERS));
/** Both. */
export const SERVER_ACTIONS: ReadonlySet<string> = new Set([...words(EVERY_SERVER), ...ACTIONS_OF_SOME_SERVERS]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
