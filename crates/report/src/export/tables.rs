//! The tables of a CSV or Parquet export: what the leads say, and the records they rest on.

use super::extract::{Extract, value};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(Option<String>),
    Whole(Option<u64>),
    Real(Option<f64>),
    Flag(bool),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Real,
    Flag,
}

pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
    pub(super) rows: Vec<Vec<Cell>>,
}

fn text(value: &str) -> Cell {
    Cell::Text(Some(value.to_owned()))
}

fn maybe(value: Option<&str>) -> Cell {
    Cell::Text(value.map(str::to_owned))
}

fn whole(value: u64) -> Cell {
    Cell::Whole(Some(value))
}

/// The name of a closed list's value, as it stands in its JSON form.
fn name_of<T: serde::Serialize>(value: &T) -> Cell {
    Cell::Text(serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)))
}

/// All tables, in the order of the manual.
pub(super) fn tables(extract: &Extract) -> Vec<Table> {
    vec![
        leads(extract),
        evidence(extract),
        lines(extract),
        people(extract),
        hypotheses(extract),
        cited(extract),
        values(extract),
        payments(extract),
        paid(extract),
        sources(extract),
        bases(extract),
    ]
}

const LEAD: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("platform", Kind::Text),
    ("account_ref", Kind::Text),
    ("outcome", Kind::Text),
    ("person_ref", Kind::Text),
    ("connections", Kind::Whole),
    ("usable", Kind::Whole),
    ("assigned", Kind::Whole),
    ("episodes", Kind::Whole),
    ("resolution_log10_lr", Kind::Real),
    ("resolution_status", Kind::Text),
    ("attribution_log10_lr", Kind::Real),
    ("attribution_status", Kind::Text),
    ("reason", Kind::Text),
    ("next_step", Kind::Text),
    ("run_id", Kind::Text),
];

fn leads(extract: &Extract) -> Table {
    let row = |e: &tutela_case::Explained| {
        let l = &e.lead;
        vec![
            text(&l.lead_ref),
            text(&l.account.platform),
            text(&l.account.account_ref),
            text(l.outcome.name()),
            maybe(l.person_ref.as_deref()),
            whole(l.counts.connections),
            whole(l.counts.usable),
            whole(l.counts.assigned),
            whole(l.counts.episodes),
            Cell::Real(l.resolution.log10_lr),
            name_of(&l.resolution.status),
            Cell::Real(l.attribution.log10_lr),
            name_of(&l.attribution.status),
            text(&l.attribution.reason),
            text(&l.next_step),
            text(&e.run_id),
        ]
    };
    Table { name: "lead", columns: LEAD, rows: extract.leads.iter().map(row).collect() }
}

const EVIDENCE: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("evidence_ref", Kind::Text),
    ("side", Kind::Text),
    ("kind", Kind::Text),
    ("statement", Kind::Text),
    ("log10_lr", Kind::Real),
    ("words", Kind::Text),
    ("dependence_group", Kind::Text),
    ("from_network", Kind::Flag),
    ("person_ref", Kind::Text),
    ("operator", Kind::Text),
    ("line_ref", Kind::Text),
    ("records", Kind::Whole),
];

fn evidence(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for lead in extract.leads.iter().map(|e| &e.lead) {
        let sides = [("against", &lead.against), ("for", &lead.r#for)];
        for (side, item) in sides.into_iter().flat_map(|(side, items)| items.iter().map(move |i| (side, i))) {
            rows.push(vec![
                text(&lead.lead_ref),
                text(&item.evidence_ref),
                text(side),
                text(&item.kind),
                text(&item.statement),
                Cell::Real(item.log10_lr),
                maybe(item.words.as_deref()),
                text(&item.dependence_group),
                Cell::Flag(item.from_network),
                maybe(item.person_ref.as_deref()),
                maybe(item.line.as_ref().map(|l| l.operator.as_str())),
                maybe(item.line.as_ref().map(|l| l.line_ref.as_str())),
                whole(item.records),
            ]);
        }
    }
    Table { name: "evidence", columns: EVIDENCE, rows }
}

const LINE: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("operator", Kind::Text),
    ("line_ref", Kind::Text),
    ("status", Kind::Text),
    ("set_size", Kind::Whole),
    ("episodes", Kind::Whole),
    ("connections", Kind::Whole),
    ("log10_lr", Kind::Real),
    ("access_kind", Kind::Text),
    ("address_kind", Kind::Text),
];

fn lines(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for lead in extract.leads.iter().map(|e| &e.lead) {
        rows.extend(lead.lines.iter().map(|l| {
            vec![
                text(&lead.lead_ref),
                text(&l.operator),
                text(&l.line_ref),
                name_of(&l.status),
                whole(l.set_size),
                whole(l.episodes),
                whole(l.connections),
                Cell::Real(Some(l.log10_lr)),
                maybe(l.access_kind.as_deref()),
                maybe(l.address_kind.as_deref()),
            ]
        }));
    }
    Table { name: "line", columns: LINE, rows }
}

const PERSON: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("person_ref", Kind::Text),
    ("name", Kind::Text),
    ("links", Kind::Text),
    ("log10_lr", Kind::Real),
    ("supported", Kind::Flag),
];

fn people(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for lead in extract.leads.iter().map(|e| &e.lead) {
        rows.extend(lead.people.iter().map(|p| {
            vec![
                text(&lead.lead_ref),
                text(&p.person_ref),
                maybe(extract.names.get(&p.person_ref).map(String::as_str)),
                text(&p.links.join(" ")),
                Cell::Real(p.log10_lr),
                Cell::Flag(lead.person_ref.as_ref() == Some(&p.person_ref)),
            ]
        }));
    }
    Table { name: "person", columns: PERSON, rows }
}

