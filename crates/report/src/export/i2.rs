//! i2 Analyst's Notebook exchange: a chart of accounts, lines and people, with one link an item of evidence.
//!
//! The form is the one that Analyst's Notebook imports: entities with an identity, so that charts merge, attributes with
//! declared classes, links between ends. What speaks against is dashed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tutela_analysis::PaymentLead;
use tutela_model::lead::{Evidence, Lead};

use super::extract::{Extract, value};

/// An attribute of an item on the chart.
struct Attribute {
    name: &'static str,
    value: String,
}

struct Icon {
    identity: String,
    label: String,
    kind: &'static str,
    attributes: Vec<Attribute>,
    x: i64,
    y: i64,
}

struct Link {
    from: String,
    to: String,
    kind: &'static str,
    label: String,
    description: String,
    against: bool,
    attributes: Vec<Attribute>,
}

/// Attribute classes, with their types.
const CLASSES: [(&str, &str); 9] = [
    ("platform", "AttText"),
    ("operator", "AttText"),
    ("lead", "AttText"),
    ("outcome", "AttText"),
    ("side", "AttText"),
    ("kind", "AttText"),
    ("log10 LR", "AttNumber"),
    ("records", "AttNumber"),
    ("episodes", "AttNumber"),
];
const ENTITY_TYPES: [&str; 4] = ["Account", "Line", "Person", "Payment account"];
const LINK_TYPES: [&str; 3] = ["Evidence", "Use", "Payments"];
const STRENGTHS: [(&str, &str); 2] = [("for", "DotStyleSolid"), ("against", "DotStyleDashed")];

/// Distances on the chart.
const COLUMN: i64 = 400;
const ROW: i64 = 120;

#[derive(Default)]
struct Chart {
    icons: BTreeMap<String, Icon>,
    links: Vec<Link>,
    rows: [i64; 4],
}

impl Chart {
    fn icon(&mut self, column: usize, identity: String, label: &str, kind: &'static str, attributes: Vec<Attribute>) {
        if self.icons.contains_key(&identity) {
            return;
        }
        let row = self.rows.get_mut(column).map_or(0, |r| {
            *r += 1;
            *r
        });
        let x = i64::try_from(column).unwrap_or(0) * COLUMN;
        let icon = Icon { identity: identity.clone(), label: label.to_owned(), kind, attributes, x, y: row * ROW };
        self.icons.insert(identity, icon);
    }
}

fn text(name: &'static str, value: &str) -> Attribute {
    Attribute { name, value: value.to_owned() }
}

fn account_id(lead: &Lead) -> String {
    format!("account {}:{}", lead.account.platform, lead.account.account_ref)
}

fn line_id(operator: &str, line_ref: &str) -> String {
    format!("line {operator}/{line_ref}")
}

fn payment_id(lead: &PaymentLead) -> String {
    format!("payment account {}/{}", lead.provider.as_deref().unwrap_or_default(), lead.account_ref)
}

pub(super) fn write(extract: &Extract) -> Vec<u8> {
    let mut chart = Chart::default();
    for lead in extract.leads.iter().map(|e| &e.lead) {
        draw(extract, lead, &mut chart);
    }
    for lead in &extract.payments.leads {
        let attributes = vec![text("lead", &lead.lead_ref), text("outcome", &lead.outcome), text("kind", &lead.role)];
        chart.icon(3, payment_id(lead), &lead.account_ref, "Payment account", attributes);
    }
    pay(extract, &mut chart);
    encode(&xml(&chart))
}

/// The payments between two accounts in one currency, as one link; both ends are on the chart, also where only one is a lead.
fn pay(extract: &Extract, chart: &mut Chart) {
    let mut flows: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    let leads: BTreeMap<String, String> =
        extract.payments.leads.iter().map(|l| (l.account_ref.clone(), payment_id(l))).collect();
    for record in &extract.paid {
        let of = |column: &str| value(record, column).unwrap_or_default().to_owned();
        let ends = ["debtor", "creditor"].map(|side| (of(&format!("{side}_provider")), of(&format!("{side}_account"))));
        if ends.iter().any(|(_, account)| account.is_empty()) {
            continue;
        }
        let ids = ends.map(|(provider, account)| {
            let id = leads.get(&account).cloned().unwrap_or_else(|| format!("payment account {provider}/{account}"));
            chart.icon(3, id.clone(), &account, "Payment account", Vec::new());
            id
        });
        let [from, to] = ids;
        *flows.entry((from, to, of("currency"))).or_default() += 1;
    }
    for ((from, to, currency), payments) in flows.into_iter().filter(|((from, to, _), _)| from != to) {
        chart.links.push(Link {
            from,
            to,
            kind: "Payments",
            label: format!("{payments} payments, {currency}"),
            description: String::new(),
            against: false,
            attributes: vec![text("records", &payments.to_string())],
        });
    }
}

