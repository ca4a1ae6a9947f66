//! Who pays whom, how much and how often: each class with its own rhythm. Figures in euros.

use super::{Class, Corridor, Message, PaymentConfig};

const COUNTRIES: [&str; 5] = ["IT", "DE", "FR", "ES", "AT"];
const ABROAD: [&str; 4] = ["PH", "PH", "PH", "TH"];

/// The places that many share, made before the people who use them.
struct Places {
    agents: Vec<usize>,
    shops: Vec<usize>,
    bodies: Vec<usize>,
    freelancers: Vec<usize>,
    landlords: Vec<usize>,
    swindlers: Vec<usize>,
    recipients: Vec<usize>,
}

pub(super) fn populate(corridor: &mut Corridor, config: &PaymentConfig) {
    let places = places(corridor, config);
    for _ in 0..config.innocents {
        innocent(corridor, &places);
    }
    around_recipients(corridor, &places);
    buyers(corridor, config, &places);
    contacts(corridor, &places);
}

/// Of those who pay a recipient, some use the same online service. Relatives and friends write on any day; who buys writes
/// before paying more often than on other days.
fn contacts(corridor: &mut Corridor, places: &Places) {
    let mut pairs: Vec<(usize, usize, i64)> = corridor
        .payments
        .iter()
        .filter(|payment| places.recipients.contains(&payment.to))
        .map(|payment| (payment.from, payment.to, payment.at_s))
        .collect();
    pairs.sort_unstable();
    for both in pairs.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        let Some((from, to, _)) = both.first().copied() else { continue };
        if !corridor.chance(0.3) {
            continue;
        }
        for person in [from, to] {
            if let Some(known) = corridor.accounts.get_mut(person) {
                known.email = Some(format!("person-{person}@example.org"));
            }
        }
        let buys = corridor.accounts.get(from).is_some_and(|account| account.class == Class::Buyer);
        for (_, _, paid_s) in both {
            if buys && corridor.chance(0.7) {
                let at_s = paid_s - i64::from(corridor.between(300, 18_000));
                corridor.messages.push(Message { at_s, from, to });
            }
            for _ in 0..corridor.between(0, 3) {
                let day = corridor.between(0, corridor.days());
                let at_s = corridor.at(day);
                let (from, to) = if corridor.chance(0.5) { (from, to) } else { (to, from) };
                corridor.messages.push(Message { at_s, from, to });
            }
        }
    }
}

fn many(corridor: &mut Corridor, count: u32, class: Class, activity: Option<&'static str>) -> Vec<usize> {
    let made = (0..count).map(|_| {
        let country = *ABROAD.get(corridor.between(0, 3) as usize).unwrap_or(&"PH");
        let account = corridor.add(class, country);
        if let Some(known) = corridor.accounts.get_mut(account) {
            known.activity = activity;
        }
        account
    });
    made.collect()
}

fn places(corridor: &mut Corridor, config: &PaymentConfig) -> Places {
    let scale = config.innocents / 1000;
    let agents = many(corridor, (scale * config.agent_percent / 400).max(3), Class::Service, Some("pay-out agent"));
    // Not every register knows its agents: a third are private persons on paper.
    for agent in agents.iter().step_by(3) {
        if let Some(known) = corridor.accounts.get_mut(*agent) {
            known.activity = None;
        }
    }
    let shops = many(corridor, (scale / 5).max(3), Class::Service, Some("shop"));
    let bodies = many(corridor, (scale / 20).max(2), Class::Service, Some("charity"));
    let freelancers = many(corridor, (scale * 4).max(10), Class::Family, None);
    let landlords = many(corridor, (scale / 10).max(3), Class::Service, None);
    let swindlers = many(corridor, (scale / 3).max(4), Class::Family, None);
    let recipients = many(corridor, config.recipients, Class::Recipient, None);
    // Some recipients are of one household: they take their money out at one place.
    for pair in recipients.chunks(2).step_by(3) {
        let payout = format!("point-{:05}", pair.first().copied().unwrap_or(0));
        for recipient in pair {
            if let Some(known) = corridor.accounts.get_mut(*recipient) {
                known.payout = Some(payout.clone());
            }
        }
    }
    // Every third one was established, then the next, until there are enough.
    let mut order: Vec<usize> = (0..3).flat_map(|from| recipients.iter().skip(from).step_by(3).copied()).collect();
    order.truncate(config.seeds as usize);
    // A partner abroad may name the agent who paid out: an agent is no recipient, and everybody pays it.
    order.extend(agents.get(1).filter(|_| config.seeds > 0));
    corridor.seeds = order;
    Places { agents, shops, bodies, freelancers, landlords, swindlers, recipients }
}

