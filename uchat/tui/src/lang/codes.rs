//! What the server and the client refuse, in the language of the screen. In English a refusal has its own sentence; in
//! Chinese each code has one here.

use super::{Lang, said};
use uchat_protocol::{Code, Refusal, fields};

/// The sentence of a refusal, and when it can work if that is known.
#[must_use]
pub fn say(lang: Lang, refusal: &Refusal) -> String {
    let sentence = match lang {
        Lang::En => fields::one_line(&refusal.text),
        Lang::Zh => chinese(refusal.code).to_owned(),
    };
    match (lang, refusal.retry_after.map(|pause| pause.div_ceil(1_000))) {
        (_, None | Some(0)) => sentence,
        (Lang::En, Some(seconds)) => format!("{sentence} (in {seconds} s)"),
        (Lang::Zh, Some(seconds)) => format!("{sentence}（{seconds} 秒后）"),
    }
}

/// A sentence of the client, the server or the program around the screen, which speak English. In Chinese, one whose
/// shape is known is said in Chinese, one that tells what a code tells is said as that code is, and any other is quoted.
#[must_use]
pub fn known(lang: Lang, text: &str) -> String {
    if let Some(sentence) = said::sentence(lang, text) {
        return sentence;
    }
    let gist = |code: &Code| code.text().split(';').next().unwrap_or_default();
    let told = |code: &&Code| {
        text == code.text() || text == gist(code) || gist(code).len() >= SURE && text.contains(gist(code))
    };
    let code = Code::ALL.iter().filter(|_| lang == Lang::Zh).filter(told).max_by_key(|code| gist(code).len());
    code.map_or_else(|| fields::one_line(text), |code| chinese(*code).to_owned())
}

/// The same, for why something could not be done: one that is quoted says so in the language of the screen.
#[must_use]
pub fn failed(lang: Lang, text: &str) -> String {
    match (lang, known(lang, text)) {
        (Lang::Zh, sentence) if sentence == fields::one_line(text) => format!("未能完成：{sentence}"),
        (_, sentence) => sentence,
    }
}

/// A shorter gist may stand in any sentence.
const SURE: usize = 16;

