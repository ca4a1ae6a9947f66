//! From packets to assignments: when a session began and ended, and which addresses and ports it held.
//!
//! A server may use the name of a session again after a restart, so one name can stand for several sessions. They are
//! told apart by when they began: a Start says it, and every other packet says it by the length of the session so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr};

use super::packet::Status;
use super::sessions::{BlockEvent, Group, Known, Places, Sighting, Waiting};
use crate::cite::Origin;
use crate::source::Span;

/// How far two packets may differ on when one session began: clocks are read at different moments, and a packet that
/// is sent again may be late.
const SAME_BEGINNING_S: u32 = 120;

/// How a time follows.
pub(super) const BY_PACKET: &str = "the time of the packet less its delay";
pub(super) const BY_LENGTH: &str = "the time of the packet less Acct-Session-Time";
pub(super) const BY_START_AND_LENGTH: &str = "the Start plus Acct-Session-Time";
pub(super) const BY_CHANGE: &str = "the next address of the session";

/// A time in seconds since 1970, and how it follows from what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Moment {
    pub(super) at_s: u32,
    pub(super) origin: Origin,
}

/// One session from its beginning to its end.
#[derive(Debug)]
pub(super) struct Episode {
    pub(super) from: Moment,
    pub(super) until: Option<Moment>,
    has_start: bool,
    /// When the last packet but the Stop came.
    last_s: u32,
    /// The first packet of the file.
    pub(super) row: u32,
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) first_group: u32,
    pub(super) assignments: Vec<Held>,
}

/// An address or block of ports that was held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) ip: IpAddr,
    pub(super) length: u8,
    pub(super) ports: Option<(u16, u16)>,
    pub(super) from: Moment,
    pub(super) until: Option<Moment>,
    pub(super) places: [Origin; 3],
}

/// An address of a session: when it was first seen, itself with its length, and the sighting.
type Seen = (u32, IpAddr, u8, u32);

/// What happened to a block: when, whether it was taken back, and the event.
type Event = (u32, bool, u32);

/// The sessions behind one name, in the order in which they began, and the packets of those that held no address.
pub(super) fn episodes(known: &Known<'_>, places: Option<&Places>) -> (Vec<Episode>, Vec<Waiting>, u64) {
    let mut groups = known.groups.clone();
    groups.sort_by_key(|(_, group)| (group.began_s.unwrap_or(group.first_s), group.status, group.first_s, group.row));
    let place = |group: u32| places.and_then(|places| places.groups.get(group as usize)).map(|place| place.0);
    let mut episodes = begin_by_start(&groups, place);
    let members = join(&groups, &mut episodes, place);
    for episode in &mut episodes {
        end_by_reset(episode, known, places);
    }
    hold_addresses(&mut episodes, &known.sightings, &known.blocks, &members, places);
    hold_blocks(&mut episodes, &known.blocks, &known.groups, &members, places);
    let (mut lost, mut joined) = (Vec::new(), 0);
    for (_, waiting) in &known.waiting {
        let episode = members.get(&waiting.group).and_then(|index| episodes.get(*index));
        if episode.is_some_and(|episode| !episode.assignments.is_empty()) {
            joined += 1;
        } else {
            lost.push(*waiting);
        }
    }
    lost.sort_by_key(|waiting| waiting.row);
    episodes.retain(|episode| !episode.assignments.is_empty());
    (episodes, lost, joined)
}

/// Each Start begins a session, but for those that are sent again.
fn begin_by_start(groups: &[(u32, Group)], place: impl Fn(u32) -> Option<Span>) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    for (id, group) in groups.iter().filter(|(_, group)| group.status == Status::Start) {
        let again = episodes.last().is_some_and(|last| group.first_s - last.from.at_s <= SAME_BEGINNING_S);
        if !again {
            episodes.push(Episode::new(*id, group, group.first_s, place(*id), BY_PACKET, true));
        }
    }
    episodes
}

/// Adds all groups to the sessions that they belong to; those that belong to none begin one. Gives the session of each
/// group.
///
/// First come the packets that agree with a Start on the beginning, so that it is known which sessions have ended; then
/// those that put the beginning elsewhere; at last those that do not say it, updates before Stops. Nothing depends on
/// the order of the file.
fn join(
    groups: &[(u32, Group)],
    episodes: &mut Vec<Episode>,
    place: impl Fn(u32) -> Option<Span>,
) -> HashMap<u32, usize> {
    let started = episodes.len();
    let mut members = HashMap::new();
    let mut rest = Vec::new();
    for (id, group) in groups {
        match group.began_s.and_then(|began_s| near(episodes, began_s)) {
            Some(index) => add(episodes, &mut members, index, (*id, group), place(*id)),
            None => rest.push((*id, group)),
        }
    }
    rest.sort_by_key(|(_, group)| {
        let undated_stop = group.began_s.is_none() && group.status == Status::Stop;
        (group.began_s.is_none(), undated_stop, group.began_s, group.status, group.first_s)
    });
    let mut dated = started;
    for (id, group) in rest {
        let part = |from: usize, to: usize| episodes.get(from..to).unwrap_or_default();
        let found = match group.began_s {
            Some(began_s) => near(part(started, dated), began_s)
                .map(|index| started + index)
                .or_else(|| overlapping(part(0, started), began_s, group)),
            None => {
                let parts = [(0, started), (started, dated), (dated, episodes.len())];
                let running = parts.into_iter().filter_map(|(from, to)| Some(from + running(part(from, to), group)?));
                running.max_by_key(|index| episodes.get(*index).map(|episode| episode.from.at_s))
            }
        };
        let index = found.unwrap_or_else(|| {
            let (from_s, rule) = group.began_s.map_or((group.first_s, BY_PACKET), |began_s| (began_s, BY_LENGTH));
            episodes.push(Episode::new(id, group, from_s, place(id), rule, false));
            dated += usize::from(group.began_s.is_some());
            episodes.len() - 1
        });
        add(episodes, &mut members, index, (id, group), place(id));
    }
    members
}

