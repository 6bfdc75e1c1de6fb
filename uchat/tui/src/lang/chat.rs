//! The conversation and the composer.

use super::texts;

texts! {
    /// Sentences of the conversation.
    pub enum Chat {
        NothingOpen: "Choose a contact on the left.", "请在左侧选择联系人。";
        NothingYet: "No messages yet. Write the first one below.", "还没有消息，在下面写第一条吧。";
        Loading: "loading earlier messages…", "正在加载更早的消息…";
        Composer: "Message", "消息";
        File: "file", "文件";
        You: "you", "我";
        Muted: "muted", "已静音";
        NotEncrypted: "not encrypted", "未加密";
        KeysChanged: "⚠ The keys of {name} are others than before. Nothing is sent until you compare the safety number.", "⚠ {name} 的密钥已改变。核对安全码之前不会发送任何消息。";

        Today: "Today", "今天";
        Yesterday: "Yesterday", "昨天";
        Day: "{weekday}, {day} {month} {year}", "{year}年{month}{day}日 {weekday}";
        Monday: "Monday", "星期一";
        Tuesday: "Tuesday", "星期二";
        Wednesday: "Wednesday", "星期三";
        Thursday: "Thursday", "星期四";
        Friday: "Friday", "星期五";
        Saturday: "Saturday", "星期六";
        Sunday: "Sunday", "星期日";
        January: "January", "1月";
        February: "February", "2月";
        March: "March", "3月";
        April: "April", "4月";
        May: "May", "5月";
        June: "June", "6月";
        July: "July", "7月";
        August: "August", "8月";
        September: "September", "9月";
        October: "October", "10月";
        November: "November", "11月";
        December: "December", "12月";

        Unread: "new messages", "以下为新消息";
        NewBelow: "↓ {count} new", "↓ {count} 条新消息";
        ToEnd: "↓ newest", "↓ 回到最新";

        Queued: "queued", "待发送";
        Sent: "sent", "已发出";
        Stored: "stored", "已存储";
        Delivered: "delivered", "已送达";
        Read: "read", "已读";
        Failed: "failed", "发送失败";
        TryAgain: "try again", "重试";

        Edited: "edited", "已编辑";
        Deleted: "This message was deleted.", "此消息已删除。";
        EarlierMessage: "an earlier message", "较早的一条消息";
        TooFarBack: "The message that this one answers is too far back.", "被回复的消息太早了，没有找到。";
        ReplyTo: "↳ reply to {name}: {text}", "↳ 回复 {name}：{text}";
        EditOf: "✎ editing: {text}", "✎ 编辑：{text}";
        Drop: "drop", "取消";
        Copied: "Copied.", "已复制。";

        Save: "save", "保存";
        Cancel: "cancel", "取消";
        SavedAt: "saved: {path}", "已保存：{path}";
        Begins: "begins…", "准备中…";
        Bytes: "{count} bytes", "{count} 字节";

        MenuReply: "reply", "回复";
        MenuEdit: "edit", "编辑";
        MenuDelete: "delete", "删除";
        MenuDeleteNow: "once more: delete for everybody", "再按一次：对所有人删除";
        MenuReact: "react", "表情回应";
        MenuCopy: "copy", "复制";
        MenuLinks: "links", "链接";
        MenuReplied: "original", "原消息";
        MenuInspect: "inspect", "查看内部";
        MenuDone: "done", "完成";

        Usual: "usual", "默认";
        Red: "red", "红";
        Orange: "orange", "橙";
        Yellow: "yellow", "黄";
        Green: "green", "绿";
        Blue: "blue", "蓝";
        Purple: "purple", "紫";
        Pink: "pink", "粉";
        Small: "small", "小";
        Normal: "normal", "标准";
        Large: "large", "大";
        Huge: "huge", "特大";
        Colour: "colour", "颜色";
        Size: "size", "字号";
        BytesLeft: "{count} bytes left", "还可输入 {count} 字节";
        LeftOut: "That is more than one message holds: {count} bytes were left out.", "超出一条消息的长度，有 {count} 字节未粘贴。";
        Waits: "What you have written since waits until this is sent or cleared.", "之后写的内容会在这条发送或清除后恢复。";
        OfferFile: "Send {name} as a file?", "要作为文件发送 {name} 吗？";
        OfferFiles: "Send these {count} files?", "要发送这 {count} 个文件吗？";
        SendIt: "send", "发送";
    }
}
