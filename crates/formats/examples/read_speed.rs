//! How fast a file is read: `cargo run --release --example read_speed -- FORMAT FILE`.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::fs::File;
use std::time::Instant;

use arrow::array::RecordBatch;
use tutela_formats::{Issue, Limits, Output, SourceInfo, by_id, read};
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
    let (Some(format), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("read_speed FORMAT FILE".into());
    };
    let format = by_id(&format).ok_or("no such format")?;
    let mut file = File::open(&path)?;
    let size_bytes = file.metadata()?.len();
    let info = SourceInfo { source_id: "0".repeat(64), file_name: path, size_bytes };
    let begin = Instant::now();
    let summary = read(format, &mut file, &info, None, &Limits::default(), &mut Nowhere)?;
    let seconds = begin.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "speeds are rounded")]
    let (rows, bytes) = (summary.rows as f64 / seconds, size_bytes as f64 / seconds);
    println!("{summary:?}");
    println!("{seconds:.3} s, {:.2} million rows/s, {:.0} MB/s", rows / 1e6, bytes / 1e6);
    Ok(())
}
