//! The messenger's client, without a screen.
//!
//! ```text
//!              commands                    effects
//!  front end ───────────▶ core::update ──────────────▶ net     one connection: requests out, answers and pushes in
//!  (headless,◀─────────── (pure: no      ◀────────────  vault   SQLite and keys: history, outbox, encryption
//!   a screen) answers,     socket, clock,    events     files   reads, encrypts, decrypts, writes files
//!             notices      disk, random)                timers
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `core.rs` `core/` | the model and `update(&mut Model, Event) -> Vec<Effect>` |

pub mod core;
