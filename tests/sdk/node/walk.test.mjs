// The walk of the README, by the JavaScript clients: sign-up to sign-out, tokens to credentials.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-providers";
import { Amplify } from "aws-amplify";
import * as amplify from "aws-amplify/auth";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import Cognito from "amazon-cognito-identity-js";

import { ACCOUNT, DATABASES, PASSWORD, REGION, codeFor, earlierTotp, settings, start, stop, totp } from "./support.mjs";

/** amazon-cognito-identity-js answers by callbacks; the first one called wins. */
const answered = (call) =>
  new Promise((resolve, reject) => {
    const by = (name) => (...values) => resolve({ by: name, values });
    call({
      onSuccess: by("onSuccess"), onFailure: reject, totpRequired: by("totpRequired"),
      associateSecretCode: by("associateSecretCode"), newPasswordRequired: by("newPasswordRequired"),
    });
  });
const called = (call) => new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

async function createPool(server) {
  const client = new idp.CognitoIdentityProvider(settings(server));
  const { UserPool: pool } = await client.createUserPool({
    PoolName: "walk", AutoVerifiedAttributes: ["email"],
    Policies: { PasswordPolicy: { MinimumLength: 10, RequireNumbers: true, RequireSymbols: true } },
  });
  await client.setUserPoolMfaConfig({
    UserPoolId: pool.Id, MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  const { UserPoolClient: app } = await client.createUserPoolClient({
    UserPoolId: pool.Id, ClientName: "app",
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  });
  return { client, poolId: pool.Id, clientId: app.ClientId };
}

async function signUp(server, { client, clientId }, name) {
  const address = `${name}@example.com`;
  await client.signUp({ ClientId: clientId, Username: name, Password: PASSWORD, UserAttributes: [{ Name: "email", Value: address }] });
  await client.confirmSignUp({ ClientId: clientId, Username: name, ConfirmationCode: await codeFor(server, address) });
}

function cognitoUser(server, pool, name) {
  const userPool = new Cognito.CognitoUserPool({ UserPoolId: pool.poolId, ClientId: pool.clientId, endpoint: server.url });
  return new Cognito.CognitoUser({ Username: name, Pool: userPool });
}

const bySrp = (user, name, password = PASSWORD) =>
  answered((callbacks) => user.authenticateUser(new Cognito.AuthenticationDetails({ Username: name, Password: password }), callbacks));

async function createIdentityPool(server, pool) {
  const identities = new identity.CognitoIdentity(settings(server));
  const roles = new iam.IAM(settings(server));
  const { IdentityPoolId: id } = await identities.createIdentityPool({
    IdentityPoolName: "walk", AllowUnauthenticatedIdentities: true,
    CognitoIdentityProviders: [{ ProviderName: `cognito-idp.${REGION}.amazonaws.com/${pool.poolId}`, ClientId: pool.clientId }],
  });
  const trust = (amr) => JSON.stringify({
    Version: "2012-10-17",
    Statement: [{
      Effect: "Allow", Principal: { Federated: "cognito-identity.amazonaws.com" }, Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": id },
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
      },
    }],
  });
  const arns = {};
  for (const kind of ["authenticated", "unauthenticated"]) {
    const { Role: role } = await roles.createRole({ RoleName: `walk-${kind}`, AssumeRolePolicyDocument: trust(kind) });
    arns[kind] = role.Arn;
  }
  await identities.setIdentityPoolRoles({ IdentityPoolId: id, Roles: arns });
  return id;
}

for (const database of DATABASES) {
  describe(`the walk on ${database}`, () => {
    let server, pool, identityPoolId;
    before(async () => {
      server = await start(database);
      pool = await createPool(server);
      identityPoolId = await createIdentityPool(server, pool);
    });
    after(() => stop(server));

    test("amazon-cognito-identity-js signs up, in by SRP, enrols TOTP, refreshes and signs out", async () => {
      const userPool = cognitoUser(server, pool, "ann").pool;
      await called((done) =>
        userPool.signUp("ann", PASSWORD, [new Cognito.CognitoUserAttribute({ Name: "email", Value: "ann@example.com" })], [], done));
      const user = cognitoUser(server, pool, "ann");
      await assert.rejects(bySrp(user, "ann"), { name: "UserNotConfirmedException" });
      await assert.rejects(called((done) => user.confirmRegistration("000000", false, done)), { name: "CodeMismatchException" });
      await called(async (done) => user.confirmRegistration(await codeFor(server, "ann@example.com"), false, done));
      await assert.rejects(bySrp(user, "ann", "wrong"), { name: "NotAuthorizedException", message: "Incorrect username or password." });

      const first = await bySrp(user, "ann");
      assert.equal(first.by, "onSuccess");
      assert.equal(first.values[0].getIdToken().payload.email, "ann@example.com");
      const { values: [secret] } = await answered((callbacks) => user.associateSoftwareToken(callbacks));
      const earlier = await earlierTotp(secret);
      await answered((callbacks) => user.verifySoftwareToken(earlier, "phone", callbacks));
      await called((done) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done));

      const second = await bySrp(user, "ann");
      assert.equal(second.by, "totpRequired");
      const code = totp(secret);
      const { values: [session] } = await answered((callbacks) => user.sendMFACode(code, callbacks, "SOFTWARE_TOKEN_MFA"));
      const refreshed = await called((done) => user.refreshSession(session.getRefreshToken(), done));
      assert.equal(refreshed.getAccessToken().payload.origin_jti, session.getAccessToken().payload.origin_jti);

      const again = await bySrp(user, "ann");
      assert.equal(again.by, "totpRequired");
      await assert.rejects(answered((callbacks) => user.sendMFACode(code, callbacks, "SOFTWARE_TOKEN_MFA")), (error) =>
        ["CodeMismatchException", "ExpiredCodeException"].includes(error.name));

      user.setSignInUserSession(refreshed);
      await answered((callbacks) => user.globalSignOut(callbacks));
      const { client, clientId } = pool;
      const AccessToken = refreshed.getAccessToken().getJwtToken();
      await assert.rejects(client.getUser({ AccessToken }), { name: "NotAuthorizedException", message: "Access Token has been revoked" });
      await assert.rejects(
        client.initiateAuth({
          ClientId: clientId, AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: session.getRefreshToken().getToken() },
        }),
        { name: "NotAuthorizedException", message: "Refresh Token has been revoked" });
    });

    test("aws-jwt-verify's JwtVerifier takes the tokens by the JWKS over https", async () => {
      await signUp(server, pool, "ben");
      const { values: [session] } = await bySrp(cognitoUser(server, pool, "ben"), "ben");
      const issuer = `${server.url}/${pool.poolId}`;
      const jwksUri = `${server.secureUrl}/${pool.poolId}/.well-known/jwks.json`;
      const cache = () => ({ jwksCache: new SimpleJwksCache({ fetcher: new SimpleFetcher({ defaultRequestOptions: { ca: server.ca } }) }) });
      const ids = JwtVerifier.create({ issuer, audience: pool.clientId, jwksUri }, cache());
      const claims = await ids.verify(session.getIdToken().getJwtToken());
      assert.equal(claims["cognito:username"], "ben");
      const access = JwtVerifier.create({ issuer, audience: null, jwksUri }, cache());
      assert.equal((await access.verify(session.getAccessToken().getJwtToken())).client_id, pool.clientId);
      const stranger = JwtVerifier.create({ issuer, audience: "other", jwksUri }, cache());
      await assert.rejects(stranger.verify(session.getIdToken().getJwtToken()));
    });

    test("fromCognitoIdentityPool turns the ID token into credentials, and a guest's into the guest's", async () => {
      await signUp(server, pool, "cat");
      const { values: [session] } = await bySrp(cognitoUser(server, pool, "cat"), "cat");
      const token = session.getIdToken().getJwtToken();
      const caller = async (logins) => {
        const credentials = fromCognitoIdentityPool({ clientConfig: { endpoint: server.url, region: REGION }, identityPoolId, logins });
        return (await new sts.STS({ ...settings(server), credentials }).getCallerIdentity({})).Arn;
      };
      const assumed = (kind) => `arn:aws:sts::${ACCOUNT}:assumed-role/walk-${kind}/CognitoIdentityCredentials`;
      assert.equal(await caller({ [`cognito-idp.${REGION}.amazonaws.com/${pool.poolId}`]: token }), assumed("authenticated"));
      assert.equal(await caller({ [`${new URL(server.url).host}/${pool.poolId}`]: token }), assumed("authenticated"));
      assert.equal(await caller(undefined), assumed("unauthenticated"));
    });

    test("aws-amplify signs up and in, and finds its credentials", async () => {
      Amplify.configure({
        Auth: {
          Cognito: {
            userPoolId: pool.poolId, userPoolClientId: pool.clientId, identityPoolId,
            userPoolEndpoint: server.url, identityPoolEndpoint: server.url, allowGuestAccess: true,
          },
        },
      });
      await amplify.signUp({ username: "dan", password: PASSWORD, options: { userAttributes: { email: "dan@example.com" } } });
      await amplify.confirmSignUp({ username: "dan", confirmationCode: await codeFor(server, "dan@example.com") });
      await assert.rejects(amplify.signIn({ username: "dan", password: "wrong" }), { name: "NotAuthorizedException" });
      const { isSignedIn } = await amplify.signIn({ username: "dan", password: PASSWORD });
      assert.equal(isSignedIn, true);
      const session = await amplify.fetchAuthSession();
      assert.match(session.identityId, /^us-east-1:/);
      const arn = (await new sts.STS({ ...settings(server), credentials: session.credentials }).getCallerIdentity({})).Arn;
      assert.equal(arn, `arn:aws:sts::${ACCOUNT}:assumed-role/walk-authenticated/CognitoIdentityCredentials`);
      await amplify.signOut({ global: true });
    });
  });
}

test("CognitoJwtVerifier takes tokens of AWS's issuer, its key cache filled from ours", async () => {
  const server = await start("sqlite", "--issuer-style", "aws");
  try {
    const pool = await createPool(server);
    await signUp(server, pool, "eve");
    const { values: [session] } = await bySrp(cognitoUser(server, pool, "eve"), "eve");
    const jwks = await (await fetch(`${server.url}/${pool.poolId}/.well-known/jwks.json`)).json();
    assert.equal(jwks.keys.length, 2);
    for (const [tokenUse, token] of [["id", session.getIdToken()], ["access", session.getAccessToken()]]) {
      const verifier = CognitoJwtVerifier.create({ userPoolId: pool.poolId, clientId: pool.clientId, tokenUse });
      verifier.cacheJwks(jwks);
      assert.equal((await verifier.verify(token.getJwtToken())).sub, session.getIdToken().payload.sub);
      const other = CognitoJwtVerifier.create({ userPoolId: pool.poolId, clientId: pool.clientId, tokenUse: tokenUse === "id" ? "access" : "id" });
      other.cacheJwks(jwks);
      await assert.rejects(other.verify(token.getJwtToken()));
    }
  } finally {
    await stop(server);
  }
});
