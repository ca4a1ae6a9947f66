//! Assignments of one line that overlap or touch become one holding; the end of one that states none is found.
//!
//! The pieces come sorted by network, and only pieces of one network can meet: each network is merged by itself.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tutela_engine::{Engine, EngineError, StageFile, StageWriter, ip_prefix_length};

use super::{check_order, integers, text};

/// Rows collected before a batch is written.
const BATCH_ROWS: usize = 8192;

/// An assignment of a network, or several merged. Sorted by line, ports and start, those that can merge lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    line_id: i64,
    low_port: i64,
    high_port: i64,
    from_us: i64,
    /// Absent is the greatest.
    until_us: i64,
}

/// Reads the stage `pieces`, whose rows come by network, start, line, ports and end, and writes the holdings.
pub(super) fn run(engine: &Engine, pieces: &str, path: &Path) -> Result<StageFile, EngineError> {
    let mut writer = StageWriter::create(path, &schema())?;
    let (mut out, mut open, mut network) = (Output::default(), Vec::new(), String::new());
    for batch in engine.stage_rows(pieces, &PIECE)? {
        let batch = batch?;
        let [line_id, low_port, high_port, from_us, until_us] = integers(&batch)?;
        let networks = text(&batch, 5)?;
        for row in 0..batch.num_rows() {
            if networks.value(row) != network {
                check_order(pieces, &network, networks.value(row))?;
                out.push(&network, &merge(&mut open), &mut writer)?;
                network.clear();
                network.push_str(networks.value(row));
                out.prefix_length = ip_prefix_length(&network).unwrap_or_default();
            }
            open.push(Piece {
                line_id: line_id.value(row),
                low_port: low_port.value(row),
                high_port: high_port.value(row),
                from_us: from_us.value(row),
                until_us: if until_us.is_null(row) { i64::MAX } else { until_us.value(row) },
            });
        }
    }
    out.push(&network, &merge(&mut open), &mut writer)?;
    out.flush(&mut writer)?;
    writer.finish()
}

const PIECE: [&str; 6] = ["line_id", "low_port", "high_port", "from_us", "until_us", "network"];

/// Merges the pieces of one network, and empties the list. The pieces come in order of start, line, ports and end.
fn merge(pieces: &mut Vec<Piece>) -> Vec<Piece> {
    // Copies of one assignment lie together, the one without an end last: where another copy has one, that holds.
    pieces.dedup_by(|copy, kept| {
        let same = (copy.from_us, copy.line_id, copy.low_port, copy.high_port)
            == (kept.from_us, kept.line_id, kept.low_port, kept.high_port);
        if same && copy.until_us != i64::MAX {
            kept.until_us = copy.until_us;
        }
        same
    });
    end_open(pieces);
    pieces.sort_unstable();
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces.drain(..) {
        match out.last_mut() {
            Some(last)
                if (last.line_id, last.low_port, last.high_port)
                    == (piece.line_id, piece.low_port, piece.high_port)
                    && piece.from_us <= last.until_us =>
            {
                last.until_us = last.until_us.max(piece.until_us);
            }
            _ => out.push(piece),
        }
    }
    out.sort_unstable_by_key(|p| (p.from_us, p.until_us, p.line_id, p.low_port, p.high_port));
    out
}

/// Ends pieces without an end where the same ports are next assigned.
fn end_open(pieces: &mut [Piece]) {
    // By ports: the start met last, going backwards, and the next later one.
    let mut starts: HashMap<(i64, i64), (i64, i64)> = HashMap::new();
    for piece in pieces.iter_mut().rev() {
        let (start, next) = starts.entry((piece.low_port, piece.high_port)).or_insert((piece.from_us, i64::MAX));
        if *start > piece.from_us {
            (*start, *next) = (piece.from_us, *start);
        }
        if piece.until_us == i64::MAX {
            piece.until_us = *next;
        }
    }
}

/// Rows on their way out.
#[derive(Debug, Default)]
struct Output {
    holding_id: i64,
    prefix_length: i64,
    numbers: [Int64Builder; 7],
    network: StringBuilder,
    rows: usize,
}

impl Output {
    fn push(&mut self, network: &str, holdings: &[Piece], writer: &mut StageWriter) -> Result<(), EngineError> {
        for holding in holdings {
            self.holding_id += 1;
            let [id, line, length, low, high, from, until] = &mut self.numbers;
            id.append_value(self.holding_id);
            line.append_value(holding.line_id);
            length.append_value(self.prefix_length);
            low.append_option((holding.low_port >= 0).then_some(holding.low_port));
            high.append_option((holding.high_port >= 0).then_some(holding.high_port));
            from.append_value(holding.from_us);
            until.append_value(holding.until_us);
            self.network.append_value(network);
            self.rows += 1;
            if self.rows >= BATCH_ROWS {
                self.flush(writer)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self, writer: &mut StageWriter) -> Result<(), EngineError> {
        self.rows = 0;
        let [id, line, length, low, high, from, until] = &mut self.numbers;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(id.finish()),
            Arc::new(line.finish()),
            Arc::new(self.network.finish()),
            Arc::new(length.finish()),
            Arc::new(low.finish()),
            Arc::new(high.finish()),
            Arc::new(from.finish()),
            Arc::new(until.finish()),
        ];
        let batch =
            RecordBatch::try_new(schema(), columns).map_err(|e| EngineError::query("merge_holdings", e.into()))?;
        writer.write(&batch)
    }
}

fn schema() -> SchemaRef {
    let integer = |name: &str, nullable| Field::new(name, DataType::Int64, nullable);
    Arc::new(Schema::new(vec![
        integer("holding_id", false),
        integer("line_id", false),
        Field::new("network", DataType::Utf8, false),
        integer("prefix_length", false),
        integer("port_from", true),
        integer("port_to", true),
        integer("from_us", false),
        integer("until_us", false),
    ]))
}