/// What a code means.
fn chinese(code: Code) -> &'static str {
    match code {
        Code::BadJson => "这一行不是 JSON 对象",
        Code::UnknownVerb => "没有这个命令",
        Code::UnknownOperation => "服务器不支持此操作",
        Code::BadField => "有一项缺失或填写有误",
        Code::TooLong => "内容太长",
        Code::NotLoggedIn => "请先登录",
        Code::AlreadyLoggedIn => "已经登录；换账号请先退出登录",
        Code::Busy => "上一步还没有完成，请稍候",

        Code::BadUserName => "用户名为 1 到 8 个字符，只能用文字、数字和 _ - . ，且不能混用形近的文字",
        Code::BadPassword => "密码至少 8 个字符，且不能超过 1024 字节",
        Code::BadEmail => "邮箱地址应形如 name@example.org，不含空格和非 ASCII 字符",
        Code::UserNameTaken => "用户名已被占用，请换一个",
        Code::EmailTaken => "该邮箱已注册过账号",
        Code::WrongLogin => "用户名或密码错误",
        Code::WrongPassword => "密码错误",
        Code::BadToken => "登录已失效，请用密码重新登录",
        Code::WrongProfile => "此资料文件夹属于另一个账号，请换一个",
        Code::RegistrationClosed => "此服务器不接受新账号",

        Code::NoSuchUser => "没有这个用户",
        Code::Yourself => "这是你自己",
        Code::AlreadyFriends => "你们已经是好友了",
        Code::RequestPending => "已发送过好友请求，对方尚未答复",
        Code::NoSuchRequest => "对方没有向你发送好友请求",
        Code::NotFriends => "你们还不是好友，请先添加对方",
        Code::Blocked => "你已屏蔽此用户，请先取消屏蔽",

        Code::BadRoomName => "房间名为 1 到 32 个字符，只能用文字、数字、_ - . 和单个空格",
        Code::RoomNameTaken => "已有同名的房间",
        Code::NoSuchRoom => "没有这个号码的房间",
        Code::AlreadyInRoom => "你已经在这个房间里了",
        Code::NotInRoom => "你不在这个房间里，请先加入",
        Code::NotOwner => "只有房主可以这样做",
        Code::NotMember => "此用户不在房间里",
        Code::OwnerStays => "房间里还有别人时房主不能离开，请先移交房间",
        Code::RoomFull => "房间人数已满",

        Code::NoSuchMessage => "没有这条消息",
        Code::NotEncrypted => "这里的消息必须端到端加密",
        Code::NoKeys => "对方还没有密钥，消息会等到对方有密钥后发送",
        Code::NoOwnKeys => "本机没有此账号的密钥：请导入，或生成新密钥",
        Code::KeyChanged => "对方的密钥已变更：请先核对安全码，再确认新密钥",
        Code::BadCertificate => "证书请求未被接受",
        Code::BadKeyPackage => "密钥包与会话不符",

        Code::NoSuchFile => "没有这个文件",
        Code::FileTooLarge => "文件超过服务器允许的大小",
        Code::FileMismatch => "收到的文件与声明的不符，请重新发送",
        Code::FileUnreadable => "无法读取文件",
        Code::FileUnwritable => "无法写入文件",
        Code::NoSpace => "空间不足",
        Code::Cancelled => "已按你的要求取消",

        Code::TooManyConnections => "来自此地址的连接过多，请关闭一些",
        Code::TooManySignUps => "来自此地址的新账号过多，请稍后再试",
        Code::TooManyLogIns => "登录失败次数过多，请稍后再试",
        Code::TooManyRequests => "请求过于频繁，请稍后再试",
        Code::TooManyWaiting => "等待发送的消息过多，请稍后再试",

        Code::Offline => "未连接到服务器，请在恢复连接后再试",
        Code::SessionReplaced => "此账号已在别处登录",
        Code::TooSlow => "此连接接收过慢；未收到的内容在历史记录里",
        Code::ServerStopping => "服务器正在停止",
        Code::AccountDeleted => "账号已删除",
        Code::Idle => "太久没有收到数据，连接已断开",
        Code::UnknownCa => "服务器的 CA 与本机记录的不同：请用管理员提供的邀请重新加入",
        Code::UntrustedServer => "服务器的证书不能证明其身份",
        Code::AccessRefused => "服务器不接受此访问密钥：请向管理员要一个新的邀请",
        Code::WrongTransport => "服务器使用的协议不同：两边请用相同的 --lesson 或 --tls",
        Code::ServerError => "服务器出错，原因见其日志",
        Code::ClientError => "程序出错，原因见日志",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_chinese_sentence_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let sentence = say(Lang::Zh, &Refusal::new(*code));
            let chinese = sentence.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
            assert!(chinese >= 4, "{}: {sentence}", code.name());
            assert!(seen.insert(sentence.clone()), "{sentence} stands for two codes");
        }
    }

    #[test]
    fn what_the_program_says_in_english_is_said_in_chinese_where_it_can_be() {
        let full = "there is no space left for this, so /tmp/x is incomplete";
        assert_eq!(known(Lang::Zh, full), chinese(Code::NoSpace));
        assert_eq!(known(Lang::Zh, &format!("cannot write /tmp/x: {full}")), "无法写入 /tmp/x：空间不足");
        assert_eq!(known(Lang::En, full), full);
        assert_eq!(known(Lang::Zh, "maintenance at noon\x1b"), "maintenance at noon\u{fffd}");
        assert_eq!(failed(Lang::Zh, full), chinese(Code::NoSpace));
        assert_eq!(failed(Lang::Zh, "port 2333 is in use"), "未能完成：port 2333 is in use");
        assert_eq!(failed(Lang::En, "port 2333 is in use"), "port 2333 is in use");
    }

    #[test]
    fn in_english_a_refusal_has_its_own_sentence_and_nothing_in_it_is_obeyed_by_a_terminal() {
        let refusal = Refusal::because(Code::Busy, "later\x1b[2J").retry_after(1_500);
        assert_eq!(say(Lang::En, &refusal), "later\u{fffd}[2J (in 2 s)");
        assert_eq!(say(Lang::Zh, &refusal), "上一步还没有完成，请稍候（2 秒后）");
    }
}
