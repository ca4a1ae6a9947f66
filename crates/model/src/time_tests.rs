#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use super::*;

const NOON: i64 = 1_711_886_400_000_000; // 2024-03-31T12:00:00Z

#[test]
fn instants_are_read() {
    let cases = [
        ("2024-03-31T12:00:00Z", NOON, true),
        ("2024-03-31t12:00:00z", NOON, true),
        ("2024-03-31 12:00:00Z", NOON, true),
        ("2024-03-31 12:00:00 UTC", NOON, true),
        ("2024-03-31 12:00:00.5 UTC", NOON + 500_000, true),
        ("2024-03-31T14:00:00+02:00", NOON, true),
        ("2024-03-31T06:30:00-05:30", NOON, true),
        ("2024-03-31T12:00:00-00:00", NOON, true),
        ("2024-03-31T12:00:00.000001Z", NOON + 1, true),
        ("2024-03-31T12:00:00.0000019Z", NOON + 1, true),
        ("2024-03-31T12:00:00.123456789Z", NOON + 123_456, true),
        ("2024-03-31T12:00:00", NOON, false),
        ("2024-03-31 12:00:00.25", NOON + 250_000, false),
        ("1970-01-01T00:00:00Z", 0, true),
        ("1969-12-31T23:59:59.999999Z", -1, true),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000, true),
    ];
    for (text, micros, had_zone) in cases {
        assert_eq!(parse_instant(text), Ok(Instant { micros, had_zone }), "{text}");
    }
}

#[test]
fn what_is_no_instant_is_refused() {
    let cases = [
        ("", TimeError::Shape),
        ("2024-03-31", TimeError::Shape),
        ("2024-03-31T12:00Z", TimeError::Shape),
        ("2024-03-31T12:00:00.Z", TimeError::Shape),
        ("2024-03-31T12:00:00.1234567890Z", TimeError::Shape),
        ("2024-03-31T12:00:00 Z", TimeError::Shape),
        ("2024-03-31T12:00:00 CET", TimeError::Shape),
        ("2024-03-31T12:00:00+0200", TimeError::Shape),
        ("2024-03-31T12:00:00+2:00", TimeError::Shape),
        ("2024-3-31T12:00:00Z", TimeError::Shape),
        ("31/03/2024 12:00:00", TimeError::Shape),
        ("2024-03-31T12:00:00Zjunk", TimeError::Shape),
        ("2024-03-31T12:00:00\u{2212}02:00", TimeError::Shape),
        ("+024-03-31T12:00:00Z", TimeError::Shape),
        ("2024-02-31T12:00:00Z", TimeError::Calendar),
        ("2023-02-29T12:00:00Z", TimeError::Calendar),
        ("2024-13-01T12:00:00Z", TimeError::Calendar),
        ("2024-00-01T12:00:00Z", TimeError::Calendar),
        ("0000-01-01T00:00:00Z", TimeError::Calendar),
        ("0001-01-01T00:00:00+01:00", TimeError::Calendar),
        ("9999-12-31T23:59:59-01:00", TimeError::Calendar),
        ("2024-03-31T24:00:00Z", TimeError::Clock),
        ("2024-03-31T12:60:00Z", TimeError::Clock),
        ("2016-12-31T23:59:60Z", TimeError::Clock),
        ("2024-03-31T12:00:00+24:00", TimeError::Offset),
        ("2024-03-31T12:00:00+01:60", TimeError::Offset),
    ];
    for (text, error) in cases {
        assert_eq!(parse_instant(text), Err(error), "{text}");
    }
}

#[test]
fn a_missing_zone_is_never_filled_in() {
    assert_eq!(parse_instant("2024-03-31T12:00:00").unwrap().stated(), Err(TimeError::NoZone));
    assert_eq!(parse_instant("2024-03-31T12:00:00Z").unwrap().stated(), Ok(NOON));
}

