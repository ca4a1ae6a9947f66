//! `Case::plan_requests`: the step `plan_requests` over the case, put into words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};
use tutela_analysis::{ParamValues, STEPS, StageDone, Step, StepContext, plan_requests, plan_steps};
use tutela_engine::{Engine, EngineConfig, StageWriter, ip_network};
use tutela_model::TableId;

use super::{rows, utc};
use crate::rights::Act;
use crate::{Case, CaseError, RunOptions, clock, files, run, store};

/// How long operators keep what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrafficRetention {
    /// Internet traffic: 12 months unless set otherwise.
    Internet = 1,
    /// Telephone traffic: 24 months.
    Telephone = 2,
    /// Crimes of the list: 72 months.
    Listed = 3,
}

/// How to plan.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// The moment from which retention is counted, as microseconds since 1970 UTC; now where absent.
    pub as_of_us: Option<i64>,
    /// Which retention holds.
    pub retention: TrafficRetention,
    /// A list of address blocks and who holds them: CSV with the headings `prefix` and `operator`.
    pub address_blocks: Option<PathBuf>,
    /// Parameter values other than the defaults.
    pub set: Vec<(String, String)>,
    /// Memory that queries may hold before they spill, in bytes.
    pub memory_bytes: usize,
    /// Parallel partitions.
    pub partitions: usize,
}

/// What to ask, and what not, each with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form of this document.
    pub format: String,
    /// What it was made from: it changes with the records, but not with the requests that are sent from it.
    pub made_from: String,
    /// The moment from which retention is counted.
    pub as_of_utc: String,
    /// SHA-256 of the list of address blocks, where one was given.
    pub address_blocks_sha256: Option<String>,
    /// Values of the plan's parameters.
    pub params: BTreeMap<String, serde_json::Value>,
    /// The accounts under investigation.
    pub accounts: Vec<AccountPlan>,
    /// What to ask.
    pub requests: Vec<PlannedRequest>,
    /// What is left out, by account and reason.
    pub left_out: Vec<LeftOut>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPlan {
    /// `platform:account_ref`.
    pub account: String,
    /// Its connections.
    pub connections: u64,
    /// Those that an operator's records cover already.
    pub answered: u64,
    /// Those that were asked about.
    pub asked: u64,
    /// Episodes found so far.
    pub episodes: u64,
    /// Whether its lines are found, so that no more is asked.
    pub decided: bool,
    /// Connections that this plan asks about.
    pub requests: u64,
}

/// A connection to ask about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedRequest {
    /// `platform:account_ref`. It stays in the case: no operator is told.
    pub account: String,
    /// Whom to ask.
    pub operator: String,
    /// How that is known: `records` or `list`.
    pub operator_origin: String,
    /// The address.
    pub ip: String,
    /// The port, where the platform recorded one.
    pub port: Option<i64>,
    /// The moment.
    pub asked_us: i64,
    /// The same for people.
    pub asked_utc: String,
    /// Clock error in microseconds, either way.
    pub error_us: i64,
    /// Lines that likely share the address.
    pub crowd_lines: u64,
    /// Lines that the answer is expected to name.
    pub expected_lines: u64,
    /// What such an answer says, in bits.
    pub bits: f64,
    /// Days until operators no longer keep it.
    pub days_left: i64,
    /// Connections of the account in the same likely lease: it stands for them.
    pub lease_logins: u64,
    /// SHA-256 of the sealed file that holds the connection.
    pub source_id: String,
    /// Its row.
    pub row: i64,
    /// Why it was chosen.
    pub why: String,
}

/// Connections of an account that are not asked about for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// `platform:account_ref`.
    pub account: String,
    /// The reason, as one word.
    pub reason: String,
    /// What it means.
    pub meaning: String,
    /// How many connections.
    pub connections: u64,
    /// The first of them.
    pub first_utc: String,
    /// The last of them.
    pub last_utc: String,
}

