//! SQLite: the schema, one writer with group commit, a few readers; the SQL, by subject.