fn add(
    episodes: &mut [Episode],
    members: &mut HashMap<u32, usize>,
    index: usize,
    (id, group): (u32, &Group),
    place: Option<Span>,
) {
    members.insert(id, index);
    if let Some(episode) = episodes.get_mut(index) {
        episode.add(id, group, place);
    }
}

/// The session that began nearest to a time, if it is near enough. `sorted` is in the order of their beginnings.
fn near(sorted: &[Episode], began_s: u32) -> Option<usize> {
    let after = sorted.partition_point(|episode| episode.from.at_s < began_s);
    let before = after.checked_sub(1);
    let distance = |index: usize| sorted.get(index).map(|episode| episode.from.at_s.abs_diff(began_s));
    let nearest = [before, Some(after)].into_iter().flatten().filter_map(|index| Some((distance(index)?, index)));
    let (distance, index) = nearest.min()?;
    (distance <= SAME_BEGINNING_S).then_some(index)
}

/// The session with a Start that a packet can only belong to although it puts the beginning elsewhere: one name cannot
/// stand for two sessions at once. One of the two has waited on its way without saying so.
fn overlapping(sorted: &[Episode], began_s: u32, group: &Group) -> Option<usize> {
    let after = sorted.partition_point(|episode| episode.from.at_s <= began_s);
    let is_open = |index: &usize| sorted.get(*index).is_some_and(|episode| episode.until.is_none());
    let next_s = sorted.get(after).map(|next| next.from.at_s);
    if next_s.is_none_or(|next_s| group.first_s < next_s) {
        return after.checked_sub(1).filter(is_open);
    }
    Some(after).filter(is_open)
}

/// The last session that began before a packet that does not say when its session began.
fn running(sessions: &[Episode], group: &Group) -> Option<usize> {
    sessions.partition_point(|episode| episode.from.at_s <= group.first_s).checked_sub(1)
}

/// A server that begins anew, or ceases, has ended the sessions that it kept.
fn end_by_reset(episode: &mut Episode, known: &Known<'_>, places: Option<&Places>) {
    if episode.until.is_some() {
        return;
    }
    let busy_until_s = episode.last_s.max(episode.from.at_s);
    let after = known.resets.partition_point(|reset_s| *reset_s <= busy_until_s);
    episode.until = known.resets.get(after).map(|reset_s| {
        let span = places.and_then(|places| places.resets.get(&(known.nas, *reset_s))).copied();
        Moment { at_s: *reset_s, origin: read_from(span, BY_PACKET) }
    });
}

/// The addresses of each session. Where the translator's blocks are known, they are the public address, and the one of
/// the session is not.
fn hold_addresses(
    episodes: &mut [Episode],
    sightings: &[(u32, Sighting)],
    blocks: &[(u32, BlockEvent)],
    members: &HashMap<u32, usize>,
    places: Option<&Places>,
) {
    let translated: BTreeSet<usize> =
        blocks.iter().filter_map(|(_, block)| members.get(&block.group).copied()).collect();
    let mut first_seen: BTreeMap<(usize, bool, IpAddr, u8), (u32, u32)> = BTreeMap::new();
    for (id, sighting) in sightings {
        let Some(index) = members.get(&sighting.group) else { continue };
        let key = (*index, sighting.ip.is_ipv6(), sighting.ip, sighting.length);
        let seen = first_seen.entry(key).or_insert((sighting.first_s, *id));
        *seen = (*seen).min((sighting.first_s, *id));
    }
    let mut by_family: BTreeMap<(usize, bool), Vec<Seen>> = BTreeMap::new();
    for ((index, is_v6, ip, length), (first_s, id)) in first_seen {
        by_family.entry((index, is_v6)).or_default().push((first_s, ip, length, id));
    }
    for ((index, is_v6), mut seen) in by_family {
        let Some(episode) = episodes.get_mut(index) else { continue };
        if !is_v6 && translated.contains(&index) {
            continue;
        }
        seen.sort_unstable();
        for (at, (first_s, ip, length, id)) in seen.iter().enumerate() {
            let changed =
                |first_s: u32| Moment { at_s: first_s.max(episode.from.at_s), origin: Origin::Rule(BY_CHANGE) };
            let from = if at == 0 { episode.from } else { changed(*first_s) };
            // A session may hold several networks at once, but only one IPv4 address.
            let next = seen.get(at + 1).filter(|_| !is_v6).map(|(next_s, ..)| changed(*next_s));
            let until = next.or(episode.until).map(|until| until.not_before(from));
            let span = places.and_then(|places| places.sightings.get(*id as usize)).copied();
            let place = read_from(span, "the address of the session");
            let held = Held { ip: *ip, length: *length, ports: None, from, until, places: [place; 3] };
            episode.assignments.push(held);
        }
    }
}

