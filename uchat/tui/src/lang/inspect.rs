//! The inspector: names of layers, and what each field is for.

use super::texts;
use uchat_protocol::inspect::Kind;

texts! {
    /// Sentences of the inspector.
    pub enum Inspect {
        Title: "Inside this message", "消息内部";
        Keys: "←→ byte · ↑↓ layer · ctrl-←→ field", "←→ 字节 · ↑↓ 层 · ctrl-←→ 字段";
        Nothing: "Select a message, and see here what it is made of.", "选择一条消息，这里会显示它的内部结构。";
        Asked: "Looking…", "正在查找…";
        Gone: "This message has not travelled since the program began, so its bytes are not here. Send one, or wait for one.", "程序启动以来这条消息没有传输过，因此没有它的字节。发送或等待一条新消息即可。";
        Bytes: "bytes {place}", "字节 {place}";
        Length: "{count} bytes", "{count} 字节";

        Text: "text", "文本";
        TextAbout: "what the person wrote, in UTF-8", "用户写下的内容，UTF-8 编码";
        Letter: "letter", "信件";
        LetterAbout: "what is encrypted from end to end: only the receivers see it", "端到端加密的内容：只有接收者能看到";
        Sealed: "sealed packet", "密封数据包";
        SealedAbout: "the letter, encrypted: the server keeps it and cannot open it", "加密后的信件：服务器保存它，但打不开";
        Messages: "messages", "协议消息";
        MessagesAbout: "operation and value: what client and server say to each other", "操作码和值：客户端与服务器之间的对话";
        Frame: "frame", "帧";
        FrameAbout: "lesson 4: a length before each message, everything readable", "第 4 课：每条消息前有长度，全部可读";
        Rc4Frame: "frame under RC4", "RC4 加密的帧";
        Rc4FrameAbout: "lesson 5: each byte xor one byte of the key stream", "第 5 课：每个字节与密钥流的一个字节异或";
        Packet: "packet", "数据包";
        PacketAbout: "lesson 6: AES-CBC, and an MD5 digest without a key", "第 6 课：AES-CBC，摘要是没有密钥的 MD5";
        KeyedPacket: "keyed packet", "带密钥的数据包";
        KeyedPacketAbout: "on the wire: AES-CBC, and a digest that needs a key", "线路上：AES-CBC，摘要需要密钥";
        TlsRecord: "TLS records", "TLS 记录";
        TlsRecordAbout: "on the wire: TLS 1.3, the same as in HTTPS", "线路上：TLS 1.3，与 HTTPS 相同";
    }
}

/// The name of a layer.
#[must_use]
pub fn kind_name(kind: Kind) -> Inspect {
    match kind {
        Kind::Text => Inspect::Text,
        Kind::Letter => Inspect::Letter,
        Kind::Sealed => Inspect::Sealed,
        Kind::Messages => Inspect::Messages,
        Kind::Frame => Inspect::Frame,
        Kind::Rc4Frame => Inspect::Rc4Frame,
        Kind::Packet => Inspect::Packet,
        Kind::KeyedPacket => Inspect::KeyedPacket,
        Kind::TlsRecord => Inspect::TlsRecord,
    }
}

/// What a layer is, in a line.
#[must_use]
pub fn kind_about(kind: Kind) -> Inspect {
    match kind {
        Kind::Text => Inspect::TextAbout,
        Kind::Letter => Inspect::LetterAbout,
        Kind::Sealed => Inspect::SealedAbout,
        Kind::Messages => Inspect::MessagesAbout,
        Kind::Frame => Inspect::FrameAbout,
        Kind::Rc4Frame => Inspect::Rc4FrameAbout,
        Kind::Packet => Inspect::PacketAbout,
        Kind::KeyedPacket => Inspect::KeyedPacketAbout,
        Kind::TlsRecord => Inspect::TlsRecordAbout,
    }
}

