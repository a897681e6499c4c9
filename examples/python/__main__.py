import pulumi
import pulumi_mongofed as mongofed

config = pulumi.Config()
project_id = config.require("projectId")
application_id = config.require("applicationId")
dba_group = config.require("dbaGroup")

staff = mongofed.IdentityProvider(
    "staff",
    project_id=project_id,
    configuration_name="corp-entra",
    idp_type=mongofed.IdpType.WORKFORCE,
    issuer_uri=f"https://login.microsoftonline.com/{config.require('tenantId')}/v2.0",
    audience=application_id,
    client_id=application_id,
    requested_scopes=[f"{application_id}/.default", "offline_access"],
    user_claim="oid",
    authorization_type=mongofed.AuthorizationType.GROUP,
)

dba = mongofed.OidcRole(
    "dba",
    identity_provider=staff.reference,
    group=dba_group,
    roles=["readWrite@orders"],
    authentication_restrictions=[{"client_source": ["10.0.0.0/8"]}],
)

# Every preview checks that a DBA is accepted.
mongofed.TokenCheck(
    "who gets in",
    tokens={
        "a DBA": {
            "claims": {"sub": "s-1", "oid": "d-1", "groups": [dba_group]},
            "client_address": "10.0.0.7",
            "expect": {"accepted": "staff", "can": ["insert orders.invoices"]},
        },
    },
    opts=pulumi.ResourceOptions(depends_on=[dba]),
)

# The value that the stacks of other teams take as identity_provider.
pulumi.export("corp", staff.reference)
