//! What the client, the server and the program around the screen say in English sentences of their own. On a Chinese
//! screen such a sentence is found by its shape, and what stands in it goes where it belongs.

use super::{Lang, Row, codes, fill, texts};

texts! {
    /// Lines between the messages that no person has written.
    pub enum Line {
        Made: "{name} made this room", "{name} 创建了此房间";
        Joined: "{name} joined the room", "{name} 加入了房间";
        Left: "{name} left the room", "{name} 离开了房间";
        Removed: "{name} was removed from the room", "{name} 被移出了房间";
        Owner: "the room belongs to {name} now", "房间现在归 {name} 所有";
        Members: "in this room are: {names}", "此房间的成员：{names}";
        Missing: "1 message of {name} is missing", "{name} 的 1 条消息缺失";
        SomeMissing: "{count} messages of {name} are missing", "{name} 的 {count} 条消息缺失";
        Twice: "a message of {name} has come twice; the second was dropped", "{name} 的一条消息来了两次，第二条已丢弃";
        OpenFile: "a message of {name} brings a file that is not encrypted; it was dropped", "{name} 的一条消息带有未加密的文件，已丢弃";
        NotEncrypted: "a message said to be of {name} was not encrypted; it was dropped", "一条自称来自 {name} 的消息未加密，已丢弃";
        Encrypted: "a message said to be of {name} was encrypted, which this lesson does not know; it was dropped", "一条自称来自 {name} 的消息已加密，本课无法识别，已丢弃";
        Unreadable: "a message of {name} cannot be read: {why}", "{name} 的一条消息无法读取：{why}";
        NoCertificate: "{name} has no certificate that this client accepts", "{name} 没有本机认可的证书";
        NoKey: "its key is not here (it was sent before you had keys, or to another device)", "本机没有它的密钥（发送时你还没有密钥，或是发给了另一台设备）";
        Elsewhere: "it was written in another conversation, and somebody has moved it here", "它写在另一个聊天里，有人把它移到了这里";
        OldKeys: "the keys of {name} are the known ones again", "{name} 又用回了已知的密钥";
        OtherKeys: "the keys of {name} have changed: a new device, or somebody who reads along. Compare the safety number, then accept the key; until then nothing is encrypted for {name}, and new messages of {name} are not shown", "{name} 的密钥已改变：可能换了设备，也可能有人在偷看。请先核对安全码，再接受新密钥；在此之前不会为 {name} 加密，也不显示 {name} 的新消息";
    }
}

