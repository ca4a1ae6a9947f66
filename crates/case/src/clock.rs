//! The only place that reads the clock.

/// Now, in UTC, to the microsecond, as RFC 3339.
#[must_use]
pub fn now_utc() -> String {
    #[expect(clippy::disallowed_methods, reason = "this module is the clock")]
    let now = jiff::Timestamp::now();
    format!("{now:.6}")
}

/// Now, in microseconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn now_us() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this module is the clock")]
    let now = jiff::Timestamp::now();
    now.as_microsecond()
}

/// Seconds that something took.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Seconds since the start, to the millisecond.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.0.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }
}

/// An instant of the records, given in microseconds since 1970, as RFC 3339 in UTC; nothing where no calendar has it.
#[must_use]
pub fn utc_of(microseconds: i64) -> Option<String> {
    jiff::Timestamp::from_microsecond(microseconds).ok().map(|t| t.to_string())
}

/// An RFC 3339 instant in microseconds since 1970; nothing where it is none.
#[must_use]
pub fn micros_of(utc: &str) -> Option<i64> {
    utc.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond)
}
