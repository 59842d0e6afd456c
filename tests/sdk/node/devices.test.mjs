// Remembered devices by amazon-cognito-identity-js: it confirms, proves and forgets them by itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as idp from "@aws-sdk/client-cognito-identity-provider";
import Cognito from "amazon-cognito-identity-js";

import { DATABASES, PASSWORD, earlierTotp, settings, start, stop, totp } from "./support.mjs";

/** amazon-cognito-identity-js answers by callbacks; the first one called wins. */
const answered = (call) =>
  new Promise((resolve, reject) => {
    const by = (name) => (...values) => resolve({ by: name, values });
    call({ onSuccess: by("onSuccess"), onFailure: reject, totpRequired: by("totpRequired"), associateSecretCode: by("associateSecretCode") });
  });
const called = (call) => new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

/** What a browser keeps. */
class Storage {
  items = new Map();
  setItem(name, value) { this.items.set(name, value); }
  getItem(name) { return this.items.get(name) ?? null; }
  removeItem(name) { this.items.delete(name); }
  clear() { this.items.clear(); }
}

for (const database of DATABASES) {
  describe(`devices on ${database}`, () => {
    let server, client, poolId, clientId;
    before(async () => {
      server = await start(database);
      client = new idp.CognitoIdentityProvider(settings(server));
      const { UserPool: pool } = await client.createUserPool({
        PoolName: "devices", DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
      });
      poolId = pool.Id;
      await client.setUserPoolMfaConfig({ UserPoolId: poolId, MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } });
      const { UserPoolClient: app } = await client.createUserPoolClient({
        UserPoolId: poolId, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      });
      clientId = app.ClientId;
      await client.adminCreateUser({ UserPoolId: poolId, Username: "ann", MessageAction: "SUPPRESS" });
      await client.adminSetUserPassword({ UserPoolId: poolId, Username: "ann", Password: PASSWORD, Permanent: true });
    });
    after(() => stop(server));

    const browser = (storage) => {
      const pool = new Cognito.CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint: server.url, Storage: storage });
      return new Cognito.CognitoUser({ Username: "ann", Pool: pool, Storage: storage });
    };
    const signIn = (user) =>
      answered((callbacks) => user.authenticateUser(new Cognito.AuthenticationDetails({ Username: "ann", Password: PASSWORD }), callbacks));
    const deviceOf = (session) => session.getAccessToken().payload.device_key;

    test("a device that was signed in on is spared the code, refreshes, and is asked for it once it is forgotten", async () => {
      const own = new Storage();
      const first = await signIn(browser(own));
      assert.equal(first.by, "onSuccess");
      assert.ok(!first.values[1], "it is remembered without a question");
      const user = browser(own);
      user.setSignInUserSession(first.values[0]);
      const { values: [secret] } = await answered((callbacks) => user.associateSoftwareToken(callbacks));
      const earlier = await earlierTotp(secret);
      await answered((callbacks) => user.verifySoftwareToken(earlier, "phone", callbacks));
      await called((done) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, done));

      for (let round = 0; round < 5; round++) {
        const again = await signIn(browser(own));
        assert.equal(again.by, "onSuccess", "the device proves itself");
        assert.equal(deviceOf(again.values[0]), deviceOf(first.values[0]));
      }
      const back = browser(own);
      const { values: [session] } = await signIn(back);
      const refreshed = await called((done) => back.refreshSession(session.getRefreshToken(), done));
      assert.equal(deviceOf(refreshed), deviceOf(session));
      assert.equal((await signIn(browser(new Storage()))).by, "totpRequired", "no other device is");

      back.getCachedDeviceKeyAndPassword();
      const got = await answered((callbacks) => back.getDevice(callbacks));
      assert.equal(got.values[0].Device.DeviceKey, deviceOf(session));
      await answered((callbacks) => back.setDeviceStatusNotRemembered(callbacks));
      assert.equal((await signIn(browser(own))).by, "totpRequired");
      await answered((callbacks) => back.setDeviceStatusRemembered(callbacks));
      assert.equal((await signIn(browser(own))).by, "onSuccess");

      // Forgotten by an administrator: the browser hears of it, and signs in as one that is not known.
      await client.adminForgetDevice({ UserPoolId: poolId, Username: "ann", DeviceKey: deviceOf(session) });
      const stranger = browser(own);
      assert.equal((await signIn(stranger)).by, "totpRequired");
      const entered = await answered((callbacks) => stranger.sendMFACode(totp(secret), callbacks, "SOFTWARE_TOKEN_MFA"));
      assert.equal(entered.by, "onSuccess");
      assert.notEqual(deviceOf(entered.values[0]), deviceOf(session));
      assert.equal((await signIn(browser(own))).by, "onSuccess", "the new device is remembered in its turn");
    });
  });
}
