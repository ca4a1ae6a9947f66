//! The sentences. Each pattern stands beside its innocent explanation.

pub(super) const PROPOSITIONS: [&str; 2] = [
    "the holder of the account paid the recipients for that for which they were established",
    "the holder paid them for another reason: as family, friend, customer or supporter, or as a victim of fraud",
];

pub(super) fn reason(reason: &str) -> &'static str {
    match reason {
        "supported" => {
            "repeated payments to established recipients of different households, who have further recipients in common"
        }
        "may_be_victim_of_fraud" => {
            "the sums grow and stop, or were taken back, as they do where somebody is defrauded or extorted: may be a victim of fraud"
        }
        "documented_relation" => "a register or document ties the holder to the recipient",
        "one_established_recipient" => {
            "payments to one established recipient only; relatives and customers pay as well"
        }
        "too_few_payments" => "too few payments to tell",
        "others_explain_it" => "other reasons explain the payments about as well",
        "passes_money_on" => {
            "about as much goes out as comes in, within days: collects or passes on for others, knowingly or not"
        }
        "pays_out_for_many" => "a pay-out agent, shop or body, whom very many pay: paying it says nothing",
        "established_by_other_evidence" => "recipient, may be a victim; established by other evidence than payments",
        "paid_like_rent" => {
            "most of its payers pay monthly and alike: a landlord, school, body or lender; paying it says nothing"
        }
        "paid_in_common" => {
            "recipient, may be a victim; paid by more payers of established recipients than chance gives"
        }
        _ => "not explained",
    }
}

pub(super) fn would_decide(reason: &str) -> &'static str {
    match reason {
        "supported" | "others_explain_it" | "too_few_payments" | "one_established_recipient" => {
            "the records of the recipient's contacts with this payer (log-ins, messages on a seized device, under an act), and who \
             uses the paying account"
        }
        "may_be_victim_of_fraud" => "a conversation with the holder as a witness, and the bank's file on the reversal",
        "documented_relation" => "nothing; only evidence other than payments could reopen it",
        "passes_money_on" => "who opened and uses the account, and on whose instructions",
        "paid_like_rent" => "a register of the holder's business or lettings",
        "pays_out_for_many" => "the agent's own list of pay-outs: who took the money out",
        "established_by_other_evidence" | "paid_in_common" => {
            "whether the holder is in danger or was used by others; who takes the money out"
        }
        _ => "other evidence than payments",
    }
}

pub(super) fn finding(kind: &str, detail: &str, payments: usize, recipients: usize) -> String {
    let figures: Vec<&str> = detail.split(':').collect();
    match (kind, figures.as_slice()) {
        ("paid_established_recipient", _) => {
            format!("{} to {}", of(payments), count(recipients, "established recipient", "established recipients"))
        }
        ("paid_second_established_recipient", _) => {
            format!("the {recipients} established recipients are of different households ({})", of(payments))
        }
        ("paid_recipients_in_common", _) => {
            format!(
                "{} to {} whom other payers of established recipients also pay, more often than chance gives",
                of(payments),
                count(recipients, "further recipient", "further recipients")
            )
        }
        ("paid_through_relay", _) => {
            format!("{} to an account that passes money on to an established recipient", of(payments))
        }
        ("sequence", _) => format!("{} ({})", list(detail), of(payments)),
        ("near_contact", _) => {
            format!("{} near contact with the recipient: {}", that_come(payments), contacts(detail))
        }
        ("shares_details", _) => {
            format!(
                "{detail} payers around these recipients share a person, document, telephone, address, device or pay-out details, and count once"
            )
        }
        ("reversed", _) => format!("{} taken back", count(payments, "payment was", "payments were")),
        ("sums_grow_and_stop", _) => format!("the sums of {} grow within months and then stop", of(payments)),
        ("regular_as_support", _) => format!("{} about monthly", that_come(payments)),
        ("documented_relation", _) => {
            "a register or document ties payer and recipient, or they share details".to_owned()
        }
        ("passes_on", _) => passes_on(detail),
        ("paid_in_common", [common, payers, debtors, people, log10_p, log10_q]) => {
            format!(
                "paid by {common} of the {payers} payers of established recipients, and by {debtors} of all {people} payers: chance gives as many \
                 with log10 p {log10_p}; log10 of the false-discovery rate {log10_q}"
            )
        }
        ("paid_like_rent", [alike, debtors]) => {
            format!("{alike} of its {debtors} payers pay monthly, about the same sum each time")
        }
        _ => of(payments),
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn of(payments: usize) -> String {
    count(payments, "payment", "payments")
}

fn that_come(payments: usize) -> String {
    count(payments, "payment comes", "payments come")
}

/// `a;b;` as words.
fn list(detail: &str) -> String {
    detail.split(';').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

/// How often payments are near which contact, and how often the same hours of other days are.
fn contacts(detail: &str) -> String {
    let parts = detail.split(';').filter_map(|part| match part.split(':').collect::<Vec<_>>().as_slice() {
        [kind, near, payments, near_controls, controls] => {
            let (what, others) = match *kind {
                "message" => ("messages between the two", "the same hour of other days"),
                "session" => ("log-ins of both", "the same hour of other days"),
                _ => ("trips of the payer", "other months"),
            };
            Some(format!("{what} {near} of {payments} ({others}: {near_controls} of {controls})"))
        }
        _ => None,
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// What an account that passes money on does, in each currency.
fn passes_on(detail: &str) -> String {
    let parts = detail.split(';').filter_map(|part| match part.split(':').collect::<Vec<_>>().as_slice() {
        [currency, level, debtors, out, quick] => {
            let place = if *level == "1" { "directly before" } else { "further before" };
            Some(format!(
                "{debtors} payers; about as much {currency} goes out as comes in, {quick} of {out} payments out within days of one \
                 in; {place} an established recipient (account {level} of the chain)"
            ))
        }
        _ => None,
    });
    parts.collect::<Vec<_>>().join("; ")
}

pub(super) fn innocent(kind: &str) -> &'static str {
    match kind {
        "paid_established_recipient" => {
            "relatives, friends, customers of a lawful service, and victims of fraud pay the same person"
        }
        "paid_second_established_recipient" => {
            "recipients of one family whose tie is not recorded; a customer of several; a supporter of several families"
        }
        "paid_recipients_in_common" => {
            "pay-out agents that no register knows, landlords, schools, freelancers and sellers with many payers"
        }
        "paid_through_relay" => "an account shared by a family, a payroll helper, an agent of a wallet",
        "near_contact" => {
            "families, partners and friends write, call and travel around the days on which they send money; people pay when they are online"
        }
        "shares_details" => "couples, flatmates and families share telephones, devices and pay-out details",
        "passes_on" => "families pool money, treasurers collect, and helpers send for those who cannot",
        "paid_in_common" => {
            "freelancers, sellers, teachers, landlords and agents whom no register knows have many payers as well"
        }
        "paid_like_rent" => "it speaks for a landlord, school or body, and so against any tie between its payers",
        "sequence" => "split and failed transfers, limits of providers, price comparison, top-ups of games",
        "reversed" => "it speaks for a victim, and so against a buyer",
        "sums_grow_and_stop" => "it speaks for a victim of romance fraud or extortion, and so against a buyer",
        "regular_as_support" => "families, sponsors and tenants pay monthly; it speaks against a buyer",
        "documented_relation" => "it speaks for the support of a family, and so against a buyer",
        _ => "other explanations were not listed",
    }
}
