//! Records and issues on their way to disk: one thread reads a source, another writes what it gives.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow::array::RecordBatch;
use tutela_engine::StageWriter;
use tutela_formats::{FormatError, Issue, Output};
use tutela_model::TableId;

use crate::CaseError;
use crate::store::RecordFile;

/// Batches that may wait to be written; what bounds the memory is their size.
const WAITING: usize = 8;

/// Lets `read` hand out records and issues, and writes them: `TABLE.parquet` for each table in `folder`, and the issues
/// line by line. Gives what `read` gives, and the files.
///
/// # Errors
/// Where something cannot be written, or what `read` gives.
pub(crate) fn record<T>(
    folder: &Path,
    issues: &Path,
    source_id: &str,
    read: impl FnOnce(&mut dyn Output) -> Result<T, FormatError>,
) -> Result<(T, Vec<RecordFile>), CaseError> {
    let (batches, waiting) = sync_channel(WAITING);
    let mut out = Recorder { batches, issues: BufWriter::new(File::create(issues).map_err(CaseError::io(issues))?) };
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || write(folder, source_id, &waiting));
        let read = read(&mut out);
        let flushed = out.issues.flush().map_err(CaseError::io(issues));
        // The other side ends when nobody can send any more.
        drop(out);
        let written = writing.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause));
        // Where writing failed, the reading has failed of that, and knows less about it.
        let files = written?;
        Ok((read?, flushed.map(|()| files)?))
    })
}

struct Recorder {
    batches: SyncSender<(TableId, RecordBatch)>,
    issues: BufWriter<File>,
}

impl Output for Recorder {
    fn batch(&mut self, table: TableId, batch: RecordBatch) -> std::io::Result<()> {
        self.batches.send((table, batch)).map_err(|_| std::io::Error::other("records cannot be written"))
    }

    fn issue(&mut self, issue: &Issue) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.issues, issue)?;
        self.issues.write_all(b"\n")
    }
}

fn write(
    folder: &Path,
    source_id: &str,
    waiting: &Receiver<(TableId, RecordBatch)>,
) -> Result<Vec<RecordFile>, CaseError> {
    let mut writers: BTreeMap<TableId, StageWriter> = BTreeMap::new();
    for (table, batch) in waiting {
        let writer = match writers.entry(table) {
            std::collections::btree_map::Entry::Occupied(writer) => writer.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let path = folder.join(format!("{}.parquet", table.name()));
                place.insert(StageWriter::create(&path, &table.table().arrow_schema())?)
            }
        };
        writer.write(&batch)?;
    }
    let mut out = Vec::new();
    for (table, writer) in writers {
        let file = writer.finish()?;
        out.push(RecordFile { source_id: source_id.to_owned(), table, rows: file.rows, digest: file.digest });
    }
    Ok(out)
}
