//! CASE 1.5 over UCO, as JSON-LD.
//!
//! Sources are files with their digest under an authorization; accounts, lines and addresses are observables; people are
//! identities; an item of evidence is an annotation of what it ties together, and each proposition's weight stands in its
//! statement. UCO has no likelihood ratio and no payment, so neither is pressed into a class that means something else.

use serde_json::{Map, Value, json};
use tutela_case::{ExplainedRecord, SourceRow};
use tutela_model::lead::{Evidence, Lead};

use super::extract::{Extract, value};
use super::ids::uuid;
use crate::ReportError;

fn id(kind: &str, parts: &[&str]) -> String {
    format!("kb:{kind}-{}", uuid(&[&[kind], parts].concat()))
}

fn at(id: &str) -> Value {
    json!({ "@id": id })
}

fn time(utc: &str) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": utc })
}

/// The graph as it grows: each node once.
#[derive(Default)]
struct Graph {
    nodes: std::collections::BTreeMap<String, Value>,
}

impl Graph {
    fn add(&mut self, id: &str, node: Value) {
        let mut fields = Map::new();
        fields.insert("@id".to_owned(), Value::from(id));
        if let Value::Object(rest) = node {
            fields.extend(rest);
        }
        self.nodes.entry(id.to_owned()).or_insert(Value::Object(fields));
    }

    fn relation(&mut self, source: &str, target: &str, kind: &str) {
        let id = id("relationship", &[source, target, kind]);
        self.add(
            &id,
            json!({
                "@type": "uco-core:Relationship",
                "uco-core:source": at(source),
                "uco-core:target": at(target),
                "uco-core:kindOfRelationship": kind,
                "uco-core:isDirectional": { "@type": "xsd:boolean", "@value": true },
            }),
        );
    }
}

pub(super) fn write(extract: &Extract) -> Result<Vec<u8>, ReportError> {
    let mut graph = Graph::default();
    for source in &extract.sources {
        file(source, &mut graph);
    }
    for basis in &extract.bases {
        let authorization = id("authorization", &[&basis.basis_id, &basis.act]);
        graph.add(&authorization, json!({
            "@type": "case-investigation:Authorization",
            "case-investigation:authorizationIdentifier": basis.basis_id,
            "case-investigation:authorizationType": basis.act,
            "uco-core:description": format!("{}; {}; {} to {}", basis.authority, basis.scope, basis.from_date, basis.until_date),
        }));
    }
    for explained in &extract.leads {
        lead(extract, &explained.lead, &mut graph);
        for record in explained.items.iter().flat_map(|i| &i.shown) {
            connection(record, &mut graph);
        }
    }
    investigation(extract, &mut graph);
    let document = json!({
        "@context": {
            "kb": "http://example.org/kb/",
            "case-investigation": "https://ontology.caseontology.org/case/investigation/",
            "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
            "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
            "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
            "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
            "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": graph.nodes.into_values().collect::<Vec<_>>(),
    });
    let mut out = serde_json::to_vec_pretty(&document).map_err(|e| ReportError::form("CASE")(e.to_string()))?;
    out.push(b'\n');
    Ok(out)
}

/// The case itself, with everything that is in it.
fn investigation(extract: &Extract, graph: &mut Graph) {
    let tool = id("tool", &["tutela", env!("CARGO_PKG_VERSION")]);
    graph.add(
        &tool,
        json!({
            "@type": "uco-tool:Tool",
            "uco-core:name": "Tutela",
            "uco-tool:version": env!("CARGO_PKG_VERSION"),
        }),
    );
    let of = |kind: &str| {
        let prefix = format!("kb:{kind}-");
        graph.nodes.keys().filter(|k| k.starts_with(&prefix)).map(|k| at(k)).collect::<Vec<_>>()
    };
    let authorizations = of("authorization");
    let everything: Vec<Value> = graph
        .nodes
        .keys()
        .filter(|k| !k.contains("-facet-") && !k.starts_with("kb:authorization-"))
        .map(|k| at(k))
        .collect();
    let mut node = json!({
        "@type": "case-investigation:Investigation",
        "uco-core:name": extract.at.origin,
        "uco-core:description": format!("run {}, custody log of {} entries at {}", extract.at.run_id, extract.at.entries, extract.at.utc),
        "uco-core:object": everything,
    });
    if let (Some(fields), false) = (node.as_object_mut(), authorizations.is_empty()) {
        fields.insert("case-investigation:relevantAuthorization".to_owned(), authorizations.into());
    }
    let investigation = id("investigation", &[&extract.at.origin]);
    graph.add(&investigation, node);
}

fn source_id(digest: &str) -> String {
    id("source", &[digest])
}

fn file(source: &SourceRow, graph: &mut Graph) {
    let file = source_id(&source.source_id);
    graph.add(
        &file,
        json!({
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [
                {
                    "@id": id("file-facet", &[&source.source_id]),
                    "@type": "uco-observable:FileFacet",
                    "uco-observable:fileName": source.file_name,
                    "uco-observable:sizeInBytes": { "@type": "xsd:integer", "@value": source.size_bytes.to_string() },
                },
                {
                    "@id": id("content-data-facet", &[&source.source_id]),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:hash": {
                        "@id": id("hash", &[&source.source_id]),
                        "@type": "uco-types:Hash",
                        "uco-types:hashMethod": "SHA256",
                        "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": source.source_id },
                    },
                },
            ],
        }),
    );
    let provenance = id("provenance-record", &[&source.source_id]);
    graph.add(
        &provenance,
        json!({
            "@type": "case-investigation:ProvenanceRecord",
            "uco-core:description": format!("sealed {} under {}", source.taken_utc, source.basis_id),
            "case-investigation:exhibitNumber": source.source_id,
            "uco-core:object": at(&file),
        }),
    );
}

