//! Likelihood ratios: how much more probable the evidence is under one proposition than under the other.
//!
//! Ratios are kept as base-10 logarithms, rounded to three decimals so that they compare and print alike
//! everywhere. A ratio speaks of the evidence, never of guilt.

/// A base-10 logarithm of a likelihood ratio, in thousandths. Zero says nothing either way; +2 000 means the
/// evidence is a hundred times more probable under the first proposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct LogRatio {
    thousandths: i64,
}

/// One band of the verbal scale: the lowest log10 that belongs to it, in thousandths, and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Lowest log10 of the band, in thousandths.
    pub from_thousandths: i64,
    /// The band's words in English and Italian.
    pub words: Words,
}

/// The same words in the two languages of the dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Italian.
    pub it: &'static str,
}

const fn band(from_thousandths: i64, en: &'static str, it: &'static str) -> Band {
    Band { from_thousandths, words: Words { en, it } }
}

/// The verbal scale, strongest first. It follows the example table of the ENFSI guideline for evaluative
/// reporting (2015); published glossaries disagree on the upper bands, so the number always stands beside the
/// words.
pub const SCALE: [Band; 7] = [
    band(6000, "extremely strong support", "sostegno estremamente forte"),
    band(4000, "very strong support", "sostegno molto forte"),
    band(3000, "strong support", "sostegno forte"),
    band(2000, "moderately strong support", "sostegno moderatamente forte"),
    band(1000, "moderate support", "sostegno moderato"),
    band(301, "weak support", "sostegno debole"),
    band(0, "no support either way", "nessun sostegno in un senso o nell'altro"),
];

impl LogRatio {
    /// Evidence that says nothing either way.
    pub const NEUTRAL: Self = Self { thousandths: 0 };

    /// Rounds a log10 likelihood ratio to thousandths. A value that is not a number counts as neutral.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a range that i64 holds exactly")]
    pub fn from_log10(log10: f64) -> Self {
        let thousandths = if log10.is_finite() { (log10 * 1000.0).round().clamp(-1e6, 1e6) as i64 } else { 0 };
        Self { thousandths }
    }

    /// The logarithm in thousandths.
    #[must_use]
    pub fn thousandths(self) -> i64 {
        self.thousandths
    }

    /// The logarithm.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most a million thousandths")]
    pub fn log10(self) -> f64 {
        self.thousandths as f64 / 1000.0
    }

    /// The band of the verbal scale. Evidence against the first proposition is worded by its strength; the
    /// sign says which proposition it supports.
    #[must_use]
    pub fn words(self) -> Words {
        let strength = self.thousandths.abs();
        SCALE.iter().find(|b| strength >= b.from_thousandths).map_or(SCALE[SCALE.len() - 1].words, |b| b.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_bands() {
        let check = |log10: f64, expect: &str| assert_eq!(LogRatio::from_log10(log10).words().en, expect);
        check(0.0, "no support either way");
        check(0.3, "no support either way");
        check(0.302, "weak support");
        check(-1.2, "moderate support");
        check(2.0, "moderately strong support");
        check(3.999, "strong support");
        check(4.0, "very strong support");
        check(7.5, "extremely strong support");
        check(f64::NAN, "no support either way");
    }
}
