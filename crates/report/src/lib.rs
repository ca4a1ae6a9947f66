//! What leaves a case: the dossier, the defence bundle, and exports for other tools.
//!
//! **Invariant.** What leaves is an act: it stands in the custody log, with its digest, before it is handed out. People are
//! masked unless whoever asks may see them and says why.
//!
//! **Invariant.** The same moment of a case gives the same bytes: nothing here reads a clock, a file beside the case, or the
//! machine.

mod archive;
mod bundle;
mod dossier;
mod error;
mod export;
mod italian;
mod proofs;
mod typeset;
mod urgent;

pub use bundle::{Bundle, defence_bundle};
pub use dossier::{Dossier, DossierOptions, Lang, dossier, dossier_again};
pub use error::ReportError;
pub use export::{EXPORT_FORMATS, Export, ExportFormat, ExportOptions, export};
pub use urgent::most_urgent;
