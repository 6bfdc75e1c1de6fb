//! The messenger's screen.
//!
//! ```text
//!  terminal ─ keys, mouse, paste ─▶ ┐                          ┌─▶ commands for the client core
//!  client ─── answers, notices ───▶ ├─ app::update ── effects ─┼─▶ jobs: a server, files, images, settings
//!  jobs ───── what they found ────▶ ┘      │                   └─▶ bell, clipboard, quit
//!                                          ▼
//!                        draw(&App) ─▶ cells, where the caret is, and where a click does what
//! ```
//!
//! Everything that is decided is decided in `app::update`, which knows no terminal, no socket, no disk and no clock;
//! everything that is seen is drawn by `draw` from the same value. So a test needs neither a terminal nor a server.
//!
//! | file | idea |
//! |---|---|
//! | `app.rs` `app/` | the state of the screen and what changes it |
//! | `draw.rs` `draw/` | from the state to cells |
//! | `screens/` | the first screens: welcome, register, log in |
//! | `chat/` | a conversation: messages laid out, scrolled, drawn; the composer |
//! | `image.rs` `image/` | images: measured and decoded beside the loop, drawn as the terminal can |
//! | `inspector/` | a message from the inside, layer by layer |
//! | `demo.rs` `demo/` | two people side by side, and a check-list |
//! | `overlays/` | what opens on top: one at a time |
//! | `action.rs` | the one table of actions: name, key, help |
//! | `hit.rs` | which click does what, written down while drawing |
//! | `text/` | cells: width, wrapping, editing |
//! | `theme.rs` | colours, and what stands for them where there are none |
//! | `notify.rs` | a notification as the bytes that this terminal obeys |
//! | `lang.rs` `lang/` | every sentence, in English and Chinese |
//! | `shell.rs` `shell/` | the terminal and the loop around it all |

pub mod action;
pub mod app;
mod area;
pub mod chat;
mod colour;
pub mod demo;
pub mod draw;
pub mod form;
pub mod hit;
pub mod image;
pub mod inspector;
pub mod lang;
pub mod notify;
pub mod overlays;
pub mod screens;
pub mod shell;
pub mod text;
pub mod theme;
