//! The one table of actions. Keys, clicks, the help page, the menu of a message and the documentation come from it.
//!
//! An action belongs to a place: it can be done where that place is on the screen. Each has a name for the settings,
//! keys, and a sentence of help.

mod key;
mod keymap;

pub use key::{Key, KeyError};
pub use keymap::{Keymap, KeymapError};

use crate::lang::actions::Does;

/// Where an action can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Everywhere.
    Everywhere,
    /// On the first screens: welcome, register, log in.
    Start,
    /// On the main screen.
    Main,
    /// In the conversation that is open.
    Chat,
    /// In a room that is open.
    Room,
    /// In a chat with a friend that is open.
    Friend,
    /// With a message that is selected.
    Message,
    /// In the composer.
    Composer,
}

macro_rules! actions {
    ($($action:ident $place:ident $name:literal [$($key:literal),*];)*) => {
        /// Something a person can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "`Does` has a sentence for each")]
        pub enum Action {
            $($action,)*
        }

        impl Action {
            /// All of them, in the order of the help page.
            pub const ALL: &[Self] = &[$(Self::$action),*];

            /// Where it can be done.
            #[must_use]
            pub fn place(self) -> Place {
                match self { $(Self::$action => Place::$place),* }
            }

            /// As the settings name it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$action => $name),* }
            }

            /// Its keys, unless the settings say otherwise.
            #[must_use]
            pub fn default_keys(self) -> &'static [&'static str] {
                match self { $(Self::$action => &[$($key),*]),* }
            }

            /// What it does, in a few words.
            #[must_use]
            pub fn does(self) -> Does {
                match self { $(Self::$action => Does::$action),* }
            }
        }
    };
}

actions! {
    Quit Everywhere "quit" ["ctrl-q"];
    Help Everywhere "help" ["f1"];
    Language Everywhere "language" ["f12"];
    Theme Everywhere "theme" ["f11"];
    Close Everywhere "close" ["esc"];
    Clear Everywhere "clear" ["ctrl-c"];

    Next Start "next-field" ["tab", "down"];
    Previous Start "previous-field" ["backtab", "up"];
    Submit Start "submit" ["enter"];
    ToRegister Start "to-register" ["ctrl-r"];
    ToLogIn Start "to-log-in" ["ctrl-l"];
    ToInvite Start "to-invite" ["ctrl-o"];
    StartPrivate Start "start-private" ["ctrl-p"];
    OpenOffline Start "open-offline" ["ctrl-g"];
    NewKeys Start "new-keys" ["ctrl-n"];

    Menu Main "menu" ["ctrl-t"];
    SwitchChat Main "switch-chat" ["ctrl-k"];
    NextUnread Main "next-unread" ["alt-u"];
    NextChat Main "next-chat" ["alt-down", "ctrl-down"];
    PreviousChat Main "previous-chat" ["alt-up", "ctrl-up"];
    AddFriend Main "add-friend" ["ctrl-n"];
    Requests Main "requests" ["ctrl-r"];
    CreateRoom Main "create-room" ["alt-c"];
    JoinRoom Main "join-room" ["alt-j"];
    Addresses Main "addresses" ["alt-a"];
    FocusNext Main "focus-next" ["tab"];
    Settings Main "settings" ["f9"];
    Profile Main "profile" ["f8"];
    TryNow Main "try-now" ["alt-r"];
    LogOut Main "log-out" ["alt-l"];

    Search Chat "search" ["ctrl-f"];
    SendFile Chat "send-file" ["ctrl-o"];
    Inspect Chat "inspect" ["f2"];
    SelectUp Chat "select-up" ["ctrl-p", "shift-up"];
    SelectDown Chat "select-down" ["shift-down"];
    PageUp Chat "page-up" ["pageup"];
    PageDown Chat "page-down" ["pagedown"];
    ToNewest Chat "to-newest" ["ctrl-end"];
    ToOldest Chat "to-oldest" ["ctrl-home"];
    Mute Chat "mute" ["alt-m"];
    Export Chat "export" ["alt-x"];

    Members Room "members" ["f3"];
    LeaveRoom Room "leave-room" [];

    Address Friend "address" ["f4"];
    Safety Friend "safety" ["f7"];
    DeleteFriend Friend "delete-friend" [];
    Block Friend "block" [];

    Reply Message "reply" ["r"];
    Edit Message "edit" ["e"];
    Delete Message "delete" ["d"];
    React Message "react" ["+"];
    Copy Message "copy" ["c"];
    CopyLinks Message "copy-links" ["l"];
    Retry Message "retry" ["t"];
    SaveFile Message "save-file" ["s"];
    CancelFile Message "cancel-file" ["x"];
    JumpToReplied Message "jump-to-replied" ["g"];

    Send Composer "send" ["enter"];
    NewLine Composer "new-line" ["alt-enter", "ctrl-j"];
    Colour Composer "colour" ["f5"];
    Size Composer "size" ["f6"];
    Emoji Composer "emoji" ["ctrl-e"];
    SendPasted Composer "send-pasted" ["alt-f"];
}
