//! Numbers, instants and sentences as a language writes them.

use tutela_model::likelihood::LogRatio;

use super::content::{Lang, Said};
use crate::italian;

/// Writes in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) lang: Lang,
}

impl Writer {
    /// A whole number with its digits in groups of three.
    pub(crate) fn count(self, number: u64) -> String {
        let digits = number.to_string();
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(if self.lang == Lang::It { '.' } else { ',' });
            }
            out.push(c);
        }
        out
    }

    /// A real number with so many decimals.
    pub(crate) fn real(self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        if self.lang == Lang::It { text.replace('.', ",") } else { text }
    }

    /// A log10 LR with its sign.
    pub(crate) fn weight(self, log10: f64) -> String {
        let text = self.real(log10.abs(), 1);
        if log10 < 0.0 { format!("−{text}") } else { format!("+{text}") }
    }

    /// A log10 LR as a ratio: `100 : 1`, or `1 : 100` where it speaks against.
    pub(crate) fn ratio(self, log10: f64) -> String {
        let times = 10f64.powf(log10.abs());
        let rounded = if times < 10.0 {
            self.real(times, 1)
        } else {
            // Two digits that count: more would pretend to a precision that no trial bears out.
            let unit = 10f64.powf(times.log10().floor() - 1.0);
            let whole = ((times / unit).round() * unit).round();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a ratio is at most 10^1000, shown up to 10^15"
            )]
            self.count(whole.clamp(0.0, 1e15) as u64)
        };
        if log10 < 0.0 { format!("1 : {rounded}") } else { format!("{rounded} : 1") }
    }

    /// The words of a log10 LR, and which proposition it supports where that is the second.
    pub(crate) fn words(self, log10: f64) -> String {
        let ratio = LogRatio::from_log10(log10);
        let neutral = ratio.words() == LogRatio::NEUTRAL.words();
        match (self.lang, ratio < LogRatio::NEUTRAL && !neutral) {
            (Lang::En, false) => ratio.words().en.to_owned(),
            (Lang::It, false) => ratio.words().it.to_owned(),
            (Lang::En, true) => format!("{} for the alternative", ratio.words().en),
            (Lang::It, true) => format!("{} per l'alternativa", ratio.words().it),
        }
    }

    /// A sentence of the analysis.
    pub(crate) fn said(self, english: &str) -> Said {
        match self.lang {
            Lang::En => Said { text: english.to_owned(), english: true },
            Lang::It => match italian::in_italian(english) {
                Some(text) => Said { text, english: false },
                None => Said { text: english.to_owned(), english: true },
            },
        }
    }

    /// An instant, to the second.
    pub(crate) fn instant(self, utc: &str) -> String {
        match (utc.get(0..10), utc.get(11..19)) {
            (Some(day), Some(time)) => format!("{day} {time} UTC"),
            _ => utc.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let (en, it) = (Writer { lang: Lang::En }, Writer { lang: Lang::It });
        assert_eq!(
            (en.count(1_234_567), it.count(1234), en.count(7)),
            ("1,234,567".into(), "1.234".into(), "7".into())
        );
        assert_eq!((en.weight(2.301), it.weight(-1.0)), ("+2.3".into(), "−1,0".into()));
        assert_eq!(
            (en.ratio(2.0), en.ratio(-2.3), it.ratio(0.3)),
            ("100 : 1".into(), "1 : 200".into(), "2,0 : 1".into())
        );
        assert_eq!(en.ratio(3.0), "1,000 : 1");
        assert_eq!(en.instant("2026-05-04T10:00:00.123456Z"), "2026-05-04 10:00:00 UTC");
        assert_eq!(en.instant("odd"), "odd");
        assert_eq!(
            (en.words(2.3).as_str(), en.words(-0.1).as_str()),
            ("moderately strong support", "no support either way")
        );
        assert_eq!(it.words(-1.3), "sostegno moderato per l'alternativa");
    }
}
