//! From a line to a command, with errors that name the field.

use crate::core::Command;
use serde_json::{Map, Value};
use uchat_protocol::{Code, Refusal};

/// A line that was read: its id, to be sent back with the answer, and what it asks for.
pub(super) struct Line {
    /// A number or a string; null if the line has none that can be read.
    pub(super) id: Value,
    /// The command, or why there is none.
    pub(super) command: Result<Command, Refusal>,
}

/// Reads a line. Fields that are not known are passed over.
pub(super) fn parse(line: &[u8]) -> Line {
    let nothing = |refusal| Line { id: Value::Null, command: Err(refusal) };
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => {
            let text = format!("this line is not UTF-8 from byte {} on", error.valid_up_to() + 1);
            return nothing(Refusal::because(Code::BadJson, text));
        }
    };
    let mut fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => {
            let text = format!("this line must be a JSON object {{…}}, not {}", kind(&other));
            return nothing(Refusal::because(Code::BadJson, text));
        }
        Err(error) => {
            return nothing(Refusal::because(Code::BadJson, format!("this line is not JSON: {error}")));
        }
    };
    match fields.remove("id") {
        Some(id @ (Value::Number(_) | Value::String(_))) => Line { id, command: command(fields) },
        None | Some(Value::Null) => nothing(Refusal::field(Code::BadField, "id", "is missing")),
        Some(other) => {
            let rule = format!("must be a number or a string, not {}", kind(&other));
            nothing(Refusal::field(Code::BadField, "id", rule))
        }
    }
}

/// The command that these fields are.
fn command(fields: Map<String, Value>) -> Result<Command, Refusal> {
    let verb = match fields.get("do") {
        Some(Value::String(verb)) => verb.clone(),
        None => return Err(Refusal::field(Code::BadField, "do", "is missing")),
        Some(other) => {
            let rule = format!("must be a string, not {}", kind(other));
            return Err(Refusal::field(Code::BadField, "do", rule));
        }
    };
    let Err(error) = read(fields.clone()) else {
        return read(fields).map_err(|rule| Refusal::because(Code::BadField, rule));
    };
    let alone = Map::from_iter([("do".to_owned(), Value::String(verb.clone()))]);
    if read(alone).is_err_and(|error| error.starts_with("unknown variant")) {
        let text = format!("there is no verb `{}`; `uchat run --help` lists them", verb.escape_debug());
        return Err(Refusal::because(Code::UnknownVerb, text));
    }
    if let Some(name) = error.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return Err(Refusal::field(Code::BadField, name, "is missing"));
    }
    // serde does not say where in a tagged enum it stumbled: at the field without which it stumbles no more, or
    // over something else.
    let culprit = fields.keys().find(|&name| {
        let mut others = fields.clone();
        others.remove(name);
        name != "do" && read(others).err().as_ref() != Some(&error)
    });
    match culprit {
        Some(name) => Err(Refusal::field(Code::BadField, name, rule(&error))),
        None => Err(Refusal::because(Code::BadField, rule(&error))),
    }
}

fn read(fields: Map<String, Value>) -> Result<Command, String> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())
}

/// serde's sentence as a rule.
fn rule(error: &str) -> String {
    let got = ["invalid type: ", "invalid value: "].iter().find_map(|start| error.strip_prefix(start));
    match got.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((got, expected)) => {
            let expected = match expected {
                "u8" => "a number from 0 to 255",
                "u32" => "a number from 0 to 4294967295",
                "u64" => "a number from 0 on",
                "string or map" => r#"{"user": name} or {"room": number}"#,
                other => other,
            };
            format!("must be {expected}, not {got}")
        }
        None => match error.strip_prefix("unknown variant ") {
            Some(rest) => format!("cannot be {rest}"),
            None => error.to_owned(),
        },
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;
    use crate::core::With;

    fn refused(line: &str) -> (Value, Refusal) {
        let Line { id, command } = parse(line.as_bytes());
        (id, command.unwrap_err())
    }

    #[test]
    fn a_command_is_read_and_fields_that_are_not_known_are_passed_over() {
        let line = parse(br#"{"id":7,"do":"send","to":{"user":"bob"},"text":"hi","more":[1]}"#);
        assert_eq!(line.id, 7);
        let Ok(Command::Send { to, text, fontsize, reply_to, .. }) = line.command else { panic!("a send") };
        assert_eq!((to, text.as_str(), fontsize, reply_to), (With::User("bob".into()), "hi", 0, None));
        let line = parse(br#"{"id":"a","do":"contacts"}"#);
        assert_eq!((line.id, line.command.unwrap()), (Value::from("a"), Command::Contacts {}));
    }

    #[test]
    fn what_cannot_be_read_has_no_id() {
        for line in
            ["", "{", "[1]", "7", "null", "{} {}", r#"{"do":"contacts"}"#, r#"{"id":[1],"do":"contacts"}"#]
        {
            assert_eq!(refused(line).0, Value::Null, "{line}");
        }
        let line = parse(b"{\"id\":1,\"do\":\"\xff\"}");
        assert!(line.command.unwrap_err().text.contains("UTF-8 from byte 15"));
    }

    #[test]
    fn an_unknown_verb_is_told_with_the_id() {
        let (id, refusal) = refused(r#"{"id":1,"do":"fly"}"#);
        assert_eq!((id, refusal.code), (Value::from(1), Code::UnknownVerb));
    }

    #[test]
    fn errors_name_the_field_and_the_rule() {
        for (line, field, rule) in [
            (r#"{"id":1}"#, "do", "is missing"),
            (r#"{"id":1,"do":5}"#, "do", "must be a string"),
            (r#"{"id":1,"do":"search"}"#, "text", "is missing"),
            (r#"{"id":1,"do":"search","text":5}"#, "text", "must be a string, not integer `5`"),
            (r#"{"id":1,"do":"send","to":5,"text":"x"}"#, "to", "must be"),
            (r#"{"id":1,"do":"send","to":{"user":5},"text":"x"}"#, "to", "must be a string"),
            (r#"{"id":1,"do":"send","to":{"dog":"b"},"text":"x"}"#, "to", "`dog`"),
            (r#"{"id":1,"do":"send","to":{"user":"b"},"text":"x","fontsize":300}"#, "fontsize", "255"),
            (r#"{"id":1,"do":"join_room","room":-1}"#, "room", "must be a number from 0 on"),
            (r#"{"id":1,"do":"join_room","room":1.5}"#, "room", "must be a number"),
            (r#"{"id":1,"do":"retry","message_id":"xyz"}"#, "message_id", "32 hexadecimal digits"),
            (r#"{"id":1,"do":"edit","message_id":"00112233445566778899aabbccddeeff"}"#, "text", "is missing"),
            (r#"{"id":1,"do":"delete"}"#, "message_id", "is missing"),
            (r#"{"id":1,"do":"answer_friend","username":"b","answer":"maybe"}"#, "answer", "`maybe`"),
        ] {
            let (id, refusal) = refused(line);
            assert_eq!((id, refusal.code), (Value::from(1), Code::BadField), "{line}: {refusal}");
            assert_eq!(refusal.field.as_deref(), Some(field), "{line}: {refusal}");
            assert!(refusal.text.contains(rule), "{line}: {refusal}");
        }
    }
}
