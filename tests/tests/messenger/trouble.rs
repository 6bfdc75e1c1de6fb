//! The messenger where something goes wrong all the time: the network, the disk, the other side.

mod cuts;
mod damage;
#[cfg(unix)]
mod disk_full;
mod files;
mod slow_network;
mod slow_reader;
