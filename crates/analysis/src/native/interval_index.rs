//! Which intervals of a key cover a moment: time cut into slices, each with the intervals that reach into it.
//!
//! Addresses are held for minutes or for months, by one line or by a hundred at once, evenly or in bursts. So the time
//! of a key is cut where its intervals begin and end, not evenly: a new slice begins as soon as there have been as many
//! begins and ends as intervals are open. Then a question meets at most about twice the intervals that are open at its
//! moment, in one short run of memory, and all slices together hold at most three times the intervals there are,
//! however they lie.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Begins and ends in a slice, however few intervals are open: finding a slice costs more than reading so many.
const CHANGES_MIN: usize = 8;

/// An interval of time, of a range of ports. Half open: it does not hold at `until_us`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Interval {
    /// Begin, in microseconds since 1970.
    pub(super) from_us: i64,
    /// End; the greatest number where there is none.
    pub(super) until_us: i64,
    /// What it stands for: a number of the caller's. It breaks ties of order.
    pub(super) id: u32,
    /// First port.
    pub(super) port_from: u16,
    /// Last port, included.
    pub(super) port_to: u16,
}

/// A stretch of the time of one key.
#[derive(Debug, Clone, Copy)]
struct Slice {
    /// Where its intervals are kept: those that reach into it from before, then those that begin in it.
    from: usize,
    own: usize,
    to: usize,
}

/// Where a key's slices are; found once, it answers many questions.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeySlices {
    first: usize,
    end: usize,
}

/// Intervals by key, to be asked which of them cover a moment.
#[derive(Debug)]
pub(super) struct IntervalIndex<K> {
    by_key: HashMap<K, KeySlices>,
    /// When each slice begins. A key's first slice also has all moments before it.
    begins: Vec<i64>,
    slices: Vec<Slice>,
    /// The intervals of slice after slice, each in order of begin, end and id.
    intervals: Vec<Interval>,
    added: usize,
}

impl<K: Hash + Eq> Default for IntervalIndex<K> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), begins: Vec::new(), slices: Vec::new(), intervals: Vec::new(), added: 0 }
    }
}

impl<K: Hash + Eq> IntervalIndex<K> {
    /// Adds all intervals of one key; a key is added once. The list is put in order.
    pub(super) fn add(&mut self, key: K, intervals: &mut [Interval]) {
        intervals.sort_unstable();
        let Some(first) = intervals.first() else { return };
        let mut ends: Vec<i64> = intervals.iter().filter(|i| i.until_us > i.from_us).map(|i| i.until_us).collect();
        ends.sort_unstable();
        self.added += intervals.len();
        let at = self.slices.len();
        self.begin_slice(first.from_us, true);
        let (mut starting, mut ending) = (intervals.iter().peekable(), ends.into_iter().peekable());
        let (mut open, mut changes) = (0_usize, 0_usize);
        while let Some(moment) = earlier(starting.peek().map(|i| i.from_us), ending.peek().copied()) {
            while ending.next_if_eq(&moment).is_some() {
                open -= 1;
                changes += 1;
            }
            if changes >= open.max(CHANGES_MIN) && self.begins.last().is_some_and(|begin| *begin < moment) {
                self.begin_slice(moment, false);
                changes = 0;
            }
            while let Some(interval) = starting.next_if(|i| i.from_us == moment) {
                // One that is empty is over at once; it can still lie inside the error of a clock.
                let holds = interval.until_us > interval.from_us;
                open += usize::from(holds);
                changes += if holds { 1 } else { 2 };
                self.intervals.push(*interval);
            }
        }
        self.end_slice();
        self.by_key.insert(key, KeySlices { first: at, end: self.slices.len() });
    }

    /// Begins a slice with the intervals of the one before that reach into it.
    fn begin_slice(&mut self, moment: i64, first: bool) {
        let from = self.intervals.len();
        if !first {
            self.end_slice();
            let before = self.slices.last().map_or(from, |slice| slice.from);
            for at in before..from {
                if let Some(interval) = self.intervals.get(at).copied().filter(|i| i.until_us > moment) {
                    self.intervals.push(interval);
                }
            }
        }
        self.begins.push(moment);
        self.slices.push(Slice { from, own: self.intervals.len(), to: from });
    }

    fn end_slice(&mut self) {
        if let Some(slice) = self.slices.last_mut() {
            slice.to = self.intervals.len();
        }
    }

    /// Where a key's slices are; nothing where the key has no interval.
    pub(super) fn find<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<KeySlices>
    where
        K: Borrow<Q>,
    {
        self.by_key.get(key).copied()
    }

    /// Calls `found` with each interval of a key that holds at some moment from `earliest_us` to `latest_us`, both
    /// included, and has the port, if one is given. In order of begin, end and id.
    #[inline]
    pub(super) fn covering(
        &self,
        of: KeySlices,
        (earliest_us, latest_us): (i64, i64),
        port: Option<u16>,
        mut found: impl FnMut(&Interval),
    ) {
        let begins = self.begins.get(of.first..of.end).unwrap_or_default();
        let slices = self.slices.get(of.first..of.end).unwrap_or_default();
        let first = begins.partition_point(|begin| *begin <= earliest_us).saturating_sub(1);
        for (at, slice) in slices.iter().enumerate().skip(first) {
            // What reaches into a later slice from before was met where it began.
            let from = if at == first { slice.from } else { slice.own };
            if at > first && begins.get(at).is_some_and(|begin| *begin > latest_us) {
                return;
            }
            for interval in self.intervals.get(from..slice.to).unwrap_or_default() {
                if interval.from_us > latest_us {
                    return;
                }
                let fits = port.is_none_or(|p| interval.port_from <= p && p <= interval.port_to);
                if interval.until_us > earliest_us && fits {
                    found(interval);
                }
            }
        }
    }

