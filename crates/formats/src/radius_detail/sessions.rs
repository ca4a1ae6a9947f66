//! What is kept of the packets until the file ends, since they may come in any order. Small: a session of two packets
//! takes about 200 bytes, and repeated updates that say when the session began nothing more. Whatever else is kept decides what comes out, so
//! that is found whatever the order: only addresses, of which the first sight alone counts, may be kept twice.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use sha2::{Digest as _, Sha256};

use super::packet::{Attributes, Block, Status, Times};
use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::Span;

/// No further entry in a chain.
const NONE: u32 = u32::MAX;

/// How many sightings are looked at to fold an address into an earlier one. Not to find it costs a little memory and
/// changes nothing.
const FOLD_DEPTH: usize = 8;

/// Who holds a session: what its records say of operator and line.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Holder {
    pub(super) operator: Box<str>,
    pub(super) line_ref: Box<str>,
}

/// Where operator and line stand in a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct HolderOrigin {
    pub(super) operator: Origin,
    pub(super) line_ref: Origin,
}

/// Packets of a session that say the same: one kind of report on one beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) status: Status,
    /// When the session began by these packets; nothing if they do not say.
    pub(super) began_s: Option<u32>,
    pub(super) first_s: u32,
    pub(super) last_s: u32,
    /// The first of these packets in the file.
    pub(super) row: u32,
    pub(super) offset: u64,
    pub(super) length: u32,
    next: u32,
}

/// An address that a group of packets names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) ip: IpAddr,
    pub(super) length: u8,
    pub(super) first_s: u32,
    pub(super) group: u32,
    next: u32,
}

/// A block of ports that a packet gives or takes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockEvent {
    pub(super) ip: Ipv4Addr,
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) is_given: bool,
    pub(super) at_s: u32,
    pub(super) group: u32,
    next: u32,
}

/// A packet without an address: whether it joins a record is known at the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) row: u32,
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) group: u32,
    next: u32,
}

/// Where things stand in the file; kept only when the file is read to cite.
#[derive(Default)]
pub(super) struct Places {
    /// By group: the time of its first packet, and its holder.
    pub(super) groups: Vec<(Span, HolderOrigin)>,
    pub(super) sightings: Vec<Span>,
    /// By block event: address, first and last port, time.
    pub(super) blocks: Vec<([Span; 3], Span)>,
    /// By server and time.
    pub(super) resets: HashMap<(u32, u32), Span>,
}

struct Session {
    holder: u32,
    nas: u32,
    groups: u32,
    sightings: u32,
    blocks: u32,
    waiting: u32,
}

/// What packets of one group have in common: session, kind, and the beginning they state; where they state none, they may
/// be of several sessions under one name, and only those of one time are one.
type GroupKey = (u32, Status, Result<u32, u32>);

/// All sessions of a file.
pub(super) struct Sessions {
    keys: HashMap<[u8; 16], u32>,
    sessions: Vec<Session>,
    groups: Vec<Group>,
    group_ids: HashMap<GroupKey, u32>,
    sightings: Vec<Sighting>,
    blocks: Vec<BlockEvent>,
    waiting: Vec<Waiting>,
    holders: Vec<Holder>,
    holder_ids: HashMap<Holder, u32>,
    nas_ids: HashMap<Box<str>, u32>,
    /// By server: when it began or ceased to keep sessions.
    resets: Vec<Vec<u32>>,
    pub(super) places: Option<Places>,
    most: usize,
}

/// A packet on its way in.
pub(super) struct Incoming {
    pub(super) status: Status,
    pub(super) times: Times,
    pub(super) row: u32,
    pub(super) span: Span,
    pub(super) holder: Holder,
    pub(super) holder_origin: HolderOrigin,
}

impl Sessions {
    pub(super) fn new(limits: &Limits, is_citing: bool) -> Sessions {
        Sessions {
            keys: HashMap::new(),
            sessions: Vec::new(),
            groups: Vec::new(),
            group_ids: HashMap::new(),
            sightings: Vec::new(),
            blocks: Vec::new(),
            waiting: Vec::new(),
            holders: Vec::new(),
            holder_ids: HashMap::new(),
            nas_ids: HashMap::new(),
            resets: Vec::new(),
            places: is_citing.then(Places::default),
            most: limits.open_items.min(NONE as usize - 1),
        }
    }

