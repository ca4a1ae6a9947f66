//! Accounts that shared details tie together, over any number of ties.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use tutela_engine::{Engine, EngineError, StageFile, StageWriter};

use super::text;

/// Which account each one leads to; the account that leads to itself is the first of its component.
#[derive(Debug, Default)]
pub(super) struct Components {
    numbers: BTreeMap<String, usize>,
    parents: Vec<usize>,
}

impl Components {
    fn number(&mut self, account: &str) -> usize {
        if let Some(number) = self.numbers.get(account) {
            return *number;
        }
        let number = self.parents.len();
        self.numbers.insert(account.to_owned(), number);
        self.parents.push(number);
        number
    }

    fn root(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent != at) {
            // Each second step shortens the way for the next.
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(at) {
                *own = above;
            }
            at = above;
        }
        at
    }

    /// Two accounts share a detail.
    pub(super) fn tie(&mut self, one: &str, other: &str) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.parents.get_mut(other) {
            *parent = one;
        }
    }

    /// Each account in order, with the first account of its component and how many there are.
    pub(super) fn rows(mut self) -> Vec<(String, String, i64)> {
        let numbers = std::mem::take(&mut self.numbers);
        let mut firsts: BTreeMap<usize, (String, i64)> = BTreeMap::new();
        let mut roots = Vec::with_capacity(numbers.len());
        for (account, number) in numbers {
            let root = self.root(number);
            firsts.entry(root).or_insert_with(|| (account.clone(), 0)).1 += 1;
            roots.push((account, root));
        }
        let first = |root: &usize| firsts.get(root).cloned().unwrap_or_default();
        roots
            .into_iter()
            .map(|(account, root)| {
                let (household, accounts) = first(&root);
                (account, household, accounts)
            })
            .collect()
    }
}

/// Reads the stage `ties`, whose rows come by tie, and writes each account with its household.
pub(super) fn run(engine: &Engine, ties: &str, path: &Path) -> Result<StageFile, EngineError> {
    let mut components = Components::default();
    let mut before: Option<(String, String)> = None;
    for batch in engine.stage_rows(ties, &["tie", "account_key"])? {
        let batch = batch?;
        let (tie, account) = (text(&batch, 0)?, text(&batch, 1)?);
        for row in 0..batch.num_rows() {
            match before.as_ref().filter(|(same, _)| same == tie.value(row)) {
                Some((_, first)) => components.tie(first, account.value(row)),
                None => before = Some((tie.value(row).to_owned(), account.value(row).to_owned())),
            }
        }
    }
    let rows = components.rows();
    let schema = Arc::new(Schema::new(vec![
        Field::new("account_key", DataType::Utf8, false),
        Field::new("household", DataType::Utf8, false),
        Field::new("accounts", DataType::Int64, false),
    ]));
    let mut writer = StageWriter::create(path, &schema)?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0.as_str()))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1.as_str()))),
        Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>()),
    ];
    let batch = RecordBatch::try_new(schema, columns).map_err(|e| EngineError::query("components", e.into()))?;
    writer.write(&batch)?;
    writer.finish()
}
