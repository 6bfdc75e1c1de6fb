//! Why there is no screen: said on standard error, in the language that the screen would have had.

use super::texts;

texts! {
    /// Sentences of the program around the screen.
    pub enum Shell {
        Input: "standard input", "标准输入";
        Output: "standard output", "标准输出";
        NoTerminal: "the screen needs a terminal, and {what} is none; for scripts there is `uchat run`, for a conversation line by line `uchat chat NAME`", "屏幕界面需要终端，而{what}不是终端；脚本请用 `uchat run`，逐行聊天请用 `uchat chat 用户名`";
        Dumb: "the terminal (TERM={term}) cannot show a screen; for a conversation line by line there is `uchat chat NAME`", "此终端（TERM={term}）无法显示屏幕界面；逐行聊天请用 `uchat chat 用户名`";
        Refuses: "the terminal cannot be used: {why}", "终端无法使用：{why}";
    }
}
