//! The report of a trial: a page of tables, and the plots beside it.

use std::fmt::Write as _;
use std::path::Path;

use super::svg::plot;
use super::{Figures, GateFigures, Tally, Trial, share};
use crate::WorldError;
use crate::calibration::Trials;

/// Writes `trial.json`, `trial.md` and the plots into a folder.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_report(trial: &Trial, folder: &Path) -> Result<(), WorldError> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|source| WorldError::Io { path, source })
    };
    write("trial.json", &format!("{:#}\n", trial.to_json()))?;
    let total = trial.total();
    for (name, title, trials) in [("gate1", "Gate 1", &total.gate1), ("gate2", "Gate 2", &total.gate2)] {
        write(&format!("tippett_{name}.svg"), &tippett(title, trials))?;
        write(&format!("ece_{name}.svg"), &cross_entropy(title, trials))?;
    }
    write("trial.md", &page(trial, &total))
}

fn tippett(title: &str, trials: &Trials) -> String {
    let at: Vec<f64> = (-80..=80).map(|n| f64::from(n) / 20.0).collect();
    let (same, different) = trials.tippett(&at);
    let curve = |of: Vec<f64>| at.iter().copied().zip(of).collect();
    let curves = [("first proposition true", "#1b6f3a", curve(same)), ("second true", "#b3261e", curve(different))];
    plot(&format!("{title}: Tippett"), "log10 LR greater than", "share of ratios", (-4.0, 4.0), 1.0, &curves)
}

fn cross_entropy(title: &str, trials: &Trials) -> String {
    let odds: Vec<f64> = (-60..=60).map(|n| f64::from(n) / 20.0).collect();
    let curve = |of: &Trials| odds.iter().filter_map(|o| Some((*o, of.ece(*o)?))).collect();
    let nothing = Trials { same: vec![0.0], different: vec![0.0] };
    let curves = [("as stated", "#0b57d0", curve(trials)), ("saying nothing", "#777777", curve(&nothing))];
    plot(&format!("{title}: empirical cross-entropy"), "prior log10 odds", "bits", (-3.0, 3.0), 1.0, &curves)
}

fn page(trial: &Trial, total: &Tally) -> String {
    let figures = total.figures();
    let mut out = format!(
        "# Trial of {} worlds\n\nSeeds {}.\n\n",
        figures.worlds,
        trial.seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
    );
    out.push_str(&summary(&figures));
    for wrong in &total.wrong {
        let _always = writeln!(out, "* **wrong person**: {wrong}");
    }
    out.push_str(&by_configuration(trial));
    out.push_str(&calibration(&figures));
    out.push_str("\n## What was lost, and why\n");
    let usual = trial.by_configuration.iter().find(|(name, _)| name == "ordinary").map(|(_, tally)| tally.figures());
    for (name, tally) in &trial.by_configuration {
        out.push_str(&lost(name, &tally.figures(), usual.as_ref()));
    }
    out
}

fn by_configuration(trial: &Trial) -> String {
    let mut out =
        "\n## By configuration\n\n| configuration | worlds | innocents at risk | decidable | found | recall | right | wrong | \
         insufficient, rightly | single lines right | wrong | of these, records right | Cllr gate 1 | gate 2 |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (name, tally) in &trial.by_configuration {
        let f = tally.figures();
        let _always = writeln!(
            out,
            "| `{name}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            f.worlds,
            f.innocents_at_risk,
            f.decidable,
            f.found,
            percent(f.recall),
            f.supported_right,
            f.supported_wrong,
            percent(f.insufficient_right_share),
            f.lines_right,
            f.lines_wrong,
            f.lines_wrong_records_right,
            number(f.cllr_gate1),
            number(f.cllr_gate2)
        );
    }
    out
}

