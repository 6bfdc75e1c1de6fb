//! SQLite: the schema, one writer with group commit, a few readers; the SQL, by subject.
//!
//! | file | idea |
//! |---|---|
//! | `store/schema.sql` | the tables |
//! | `store/users.rs` | users by name and by number |
//! | `store/conversations.rs` | who talks with whom, and the next line of each conversation |

pub(crate) mod conversations;
pub(crate) mod users;

/// The tables of version 1.
pub(crate) const SCHEMA: &str = include_str!("store/schema.sql");