fn sender(corridor: &mut Corridor, class: Class) -> usize {
    let country = match corridor.between(0, 9) {
        0..=5 => "IT",
        other => COUNTRIES.get(other as usize % 5).copied().unwrap_or("IT"),
    };
    corridor.add(class, country)
}

fn family(corridor: &mut Corridor) -> usize {
    let country = *ABROAD.get(corridor.between(0, 3) as usize).unwrap_or(&"PH");
    corridor.add(Class::Family, country)
}

/// A landlord of a person: always the same one.
fn landlord_of(places: &Places, from: usize) -> usize {
    places.landlords.get(from % places.landlords.len().max(1)).copied().unwrap_or(from)
}

/// The same sum at the beginning of each month.
fn rent(corridor: &mut Corridor, from: usize, to: usize, span: (u32, u32)) {
    let cents = corridor.cents(380.0, 0.2);
    for month in span.0.div_ceil(30)..span.1 / 30 {
        let day = month * 30 + corridor.between(0, 4);
        let at = corridor.at(day);
        corridor.pay(from, to, at, cents);
    }
}

/// Pays someone about every `gap` days between two days.
fn regularly(corridor: &mut Corridor, pair: (usize, usize), span: (u32, u32), gap: u32, amount: (f64, f64)) {
    let mut day = span.0 + corridor.between(0, gap);
    while day < span.1 {
        let (at, cents) = (corridor.at(day), corridor.cents(amount.0, amount.1));
        corridor.pay(pair.0, pair.1, at, cents);
        day += (gap + corridor.between(0, gap / 2 + 1)).saturating_sub(gap / 4).max(1);
    }
}

fn span(corridor: &mut Corridor) -> (u32, u32) {
    let days = corridor.days();
    if corridor.chance(0.6) {
        return (0, days);
    }
    let from = corridor.between(0, days * 2 / 3);
    (from, (from + corridor.between(days / 6, days)).min(days))
}

fn innocent(corridor: &mut Corridor, places: &Places) {
    let span = span(corridor);
    let extra = corridor.config.extra_sponsors;
    let class = if extra > 0 && corridor.between(0, 999) < extra { 700 } else { corridor.between(0, 999) };
    match class {
        0..=649 => remitter(corridor, places, span),
        650..=729 => {
            let from = sender(corridor, Class::Sponsor);
            let to = if corridor.chance(0.8) { corridor.one_of(&places.bodies) } else { family(corridor) };
            regularly(corridor, (from, to), span, 30, (26.0, 0.1));
        }
        730..=779 => {
            let (from, to) = (sender(corridor, Class::Partner), family(corridor));
            regularly(corridor, (from, to), span, 20, (120.0, 0.6));
        }
        780..=809 => {
            let from = sender(corridor, Class::Retiree);
            rent(corridor, from, landlord_of(places, from), span);
            if corridor.chance(0.3) {
                let other = family(corridor);
                regularly(corridor, (from, other), span, 30, (120.0, 0.3));
            }
        }
        810..=869 => {
            let from = sender(corridor, Class::Client);
            for _ in 0..corridor.between(1, 6) {
                let to = corridor.one_of(&places.freelancers);
                regularly(corridor, (from, to), span, 25, (70.0, 0.9));
            }
        }
        870..=939 => {
            let from = sender(corridor, Class::Gamer);
            let to = corridor.one_of(&places.shops);
            regularly(corridor, (from, to), span, 10, (15.0, 0.6));
        }
        940..=984 => {
            let from = sender(corridor, Class::Dating);
            for _ in 0..corridor.between(1, 4) {
                let to = family(corridor);
                let until = (span.0 + corridor.between(20, 200)).min(span.1);
                regularly(corridor, (from, to), (span.0, until), 9, (45.0, 0.7));
            }
        }
        _ => {
            let to = corridor.one_of(&places.swindlers);
            victim(corridor, to, span);
        }
    }
}

