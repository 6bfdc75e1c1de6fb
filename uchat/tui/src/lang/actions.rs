//! What each action does, in a few words: for the help page, buttons and menus.

use super::{Lang, Say, texts};
use crate::action::Action;

texts! {
    /// What an action does.
    pub enum Does {
        Quit: "quit", "退出";
        Help: "help", "帮助";
        Language: "language: English, 中文", "语言：English、中文";
        Theme: "theme: dark, light, plain", "主题：深色、浅色或无色";
        Close: "close, or go back", "关闭或返回";
        Clear: "clear, close or copy; else quit", "清空、关闭或复制；否则退出";
        Next: "next field", "下一项";
        Previous: "previous field", "上一项";
        Submit: "go on", "继续";
        ToRegister: "create an account", "注册账号";
        ToLogIn: "log in", "登录";
        ToInvite: "use an invite", "使用邀请";
        StartPrivate: "start a private server here", "在本机启动私人服务器";
        OpenOffline: "look at what is here, without a connection", "不连接，先看本机的内容";
        NewKeys: "make new keys", "生成新密钥";
        Menu: "all that can be done", "所有操作";
        SwitchChat: "go to a chat by name", "按名称切换聊天";
        NextUnread: "next unread chat", "下一个未读聊天";
        NextChat: "next chat", "下一个聊天";
        PreviousChat: "previous chat", "上一个聊天";
        AddFriend: "add a friend", "添加好友";
        Requests: "answer friend requests", "处理好友请求";
        CreateRoom: "create a room", "创建房间";
        JoinRoom: "join a room by its number", "按号码加入房间";
        Addresses: "all addresses: on or off", "显示或隐藏所有好友的地址";
        FocusNext: "next part of the screen", "下一个区域";
        Settings: "settings", "设置";
        Profile: "your profile", "个人资料";
        TryNow: "connect now, without waiting", "立即连接，不再等待";
        LogOut: "log out", "退出登录";
        Search: "search in this chat", "在此聊天中搜索";
        SendFile: "send a file", "发送文件";
        Inspect: "look inside a message", "查看消息内部";
        SelectUp: "select an earlier message", "选择上一条消息";
        SelectDown: "select a later message", "选择下一条消息";
        PageUp: "a page up", "向上翻页";
        PageDown: "a page down", "向下翻页";
        ToNewest: "to the newest message", "到最新消息";
        ToOldest: "to the first message", "到第一条消息";
        Mute: "mute or unmute this chat", "静音或取消静音";
        Export: "export this chat", "导出此聊天";
        Members: "members of the room", "房间成员";
        LeaveRoom: "leave the room", "离开房间";
        Address: "the friend's address", "显示好友的地址";
        Safety: "safety number", "安全码";
        DeleteFriend: "delete this friend", "删除好友";
        Block: "block or unblock this user", "屏蔽或取消屏蔽";
        Reply: "reply", "回复";
        Edit: "edit", "编辑";
        Delete: "delete for everybody", "对所有人删除";
        React: "react with an emoji", "用表情回应";
        Copy: "copy the text", "复制文字";
        CopyLinks: "copy the links", "复制链接";
        Retry: "try again", "重试";
        SaveFile: "save the file", "保存文件";
        CancelFile: "cancel the file", "取消文件";
        JumpToReplied: "to the message it answers", "转到被回复的消息";
        Send: "send", "发送";
        NewLine: "new line", "换行";
        Colour: "colour of the text", "文字颜色";
        Size: "size of the text", "文字大小";
        Emoji: "insert an emoji", "插入表情";
        SendPasted: "send the pasted path as a file", "把粘贴的路径作为文件发送";
    }
}

texts! {
    /// The same in a word or two, where there is little room. What is missing here is short already.
    pub enum Brief {
        Menu: "menu", "菜单";
        Help: "help", "帮助";
        SwitchChat: "go to", "跳转";
        NextUnread: "next unread", "下一条未读";
        AddFriend: "add friend", "加好友";
        FocusNext: "next part", "切换区域";
        SendFile: "file", "文件";
        Search: "search", "搜索";
        Emoji: "emoji", "表情";
        NewLine: "new line", "换行";
        SelectUp: "select", "选消息";
        JumpToReplied: "to the original", "原消息";
        SaveFile: "save", "保存";
        CancelFile: "stop", "停止";
        Copy: "copy", "复制";
        React: "emoji back", "表情回复";
        TryNow: "try now", "立即重试";
        LogOut: "log in again", "重新登录";
        Close: "back", "返回";
    }
}

impl Action {
    /// What it does in a word or two.
    #[must_use]
    pub fn brief(self, lang: Lang) -> &'static str {
        let brief = match self {
            Self::Menu => Brief::Menu,
            Self::Help => Brief::Help,
            Self::SwitchChat => Brief::SwitchChat,
            Self::NextUnread => Brief::NextUnread,
            Self::AddFriend => Brief::AddFriend,
            Self::FocusNext => Brief::FocusNext,
            Self::SendFile => Brief::SendFile,
            Self::Search => Brief::Search,
            Self::Emoji => Brief::Emoji,
            Self::NewLine => Brief::NewLine,
            Self::SelectUp => Brief::SelectUp,
            Self::JumpToReplied => Brief::JumpToReplied,
            Self::SaveFile => Brief::SaveFile,
            Self::CancelFile => Brief::CancelFile,
            Self::Copy => Brief::Copy,
            Self::React => Brief::React,
            Self::TryNow => Brief::TryNow,
            Self::LogOut => Brief::LogOut,
            Self::Close => Brief::Close,
            other => return other.does().say(lang),
        };
        brief.say(lang)
    }
}
