//! The main screen around the conversation.

use super::texts;

texts! {
    /// Sentences of the main screen.
    pub enum Main {
        TooSmall: "This terminal is too small: {width} columns and {height} rows are needed.", "终端太小：至少需要 {width} 列、{height} 行。";
        Contacts: "Contacts", "联系人";
        NoContacts: "Nobody here yet. Add a friend, or join a room.", "还没有联系人。添加好友或加入房间吧。";
        OneRequest: "1 friend request", "1 个好友请求";
        SomeRequests: "{count} friend requests", "{count} 个好友请求";
        WantsToBeFriend: "wants to be your friend", "想加你为好友";
        NewFriend: "+ friend", "+ 好友";
        NewRoom: "+ room", "+ 房间";
        ByNumber: "# join", "# 加入";
        Typing: "typing…", "正在输入…";
        NoMessages: "no messages yet", "还没有消息";
        Room: "room {number}", "房间 {number}";
        Yesterday: "yesterday", "昨天";
        DayAndMonth: "%-d %b", "%-m月%-d日";
        Members: "Members", "成员";
        Owner: "owner", "房主";
        Online: "online", "在线";
        Connecting: "connecting…", "连接中…";
        Offline: "offline", "离线";
        Replaced: "logged in somewhere else", "已在别处登录";
        Refused: "refused", "被拒绝";
        NextTry: "next try in {seconds} s", "{seconds} 秒后重试";
        PrivateServer: "private server", "私人服务器";
        Encrypted: "end-to-end encrypted", "端到端加密";
        NotEncrypted: "NOT ENCRYPTED", "未加密";
        Lesson: "LESSON {number}: NOT SAFE, use no real password", "第 {number} 课：不安全，请勿使用真实密码";
        LessonShort: "LESSON {number}: NOT SAFE", "第 {number} 课：不安全";
        SafeLesson: "lesson {number}", "第 {number} 课";
        Unread: "{count} unread", "{count} 条未读";
        NothingUnread: "Everything is read.", "没有未读消息。";
        Muted: "{name} is muted: no bell, no notification.", "已静音：{name} 的新消息不再提醒。";
        Unmuted: "{name} is not muted any more.", "已取消静音：{name}。";
        AddressOf: "{name} is connected from {address}", "{name} 的地址：{address}";
        NoAddress: "{name} does not share an address, or is not there.", "{name} 未公开地址或不在线。";
        Back: "‹ contacts", "‹ 联系人";
        Open: "open", "打开";
    }
}
