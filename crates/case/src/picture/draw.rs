//! Drawing: the picture steps over a run, and their stages put where they can be looked up.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tutela_analysis::{ParamValues, StageDone, Step, StepContext, draw_pictures, picture_steps};
use tutela_engine::{Engine, EngineConfig};
use tutela_model::TableId;

use super::{FOLDER, Pictures, load};
use crate::{Act, Case, CaseError, files, run, store};

/// Each drawing has a number of its own, so that an older one still read from is not written over.
static NUMBER: AtomicU64 = AtomicU64::new(1);

/// What pictures are to be drawn from. Drawing needs no more of the case, and holds up nobody.
#[derive(Debug)]
pub struct PictureOrder {
    run_id: String,
    run_dir: PathBuf,
    folder: PathBuf,
    records: BTreeMap<TableId, Vec<PathBuf>>,
}

impl Case {
    /// What pictures of the newest run are to be drawn from.
    ///
    /// # Errors
    /// Where no run has ended, or it rests on records whose legal basis no longer holds.
    pub fn picture_order(&self) -> Result<PictureOrder, CaseError> {
        self.need(Act::Leads)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        Ok(PictureOrder {
            run_dir: self.run_dir(&run_id),
            folder: self.root.join(FOLDER),
            records: store::by_table(&self.root, &self.usable_record_files()?),
            run_id,
        })
    }
}

impl PictureOrder {
    /// The run.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Draws them.
    ///
    /// # Errors
    /// Where a stage cannot be computed or the index cannot be written.
    pub fn draw(&self, memory_bytes: usize, partitions: usize) -> Result<Pictures, CaseError> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("{}-{number}.part", self.run_id));
        files::empty_folder(&part)?;
        let drawn = self.draw_in(&part, memory_bytes, partitions);
        let path = self.folder.join(format!("{}-{number}.db", self.run_id));
        let moved = drawn.and_then(|()| fs::rename(part.join("index.db"), &path).map_err(CaseError::io(&path)));
        fs::remove_dir_all(&part).map_err(CaseError::io(&part))?;
        moved.map(|()| Pictures::open(&self.run_id, &path))
    }

    fn draw_in(&self, part: &std::path::Path, memory_bytes: usize, partitions: usize) -> Result<(), CaseError> {
        let stages = part.join("stages");
        files::empty_folder(&stages)?;
        let engine = Engine::open(&EngineConfig { memory_bytes, partitions, spill_dir: part.join("spill") })?;
        let steps: Vec<&dyn Step> = picture_steps().to_vec();
        let context = StepContext {
            engine: &engine,
            records: &self.records,
            run_dir: &self.run_dir,
            out_dir: &stages,
            params: &ParamValues::of(&steps, &[])?,
            progress: &|_: &StageDone| {},
        };
        run::runtime()?.block_on(draw_pictures(&context))?;
        drop(engine);
        load::load(&self.run_dir, &stages, &part.join("index.db"))
    }
}
