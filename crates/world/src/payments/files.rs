//! What an investigator receives: providers' lists, statements, transfers between banks, suspicious-transaction reports, a register
//! of accounts, and the recipients whom other evidence established.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::{Account, BEGIN_S, Class, Corridor, Payment};
use crate::WorldError;
use crate::files::Lines;

/// The columns of the layout that units ask money-transfer providers for.
const HEADINGS: &str = "mtcn,sent_utc,amount,currency,payer_account,payer_provider,payer_country,payee_account,payee_provider,payee_country,status";

const MAPPING: &str = "\
table: payment
columns: {mtcn: payment_ref, sent_utc: at_utc, amount: amount, currency: currency, payer_account: debtor_account, payer_provider: debtor_provider, payer_country: debtor_country, payee_account: creditor_account, payee_provider: creditor_provider, payee_country: creditor_country, status: status}
constants: {provider: clearing list}
words:
  status: {paid: booked, refunded: reversed}
";

/// Payments stand in `payments`; where the corridor is split, the later ones in `payments-later`.
pub(super) fn write(corridor: &Corridor, order: &[usize], out: &Path) -> Result<(), WorldError> {
    let split_s = BEGIN_S + i64::from(corridor.config.split_month) * 30 * 86_400;
    let is_early = |index: &usize| corridor.payments.get(*index).is_some_and(|payment| payment.at_s < split_s);
    let parts = match corridor.config.split_month {
        0 => vec![("payments", order)],
        _ => {
            let (early, later) = order.split_at(order.partition_point(is_early));
            vec![("payments", early), ("payments-later", later)]
        }
    };
    let mut balances: BTreeMap<usize, i64> = BTreeMap::new();
    for (name, part) in parts {
        let folder = folder(out, name)?;
        lists(corridor, part, &folder)?;
        statements(corridor, part, &folder, &mut balances)?;
        transfers(corridor, part, &folder)?;
        reports(corridor, part, &folder)?;
    }
    register(corridor, &folder(out, "registers")?)?;
    contacts(corridor, &folder(out, "contacts")?)?;
    seeds(corridor, &folder(out, "seeds")?)?;
    truth(corridor, split_s, &folder(out, "truth")?)
}

