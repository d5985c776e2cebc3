//! The file of an import job: cut into parts of whole rows as it arrives, each a record and later a write.

use serde::{Deserialize, Serialize};

use super::job::{File, ImportJob};
use crate::entity::{Entity, Kind};
use crate::time::Time;

/// The largest file in bytes.
pub const MAX_BYTES: usize = 100 * 1024 * 1024;

/// How long a part is, roughly: about a hundred users, whose write takes no longer than others can wait.
const PART: usize = 16 * 1024;
/// The longest line in bytes: a row has 16,000 characters of at most four bytes.
const LINE: usize = 4 * super::row::MAX_CHARACTERS + 2;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The pool.
    pub pool_id: String,
    /// The job.
    pub job_id: String,
    /// The upload.
    pub upload: String,
    /// Its place in the file, from 0.
    pub number: u32,
    /// The number of its first line, from 1.
    pub line: u32,
    /// Whole lines.
    pub text: String,
    /// When it is of no use any more.
    pub expires: Time,
}

impl Part {
    /// The record key of a part of the file of a job.
    pub fn key_of(job: &ImportJob, file: &File, number: u32) -> String {
        key(&job.pool_id, &job.id, &file.upload, number)
    }
}

fn key(pool_id: &str, job_id: &str, upload: &str, number: u32) -> String {
    format!("{pool_id}/{job_id}/{upload}/{number}")
}

impl Entity for Part {
    const KIND: Kind = Kind::ImportPart;

    fn key(&self) -> String {
        key(&self.pool_id, &self.job_id, &self.upload, self.number)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires)
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It has more than [`MAX_BYTES`].
    #[error("the file is too large")]
    TooLarge,
    /// A line is longer than any row may be.
    #[error("a line is too long")]
    LongLine,
    /// It is not UTF-8.
    #[error("the file is not UTF-8")]
    NotUtf8,
}

/// Cuts a file into parts.
pub struct Cutter {
    pool_id: String,
    job_id: String,
    upload: String,
    expires: Time,
    number: u32,
    line: u32,
    bytes: usize,
    rest: Vec<u8>,
}

impl Cutter {
    /// The cutter of one upload.
    pub fn new(job: &ImportJob, upload: String) -> Self {
        Self {
            pool_id: job.pool_id.clone(),
            job_id: job.id.clone(),
            upload,
            expires: job.file_expires(),
            number: 0,
            line: 1,
            bytes: 0,
            rest: Vec::new(),
        }
    }

    /// Takes what has arrived, and gives the parts that are whole.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Part>, FileError> {
        self.bytes += bytes.len();
        if self.bytes > MAX_BYTES {
            return Err(FileError::TooLarge);
        }
        self.rest.extend_from_slice(bytes);
        let mut parts = Vec::new();
        let mut begin = 0;
        while let Some(length) = whole(&self.rest[begin..])? {
            let text = self.rest[begin..begin + length].to_vec();
            parts.push(self.part(text)?);
            begin += length;
        }
        self.rest.drain(..begin);
        Ok(parts)
    }

    /// Gives the last part, if there is one.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn finish(&mut self) -> Result<Option<Part>, FileError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() { Ok(None) } else { self.part(rest).map(Some) }
    }

    /// The file of the parts that were given.
    pub fn file(&self) -> File {
        File { upload: self.upload.clone(), parts: self.number, lines: self.line - 1 }
    }

    fn part(&mut self, text: Vec<u8>) -> Result<Part, FileError> {
        let text = String::from_utf8(text).map_err(|_| FileError::NotUtf8)?;
        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += u32::try_from(text.lines().count()).map_err(|_| FileError::TooLarge)?;
        Ok(Part {
            pool_id: self.pool_id.clone(),
            job_id: self.job_id.clone(),
            upload: self.upload.clone(),
            number,
            line,
            text,
            expires: self.expires,
        })
    }
}

/// The length of the whole lines at the beginning that make a part, if there is enough for one.
fn whole(bytes: &[u8]) -> Result<Option<usize>, FileError> {
    let Some(head) = bytes.get(..PART) else { return Ok(None) };
    let newline = |byte: &u8| *byte == b'\n';
    let end = head.iter().rposition(newline).or_else(|| bytes.iter().take(LINE).position(newline));
    match end {
        Some(end) => Ok(Some(end + 1)),
        None if bytes.len() >= LINE => Err(FileError::LongLine),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn cutter() -> Cutter {
        let pool = testing::pool(json!({}));
        let job = ImportJob::new(&pool, "import-1".to_owned(), "job".to_owned(), "arn".to_owned(), Time(0));
        Cutter::new(&job, "up".to_owned())
    }

    /// Cuts a file that arrives in pieces of this size.
    fn cut(file: &[u8], size: usize) -> Result<Vec<Part>, FileError> {
        let mut cutter = cutter();
        let mut parts = Vec::new();
        for piece in file.chunks(size) {
            parts.extend(cutter.push(piece)?);
        }
        parts.extend(cutter.finish()?);
        let lines = parts.iter().map(|part| part.text.lines().count() as u32).sum();
        assert_eq!(cutter.file(), File { upload: "up".to_owned(), parts: parts.len() as u32, lines });
        Ok(parts)
    }

    #[test]
    fn parts_are_whole_lines_however_they_arrive() {
        let file: String = (1..=2_000).map(|number| format!("row {number} \u{e4}\u{1f600}\r\n")).collect();
        for size in [1, 1000, 16 * 1024, 1 << 20] {
            let parts = cut(file.as_bytes(), size).unwrap();
            assert_eq!(parts.len(), 3, "{size}");
            assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), file);
            for (number, part) in parts.iter().enumerate() {
                assert_eq!(part.key(), format!("us-east-1_AbCdEf123/import-1/up/{number}"));
                assert!(part.text.starts_with(&format!("row {} ", part.line)), "{size} {number}");
            }
        }
    }

    #[test]
    fn the_end_of_the_file() {
        let check = |file: &str, expected: &[&str]| {
            let parts = cut(file.as_bytes(), 5).unwrap();
            assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>(), expected);
        };
        check("", &[]);
        check("a,b\nc,d", &["a,b\nc,d"]);
        check("\n", &["\n"]);
    }

    #[test]
    fn long_lines() {
        let line = "x".repeat(LINE - 2) + "\r\n";
        let parts = cut(format!("a\n{line}b").as_bytes(), 4096).unwrap();
        assert_eq!(parts.iter().map(|part| part.line).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(
            cut(format!("{line}b").repeat(2).replace("\r\n", "").as_bytes(), 4096),
            Err(FileError::LongLine)
        );
    }

    #[test]
    fn refusals() {
        assert_eq!(cut(b"a,\xff\n", 3), Err(FileError::NotUtf8));
        let mut cutter = cutter();
        let row = b"abcdefg\n".repeat(8 * 1024);
        for _ in 0..MAX_BYTES / row.len() {
            cutter.push(&row).unwrap();
        }
        assert_eq!(cutter.push(b"\n"), Err(FileError::TooLarge));
    }
}
