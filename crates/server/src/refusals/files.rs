//! The journal's files: `refusals.jsonl`, and `refusals.1.jsonl` before it. One JSON object a line.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::Refusal;

/// Each file ends at this many bytes; then it becomes the previous one.
pub(super) const FILE_LIMIT: u64 = 8 << 20;
const CURRENT: &str = "refusals.jsonl";
const PREVIOUS: &str = "refusals.1.jsonl";

/// Appends lines and keeps the files within their bound.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    file: File,
    size: u64,
    limit: u64,
}

impl Files {
    pub(super) fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        let path = folder.join(CURRENT);
        let file = private().append(true).create(true).open(&path)?;
        let size = file.metadata()?.len();
        let mut files = Self { folder: folder.to_owned(), file, size, limit };
        files.end_torn_line()?;
        Ok(files)
    }

    /// Appends whole lines, in one write.
    pub(super) fn append(&mut self, batch: &str) -> io::Result<()> {
        if self.size > 0 && self.size + batch.len() as u64 > self.limit {
            fs::rename(self.folder.join(CURRENT), self.folder.join(PREVIOUS))?;
            self.file = private().append(true).create(true).open(self.folder.join(CURRENT))?;
            self.size = 0;
        }
        self.file.write_all(batch.as_bytes())?;
        self.size += batch.len() as u64;
        Ok(())
    }

    /// A process that was killed may have left half a line: close it, so that the next record stands alone.
    fn end_torn_line(&mut self) -> io::Result<()> {
        if self.size == 0 {
            return Ok(());
        }
        let mut last = [0];
        let mut reader = File::open(self.folder.join(CURRENT))?;
        reader.seek(SeekFrom::End(-1))?;
        reader.read_exact(&mut last)?;
        if last != *b"\n" { self.append("\n") } else { Ok(()) }
    }
}

/// Readable by the owner alone: records name clients and certificates.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The newest record with this request id in the files of a data folder.
///
/// # Errors
/// When a file is there but cannot be read.
pub fn find_in_folder(folder: &Path, request_id: &str) -> io::Result<Option<Refusal>> {
    let needle = serde_json::to_string(request_id)?;
    for name in [CURRENT, PREVIOUS] {
        let Some(reader) = open(&folder.join(name))? else { continue };
        let mut found = None;
        for line in reader.split(b'\n') {
            let line = line?;
            // Parsing every line of 16 MiB would take a second; most can be told apart by their text.
            if contains(&line, needle.as_bytes()) {
                let record: Option<Refusal> = serde_json::from_slice(&line).ok();
                found = record.filter(|record| record.request_id == request_id).or(found);
            }
        }
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The last lines of the current file, oldest first, at most `bytes` of them: what a restart brings back.
pub(super) fn tail(folder: &Path, bytes: u64) -> io::Result<Vec<String>> {
    let Some(mut reader) = open(&folder.join(CURRENT))? else { return Ok(Vec::new()) };
    let size = reader.get_ref().metadata()?.len();
    let start = size.saturating_sub(bytes);
    reader.seek(SeekFrom::Start(start))?;
    if start > 0 {
        // Most likely the middle of a line.
        reader.skip_until(b'\n')?;
    }
    reader.lines().collect()
}

fn open(path: &Path) -> io::Result<Option<BufReader<File>>> {
    match File::open(path) {
        Ok(file) => Ok(Some(BufReader::with_capacity(256 * 1024, file))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn contains(line: &[u8], needle: &[u8]) -> bool {
    line.windows(needle.len()).any(|window| window == needle)
}
