//! What bounds a ratio: the trial that is shipped with this version.

use serde::Serialize;
use serde_json::Value;

use super::write::Writer;

/// The trial's figures, as the manual has them.
pub(crate) const TRIAL: &str = include_str!("../../../../docs/src/calibration/trial.json");

#[derive(Debug, Serialize)]
pub(crate) struct CalibrationText {
    worlds: String,
    at_risk: String,
    wrong: String,
    right: String,
    wrong_upper: String,
    /// log10 of the greatest ratio that is stated.
    bound: String,
    /// The same as a ratio.
    bound_ratio: String,
    gates: Vec<GateTrial>,
}

#[derive(Debug, Serialize)]
struct GateTrial {
    gate: u8,
    same: String,
    different: String,
    cllr: String,
    misleading_same: String,
    misleading_different: String,
    borne_out: String,
    /// For a picture: log10 LR, then the share of ratios above it where the first and where the second is true.
    tippett: Vec<[f64; 3]>,
}

/// The trial in words. `cap` is the bound that the run was made with.
pub(crate) fn calibration(write: Writer, cap: Option<f64>) -> CalibrationText {
    let trial: Value = serde_json::from_str(TRIAL).unwrap_or_default();
    let count = |name: &str| write.count(trial.get(name).and_then(Value::as_u64).unwrap_or(0));
    let gate = |gate: u8| {
        let of = trial.get(format!("gate{gate}")).cloned().unwrap_or_default();
        let real = |name: &str| of.get(name).and_then(Value::as_f64);
        let number = |name: &str| real(name).map_or_else(|| "–".to_owned(), |v| write.real(v, 3));
        let share =
            |name: &str| real(name).map_or_else(|| "–".to_owned(), |v| format!("{} %", write.real(100.0 * v, 1)));
        let whole = |name: &str| write.count(of.get(name).and_then(Value::as_u64).unwrap_or(0));
        let point = |p: &Value| Some([p.get(0)?.as_f64()?, p.get(1)?.as_f64()?, p.get(2)?.as_f64()?]);
        GateTrial {
            gate,
            same: whole("same"),
            different: whole("different"),
            cllr: number("cllr"),
            misleading_same: share("misleading_same"),
            misleading_different: share("misleading_different"),
            borne_out: real("log10_lr_bound").map_or_else(|| "–".to_owned(), |v| write.real(v, 2)),
            tippett: of
                .get("tippett")
                .and_then(Value::as_array)
                .map(|p| p.iter().filter_map(point).collect())
                .unwrap_or_default(),
        }
    };
    let cap = cap.unwrap_or(3.0);
    CalibrationText {
        worlds: count("worlds"),
        at_risk: count("innocents_at_risk"),
        wrong: count("supported_wrong"),
        right: count("supported_right"),
        wrong_upper: write.real(trial.get("false_per_1000_upper").and_then(Value::as_f64).unwrap_or(1000.0), 2),
        bound: write.real(cap, 1),
        bound_ratio: write.ratio(cap),
        gates: vec![gate(1), gate(2)],
    }
}
