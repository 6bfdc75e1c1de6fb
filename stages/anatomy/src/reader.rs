//! Reading fields: in come bytes, out come values, and, if asked for, the span tree.

use crate::{Kind, Labelled, ReadError, Span};
use std::borrow::Cow;

/// A cursor over bytes. Integers are big-endian ("network order") unless the method says otherwise.
///
/// Reading never goes past the end of the innermost [`nested`](Reader::nested) field, never allocates
/// while the trace is off, and every error names the field it happened in.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
    /// Where the field read last starts; errors about its value point there.
    field: usize,
    // Off in the product. A plain `Option` and not a type parameter, so that decoders stay free of generics.
    trace: Option<Box<Trace>>,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` without leaving a trace.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, end: bytes.len(), field: 0, trace: None }
    }

    /// Reads `bytes` and remembers every field.
    #[must_use]
    pub fn traced(bytes: &'a [u8]) -> Self {
        Self { trace: Some(Box::default()), ..Self::new(bytes) }
    }

    /// Bytes left in the innermost field.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.end - self.at
    }

    /// Offset of the next byte in the whole input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// One byte.
    pub fn u8(&mut self, label: &'static str) -> Result<u8, ReadError> {
        let [value] = self.take_array(label)?;
        self.number(label, 1, i128::from(value));
        Ok(value)
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self, label: &'static str) -> Result<u16, ReadError> {
        let value = u16::from_be_bytes(self.take_array(label)?);
        self.number(label, 2, i128::from(value));
        Ok(value)
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self, label: &'static str) -> Result<u32, ReadError> {
        let value = u32::from_be_bytes(self.take_array(label)?);
        self.number(label, 4, i128::from(value));
        Ok(value)
    }

    /// Four bytes, little-endian and signed: what `struct.pack('i', n)` writes on most machines.
    pub fn i32_little_endian(&mut self, label: &'static str) -> Result<i32, ReadError> {
        let value = i32::from_le_bytes(self.take_array(label)?);
        self.number(label, 4, i128::from(value));
        Ok(value)
    }

    /// An integer of `length` bytes (0 to 8), big-endian.
    pub fn uint(&mut self, length: usize, label: &'static str) -> Result<u64, ReadError> {
        if length > 8 {
            return Err(self.invalid_ahead(label, "has more than 8 bytes"));
        }
        let value = self.take(length, label)?.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        self.number(label, length, i128::from(value));
        Ok(value)
    }

    /// `N` bytes without a meaning of their own.
    pub fn array<const N: usize>(&mut self, label: &'static str) -> Result<[u8; N], ReadError> {
        let value = self.take_array(label)?;
        self.leaf(label, N, Kind::Opaque);
        Ok(value)
    }

    /// `length` bytes without a meaning of their own.
    pub fn bytes(&mut self, length: usize, label: &'static str) -> Result<&'a [u8], ReadError> {
        let value = self.take(length, label)?;
        self.leaf(label, length, Kind::Opaque);
        Ok(value)
    }

    /// `length` bytes of UTF-8.
    pub fn text(&mut self, length: usize, label: &'static str) -> Result<&'a str, ReadError> {
        let start = self.at;
        let value = std::str::from_utf8(self.take(length, label)?)
            .map_err(|e| ReadError::NotUtf8 { label, offset: start + e.valid_up_to() })?;
        self.leaf(label, length, Kind::Text);
        Ok(value)
    }

    /// All bytes left in the innermost field: shown as text where they are UTF-8.
    pub fn rest(&mut self, label: &'static str) -> &'a [u8] {
        let value = &self.bytes[self.at..self.end];
        self.at = self.end;
        if self.trace.is_some() {
            let kind = if std::str::from_utf8(value).is_ok() { Kind::Text } else { Kind::Opaque };
            self.leaf(label, value.len(), kind);
        }
        value
    }

    /// A field of exactly `length` bytes with fields of its own: `read` sees only those bytes and must
    /// use all of them.
    pub fn nested<T, E: From<ReadError>>(
        &mut self,
        length: usize,
        label: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if length > self.remaining() {
            return Err(self.short(label, length).into());
        }
        let outer = std::mem::replace(&mut self.end, self.at + length);
        let value = self.group(label, read)?;
        self.finish(label)?;
        self.end = outer;
        Ok(value)
    }

    /// Fields that belong together but have no length of their own.
    pub fn group<T, E>(
        &mut self,
        label: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(trace) = &mut self.trace {
            trace.open(label, self.at);
        }
        // On an error the group stays open on purpose: `into_labelled` then shows how far decoding came.
        let value = read(self)?;
        if let Some(trace) = &mut self.trace {
            trace.close(self.at);
        }
        Ok(value)
    }

    /// Checks that nothing is left in the innermost field.
    pub fn finish(&self, label: &'static str) -> Result<(), ReadError> {
        match self.remaining() {
            0 => Ok(()),
            count => Err(ReadError::LeftOver { label, offset: self.at, count }),
        }
    }

    /// Says something about the field just read. The sentence is only made if there is a trace.
    pub fn note(&mut self, sentence: impl FnOnce() -> String) {
        if let Some(span) = self.trace.as_mut().and_then(|trace| trace.last()) {
            span.note = Some(sentence());
        }
    }

    /// The error for the field read last, if the format forbids its value; `problem` completes "`label`
    /// at byte N …".
    #[must_use]
    pub fn invalid(&self, label: &'static str, problem: impl Into<Cow<'static, str>>) -> ReadError {
        ReadError::Invalid { label, offset: self.field, problem: problem.into() }
    }

    /// The same for a field that is about to be read.
    #[must_use]
    pub fn invalid_ahead(&self, label: &'static str, problem: impl Into<Cow<'static, str>>) -> ReadError {
        ReadError::Invalid { label, offset: self.at, problem: problem.into() }
    }

    /// The input with its spans; bytes that nobody read are labelled `not decoded`.
    #[must_use]
    pub fn into_labelled(self) -> Labelled {
        let mut spans = self.trace.map(|trace| trace.into_spans(self.at)).unwrap_or_default();
        if self.at < self.bytes.len() {
            let range = self.at..self.bytes.len();
            spans.push(Span {
                label: "not decoded",
                range,
                kind: Kind::Opaque,
                note: None,
                children: vec![],
            });
        }
        Labelled { bytes: self.bytes.to_vec(), spans }
    }

    fn take(&mut self, length: usize, label: &'static str) -> Result<&'a [u8], ReadError> {
        if length > self.remaining() {
            return Err(self.short(label, length));
        }
        let value = &self.bytes[self.at..self.at + length];
        self.field = self.at;
        self.at += length;
        Ok(value)
    }

    fn take_array<const N: usize>(&mut self, label: &'static str) -> Result<[u8; N], ReadError> {
        match self.bytes[self.at..self.end].first_chunk() {
            Some(value) => {
                self.field = self.at;
                self.at += N;
                Ok(*value)
            }
            None => Err(self.short(label, N)),
        }
    }

    #[cold]
    fn short(&self, label: &'static str, needed: usize) -> ReadError {
        ReadError::Short { label, offset: self.at, needed, available: self.remaining() }
    }

    #[inline]
    fn number(&mut self, label: &'static str, length: usize, value: i128) {
        self.leaf(label, length, Kind::Number(value));
    }

    #[inline]
    fn leaf(&mut self, label: &'static str, length: usize, kind: Kind) {
        if let Some(trace) = &mut self.trace {
            let range = self.at - length..self.at;
            trace.add(Span { label, range, kind, note: None, children: Vec::new() });
        }
    }
}

/// The tree while it grows: the finished spans of every group that is still open, outermost first.
#[derive(Debug, Default)]
struct Trace {
    done: Vec<Span>,
    open: Vec<Span>,
}

impl Trace {
    #[cold]
    fn add(&mut self, span: Span) {
        match self.open.last_mut() {
            Some(group) => group.children.push(span),
            None => self.done.push(span),
        }
    }

    #[cold]
    fn open(&mut self, label: &'static str, at: usize) {
        self.open.push(Span { label, range: at..at, kind: Kind::Group, note: None, children: Vec::new() });
    }

    #[cold]
    fn close(&mut self, at: usize) {
        if let Some(mut group) = self.open.pop() {
            group.range.end = at;
            self.add(group);
        }
    }

    /// The field read last: a finished one, or the group that was just opened.
    fn last(&mut self) -> Option<&mut Span> {
        match self.open.last_mut() {
            Some(group) if group.children.is_empty() => Some(group),
            Some(group) => group.children.last_mut(),
            None => self.done.last_mut(),
        }
    }

    fn into_spans(mut self, at: usize) -> Vec<Span> {
        while !self.open.is_empty() {
            self.close(at);
        }
        self.done
    }
}
