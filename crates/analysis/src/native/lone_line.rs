//! The log-ins that one line alone can have made: the interval join without writing out the crowds.
//!
//! Behind a shared address without a port stand dozens of lines, and of those log-ins nothing more is wanted.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tutela_engine::{Engine, EngineError, StageFile, StageWriter};

use super::interval_join::{Index, each_login};

/// What is known so far of the log-in at hand, whose networks follow each other.
#[derive(Debug, Clone, Copy)]
struct Seen {
    login_id: i64,
    /// The line and the lowest of its holdings; nothing where there were several lines.
    alone: Option<(i64, i64)>,
}

/// Rows on their way out.
#[derive(Debug, Default)]
struct Output {
    login_id: Int64Builder,
    line_id: Int64Builder,
    holding_id: Int64Builder,
}

/// Joins the stages `logins` and `holdings` and writes one row for each log-in that a single line can have made.
pub(super) fn run(engine: &Engine, logins: &str, holdings: &str, path: &Path) -> Result<StageFile, EngineError> {
    let index = Index::read(engine, holdings)?;
    let mut out = Output::default();
    let mut seen: Option<Seen> = None;
    each_login(engine, logins, |network, login| {
        let mut known = seen.filter(|s| s.login_id == login.login_id);
        if known.is_none()
            && let Some(before) = seen.take()
        {
            out.push(before);
        }
        index.covering(network, login, |holding| {
            let alone = match known {
                None => Some((holding.line_id, holding.holding_id)),
                Some(Seen { alone: Some((line, first)), .. }) if line == holding.line_id => {
                    Some((line, first.min(holding.holding_id)))
                }
                Some(_) => None,
            };
            known = Some(Seen { login_id: login.login_id, alone });
        });
        seen = known;
        Ok(())
    })?;
    if let Some(last) = seen {
        out.push(last);
    }
    let mut writer = StageWriter::create(path, &schema())?;
    writer.write(&out.finish()?)?;
    writer.finish()
}

impl Output {
    fn push(&mut self, seen: Seen) {
        if let Some((line_id, holding_id)) = seen.alone {
            self.login_id.append_value(seen.login_id);
            self.line_id.append_value(line_id);
            self.holding_id.append_value(holding_id);
        }
    }

    fn finish(&mut self) -> Result<RecordBatch, EngineError> {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(self.login_id.finish()), Arc::new(self.line_id.finish()), Arc::new(self.holding_id.finish())];
        RecordBatch::try_new(schema(), columns).map_err(|e| EngineError::query("lone_line", e.into()))
    }
}

fn schema() -> SchemaRef {
    let integer = |name: &str| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![integer("login_id"), integer("line_id"), integer("holding_id")]))
}
