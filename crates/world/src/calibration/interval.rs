//! What a count of failures among trials says of the rate behind it.

/// Upper bound of a rate, from `failures` in `trials`, that is too low in at most 1 of 20 cases (Clopper and Pearson
/// 1934, one-sided). With no failure in n trials it is close to 3 / n. Absent without trials.
#[must_use]
pub fn upper_bound(failures: u64, trials: u64) -> Option<f64> {
    if trials == 0 {
        return None;
    }
    if failures >= trials {
        return Some(1.0);
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let rate = f64::midpoint(low, high);
        if at_most(failures, trials, rate) > 0.05 { low = rate } else { high = rate }
    }
    Some(high)
}

/// The probability of at most so many failures at a rate.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn at_most(failures: u64, trials: u64, rate: f64) -> f64 {
    let mut log = trials as f64 * (-rate).ln_1p();
    let mut sum = log.exp();
    for k in 0..failures {
        log += ((trials - k) as f64 / (k + 1) as f64).ln() + rate.ln() - (-rate).ln_1p();
        sum += log.exp();
    }
    sum
}