const HYPOTHESIS: &[(&str, Kind)] =
    &[("lead_ref", Kind::Text), ("hypothesis", Kind::Text), ("status", Kind::Text), ("reason", Kind::Text)];

fn hypotheses(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for lead in extract.leads.iter().map(|e| &e.lead) {
        let row = |h: &tutela_model::lead::HypothesisFinding| {
            vec![text(&lead.lead_ref), name_of(&h.hypothesis), name_of(&h.status), text(&h.reason)]
        };
        rows.extend(lead.hypotheses.iter().map(row));
    }
    Table { name: "hypothesis", columns: HYPOTHESIS, rows }
}

const CITED: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("evidence_ref", Kind::Text),
    ("table_name", Kind::Text),
    ("source_id", Kind::Text),
    ("row", Kind::Whole),
    ("byte_start", Kind::Whole),
    ("byte_end", Kind::Whole),
];

fn cited(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for lead in &extract.leads {
        for item in &lead.items {
            rows.extend(item.shown.iter().map(|r| {
                vec![
                    text(&lead.lead.lead_ref),
                    text(&item.evidence_ref),
                    text(r.table.name()),
                    text(&r.source_id),
                    whole(r.row),
                    whole(r.span.start),
                    whole(r.span.end),
                ]
            }));
        }
    }
    Table { name: "citation", columns: CITED, rows }
}

const VALUE: &[(&str, Kind)] = &[
    ("table_name", Kind::Text),
    ("source_id", Kind::Text),
    ("row", Kind::Whole),
    ("column_name", Kind::Text),
    ("value", Kind::Text),
    ("masked", Kind::Flag),
    ("byte_start", Kind::Whole),
    ("byte_end", Kind::Whole),
];

fn values(extract: &Extract) -> Table {
    let mut rows = Vec::new();
    for record in extract.records() {
        rows.extend(record.values.iter().map(|v| {
            vec![
                text(record.table.name()),
                text(&record.source_id),
                whole(record.row),
                text(v.column),
                maybe(v.value.as_deref()),
                Cell::Flag(v.value.is_none()),
                Cell::Whole(v.span.map(|s| s.start)),
                Cell::Whole(v.span.map(|s| s.end)),
            ]
        }));
    }
    Table { name: "value", columns: VALUE, rows }
}

const PAYMENT: &[(&str, Kind)] = &[
    ("lead_ref", Kind::Text),
    ("provider", Kind::Text),
    ("account_ref", Kind::Text),
    ("role", Kind::Text),
    ("outcome", Kind::Text),
    ("log10_lr", Kind::Real),
    ("reason", Kind::Text),
    ("would_decide", Kind::Text),
];

fn payments(extract: &Extract) -> Table {
    let row = |l: &tutela_analysis::PaymentLead| {
        vec![
            text(&l.lead_ref),
            maybe(l.provider.as_deref()),
            text(&l.account_ref),
            text(&l.role),
            text(&l.outcome),
            Cell::Real(l.log10_lr),
            text(&l.reason),
            text(&l.would_decide),
        ]
    };
    Table { name: "payment_lead", columns: PAYMENT, rows: extract.payments.leads.iter().map(row).collect() }
}

const PAID: &[(&str, Kind)] = &[
    ("source_id", Kind::Text),
    ("row", Kind::Whole),
    ("payment_ref", Kind::Text),
    ("at_utc", Kind::Text),
    ("amount", Kind::Text),
    ("currency", Kind::Text),
    ("debtor_provider", Kind::Text),
    ("debtor_account", Kind::Text),
    ("creditor_provider", Kind::Text),
    ("creditor_account", Kind::Text),
    ("provider", Kind::Text),
    ("status", Kind::Text),
];

/// The payments of the leads from payments; amounts as exact decimals.
fn paid(extract: &Extract) -> Table {
    let row = |r: &tutela_case::ExplainedRecord| {
        let mut row = vec![text(&r.source_id), whole(r.row)];
        row.extend(PAID.iter().skip(2).map(|(column, _)| maybe(value(r, column))));
        row
    };
    Table { name: "payment", columns: PAID, rows: extract.paid.iter().map(row).collect() }
}

const SOURCE: &[(&str, Kind)] = &[
    ("source_id", Kind::Text),
    ("file_name", Kind::Text),
    ("size_bytes", Kind::Whole),
    ("format", Kind::Text),
    ("basis_id", Kind::Text),
    ("rows", Kind::Whole),
    ("rows_refused", Kind::Whole),
    ("taken_utc", Kind::Text),
];

fn sources(extract: &Extract) -> Table {
    let row = |s: &tutela_case::SourceRow| {
        vec![
            text(&s.source_id),
            text(&s.file_name),
            whole(s.size_bytes),
            text(&s.format),
            text(&s.basis_id),
            whole(s.rows),
            whole(s.rows_refused),
            text(&s.taken_utc),
        ]
    };
    Table { name: "source", columns: SOURCE, rows: extract.sources.iter().map(row).collect() }
}

const BASIS: &[(&str, Kind)] = &[
    ("basis_id", Kind::Text),
    ("act", Kind::Text),
    ("authority", Kind::Text),
    ("scope", Kind::Text),
    ("from_date", Kind::Text),
    ("until_date", Kind::Text),
];

fn bases(extract: &Extract) -> Table {
    let row = |b: &tutela_case::Basis| {
        [&b.basis_id, &b.act, &b.authority, &b.scope, &b.from_date, &b.until_date].map(|v| text(v)).to_vec()
    };
    Table { name: "basis", columns: BASIS, rows: extract.bases.iter().map(row).collect() }
}