/// The blocks of ports of each session: from when they were given until they were taken back or the session ended.
fn hold_blocks(
    episodes: &mut [Episode],
    blocks: &[(u32, BlockEvent)],
    groups: &[(u32, Group)],
    members: &HashMap<u32, usize>,
    places: Option<&Places>,
) {
    if blocks.is_empty() {
        return;
    }
    let statuses: HashMap<u32, Status> = groups.iter().map(|(id, group)| (*id, group.status)).collect();
    let mut by_block: BTreeMap<(usize, Ipv4Addr, u16, u16), Vec<Event>> = BTreeMap::new();
    let mut event_of = HashMap::new();
    for (id, block) in blocks {
        let Some(index) = members.get(&block.group) else { continue };
        let key = (*index, block.ip, block.first, block.last);
        by_block.entry(key).or_default().push((block.at_s, !block.is_given, *id));
        event_of.insert(*id, *block);
    }
    for ((index, ip, first, last), mut events) in by_block {
        let Some(episode) = episodes.get_mut(index) else { continue };
        events.sort_unstable();
        let place = |id: u32| places.and_then(|places| places.blocks.get(id as usize));
        let mut open: Option<(Moment, u32)> = None;
        let held = |from: Moment, until: Option<Moment>, id: u32| Held {
            ip: ip.into(),
            length: 32,
            ports: Some((first, last)),
            from,
            until: until.map(|until| until.not_before(from)),
            places: place(id).map_or([Origin::Rule(BY_PACKET); 3], |(spans, _)| spans.map(Origin::Bytes)),
        };
        for (at, (at_s, is_taken, id)) in events.iter().enumerate() {
            let now = Moment { at_s: *at_s, origin: read_from(place(*id).map(|place| place.1), BY_PACKET) };
            let status = event_of.get(id).and_then(|event| statuses.get(&event.group));
            // What the first packet takes back, or what Start and Stop name, the session had from its beginning.
            let from_begin = at == 0 && (*is_taken || status != Some(&Status::Interim) || !episode.has_start);
            let begin = if from_begin { episode.from } else { now };
            match (open, is_taken) {
                (None, false) => open = Some((begin, *id)),
                (Some((from, given)), true) => {
                    episode.assignments.push(held(from, Some(now), given));
                    open = None;
                }
                (None, true) if at == 0 => episode.assignments.push(held(begin, Some(now), *id)),
                _ => {}
            }
        }
        if let Some((from, given)) = open {
            episode.assignments.push(held(from, episode.until, given));
        }
    }
}

impl Moment {
    /// No interval ends before it begins, whatever the clocks said.
    fn not_before(self, from: Moment) -> Moment {
        if self.at_s < from.at_s { from } else { self }
    }
}

impl Episode {
    fn new(id: u32, group: &Group, from_s: u32, span: Option<Span>, rule: &'static str, has_start: bool) -> Episode {
        Episode {
            from: Moment { at_s: from_s, origin: read_from(span, rule) },
            until: None,
            has_start,
            last_s: 0,
            row: group.row,
            offset: group.offset,
            length: group.length,
            first_group: id,
            assignments: Vec::new(),
        }
    }

    fn add(&mut self, id: u32, group: &Group, span: Option<Span>) {
        if group.row < self.row {
            (self.row, self.offset, self.length, self.first_group) = (group.row, group.offset, group.length, id);
        }
        if group.status != Status::Stop {
            self.last_s = self.last_s.max(group.last_s);
            return;
        }
        let length_s = group.began_s.map(|began_s| group.first_s - began_s);
        let by_length_s = length_s.map(|length_s| self.from.at_s.saturating_add(length_s));
        let waited =
            by_length_s.filter(|end_s| self.has_start && group.first_s > end_s.saturating_add(SAME_BEGINNING_S));
        let (at_s, rule) = waited.map_or((group.first_s, BY_PACKET), |end_s| (end_s, BY_START_AND_LENGTH));
        // Of several Stops the first is nearest to the end: whatever held up the others came later.
        let at_s = at_s.max(self.from.at_s);
        if self.until.is_none_or(|until| at_s < until.at_s) {
            self.until = Some(Moment { at_s, origin: read_from(span, rule) });
        }
    }
}

fn read_from(span: Option<Span>, rule: &'static str) -> Origin {
    span.map_or(Origin::Rule(rule), |span| Origin::Read(span, rule))
}
