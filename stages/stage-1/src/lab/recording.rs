//! A recorded session as a text file: who sent which bytes, in order.

use super::{Direction, Failure, hex, io_failure, unhex};
use std::io::Read;
use std::path::Path;

/// The bytes of one connection in the order in which they were seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// Each read, with its direction.
    pub chunks: Vec<(Direction, Vec<u8>)>,
}

impl Recording {
    /// The file's text: a heading, then a line per read, `client` or `server` and the bytes in hexadecimal.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADING}\n");
        for (direction, bytes) in &self.chunks {
            text.push_str(sender(*direction));
            text.push(' ');
            text.push_str(&hex(bytes));
            text.push('\n');
        }
        text
    }

    /// Reads the text back; the error says which line is wrong.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, line)| line != HEADING) {
            return Err(Failure::new(format!("this is not a recording: its first line is not `{HEADING}`")));
        }
        let mut chunks = Vec::new();
        for (n, line) in lines {
            let chunk = line.split_once(' ').and_then(|(who, digits)| {
                let direction = DIRECTIONS.into_iter().find(|direction| sender(*direction) == who)?;
                Some((direction, unhex(digits)?))
            });
            chunks.push(chunk.ok_or_else(|| {
                Failure::new(format!("line {} of the recording is not `client HEX` or `server HEX`", n + 1))
            })?);
        }
        Ok(Self { chunks })
    }

    /// Writes the file.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        std::fs::write(path, self.to_text())
            .map_err(|e| io_failure(&format!("cannot write the recording {}", path.display()), &e))
    }

    /// Reads a file of at most 64 MiB.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let failed = |e| io_failure(&format!("cannot read the recording {}", path.display()), &e);
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > MAX_FILE {
            return Err(Failure::new(format!("the recording {} is larger than 64 MiB", path.display())));
        }
        Self::parse(&text)
    }
}

fn sender(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "client",
        Direction::ToClient => "server",
    }
}

const DIRECTIONS: [Direction; 2] = [Direction::ToServer, Direction::ToClient];
const HEADING: &str = "# recorded session 1";
const MAX_FILE: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_survives_being_written_and_read() {
        let chunks = vec![(Direction::ToClient, vec![0, 255]), (Direction::ToServer, vec![])];
        let recording = Recording { chunks };
        assert_eq!(Recording::parse(&recording.to_text()), Ok(recording));
    }

    #[test]
    fn a_wrong_line_is_named() {
        for line in ["client 0", "client zz", "mallory 00", "client", "client é"] {
            let error = Recording::parse(&format!("{HEADING}\nclient 00\n{line}\n")).unwrap_err();
            assert!(error.to_string().contains("line 3"), "{line}: {error}");
        }
        assert!(Recording::parse("").is_err());
    }
}
