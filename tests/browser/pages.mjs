// The pages of the server, in one place: each is opened by `pages.test.mjs` in both themes and every width, and no page leads to
// one that is not here. A new page is a row.

/**
 * `name` names the screenshots; `path` is the address, of the world that `seed` made; `pattern` is the form of such addresses, where
 * one page stands for many. `status` is what it answers, 200 unless it says otherwise; `signedOut` is seen by who is not signed in.
 */
export const PAGES = [
  { name: "overview", path: () => "/console", pattern: /^\/console$/ },
  { name: "overview-week", path: () => "/console?days=7" },
  { name: "pools", path: () => "/console/pools", pattern: /^\/console\/pools$/ },
  { name: "pool-new", path: () => "/console/pools/new", pattern: /^\/console\/pools\/new$/ },
  { name: "pool", path: (world) => `/console/pools/${world.pool}`, pattern: /^\/console\/pools\/[\w-]+$/ },
  { name: "pool-settings", path: (world) => `/console/pools/${world.pool}/settings`, pattern: /^\/console\/pools\/[\w-]+\/settings$/ },
  { name: "clients", path: (world) => `/console/pools/${world.pool}/clients`, pattern: /^\/console\/pools\/[\w-]+\/clients$/ },
  { name: "client-new", path: (world) => `/console/pools/${world.pool}/clients/new`, pattern: /^\/console\/pools\/[\w-]+\/clients\/new$/ },
  { name: "client", path: (world) => `/console/pools/${world.pool}/clients/${world.client}`, pattern: /^\/console\/pools\/[\w-]+\/clients\/\w+$/ },
  { name: "groups", path: (world) => `/console/pools/${world.pool}/groups`, pattern: /^\/console\/pools\/[\w-]+\/groups$/ },
  { name: "group-new", path: (world) => `/console/pools/${world.pool}/groups/new`, pattern: /^\/console\/pools\/[\w-]+\/groups\/new$/ },
  { name: "users", path: (world) => `/console/pools/${world.pool}/users`, pattern: /^\/console\/pools\/[\w-]+\/users$/ },
  { name: "user-new", path: (world) => `/console/pools/${world.pool}/users/new`, pattern: /^\/console\/pools\/[\w-]+\/users\/new$/ },
  { name: "user", path: (world) => `/console/pools/${world.pool}/users/carol`, pattern: /^\/console\/pools\/[\w-]+\/users\/[^/]+$/ },
  { name: "access-decide", path: () => "/console/access", pattern: /^\/console\/access$/ },
  { name: "access-what", path: () => "/console/access/what", pattern: /^\/console\/access\/what$/ },
  { name: "access-who", path: () => "/console/access/who", pattern: /^\/console\/access\/who$/ },
  { name: "events", path: () => "/console/events", pattern: /^\/console\/events$/ },
  { name: "settings", path: () => "/console/settings", pattern: /^\/console\/settings$/ },
  { name: "reauthenticate", path: () => "/console/reauthenticate", pattern: /^\/console\/reauthenticate$/ },
  { name: "sign-in", path: () => "/console/sign-in", signedOut: true },
  { name: "not-found", path: () => "/console/nothing-here", status: 404 },
  { name: "docs", path: () => "/docs", pattern: /^\/docs$/ },
  { name: "docs-page", path: () => "/docs/getting-started", pattern: /^\/docs\/[a-z-]+$/ },
  { name: "docs-tables", path: () => "/docs/settings" },
  { name: "docs-operations", path: () => "/docs/operations" },
  { name: "docs-search", path: () => "/docs/search?q=master+key" },
  { name: "docs-not-found", path: () => "/docs/nothing-here", status: 404 },
  { name: "outbox", path: () => "/_dev/outbox", pattern: /^\/_dev\/outbox$/ },
];

/** Addresses that pages lead to and that are no pages of ours to look at: texts for programs. */
export const NOT_PAGES = /^\/(metrics|readyz|healthz|docs\/.*\.(md|txt))$/;