/// The reasons for leaving a connection out.
const REASONS: [(&str, &str); 15] = [
    ("no_public_address", "no address, or one that no operator assigns"),
    ("answered", "an operator's records cover it already"),
    ("asked", "it was asked about already"),
    ("zone_assumed", "the zone of its time was assumed or is absent: such a time cannot be sent"),
    (
        "clock_of_12_hours",
        "the platform's clock leaves half of the day empty: AM and PM may be lost; clarify that first",
    ),
    ("operators_contradict", "the records or the list name several operators for the address"),
    ("operator_unknown", "no record and no list names the operator of the address"),
    ("in_the_future", "its time lies after the day of the plan"),
    ("retention_over", "operators no longer keep it"),
    ("lease_asked", "another connection of its likely lease was asked about"),
    ("crowd", "the answer would name too many lines"),
    ("same_moment", "another account's request asks about the same address at the same moment"),
    ("same_lease", "another connection of its likely lease tells as much"),
    ("decided", "the account's lines are found: gate 1 is decided"),
    ("enough_asked", "as many were asked about as one account may cost"),
];

fn meaning(reason: &str) -> &'static str {
    let known = REASONS.iter().find(|(name, _)| *name == reason);
    known.map_or("other connections of the account, spread over time and operators, are asked about first", |(_, m)| m)
}

impl Case {
    /// Plans which connections to ask operators about, and keeps the plan in the case, where `export_requests` finds it.
    ///
    /// # Errors
    /// Where a parameter or the list of address blocks cannot be used, or a stage cannot be computed.
    pub fn plan_requests(&mut self, options: &PlanOptions, told: &(dyn Fn(&str) + Sync)) -> Result<Plan, CaseError> {
        self.need(Act::PlanRequests)?;
        let as_of_us = match options.as_of_us {
            Some(as_of_us) => as_of_us,
            None => clock::now_us(),
        };
        let params = plan_params(options, as_of_us)?;
        let folder = self.root.join("plans").join("part");
        files::empty_folder(&folder)?;
        let blocks = folder.join("address_block.parquet");
        write_blocks(&read_blocks(options.address_blocks.as_deref())?, &blocks)?;
        let run_dir = self.prepare(&run_options(options), &ParamValues::with(&[])?, told)?;
        let engine = Engine::open(&EngineConfig {
            memory_bytes: options.memory_bytes,
            partitions: options.partitions,
            spill_dir: folder.join("spill"),
        })?;
        let records = store::by_table(&self.root, &self.usable_record_files()?);
        let progress = |stage: &StageDone| told(&format!("plan_requests: {} ({} rows)", stage.name, stage.rows));
        let context = StepContext {
            engine: &engine,
            records: &records,
            run_dir: &run_dir,
            out_dir: &folder,
            params: &params,
            progress: &progress,
        };
        run::runtime()?.block_on(plan_requests(&context, &blocks))?;
        let digest = options.address_blocks.as_deref().map(files::digest).transpose()?;
        let plan = read_plan(&folder, self.made_from()?, as_of_us, digest.map(|(sum, _)| sum), &params)?;
        let path = self.root.join("plans").join("plan.json");
        let text = serde_json::to_vec_pretty(&plan).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        files::write_whole(&path, &text)?;
        files::empty_folder(&folder)?;
        Ok(plan)
    }

    /// The plan that was made last, where the records are still those it was made from.
    ///
    /// # Errors
    /// Where there is none, or the records have changed since.
    pub fn plan(&self) -> Result<Plan, CaseError> {
        self.need(Act::Leads)?;
        self.current_plan()
    }

    /// The same, for the case itself.
    pub(crate) fn current_plan(&self) -> Result<Plan, CaseError> {
        let path = self.root.join("plans").join("plan.json");
        let text = std::fs::read(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                CaseError::Usage(format!("{}: no plan yet; make one with: tutela request plan", self.root.display()))
            }
            _ => CaseError::io(&path)(e),
        })?;
        let plan: Plan =
            serde_json::from_slice(&text).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        if plan.made_from != self.made_from()? {
            return Err(CaseError::Usage(
                "the records have changed since the plan was made; look at a new one first: tutela request plan"
                    .to_owned(),
            ));
        }
        Ok(plan)
    }

    /// What a plan is made from: the steps and every record but the requests themselves.
    fn made_from(&self) -> Result<String, CaseError> {
        let mut inputs = self.usable_record_files()?;
        inputs.retain(|f| f.table != TableId::Request);
        Ok(run::run_id(&inputs, &ParamValues::with(&[])?))
    }
}

