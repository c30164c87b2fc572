//! One test, both databases.

/// Makes of each `async fn name(app: TestApp) { … }` a test on SQLite and one on
/// PostgreSQL, each with a server and a database of its own.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: $ty:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($app: &$ty) $body

            #[test]
            fn sqlite() {
                $crate::on_sqlite(async |app| body(app).await);
            }

            #[test]
            fn postgres() {
                $crate::on_postgres(async |app| body(app).await);
            }
        }
    )+};
}
