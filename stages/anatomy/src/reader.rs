//! Reading fields: in come bytes, out come values, and, if asked for, the span tree.

use crate::{Kind, Labelled, Problem, ReadError, Span};
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
    /// One more than `end`; but 0 while there is a trace. So the one comparison that every read needs
    /// anyway also sends the reads of a traced decoder to the slow path, and without a trace the labels
    /// cost nothing: no test of their own, no type parameter in every decoder.
    fast: usize,
    /// Where the field read last starts; errors about its value point there.
    field: usize,
    trace: Option<Box<Trace>>,
}

/// How a field's bytes are shown.
#[derive(Debug, Clone, Copy)]
enum Show<'n> {
    Number,
    SignedLittleEndian,
    Code(&'n [&'n str]),
    Text,
    Opaque,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` without leaving a trace.
    #[inline]
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let end = bytes.len();
        Self { bytes, at: 0, end, fast: end + 1, field: 0, trace: None }
    }

    /// Reads `bytes` and remembers every field.
    #[must_use]
    pub fn traced(bytes: &'a [u8]) -> Self {
        Self { fast: 0, trace: Some(Box::default()), ..Self::new(bytes) }
    }

    /// Bytes left in the innermost field.
    #[inline]
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.end - self.at
    }

    /// The bytes that [`remaining`](Self::remaining) counts, not read yet: for formats whose next field says
    /// what the group around it is.
    #[inline]
    #[must_use]
    pub fn ahead(&self) -> &'a [u8] {
        &self.bytes[self.at..self.end]
    }

    /// Offset of the next byte in the whole input.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// One byte.
    #[inline]
    pub fn u8(&mut self, label: &'static str) -> Result<u8, ReadError> {
        self.take_array(label, Show::Number).map(u8::from_be_bytes)
    }

    /// One byte that stands for something; `names` says what the numbers from 0 on mean.
    #[inline]
    pub fn code(&mut self, label: &'static str, names: &[&str]) -> Result<u8, ReadError> {
        self.take_array(label, Show::Code(names)).map(u8::from_be_bytes)
    }

    /// Two bytes, big-endian.
    #[inline]
    pub fn u16(&mut self, label: &'static str) -> Result<u16, ReadError> {
        self.take_array(label, Show::Number).map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    #[inline]
    pub fn u32(&mut self, label: &'static str) -> Result<u32, ReadError> {
        self.take_array(label, Show::Number).map(u32::from_be_bytes)
    }

    /// Four bytes, little-endian and signed: what `struct.pack('i', n)` writes on most machines.
    #[inline]
    pub fn i32_little_endian(&mut self, label: &'static str) -> Result<i32, ReadError> {
        self.take_array(label, Show::SignedLittleEndian).map(i32::from_le_bytes)
    }

    /// An integer of `length` bytes (0 to 8), big-endian.
    #[inline]
    pub fn uint(&mut self, length: usize, label: &'static str) -> Result<u64, ReadError> {
        if length > 8 {
            return Err(self.invalid_ahead(label, "has more than 8 bytes"));
        }
        self.take(length, label, Show::Number).map(big_endian)
    }

    /// `N` bytes without a meaning of their own.
    #[inline]
    pub fn array<const N: usize>(&mut self, label: &'static str) -> Result<[u8; N], ReadError> {
        self.take_array(label, Show::Opaque)
    }

    /// `length` bytes without a meaning of their own.
    #[inline]
    pub fn bytes(&mut self, length: usize, label: &'static str) -> Result<&'a [u8], ReadError> {
        self.take(length, label, Show::Opaque)
    }

    /// `length` bytes of UTF-8.
    #[inline]
    pub fn text(&mut self, length: usize, label: &'static str) -> Result<&'a str, ReadError> {
        let bytes = self.take(length, label, Show::Text)?;
        std::str::from_utf8(bytes)
            .map_err(|e| Problem::NotUtf8 { label, offset: self.field + e.valid_up_to() }.into())
    }

    /// All bytes left in the innermost field: shown as text where they are UTF-8.
    pub fn rest(&mut self, label: &'static str) -> &'a [u8] {
        self.take(self.remaining(), label, Show::Text).unwrap_or_default() // what remains is always there
    }

    /// A field of exactly `length` bytes with fields of its own: `read` sees only those bytes and must
    /// use all of them.
    #[inline]
    pub fn nested<T, E: From<ReadError>>(
        &mut self,
        length: usize,
        label: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.limited(length, label, |r| r.group(label, read))
    }

    /// The same without a group of its own in the trace; `label` is for errors.
    #[inline]
    pub fn limited<T, E: From<ReadError>>(
        &mut self,
        length: usize,
        label: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if length > self.remaining() {
            return Err(self.short(label, length).into());
        }
        let outer = self.end;
        self.set_end(self.at + length);
        let value = read(self)?;
        self.finish(label)?;
        self.set_end(outer);
        Ok(value)
    }

    /// Fields that belong together but have no length of their own.
    #[inline]
    pub fn group<T, E>(
        &mut self,
        label: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.fast == 0 { self.traced_group(label, read) } else { read(self) }
    }

    /// Checks that nothing is left in the innermost field.
    #[inline]
    pub fn finish(&self, label: &'static str) -> Result<(), ReadError> {
        match self.remaining() {
            0 => Ok(()),
            count => Err(Problem::LeftOver { label, offset: self.at, count }.into()),
        }
    }

    /// Says something about the field just read. The sentence is only made if there is a trace.
    #[inline]
    pub fn note(&mut self, sentence: impl FnOnce() -> String) {
        if self.fast == 0 {
            self.trace_note(sentence);
        }
    }

    /// The error for the field read last, if the format forbids its value; `problem` completes "`label`
    /// at byte N …".
    #[cold]
    #[must_use]
    pub fn invalid(&self, label: &'static str, problem: impl Into<Cow<'static, str>>) -> ReadError {
        Problem::Invalid { label, offset: self.field, problem: problem.into() }.into()
    }

    /// The same for a field that is about to be read.
    #[cold]
    #[must_use]
    pub fn invalid_ahead(&self, label: &'static str, problem: impl Into<Cow<'static, str>>) -> ReadError {
        Problem::Invalid { label, offset: self.at, problem: problem.into() }.into()
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

    #[inline]
    fn take(&mut self, length: usize, label: &'static str, show: Show<'_>) -> Result<&'a [u8], ReadError> {
        if length < self.fast.saturating_sub(self.at) {
            self.field = self.at;
            self.at += length;
            Ok(&self.bytes[self.field..self.at])
        } else {
            self.take_slowly(length, label, show)
        }
    }

    #[inline]
    fn take_array<const N: usize>(
        &mut self,
        label: &'static str,
        show: Show<'_>,
    ) -> Result<[u8; N], ReadError> {
        match self.take(N, label, show)?.first_chunk() {
            Some(bytes) => Ok(*bytes),
            None => Err(self.short(label, N)), // cannot be: N bytes were taken
        }
    }

    /// A read that is traced, or that goes wrong.
    #[cold]
    #[inline(never)]
    fn take_slowly(
        &mut self,
        length: usize,
        label: &'static str,
        show: Show<'_>,
    ) -> Result<&'a [u8], ReadError> {
        if length > self.remaining() {
            return Err(self.short(label, length));
        }
        self.field = self.at;
        self.at += length;
        let range = self.field..self.at;
        let bytes = &self.bytes[range.clone()];
        if let Some(trace) = &mut self.trace {
            let (kind, note) = show.describe(bytes);
            trace.add(Span { label, range, kind, note, children: Vec::new() });
        }
        Ok(bytes)
    }

    #[cold]
    fn short(&self, label: &'static str, needed: usize) -> ReadError {
        Problem::Short { label, offset: self.at, needed, available: self.remaining() }.into()
    }

    #[inline]
    fn set_end(&mut self, end: usize) {
        self.end = end;
        if self.fast != 0 {
            self.fast = end + 1;
        }
    }

    #[cold]
    #[inline(never)]
    fn traced_group<T, E>(
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

    #[cold]
    #[inline(never)]
    fn trace_note(&mut self, sentence: impl FnOnce() -> String) {
        if let Some(span) = self.trace.as_mut().and_then(|trace| trace.last()) {
            span.note = Some(sentence());
        }
    }
}

impl Show<'_> {
    fn describe(self, bytes: &[u8]) -> (Kind, Option<String>) {
        match self {
            Self::Number => (Kind::Number(big_endian(bytes).into()), None),
            Self::SignedLittleEndian => {
                let value = bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes));
                (Kind::Number(value.into()), None)
            }
            Self::Code(names) => {
                let value = big_endian(bytes);
                let name = usize::try_from(value).ok().and_then(|n| names.get(n)).copied();
                (Kind::Number(value.into()), Some(name.unwrap_or("unknown").to_owned()))
            }
            Self::Text if std::str::from_utf8(bytes).is_ok() => (Kind::Text, None),
            Self::Text | Self::Opaque => (Kind::Opaque, None),
        }
    }
}

/// The number in at most eight bytes.
#[inline]
fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// The tree while it grows: the finished spans of every group that is still open, outermost first.
#[derive(Debug, Default)]
struct Trace {
    done: Vec<Span>,
    open: Vec<Span>,
}

impl Trace {
    fn add(&mut self, span: Span) {
        match self.open.last_mut() {
            Some(group) => group.children.push(span),
            None => self.done.push(span),
        }
    }

    fn open(&mut self, label: &'static str, at: usize) {
        self.open.push(Span { label, range: at..at, kind: Kind::Group, note: None, children: Vec::new() });
    }

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
