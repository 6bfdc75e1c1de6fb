//! The runner through its built program, on a small course of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod checker;
mod grading;
mod hostile;
mod lessons;
mod small;
mod verbs;
mod watching;