    /// Takes a Start, an update or a Stop. Says whether it names an address; if not, its fate is told at the end.
    pub(super) fn add(&mut self, packet: &Incoming, attributes: &Attributes<'_>) -> Result<bool, Refusal> {
        let session = self.session(packet, attributes)?;
        let group = self.group(session, packet);
        for address in &attributes.addresses {
            self.sight(session, group, packet.times.at_s, (address.ip, address.length), address.span);
        }
        for block in &attributes.blocks {
            self.block(session, group, packet, block);
        }
        if !attributes.addresses.is_empty() || !attributes.blocks.is_empty() {
            return Ok(true);
        }
        let Some(session) = self.sessions.get_mut(session as usize) else { return Ok(false) };
        let next = std::mem::replace(&mut session.waiting, id(self.waiting.len()));
        let length = u32::try_from(packet.span.end - packet.span.start).unwrap_or(u32::MAX);
        self.waiting.push(Waiting { row: packet.row, offset: packet.span.start, length, group, next });
        Ok(false)
    }

    /// Takes the moment at which a server has no sessions.
    pub(super) fn reset(&mut self, nas: &str, times: Times) {
        let nas = self.nas(nas);
        if let Some(all) = self.resets.get_mut(nas as usize) {
            all.push(times.at_s);
        }
        if let Some(places) = &mut self.places {
            places.resets.insert((nas, times.at_s), times.span);
        }
    }

    /// Whether more may be taken.
    pub(super) fn check_limit(&self, file_name: &str) -> Result<(), FormatError> {
        let resets: usize = self.resets.len();
        let open = self.sessions.len() + self.groups.len() + self.sightings.len() + self.blocks.len();
        let open = open + self.waiting.len() + resets;
        if open <= self.most {
            return Ok(());
        }
        let what = "sessions, times and addresses held until the end of the file (cut the file by days)";
        Err(FormatError::Limit { at: At::file(file_name), what, seen: open as u64, max: self.most as u64 })
    }

    /// Puts the servers' moments in order, so that the first after a time can be found.
    pub(super) fn sort_resets(&mut self) {
        for all in &mut self.resets {
            all.sort_unstable();
        }
    }

    fn session(&mut self, packet: &Incoming, attributes: &Attributes<'_>) -> Result<u32, Refusal> {
        let nas = attributes.nas().map_or("", |value| value.text);
        let user = attributes.user.map_or("", |value| value.text);
        let (kind, name) = match (attributes.unique_session, attributes.session) {
            (Some(value), _) => ("unique", value.text),
            (None, Some(value)) => ("session", value.text),
            (None, None) => return Err(Refusal::missing("Acct-Session-Id", "what joins the packets of a session")),
        };
        let mut hash = Sha256::new();
        for part in [kind, name, nas, user] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut key = [0; 16];
        key.copy_from_slice(hash.finalize().get(..16).unwrap_or(&[0; 16]));
        if let Some(session) = self.keys.get(&key) {
            return Ok(*session);
        }
        let session = id(self.sessions.len());
        let (holder, nas) = (self.holder(&packet.holder), self.nas(nas));
        self.keys.insert(key, session);
        self.sessions.push(Session { holder, nas, groups: NONE, sightings: NONE, blocks: NONE, waiting: NONE });
        Ok(session)
    }

    fn holder(&mut self, holder: &Holder) -> u32 {
        if let Some(id) = self.holder_ids.get(holder) {
            return *id;
        }
        let new = id(self.holders.len());
        self.holders.push(holder.clone());
        self.holder_ids.insert(holder.clone(), new);
        new
    }

    fn nas(&mut self, name: &str) -> u32 {
        if let Some(id) = self.nas_ids.get(name) {
            return *id;
        }
        let new = id(self.resets.len());
        self.resets.push(Vec::new());
        self.nas_ids.insert(name.into(), new);
        new
    }

