//! Times and dates as they stand in evidence. Nothing is guessed: no zone, no century, no missing hour.
//!
//! The errors say what was expected, never what was found, so that no evidence can slip into a log with them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A moment as it was read.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Instant {
    /// Microseconds since 1970-01-01T00:00:00Z. Without a zone in the text, the clock reading taken as if it were UTC.
    pub micros: i64,
    /// Whether the text itself stated the zone.
    pub had_zone: bool,
}

impl Instant {
    /// The microseconds, only if the text stated the zone.
    ///
    /// # Errors
    /// [`TimeError::NoZone`] otherwise.
    pub fn stated(self) -> Result<i64, TimeError> {
        if self.had_zone { Ok(self.micros) } else { Err(TimeError::NoZone) }
    }
}

/// Why a text is no time or date; the message is what was expected.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not RFC 3339 in shape.
    #[error("a time such as 2024-03-31T09:26:53Z or 2024-03-31 09:26:53 UTC")]
    Shape,
    /// Not an ISO 8601 day in shape.
    #[error("a date such as 2024-03-31")]
    DateShape,
    /// No such day, such as 31 February.
    #[error("a day of the calendar, of the years 1 to 9999")]
    Calendar,
    /// No such time of day, such as 25:00, or a leap second.
    #[error("a time of day from 00:00:00 to 23:59:59")]
    Clock,
    /// An offset from UTC of a day or more.
    #[error("an offset from UTC from -23:59 to +23:59")]
    Offset,
    /// The text states no zone and none may be assumed.
    #[error("a time with its zone, such as 2024-03-31T09:26:53+01:00")]
    NoZone,
    /// The text does not follow the mapping's format.
    #[error("a time in the form {format}")]
    NotInFormat {
        /// The format of the mapping.
        format: String,
    },
    /// The mapping's format cannot fix a moment.
    #[error("a format that fixes the {missing}, not {format}")]
    FormatLacks {
        /// The format of the mapping.
        format: String,
        /// What it leaves open.
        missing: &'static str,
    },
    /// The clocks went back, and the hour came twice.
    #[error("an hour that came once in {zone}, where the clocks went back then")]
    Ambiguous {
        /// The zone of the mapping.
        zone: String,
    },
    /// The clocks went forward, and the hour never came.
    #[error("an hour that came in {zone}, where the clocks went forward then")]
    Gap {
        /// The zone of the mapping.
        zone: String,
    },
    /// No such zone.
    #[error("a zone such as UTC, +02:00 or Europe/Rome")]
    UnknownZone,
}

/// A time zone that a mapping states.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// `UTC`, an offset such as `+02:00`, or a name of the IANA data base, whose history is built in.
    ///
    /// # Errors
    /// [`TimeError::UnknownZone`].
    pub fn parse(name: &str) -> Result<Zone, TimeError> {
        let zone = match name {
            "UTC" | "Z" => TimeZone::UTC,
            _ if name.starts_with(['+', '-']) => TimeZone::fixed(offset(name).map_err(|_| TimeError::UnknownZone)?),
            _ => TimeZone::get(name).map_err(|_| TimeError::UnknownZone)?,
        };
        Ok(Zone { name: name.to_owned(), zone })
    }

    /// The name as it was stated.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn micros(&self, at: DateTime) -> Result<i64, TimeError> {
        match self.zone.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } => micros(at, offset),
            AmbiguousOffset::Gap { .. } => Err(TimeError::Gap { zone: self.name.clone() }),
            AmbiguousOffset::Fold { .. } => Err(TimeError::Ambiguous { zone: self.name.clone() }),
        }
    }
}

/// Reads RFC 3339, also with a space for the `T` and with ` UTC` for the `Z`; the zone may be missing, which the
/// result says. Fractions beyond the microsecond are cut off.
///
/// # Errors
/// The text has another shape, or no such day, time of day or offset exists. A leap second is refused, since no
/// count of microseconds names it.
pub fn parse_instant(text: &str) -> Result<Instant, TimeError> {
    let (clock, zone) = split_zone(text)?;
    let at = civil(clock)?;
    let (offset, had_zone) = match zone {
        None => (Offset::UTC, false),
        Some("Z" | "z" | "UTC") => (Offset::UTC, true),
        Some(stated) => (offset(stated)?, true),
    };
    Ok(Instant { micros: micros(at, offset)?, had_zone })
}

