//! `tutela tables`

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tutela_model::{Label, TableId};

use crate::output::{say, table};

/// `tutela tables`
#[derive(Debug, Args)]
pub(crate) struct TablesArgs {
    /// The language of the labels.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// English.
    En,
    /// Italian.
    It,
}

pub(crate) fn run(args: &TablesArgs) -> anyhow::Result<ExitCode> {
    let pick = |label: &Label| if args.language == Language::It { label.it } else { label.en };
    let mut rows = Vec::new();
    for id in TableId::ALL {
        for column in id.table().columns {
            rows.push(vec![
                id.name().to_owned(),
                column.name.to_owned(),
                format!("{:?}", column.kind).to_lowercase(),
                if column.required { "required" } else { "" }.to_owned(),
                format!("{:?}", column.privacy).to_lowercase(),
                pick(&column.label).to_owned(),
            ]);
        }
    }
    say(&table(&["table", "column", "type", "", "privacy", "label"], &rows))?;
    Ok(ExitCode::SUCCESS)
}
