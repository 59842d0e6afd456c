// Factors beside the password, by the JavaScript clients: codes by mail and by text message, and the choice among second factors.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { Amplify } from "aws-amplify";
import * as amplify from "aws-amplify/auth";
import Cognito from "amazon-cognito-identity-js";

import { DATABASES, PASSWORD, codeFor, settings, start, stop } from "./support.mjs";

const PHONE = "+15555550177";

/** amazon-cognito-identity-js answers by callbacks; the first one called wins. */
const answered = (call) =>
  new Promise((resolve, reject) => {
    const by = (name) => (...values) => resolve({ by: name, values });
    call({ onSuccess: by("onSuccess"), onFailure: reject, mfaRequired: by("mfaRequired"), selectMFAType: by("selectMFAType") });
  });

async function createPool(server) {
  const client = new idp.CognitoIdentityProvider(settings(server));
  const { UserPool: pool } = await client.createUserPool({
    PoolName: "factors", Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP"] } },
  });
  await client.setUserPoolMfaConfig({
    UserPoolId: pool.Id, MfaConfiguration: "OPTIONAL", SmsMfaConfiguration: {}, EmailMfaConfiguration: {},
  });
  const { UserPoolClient: app } = await client.createUserPoolClient({
    UserPoolId: pool.Id, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return { client, poolId: pool.Id, clientId: app.ClientId };
}

async function createUser({ client, poolId }, name, wishes) {
  const user = { UserPoolId: poolId, Username: name };
  const attributes = { email: `${name}@example.com`, email_verified: "true", phone_number: PHONE, phone_number_verified: "true" };
  await client.adminCreateUser({
    ...user, MessageAction: "SUPPRESS", UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  });
  await client.adminSetUserPassword({ ...user, Password: PASSWORD, Permanent: true });
  if (wishes) await client.adminSetUserMFAPreference({ ...user, ...wishes });
}

for (const database of DATABASES) {
  describe(`factors on ${database}`, () => {
    let server, pool;
    before(async () => {
      server = await start(database);
      pool = await createPool(server);
      Amplify.configure({
        Auth: { Cognito: { userPoolId: pool.poolId, userPoolClientId: pool.clientId, userPoolEndpoint: server.url } },
      });
    });
    after(() => stop(server));

    test("amazon-cognito-identity-js chooses its second factor and answers by text message", async () => {
      const on = { Enabled: true };
      await createUser(pool, "ann", { SMSMfaSettings: on, EmailMfaSettings: on });
      const userPool = new Cognito.CognitoUserPool({ UserPoolId: pool.poolId, ClientId: pool.clientId, endpoint: server.url });
      const user = new Cognito.CognitoUser({ Username: "ann", Pool: userPool });
      const details = new Cognito.AuthenticationDetails({ Username: "ann", Password: PASSWORD });
      const asked = await answered((callbacks) => user.authenticateUser(details, callbacks));
      assert.equal(asked.by, "selectMFAType");
      assert.equal(asked.values[1].MFAS_CAN_CHOOSE, '["SMS_MFA","EMAIL_OTP"]');
      const sent = await answered((callbacks) => user.sendMFASelectionAnswer("SMS_MFA", callbacks));
      assert.equal(sent.by, "mfaRequired");
      const code = await codeFor(server, PHONE);
      const done = await answered((callbacks) => user.sendMFACode(code, callbacks, "SMS_MFA"));
      assert.equal(done.by, "onSuccess");
    });

    test("aws-amplify signs in by a code that is mailed", async () => {
      await createUser(pool, "ben");
      const options = { authFlowType: "USER_AUTH", preferredChallenge: "EMAIL_OTP" };
      const { nextStep } = await amplify.signIn({ username: "ben", options });
      assert.equal(nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
      await assert.rejects(amplify.confirmSignIn({ challengeResponse: "no code" }), { name: "CodeMismatchException" });
      const { isSignedIn } = await amplify.confirmSignIn({ challengeResponse: await codeFor(server, "ben@example.com") });
      assert.equal(isSignedIn, true);
      await amplify.signOut();
    });

    test("aws-amplify offers the choice of the first factor", async () => {
      await createUser(pool, "cat");
      const { nextStep } = await amplify.signIn({ username: "cat", options: { authFlowType: "USER_AUTH" } });
      assert.equal(nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION");
      assert.deepEqual(nextStep.availableChallenges, ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"]);
      const chosen = await amplify.confirmSignIn({ challengeResponse: "PASSWORD_SRP" });
      assert.equal(chosen.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_PASSWORD");
      const { isSignedIn } = await amplify.confirmSignIn({ challengeResponse: PASSWORD });
      assert.equal(isSignedIn, true);
      await amplify.signOut();
    });

    test("aws-amplify chooses its second factor and answers by mail", async () => {
      const on = { Enabled: true };
      await createUser(pool, "dan", { SMSMfaSettings: on, EmailMfaSettings: on });
      const first = await amplify.signIn({ username: "dan", password: PASSWORD });
      assert.equal(first.nextStep.signInStep, "CONTINUE_SIGN_IN_WITH_MFA_SELECTION");
      const second = await amplify.confirmSignIn({ challengeResponse: "EMAIL" });
      assert.equal(second.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_EMAIL_CODE");
      const { isSignedIn } = await amplify.confirmSignIn({ challengeResponse: await codeFor(server, "dan@example.com") });
      assert.equal(isSignedIn, true);
      await amplify.signOut();
    });
  });
}