/// Reads a time by a `strftime` format (`%d/%m/%Y %H:%M:%S`). An offset (`%z`) or a zone (`%Q`) in the text, or a count
/// of seconds since 1970 (`%s`), holds by itself; else the clock is that of `zone`.
///
/// # Errors
/// The text does not follow the format, the format leaves the day or the hour open, or the hour came twice or never.
pub fn parse_local(text: &str, format: &str, zone: &Zone) -> Result<Instant, TimeError> {
    let parsed = broken_down(text, format)?;
    if let Some(timestamp) = parsed.timestamp() {
        return Ok(Instant { micros: timestamp.as_microsecond(), had_zone: true });
    }
    let lacks = |missing| TimeError::FormatLacks { format: format.to_owned(), missing };
    if parsed.hour().is_none() {
        return Err(lacks("hour"));
    }
    let twelve_hours = format.contains("%I") || format.contains("%l");
    if twelve_hours && parsed.meridiem().is_none() {
        return Err(lacks("half of the day"));
    }
    let time = parsed.to_time().map_err(|_| TimeError::Clock)?;
    let at = day(&parsed)?.to_datetime(time);
    match (parsed.offset(), parsed.iana_time_zone()) {
        (Some(offset), _) => Ok(Instant { micros: micros(at, offset)?, had_zone: true }),
        (None, Some(name)) => Ok(Instant { micros: Zone::parse(name)?.micros(at)?, had_zone: true }),
        (None, None) => Ok(Instant { micros: zone.micros(at)?, had_zone: false }),
    }
}

/// Reads `YYYY-MM-DD` as days since 1970-01-01.
///
/// # Errors
/// The text has another shape or no such day exists.
pub fn parse_date(text: &str) -> Result<i32, TimeError> {
    date(text).ok_or(TimeError::DateShape)?.map(days)
}

/// Reads a day by a `strftime` format (`%d/%m/%Y`) as days since 1970-01-01.
///
/// # Errors
/// The text does not follow the format or no such day exists.
pub fn parse_local_date(text: &str, format: &str) -> Result<i32, TimeError> {
    day(&broken_down(text, format)?).map(days)
}

/// Seconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// [`TimeError::Calendar`] outside the years 1 to 9999.
pub fn from_unix_seconds(seconds: i64) -> Result<Instant, TimeError> {
    let timestamp = Timestamp::from_second(seconds).map_err(|_| TimeError::Calendar)?;
    in_range(timestamp).map(|micros| Instant { micros, had_zone: true })
}

/// The canonical text of an instant: RFC 3339 in UTC, with as many decimals as are needed.
pub fn format_instant(micros: i64) -> String {
    // Beyond the calendar there is no such text; the number itself still says what was stored.
    Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |timestamp| timestamp.to_string())
}

/// The canonical text of a date: `YYYY-MM-DD`.
pub fn format_date(days: i32) -> String {
    let date = Timestamp::from_second(i64::from(days) * 86_400).map(|t| Offset::UTC.to_datetime(t).date());
    date.map_or_else(|_| days.to_string(), |date| date.to_string())
}