    fn group(&mut self, session: u32, packet: &Incoming) -> u32 {
        let at_s = packet.times.at_s;
        let began_s = if packet.status == Status::Start { Some(at_s) } else { packet.times.began_s };
        let new = id(self.groups.len());
        let found = *self.group_ids.entry((session, packet.status, began_s.ok_or(at_s))).or_insert(new);
        if let Some(group) = self.groups.get_mut(found as usize) {
            if at_s < group.first_s {
                group.first_s = at_s;
                if let Some(place) = self.places.as_mut().and_then(|places| places.groups.get_mut(found as usize)) {
                    place.0 = packet.times.span;
                }
            }
            group.last_s = group.last_s.max(at_s);
            return found;
        }
        let Some(session) = self.sessions.get_mut(session as usize) else { return NONE };
        self.groups.push(Group {
            status: packet.status,
            began_s,
            first_s: at_s,
            last_s: at_s,
            row: packet.row,
            offset: packet.span.start,
            length: u32::try_from(packet.span.end - packet.span.start).unwrap_or(u32::MAX),
            next: std::mem::replace(&mut session.groups, new),
        });
        if let Some(places) = &mut self.places {
            places.groups.push((packet.times.span, packet.holder_origin));
        }
        new
    }

    fn sight(&mut self, session: u32, group: u32, at_s: u32, (ip, length): (IpAddr, u8), span: Span) {
        let Some(session) = self.sessions.get_mut(session as usize) else { return };
        let mut at = session.sightings;
        for _ in 0..FOLD_DEPTH {
            let Some(sighting) = self.sightings.get_mut(at as usize) else { break };
            if (sighting.ip, sighting.length, sighting.group) == (ip, length, group) {
                if at_s < sighting.first_s {
                    sighting.first_s = at_s;
                    if let Some(place) = self.places.as_mut().and_then(|places| places.sightings.get_mut(at as usize)) {
                        *place = span;
                    }
                }
                return;
            }
            at = sighting.next;
        }
        let next = std::mem::replace(&mut session.sightings, id(self.sightings.len()));
        self.sightings.push(Sighting { ip, length, first_s: at_s, group, next });
        if let Some(places) = &mut self.places {
            places.sightings.push(span);
        }
    }

    fn block(&mut self, session: u32, group: u32, packet: &Incoming, block: &Block) {
        let Some(session) = self.sessions.get_mut(session as usize) else { return };
        let next = std::mem::replace(&mut session.blocks, id(self.blocks.len()));
        let Block { ip, first, last, is_given, spans } = *block;
        self.blocks.push(BlockEvent { ip, first, last, is_given, at_s: packet.times.at_s, group, next });
        if let Some(places) = &mut self.places {
            places.blocks.push((spans, packet.times.span));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Everything that is known of a session, each list with the index of each entry.
    pub(super) fn known(&self, session: usize) -> Option<Known<'_>> {
        let session = self.sessions.get(session)?;
        Some(Known {
            holder: self.holders.get(session.holder as usize)?,
            nas: session.nas,
            resets: self.resets.get(session.nas as usize).map(Vec::as_slice).unwrap_or_default(),
            groups: chain(&self.groups, session.groups, |group| group.next),
            sightings: chain(&self.sightings, session.sightings, |sighting| sighting.next),
            blocks: chain(&self.blocks, session.blocks, |block| block.next),
            waiting: chain(&self.waiting, session.waiting, |waiting| waiting.next),
        })
    }
}

/// A session as far as its packets tell.
pub(super) struct Known<'s> {
    pub(super) holder: &'s Holder,
    pub(super) nas: u32,
    pub(super) resets: &'s [u32],
    pub(super) groups: Vec<(u32, Group)>,
    pub(super) sightings: Vec<(u32, Sighting)>,
    pub(super) blocks: Vec<(u32, BlockEvent)>,
    pub(super) waiting: Vec<(u32, Waiting)>,
}

fn chain<T: Copy>(all: &[T], first: u32, next: impl Fn(&T) -> u32) -> Vec<(u32, T)> {
    let mut found = Vec::new();
    let mut at = first;
    while let Some(entry) = all.get(at as usize) {
        found.push((at, *entry));
        at = next(entry);
    }
    found
}

/// An index that fits, since the limit keeps all lists far below.
fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
