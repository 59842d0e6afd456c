// What pages show in the tests: the demo, used a little.

import { PASSWORD, TEMPORARY } from "./steps.mjs";
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
  await call(server, "iam", "CreateUser", { UserName: "newcomer" });
  await call(server, "iam", "CreateLoginProfile", { UserName: "newcomer", Password: TEMPORARY, PasswordResetRequired: true });
  const temporary = { Username: "newcomer", TemporaryPassword: TEMPORARY, MessageAction: "SUPPRESS" };
  await call(server, "cognito-idp", "AdminCreateUser", { UserPoolId: server.pool, ...temporary });
  const made = { ...(await settle(server)), ...(await otherSignIns(server)) };
  return {
    ...made,
    alice: server.alice,
    bob: server.bob,
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

/** Pools whose sign-in asks for more: one that wants a second factor of everyone, and one that lets people choose their first. */
async function otherSignIns(server) {
  const idp = (operation, input) => call(server, "cognito-idp", operation, input);
  const make = async (PoolName, Username, settings, flows) => {
    const { UserPool: { Id: UserPoolId } } = await idp("CreateUserPool", { PoolName, AutoVerifiedAttributes: ["email"], ...settings });
    const oauth = { AllowedOAuthFlows: ["code"], AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: ["openid", "email"] };
    const client = { ClientName: "The notebook", ExplicitAuthFlows: flows, CallbackURLs: ["http://localhost:3000/"], ...oauth };
    const { UserPoolClient: { ClientId } } = await idp("CreateUserPoolClient", { UserPoolId, ...client });
    const UserAttributes = [{ Name: "email", Value: `${Username}@example.com` }, { Name: "email_verified", Value: "true" }];
    await idp("AdminCreateUser", { UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" });
    await idp("AdminSetUserPassword", { UserPoolId, Username, Password: PASSWORD, Permanent: true });
    const made = await idp("AdminGetUser", { UserPoolId, Username });
    return [UserPoolId, ClientId, made.UserAttributes.find((attribute) => attribute.Name === "sub").Value];
  };
  const [strictPool, strictClient, strictUser] = await make("strict", "dan", {}, ["ALLOW_USER_SRP_AUTH"]);
  await idp("SetUserPoolMfaConfig", { UserPoolId: strictPool, MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } });
  const SignInPolicy = { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] };
  const [choicePool, choiceClient] = await make("choice", "eve", { Policies: { SignInPolicy } }, ["ALLOW_USER_AUTH"]);
  return { strictPool, strictClient, strictUser, choicePool, choiceClient };
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
  const metadata = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/saml">' +
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' +
    '<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>QUJD</X509Certificate></X509Data></KeyInfo></KeyDescriptor>' +
    '<SingleSignOnService ' +
    'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>';
  const samlProvider = "Staff";
  await idp("CreateIdentityProvider", { ProviderName: samlProvider, ProviderType: "SAML", ProviderDetails: { MetadataFile: metadata } });
  const DestinationUser = { ProviderName: "Cognito", ProviderAttributeValue: "alice" };
  for (const [ProviderAttributeName, ProviderAttributeValue] of [["Cognito_Subject", "00u1a2b3c4D5e6F7g8h9"], ["email", "alice@partner.example"]]) {
    await idp("AdminLinkProviderForUser", { DestinationUser, SourceUser: { ProviderName: provider, ProviderAttributeName, ProviderAttributeValue } });
  }
  await idp("AddCustomAttributes", {
    CustomAttributes: [
      { Name: "tier", AttributeDataType: "Number", Mutable: true, NumberAttributeConstraints: { MinValue: "1", MaxValue: "3" } },
      { Name: "customer_number", AttributeDataType: "String", Mutable: false, DeveloperOnlyAttribute: true },
    ],
  });
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "cognito-idp.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  await call(server, "iam", "CreateRole", { RoleName: "imports", AssumeRolePolicyDocument: JSON.stringify(trust) });
  const job = await idp("CreateUserImportJob", { JobName: "from the old system", CloudWatchLogsRoleArn: "arn:aws:iam::000000000000:role/imports" });
  await idp("CreateManagedLoginBranding", { ClientId: server.browserClient, UseCognitoProvidedValues: true });
  const patterns = { URLPatterns: ["https://*.example.com/clients/*"] };
  const policy = await idp("CreateCIMDPolicy", { PolicyName: "apps", ClientId: server.browserClient, ...patterns });
  const described = await idp("DescribeUserPool", {});
  await call(server, "cognito-idp", "TagResource", { ResourceArn: described.UserPool.Arn, Tags: { team: "notes", "cost centre": "4711" } });
  return { resourceServer, provider, samlProvider, importJob: job.UserImportJob.JobId, metadataPolicy: policy.CIMDPolicy.CIMDPolicyId };
}
