//! The program behind the book: it expands the directives in `src/*.md`, builds the pages with mdBook, serves and
//! checks them.

pub mod anchor;
pub mod build;
pub mod bytes;
pub mod check;
pub mod commands;
pub mod console;
pub mod directive;
pub mod expand;
pub mod figure;
mod finish;
pub mod generated;
pub mod glossary;
mod html;
pub mod kit;
pub mod live;
pub mod markdown;
pub mod place;
pub mod preprocessor;
pub mod problem;
pub mod serve;
pub mod site;
pub mod tables;
pub mod watch;
pub mod widget;
