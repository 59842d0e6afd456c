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
  await call(server, "iam", "CreateUser", { UserName: "operator" });
  const look = { Sid: "Look", Effect: "Allow", Action: ["cognito-idp:List*", "cognito-idp:Describe*"], Resource: "*" };
  const policy = { Version: "2012-10-17", Statement: [look] };
  await call(server, "iam", "PutUserPolicy", { UserName: "operator", PolicyName: "look", PolicyDocument: JSON.stringify(policy) });
  return { pool: server.pool, client: server.browserClient, identityPool: server.identityPool, user: "operator", role: "demo-member" };
}