texts! {
    /// What a field is for.
    pub enum Explain {
        Text: "The words themselves. Every layer below only carries them, hides them or protects them.", "文字本身。下面的每一层都只是运送、隐藏或保护它。";
        Operation: "What is to be done with the value that follows: its number in the table of operations.", "后面的值要做什么：操作表中的编号。";
        Type: "The type of the value: 0 none, 1 int, 2 float, 3 str, 4 list, 5 dict, 6 bool, 7 bytes.", "值的类型：0 无、1 整数、2 浮点、3 字符串、4 列表、5 字典、6 布尔、7 字节。";
        Length: "How many bytes follow. Without it nobody would know where this ends and the next one begins.", "后面有多少字节。没有它就不知道这里何时结束、下一个何时开始。";
        KeyLength: "How many bytes the name of the entry has.", "条目名称的字节数。";
        Key: "The name of the entry.", "条目的名称。";
        Value: "A value, written as its type says.", "一个值，按其类型书写。";
        Padding: "How many zero bytes fill the last block: AES only encrypts whole blocks of 16 bytes.", "最后一块用多少个零字节填满：AES 只加密 16 字节的整块。";
        Iv: "The initialisation vector: random and new for each packet, so that equal texts do not look equal. TLS 1.1 introduced exactly this.", "初始化向量：每个数据包都是新的随机数，相同的文本看起来就不会相同。TLS 1.1 正是引入了它。";
        Digest: "The digest over the packet. With a key (HMAC) nobody else can make one; without a key (lesson 6) everybody can.", "数据包的摘要。带密钥（HMAC）时别人做不出来；没有密钥（第 6 课）时谁都能做。";
        Body: "The ciphertext. One changed bit of a block changes the whole block of text, and one bit of the next.", "密文。一块中改动一位，会改变整块明文，以及下一块的一位。";
        Payload: "What the frame carries, in clear: everybody on the way reads it.", "帧中的内容，明文：路上的任何人都能读到。";
        Rc4Payload: "What the frame carries under RC4: a flipped bit here flips the same bit of the text, and nobody notices.", "帧中的内容，用 RC4 加密：这里翻转一位，明文同一位也翻转，没人会发现。";
        ContentType: "The kind of record as the outside sees it: 23, application data, whatever is in it.", "外面看到的记录类型：23，应用数据，无论里面是什么。";
        Version: "Always 0303: TLS 1.3 pretends to be TLS 1.2 so that old boxes on the way let it through.", "总是 0303：TLS 1.3 假装成 TLS 1.2，好让路上的旧设备放行。";
        Record: "The ciphertext of an AEAD: hidden and protected by one construction.", "AEAD 的密文：由同一种构造既隐藏又保护。";
        Tag: "The authentication tag of the AEAD: what our keyed digest does, in 16 bytes.", "AEAD 的认证标签：相当于我们带密钥的摘要，16 字节。";
        Undecoded: "Bytes that no decoder has read.", "没有解码器读过的字节。";

        TargetType: "To whom: 0 a friend, 1 a room.", "发给谁：0 好友，1 房间。";
        TargetId: "The number of the friend or the room: the server must know it to deliver.", "好友或房间的编号：服务器要投递就必须知道。";
        Id: "The message's id, made by its sender: if it is sent twice it is stored once.", "消息编号，由发送者生成：即使发送两次也只保存一次。";
        Data: "The text, or the name of a file.", "文本，或文件名。";
        Kind: "What it is: 0 text, 1 image, 2 file, 3 encrypted, 4 the server's own words; 5 to 8 change a message: edit, delete, react, unreact.", "种类：0 文本、1 图片、2 文件、3 加密、4 服务器自己的话；5 到 8 改动一条消息：编辑、删除、回应、撤回回应。";
        Size: "The size of the text in points, as its sender wants it; 0 as usual.", "发送者想要的字号；0 为默认。";
        Colour: "The colour as its sender wants it, #rrggbb; empty as usual.", "发送者想要的颜色，#rrggbb；空为默认。";
        ReplyTo: "The id of the message that this one answers.", "被回复消息的编号。";
        KeyId: "Which chain of keys opens the packet. The key itself went before, in a package that only the receivers can open.", "哪一条密钥链能打开数据包。密钥本身已先行送达，装在只有接收者能打开的包里。";
        Index: "The number of the message in its chain: each has a key of its own, which is wiped after use.", "消息在密钥链中的编号：每条消息有自己的密钥，用后即擦除。";
        SealedPacket: "The sealed packet: the layer above lies in here.", "密封数据包：上一层就在这里面。";
        Signature: "In a room everybody holds the chain's key; only this signature says who wrote.", "房间里人人都有这条链的密钥；只有签名能证明是谁写的。";
        Time: "When, in milliseconds since 1970.", "时间，自 1970 年起的毫秒数。";
        Sender: "Who has sent it, as the server says.", "发送者，由服务器给出。";
        Seq: "The number of the message in the conversation, given by the server: gaps are noticed.", "消息在对话中的序号，由服务器给出：缺失会被发现。";
        Message: "What is said.", "说的内容。";
        File: "Where the file lies on the server, how large it is, and the key that opens it.", "文件在服务器上的位置、大小，以及打开它的密钥。";
    }
}

impl Explain {
    /// By the label that the decoder gave.
    #[must_use]
    pub fn of_label(label: &str) -> Self {
        match label {
            "text" => Self::Text,
            "operation" => Self::Operation,
            "type" => Self::Type,
            "length" => Self::Length,
            "key length" => Self::KeyLength,
            "key" => Self::Key,
            "padding" => Self::Padding,
            "iv" => Self::Iv,
            "digest" => Self::Digest,
            "body" => Self::Body,
            "payload" => Self::Payload,
            "encrypted payload" => Self::Rc4Payload,
            "content type" => Self::ContentType,
            "legacy version" => Self::Version,
            "encrypted record" => Self::Record,
            "authentication tag" => Self::Tag,
            "int" | "float" | "bool" | "bytes" | "elements" | "entries" | "element" | "entry" => Self::Value,
            _ => Self::Undecoded,
        }
    }

    /// By the name of the entry that a value belongs to.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "target_type" => Self::TargetType,
            "target_id" => Self::TargetId,
            "id" => Self::Id,
            "data" => Self::Data,
            "type" => Self::Kind,
            "fontsize" => Self::Size,
            "fontcolor" => Self::Colour,
            "reply_to" => Self::ReplyTo,
            "key_id" => Self::KeyId,
            "index" => Self::Index,
            "packet" => Self::SealedPacket,
            "signature" => Self::Signature,
            "time" => Self::Time,
            "sender_id" | "sender_name" => Self::Sender,
            "seq" => Self::Seq,
            "message" => Self::Message,
            "file" | "name" | "size" | "media_type" | "stored" | "sha256" | "key" => Self::File,
            _ => return None,
        })
    }
}
