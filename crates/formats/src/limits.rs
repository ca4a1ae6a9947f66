//! How much a reader may take. A hostile file ends in an issue or an error, never in a machine without memory.

/// Limits of one reading. The defaults are wide enough for any honest file of a table's kind.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The longest row of a line-based format, in bytes. A longer one is refused and passed over.
    pub row_bytes: usize,
    /// The largest file of a format that is read as one document (JSON), in bytes.
    pub document_bytes: u64,
    /// The deepest nesting of such a document.
    pub nesting: usize,
    /// The most values of such a document.
    pub values: usize,
    /// The most columns of a table, or attributes of a packet.
    pub columns: usize,
    /// The longest text of one column, in bytes.
    pub text_bytes: usize,
    /// The most sessions, times and addresses that a format may hold open until the end of the file (RADIUS).
    pub open_items: usize,
    /// The most notes handed out; the rest is counted. Refusals are always handed out.
    pub notes: u64,
    /// The most rows of one batch.
    pub batch_rows: usize,
    /// The most bytes of text of one batch.
    pub batch_bytes: usize,
    /// How many threads may read rows, from 1. No result depends on it.
    pub threads: usize,
    /// How much of a file a thread takes at once, about, in bytes. No result depends on it either.
    pub piece_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            row_bytes: 1 << 20,
            document_bytes: 64 << 20,
            nesting: 64,
            values: 4_000_000,
            columns: 1024,
            text_bytes: 16 << 10,
            open_items: 20_000_000,
            notes: 1000,
            batch_rows: 8192,
            batch_bytes: 4 << 20,
            // More would wait for the one that writes, and each holds a piece of the file.
            threads: std::thread::available_parallelism().map_or(1, |cores| cores.get().min(8)),
            piece_bytes: 2 << 20,
        }
    }
}
