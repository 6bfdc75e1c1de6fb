//! The first screens.

use super::texts;

texts! {
    /// Sentences of the first screens.
    pub enum Start {
        Welcome: "Welcome to uchat", "欢迎使用 uchat";
        WelcomeText: "Talk with your friends, end to end encrypted, from your terminal. How do you want to begin?", "在终端里与朋友聊天，端到端加密。从哪里开始？";
        PrivateChoice: "Look around on this machine", "先在本机试试";
        PrivateText: "Starts a private server here, with a friend called echo who answers everything. Nothing leaves this computer.", "在本机启动一个私人服务器，好友 echo 会回复你的每句话。任何内容都不会离开这台电脑。";
        InviteChoice: "Join friends with an invite", "用邀请加入朋友们";
        InviteText: "Paste the invite right here: one paste is enough. It begins with uchat://", "直接把邀请粘贴到这里即可，以 uchat:// 开头。";
        Invite: "Use an invite", "使用邀请";
        InviteField: "invite", "邀请";
        InviteHint: "paste it here; it begins with uchat://", "粘贴到这里；以 uchat:// 开头";
        InviteWrong: "this is no invite; copy the whole line that begins with uchat://", "这不是有效的邀请，请复制以 uchat:// 开头的整行";

        StartingPrivate: "Starting your private server. The first time it makes its own keys; that takes some seconds.", "正在启动私人服务器。首次启动要生成服务器密钥，需要几秒钟。";
        Joining: "Looking at the server of the invite.", "正在连接邀请中的服务器。";
        Opening: "Opening your profile.", "正在打开你的资料。";
        Connecting: "Connecting to {server}.", "正在连接 {server}。";
        CreatingAccount: "Connecting to {server} and creating the account.", "正在连接 {server} 并注册账号。";
        MakingKeys: "Opening or making your keys. The private ones never leave this machine.", "正在打开或生成你的密钥，私钥不会离开这台电脑。";
        Importing: "Taking in the keys.", "正在导入密钥。";

        Register: "Create your account", "注册账号";
        LogIn: "Log in", "登录";
        On: "on {server}", "服务器：{server}";
        OnPrivate: "on your private server, on this machine", "你的私人服务器（本机）";
        Lesson: "Lesson {number}: the channel is not safe yet. Use no password here that you use anywhere else.", "第 {number} 课：此通道尚不安全，请勿使用你在别处用过的密码。";
        Name: "name", "用户名";
        NameHint: "1 to 8 characters; Chinese is fine", "1 到 8 个字符，可用中文";
        NameEmpty: "choose a name", "请填写用户名";
        NameLong: "at most {most} characters, not {count}", "最多 {most} 个字符，现在是 {count} 个";
        Password: "password", "密码";
        PasswordHint: "8 characters or more; a few words do well", "至少 8 个字符；几个词连起来好记";
        Again: "password again", "确认密码";
        PasswordsDiffer: "the two passwords differ", "两次输入的密码不一致";
        Email: "e-mail", "邮箱";
        EmailHint: "never verified, and nothing is sent to it", "不会验证，也不会向它发送邮件";
        Sex: "sex (optional)", "性别（选填）";
        SexHint: "in your own words, or nothing", "随意填写，也可以不填";
        Age: "age (optional)", "年龄（选填）";
        AgeHint: "in years, or nothing", "周岁，也可以不填";
        AgeWrong: "a number of years up to {most}, or nothing", "请填 {most} 以内的数字，或不填";
        Empty: "this field is empty", "此项不能为空";

        RetryIn: "Trying again in {seconds} s; Enter tries now.", "{seconds} 秒后自动重试；按回车立即重试。";
        TryAgain: "try again", "重试";

        Trust: "Is this the right server?", "这是正确的服务器吗？";
        TrustText: "Nobody has vouched for {server} yet. The fingerprint of its CA is", "还没有人为 {server} 作过担保。它的 CA 指纹是";
        TrustAsk: "Compare it with what the operator of the server tells you. If they differ, somebody may sit in between.", "请与服务器管理员告诉你的指纹核对。如果不一致，可能有人在中间截听。";
        TrustYes: "it is the same: trust it", "一致，信任它";
        TrustNo: "no", "不信任";

        Replaced: "Logged in somewhere else", "账号已在别处登录";
        ReplacedText: "{name} has logged in somewhere else, so this one was disconnected. If that was not you, change your password.", "{name} 已在另一处登录，此处的连接已断开。如果不是你本人，请修改密码。";
        Disconnected: "Disconnected", "连接已断开";
        LogInAgain: "log in again here", "在此重新登录";
        LookOnly: "stay offline and look at what is here", "保持离线，只看本机内容";

        Keys: "Your keys are not on this machine", "本机没有你的密钥";
        KeysText: "Messages can neither be read nor sent without the keys of this account. Bring them from the machine where they are (uchat key export), or make new ones: then friends see a key change, and older messages stay closed.", "没有此账号的密钥就无法读取或发送消息。可以从原来的电脑导出（uchat key export）再导入；也可以生成新密钥：好友会看到密钥变更，旧消息将无法读取。";
        KeysFile: "file", "文件";
        KeysFileHint: "the file that `uchat key export` has written", "`uchat key export` 导出的文件";
        KeysPassphrase: "passphrase", "口令";
        KeysPassphraseHint: "the one that was chosen when they were exported", "导出时设置的口令";
        Import: "import", "导入";
        KeysDone: "Your keys are here.", "密钥已就绪。";
        Later: "later", "以后再说";

        Hints: "Three things to try", "试试这三件事";
        HintWrite: "Write something and press Enter: echo answers.", "写点什么，按回车发送：echo 会回复。";
        HintInspect: "look inside a message, layer by layer", "逐层查看一条消息的内部";
        HintFriend: "add a friend", "添加好友";
        HintClose: "got it", "知道了";

        Ending: "Ending in order: what you have written is being stored…", "正在有序退出：正在保存你写的内容…";
    }
}