fn folder(out: &Path, name: &str) -> Result<PathBuf, WorldError> {
    let path = out.join(name);
    std::fs::create_dir_all(&path).map_err(|source| WorldError::Io { path: path.clone(), source })?;
    Ok(path)
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A payment with both accounts and its number.
fn whole(corridor: &Corridor, index: usize) -> Option<(&Payment, &Account, &Account)> {
    let payment = corridor.payments.get(index)?;
    Some((payment, corridor.accounts.get(payment.from)?, corridor.accounts.get(payment.to)?))
}

/// Whether a payment goes through banks: one end is a bank account.
fn is_banked(from: &Account, to: &Account) -> bool {
    from.is_bank || to.is_bank
}

fn lists(corridor: &Corridor, order: &[usize], folder: &Path) -> Result<(), WorldError> {
    let name = |part: usize| folder.join(format!("money-transfer-{part}.csv"));
    for (part, indexes) in order.chunks(1_000_000).enumerate() {
        let mut lines = Lines::create(&name(part))?;
        lines.line(HEADINGS)?;
        for index in indexes {
            let Some((payment, from, to)) = whole(corridor, *index) else { continue };
            if is_banked(from, to) {
                continue;
            }
            lines.row(&[
                &format!("M{index:010}"),
                &time(payment.at_s),
                &amount(payment.cents),
                "EUR",
                &from.account_ref,
                from.provider,
                from.country,
                &to.account_ref,
                to.provider,
                to.country,
                if payment.is_reversed { "refunded" } else { "paid" },
            ])?;
        }
        lines.finish()?;
        let mut mapping = Lines::create(&name(part).with_extension("mapping.yaml"))?;
        mapping.line(MAPPING.trim_end())?;
        mapping.finish()?;
    }
    Ok(())
}

/// One statement for each bank account: relays pass money on there.
fn statements(
    corridor: &Corridor,
    order: &[usize],
    folder: &Path,
    balances: &mut BTreeMap<usize, i64>,
) -> Result<(), WorldError> {
    for (number, account) in corridor.accounts.iter().enumerate().filter(|(_, account)| account.is_bank) {
        let mut lines = Lines::create(&folder.join(format!("statement-{}.xml", account.account_ref)))?;
        let own: Vec<usize> = order.iter().copied().filter(|index| touches(corridor, *index, number)).collect();
        let signed = |index: &usize| {
            corridor.payments.get(*index).map_or(0, |p| if p.from == number { -p.cents } else { p.cents })
        };
        let opening = balances.get(&number).copied().unwrap_or(100_000);
        let closing = opening + own.iter().map(signed).sum::<i64>();
        balances.insert(number, closing);
        lines.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt>")?;
        lines.line(&format!(
            "<Acct><Id><IBAN>{}</IBAN></Id><Ownr><Nm>{}</Nm></Ownr><Svcr><FinInstnId><BICFI>{}</BICFI></FinInstnId></Svcr></Acct>",
            account.account_ref, account.name, account.provider
        ))?;
        for (kind, cents) in [("OPBD", opening), ("CLBD", closing)] {
            let sign = if cents < 0 { "DBIT" } else { "CRDT" };
            lines.line(&format!(
                "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>",
                amount(cents.abs())
            ))?;
        }
        for index in own {
            let Some((payment, from, to)) = whole(corridor, index) else { continue };
            let (sign, other, name) =
                if payment.from == number { ("DBIT", to, "Cdtr") } else { ("CRDT", from, "Dbtr") };
            lines.line(&format!(
                "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>{}</DtTm></BookgDt>\
                 <NtryDtls><TxDtls><Refs><EndToEndId>E{index:010}</EndToEndId></Refs><RltdPties><{name}><Pty><Nm>{}</Nm></Pty></{name}>\
                 <{name}Acct><Id><Othr><Id>{}</Id></Othr></Id></{name}Acct></RltdPties><RltdAgts><{name}Agt><FinInstnId><Nm>{}</Nm></FinInstnId></{name}Agt></RltdAgts></TxDtls></NtryDtls></Ntry>",
                amount(payment.cents),
                time(payment.at_s),
                other.name,
                other.account_ref,
                other.provider
            ))?;
        }
        lines.line("</Stmt></BkToCstmrStmt></Document>")?;
        lines.finish()?;
    }
    Ok(())
}

fn touches(corridor: &Corridor, index: usize, account: usize) -> bool {
    corridor.payments.get(index).is_some_and(|payment| payment.from == account || payment.to == account)
}

/// The same payments as the banks between them saw them.
fn transfers(corridor: &Corridor, order: &[usize], folder: &Path) -> Result<(), WorldError> {
    let banked = |index: &usize| whole(corridor, *index).is_some_and(|(_, from, to)| is_banked(from, to));
    let own: Vec<usize> = order.iter().copied().filter(banked).collect();
    if own.is_empty() {
        return Ok(());
    }
    let mut lines = Lines::create(&folder.join("transfers.xml"))?;
    lines.line(&format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\"><FIToFICstmrCdtTrf><GrpHdr><MsgId>P</MsgId><NbOfTxs>{}</NbOfTxs></GrpHdr>",
        own.len()
    ))?;
    for index in own {
        let Some((payment, from, to)) = whole(corridor, index) else { continue };
        let mut text = format!("<CdtTrfTxInf><PmtId><EndToEndId>E{index:010}</EndToEndId></PmtId>");
        let _written = write!(
            text,
            "<IntrBkSttlmAmt Ccy=\"EUR\">{}</IntrBkSttlmAmt><AccptncDtTm>{}</AccptncDtTm>",
            amount(payment.cents),
            time(payment.at_s)
        );
        for (name, account) in [("Dbtr", from), ("Cdtr", to)] {
            let id = if account.is_bank {
                format!("<IBAN>{}</IBAN>", account.account_ref)
            } else {
                format!("<Othr><Id>{}</Id></Othr>", account.account_ref)
            };
            let institution = if account.is_bank {
                format!("<BICFI>{}</BICFI>", account.provider)
            } else {
                format!("<Nm>{}</Nm>", account.provider)
            };
            let _written = write!(
                text,
                "<{name}><Nm>{}</Nm></{name}><{name}Acct><Id>{id}</Id></{name}Acct><{name}Agt><FinInstnId>{institution}</FinInstnId></{name}Agt>",
                account.name
            );
        }
        lines.line(&format!("{text}</CdtTrfTxInf>"))?;
    }
    lines.line("</FIToFICstmrCdtTrf></Document>")?;
    lines.finish()
}

/// Banks report some customers, most of them innocent. The payments stand in the providers' lists as well.
fn reports(corridor: &Corridor, order: &[usize], folder: &Path) -> Result<(), WorldError> {
    let mut reported = BTreeSet::new();
    let mut lines = Lines::create(&folder.join("reports.xml"))?;
    lines.line("<report><rentity_id>9001</rentity_id><report_code>STR</report_code><entity_reference>STR-SYN-1</entity_reference><submission_date>2026-01-10T09:30:00Z</submission_date><currency_code_local>EUR</currency_code_local>")?;
    for index in order.iter().step_by(997) {
        let Some((payment, from, to)) = whole(corridor, *index).filter(|(_, from, to)| !is_banked(from, to)) else {
            continue;
        };
        reported.insert(payment.from);
        let party = |account: &Account| {
            format!(
                "<institution_name>{}</institution_name><account>{}</account><account_name>{}</account_name>",
                account.provider, account.account_ref, account.name
            )
        };
        let from_party = party(from);
        let (head, parties) = (
            format!(
                "<transaction><transactionnumber>M{index:010}</transactionnumber><date_transaction>{}</date_transaction><transmode_code>MB</transmode_code><amount_local>{}</amount_local>",
                time(payment.at_s),
                amount(payment.cents)
            ),
            if reported.len() % 2 == 0 {
                format!(
                    "<t_from_my_client><from_account>{from_party}</from_account><from_country>{}</from_country></t_from_my_client><t_to><to_account>{}</to_account><to_country>{}</to_country></t_to>",
                    from.country,
                    party(to),
                    to.country
                )
            } else {
                format!(
                    "<involved_parties><party><role>RMITR</role><account>{from_party}</account><country>{}</country></party><party><role>BNFCR</role><account>{}</account><country>{}</country></party></involved_parties>",
                    from.country,
                    party(to),
                    to.country
                )
            },
        );
        lines.line(&format!("{head}{parties}</transaction>"))?;
    }
    lines.line("</report>")?;
    lines.finish()
}

