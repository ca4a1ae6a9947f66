//! Rows read on several threads: the file is cut where rows end, and what the pieces gave is put back in order.
//!
//! **Invariant.** Records, issues and figures are those of one thread: a piece begins and ends exactly where a row does,
//! by the same rules for quotes.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::records::{Field, Place, Records, RowView};
use super::{Window, check_width};
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::{Encoding, Mapping};
use crate::part::Part;
use crate::sink::{Row, RowAt, Sink};
use crate::source::{Source, SourceInfo, Span};

/// What a thread has to do: a piece, where it stands, and to whom to give what came of it.
struct Job {
    bytes: Vec<u8>,
    offset: u64,
    done: SyncSender<Result<Part, FormatError>>,
}

impl Records<'_> {
    /// As [`Records::rows`], on as many threads as the limits allow. `fill` may depend on one row alone.
    pub(crate) fn rows_in_pieces<'o>(
        &mut self,
        headings: usize,
        out: &mut Sink<'o>,
        fill: impl Fn(&mut Row<'_, 'o>, &RowView<'_>) -> Result<(), Refusal> + Sync,
    ) -> Result<(), FormatError> {
        let threads = out.limits.threads;
        if threads < 2 || out.is_citing() {
            return self.rows(headings, out, fill);
        }
        let (info, limits) = (out.info, out.limits);
        let (delimiter, encoding) = (self.delimiter, self.encoding);
        let (jobs, waiting) = sync_channel::<Job>(threads);
        let waiting = Mutex::new(waiting);
        std::thread::scope(|scope| {
            let jobs = jobs;
            let work = || {
                while let Some(job) = next_job(&waiting) {
                    let read = || {
                        if encoding == Encoding::Utf8
                            && let Some(part) = plain_rows(&job, delimiter, headings, (info, limits), &fill)?
                        {
                            return Ok(part);
                        }
                        let mut source = Piece { bytes: &job.bytes, at: 0, offset: job.offset, info };
                        let mut records = Records::new(Window::new(&mut source), delimiter, encoding, limits)?;
                        records.start_at_row();
                        let mut sink = Sink::keeping(info, limits, 0);
                        records.rows(headings, &mut sink, &fill)?;
                        sink.into_part()
                    };
                    // Where nobody waits any more, the reading has ended early.
                    let _unheard = job.done.send(read());
                }
            };
            let mut started = 0;
            let mut pending: VecDeque<Receiver<Result<Part, FormatError>>> = VecDeque::new();
            loop {
                let Some((bytes, offset)) = self.piece(limits)? else {
                    // No row ends in sight, or the file does: what is left is read here, in order.
                    while let Some(part) = pending.pop_front() {
                        take(out, &part)?;
                    }
                    if self.rows_until(headings, out, &fill)? {
                        return Ok(());
                    }
                    continue;
                };
                // A short file needs no threads.
                if started < threads {
                    scope.spawn(work);
                    started += 1;
                }
                let (done, part) = sync_channel(1);
                pending.push_back(part);
                jobs.send(Job { bytes, offset, done }).map_err(|_| stopped(info))?;
                if pending.len() > threads + 1
                    && let Some(part) = pending.pop_front()
                {
                    take(out, &part)?;
                }
            }
        })
    }

    /// The next piece, which ends where a row does: as many rows as a batch has where they are short and without quotes, so that
    /// batches need no putting together again. Nothing where no row ends in sight or the file is nearly at its end.
    fn piece(&mut self, limits: &Limits) -> Result<Option<(Vec<u8>, u64)>, FormatError> {
        self.end_row_before();
        while self.window.bytes().len() < limits.piece_bytes && self.window.more()? {}
        let Some(bytes) = self.window.bytes().get(..limits.piece_bytes) else { return Ok(None) };
        let batch = memchr::memchr_iter(b'\n', bytes).nth(limits.batch_rows.saturating_sub(1));
        let batch = batch.and_then(|at| bytes.get(..=at)).filter(|batch| memchr::memchr(b'"', batch).is_none());
        let piece = batch.or_else(|| bytes.get(..last_row_end(bytes, self.delimiter)));
        let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { return Ok(None) };
        let (piece, offset) = (piece.to_vec(), self.window.offset());
        self.window.consume(piece.len());
        Ok(Some((piece, offset)))
    }

    /// Reads rows for the length of a piece. Says whether the file has ended.
    fn rows_until<'o>(
        &mut self,
        headings: usize,
        out: &mut Sink<'o>,
        fill: impl Fn(&mut Row<'_, 'o>, &RowView<'_>) -> Result<(), Refusal>,
    ) -> Result<bool, FormatError> {
        let end = self.window.offset() + out.limits.piece_bytes as u64;
        while self.window.offset() < end {
            if !self.one_row(out.rows() + 1, headings, out, &fill)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Reads a piece that is UTF-8 and has no quote: its cells stand in it as they are. Nothing where it is not so, or where a row is too
/// long or too wide; then it is read with all the rules.
fn plain_rows<'o>(
    job: &Job,
    delimiter: u8,
    headings: usize,
    (info, limits): (&'o SourceInfo, &'o Limits),
    fill: impl Fn(&mut Row<'_, 'o>, &RowView<'_>) -> Result<(), Refusal>,
) -> Result<Option<Part>, FormatError> {
    if memchr::memchr(b'"', &job.bytes).is_some() {
        return Ok(None);
    }
    let Ok(text) = std::str::from_utf8(&job.bytes) else { return Ok(None) };
    let mut sink = Sink::keeping(info, limits, limits.batch_rows);
    let mut fields: Vec<Field> = Vec::new();
    let (mut begin, mut row) = (0, 0);
    while let Some(rest) = job.bytes.get(begin..).filter(|rest| !rest.is_empty()) {
        fields.clear();
        let (mut from, mut end) = (0, rest.len());
        for at in memchr::memchr3_iter(delimiter, b'\n', b'\r', rest) {
            if rest.get(at) != Some(&delimiter) {
                end = at;
                break;
            }
            fields.push(Field { raw: (begin + from, begin + at), text: (from, at) });
            from = at + 1;
        }
        // Blank lines, and the second half of a line end, are no rows.
        if end == 0 {
            begin += 1;
            continue;
        }
        fields.push(Field { raw: (begin + from, begin + end), text: (from, end) });
        if end >= limits.row_bytes || fields.len() > limits.columns {
            return Ok(None);
        }
        row += 1;
        let span = Span::new(job.offset + begin as u64, job.offset + (begin + end) as u64);
        let view = RowView {
            text: text.get(begin..begin + end).unwrap_or_default(),
            fields: &fields,
            bytes: &job.bytes,
            offset: job.offset,
            span,
            is_plain: true,
        };
        sink.row(RowAt { row, span }, |row| {
            check_width(&view, headings)?;
            fill(row, &view)
        })?;
        begin += end + 1;
    }
    sink.into_part().map(Some)
}

fn next_job(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    waiting.lock().ok()?.recv().ok()
}

fn take(out: &mut Sink<'_>, part: &Receiver<Result<Part, FormatError>>) -> Result<(), FormatError> {
    let part = part.recv().map_err(|_| stopped(out.info))??;
    out.absorb(part)
}

fn stopped(info: &SourceInfo) -> FormatError {
    FormatError::Internal { at: At::file(&info.file_name), what: "a thread that reads rows has stopped".into() }
}

/// Where the last row that ends in these bytes ends; they begin where a row does. 0 where none ends.
fn last_row_end(bytes: &[u8], delimiter: u8) -> usize {
    let Some(quote) = memchr::memchr(b'"', bytes) else {
        return memchr::memrchr2(b'\r', b'\n', bytes).map_or(0, |at| at + 1);
    };
    // Before the first quote every line end is the end of a row.
    let plain = bytes.get(..quote).unwrap_or_default();
    let mut end = memchr::memrchr2(b'\r', b'\n', plain).map_or(0, |at| at + 1);
    let mut at = end;
    let mut place = Place::CellStart;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (count, next) = place.step(rest, delimiter);
        at += count;
        place = next;
        if place == Place::RowEnd {
            (end, place) = (at, Place::CellStart);
        }
    }
    end
}

/// A piece as a source of its own.
struct Piece<'b> {
    bytes: &'b [u8],
    at: usize,
    offset: u64,
    info: &'b SourceInfo,
}

impl Read for Piece<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.read(buf)?;
        self.at += count;
        Ok(count)
    }
}

impl Source for Piece<'_> {
    fn info(&self) -> &SourceInfo {
        self.info
    }

    fn mapping(&self) -> Option<&Mapping> {
        None
    }

    fn position(&self) -> u64 {
        self.offset + self.at as u64
    }
}

#[cfg(test)]
mod tests {
    use super::last_row_end;

    #[test]
    fn rows_end_outside_quotes_only() {
        let check = |text: &str, expect: usize| assert_eq!(last_row_end(text.as_bytes(), b','), expect, "{text:?}");
        check("a,b\nc,d\ne", 8);
        check("a,b", 0);
        check("a,\"b\nc\"\nd", 8);
        check("a,\"b\nc", 0);
        check("a\n\"b\"\"\n\"\n\"c\n", 9);
        // A quote inside a cell that does not begin with one is a letter.
        check("a\"b\nc\"d\n", 8);
        check("\"a\"b\"\nc\n", 8);
        check("a\r\n\"b\r\n", 3);
        check("a,b\r", 4);
    }
}
