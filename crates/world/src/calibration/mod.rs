//! How good likelihood ratios are, measured where the truth is known: calibration and discrimination together (Cllr,
//! Brümmer and du Preez 2006), discrimination alone (Cllr-min, after the best monotone recalibration), the empirical
//! cross-entropy at any prior (Ramos and Gonzalez-Rodriguez 2013), Tippett plots, and rates of misleading evidence.

mod interval;
mod pav;

pub use interval::upper_bound;
use pav::recalibrate;

/// Ratios that were stated, by what is true: the first proposition (`same`) or the second (`different`). As log10.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trials {
    /// Stated where the first proposition is true.
    pub same: Vec<f64>,
    /// Stated where the second is.
    pub different: Vec<f64>,
}

impl Trials {
    /// Adds a ratio.
    pub fn push(&mut self, is_same: bool, log10_lr: f64) {
        if is_same { self.same.push(log10_lr) } else { self.different.push(log10_lr) }
    }

    /// Adds others' ratios.
    pub fn extend(&mut self, other: &Self) {
        self.same.extend(&other.same);
        self.different.extend(&other.different);
    }

    /// Log-likelihood-ratio cost in bits: 0 is perfect, 1 says nothing. Absent without ratios of both kinds.
    #[must_use]
    pub fn cllr(&self) -> Option<f64> {
        self.ece(0.0)
    }

    /// Cllr after the best monotone recalibration: what is lost to discrimination alone.
    #[must_use]
    pub fn cllr_min(&self) -> Option<f64> {
        if self.same.is_empty() || self.different.is_empty() {
            return None;
        }
        recalibrate(self).cllr()
    }

    /// Empirical cross-entropy in bits at prior odds given as log10; at even odds it is Cllr.
    #[must_use]
    pub fn ece(&self, prior_log10_odds: f64) -> Option<f64> {
        let prior = logistic(prior_log10_odds);
        let same = mean(self.same.iter().map(|l| bits(-l - prior_log10_odds)))?;
        let different = mean(self.different.iter().map(|l| bits(l + prior_log10_odds)))?;
        Some(prior * same + (1.0 - prior) * different)
    }

    /// Share of ratios below one where the first proposition is true.
    #[must_use]
    pub fn misleading_same(&self) -> Option<f64> {
        mean(self.same.iter().map(|l| f64::from(u8::from(*l < 0.0))))
    }

    /// Share of ratios above one where the second proposition is true.
    #[must_use]
    pub fn misleading_different(&self) -> Option<f64> {
        mean(self.different.iter().map(|l| f64::from(u8::from(*l > 0.0))))
    }

    /// The two curves of a Tippett plot: at each log10 LR of `at`, the share of ratios of either kind that are greater.
    #[must_use]
    pub fn tippett(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let curve = |of: &[f64]| {
            at.iter().map(|x| mean(of.iter().map(|l| f64::from(u8::from(l > x)))).unwrap_or(0.0)).collect()
        };
        (curve(&self.same), curve(&self.different))
    }

    /// The log10 LR that these ratios can at most bear out: with n trials of the rarer kind, n + 1 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn bound(&self) -> f64 {
        (self.same.len().min(self.different.len()) as f64 + 1.0).log10()
    }
}

/// log2(1 + 10^x), without overflow.
fn bits(log10: f64) -> f64 {
    let x = log10 * std::f64::consts::LN_10;
    (x.max(0.0) + (-x.abs()).exp().ln_1p()) / std::f64::consts::LN_2
}

/// The probability of odds given as log10.
fn logistic(log10_odds: f64) -> f64 {
    1.0 / (1.0 + 10f64.powf(-log10_odds))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn mean(of: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = of.len();
    (count > 0).then(|| of.sum::<f64>() / count as f64)
}
