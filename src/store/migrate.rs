//! Brings the schema up to date at start; safe when two nodes start at once.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One step of the schema: `(version, name, SQL for SQLite, SQL for PostgreSQL)`. A landed step never changes.
const STEPS: &[(i64, &str, &str, &str)] = &[
    shared(1, "first light", include_str!("../../migrations/0001_first_light.sql")),
    shared(6, "sign-in", include_str!("../../migrations/0006_sign_in.sql")),
    shared(13, "changes", include_str!("../../migrations/0013_changes.sql")),
    shared(15, "message budgets", include_str!("../../migrations/0015_message_budgets.sql")),
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
