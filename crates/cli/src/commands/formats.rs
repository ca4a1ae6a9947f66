//! `tutela formats`

use std::process::ExitCode;

use clap::Args;
use tutela_formats::FORMATS;

use crate::output::{say, table};

/// `tutela formats`
#[derive(Debug, Args)]
pub(crate) struct FormatsArgs {
    /// Show the manual page of one format.
    id: Option<String>,
}

pub(crate) fn run(args: &FormatsArgs) -> anyhow::Result<ExitCode> {
    if let Some(id) = &args.id {
        let format = tutela_formats::by_id(id).ok_or_else(|| anyhow::anyhow!("format {id}: not known"))?;
        let meta = format.meta();
        say(&format!("{} ({})\n{}\n\n{}", meta.title, meta.id, meta.standard, meta.manual.trim()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = FORMATS
        .iter()
        .map(|f| {
            let tables: Vec<&str> = f.tables().iter().map(|t| t.name()).collect();
            vec![f.meta().id.to_owned(), f.meta().title.to_owned(), f.meta().standard.to_owned(), tables.join(" ")]
        })
        .collect();
    say(&table(&["format", "what", "standard", "fills"], &rows))?;
    Ok(ExitCode::SUCCESS)
}
