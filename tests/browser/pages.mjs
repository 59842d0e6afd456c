// The pages of the server, in one place: each is opened by `pages.test.mjs` in both themes and every width, and no page leads to
// one that is not here. A new page is a row.

import { PASSWORD, TEMPORARY, addSecret, again, enter, enterName, ofEditor, ofNewIamUser, pressOne, signInAs, signUp } from "./steps.mjs";

const signInOf = (client) => `client_id={${client}}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F` +
  "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const SIGN_IN = signInOf("client");
const QUESTION = "who=arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Foperator&what=cognito-idp%3AListUsers&on=*";

/**
 * `name` names the screenshots. `path` is the address; `{…}` stands for what `seed` made, and for any other such thing where a page
 * leads to one. `status` is what is answered, 200 unless it says otherwise; `signedOut` is for who is not signed in. `then` is done at
 * the address, for pages that only a form leads to.
 */
export const PAGES = [
  { name: "overview", path: "/console" },
  { name: "overview-week", path: "/console?days=7" },
  { name: "limits", path: "/console/limits" },
  { name: "pools", path: "/console/pools" },
  { name: "pool-new", path: "/console/pools/new" },
  { name: "pool", path: "/console/pools/{pool}" },
  { name: "pool-passkeys", path: "/console/pools/{pool}/passkeys" },
  { name: "pool-settings", path: "/console/pools/{pool}/settings" },
  { name: "pool-sign-in", path: "/console/pools/{pool}/sign-in" },
  { name: "clients", path: "/console/pools/{pool}/clients" },
  { name: "client-new", path: "/console/pools/{pool}/clients/new" },
  { name: "client", path: "/console/pools/{pool}/clients/{client}" },
  { name: "client-oauth", path: "/console/pools/{pool}/clients/{client}/oauth" },
  { name: "client-secrets", path: "/console/pools/{pool}/clients/{serverClient}/secrets" },
  { name: "client-secret", path: "/console/pools/{pool}/clients/{serverClient}/secret" },
  { name: "client-secret-made", path: "/console/pools/{pool}/clients/new", then: addSecret },
  { name: "groups", path: "/console/pools/{pool}/groups" },
  { name: "group-new", path: "/console/pools/{pool}/groups/new" },
  { name: "group", path: "/console/pools/{pool}/groups/one?name={group}" },
  { name: "registration", path: "/console/pools/{pool}/registration" },
  { name: "clients-registered", path: "/console/pools/{pool}/clients?type=DCR" },
  { name: "clients-made", path: "/console/pools/{pool}/clients?type=REGULAR" },
  { name: "client-metadata", path: "/console/pools/{pool}/client-metadata" },
  { name: "client-metadata-one", path: "/console/pools/{pool}/client-metadata/{metadataPolicy}" },
  { name: "resource-servers", path: "/console/pools/{pool}/resource-servers" },
  { name: "resource-server-new", path: "/console/pools/{pool}/resource-servers/new" },
  { name: "resource-server", path: "/console/pools/{pool}/resource-servers/one?identifier={resourceServer}" },
  { name: "recovery", path: "/console/pools/{pool}/recovery" },
  { name: "protection", path: "/console/pools/{pool}/protection" },
  { name: "providers", path: "/console/pools/{pool}/providers" },
  { name: "provider", path: "/console/pools/{pool}/providers/one?name={provider}" },
  { name: "domains", path: "/console/pools/{pool}/domains" },
  { name: "branding", path: "/console/pools/{pool}/branding" },
  { name: "branding-client", path: "/console/pools/{pool}/branding?client={client}" },
  { name: "terms", path: "/console/pools/{pool}/terms" },
  { name: "texts", path: "/console/pools/{pool}/texts" },
  { name: "sending", path: "/console/pools/{pool}/sending" },
  { name: "logs", path: "/console/pools/{pool}/logs" },
  { name: "triggers", path: "/console/pools/{pool}/triggers" },
  { name: "imports", path: "/console/pools/{pool}/imports" },
  { name: "import", path: "/console/pools/{pool}/imports/{importJob}" },
  { name: "point-in-time", path: "/console/pools/{pool}/point-in-time" },
  { name: "signing-keys", path: "/console/pools/{pool}/keys" },
  { name: "replicas", path: "/console/pools/{pool}/replicas" },
  { name: "tags", path: "/console/pools/{pool}/tags" },
  { name: "users", path: "/console/pools/{pool}/users" },
  { name: "users-none", path: "/console/pools/{pool}/users?by=email&q=nobody" },
  { name: "user-new", path: "/console/pools/{pool}/users/new" },
  { name: "user", path: "/console/pools/{pool}/users/{user}" },
  { name: "user-activity", path: "/console/pools/{pool}/users/{user}/activity" },
  { name: "identity-pools", path: "/console/identity-pools" },
  { name: "identity-pool-new", path: "/console/identity-pools/new" },
  { name: "identity-pool", path: "/console/identity-pools/{identityPool}" },
  { name: "identities", path: "/console/identity-pools/{identityPool}/identities" },
  { name: "iam-groups", path: "/console/iam/groups" },
  { name: "iam-group-new", path: "/console/iam/new-group" },
  { name: "iam-group", path: "/console/iam/groups/{iamGroup}" },
  { name: "iam-group-policy-new", path: "/console/iam/groups/{iamGroup}/policies" },
  { name: "iam-group-policy", path: "/console/iam/groups/{iamGroup}/policies/{groupPolicy}" },
  { name: "iam-policies", path: "/console/iam/policies" },
  { name: "iam-policy-new", path: "/console/iam/new-policy" },
  { name: "iam-policy", path: "/console/iam/policies/{policy}" },
  { name: "iam-policy-version-new", path: "/console/iam/policies/{policy}/edit" },
  { name: "iam-policy-version", path: "/console/iam/policies/{policy}/versions/{policyVersion}" },
  { name: "iam-users", path: "/console/iam/users" },
  { name: "iam-user-new", path: "/console/iam/new-user" },
  { name: "iam-user", path: "/console/iam/users/{iamUser}" },
  { name: "iam-user-key-made", path: "/console/iam/new-user", then: ofNewIamUser("New access key", "AWS_SECRET_ACCESS_KEY") },
  { name: "iam-user-password-made", path: "/console/iam/new-user", then: ofNewIamUser("Give a password", "Password") },
  { name: "iam-user-device-made", path: "/console/iam/new-user", then: ofNewIamUser("Assign a device", "The code after it") },
  { name: "iam-user-policy-new", path: "/console/iam/users/{iamUser}/policies" },
  { name: "iam-user-policy", path: "/console/iam/users/{iamUser}/policies/{userPolicy}" },
  { name: "iam-policy-findings", path: "/console/iam/users/{iamUser}/policies", then: ofEditor("cognito-idp:ListUsersss", "Check", "ul.findings") },
  { name: "iam-policy-changes", path: "/console/iam/users/{iamUser}/policies/{userPolicy}", then: ofEditor("iam:*", "Review changes", "button:text-is('Save')") },
  { name: "iam-providers", path: "/console/iam/providers" },
  { name: "iam-password-policy", path: "/console/iam/password-policy" },
  { name: "my-password", path: "/console/password" },
  { name: "iam-roles", path: "/console/iam/roles" },
  { name: "iam-role-new", path: "/console/iam/new-role" },
  { name: "iam-role", path: "/console/iam/roles/{role}" },
  { name: "iam-role-trust", path: "/console/iam/roles/{role}/trust" },
  { name: "iam-role-policy-new", path: "/console/iam/roles/{role}/policies" },
  { name: "iam-role-policy", path: "/console/iam/roles/{role}/policies/{rolePolicy}" },
  { name: "access-decide", path: "/console/access" },
  { name: "access-decided", path: `/console/access?${QUESTION}` },
  { name: "access-what-decided", path: "/console/access/what?who=arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Foperator&service=cognito-idp&on=*" },
  { name: "access-who-decided", path: "/console/access/who?what=cognito-idp%3AListUsers&on=*" },
  { name: "access-what", path: "/console/access/what" },
  { name: "access-who", path: "/console/access/who" },
  { name: "events", path: "/console/events" },
  { name: "find", path: "/console/find?q=ali" },
  { name: "find-none", path: "/console/find?q=nobody-at-all&pool={pool}" },
  { name: "settings", path: "/console/settings" },
  { name: "reauthenticate", path: "/console/reauthenticate" },
  { name: "sign-in", path: "/console/sign-in", signedOut: true },
  { name: "sign-in-refused", path: "/console/sign-in", signedOut: true, then: signInAs("nobody", "not a password", "[role=alert]") },
  { name: "sign-in-password", path: "/console/sign-in", signedOut: true, then: signInAs("newcomer", TEMPORARY, "text=New password again") },
  { name: "sign-in-code", path: "/console/sign-in", signedOut: true, then: signInAs("operator", "Operators-look-1", "#code") },
  { name: "not-found", path: "/console/nothing-here", status: 404 },
  { name: "docs", path: "/docs" },
  { name: "docs-page", path: "/docs/{docsPage}" },
  { name: "docs-tables", path: "/docs/settings" },
  { name: "docs-operations", path: "/docs/operations" },
  { name: "docs-search", path: "/docs/search?q=master+key" },
  { name: "docs-not-found", path: "/docs/nothing-here", status: 404 },
  { name: "hosted-login", path: `/{pool}/login?${SIGN_IN}` },
  { name: "hosted-login-right-to-left", path: `/{pool}/login?${SIGN_IN}&lang=ar` },
  { name: "hosted-login-refused", path: `/{pool}/login?${SIGN_IN}`, then: enter("nobody", "wrong", "[role=alert]") },
  { name: "hosted-new-password", path: `/{pool}/login?${SIGN_IN}`, then: enter("newcomer", TEMPORARY, "button#save") },
  { name: "hosted-code", path: `/{pool}/login?${SIGN_IN}`, then: enter("bob", "bob", "#code") },
  { name: "hosted-choose-account", path: `/{pool}/login?${SIGN_IN}`, then: again("&prompt=select_account", "button#continue") },
  { name: "hosted-consent", path: `/{pool}/login?${SIGN_IN}`, then: again("&prompt=consent", "button#allow") },
  { name: "hosted-set-up", path: `/{strictPool}/login?${signInOf("strictClient")}`, then: enter("dan", PASSWORD, "button.choice") },
  {
    name: "hosted-set-up-authenticator", path: `/{strictPool}/login?${signInOf("strictClient")}`,
    then: enter("dan", PASSWORD, ".qr", "button[value=SOFTWARE_TOKEN_MFA]"),
  },
  { name: "hosted-login-by-name", path: `/{choicePool}/login?${signInOf("choiceClient")}` },
  { name: "hosted-choose", path: `/{choicePool}/login?${signInOf("choiceClient")}`, then: enterName("eve", "signIn", "button.choice") },
  {
    name: "hosted-password", path: `/{choicePool}/login?${signInOf("choiceClient")}`,
    then: enterName("eve", "signIn", "#password", "button[value=PASSWORD]"),
  },
  {
    name: "hosted-code-by-mail", path: `/{choicePool}/login?${signInOf("choiceClient")}`,
    then: enterName("eve", "signIn", "#code", "button[value=EMAIL_OTP]"),
  },
  { name: "hosted-sign-up", path: `/{pool}/signup?${SIGN_IN}` },
  { name: "hosted-confirm", path: `/{pool}/signup?${SIGN_IN}`, then: signUp },
  { name: "hosted-forgot-password", path: `/{pool}/forgotPassword?${SIGN_IN}` },
  { name: "hosted-reset-password", path: `/{pool}/forgotPassword?${SIGN_IN}`, then: enterName("alice", "sendCode", "button#reset") },
  { name: "hosted-log-out", path: "/{pool}/logout" },
  { name: "hosted-logged-out", path: "/{pool}/logout", then: pressOne("main button, form button", ".told") },
  { name: "hosted-problem", path: "/{pool}/login?client_id=nobody", status: 400 },
  { name: "outbox", path: "/_dev/outbox" },
  { name: "auth-event-feedback", path: "/{pool}/authEventFeedback?verdict=invalid&token=x" },
  { name: "auth-event-feedback-dead", path: "/{pool}/authEventFeedback", status: 400 },
];

/** Addresses that pages lead to and that are no pages to look at: texts for programs. */
const TEXTS = /^\/(metrics|readyz|healthz|docs\/.*\.(md|txt))$/;

/** The address of a page of the list, in the world that `seed` made. */
export function address({ path }, world) {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(world[name]));
}

/** Whether an address, without its query, is of a page of the list, or of a text. */
export function isKnown(pathname) {
  const formOf = ({ path }) => new RegExp(`^${path.split("?")[0].replaceAll(/\{\w+\}/g, "[^/]+")}$`);
  return TEXTS.test(pathname) || PAGES.some((entry) => formOf(entry).test(pathname));
}
