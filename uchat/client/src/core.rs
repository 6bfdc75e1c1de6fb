//! The client's mind: pure and single-threaded. What happens comes in as events, what is to be done goes out as
//! effects; everything in between is decided by looking at the model alone.

mod command;
mod effect;
mod event;
mod mention;
mod model;
mod notice;
mod secret;
mod update;

pub use command::{Answer, Command, FriendAnswer, Member, With};
pub use effect::{Effect, FilesEffect, NetEffect, Timer, VaultEffect};
pub use event::{
    Account, CommandId, Event, FilesEvent, KeptUpload, Keys, NetEvent, Queued, Sealed, Summary, Tag,
    VaultEvent, WhyNot,
};
pub use mention::mentions;
pub use model::{Login, Model, Settings};
pub use notice::{Connection, Contact, DeliveryState, Notice, Profile, Reaction, Shown, ShownFile};
pub use secret::Secret;
pub use update::update;
