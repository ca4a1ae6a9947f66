//! `tutela formats`

use std::process::ExitCode;

use clap::Args;
use tutela_formats::{FORMATS, SHIPPED};

use crate::output::{say, table};

/// `tutela formats`
#[derive(Debug, Args)]
pub(crate) struct FormatsArgs {
    /// Show the manual page of one format, or one mapping.
    id: Option<String>,
}

pub(crate) fn run(args: &FormatsArgs) -> anyhow::Result<ExitCode> {
    if let Some(id) = &args.id {
        if let Some(mapping) = SHIPPED.iter().find(|one| one.id == *id) {
            say(&format!("{} (--mapping {})\n\n{}", mapping.title, mapping.id, mapping.yaml.trim()))?;
            return Ok(ExitCode::SUCCESS);
        }
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
    let mappings: Vec<Vec<String>> = SHIPPED.iter().map(|one| vec![one.id.to_owned(), one.title.to_owned()]).collect();
    say(&format!("\n{}", table(&["mapping", "what"], &mappings)))?;
    Ok(ExitCode::SUCCESS)
}
