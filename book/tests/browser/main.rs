//! The book's pages in a real browser: widgets by keyboard alone, checked against the Rust code; labelled bytes; pages
//! without scripts; accessibility; no request to anywhere else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod accessible;
mod bytes;
mod calculations;
mod chain;
mod chrome;
mod figures;
#[path = "../../../stages/stage-7/tests/x509/forge.rs"]
#[expect(dead_code, reason = "the certificates of stage 7's tests, of which only some are needed here")]
mod forge;
mod page;
mod pages;
mod start;
mod widgets;