fn remitter(corridor: &mut Corridor, places: &Places, span: (u32, u32)) {
    let from = sender(corridor, Class::Remitter);
    for _ in 0..corridor.between(1, 4) {
        // Three in ten, usually, have their money paid out by an agent.
        let by_agent = f64::from(corridor.config.by_agent_percent) / 100.0;
        let to = if corridor.chance(by_agent) { corridor.one_of(&places.agents) } else { family(corridor) };
        let gap = corridor.between(25, 45);
        regularly(corridor, (from, to), span, gap, (130.0, 0.8));
    }
}

/// Sums that grow within weeks and stop; now and then the bank takes one back.
fn victim(corridor: &mut Corridor, to: usize, span: (u32, u32)) -> usize {
    let from = sender(corridor, Class::FraudVictim);
    let count = corridor.between(4, 9);
    let (mut day, mut cents) = (span.0 + corridor.between(0, 20), corridor.cents(50.0, 0.3));
    for number in 0..count {
        let at = corridor.at(day.min(corridor.days()));
        let payment = corridor.pay(from, to, at, cents);
        if number + 2 >= count
            && corridor.chance(0.4)
            && let Some(last) = corridor.payments.get_mut(payment)
        {
            last.is_reversed = true;
        }
        day += corridor.between(2, 12);
        cents = cents * i64::from(corridor.between(13, 22)) / 10;
    }
    from
}

/// Recipients have relatives, customers and, where money is extorted, victims.
fn around_recipients(corridor: &mut Corridor, places: &Places) {
    for recipient in places.recipients.clone() {
        let days = corridor.days();
        for _ in 0..corridor.between(1, 3) {
            let from = sender(corridor, Class::Remitter);
            let gap = corridor.between(25, 40);
            regularly(corridor, (from, recipient), (0, days), gap, (140.0, 0.5));
            let other = family(corridor);
            regularly(corridor, (from, other), (0, days), gap, (120.0, 0.5));
        }
        for _ in 0..corridor.between(0, 3) {
            let from = sender(corridor, Class::Dating);
            let begin = corridor.between(0, days / 2);
            let until = begin + corridor.between(15, 120);
            regularly(corridor, (from, recipient), (begin, until), 10, (60.0, 0.6));
        }
        for _ in 0..corridor.between(0, 3) {
            let begin = corridor.between(0, days / 2);
            victim(corridor, recipient, (begin, days));
        }
        // They spend and send as everybody does.
        let shop = corridor.one_of(&places.shops);
        regularly(corridor, (recipient, shop), (0, days), 20, (40.0, 0.6));
    }
}