fn run_options(options: &PlanOptions) -> RunOptions {
    RunOptions {
        steps: plan_steps()[0].after().iter().map(|s| (*s).to_owned()).collect(),
        set: Vec::new(),
        memory_bytes: options.memory_bytes,
        partitions: options.partitions,
        verify: false,
    }
}

fn plan_params(options: &PlanOptions, as_of_us: i64) -> Result<ParamValues, CaseError> {
    let mut set = options.set.clone();
    set.push(("as_of_us".to_owned(), as_of_us.to_string()));
    set.push(("retention_kind".to_owned(), (options.retention as u8).to_string()));
    let steps: Vec<&dyn Step> = STEPS.iter().copied().chain(plan_steps()).collect();
    Ok(ParamValues::of(&steps, &set)?)
}

/// An address block and its operator.
struct Block {
    network: String,
    length: i64,
    operator: String,
}

/// Reads a list of address blocks. A line that cannot be read is an error: a block that is lost is a wrong operator.
fn read_blocks(path: Option<&Path>) -> Result<Vec<Block>, CaseError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = std::fs::read_to_string(path).map_err(CaseError::io(path))?;
    let text = text.trim_start_matches('\u{feff}');
    let wrong = |row: usize, column: &str, found: &str, expected: &str| {
        let row = if row == 0 { "headings".to_owned() } else { format!("row {row}, column {column}") };
        CaseError::Usage(format!("{}, {row}: found {found}, expected {expected}", path.display()))
    };
    let headings = text.lines().next().unwrap_or_default();
    let delimiter = [',', ';', '|', '\t'].into_iter().find(|d| headings.contains(*d)).unwrap_or(',');
    let names: Vec<String> = headings.split(delimiter).map(|h| h.trim().to_lowercase()).collect();
    let find = |name: &str| {
        names.iter().position(|n| n == name).ok_or_else(|| wrong(0, name, headings, "the headings prefix and operator"))
    };
    let (prefix, operator) = (find("prefix")?, find("operator")?);
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1).filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split(delimiter).map(|c| c.trim().trim_matches('"')).collect();
        if cells.len() != names.len() {
            let found = format!("{} cells", cells.len());
            return Err(wrong(number, "prefix", &found, &format!("{}, as many as headings", names.len())));
        }
        let (prefix, operator) =
            (cells.get(prefix).copied().unwrap_or_default(), cells.get(operator).copied().unwrap_or_default());
        if operator.is_empty() {
            return Err(wrong(number, "operator", "nothing", "the operator's name"));
        }
        let (ip, length) = prefix.split_once('/').unwrap_or((prefix, if prefix.contains(':') { "128" } else { "32" }));
        let length: i64 = length.parse().unwrap_or(-1);
        let network = ip_network(ip, length)
            .ok_or_else(|| wrong(number, "prefix", prefix, "a network such as 198.51.100.0/24"))?;
        out.push(Block { network, length, operator: operator.to_owned() });
    }
    Ok(out)
}

fn write_blocks(blocks: &[Block], path: &Path) -> Result<(), CaseError> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("network", DataType::Utf8, false),
        Field::new("prefix_length", DataType::Int64, false),
        Field::new("operator", DataType::Utf8, false),
    ]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(blocks.iter().map(|b| &b.network))),
        Arc::new(blocks.iter().map(|b| Some(b.length)).collect::<Int64Array>()),
        Arc::new(StringArray::from_iter_values(blocks.iter().map(|b| &b.operator))),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
        .map_err(|e| CaseError::Damaged(format!("address blocks: {e}")))?;
    let mut writer = StageWriter::create(path, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(())
}