texts! {
    /// Why something could not be done.
    pub enum Said {
        Write: "cannot write {path}: {why}", "无法写入 {path}：{why}";
        Read: "cannot read {path}: {why}", "无法读取 {path}：{why}";
        Use: "cannot use {path}: {why}", "无法使用 {path}：{why}";
        Remove: "cannot remove {path}: {why}", "无法删除 {path}：{why}";
        LookInto: "cannot look into {path}: {why}", "无法打开文件夹 {path}：{why}";
        NoFolder: "there is no current folder: {why}", "没有当前文件夹：{why}";
        Exports: "there are too many exports in {path}", "{path} 中的导出文件太多";
        Unusable: "{path} cannot be used: {why}", "{path} 无法使用：{why}";
        NotKept: "{why}; correct or remove it, nothing is kept until then", "{why}；请改正或删除它，在此之前不会保存任何设置";
        NotWritten: "{path} cannot be written: {why}", "{path} 无法写入：{why}";
        Damaged: "{path} cannot be read: {why}; correct it, or remove it and run `uchat join` again", "{path} 无法读取：{why}；请改正，或删除后重新运行 `uchat join`";

        NoFingerprint: "this is no fingerprint", "这不是指纹";
        Remembered: "{server} is remembered as your server, but cannot be used now: {why}", "已记住服务器 {server}，但现在无法使用：{why}";
        StartPrivate: "cannot start the private server: {why}", "无法启动私人服务器：{why}";
        PrivateStart: "the private server cannot start: {why}", "私人服务器无法启动：{why}";
        PrivateFailed: "the private server has failed; the log says why", "私人服务器出错，原因见日志";
        Serves: "another uchat on this machine serves {path} already. Join it from here: paste what `uchat invite --data {path}` prints", "本机已有另一个 uchat 在使用 {path}。可以加入它：粘贴 `uchat invite --data {path}` 输出的邀请";
        Connect: "cannot connect to {host} port {port}: {why}; is the server running there?", "无法连接 {host} 端口 {port}：{why}；服务器在那里运行吗？";
        AskCa: "cannot ask {host} port {port} for its CA: {why}", "无法向 {host} 端口 {port} 询问 CA：{why}";
        StaysHere: "lessons below 7 stay on this machine, and {host} is not this machine", "第 7 课之前只在本机进行，而 {host} 不是本机";
        NoCertificate: "the server shows no certificate", "服务器没有出示证书";
        Closed: "the server has closed the connection", "服务器已关闭连接";
        Broken: "the connection is broken: {why}", "连接已中断：{why}";
        NoAnswer: "the server has not answered for {seconds} seconds", "服务器已有 {seconds} 秒没有响应";
        ProfileCa: "the CA's certificate in the profile cannot be used: {why}", "资料中的 CA 证书无法使用：{why}";
        OldCa: "the CA's certificate cannot be used: {why}", "CA 证书无法使用：{why}";
        Newer: "the history is of version {version}, and this program knows only {known}; use a newer uchat", "聊天记录是版本 {version}，本程序只认识 {known}；请使用新版 uchat";
        History: "the history: {why}", "聊天记录：{why}";
        HistoryDamaged: "the history is damaged: {why}", "聊天记录已损坏：{why}";
        Undone: "a change of a message was not sent, and is undone: {why}", "对一条消息的修改未能发送，已撤销：{why}";

        NoInvite: "this invite cannot be used: {why}", "此邀请无法使用：{why}";
        LessonInvite: "there are no invites to lessons; name the server with --server and --access-key-file", "课程没有邀请；请用 --server 和 --access-key-file 指定服务器";
        InviteLong: "this is too long for an invite; copy only the line that begins with uchat://", "内容太长，不是邀请；请只复制以 uchat:// 开头的那一行";
        InviteScheme: "an invite begins with uchat://; copy the whole line", "邀请以 uchat:// 开头；请复制整行";
        InviteCut: "the invite ends after its address; copy the whole line, up to the end", "邀请在地址之后就断了；请复制整行直到末尾";
        InviteNoCa: "the invite names no CA (ca=…); copy the whole line, or ask for a new invite", "邀请中没有 CA（ca=…）；请复制整行，或索取新的邀请";
        InviteCa: "the CA's fingerprint in the invite (ca=…) is not 64 hexadecimal digits; copy the whole line", "邀请中的 CA 指纹（ca=…）不是 64 位十六进制数；请复制整行";
        InviteKey: "the access key in the invite (key=…) cannot be read; copy the whole line", "邀请中的访问密钥（key=…）无法读取；请复制整行";
        InviteTwice: "a part of the invite stands there twice; ask for a new one", "邀请中有一部分重复；请索取新的邀请";
        InviteUnknown: "the invite has a part that this program does not know; it may be too old, update it", "邀请中有本程序不认识的部分；程序可能太旧，请更新";

        KeysClosed: "the keys do not open: the password is wrong, or the text is damaged", "密钥打不开：口令错误，或文件已损坏";
        KeysLong: "this text has {count} bytes, which is too long for two keys", "此文件有 {count} 字节，不可能只是两个密钥";
        KeysOther: "the keys are encrypted in another way than PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC", "密钥的加密方式不是 PBES2（PBKDF2-HMAC-SHA256 和 AES-256-CBC）";
        KeysSlow: "the text asks for more than 10,000,000 rounds of PBKDF2; this would take very long", "此文件要求超过 10,000,000 轮 PBKDF2，会花很长时间";
        FirstKey: "the first key cannot be used: {why}", "第一个密钥无法使用：{why}";
        SecondKey: "the second key cannot be used: {why}", "第二个密钥无法使用：{why}";
        KeysDamaged: "the text is damaged: its keys are not those of its last line, K = …", "文件已损坏：其中的密钥与最后一行（K = …）不符";
        KeysBlocks: "this is not a text of two blocks `-----BEGIN {label}-----`: {why}", "这不是由两个 `-----BEGIN {label}-----` 块组成的文件：{why}";

        Width: "ambiguous_width is {width}, but must be 1 or 2", "ambiguous_width 是 {width}，但必须是 1 或 2";
        OneOf: "{name} is `{value}`, but must be one of {names}", "{name} 是 `{value}`，但必须是 {names} 之一";
        Muted: "muted: `{name}` must be a user's name, or # and a room's number", "muted：`{name}` 必须是用户名，或 # 加房间号";

        Silent: "the other side stayed silent too long", "对方太久没有响应";
        Nobody: "nobody listens there", "那里没有程序在监听";
        Cut: "the other side cut the connection", "对方切断了连接";
        AlreadyClosed: "the other side has already closed", "对方已经关闭";
        InTheMiddle: "the other side closed in the middle", "对方中途关闭";
        AddressInUse: "another program already uses this address", "另一个程序已在使用此地址";
        NoFile: "there is no such file", "没有这个文件";
        FileThere: "there is such a file already", "文件已存在";
        NotAllowed: "permission denied", "没有权限";
        DiskFull: "the disk is full", "磁盘已满";
        Folder: "it is a folder", "这是文件夹";
    }
}