    /// How many intervals were added. All slices together keep at most three times as many.
    pub(super) fn added(&self) -> usize {
        self.added
    }
}

/// The earlier of two moments, of which either can be missing.
fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Moments close together, so that ends meet begins, and those at the ends of time.
    fn moment() -> impl Strategy<Value = i64> {
        prop_oneof![12 => -20..280_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX), 1 => Just(i64::MAX - 1)]
    }

    /// Also without an end, of no length, and with an end before the begin.
    fn interval() -> impl Strategy<Value = (u8, Interval)> {
        let until = prop_oneof![6 => (-2..60_i64).prop_map(Ok), 2 => moment().prop_map(Err)];
        (0..3_u8, moment(), until, 0..4_u16, 0..4_u16).prop_map(|(key, from_us, until, port, width)| {
            let until_us = until.map_or_else(|at| at, |length| from_us.saturating_add(length));
            let whole = width == 0;
            let (port_from, port_to) = if whole { (0, u16::MAX) } else { (port * 10, port * 10 + width * 10) };
            (key, Interval { from_us, until_us, id: 0, port_from, port_to })
        })
    }

    fn indexed(all: &[(u8, Interval)]) -> IntervalIndex<u8> {
        let mut index = IntervalIndex::default();
        for key in 0..3_u8 {
            let mut of_key: Vec<Interval> = all.iter().filter(|(k, _)| *k == key).map(|(_, i)| *i).collect();
            index.add(key, &mut of_key);
        }
        index
    }

    fn found(index: &IntervalIndex<u8>, key: u8, window: (i64, i64), port: Option<u16>) -> Vec<Interval> {
        let mut found = Vec::new();
        if let Some(of) = index.find(&key) {
            index.covering(of, window, port, |i| found.push(*i));
        }
        found
    }

    proptest! {
        #[test]
        fn what_covers_a_moment_is_what_a_loop_finds(
            mut all in prop::collection::vec(interval(), 0..120),
            questions in prop::collection::vec(
                (0..4_u8, moment(), prop_oneof![0..90_i64, Just(i64::MAX)], prop::option::of(0..80_u16)),
                1..30,
            ),
        ) {
            for (id, (_, interval)) in all.iter_mut().enumerate() {
                interval.id = u32::try_from(id).unwrap_or(0);
            }
            let index = indexed(&all);
            prop_assert!(index.intervals.len() <= 3 * all.len());
            for (key, at, error, port) in questions {
                let window = (at.saturating_sub(error), at.saturating_add(error));
                let covers = |i: &Interval| {
                    let fits = port.is_none_or(|p| (i.port_from..=i.port_to).contains(&p));
                    i.from_us <= window.1 && i.until_us > window.0 && fits
                };
                let of_key = all.iter().filter(|(k, _)| *k == key).map(|(_, i)| *i);
                let mut expected: Vec<Interval> = of_key.filter(covers).collect();
                expected.sort_unstable();
                prop_assert_eq!(found(&index, key, window, port), expected);
            }
        }
    }

    /// A burst on one day, a record of the wrong year and a hundred open ends: what a question reads stays short.
    #[test]
    fn bursts_and_stray_years_stay_in_bounds() {
        let interval = |id: u32, from_us, until_us| Interval { from_us, until_us, id, port_from: 0, port_to: u16::MAX };
        let year_us = 31_000_000_000_000;
        let mut all: Vec<Interval> =
            (0..20_000).map(|i| interval(i, i64::from(i) * 10, i64::from(i) * 10 + 15)).collect();
        all.extend((0..100).map(|i| interval(20_000 + i, i64::from(i), i64::MAX)));
        all.push(interval(20_100, -30 * year_us, -30 * year_us + 5));
        let added = all.len();
        let mut index = IntervalIndex::default();
        index.add("x", &mut all);
        assert!(index.intervals.len() <= 3 * added, "{}", index.intervals.len());
        let longest = index.slices.iter().map(|s| s.to - s.from).max();
        assert!(longest.is_some_and(|l| l <= 400), "{longest:?}");
    }

    #[test]
    fn moments_at_the_ends_of_time_are_answered() {
        let mut index = IntervalIndex::default();
        let whole = Interval { from_us: i64::MIN, until_us: i64::MAX, id: 1, port_from: 0, port_to: u16::MAX };
        let late = Interval { from_us: i64::MAX - 1, until_us: i64::MAX, id: 2, port_from: 0, port_to: u16::MAX };
        index.add(0, &mut [late, whole]);
        assert_eq!(found(&index, 0, (i64::MIN, i64::MAX), None).len(), 2);
        assert_eq!(found(&index, 0, (0, 0), None).len(), 1);
        assert_eq!(found(&index, 0, (i64::MAX - 1, i64::MAX), None).len(), 2);
        assert_eq!(found(&index, 0, (i64::MAX, i64::MAX), None).len(), 0);
    }
}