fn summary(f: &Figures) -> String {
    format!(
        "* {} innocent people could have been blamed; {} wrong persons were supported, {} right ones.\n\
         * False accusations in 1,000 supported leads: {}, upper 95 % bound {}; in 1,000 innocent people at risk: upper \
         95 % bound {}.\n\
         * Of {} operators that the records can tell, {} were found ({}).\n\
         * Of {} leads that support nobody, {} do so rightly: the records cannot tell ({}).\n\
         * Single lines: {} right, {} wrong; of the wrong ones {} where every record of the account and the wiring of \
         the line are right.\n",
        f.innocents_at_risk,
        f.supported_wrong,
        f.supported_right,
        number(f.false_per_1000),
        number(f.false_per_1000_upper),
        number(f.blamed_per_1000_upper),
        f.decidable,
        f.found,
        percent(f.recall),
        f.insufficient,
        f.insufficient_right,
        percent(f.insufficient_right_share),
        f.lines_right,
        f.lines_wrong,
        f.lines_wrong_records_right
    )
}

/// A share of a tally's figures.
type Share = fn(&Figures) -> Option<f64>;

/// What a configuration cost, beside the ordinary worlds of the same trial, and the reasons that its leads give.
fn lost(name: &str, f: &Figures, usual: Option<&Figures>) -> String {
    let mut out = format!("\n### {name}\n\n");
    if let Some((_, what)) = crate::CONFIGS.iter().find(|(known, _)| *known == name) {
        let _always = writeln!(out, "*{what}.*\n");
    }
    let usually = |of: Share| {
        usual.filter(|_| name != "ordinary").map(|u| format!(" (`ordinary`: {})", percent(of(u)))).unwrap_or_default()
    };
    let shares: [(&str, Share); 4] = [
        ("of the connections meet an assignment that operators still keep", |f| share(f.assigned, f.connections)),
        ("of the accounts are resolved to a line", |f| share(f.resolved, f.accounts)),
        ("of the accounts have an operator whom the records can tell", |f| share(f.decidable, f.accounts)),
        ("of these operators were found", |f| f.recall),
    ];
    for (what, of) in shares {
        let _always = writeln!(out, "* {} {what}{}", percent(of(f)), usually(of));
    }
    reasons(&mut out, "not found, though the records can tell", &f.lost);
    reasons(&mut out, "left undecided, rightly", &f.undecided);
    out
}

fn calibration(f: &Figures) -> String {
    let mut out = "\n## Calibration\n\n| gate | ratios, first true | second true | Cllr | Cllr-min | Cllr-cal | misleading, first true | second true | greatest log10 LR | borne out |\n|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for (name, g) in [("1", &f.gate1), ("2", &f.gate2)] {
        out.push_str(&gate_row(name, g));
    }
    for (name, g) in [("1", &f.gate1), ("2", &f.gate2)] {
        out.push_str(&curves(name, g));
    }
    out.push_str("\n![](tippett_gate1.svg) ![](ece_gate1.svg)\n\n![](tippett_gate2.svg) ![](ece_gate2.svg)\n");
    out
}

/// Tippett and the empirical cross-entropy at whole numbers, as a table.
fn curves(name: &str, g: &GateFigures) -> String {
    let mut out = format!(
        "\nGate {name}:\n\n| log10 | share of LR above it, first true | second true | cross-entropy at these prior odds |\n\
         |---|---|---|---|\n"
    );
    for (at, same, different) in &g.tippett {
        let entropy = g.ece.iter().find(|(odds, _)| (odds - at).abs() < 1e-9).map(|(_, bits)| *bits);
        let _always =
            writeln!(out, "| {at} | {} | {} | {} |", percent(Some(*same)), percent(Some(*different)), number(entropy));
    }
    out
}

fn gate_row(name: &str, g: &GateFigures) -> String {
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        g.same,
        g.different,
        number(g.cllr),
        number(g.cllr_min),
        number(g.cllr_cal),
        percent(g.misleading_same),
        percent(g.misleading_different),
        number(g.log10_lr_greatest),
        number(Some(g.log10_lr_bound))
    )
}

fn reasons(out: &mut String, title: &str, counts: &std::collections::BTreeMap<String, u64>) {
    let mut all: Vec<(&String, &u64)> = counts.iter().collect();
    all.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), reason.as_str()));
    for (reason, count) in all {
        let _always = writeln!(out, "* {count} {title}: {reason}");
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}").trim_end_matches('0').trim_end_matches('.').to_owned())
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", v * 100.0))
}
