/**
 * The automation config of a replica set in use. It holds foreign roles, users and a workload identity provider, and
 * unknown keys at every level. It is a text, because JavaScript would change some of its numbers and the order of keys.
 */
export const exampleAutomationConfig = `{
  "version": 41,
  "uiBaseUrl": null,
  "options": { "downloadBase": "/var/lib/mongodb-mms-automation", "downloadBaseWindows": "%SystemDrive%\\\\MMSAutomation\\\\versions" },
  "mongoDbVersions": [{ "name": "8.0.12-ent", "builds": [{ "bits": 64, "platform": "linux", "gitVersion": "b60fc6875b5fb4b63cc0dbbd8dda0d6d6277921a", "size": 98765432109876543210, "modules": ["enterprise"] }] }],
  "processes": [
    { "name": "orders-0", "hostname": "db0.example.com", "processType": "mongod", "version": "8.0.12-ent", "authSchemaVersion": 5, "featureCompatibilityVersion": "8.0", "disabled": false, "manualMode": false,
      "args2_6": { "net": { "port": 27017, "tls": { "mode": "requireTLS", "PEMKeyFile": "/etc/mongodb/server.pem" } }, "replication": { "replSetName": "orders" }, "systemLog": { "destination": "file", "path": "/data/mongod.log" }, "setParameter": { "internalSeed": 9007199254740993 } },
      "logRotate": { "sizeThresholdMB": 1000.0, "timeThresholdHrs": 24 }, "numCores": 0, "hostTags": { "10": "ten", "9": "nine", "rack": "r1" } },
    { "name": "orders-1", "hostname": "db1.example.com", "processType": "mongod", "version": "8.0.12-ent", "authSchemaVersion": 5, "featureCompatibilityVersion": "8.0", "disabled": false, "manualMode": false,
      "args2_6": { "net": { "port": 27017, "tls": { "mode": "requireTLS", "PEMKeyFile": "/etc/mongodb/server.pem" } }, "replication": { "replSetName": "orders" }, "systemLog": { "destination": "file", "path": "/data/mongod.log" } } },
    { "name": "orders-2", "hostname": "db2.example.com", "processType": "mongod", "version": "8.0.12-ent", "authSchemaVersion": 5, "featureCompatibilityVersion": "8.0", "disabled": false, "manualMode": false,
      "args2_6": { "net": { "port": 27017, "tls": { "mode": "requireTLS", "PEMKeyFile": "/etc/mongodb/server.pem" } }, "replication": { "replSetName": "orders" }, "systemLog": { "destination": "file", "path": "/data/mongod.log" } } }
  ],
  "replicaSets": [{ "_id": "orders", "protocolVersion": "1", "members": [{ "_id": 0, "host": "orders-0", "priority": 1.0, "votes": 1 }, { "_id": 1, "host": "orders-1", "priority": 1.0, "votes": 1 }, { "_id": 2, "host": "orders-2", "priority": 0.5, "votes": 1 }], "settings": { "electionTimeoutMillis": 10000 } }],
  "sharding": [],
  "balancer": {},
  "indexConfigs": [],
  "backupVersions": [{ "hostname": "db0.example.com", "baseUrl": null, "name": "7.8.1.1109-1" }],
  "monitoringVersions": [{ "hostname": "db0.example.com", "name": "7.2.0.488-1", "additionalParams": { "sslTrustedServerCertificates": "/etc/mongodb/ca.pem" } }],
  "kerberos": { "serviceName": "mongodb" },
  "ldap": {},
  "auth": {
    "authoritativeSet": false,
    "disabled": false,
    "autoAuthMechanism": "SCRAM-SHA-256",
    "autoAuthMechanisms": ["SCRAM-SHA-256"],
    "autoAuthRestrictions": [],
    "autoUser": "mms-automation",
    "autoPwd": "not-a-secret-1",
    "deploymentAuthMechanisms": ["SCRAM-SHA-256", "MONGODB-OIDC"],
    "key": "not-a-secret-2",
    "keyfile": "/var/lib/mongodb-mms-automation/keyfile",
    "keyfileWindows": "%SystemDrive%\\\\MMSAutomation\\\\versions\\\\keyfile",
    "usersWanted": [
      { "user": "backup-operator", "db": "admin", "roles": [{ "role": "backup", "db": "admin" }], "mechanisms": ["SCRAM-SHA-256"], "authenticationRestrictions": [], "scramSha256Creds": { "iterationCount": 15000, "salt": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==", "storedKey": "not-a-secret-3", "serverKey": "not-a-secret-4" }, "scramSha1Creds": null, "inheritedNumber": 12345678901234567890 },
      { "user": "theirs/0f1e2d3c", "db": "$external", "roles": [{ "role": "read", "db": "reports", "minFcv": 8.0 }], "mechanisms": [], "authenticationRestrictions": [{ "clientSource": ["10.0.0.0/8"], "note": "caf\\u00e9" }], "scramSha256Creds": null, "scramSha1Creds": null }
    ],
    "usersDeleted": [{ "user": "left", "dbs": ["admin"] }],
    "newAutoPwdSeq": 1e3
  },
  "tls": { "CAFilePath": "/etc/mongodb/ca.pem", "clientCertificateMode": "OPTIONAL", "autoPEMKeyFilePath": "" },
  "oidcProviderConfigs": [
    { "audience": "api://theirs", "issuerUri": "https://idp.theirs.example.com", "userClaim": "sub", "JWKSPollSecs": 360, "authNamePrefix": "theirs", "supportsHumanFlows": false, "useAuthorizationClaim": false, "additionalField": { "b": 1, "a": 2.50 } }
  ],
  "roles": [
    { "role": "report-reader", "db": "admin", "privileges": [{ "resource": { "db": "reports", "collection": "" }, "actions": ["find"] }, { "resource": { "cluster": true }, "actions": ["listDatabases"] }], "roles": [], "authenticationRestrictions": [], "maintainer": "data platform" }
  ],
  "maintainedBy": { "team": "platform", "ticket": 18446744073709551616 }
}`;