/// What registers and providers say of accounts. Most say nothing.
fn register(corridor: &Corridor, folder: &Path) -> Result<(), WorldError> {
    let mut lines = Lines::create(&folder.join("accounts.csv"))?;
    lines.line(
        "provider,account_ref,account_kind,holder_name,holder_kind,activity,country,document_ref,payout_ref,email",
    )?;
    for account in &corridor.accounts {
        let said = [
            account.activity.map(str::to_owned),
            account.payout.clone(),
            account.document.clone(),
            account.email.clone(),
        ];
        if said.iter().all(Option::is_none) {
            continue;
        }
        lines.row(&[
            account.provider,
            &account.account_ref,
            if account.is_bank { "iban" } else { "account" },
            &account.name,
            if account.activity.is_some() { "entity" } else { "person" },
            account.activity.unwrap_or_default(),
            account.country,
            account.document.as_deref().unwrap_or_default(),
            account.payout.as_deref().unwrap_or_default(),
            account.email.as_deref().unwrap_or_default(),
        ])?;
    }
    lines.finish()
}

/// The accounts of an online service that some of them use, and who wrote to whom when; never what.
fn contacts(corridor: &Corridor, folder: &Path) -> Result<(), WorldError> {
    let mut lines = Lines::create(&folder.join("accounts.csv"))?;
    lines.line("platform,account_ref,email")?;
    for (number, account) in corridor.accounts.iter().enumerate() {
        if let Some(email) = &account.email {
            lines.row(&["Messenger", &format!("u{number}"), email])?;
        }
    }
    lines.finish()?;
    let mut lines = Lines::create(&folder.join("messages.csv"))?;
    lines.line("platform,sender_ref,recipient_ref,at_utc,kind")?;
    for message in &corridor.messages {
        let (from, to) = (format!("u{}", message.from), format!("u{}", message.to));
        lines.row(&["Messenger", &from, &to, &time(message.at_s), "message"])?;
    }
    lines.finish()
}

fn seeds(corridor: &Corridor, folder: &Path) -> Result<(), WorldError> {
    let mut lines = Lines::create(&folder.join("seeds.csv"))?;
    lines.line("provider,account_ref,evidence_ref,reason")?;
    for (number, seed) in corridor.seeds.iter().enumerate() {
        let Some(account) = corridor.accounts.get(*seed) else { continue };
        lines.row(&[
            account.provider,
            &account.account_ref,
            &format!("partner report {number:03}"),
            "established abroad",
        ])?;
    }
    lines.finish()
}

/// What is true: everybody who is not an ordinary innocent, and who stands next to a seed.
fn truth(corridor: &Corridor, split_s: i64, folder: &Path) -> Result<(), WorldError> {
    let seeds: BTreeSet<usize> = corridor.seeds.iter().copied().collect();
    let to_seeds = || corridor.payments.iter().filter(|payment| seeds.contains(&payment.to));
    let direct: BTreeSet<usize> = to_seeds().map(|payment| payment.from).collect();
    let early: BTreeSet<usize> = to_seeds().filter(|p| p.at_s < split_s).map(|payment| payment.from).collect();
    let later: BTreeSet<usize> = to_seeds().filter(|p| p.at_s >= split_s).map(|payment| payment.from).collect();
    let senders: BTreeSet<usize> = corridor.payments.iter().map(|payment| payment.from).collect();
    let is_innocent = |account: &Account| !matches!(account.class, Class::Buyer | Class::Relay | Class::Recipient);
    let of = |index: &usize| corridor.accounts.get(*index);
    let innocent = senders.iter().filter_map(of).filter(|account| is_innocent(account)).count();
    let listed = corridor.accounts.iter().enumerate().filter(|(index, account)| {
        !is_innocent(account) || seeds.contains(index) || direct.contains(index) || account.class == Class::Service
    });
    let accounts: Vec<serde_json::Value> = listed
        .map(|(index, account)| {
            json!({
                "provider": account.provider, "account_ref": account.account_ref, "class": account.class,
                "is_seed": seeds.contains(&index), "pays_seed": direct.contains(&index),
                "pays_seed_early": early.contains(&index), "pays_seed_later": later.contains(&index),
            })
        })
        .collect();
    let truth = json!({ "innocent_senders": innocent, "accounts": accounts });
    let mut lines = Lines::create(&folder.join("payments.json"))?;
    lines.line(&serde_json::to_string_pretty(&truth).map_err(|error| WorldError::Form(error.to_string()))?)?;
    lines.finish()
}
