// What pages show in the tests: the demo, used a little.

import { call, signIn, totp } from "./support.mjs";

/** Signs people in and out of the demo, and makes an IAM user; answers what pages are addressed by. */
export async function seed(server) {
  await signIn(server, "alice", server.alice);
  await signIn(server, "alice", "a wrong one").catch(() => {});
  await call(server, "cognito-identity", "GetId", { IdentityPoolId: server.identityPool });
  await call(server, "cognito-idp", "SignUp", {
    ClientId: server.browserClient, Username: "carol", Password: "Carol-came-by-3",
    UserAttributes: [{ Name: "email", Value: "carol@example.com" }],
  });
  const group = { UserPoolId: server.pool, GroupName: "editors" };
  await call(server, "cognito-idp", "CreateGroup", { ...group, Description: "May write", Precedence: 1 });
  await call(server, "cognito-idp", "AdminAddUserToGroup", { ...group, Username: "alice" });
  const alice = await call(server, "cognito-idp", "AdminGetUser", { UserPoolId: server.pool, Username: "alice" });
  const user = alice.UserAttributes.find((attribute) => attribute.Name === "sub").Value;
  await call(server, "iam", "CreateUser", { UserName: "operator" });
  const look = { Sid: "Look", Effect: "Allow", Action: ["cognito-idp:List*", "cognito-idp:Describe*"], Resource: "*" };
  const policy = { Version: "2012-10-17", Statement: [look] };
  await call(server, "iam", "PutUserPolicy", { UserName: "operator", PolicyName: "look", PolicyDocument: JSON.stringify(policy) });
  const managed = "arn:aws:iam::000000000000:policy/look-around";
  await call(server, "iam", "CreatePolicy", { PolicyName: "look-around", Description: "What operators look at", PolicyDocument: JSON.stringify(policy) });
  const closer = { ...policy, Statement: [{ ...look, Action: ["cognito-idp:Describe*"] }] };
  await call(server, "iam", "CreatePolicyVersion", { PolicyArn: managed, PolicyDocument: JSON.stringify(closer), SetAsDefault: true });
  await call(server, "iam", "AttachUserPolicy", { UserName: "operator", PolicyArn: managed });
  await call(server, "iam", "PutUserPermissionsBoundary", { UserName: "operator", PermissionsBoundary: managed });
  await call(server, "iam", "CreateLoginProfile", { UserName: "operator", Password: "Operators-look-1", PasswordResetRequired: true });
  const device = await call(server, "iam", "CreateVirtualMFADevice", { VirtualMFADeviceName: "operator" });
  const secret = Buffer.from(/<Base32StringSeed>(.*)</.exec(device)[1], "base64").toString();
  const [AuthenticationCode1, AuthenticationCode2] = [totp(secret, Date.now() - 30_000), totp(secret)];
  const SerialNumber = "arn:aws:iam::000000000000:mfa/operator";
  await call(server, "iam", "EnableMFADevice", { UserName: "operator", SerialNumber, AuthenticationCode1, AuthenticationCode2 });
  await call(server, "iam", "CreateGroup", { GroupName: "operators" });
  await call(server, "iam", "AddUserToGroup", { GroupName: "operators", UserName: "operator" });
  await call(server, "iam", "PutGroupPolicy", { GroupName: "operators", PolicyName: "look", PolicyDocument: JSON.stringify(policy) });
  const made = await settle(server);
  return {
    ...made,
    pool: server.pool,
    client: server.browserClient,
    serverClient: server.serverClient,
    group: "editors",
    user,
    identityPool: server.identityPool,
    iamUser: "operator",
    userPolicy: "look",
    policy: managed,
    policyVersion: "v1",
    iamGroup: "operators",
    groupPolicy: "look",
    role: "demo-member",
    rolePolicy: "own-notes",
    docsPage: "getting-started",
  };
}

/** What a pool is set up with beside its people: a thing on each page that lists some. */
async function settle(server) {
  const pool = { UserPoolId: server.pool };
  const idp = (operation, input) => call(server, "cognito-idp", operation, { ...pool, ...input });
  const resourceServer = "https://api.example.com";
  const scopes = ["read", "write"].map((name) => ({ ScopeName: name, ScopeDescription: `May ${name} notes` }));
  await idp("CreateResourceServer", { Identifier: resourceServer, Name: "Notes", Scopes: scopes });
  const provider = "Partner";
  await idp("CreateIdentityProvider", {
    ProviderName: provider, ProviderType: "OIDC", AttributeMapping: { email: "email" },
    ProviderDetails: {
      client_id: "partner", client_secret: "not a secret of anybody's", attributes_request_method: "GET", authorize_scopes: "openid email",
      oidc_issuer: "https://login.example.com", authorize_url: "https://login.example.com/authorize", token_url: "https://login.example.com/token",
      attributes_url: "https://login.example.com/userinfo", jwks_uri: "https://login.example.com/jwks",
    },
  });
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "cognito-idp.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  await call(server, "iam", "CreateRole", { RoleName: "imports", AssumeRolePolicyDocument: JSON.stringify(trust) });
  const job = await idp("CreateUserImportJob", { JobName: "from the old system", CloudWatchLogsRoleArn: "arn:aws:iam::000000000000:role/imports" });
  await idp("CreateManagedLoginBranding", { ClientId: server.browserClient, UseCognitoProvidedValues: true });
  const patterns = { URLPatterns: ["https://*.example.com/clients/*"] };
  const policy = await idp("CreateCIMDPolicy", { PolicyName: "apps", ClientId: server.browserClient, ...patterns });
  const described = await idp("DescribeUserPool", {});
  await call(server, "cognito-idp", "TagResource", { ResourceArn: described.UserPool.Arn, Tags: { team: "notes", "cost centre": "4711" } });
  return { resourceServer, provider, importJob: job.UserImportJob.JobId, metadataPolicy: policy.CIMDPolicy.CIMDPolicyId };
}
