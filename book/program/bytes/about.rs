//! What each message of a handshake is for, in words: the same for ours and for TLS's, where both have it.

/// The words about a message of this name; nothing for names that are not known.
pub(super) fn of(name: &str) -> &'static str {
    ABOUT.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about)
}

const ABOUT: &[(&str, &str)] = &[
    (
        "client_hello",
        "The client begins, and gives its public value at once, so one round trip is saved. Everything here travels in \
         clear.",
    ),
    (
        "server_hello",
        "The server's public value. From here on both have the handshake keys, and everything is encrypted.",
    ),
    (
        "encrypted_extensions",
        "What the server wants to see: the access key, for which it sends stage 2's challenge, and a certificate.",
    ),
    (
        "server certificate",
        "Who the server is: its certificate, then the CA's. Encrypted, so the path does not see it; but not yet \
         proved, for a certificate can be copied.",
    ),
    (
        "server certificate_verify",
        "The proof: a signature over everything so far, both public values included. Whoever sits in between has other \
         public values, and no key to sign them with.",
    ),
    (
        "server finished",
        "An HMAC over everything so far, under a key that both have derived. It proves that both have seen the same \
         handshake and have the same keys.",
    ),
    (
        "access",
        "Stage 2's answer, bound to this handshake by its digest: passed on into another connection it is wrong. TLS has \
         no such message.",
    ),
    ("client certificate", "Who the client is, if the server wants to know."),
    (
        "client certificate_verify",
        "The same proof by the client, with its own context, so that neither can be taken for the other.",
    ),
    (
        "client finished",
        "The client has seen the same. After this packet both sides go over to the application keys.",
    ),
    (
        "message",
        "The first message, under the client's application keys, as packet number 0. The number is under the digest and \
         does not travel.",
    ),
    ("answer", "The server's first packet under its own application keys: number 0 again, and another key."),
    (
        "ClientHello",
        "The client offers versions, cipher suites, groups and signatures, and its public value for the group that it \
         thinks likely. The name of the host is in it, in clear.",
    ),
    ("ServerHello", "What the server chose, and its public value. From here on everything is encrypted."),
    (
        "change_cipher_spec",
        "It means nothing. It is sent so that old machines on the path take the connection for TLS 1.2 and let it pass \
         (RFC 8446, appendix D.4).",
    ),
    ("EncryptedExtensions", "Answers to the offers that need not be public: here, what is spoken inside."),
    (
        "CertificateRequest",
        "The server wants a certificate from the client. Ours is one bit in encrypted_extensions.",
    ),
    (
        "server Certificate",
        "The server's certificate. TLS does not have to send the CA's: the client has it.",
    ),
    ("server CertificateVerify", "The signature over the transcript: RSA-PSS here, PKCS #1 v1.5 in ours."),
    ("server Finished", "An HMAC over the transcript, as in ours."),
    ("client Certificate", "The client's certificate, as the server has asked for it."),
    ("client CertificateVerify", "The same proof by the client."),
    ("client Finished", "The client has seen the same. The application keys come next."),
    (
        "NewSessionTicket",
        "A ticket to go on later without certificates. Ours has no such thing; the messenger switches it off in TLS, too.",
    ),
    (
        "request",
        "HTTP, under the client's application key. Behind the text stand the record's true type and the tag.",
    ),
    (
        "response",
        "The answer: head and page. The tag lets the client find any change before it shows anything.",
    ),
    (
        "close_notify",
        "The end, said inside the encryption, so that nobody on the path can cut the answer short unseen.",
    ),
];