texts! {
    /// What Unix systems call the most frequent of these.
    pub enum System {
        Numbered: "{why} (os error {number})", "{why}（系统错误 {number}）";
        NotFound: "No such file or directory", "没有这个文件或文件夹";
        NotAllowed: "Permission denied", "没有权限";
        NotPermitted: "Operation not permitted", "不允许此操作";
        NotAFolder: "Not a directory", "不是文件夹";
        Folder: "Is a directory", "是文件夹";
        There: "File exists", "文件已存在";
        NoSpace: "No space left on device", "磁盘已满";
        ReadOnly: "Read-only file system", "文件系统只读";
        Refused: "Connection refused", "连接被拒绝";
        InUse: "Address already in use", "地址已被占用";
        Slow: "Connection timed out", "连接超时";
        LongName: "File name too long", "文件名太长";
    }
}

/// A line of a conversation that no person has written, in the language of the screen.
#[must_use]
pub fn line(lang: Lang, text: &str) -> Option<String> {
    in_chinese(lang, text, &[Line::ALL])
}

/// Any sentence that is known here, in the language of the screen.
#[must_use]
pub(super) fn sentence(lang: Lang, text: &str) -> Option<String> {
    in_chinese(lang, text, &[Said::ALL, System::ALL, Line::ALL])
}

/// Of the shapes that fit, the one with the most words of its own counts.
pub(super) fn in_chinese(lang: Lang, text: &str, tables: &[&[Row]]) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    let fits = |(_, english, chinese): &Row| Some((own(english), *chinese, parts(english, text)?));
    let rows = tables.iter().flat_map(|table| table.iter());
    let (_, chinese, parts) = rows.filter_map(fits).max_by_key(|(own, ..)| *own)?;
    let parts: Vec<_> = parts.into_iter().map(|(name, part)| (name, codes::known(lang, part))).collect();
    let values: Vec<_> = parts.iter().map(|(name, part)| (*name, part.as_str())).collect();
    Some(fill(chinese, &values))
}

/// How many bytes of a shape are its own.
fn own(shape: &str) -> usize {
    shape.split(['{', '}']).step_by(2).map(str::len).sum()
}

/// What stands in a text where its shape has `{name}`; `None` if the text is of another shape.
fn parts<'a>(shape: &'static str, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let (start, places) = shape.split_once('{').map_or((shape, None), |(start, rest)| (start, Some(rest)));
    let mut rest = text.strip_prefix(start)?;
    let Some(places) = places else { return rest.is_empty().then(Vec::new) };
    let mut parts = Vec::new();
    let mut places = places.split('{').peekable();
    while let Some(place) = places.next() {
        let (name, after) = place.split_once('}')?;
        let end = match (places.peek(), after) {
            (None, "") => rest.len(),
            (None, _) => rest.len().checked_sub(after.len()).filter(|end| rest.get(*end..) == Some(after))?,
            (Some(_), _) => rest.find(after)?,
        };
        if end == 0 {
            return None;
        }
        parts.push((name, &rest[..end]));
        rest = &rest[end + after.len()..];
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_by_its_shape_and_keeps_the_names() {
        let zh = |text| line(Lang::Zh, text);
        assert_eq!(zh("小明 joined the room").as_deref(), Some("小明 加入了房间"));
        assert_eq!(zh("the room belongs to bob now").as_deref(), Some("房间现在归 bob 所有"));
        assert_eq!(zh("3 messages of bob are missing").as_deref(), Some("bob 的 3 条消息缺失"));
        let nested = "a message of bob cannot be read: bob has no certificate that this client accepts";
        assert_eq!(zh(nested).as_deref(), Some("bob 的一条消息无法读取：bob 没有本机认可的证书"));
        for other in [" joined the room", "bob joined the room.", "", "hello"] {
            assert_eq!(zh(other), None, "{other}");
        }
        assert_eq!(line(Lang::En, "bob joined the room"), None, "it is English already");
    }

    #[test]
    fn what_the_system_says_inside_a_sentence_is_said_too() {
        let zh = |text| sentence(Lang::Zh, text);
        let text = "cannot write /tmp/a: Permission denied (os error 13)";
        assert_eq!(zh(text).as_deref(), Some("无法写入 /tmp/a：没有权限（系统错误 13）"));
        let text =
            "cannot connect to localhost port 2333: nobody listens there; is the server running there?";
        let chinese = "无法连接 localhost 端口 2333：那里没有程序在监听；服务器在那里运行吗？";
        assert_eq!(zh(text).as_deref(), Some(chinese));
    }
}
