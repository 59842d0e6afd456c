// What pages show in the tests: the demo, used a little.

import { call, signIn } from "./support.mjs";

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
  return {
    pool: server.pool,
    client: server.browserClient,
    serverClient: server.serverClient,
    group: "editors",
    user,
    identityPool: server.identityPool,
    iamUser: "operator",
    userPolicy: "look",
    role: "demo-member",
    rolePolicy: "own-notes",
    docsPage: "getting-started",
  };
}
