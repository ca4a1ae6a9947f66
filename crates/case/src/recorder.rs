//! Records and issues on their way to disk: one thread reads a source, another writes what it gives.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow::array::RecordBatch;
use tutela_engine::StageWriter;
use tutela_formats::{FormatError, Issue, Limits, Output, ReadSummary, SourceInfo};
use tutela_model::TableId;

use crate::request::Screen;
use crate::store::RecordFile;
use crate::{CaseError, Stop};

/// Batches that may wait to be written; what bounds the memory is their size.
const WAITING: usize = 8;

/// Lets `read` hand out records and issues, and writes what passes the screen: `TABLE.parquet` for each table in
/// `folder`, and the issues line by line, with those of rows that the screen kept out. Gives the summary, and the files.
///
/// # Errors
/// Where something cannot be written or the screen refuses the source, or what `read` gives.
pub(crate) fn record(
    folder: &Path,
    issues: &Path,
    info: &SourceInfo,
    (screen, stop): (&Screen, &Stop),
    read: impl FnOnce(&mut dyn Output) -> Result<ReadSummary, FormatError>,
) -> Result<(ReadSummary, Vec<RecordFile>), CaseError> {
    let (batches, waiting) = sync_channel(WAITING);
    let mut out =
        Recorder { batches, stop, issues: BufWriter::new(File::create(issues).map_err(CaseError::io(issues))?) };
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || write(folder, info, screen, &waiting));
        let mut read = read(&mut out);
        if let Ok(summary) = &mut read {
            for issue in screen.refusals(info, summary) {
                out.issue(&issue).map_err(CaseError::io(issues))?;
            }
        }
        let flushed = out.issues.flush().map_err(CaseError::io(issues));
        // The other side ends when nobody can send any more.
        drop(out);
        let written = writing.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
        // Where writing failed, the reading has failed of that, and knows less about it.
        let files = written?;
        Ok((read?, flushed.map(|()| files)?))
    })
}

struct Recorder<'a> {
    batches: SyncSender<(TableId, RecordBatch)>,
    stop: &'a Stop,
    issues: BufWriter<File>,
}

impl Output for Recorder<'_> {
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        self.stop.check().map_err(|e| std::io::Error::other(e.to_string()))?;
        self.batches.send((table, batch)).map_err(|_| std::io::Error::other("records cannot be written"))
    }

    fn issue(&mut self, issue: &Issue) -> std::io::Result<()> {
        // A heading or a key of a hostile file may hold a NUL, which not every database keeps as text.
        if [issue.column.as_deref(), Some(&issue.expected)].into_iter().flatten().any(|text| text.contains('\0')) {
            let plain = |text: &String| text.replace('\0', "\u{fffd}");
            let (column, expected) = (issue.column.as_ref().map(plain), plain(&issue.expected));
            return self.issue(&Issue { column, expected, ..issue.clone() });
        }
        serde_json::to_writer(&mut self.issues, issue)?;
        self.issues.write_all(b"\n")
    }
}

fn write(
    folder: &Path,
    info: &SourceInfo,
    screen: &Screen,
    waiting: &Receiver<(TableId, RecordBatch)>,
) -> Result<Vec<RecordFile>, CaseError> {
    // As many as read: whoever is behind gets the machine.
    let threads = Limits::default().threads;
    let mut writers: BTreeMap<TableId, StageWriter> = BTreeMap::new();
    let mut keep = |table: TableId, batch: &RecordBatch| -> Result<(), CaseError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let writer = match writers.entry(table) {
            Entry::Occupied(writer) => writer.into_mut(),
            Entry::Vacant(place) => {
                let path = folder.join(format!("{}.parquet", table.name()));
                place.insert(StageWriter::create_with(&path, &table.table().arrow_schema(), threads)?)
            }
        };
        Ok(writer.write(batch)?)
    };
    for (table, batch) in waiting {
        keep(table, &screen.pass(table, &batch)?)?;
    }
    if let Some(findings) = screen.findings(info)? {
        keep(TableId::Reply, &findings)?;
    }
    let mut out = Vec::new();
    for (table, writer) in writers {
        let file = writer.finish()?;
        out.push(RecordFile { source_id: info.source_id.clone(), table, rows: file.rows, digest: file.digest });
    }
    Ok(out)
}
