//! The messenger's server.
//!
//! | file | idea |
//! |---|---|
//! | `handler.rs` | what a handler gets and what it gives back |
//! | `handlers/` | one file for each operation: a function over one transaction |
//! | `store.rs` `store/` | SQLite: the schema, one writer with group commit, a few readers; the SQL, by subject |

pub mod handler;
mod handlers;
mod store;
