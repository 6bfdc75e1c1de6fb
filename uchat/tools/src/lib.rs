//! Tools around the messenger.
//!
//! | file | idea |
//! |---|---|
//! | `bench.rs` `bench/` | a load generator: many clients in one process against a server in another |

pub mod bench;