/// Splits the clock reading from what follows it.
fn split_zone(text: &str) -> Result<(&str, Option<&str>), TimeError> {
    if !text.is_ascii() {
        return Err(TimeError::Shape);
    }
    let clock = text.get(..19).ok_or(TimeError::Shape)?;
    let rest = text.get(19..).ok_or(TimeError::Shape)?;
    let digits = match rest.strip_prefix('.') {
        None => 0,
        Some(fraction) => 1 + fraction.bytes().take_while(u8::is_ascii_digit).count(),
    };
    if digits == 1 || digits > 10 {
        return Err(TimeError::Shape);
    }
    let clock = text.get(..clock.len() + digits).ok_or(TimeError::Shape)?;
    let zone = rest.get(digits..).ok_or(TimeError::Shape)?;
    match zone {
        "" => Ok((clock, None)),
        " UTC" => Ok((clock, Some("UTC"))),
        " Z" | " z" => Err(TimeError::Shape),
        _ => Ok((clock, Some(zone))),
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.f]`, whose length and characters [`split_zone`] has bounded.
fn civil(clock: &str) -> Result<DateTime, TimeError> {
    let part = |from: usize, to: usize| clock.get(from..to).ok_or(TimeError::Shape);
    let marks = [(10, "Tt "), (13, ":"), (16, ":")];
    for (at, expected) in marks {
        if !expected.contains(part(at, at + 1)?) {
            return Err(TimeError::Shape);
        }
    }
    let day = date(part(0, 10)?).ok_or(TimeError::Shape)??;
    let hour = two_digits(part(11, 13)?)?;
    let minute = two_digits(part(14, 16)?)?;
    let second = two_digits(part(17, 19)?)?;
    let nanos = clock.get(20..).map_or(Ok(0), nanoseconds)?;
    if second > 59 {
        return Err(TimeError::Clock);
    }
    let time = jiff::civil::Time::new(hour, minute, second, nanos).map_err(|_| TimeError::Clock)?;
    Ok(day.to_datetime(time))
}

/// One to nine decimals, cut to microseconds.
fn nanoseconds(decimals: &str) -> Result<i32, TimeError> {
    let cut = decimals.get(..6).unwrap_or(decimals);
    let number: i32 = cut.parse().map_err(|_| TimeError::Shape)?;
    let missing = 9 - u32::try_from(cut.len()).map_err(|_| TimeError::Shape)?;
    Ok(number * 10_i32.pow(missing))
}

/// Nothing if the text is not in the shape `YYYY-MM-DD`.
fn date(text: &str) -> Option<Result<Date, TimeError>> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let year: i16 = text.get(..4)?.parse().ok()?;
    let month: i8 = text.get(5..7)?.parse().ok()?;
    let day: i8 = text.get(8..)?.parse().ok()?;
    if year == 0 {
        return Some(Err(TimeError::Calendar));
    }
    Some(Date::new(year, month, day).map_err(|_| TimeError::Calendar))
}

fn two_digits(text: &str) -> Result<i8, TimeError> {
    if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(TimeError::Shape);
    }
    text.parse().map_err(|_| TimeError::Shape)
}

/// `+HH:MM` or `-HH:MM`.
fn offset(text: &str) -> Result<Offset, TimeError> {
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(TimeError::Shape),
    };
    let (hours, minutes) = rest.split_once(':').ok_or(TimeError::Shape)?;
    let (hours, minutes) = (i32::from(two_digits(hours)?), i32::from(two_digits(minutes)?));
    if hours > 23 || minutes > 59 {
        return Err(TimeError::Offset);
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| TimeError::Offset)
}

fn micros(at: DateTime, offset: Offset) -> Result<i64, TimeError> {
    offset.to_timestamp(at).map_err(|_| TimeError::Calendar).and_then(in_range)
}

/// Keeps to the years that RFC 3339 can write.
fn in_range(timestamp: Timestamp) -> Result<i64, TimeError> {
    let year = Offset::UTC.to_datetime(timestamp).year();
    if (1..=9999).contains(&year) { Ok(timestamp.as_microsecond()) } else { Err(TimeError::Calendar) }
}

fn broken_down(text: &str, format: &str) -> Result<BrokenDownTime, TimeError> {
    let parsed =
        BrokenDownTime::parse(format, text).map_err(|_| TimeError::NotInFormat { format: format.to_owned() })?;
    if parsed.second() == Some(59) && states_second_60(text, format) {
        return Err(TimeError::Clock);
    }
    Ok(parsed)
}

/// The parser turns second 60 into 59, and a record must not move by a second unseen. Second 60 is where writing 58
/// in its place gives second 58.
fn states_second_60(text: &str, format: &str) -> bool {
    text.match_indices("60").any(|(at, _)| {
        let mut other = text.to_owned();
        other.replace_range(at..at + 2, "58");
        BrokenDownTime::parse(format, other).is_ok_and(|parsed| parsed.second() == Some(58))
    })
}

fn day(parsed: &BrokenDownTime) -> Result<Date, TimeError> {
    let date = parsed.to_date().map_err(|_| TimeError::Calendar)?;
    if date.year() < 1 { Err(TimeError::Calendar) } else { Ok(date) }
}

fn days(date: Date) -> i32 {
    // 86,400 divides the midnight of a day exactly; the year is bounded, so the count fits.
    let midnight = TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    midnight.map_or(i32::MIN, |t| i32::try_from(t.as_second().div_euclid(86_400)).unwrap_or(i32::MIN))
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
