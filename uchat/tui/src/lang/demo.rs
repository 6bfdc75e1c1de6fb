//! The demo: its check-list, its keys, and what the server knows.

use super::texts;

texts! {
    /// Sentences of the demo.
    pub enum Demo {
        Title: "uchat demo", "uchat 演示";
        Starting: "Starting a server of its own, on this machine only. It makes its keys first; that takes some seconds.", "正在启动专用服务器（仅限本机）。要先生成密钥，需要几秒钟。";
        StartingShort: "Starting a server of its own; some seconds.", "正在启动专用服务器，需要几秒钟。";
        Progress: "{done} of {all}", "{done}/{all}";
        AllDone: "All done. {quit} ends the demo; its server, accounts and messages are removed.", "全部完成。按 {quit} 退出，演示用的服务器、账号和消息会一并删除。";
        AllDoneShort: "All done. {quit} ends the demo and removes everything.", "全部完成。按 {quit} 退出，全部数据一并删除。";

        Accounts: "Two accounts", "注册两个账号";
        AccountsText: "The forms are filled in already. Press Enter on each side: keys are made here, and the server's CA signs a certificate for each.", "表单已自动填好。在两边各按一次回车：密钥在本机生成，服务器的 CA 为每人签发证书。";
        AccountsPlain: "The forms are filled in already. Press Enter on each side: each gets an account. On this lesson nobody has keys.", "表单已自动填好。在两边各按一次回车即可注册。这一课里谁都没有密钥。";
        AccountsShort: "Press Enter on each side.", "两边各按一次回车。";
        Friends: "Become friends", "加为好友";
        FriendsText: "anna asks bob to be her friend ({add}, then his name); bob accepts ({requests}).", "anna 添加 bob 为好友（{add}，再输入名字），bob 接受请求（{requests}）。";
        FriendsShort: "anna asks bob, bob accepts.", "anna 添加 bob，bob 接受。";
        Send: "Send a message", "发一条消息";
        SendText: "Type a message to bob and press Enter. Watch how far it comes: on this machine, at the server, with bob, read.", "给 bob 写一条消息并按回车，看它走到哪一步：本机、服务器、bob 的客户端、已读。";
        SendShort: "Type a message to bob and press Enter.", "给 bob 写一条消息并按回车。";
        Inside: "Look inside it", "查看消息内部";
        InsideText: "{inspect} opens a message layer by layer: what you wrote, what was encrypted, what travelled.", "按 {inspect} 逐层打开一条消息：写的内容、加密的内容、线路上传输的内容。";
        InsideShort: "{inspect} opens a message.", "按 {inspect} 打开一条消息。";
        Unplug: "Unplug bob, and send", "断开 bob 再发送";
        UnplugText: "Pull out bob's cable ({plug}), and send him another message. It gets as far as the server, and waits there.", "拔掉 bob 的网线（{plug}），再给他发一条消息。消息只能到服务器，在那里等待。";
        UnplugShort: "{plug} unplugs bob; then send again.", "{plug} 断开 bob，再发送一次。";
        Plug: "Plug bob in again", "重新接上 bob";
        PlugText: "Plug the cable in ({plug}). bob's client comes back by itself, and the message arrives: once.", "插回网线（{plug}）。bob 的客户端会自动重连，消息随即送达，而且只送达一次。";
        PlugShort: "{plug} plugs bob in: it arrives, once.", "{plug} 接上 bob：消息送达一次。";
        Server: "What the server knows", "服务器知道什么";
        ServerText: "{server} reads the server's database: who, to whom, when, how much. Look for what you wrote.", "按 {server} 读取服务器的数据库：谁、发给谁、何时、多大。找找你写的内容。";
        ServerShort: "{server} reads the server's database.", "按 {server} 读取服务器的数据库。";

        DoIt: "do it for me", "替我做";
        Switch: "the other one", "切换到另一人";
        PullOut: "unplug bob", "断开 bob";
        PlugIn: "plug bob in", "接上 bob";
        ReadServer: "the server", "服务器";

        Unplugged: "unplugged", "已断开";
        HasForm: "form filled in", "表单";
        HasAccount: "account {number}", "账号 {number}";
        HasKeys: "keys", "密钥";
        HasCertificate: "certificate of {bytes} bytes", "证书 {bytes} 字节";
        Asked: "anna asks", "anna 发出请求";
        Accepted: "bob accepts", "bob 接受";
        Queued: "queued", "待发送";
        Sent: "sent", "已发出";
        Stored: "stored at the server", "服务器已存";
        Delivered: "delivered", "已送达";
        Read: "read", "已读";
        Failed: "failed", "失败";

        Hello: "Hello bob! Who else can read this?", "你好 bob！还有谁能看到这句话？";
        Away: "You are away. Will this wait for you?", "你不在线，这条消息会等你吗？";

        KnowsAbout: "From the server's database, read just now. Times are UTC.", "以下内容刚刚读自服务器的数据库，时间为 UTC。";
        People: "People", "用户";
        Messages: "Messages", "消息";
        NoMessages: "There are no messages yet.", "还没有消息。";
        NoCertificate: "no certificate", "没有证书";
        Bytes: "{bytes} bytes", "{bytes} 字节";
        Waits: "waits for {name}", "等待 {name}";
        Sealed: "sealed packet, {bytes} bytes", "加密包，{bytes} 字节";
        InClear: "in clear", "明文";
        SealedText: "These bytes lie on the server's disk. It knows who wrote to whom, when and how much. The key that opens the packet is not there.", "这些字节存放在服务器的磁盘上。它知道谁在何时给谁发了多少，但没有打开加密包的密钥。";
        ClearText: "On this lesson the text lies on the server's disk in clear: whoever gets this file reads it.", "这一课里，文字以明文存放在服务器的磁盘上：谁拿到这个文件，谁就能读。";
        Damaged: "These bytes cannot be read as a message.", "这些字节无法解读为消息。";
        ServerKeys: "↑ ↓ choose a message · PgUp PgDn scroll · Esc closes", "↑ ↓ 选择消息 · PgUp PgDn 滚动 · Esc 关闭";

        Lesson1: "Lesson 1: nothing is protected. Everybody on the way reads and changes all.", "第 1 课：毫无保护，途中任何人都能读取和篡改一切。";
        Lesson2: "Lesson 2: strangers stay out. Everybody on the way reads and changes all.", "第 2 课：挡住了陌生人，但途中任何人都能读取和篡改一切。";
        Lesson3: "Lesson 3: many at once. Everybody on the way reads and changes all.", "第 3 课：可同时服务多人，但途中任何人都能读取和篡改一切。";
        Lesson4: "Lesson 4: messages stay apart. Everybody on the way reads and changes all.", "第 4 课：消息有了边界，但途中任何人都能读取和篡改一切。";
        Lesson5: "Lesson 5: flipped bits go unnoticed, and a man in the middle reads all.", "第 5 课：翻转比特不会被发现，中间人能读取一切。";
        Lesson6: "Lesson 6: the digest has no key: who sits in between forges and reads all.", "第 6 课：摘要没有密钥，中间人能伪造和读取一切。";
        Signed: "the signed channel of stage 7", "第 7 阶段的签名信道";
        Tls: "TLS 1.3", "TLS 1.3";
    }
}
