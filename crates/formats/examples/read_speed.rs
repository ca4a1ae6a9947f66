//! How fast a file is read: `cargo run --release --example read_speed -- FILE [MAPPING]`.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::fs::File;
use std::io::Read as _;
use std::time::Instant;

use arrow::array::RecordBatch;
use tutela_formats::{HEAD_BYTES, Issue, Limits, Mapping, Output, SourceInfo, choose, read};
use tutela_model::TableId;

struct Nowhere;

impl Output for Nowhere {
    fn batch(&mut self, _: TableId, _: RecordBatch) -> std::io::Result<()> {
        Ok(())
    }

    fn issue(&mut self, _: &Issue) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("read_speed FILE [MAPPING]")?;
    let mapping = arguments.next().map(std::fs::read_to_string).transpose()?;
    let mapping = mapping.map(|yaml| Mapping::from_yaml(&yaml)).transpose()?;
    let mut file = File::open(&path)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let format = choose(&head, &path, mapping.as_ref())?;
    let size_bytes = file.metadata()?.len();
    let info = SourceInfo { source_id: "0".repeat(64), file_name: path, size_bytes };
    let begin = Instant::now();
    let summary = read(format, &mut file, &info, mapping.as_ref(), &Limits::default(), &mut Nowhere)?;
    let seconds = begin.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "speeds are rounded")]
    let (rows, bytes) = (summary.rows as f64 / seconds, size_bytes as f64 / seconds);
    println!("{}: {summary:?}", format.meta().id);
    println!("{seconds:.3} s, {:.2} million rows/s, {:.0} MB/s", rows / 1e6, bytes / 1e6);
    Ok(())
}