fn draw(extract: &Extract, lead: &Lead, chart: &mut Chart) {
    let account = account_id(lead);
    let about = vec![
        text("platform", &lead.account.platform),
        text("lead", &lead.lead_ref),
        text("outcome", lead.outcome.name()),
    ];
    chart.icon(0, account.clone(), &lead.account.account_ref, "Account", about);
    for line in &lead.lines {
        let id = line_id(&line.operator, &line.line_ref);
        chart.icon(1, id.clone(), &line.line_ref, "Line", vec![text("operator", &line.operator)]);
        chart.links.push(Link {
            from: account.clone(),
            to: id,
            kind: "Use",
            label: format!("{} episodes", line.episodes),
            description: String::new(),
            against: false,
            attributes: vec![
                text("episodes", &line.episodes.to_string()),
                text("log10 LR", &line.log10_lr.to_string()),
            ],
        });
    }
    for person in &lead.people {
        chart.icon(
            2,
            format!("person {}", person.person_ref),
            extract.called(&person.person_ref),
            "Person",
            Vec::new(),
        );
    }
    let sides = [("against", &lead.against), ("for", &lead.r#for)];
    for (side, item) in sides.into_iter().flat_map(|(side, items)| items.iter().map(move |i| (side, i))) {
        chart.links.extend(link(&account, lead, side, item, chart));
    }
}

/// The link of an item of evidence, where both of its ends are on the chart.
fn link(account: &str, lead: &Lead, side: &str, item: &Evidence, chart: &Chart) -> Option<Link> {
    let person = item.person_ref.as_ref().map(|p| format!("person {p}"));
    let line = item.line.as_ref().map(|l| line_id(&l.operator, &l.line_ref));
    let (from, to) = match (person, line) {
        (Some(person), Some(line)) => (line, person),
        (Some(one), None) | (None, Some(one)) => (account.to_owned(), one),
        (None, None) => return None,
    };
    let mut attributes = vec![
        text("lead", &lead.lead_ref),
        text("side", side),
        text("kind", &item.kind),
        text("records", &item.records.to_string()),
    ];
    attributes.extend(item.log10_lr.map(|l| text("log10 LR", &l.to_string())));
    let both = chart.icons.contains_key(&from) && chart.icons.contains_key(&to) && from != to;
    both.then(|| Link {
        from,
        to,
        kind: "Evidence",
        label: item.log10_lr.map_or_else(|| item.kind.clone(), |l| format!("{l:+}")),
        description: item.statement.clone(),
        against: side == "against",
        attributes,
    })
}

fn xml(chart: &Chart) -> String {
    let mut out = head();
    out.push_str("<ChartItemCollection>\n");
    let mut numbers = BTreeMap::new();
    for (index, icon) in chart.icons.values().enumerate() {
        numbers.insert(icon.identity.as_str(), index + 1);
        write_icon(&mut out, index + 1, icon);
    }
    for (index, link) in chart.links.iter().enumerate() {
        let (Some(from), Some(to)) = (numbers.get(link.from.as_str()), numbers.get(link.to.as_str())) else { continue };
        write_link(&mut out, chart.icons.len() + index + 1, (*from, *to), link);
    }
    out.push_str("</ChartItemCollection>\n</Chart>\n");
    out
}

/// The place of a name in its list: the identifiers of classes and types follow from it.
fn place(names: impl IntoIterator<Item = &'static str>, wanted: &str) -> usize {
    names.into_iter().position(|name| name == wanted).map_or(0, |i| i + 1)
}

/// What a chart declares before its items.
fn head() -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Chart>\n");
    out.push_str("<ApplicationVersion Major=\"9\" Minor=\"0\" Point=\"0\" Build=\"0\"/>\n<StrengthCollection>\n");
    for (i, (name, style)) in (1..).zip(STRENGTHS) {
        push(&mut out, format_args!("<Strength Id=\"S{i}\" Name=\"{name}\" DotStyle=\"{style}\"/>\n"));
    }
    out.push_str("</StrengthCollection>\n<AttributeClassCollection>\n");
    for (i, (name, kind)) in (1..).zip(CLASSES) {
        push(&mut out, format_args!("<AttributeClass Id=\"A{i}\" Name=\"{name}\" Type=\"{kind}\" IsUser=\"true\""));
        out.push_str(" UserCanAdd=\"true\" UserCanRemove=\"true\" ShowValue=\"false\"/>\n");
    }
    out.push_str("</AttributeClassCollection>\n<EntityTypeCollection>\n");
    for (i, name) in (1..).zip(ENTITY_TYPES) {
        push(&mut out, format_args!("<EntityType Id=\"E{i}\" Name=\"{name}\"/>\n"));
    }
    out.push_str("</EntityTypeCollection>\n<LinkTypeCollection>\n");
    for (i, name) in (1..).zip(LINK_TYPES) {
        push(&mut out, format_args!("<LinkType Id=\"L{i}\" Name=\"{name}\"/>\n"));
    }
    out.push_str("</LinkTypeCollection>\n");
    out
}

fn write_icon(out: &mut String, number: usize, icon: &Icon) {
    let (label, identity, kind) = (safe(&icon.label), safe(&icon.identity), icon.kind);
    let (x, y, of) = (icon.x, icon.y, place(ENTITY_TYPES, icon.kind));
    push(out, format_args!("<ChartItem Id=\"I{number}\" Label=\"{label}\" XPosition=\"{x}\">\n"));
    push(out, format_args!("<End X=\"{x}\" Y=\"{y}\" Z=\"0\">\n"));
    push(
        out,
        format_args!("<Entity EntityId=\"{number}\" Identity=\"{identity}\" LabelIsIdentity=\"false\">\n<Icon>\n"),
    );
    push(out, format_args!("<IconStyle Type=\"{kind}\" EntityTypeReference=\"E{of}\"/>\n"));
    out.push_str("</Icon>\n</Entity>\n</End>\n");
    attributes(out, &icon.attributes);
}

fn write_link(out: &mut String, number: usize, (from, to): (usize, usize), link: &Link) {
    let (label, kind, of) = (safe(&link.label), link.kind, place(LINK_TYPES, link.kind));
    let strength = if link.against { "against" } else { "for" };
    push(out, format_args!("<ChartItem Id=\"I{number}\" Label=\"{label}\""));
    if !link.description.is_empty() {
        push(out, format_args!(" Description=\"{}\"", safe(&link.description)));
    }
    push(out, format_args!(">\n<Link End1Id=\"{from}\" End2Id=\"{to}\">\n<LinkStyle Strength=\"{strength}\""));
    push(out, format_args!(" Type=\"{kind}\" LinkTypeReference=\"L{of}\"/>\n</Link>\n"));
    attributes(out, &link.attributes);
}

/// The attributes of an item, and its end.
fn attributes(out: &mut String, attributes: &[Attribute]) {
    if !attributes.is_empty() {
        out.push_str("<AttributeCollection>\n");
        for attribute in attributes {
            let (name, value) = (attribute.name, safe(&attribute.value));
            let of = place(CLASSES.map(|(name, _)| name), name);
            push(out, format_args!("<Attribute AttributeClass=\"{name}\" AttributeClassReference=\"A{of}\""));
            push(out, format_args!(" Value=\"{value}\"/>\n"));
        }
        out.push_str("</AttributeCollection>\n");
    }
    out.push_str("</ChartItem>\n");
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

/// A text as the value of an attribute: what XML 1.0 cannot hold is replaced.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(u32::from(c), 0xFFFE | 0xFFFF) => {
                push(&mut out, format_args!("[U+{:04X}]", u32::from(c)))
            }
            c => out.push(c),
        }
    }
    out
}

/// UTF-16 with a byte-order mark, as Analyst's Notebook writes it.
fn encode(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn text_is_text() {
        assert_eq!(safe("<a b=\"c\">&\u{1}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;[U+0001]&#10;");
    }
}
