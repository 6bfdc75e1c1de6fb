//! The messenger: what nobody else gets to see or to use.

mod certificates_of_others;
mod data_and_wire;
mod resume;
