//! What the decoders write beside the bytes, which is English: the names of fields, and notes about what stands in
//! them. Names that stand in the bytes themselves, as the keys of a dict and the names of operations, stay as they are.

use super::{Lang, said, texts};

texts! {
    /// The name of a field.
    pub enum Label {
        Text: "text", "文本";
        Letter: "letter", "信件";
        Message: "message", "消息";
        Packet: "packet", "数据包";
        Record: "record", "记录";
        Operation: "operation", "操作";
        Type: "type", "类型";
        Length: "length", "长度";
        KeyLength: "key length", "键的长度";
        Key: "key", "键";
        Int: "int", "整数";
        Float: "float", "浮点数";
        Bool: "bool", "布尔值";
        Bytes: "bytes", "字节串";
        Elements: "elements", "元素";
        Element: "element", "单个元素";
        Entries: "entries", "条目";
        Entry: "entry", "单个条目";
        Padding: "padding", "填充";
        Iv: "iv", "初始化向量";
        Digest: "digest", "摘要";
        Body: "body", "密文";
        Payload: "payload", "载荷";
        EncryptedPayload: "encrypted payload", "加密的载荷";
        ContentType: "content type", "内容类型";
        LegacyVersion: "legacy version", "旧版本号";
        EncryptedRecord: "encrypted record", "加密的记录";
        Tag: "authentication tag", "认证标签";
        NotDecoded: "not decoded", "未解码";
    }
}

texts! {
    /// What is said about a field.
    pub enum Note {
        None: "none", "无";
        Int: "int", "整数";
        Float: "float", "浮点数";
        Str: "str", "字符串";
        List: "list", "列表";
        Dict: "dict", "字典";
        Bool: "bool", "布尔值";
        Bytes: "bytes", "字节串";
        Unknown: "unknown", "未知";
        Follow: "bytes follow", "个字节在后面";
        OfBody: "bytes of body", "字节密文";
        Fill: "zero bytes at its end are fill", "个末尾的零字节是填充";
        Block: "1 block encrypted", "1 块密文";
        Blocks: "{count} blocks encrypted", "{count} 块密文";
        Sealed: "HMAC-SHA256 with the message's own key", "用这条消息自己的密钥算出的 HMAC-SHA256";
        Keyed: "HMAC-SHA256 with the direction's key and the packet's number", "用该方向的密钥和包序号算出的 HMAC-SHA256";
        Md5: "MD5 of the body, in hexadecimal digits: no key is in it", "密文的 MD5，十六进制数字：其中没有密钥";
    }
}

/// The name of a field, in the language of the screen.
#[must_use]
pub fn label(lang: Lang, label: &str) -> &str {
    let row = Label::ALL.iter().filter(|_| lang == Lang::Zh).find(|(_, english, _)| *english == label);
    row.map_or(label, |(.., chinese)| chinese)
}

/// What is said about a field, in the language of the screen.
#[must_use]
pub fn note(lang: Lang, note: &str) -> String {
    said::in_chinese(lang, note, &[Note::ALL]).unwrap_or_else(|| note.to_owned())
}