#[test]
fn local_times_are_read_by_format_and_zone() {
    let cases = [
        ("31/03/2024 12:00:00", "%d/%m/%Y %H:%M:%S", "UTC", NOON, false),
        ("31/03/2024 14:00:00", "%d/%m/%Y %H:%M:%S", "Europe/Rome", NOON, false),
        ("31/03/2024 14:00", "%d/%m/%Y %H:%M", "+02:00", NOON, false),
        ("03/31/2024 12:00:00 PM", "%m/%d/%Y %I:%M:%S %p", "UTC", NOON, false),
        ("31.03.24 12:00:00", "%d.%m.%y %H:%M:%S", "UTC", NOON, false),
        ("Mar 31 2024 12:00:00", "%b %d %Y %H:%M:%S", "UTC", NOON, false),
        ("2024-03-31 12:00:00.250", "%Y-%m-%d %H:%M:%S%.f", "UTC", NOON + 250_000, false),
        ("31/03/2024 14:00:00 +0200", "%d/%m/%Y %H:%M:%S %z", "UTC", NOON, true),
        ("31/03/1960 12:00:59", "%d/%m/%Y %H:%M:%S", "UTC", -307_799_941_000_000, false),
        ("31/03/2024 14:00:00 Europe/Rome", "%d/%m/%Y %H:%M:%S %Q", "UTC", NOON, true),
        ("1711886400", "%s", "Europe/Rome", NOON, true),
    ];
    for (text, format, zone, micros, had_zone) in cases {
        let read = parse_local(text, format, &Zone::parse(zone).unwrap());
        assert_eq!(read, Ok(Instant { micros, had_zone }), "{text}");
    }
}

#[test]
fn local_times_that_fix_no_moment_are_refused() {
    let rome = || "Europe/Rome".to_owned();
    let lacks = |format: &str, missing| TimeError::FormatLacks { format: format.to_owned(), missing };
    let cases = [
        ("31/03/2024 02:30", "%d/%m/%Y %H:%M", TimeError::Gap { zone: rome() }),
        ("27/10/2024 02:30", "%d/%m/%Y %H:%M", TimeError::Ambiguous { zone: rome() }),
        ("31/02/2024 12:00", "%d/%m/%Y %H:%M", TimeError::Calendar),
        ("31/03/2024", "%d/%m/%Y", lacks("%d/%m/%Y", "hour")),
        ("31/03/2024 09:00", "%d/%m/%Y %I:%M", lacks("%d/%m/%Y %I:%M", "half of the day")),
        ("12:00", "%H:%M", TimeError::Calendar),
        ("31/03/2024 12:00:60", "%d/%m/%Y %H:%M:%S", TimeError::Clock),
        ("31/03/2024 12:59:60", "%d/%m/%Y %H:%M:%S", TimeError::Clock),
        ("31/03/2024 noon", "%d/%m/%Y %H:%M", TimeError::NotInFormat { format: "%d/%m/%Y %H:%M".to_owned() }),
    ];
    for (text, format, error) in cases {
        assert_eq!(parse_local(text, format, &Zone::parse("Europe/Rome").unwrap()), Err(error), "{text}");
    }
}

#[test]
fn zones_are_known_or_refused() {
    for name in ["UTC", "Z", "+02:00", "-09:30", "Europe/Rome", "America/New_York"] {
        assert_eq!(Zone::parse(name).unwrap().name(), name);
    }
    for name in ["", "Rome", "+2", "+25:00", "Europe/Atlantis", "local"] {
        assert_eq!(Zone::parse(name).err(), Some(TimeError::UnknownZone), "{name}");
    }
}

#[test]
fn dates_are_days_since_1970() {
    let cases = [
        ("1970-01-01", Ok(0)),
        ("1969-12-31", Ok(-1)),
        ("2024-02-29", Ok(19_782)),
        ("2023-02-29", Err(TimeError::Calendar)),
        ("2024-2-29", Err(TimeError::DateShape)),
        ("29/02/2024", Err(TimeError::DateShape)),
        ("", Err(TimeError::DateShape)),
    ];
    for (text, expect) in cases {
        assert_eq!(parse_date(text), expect, "{text}");
    }
    assert_eq!(parse_local_date("29/02/2024", "%d/%m/%Y"), Ok(19_782));
    assert_eq!(parse_local_date("30/02/2024", "%d/%m/%Y"), Err(TimeError::Calendar));
    assert_eq!(format_date(19_782), "2024-02-29");
    assert_eq!(format_date(-1), "1969-12-31");
}

#[test]
fn the_canonical_text_reads_back() {
    for micros in [0, -1, NOON, NOON + 1, NOON + 500_000, -62_135_596_800_000_000, 253_402_207_199_999_999] {
        let text = format_instant(micros);
        assert_eq!(parse_instant(&text), Ok(Instant { micros, had_zone: true }), "{text}");
    }
    assert_eq!(format_instant(NOON), "2024-03-31T12:00:00Z");
}

#[test]
fn seconds_since_1970_are_bounded() {
    assert_eq!(from_unix_seconds(1_711_886_400).unwrap().micros, NOON);
    assert_eq!(from_unix_seconds(i64::MAX), Err(TimeError::Calendar));
    assert_eq!(from_unix_seconds(-70_000_000_000), Err(TimeError::Calendar));
}
