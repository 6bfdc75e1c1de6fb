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
//! | `vault.rs` `vault/` | SQLite and keys: history, outbox, end-to-end encryption |
//! | `files.rs` `files/` | files that are sent and saved |
//! | `net.rs` `net/` | the connection |
//! | `runtime.rs` `runtime/` | the loop around all of them: events in, effects out |
//! | `profile.rs` `profile/` | the folder of one account |
//! | `inspect.rs` | what has travelled lately, for a front end that shows it |
//! | `headless.rs` `headless/` | the front end without a screen: JSON lines in and out |

pub mod core;
pub mod files;
pub mod headless;
pub mod inspect;
pub mod net;
pub mod profile;
pub mod runtime;
pub mod vault;