fn buyers(corridor: &mut Corridor, config: &PaymentConfig, places: &Places) {
    let relays = relays(corridor, config, places);
    for _ in 0..config.buyers {
        let span = span(corridor);
        let from = sender(corridor, Class::Buyer);
        if let Some(known) = corridor.accounts.get_mut(from) {
            known.document = Some(format!("DOC{from:07}"));
        }
        let second = second_account(corridor, config, from);
        // Buyers pass recipients on to each other: most pay several, and many the same ones.
        let one_only = f64::from(config.one_recipient_percent) / 100.0;
        let count = if corridor.chance(one_only) { 1 } else { corridor.between(2, 8) };
        for number in 0..count {
            let to = corridor.one_of(&places.recipients);
            let begin = span.0 + corridor.between(0, (span.1 - span.0) / 2);
            let until = (begin + corridor.between(20, 300)).min(span.1);
            let gap = corridor.between(5, 25);
            let own = second.filter(|_| number % 3 == 2).unwrap_or(from);
            regularly(corridor, (own, to), (begin, until), gap, (52.0, 0.7));
        }
        if !relays.is_empty() && corridor.chance(0.2) {
            let index = corridor.between(0, config.relays.saturating_sub(1)) as usize;
            if let Some(way) = relays.get(index) {
                through(corridor, from, way, span);
            }
        }
        if corridor.chance(f64::from(config.buyers_remit_percent) / 100.0) {
            let other = family(corridor);
            regularly(corridor, (from, other), span, 40, (90.0, 0.7));
        }
        // Some live abroad for a part of the year, and pay rent there as their neighbours do.
        if corridor.chance(0.2) {
            rent(corridor, from, landlord_of(places, 0), span);
        }
    }
}

/// Another account of the same person, at another provider and on the same document.
fn second_account(corridor: &mut Corridor, config: &PaymentConfig, first: usize) -> Option<usize> {
    if !corridor.chance(f64::from(config.second_account_percent) / 100.0) {
        return None;
    }
    let second = sender(corridor, Class::Buyer);
    if let Some(known) = corridor.accounts.get_mut(second) {
        known.document = Some(format!("DOC{first:07}"));
    }
    Some(second)
}

/// The accounts that pass money on, each with the way from it to a recipient: over others of its kind where it is not the last.
fn relays(corridor: &mut Corridor, config: &PaymentConfig, places: &Places) -> Vec<Vec<usize>> {
    let relays: Vec<usize> = (0..config.relays)
        .map(|number| {
            let relay = corridor.add(Class::Relay, "IT");
            if let Some(known) = corridor.accounts.get_mut(relay) {
                known.account_ref = iban(number);
                known.provider = "EXMPITMM";
                known.is_bank = true;
            }
            relay
        })
        .collect();
    let chain = config.relay_chain.max(1) as usize;
    let established = corridor.seeds.clone();
    relays
        .chunks(chain)
        .enumerate()
        .flat_map(|(number, chain)| {
            // Every other chain passes on to a recipient who is established.
            let to = match established.get(number / 2).filter(|_| number % 2 == 0) {
                Some(seed) => *seed,
                None => corridor.one_of(&places.recipients),
            };
            (0..chain.len()).map(move |from| chain.iter().skip(from).copied().chain([to]).collect::<Vec<_>>())
        })
        .collect()
}

/// Money in, and nearly all of it out again within two days, at each account of the way.
fn through(corridor: &mut Corridor, from: usize, way: &[usize], span: (u32, u32)) {
    let Some(first) = way.first().copied() else { return };
    let before = corridor.payments.len();
    regularly(corridor, (from, first), span, 20, (80.0, 0.5));
    let legs: Vec<(i64, i64)> =
        corridor.payments.iter().skip(before).map(|payment| (payment.at_s, payment.cents)).collect();
    for (mut at_s, mut cents) in legs {
        for (relay, to) in way.iter().zip(way.iter().skip(1)) {
            at_s += i64::from(corridor.between(3_600, 172_800));
            cents = cents * i64::from(corridor.between(92, 98)) / 100;
            corridor.pay(*relay, *to, at_s, cents);
        }
    }
}

/// An Italian IBAN with a bank code of nines and right check digits.
fn iban(number: u32) -> String {
    let body = format!("X9999999999{number:012}");
    let digits = |text: &str| {
        text.bytes().fold(0_u32, |sum, b| match b {
            b'0'..=b'9' => (sum * 10 + u32::from(b - b'0')) % 97,
            _ => (sum * 100 + u32::from(b - b'A') + 10) % 97,
        })
    };
    format!("IT{:02}{body}", 98 - digits(&format!("{body}IT00")))
}
