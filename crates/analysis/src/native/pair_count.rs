//! How many pairs of a session and an assignment can belong together: the interval join alone, from record files of
//! any size, without a stage in between. It measures the join, and tells before a run how much a run will find.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{Array as _, AsArray as _, DictionaryArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, TimestampMicrosecondType};
use tutela_engine::{EngineError, ParquetScan, bad_column};

use super::interval_index::{Interval, IntervalIndex, KeySlices};
use super::interval_join::to_port;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PairCount {
    /// Sessions read.
    pub sessions: u64,
    /// Assignments read.
    pub assignments: u64,
    /// Pairs of a session and an assignment that can have been its own.
    pub pairs: u64,
    /// Sum over the pairs of the session's row number, exclusive-or the assignment's: two that find the same pairs
    /// have the same sum.
    pub checksum: u64,
}

/// Counts the pairs of a session file and an assignment file, both with the columns of the record tables.
///
/// A pair has one address; the assignment holds at some moment within the error of the session's clock; and the
/// session's port, where there is one, lies in the assignment's block. `error_us` is the error of all clocks.
///
/// # Errors
/// Where a file cannot be read or a column is missing or of another type.
pub fn count_pairs(
    sessions: &Path,
    assignments: &Path,
    error_us: i64,
    threads: usize,
) -> Result<PairCount, EngineError> {
    let index = read_assignments(assignments, threads)?;
    let scan = ParquetScan::open(sessions, &["ip", "at_utc", "port", "row"])?;
    let counted = scan.each(threads, PairCount::default, |count, batch| {
        let columns = Sessions::of(batch)?;
        let slices: Vec<Option<KeySlices>> = columns.addresses.iter().map(|ip| index.find(ip?)).collect();
        for row in 0..batch.num_rows() {
            let of = columns.ips.key(row).and_then(|key| slices.get(key).copied().flatten());
            let Some(of) = of else { continue };
            let at_us = columns.at_us.value(row);
            let window = (at_us.saturating_sub(error_us), at_us.saturating_add(error_us));
            let port = (!columns.ports.is_null(row)).then(|| to_port(columns.ports.value(row)));
            let (number, mut pairs, mut sum) = (columns.rows.value(row).unsigned_abs(), 0_u64, 0_u64);
            index.covering(of, window, port, |interval| {
                pairs += 1;
                sum = sum.wrapping_add(number ^ u64::from(interval.id));
            });
            count.pairs += pairs;
            count.checksum = count.checksum.wrapping_add(sum);
        }
        count.sessions += batch.num_rows() as u64;
        Ok(())
    })?;
    let whole = PairCount { assignments: index.added() as u64, ..PairCount::default() };
    Ok(counted.into_iter().fold(whole, |all, part| PairCount {
        sessions: all.sessions + part.sessions,
        assignments: all.assignments,
        pairs: all.pairs + part.pairs,
        checksum: all.checksum.wrapping_add(part.checksum),
    }))
}

/// The columns of a batch of sessions.
struct Sessions<'b> {
    ips: &'b DictionaryArray<Int32Type>,
    addresses: &'b StringArray,
    at_us: &'b arrow::array::TimestampMicrosecondArray,
    ports: &'b Int64Array,
    rows: &'b Int64Array,
}

impl<'b> Sessions<'b> {
    fn of(batch: &'b RecordBatch) -> Result<Self, EngineError> {
        let (ips, addresses) = coded(batch, 0)?;
        Ok(Self { ips, addresses, at_us: instants(batch, 1)?, ports: integers(batch, 2)?, rows: integers(batch, 3)? })
    }
}

/// The intervals of one thread, by address.
#[derive(Debug, Default)]
struct ByAddress {
    number: HashMap<String, usize>,
    lists: Vec<(String, Vec<Interval>)>,
}

impl ByAddress {
    fn place(&mut self, ip: &str) -> usize {
        if let Some(at) = self.number.get(ip) {
            return *at;
        }
        self.number.insert(ip.to_owned(), self.lists.len());
        self.lists.push((ip.to_owned(), Vec::new()));
        self.lists.len() - 1
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        let (ips, addresses) = coded(batch, 0)?;
        let (from, until) = (instants(batch, 1)?, instants(batch, 2)?);
        let (port_from, port_to, rows) = (integers(batch, 3)?, integers(batch, 4)?, integers(batch, 5)?);
        let places: Vec<usize> = addresses.iter().map(|ip| self.place(ip.unwrap_or_default())).collect();
        for row in 0..batch.num_rows() {
            let list = ips.key(row).and_then(|key| places.get(key)).and_then(|at| self.lists.get_mut(*at));
            let Some((_, list)) = list else { continue };
            let port = |of: &Int64Array, absent| if of.is_null(row) { absent } else { to_port(of.value(row)) };
            list.push(Interval {
                from_us: from.value(row),
                until_us: if until.is_null(row) { i64::MAX } else { until.value(row) },
                id: u32::try_from(rows.value(row)).map_err(|_| bad_column(batch, 5))?,
                port_from: port(port_from, 0),
                port_to: port(port_to, u16::MAX),
            });
        }
        Ok(())
    }
}

fn read_assignments(path: &Path, threads: usize) -> Result<IntervalIndex<String>, EngineError> {
    let scan = ParquetScan::open(path, &["ip", "from_utc", "until_utc", "port_from", "port_to", "row"])?;
    let mut parts = scan.each(threads, ByAddress::default, ByAddress::take)?.into_iter();
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        for (ip, mut list) in part.lists {
            let at = all.place(&ip);
            if let Some((_, whole)) = all.lists.get_mut(at) {
                whole.append(&mut list);
            }
        }
    }
    let mut index = IntervalIndex::default();
    for (ip, mut list) in all.lists {
        index.add(ip, &mut list);
    }
    Ok(index)
}

fn coded(batch: &RecordBatch, column: usize) -> Result<(&DictionaryArray<Int32Type>, &StringArray), EngineError> {
    let keys = batch.column(column).as_dictionary_opt::<Int32Type>().ok_or_else(|| bad_column(batch, column))?;
    Ok((keys, keys.values().as_string_opt().ok_or_else(|| bad_column(batch, column))?))
}

fn instants(batch: &RecordBatch, column: usize) -> Result<&arrow::array::TimestampMicrosecondArray, EngineError> {
    batch.column(column).as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(|| bad_column(batch, column))
}

fn integers(batch: &RecordBatch, column: usize) -> Result<&Int64Array, EngineError> {
    batch.column(column).as_primitive_opt().ok_or_else(|| bad_column(batch, column))
}
