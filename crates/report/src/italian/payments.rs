//! The sentences of leads from payments.

use super::{Form, at, n};

/// Sentences without anything in them that changes.
pub(super) const FIXED: &[(&str, &str)] = &[
    (
        "the holder of the account paid the recipients for that for which they were established",
        "il titolare del conto ha pagato i destinatari per ciò per cui sono stati accertati",
    ),
    (
        "the holder paid them for another reason: as family, friend, customer or supporter, or as a victim of fraud",
        "il titolare li ha pagati per un'altra ragione: come familiare, amico, cliente o sostenitore, o come vittima di frode",
    ),
    (
        "repeated payments to established recipients of different households, who have further recipients in common",
        "pagamenti ripetuti a destinatari accertati di nuclei diversi, che hanno altri destinatari in comune",
    ),
    (
        "the sums grow and stop, or were taken back, as they do where somebody is defrauded or extorted: may be a victim of fraud",
        "le somme crescono e si fermano, o sono state stornate, come dove qualcuno è truffato o ricattato: può essere vittima di frode",
    ),
    (
        "a register or document ties the holder to the recipient",
        "un registro o documento lega il titolare al destinatario",
    ),
    (
        "payments to one established recipient only; relatives and customers pay as well",
        "pagamenti a un solo destinatario accertato; pagano anche parenti e clienti",
    ),
    ("too few payments to tell", "troppo pochi pagamenti per dirlo"),
    ("other reasons explain the payments about as well", "altre ragioni spiegano i pagamenti quasi altrettanto"),
    (
        "about as much goes out as comes in, within days: collects or passes on for others, knowingly or not",
        "esce quasi quanto entra, in pochi giorni: raccoglie o inoltra per altri, consapevolmente o no",
    ),
    (
        "a pay-out agent, shop or body, whom very many pay: paying it says nothing",
        "un agente di pagamento, negozio o ente che moltissimi pagano: pagarlo non dice nulla",
    ),
    (
        "recipient, may be a victim; established by other evidence than payments",
        "destinatario, può essere una vittima; accertato con elementi diversi dai pagamenti",
    ),
    (
        "recipient, may be a victim; paid by more payers of established recipients than chance gives",
        "destinatario, può essere una vittima; pagato da più pagatori di destinatari accertati di quanto dia il caso",
    ),
    (
        "the records of the recipient's contacts with this payer (log-ins, messages on a seized device, under an act), and who \
         uses the paying account",
        "le registrazioni dei contatti del destinatario con questo pagatore (accessi, messaggi su un dispositivo sequestrato, con \
         un atto), e chi usa il conto che paga",
    ),
    (
        "a conversation with the holder as a witness, and the bank's file on the reversal",
        "un colloquio con il titolare come testimone, e il fascicolo della banca sullo storno",
    ),
    (
        "nothing; only evidence other than payments could reopen it",
        "nulla; solo elementi diversi dai pagamenti possono riaprirla",
    ),
    (
        "who opened and uses the account, and on whose instructions",
        "chi ha aperto e usa il conto, e su istruzioni di chi",
    ),
    (
        "the agent's own list of pay-outs: who took the money out",
        "l'elenco dei pagamenti dell'agente stesso: chi ha ritirato il denaro",
    ),
    (
        "whether the holder is in danger or was used by others; who takes the money out",
        "se il titolare è in pericolo o è stato usato da altri; chi ritira il denaro",
    ),
    ("a register or document ties payer and recipient", "un registro o documento lega pagatore e destinatario"),
    (
        "relatives, friends, customers of a lawful service, and victims of fraud pay the same person",
        "parenti, amici, clienti di un servizio lecito e vittime di frode pagano la stessa persona",
    ),
    (
        "recipients of one family whose tie is not recorded; a customer of several; a supporter of several families",
        "destinatari di una famiglia il cui legame non è registrato; un cliente di più d'uno; chi sostiene più famiglie",
    ),
    (
        "pay-out agents that no register knows, landlords, schools, freelancers and sellers with many payers",
        "agenti di pagamento che nessun registro conosce, locatori, scuole, professionisti e venditori con molti pagatori",
    ),
    (
        "an account shared by a family, a payroll helper, an agent of a wallet",
        "un conto condiviso da una famiglia, chi aiuta con le paghe, l'agente di un portafoglio",
    ),
    (
        "split and failed transfers, limits of providers, price comparison, top-ups of games",
        "trasferimenti divisi o falliti, limiti dei fornitori, confronto di prezzi, ricariche di giochi",
    ),
    ("it speaks for a victim, and so against a buyer", "parla per una vittima, e quindi contro un acquirente"),
    (
        "it speaks for a victim of romance fraud or extortion, and so against a buyer",
        "parla per una vittima di truffa sentimentale o ricatto, e quindi contro un acquirente",
    ),
    (
        "families, sponsors and tenants pay monthly; it speaks against a buyer",
        "famiglie, sostenitori e inquilini pagano ogni mese; parla contro un acquirente",
    ),
    (
        "it speaks for the support of a family, and so against a buyer",
        "parla per il sostegno di una famiglia, e quindi contro un acquirente",
    ),
];

fn payments(k: &str) -> String {
    n(k, "pagamento", "pagamenti")
}

/// Sentences with figures in them.
pub(super) const FORMS: &[Form] = &[
    ("{d} payments to {d} established recipients", |f| {
        format!("{} a {}", payments(at(f, 0)), n(at(f, 1), "destinatario accertato", "destinatari accertati"))
    }),
    ("the {d} established recipients are of different households ({d} payments)", |f| {
        format!("i {} destinatari accertati sono di nuclei diversi ({})", at(f, 0), payments(at(f, 1)))
    }),
    (
        "{d} payments to {d} further recipients whom other payers of established recipients also pay, more often than chance gives",
        |f| {
            let others = n(at(f, 1), "altro destinatario", "altri destinatari");
            format!(
                "{} a {others} che altri pagatori di destinatari accertati pagano più spesso di quanto dia il caso",
                payments(at(f, 0))
            )
        },
    ),
    ("{d} payments to an account that passes money on to an established recipient", |f| {
        format!("{} a un conto che inoltra denaro a un destinatario accertato", payments(at(f, 0)))
    }),
    ("bursts, short gaps or changing providers among {d} payments", |f| {
        format!("raffiche, brevi intervalli o cambi di fornitore tra {}", payments(at(f, 0)))
    }),
    ("{d} payments were taken back", |f| format!("{} stornati", payments(at(f, 0)))),
    ("the sums of {d} payments grow within months and then stop", |f| {
        format!("le somme di {} crescono in pochi mesi e poi si fermano", payments(at(f, 0)))
    }),
    ("{d} payments come about monthly", |f| format!("{} arrivano circa ogni mese", payments(at(f, 0)))),
    ("{d} payments", |f| payments(at(f, 0))),
];
