//! What each step looks for and does not show, in Italian. Each stands beside the English it was made from: where a step's
//! text changes, its English is shown until the Italian follows.

/// A step's words: its id, the English of what it does not show, then what it looks for and does not show in Italian.
type Step = (&'static str, &'static str, &'static str, &'static str);

const STEPS: &[Step] = &[
    (
        "resolve_sessions",
        "who used the line; what happened on an address whose assignments were not supplied or are no longer kept. A connection with several candidates is evidence for a set, never for one of them",
        "le assegnazioni che possono aver avuto l'indirizzo e la porta di ciascuna connessione di un account sotto indagine, al suo istante ed entro l'errore del suo orologio",
        "chi ha usato la linea; che cosa è accaduto su un indirizzo le cui assegnazioni non sono state fornite o non sono più conservate. Una connessione con più candidati è un elemento per un insieme, mai per uno di essi",
    ),
    (
        "count_episodes",
        "independence beyond that. Two assignments of one line come from two entries of the operator's log, but one systematic error of the operator can still stand behind both",
        "gli episodi: tutte le connessioni di un account in una sola assegnazione, che contano una volta per quante siano",
        "indipendenza oltre a questa. Due assegnazioni di una linea vengono da due voci del registro dell'operatore, ma un solo errore sistematico dell'operatore può stare dietro entrambe",
    ),
    (
        "attribute_lines",
        "who used the line, or that the operator's records are right. Lines that appear together in every episode (a static group, a shared address without ports) stay a set for ever",
        "le linee che un account ha usato in due o più episodi, ciascuna con le linee che non se ne possono distinguere",
        "chi ha usato la linea, o che le registrazioni dell'operatore siano giuste. Le linee che compaiono insieme in ogni episodio (un gruppo statico, un indirizzo condiviso senza porte) restano per sempre un insieme",
    ),
    (
        "place_people",
        "that anybody linked used the account. Most linked people are innocent bystanders: they are looked up because what places them elsewhere clears them",
        "chiunque abbia un legame con un account (un dispositivo o selettore condiviso, l'intestatario della linea per il registro e chi vi abita, gli ospiti i cui account nominati vi si vedono ripetutamente, chi compare dove compare l'account), dove si sono visti i suoi account nominati, quali episodi ciò gli lega, e quali linee mette in dubbio",
        "che una persona legata abbia usato l'account. La maggior parte è estranea ai fatti: si cerca perché ciò che la colloca altrove la scagiona",
    ),
    (
        "attribute_people",
        "that the holder of a line used it. Nobody is supported by network records alone, and a device or selector says who it belongs to, not whose hands it was in",
        "le persone legate a un account da qualcosa che non siano le sole linee: un dispositivo o un selettore condiviso con un account di cui è nominato il titolare; e ciò che parla contro ciascuna: un alibi, un dispositivo condiviso, un'altra persona",
        "che l'intestatario di una linea l'abbia usata. Nessuno è sostenuto da sole registrazioni di rete, e un dispositivo o selettore dice di chi è, non in quali mani fosse",
    ),
    (
        "weigh_leads",
        "guilt, or what was done with the account. \"Insufficient\" says that the records cannot decide, not that the person is cleared",
        "gli account per i quali gli elementi sostengono una sola persona: due episodi su assegnazioni diverse, un elemento non di rete, un legame nei registri, nessun altro a cui si adatti altrettanto, e nessun alibi",
        "la colpevolezza, o che cosa sia stato fatto con l'account. «Insufficiente» dice che le registrazioni non bastano a decidere, non che la persona sia scagionata",
    ),
    (
        "cite_records",
        "anything new; it weighs nothing",
        "le righe delle fonti su cui poggia ogni elemento",
        "nulla di nuovo; non pesa nulla",
    ),
    (
        "assemble_leads",
        "anything that the stages of the earlier steps do not hold",
        "una pista per ogni account sotto indagine: proposizioni, elementi contro e a favore, le otto ipotesi, che cosa manca e il prossimo passo lecito",
        "nulla che gli stadi dei passi precedenti non contengano",
    ),
    (
        "match_payments",
        "that two records without a reference in common and without two sides are one payment. Such records stay two",
        "i due lati di uno stesso pagamento in fonti diverse, riuniti in un pagamento che conserva tutte le sue fonti, e i pagamenti stornati",
        "che due registrazioni senza riferimento comune e senza due lati siano un solo pagamento. Tali registrazioni restano due",
    ),
    (
        "tie_payments",
        "which of the people of a household used an account. Couples, flatmates and families share telephones and devices",
        "quali conti di pagamento condividono una persona, un documento, un telefono, un indirizzo e-mail, un dispositivo o dati di incasso, e sono quindi di una persona o di un nucleo: contano una volta ovunque si contino persone",
        "quale delle persone di un nucleo abbia usato un conto. Coppie, coinquilini e famiglie condividono telefoni e dispositivi",
    ),
    (
        "surround_payments",
        "what was said or agreed, or why somebody travelled. Families and partners write, call and travel around the days on which they send money",
        "i pagamenti a destinatari accertati che avvengono in prossimità di contatti con loro: messaggi tra i due, accessi di entrambi entro un'ora, viaggi del pagatore; più spesso di quanto avvenga tra le stesse persone in altri momenti",
        "che cosa sia stato detto o concordato, o perché qualcuno abbia viaggiato. Famiglie e compagni scrivono, chiamano e viaggiano nei giorni in cui mandano denaro",
    ),
    (
        "follow_payments",
        "what a payment was for. Families, customers and victims of fraud pay the same recipients; a recipient may be a victim. Without a seed nothing is followed, and no corridor is searched",
        "chi ha pagato destinatari accertati da altri elementi (semi), direttamente o attraverso un conto che inoltra denaro, e quali altri destinatari quei pagatori hanno in comune più spesso di quanto dia il caso",
        "a che cosa servisse un pagamento. Famiglie, clienti e vittime di frode pagano gli stessi destinatari; un destinatario può essere una vittima. Senza un seme non si segue nulla, e nessun corridoio è setacciato",
    ),
    (
        "weigh_payments",
        "guilt, or what was bought. Ratios are ceilings of design until they are calibrated: small sums, many recipients or bursts alone are shown by nearly all who send money home, and count for next to nothing",
        "quanto i pagamenti di ciascun conto collegato parlino per un acquirente e contro; chi può essere vittima di frode; chi inoltra denaro; chi paga per molti",
        "la colpevolezza, o che cosa sia stato acquistato. I rapporti sono massimi di progetto finché non calibrati: piccole somme, molti destinatari o sole raffiche si vedono in quasi tutti coloro che mandano denaro a casa, e contano quasi nulla",
    ),
    (
        "assemble_payments",
        "anything that the stages of the earlier steps do not hold. Without a seed there is no lead",
        "una pista per ogni seme e per ogni conto entro il limite intorno a esso: ruolo, elementi a favore e contro con i loro pagamenti e la spiegazione innocente, e il passo lecito che deciderebbe",
        "nulla che gli stadi dei passi precedenti non contengano. Senza un seme non c'è pista",
    ),
];

/// What a step looks for and does not show, in Italian, where the Italian was made from this English.
pub(crate) fn step_words(id: &str, does_not_show: &str) -> Option<(&'static str, &'static str)> {
    let found = STEPS.iter().find(|(known, english, ..)| *known == id && *english == does_not_show);
    found.map(|(_, _, looks_for, not)| (*looks_for, *not))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_italian_words() {
        for step in tutela_analysis::STEPS {
            let meta = step.meta();
            assert!(step_words(meta.id, &meta.does_not_show).is_some(), "{}: {}", meta.id, meta.does_not_show);
        }
    }
}
