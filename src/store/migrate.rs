//! Brings the schema up to date at start; safe when two nodes start at once.
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
/// One step of the schema: `(version, name, SQL for SQLite, SQL for PostgreSQL)`. A landed step never changes.
const STEPS: &[(i64, &str, &str, &str)] = &[
    shared(1, "first light", include_str!("../../migrations/0001_first_light.sql")),
    shared(2, "jobs", include_str!("../../migrations/0002_jobs.sql")),
    shared(3, "user search", include_str!("../../migrations/0003_user_search.sql")),
    shared(6, "sign-in", include_str!("../../migrations/0006_sign_in.sql")),
    shared(9, "names", include_str!("../../migrations/0009_names.sql")),
    shared(10, "code budgets", include_str!("../../migrations/0010_code_budgets.sql")),
    shared(13, "changes", include_str!("../../migrations/0013_changes.sql")),
    shared(15, "message budgets", include_str!("../../migrations/0015_message_budgets.sql")),
    shared(16, "users", include_str!("../../migrations/0016_users.sql")),
    shared(17, "key rotation", include_str!("../../migrations/0017_key_rotation.sql")),
    shared(18, "console sessions", include_str!("../../migrations/0018_console_sessions.sql")),
    shared(19, "audit", include_str!("../../migrations/0019_audit.sql")),
    shared(20, "nodes", include_str!("../../migrations/0020_nodes.sql")),
    shared(30, "groups", include_str!("../../migrations/0030_groups.sql")),
    shared(35, "access key uses", include_str!("../../migrations/0035_access_key_uses.sql")),
    shared(40, "recovery", include_str!("../../migrations/0040_recovery.sql")),
    shared(41, "password age", include_str!("../../migrations/0041_password_age.sql")),
    shared(43, "sender events", include_str!("../../migrations/0043_sender_events.sql")),
    shared(49, "passkeys", include_str!("../../migrations/0049_passkeys.sql")),
    shared(52, "devices", include_str!("../../migrations/0052_devices.sql")),
    shared(53, "sessions", include_str!("../../migrations/0053_sessions.sql")),
    shared(54, "auth events", include_str!("../../migrations/0054_auth_events.sql")),
    shared(56, "client secrets", include_str!("../../migrations/0056_client_secrets.sql")),
    shared(57, "refresh token rotation", include_str!("../../migrations/0057_refresh_token_rotation.sql")),
    shared(58, "resource servers", include_str!("../../migrations/0058_resource_servers.sql")),
    shared(60, "identity providers", include_str!("../../migrations/0060_identity_providers.sql")),
    shared(61, "domains", include_str!("../../migrations/0061_domains.sql")),
    shared(62, "branding", include_str!("../../migrations/0062_branding.sql")),
    shared(63, "terms", include_str!("../../migrations/0063_terms.sql")),
    shared(65, "risk", include_str!("../../migrations/0065_risk.sql")),
    shared(66, "pool services", include_str!("../../migrations/0066_pool_services.sql")),
    shared(67, "client metadata", include_str!("../../migrations/0067_client_metadata.sql")),
    shared(68, "replicas", include_str!("../../migrations/0068_replicas.sql")),
    shared(70, "delivery", include_str!("../../migrations/0070_delivery.sql")),
    shared(73, "user imports", include_str!("../../migrations/0073_user_imports.sql")),
    shared(74, "point-in-time recovery", include_str!("../../migrations/0074_point_in_time_recovery.sql")),
    shared(76, "authentication methods", include_str!("../../migrations/0076_authentication_methods.sql")),
    shared(78, "pool logs", include_str!("../../migrations/0078_pool_logs.sql")),
    shared(84, "role uses", include_str!("../../migrations/0084_role_uses.sql")),
    shared(85, "event feedback", include_str!("../../migrations/0085_event_feedback.sql")),
    shared(86, "iam groups", include_str!("../../migrations/0086_iam_groups.sql")),
    shared(87, "authorization", include_str!("../../migrations/0087_authorization.sql")),
    shared(88, "managed policies", include_str!("../../migrations/0088_managed_policies.sql")),
    shared(89, "login profiles", include_str!("../../migrations/0089_login_profiles.sql")),
    shared(90, "mfa devices", include_str!("../../migrations/0090_mfa_devices.sql")),
    shared(91, "console logins", include_str!("../../migrations/0091_console_logins.sql")),
    shared(92, "credential reports", include_str!("../../migrations/0092_credential_reports.sql")),
    shared(93, "federation requests", include_str!("../../migrations/0093_federation_requests.sql")),
    shared(94, "identity pool settings", include_str!("../../migrations/0094_identity_pool_settings.sql")),
    shared(95, "oidc providers", include_str!("../../migrations/0095_oidc_providers.sql")),
    shared(96, "account aliases", include_str!("../../migrations/0096_account_aliases.sql")),
    shared(110, "device authorizations", include_str!("../../migrations/0110_device_authorizations.sql")),
    shared(112, "spent assertions", include_str!("../../migrations/0112_spent_assertions.sql")),
];
const fn shared(version: i64, name: &'static str, sql: &'static str) -> (i64, &'static str, &'static str, &'static str) {
    (version, name, sql, sql)
}
/// The steps as SQLite runs them.
pub fn for_sqlite() -> Migrator {
    migrator(|&(_, _, sqlite, _)| sqlite)
}
/// The steps as PostgreSQL runs them.
pub fn for_postgres() -> Migrator {
    migrator(|&(_, _, _, postgres)| postgres)
}
fn migrator(dialect: fn(&(i64, &'static str, &'static str, &'static str)) -> &'static str) -> Migrator {
    let step = |step: &(i64, &'static str, &'static str, &'static str)| {
        Migration::new(step.0, step.1.into(), MigrationType::Simple, dialect(step).into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().map(step).collect())
}
#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection as _, Executor as _, SqliteConnection};
    async fn rows(connection: &mut SqliteConnection, sql: &'static str) -> Vec<(String, String, String)> {
        sqlx::query_as(sql).fetch_all(connection).await.unwrap()
    }
    #[test]
    fn every_file_of_the_schema_is_a_step_and_they_rise() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort_unstable();
        let steps = STEPS.iter().map(|(version, name, ..)| format!("{version:04}_{}.sql", name.replace([' ', '-'], "_")));
        assert_eq!(steps.collect::<Vec<_>>(), files);
    }
    /// The schema as it was at a version.
    async fn at(version: i64) -> SqliteConnection {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for (_, _, sql, _) in STEPS.iter().filter(|step| step.0 <= version) {
            connection.execute(*sql).await.unwrap();
        }
        connection
    }
    #[actix_web::test]
    async fn users_keep_their_names_and_an_address_stays_with_its_owner() {
        let mut connection = at(8).await;
        for (id, key) in [("u1", "alice"), ("u2", "u2"), ("u3", "victim@x.example")] {
            let user = "INSERT INTO users (pool_id, user_id, username, username_key, status, enabled, attributes, mfa_preference, \
                        failed_attempts, created_at, modified_at) VALUES ('p', $1, $2, $2, 'CONFIRMED', 1, '{}', '{}', 0, 0, 0)";
            sqlx::query(user).bind(id).bind(key).execute(&mut connection).await.unwrap();
        }
        // u2 signs in by an address in place of a username; u3 took u1's address for a username, as one once could.
        let aliases = "INSERT INTO user_aliases (pool_id, kind, alias_key, user_id) \
                       VALUES ('p', 'email', 'victim@x.example', 'u1'), ('p', 'email', 'b@x.example', 'u2')";
        connection.execute(aliases).await.unwrap();
        let names = STEPS.iter().find(|step| step.1 == "names").unwrap();
        connection.execute(names.2).await.unwrap();
        let found = rows(&mut connection, "SELECT name_key, user_id, kind FROM user_names ORDER BY name_key").await;
        let row = |name: &str, user: &str, kind: &str| (name.to_owned(), user.to_owned(), kind.to_owned());
        assert_eq!(found, [row("alice", "u1", "username"), row("b@x.example", "u2", "email"), row("victim@x.example", "u1", "email")]);
    }
    #[actix_web::test]
    async fn codes_under_way_keep_their_end_and_their_tries() {
        let mut connection = at(9).await;
        let codes = "INSERT INTO verification_codes (pool_id, user_id, purpose, code_hash, attribute, sent_at, expires_at, failed_attempts, \
                     sent_count, window_started_at) VALUES ('p', 'u1', 'sign_up', 'hash', 'email', 5, 9000, 3, 1, 5)";
        connection.execute(codes).await.unwrap();
        let budgets = STEPS.iter().find(|step| step.1 == "code budgets").unwrap();
        connection.execute(budgets.2).await.unwrap();
        let found: (i64, i64) = sqlx::query_as("SELECT code_expires_at, code_failed_attempts FROM verification_codes")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(found, (9000, 3));
    }
    #[actix_web::test]
    async fn keys_are_as_old_as_they_were() {
        let mut connection = at(16).await;
        let key = "INSERT INTO pool_signing_keys (pool_id, kid, sealed_key, state, created_at) VALUES ('p', 'k', X'00', 'current', 7)";
        connection.execute(key).await.unwrap();
        let rotation = STEPS.iter().find(|step| step.1 == "key rotation").unwrap();
        connection.execute(rotation.2).await.unwrap();
        let since: i64 = sqlx::query_scalar("SELECT state_since FROM pool_signing_keys").fetch_one(&mut connection).await.unwrap();
        assert_eq!(since, 7);
    }
    #[actix_web::test]
    async fn secrets_are_as_old_as_their_clients_and_go_on_being_told() {
        let mut connection = at(55).await;
        let clients = "INSERT INTO user_pool_clients (pool_id, client_id, name, configuration, sealed_secret, created_at, modified_at) \
                       VALUES ('p', 'a', 'n', '{}', X'00', 7, 9), ('p', 'b', 'n', '{}', NULL, 8, 9)";
        connection.execute(clients).await.unwrap();
        let secrets = STEPS.iter().find(|step| step.1 == "client secrets").unwrap();
        connection.execute(secrets.2).await.unwrap();
        let sql = "SELECT secret_created_at, secret_is_withheld FROM user_pool_clients ORDER BY client_id";
        let found: Vec<(Option<i64>, i64)> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        assert_eq!(found, [(Some(7), 0), (None, 0)]);
    }
}
