//! What tests of operations share, and the tests that are about several of them.

mod contacts;
pub(crate) mod people;