/// An account, or the account of a line with its operator.
fn account(kind: &str, issuer: &str, identifier: &str, graph: &mut Graph) -> String {
    let organization = id("organization", &[issuer]);
    graph.add(&organization, json!({ "@type": "uco-identity:Organization", "uco-core:name": issuer }));
    let account = id(kind, &[issuer, identifier]);
    let facet = id("account-facet", &[kind, issuer, identifier]);
    graph.add(
        &account,
        json!({
            "@type": "uco-observable:DigitalAccount",
            "uco-core:hasFacet": {
                "@id": facet,
                "@type": "uco-observable:AccountFacet",
                "uco-observable:accountIdentifier": identifier,
                "uco-observable:accountIssuer": at(&organization),
            },
        }),
    );
    account
}

fn person(extract: &Extract, person_ref: &str, graph: &mut Graph) -> String {
    let person = id("person", &[person_ref]);
    graph.add(&person, json!({ "@type": "uco-identity:Person", "uco-core:name": extract.called(person_ref) }));
    person
}

fn lead(extract: &Extract, lead: &Lead, graph: &mut Graph) {
    let account_node = account("account", &lead.account.platform, &lead.account.account_ref, graph);
    for line in &lead.lines {
        let node = account("line", &line.operator, &line.line_ref, graph);
        graph.relation(&account_node, &node, "Used");
    }
    for linked in &lead.people {
        person(extract, &linked.person_ref, graph);
    }
    let outcome = id("lead", &[&lead.lead_ref, &extract.at.run_id]);
    graph.add(
        &outcome,
        json!({
            "@type": "uco-core:Annotation",
            "uco-core:name": lead.lead_ref,
            "uco-core:statement": format!("{}: {}", lead.outcome.name(), lead.attribution.reason),
            "uco-core:object": at(&account_node),
        }),
    );
    let sides = [("against", &lead.against), ("for", &lead.r#for)];
    for (side, item) in sides.into_iter().flat_map(|(side, items)| items.iter().map(move |i| (side, i))) {
        evidence(extract, lead, side, item, &account_node, graph);
    }
}

fn evidence(extract: &Extract, lead: &Lead, side: &str, item: &Evidence, account_node: &str, graph: &mut Graph) {
    let mut objects = vec![at(account_node)];
    if let Some(linked) = &item.person_ref {
        objects.push(at(&person(extract, linked, graph)));
    }
    if let Some(line) = &item.line {
        objects.push(at(&account("line", &line.operator, &line.line_ref, graph)));
    }
    let weight = item.log10_lr.map(|l| format!("; log10 LR {l:+}")).unwrap_or_default();
    let node = id("evidence", &[&lead.lead_ref, &extract.at.run_id, &item.evidence_ref]);
    graph.add(&node, json!({
        "@type": "uco-core:Annotation",
        "uco-core:name": item.evidence_ref,
        "uco-core:tag": side,
        "uco-core:statement": format!("{}{weight}; counts once within {}; {} records", item.statement, item.dependence_group, item.records),
        "uco-core:object": objects,
    }));
}

/// The connection that a session record states, from its address.
fn connection(record: &ExplainedRecord, graph: &mut Graph) {
    let (Some(ip), "session") = (value(record, "ip"), record.table.name()) else { return };
    let v6 = ip.contains(':');
    let address = id("address", &[ip]);
    let (kind, facet) = if v6 { ("IPv6Address", "IPv6AddressFacet") } else { ("IPv4Address", "IPv4AddressFacet") };
    graph.add(
        &address,
        json!({
            "@type": format!("uco-observable:{kind}"),
            "uco-core:hasFacet": {
                "@id": id("address-facet", &[ip]),
                "@type": format!("uco-observable:{facet}"),
                "uco-observable:addressValue": ip,
            },
        }),
    );
    let row = record.row.to_string();
    let key = [record.source_id.as_str(), row.as_str()];
    let mut facet = json!({
        "@id": id("network-connection-facet", &key),
        "@type": "uco-observable:NetworkConnectionFacet",
        "uco-observable:src": at(&address),
    });
    if let Some(fields) = facet.as_object_mut() {
        if let Some(port) = value(record, "port").filter(|p| p.bytes().all(|b| b.is_ascii_digit())) {
            fields.insert("uco-observable:sourcePort".to_owned(), json!({ "@type": "xsd:integer", "@value": port }));
        }
        if let Some(utc) = value(record, "at_utc") {
            fields.insert("uco-observable:startTime".to_owned(), time(utc));
        }
    }
    let node = id("network-connection", &key);
    graph.add(&node, json!({ "@type": "uco-observable:NetworkConnection", "uco-core:hasFacet": facet }));
    graph.relation(&node, &source_id(&record.source_id), "Extracted_From");
    if let (Some(platform), Some(account_ref)) = (value(record, "platform"), value(record, "account_ref")) {
        let account_node = account("account", platform, account_ref, graph);
        graph.relation(&account_node, &node, "Connected");
    }
}