fn read_plan(
    folder: &Path,
    made_from: String,
    as_of_us: i64,
    address_blocks_sha256: Option<String>,
    params: &ParamValues,
) -> Result<Plan, CaseError> {
    let own: Vec<&str> = plan_steps().iter().flat_map(|s| s.params()).map(|p| p.name).collect();
    let requests = read_requests(&folder.join("plan_request.parquet"))?;
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for request in &requests {
        *asked.entry(&request.account).or_default() += 1;
    }
    let (mut accounts, mut names) = (Vec::new(), BTreeMap::new());
    let columns = ["account_id", "platform", "account_ref", "connections", "answered", "asked", "episodes", "decided"];
    rows::each(&folder.join("plan_account.parquet"), &columns, |row| {
        let account = account(row)?;
        names.insert(row.number("account_id")?, account.clone());
        accounts.push(AccountPlan {
            connections: row.count("connections"),
            answered: row.count("answered"),
            asked: row.count("asked"),
            episodes: row.count("episodes"),
            decided: row.flag("decided"),
            requests: asked.get(account.as_str()).copied().unwrap_or(0),
            account,
        });
        Ok(())
    })?;
    Ok(Plan {
        format: "tutela-request-plan/1".to_owned(),
        made_from,
        as_of_utc: utc(as_of_us),
        address_blocks_sha256,
        params: params
            .iter()
            .filter(|(name, _)| own.contains(name))
            .map(|(name, value)| (name.to_owned(), serde_json::to_value(value).unwrap_or_default()))
            .collect(),
        left_out: read_left_out(&folder.join("plan_left_out.parquet"), &names)?,
        accounts,
        requests,
    })
}

fn account(row: &rows::Row<'_>) -> Result<String, CaseError> {
    Ok(format!("{}:{}", row.required("platform")?, row.required("account_ref")?))
}

fn read_requests(path: &Path) -> Result<Vec<PlannedRequest>, CaseError> {
    let columns = [
        "platform",
        "account_ref",
        "operator",
        "operator_origin",
        "ip",
        "port",
        "at_us",
        "error_us",
        "crowd_lines",
        "lines_origin",
        "expected_lines",
        "bits",
        "days_left",
        "lease_logins",
        "span",
        "quota",
        "source_id",
        "row",
    ];
    let mut out = Vec::new();
    rows::each(path, &columns, |row| {
        let asked_us = row.number("at_us")?;
        let request = PlannedRequest {
            account: account(row)?,
            operator: row.required("operator")?,
            operator_origin: row.required("operator_origin")?,
            ip: row.required("ip")?,
            port: row.integer("port"),
            asked_us,
            asked_utc: utc(asked_us),
            error_us: row.number("error_us")?,
            crowd_lines: row.count("crowd_lines"),
            expected_lines: row.count("expected_lines"),
            bits: row.real("bits").unwrap_or(0.0),
            days_left: row.number("days_left")?,
            lease_logins: row.count("lease_logins"),
            source_id: row.required("source_id")?,
            row: row.number("row")?,
            why: String::new(),
        };
        let why = why(&request, &row.required("lines_origin")?, row.count("span"), row.count("quota"));
        out.push(PlannedRequest { why, ..request });
        Ok(())
    })?;
    Ok(out)
}

fn why(request: &PlannedRequest, lines_origin: &str, span: u64, quota: u64) -> String {
    let port = if request.port.is_some() { "the port is stated" } else { "no port is recorded" };
    let operator = match request.operator_origin.as_str() {
        "records" => "the case's records name the operator",
        _ => "the list of address blocks names the operator",
    };
    format!(
        "the answer names about {} line(s): {port}, and {} share(s) the address by {lines_origin}; span {span} of \
         {quota} in time at this operator; it stands for {} connection(s) of one likely lease; {operator}",
        request.expected_lines, request.crowd_lines, request.lease_logins
    )
}

fn read_left_out(path: &Path, names: &BTreeMap<i64, String>) -> Result<Vec<LeftOut>, CaseError> {
    let mut groups: BTreeMap<(i64, String), (u64, i64, i64)> = BTreeMap::new();
    rows::each(path, &["account_id", "at_us", "reason"], |row| {
        let at = row.number("at_us")?;
        let group = groups.entry((row.number("account_id")?, row.required("reason")?)).or_insert((0, at, at));
        *group = (group.0 + 1, group.1.min(at), group.2.max(at));
        Ok(())
    })?;
    Ok(groups
        .into_iter()
        .map(|((account_id, reason), (connections, first, last))| LeftOut {
            account: names.get(&account_id).cloned().unwrap_or_default(),
            meaning: meaning(&reason).to_owned(),
            reason,
            connections,
            first_utc: utc(first),
            last_utc: utc(last),
        })
        .collect())
}
