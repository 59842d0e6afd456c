// What users do about their own accounts, by the clients that applications use in browsers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { Amplify } from "aws-amplify";
import * as amplify from "aws-amplify/auth";
import Cognito from "amazon-cognito-identity-js";

import { DATABASES, PASSWORD, codeFor, settings, start, stop } from "./support.mjs";

const OTHER = "0ther-Pa55word!";
const THIRD = "Th1rd-Pa55word!";

/** amazon-cognito-identity-js answers by callbacks; `inputVerificationCode` says that a code is under way. */
const answered = (call) =>
  new Promise((resolve, reject) => call({ onSuccess: resolve, onFailure: reject, inputVerificationCode: resolve }));
const called = (call) => new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

async function createPool(server) {
  const client = new idp.CognitoIdentityProvider(settings(server));
  const { UserPool: pool } = await client.createUserPool({ PoolName: "account", AutoVerifiedAttributes: ["email"] });
  const { UserPoolClient: app } = await client.createUserPoolClient({
    UserPoolId: pool.Id, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return { client, poolId: pool.Id, clientId: app.ClientId };
}

async function signUp(server, { client, clientId }, name) {
  const address = `${name}@example.com`;
  await client.signUp({ ClientId: clientId, Username: name, Password: PASSWORD, UserAttributes: [{ Name: "email", Value: address }] });
  await client.confirmSignUp({ ClientId: clientId, Username: name, ConfirmationCode: await codeFor(server, address) });
}

for (const database of DATABASES) {
  describe(`accounts on ${database}`, () => {
    let server, pool;
    before(async () => {
      server = await start(database);
      pool = await createPool(server);
    });
    after(() => stop(server));

    test("amazon-cognito-identity-js recovers, changes and deletes", async () => {
      await signUp(server, pool, "ann");
      const userPool = new Cognito.CognitoUserPool({ UserPoolId: pool.poolId, ClientId: pool.clientId, endpoint: server.url });
      const user = new Cognito.CognitoUser({ Username: "ann", Pool: userPool });
      const signIn = (password) =>
        answered((callbacks) => user.authenticateUser(new Cognito.AuthenticationDetails({ Username: "ann", Password: password }), callbacks));
      const sent = await answered((callbacks) => user.forgotPassword(callbacks));
      assert.equal(sent.CodeDeliveryDetails.AttributeName, "email");
      const code = await codeFor(server, "ann@example.com");
      await answered((callbacks) => user.confirmPassword(code, OTHER, callbacks));
      await assert.rejects(signIn(PASSWORD), { name: "NotAuthorizedException" });
      await signIn(OTHER);
      assert.equal(await called((done) => user.changePassword(OTHER, THIRD, done)), "SUCCESS");
      const attribute = new Cognito.CognitoUserAttribute({ Name: "email", Value: "ann2@example.com" });
      await called((done) => user.updateAttributes([attribute], done));
      await answered((callbacks) => user.getAttributeVerificationCode("email", callbacks));
      const verification = await codeFor(server, "ann2@example.com");
      await answered((callbacks) => user.verifyAttribute("email", verification, callbacks));
      const found = await called((done) => user.getUserAttributes(done));
      const values = Object.fromEntries(found.map((one) => [one.getName(), one.getValue()]));
      assert.deepEqual([values.email, values.email_verified], ["ann2@example.com", "true"]);
      await signIn(THIRD);
      assert.equal(await called((done) => user.deleteUser(done)), "SUCCESS");
      await assert.rejects(pool.client.adminGetUser({ UserPoolId: pool.poolId, Username: "ann" }), { name: "UserNotFoundException" });
    });

    test("Amplify recovers, changes and deletes", async () => {
      await signUp(server, pool, "dan");
      Amplify.configure({ Auth: { Cognito: { userPoolId: pool.poolId, userPoolClientId: pool.clientId, userPoolEndpoint: server.url } } });
      const { nextStep } = await amplify.resetPassword({ username: "dan" });
      assert.equal(nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
      const confirmationCode = await codeFor(server, "dan@example.com");
      await amplify.confirmResetPassword({ username: "dan", confirmationCode, newPassword: OTHER });
      await amplify.signIn({ username: "dan", password: OTHER });
      await amplify.updatePassword({ oldPassword: OTHER, newPassword: THIRD });
      const updated = await amplify.updateUserAttributes({ userAttributes: { email: "dan2@example.com", nickname: "d" } });
      assert.equal(updated.email.nextStep.updateAttributeStep, "CONFIRM_ATTRIBUTE_WITH_CODE");
      await amplify.sendUserAttributeVerificationCode({ userAttributeKey: "email" });
      await amplify.confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await codeFor(server, "dan2@example.com") });
      await amplify.deleteUserAttributes({ userAttributeKeys: ["nickname"] });
      const found = await amplify.fetchUserAttributes();
      assert.deepEqual([found.email, found.email_verified, found.nickname], ["dan2@example.com", "true", undefined]);
      await amplify.deleteUser();
      await assert.rejects(pool.client.adminGetUser({ UserPoolId: pool.poolId, Username: "dan" }), { name: "UserNotFoundException" });
    });
  });
}
