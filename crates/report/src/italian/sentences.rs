//! The sentences of leads from connections.

use super::{Form, at, n, try_all};

/// Sentences without anything in them that changes.
pub(super) const FIXED: &[(&str, &str)] = &[
    (
        "two episodes or more on different assignments, an item that is not from the network, a tie in the registers, and nobody else it fits as well",
        "due o più episodi su assegnazioni diverse, un elemento non di rete, un legame nei registri, e nessun altro a cui si adatti altrettanto",
    ),
    ("no connection has a public address", "nessuna connessione ha un indirizzo pubblico"),
    (
        "no assignment in the records covers any of the connections",
        "nessuna assegnazione nelle registrazioni copre le connessioni",
    ),
    ("no single line stands alone behind two episodes", "nessuna linea sta da sola dietro due episodi"),
    ("no line stands alone behind two episodes", "nessuna linea sta da sola dietro due episodi"),
    (
        "every resolved line is an exit of a hosting provider, which names nobody",
        "ogni linea ricondotta è un'uscita di un fornitore di hosting, che non indica nessuno",
    ),
    (
        "the people whom the register gives the resolved lines are seen on other lines and never on these",
        "le persone a cui il registro dà le linee ricondotte sono viste su altre linee e mai su queste",
    ),
    (
        "no register and no named account links a person to the lines or devices",
        "nessun registro e nessun account nominato lega una persona alle linee o ai dispositivi",
    ),
    ("items that are not from the network point to different people", "elementi non di rete indicano persone diverse"),
    (
        "the person it points to was on another line at the same times",
        "la persona indicata era su un'altra linea negli stessi momenti",
    ),
    (
        "only network records lead to a line; nothing else says who used it",
        "solo registrazioni di rete portano a una linea; nient'altro dice chi l'ha usata",
    ),
    (
        "an item points to a person whom no register ties to any of the lines",
        "un elemento indica una persona che nessun registro lega alle linee",
    ),
    (
        "the account states somebody's address or number, but was not used on their lines: anybody can state it",
        "l'account dichiara l'indirizzo o il numero di qualcuno, ma non è stato usato sulle sue linee: chiunque può dichiararlo",
    ),
    (
        "the people whom the register gives the resolved lines are hardly ever seen on these, but on other lines, or others are seen there as if at home",
        "le persone a cui il registro dà le linee ricondotte non vi si vedono quasi mai, ma su altre linee, o altri vi si vedono come a casa",
    ),
    (
        "an item points to one person, but others in the household, or guests who are there like at home, may have used it as well",
        "un elemento indica una persona, ma altri del nucleo, o ospiti che vi stanno come a casa, possono averlo usato",
    ),
    (
        "an item points to one person, but others in the household may have used it as well",
        "un elemento indica una persona, ma altri del nucleo possono averlo usato",
    ),
    (
        "fewer than two resolved episodes are tied to the person",
        "meno di due episodi ricondotti sono legati alla persona",
    ),
    (
        "a run of episodes before or after has no tie to the person: the account may have changed hands",
        "una serie di episodi prima o dopo non ha legami con la persona: l'account può aver cambiato mano",
    ),
    (
        "most of the resolved episodes have no tie to the person",
        "la maggior parte degli episodi ricondotti non ha legami con la persona",
    ),
    ("the records cannot decide", "le registrazioni non bastano a decidere"),
    (
        "have both gates read and signed; then verify without contact that the person lives where the line is installed",
        "far leggere e firmare entrambi i vagli; poi verificare, senza contatto, che la persona abiti dove la linea è installata",
    ),
    (
        "ask the platform for its log-in records with address, port and time zone",
        "chiedere alla piattaforma i suoi accessi con indirizzo, porta e fuso orario",
    ),
    (
        "ask the operators of these addresses who held them, before their retention ends",
        "chiedere agli operatori di questi indirizzi chi li aveva, prima che scada la conservazione",
    ),
    (
        "ask the platform for source ports, and the operators for port-aware answers on several dates",
        "chiedere alla piattaforma le porte sorgente, e agli operatori risposte per porta su più date",
    ),
    (
        "look for connections without the VPN: registration, payments, recovery selectors",
        "cercare connessioni senza la VPN: registrazione, pagamenti, selettori di recupero",
    ),
    (
        "have the operator confirm the physical line, port by port, and the register entry, before anybody is named",
        "far confermare all'operatore la linea fisica, porta per porta, e la voce del registro, prima di nominare qualcuno",
    ),
    (
        "ask the platforms for the devices of each episode, and set the episodes of the two people side by side",
        "chiedere alle piattaforme i dispositivi di ogni episodio, e mettere a confronto gli episodi delle due persone",
    ),
    (
        "check the clocks and the replies of both operators for those episodes before anything else",
        "controllare prima di tutto gli orologi e le risposte di entrambi gli operatori per quegli episodi",
    ),
    (
        "ask the registers for the person's residence and lines in the period",
        "chiedere ai registri la residenza e le linee della persona nel periodo",
    ),
    (
        "ask the platform for the account's other devices and recovery selectors, and for connections away from the line",
        "chiedere alla piattaforma gli altri dispositivi e selettori di recupero dell'account, e le connessioni lontano dalla linea",
    ),
    (
        "ask the platform for changes of password, device and recovery selectors over the period",
        "chiedere alla piattaforma i cambi di password, dispositivo e selettori di recupero nel periodo",
    ),
    (
        "ask the platforms for devices and recovery selectors of the account, and for named accounts on the same devices",
        "chiedere alle piattaforme i dispositivi e i selettori di recupero dell'account, e gli account nominati sugli stessi dispositivi",
    ),
    (
        "no assignment in the records covers the connections: not asked for, or no longer kept",
        "nessuna assegnazione nelle registrazioni copre le connessioni: non richiesta, o non più conservata",
    ),
    (
        "the only lines in two episodes or more are exits of a hosting provider",
        "le sole linee in due o più episodi sono uscite di un fornitore di hosting",
    ),
    (
        "no line stands behind two episodes on different assignments",
        "nessuna linea sta dietro due episodi su assegnazioni diverse",
    ),
    (
        "the source port of connections through shared addresses",
        "la porta sorgente delle connessioni da indirizzi condivisi",
    ),
    ("the holder of a resolved line", "l'intestatario di una linea ricondotta"),
    ("the installation address of a resolved line", "l'indirizzo di installazione di una linea ricondotta"),
    ("the kind of access of a resolved line", "il tipo di accesso di una linea ricondotta"),
    ("who lives at the address", "chi abita all'indirizzo"),
    (
        "anything that is not from the network: a device, a selector, a payment",
        "qualunque elemento non di rete: un dispositivo, un selettore, un pagamento",
    ),
    (
        "the connections of the account were made through these lines",
        "le connessioni dell'account sono state fatte da queste linee",
    ),
    (
        "they were made through other lines of the same operators",
        "sono state fatte da altre linee degli stessi operatori",
    ),
    ("one particular person used the account", "una determinata persona ha usato l'account"),
    ("somebody else used it", "l'ha usato qualcun altro"),
    (
        "no register names the holder of a resolved line",
        "nessun registro indica l'intestatario di una linea ricondotta",
    ),
    (
        "a named account of the holder was in use elsewhere at the same times",
        "un account nominato dell'intestatario era in uso altrove negli stessi momenti",
    ),
    ("holding the line does not say who used it", "essere intestatario non dice chi l'ha usata"),
    ("the registers show a household of one", "i registri indicano un nucleo di una persona"),
    (
        "the items point to one person; a device can be lent",
        "gli elementi indicano una persona; un dispositivo può essere prestato",
    ),
    ("no register states who lives with the holder", "nessun registro dice chi vive con l'intestatario"),
    ("no line is resolved", "nessuna linea è ricondotta"),
    (
        "the items point to one person; a guest would have had to use their device or selector",
        "gli elementi indicano una persona; un ospite avrebbe dovuto usarne il dispositivo o il selettore",
    ),
    ("nothing in the records shows who had the password", "nulla nelle registrazioni dice chi aveva la password"),
    ("at least one of the lines is public Wi-Fi", "almeno una delle linee è Wi-Fi pubblico"),
    ("the items point into the household", "gli elementi indicano qualcuno del nucleo"),
    ("whether the Wi-Fi was open is not in the records", "le registrazioni non dicono se il Wi-Fi era aperto"),
    ("no other subscriber explains the same episodes", "nessun altro abbonato spiega gli stessi episodi"),
    ("the router has not been examined", "il router non è stato esaminato"),
    ("no assignment covers the connections", "nessuna assegnazione copre le connessioni"),
    ("no line is confirmed by a second entry", "nessuna linea è confermata da una seconda voce"),
    (
        "the register states installation addresses; a crossed wire remains possible",
        "il registro dà indirizzi di installazione; un incrocio di cavi resta possibile",
    ),
    (
        "at least one address is a billing address or its kind is not stated",
        "almeno un indirizzo è di fatturazione o di tipo non indicato",
    ),
    ("extremely strong support", "sostegno estremamente forte"),
    ("very strong support", "sostegno molto forte"),
    ("strong support", "sostegno forte"),
    ("moderately strong support", "sostegno moderatamente forte"),
    ("moderate support", "sostegno moderato"),
    ("weak support", "sostegno debole"),
    ("no support either way", "nessun sostegno in un senso o nell'altro"),
];

fn lines(k: &str) -> String {
    n(k, "linea", "linee")
}

fn connections(k: &str) -> String {
    n(k, "connessione", "connessioni")
}

fn episodes(k: &str) -> String {
    n(k, "episodio", "episodi")
}

fn people(k: &str) -> String {
    n(k, "persona", "persone")
}

fn times(k: &str) -> String {
    n(k, "volta", "volte")
}

/// A part of a sentence, or the part itself where its form is not known.
fn part(forms: &[Form], text: &str) -> String {
    try_all(forms, text).unwrap_or_else(|| text.to_owned())
}

const ADDRESS: &[Form] = &[
    ("installation address", |_| "indirizzo di installazione".to_owned()),
    ("billing address, which may not be where the line is", |_| {
        "indirizzo di fatturazione, che può non essere quello della linea".to_owned()
    }),
    ("kind of address not stated", |_| "tipo di indirizzo non indicato".to_owned()),
];

const HERE: &[Form] = &[
    ("never on this one", |_| "mai su questa".to_owned()),
    ("only {d} {~} on this one", |f| format!("solo {} su questa", times(at(f, 0)))),
];

/// Where the register's household of a line in doubt was seen.
const DOUBT: &[Form] = &[
    ("seen {d} {~} on other fixed lines and {*}, which {d} {~} of other households {~} as if at home", |f| {
        let (away, here, others) = (times(at(f, 0)), part(HERE, at(f, 1)), people(at(f, 2)));
        format!("visto {away} su altre linee fisse e {here}, che {others} di altri nuclei usano come a casa")
    }),
    ("seen {d} {~} on other fixed lines and {*}", |f| {
        format!("visto {} su altre linee fisse e {}", times(at(f, 0)), part(HERE, at(f, 1)))
    }),
    ("seen {*}, which {d} {~} of other households {~} as if at home", |f| {
        format!("visto {}, che {} di altri nuclei usano come a casa", part(HERE, at(f, 0)), people(at(f, 1)))
    }),
    ("seen {*}", |f| format!("visto {}", part(HERE, at(f, 0)))),
];

/// Who is seen on a line again and again.
const SEEN: &[Form] = &[
    ("{d} {~} of other households ({d} of them relatives by the registers) {~} seen there again and again", |f| {
        let (k, related) = (people(at(f, 0)), at(f, 1));
        format!("{k} di altri nuclei (di cui {related} parenti per i registri) vi si vedono ripetutamente")
    }),
    ("no named account of anybody else is seen there again and again", |_| {
        "nessun account nominato di altri vi si vede ripetutamente".to_owned()
    }),
];

const LINE: &[Form] = &[
    ("no other line explains them", |_| "nessun'altra linea li spiega".to_owned()),
    ("{d} {~} explain them equally well and cannot be told apart", |f| {
        format!("{} li spiegano altrettanto e non si possono distinguere", lines(at(f, 0)))
    }),
    ("so few of the account's episodes may be chance or wrong records", |_| {
        "così pochi episodi dell'account possono essere un caso o registrazioni errate".to_owned()
    }),
    (
        "but the household that the register gives it was {*}: it may be wired crosswise, used by somebody else, or wrong in the register",
        |f| {
            let seen = part(DOUBT, at(f, 0));
            format!(
                "ma il nucleo che il registro le dà è stato {seen}: può essere cablata male, usata da altri, o errata nel registro"
            )
        },
    ),
];

const DEVICE: &[Form] = &[
    ("but named accounts of {d} {~} are seen on it", |f| {
        format!("ma vi si vedono account nominati di {}", people(at(f, 0)))
    }),
    ("but not over the same time: it may have changed hands", |_| {
        "ma non nello stesso periodo: può aver cambiato mano".to_owned()
    }),
    ("and no named account of anybody else; not known to have been on the same line", |_| {
        "e nessun account nominato di altri; non risulta sulla stessa linea".to_owned()
    }),
    ("and no named account of anybody else; on {d} {~} in common", |f| {
        format!("e nessun account nominato di altri; su {} in comune", n(at(f, 0), "rete", "reti"))
    }),
];

const SELECTOR: &[Form] = &[
    ("e-mail address", |_| "lo stesso indirizzo e-mail".to_owned()),
    ("telephone number", |_| "lo stesso numero di telefono".to_owned()),
];

/// Sentences with figures and references in them.
pub(super) const FORMS: &[Form] = &[
    ("{d} {~} alone {~} {d} episodes on different assignments", |f| {
        let verb = if at(f, 0) == "1" { "da sola spiega" } else { "da sole spiegano" };
        format!("{} {verb} {} su assegnazioni diverse", lines(at(f, 0)), episodes(at(f, 1)))
    }),
    ("{w} used the account", |f| format!("{} ha usato l'account", at(f, 0))),
    ("somebody else with access to the same lines and devices as {w} used it", |f| {
        format!("l'ha usato qualcun altro con accesso alle stesse linee e dispositivi di {}", at(f, 0))
    }),
    ("{d} {~} stand behind the episodes only as members of sets", |f| {
        format!("{} stanno dietro gli episodi solo come parti di insiemi", lines(at(f, 0)))
    }),
    ("a public address for {d} {~}", |f| format!("un indirizzo pubblico per {}", connections(at(f, 0)))),
    ("an assignment for {d} {~}: not asked for, or no longer kept", |f| {
        format!("un'assegnazione per {}: non richiesta, o non più conservata", connections(at(f, 0)))
    }),
    ("{d} {~} in {d} {~} on different assignments lead to line {w} of {*}; {*}", |f| {
        let (made, stood) = (connections(at(f, 0)), episodes(at(f, 1)));
        let tail = part(LINE, at(f, 4));
        format!("{made} in {stood} su assegnazioni diverse portano alla linea {} di {}; {tail}", at(f, 2), at(f, 3))
    }),
    ("the register names {w} as holder of line {w} of {*} ({*}); this says who pays for it, not who used it", |f| {
        let kind = part(ADDRESS, at(f, 3));
        format!(
            "il registro indica {} come intestatario della linea {} di {} ({kind}); dice chi la paga, non chi l'ha usata",
            at(f, 0),
            at(f, 1),
            at(f, 2)
        )
    }),
    ("{d} {~} of the account and {d} {~} of named accounts of {w} were made with one device, {*}", |f| {
        let (ours, theirs) = (connections(at(f, 0)), connections(at(f, 1)));
        let tail = part(DEVICE, at(f, 3));
        format!(
            "{ours} dell'account e {theirs} di account nominati di {} sono state fatte con un solo dispositivo, {tail}",
            at(f, 2)
        )
    }),
    ("a named account of {w} has the same {*} as the account, but so do those of {d} {~} in all", |f| {
        let what = part(SELECTOR, at(f, 1));
        format!(
            "un account nominato di {} ha {what} dell'account, ma così è per {} in tutto",
            at(f, 0),
            people(at(f, 2))
        )
    }),
    ("a named account of {w} has the same {*} as the account", |f| {
        format!("un account nominato di {} ha {} dell'account", at(f, 0), part(SELECTOR, at(f, 1)))
    }),
    (
        "a named account of {w} was seen on {d} {~} that {~} neither to them nor to relatives, close in time to the account and during the same assignments",
        |f| {
            let seen = lines(at(f, 1));
            format!(
                "un account nominato di {} è stato visto su {seen} non sue né di parenti, vicino nel tempo all'account e nelle stesse assegnazioni",
                at(f, 0)
            )
        },
    ),
    ("in {d} {~} of the account a named account of {w} was in use on another fixed line", |f| {
        format!(
            "in {} dell'account un account nominato di {} era in uso su un'altra linea fissa",
            episodes(at(f, 0)),
            at(f, 1)
        )
    }),
    ("{d} of {d} resolved episodes ({d} %) have no tie to {w}", |f| {
        format!("{} episodi ricondotti su {} ({} %) non hanno legami con {}", at(f, 0), at(f, 1), at(f, 2), at(f, 3))
    }),
    ("{d} people live in the household of {w}: others may have had access to line and devices", |f| {
        format!(
            "{} vivono nel nucleo di {}: altri possono aver avuto accesso a linea e dispositivi",
            people(at(f, 0)),
            at(f, 1)
        )
    }),
    ("no register states the household of {w}: others may have had access to line and devices", |f| {
        format!(
            "nessun registro indica il nucleo di {}: altri possono aver avuto accesso a linea e dispositivi",
            at(f, 0)
        )
    }),
    (
        "named accounts of {d} {~} of other households are seen on line {w} of {*} again and again, {d} of them as if at home: they had access to it",
        |f| {
            format!(
                "account nominati di {} di altri nuclei si vedono ripetutamente sulla linea {} di {}, {} come a casa: vi avevano accesso",
                people(at(f, 0)),
                at(f, 1),
                at(f, 2),
                at(f, 3)
            )
        },
    ),
    ("{w} is one of the guests who are seen there again and again", |f| {
        format!("{} è tra gli ospiti che vi si vedono ripetutamente", at(f, 0))
    }),
    ("the items point to one person; a guest would have had to use their device or selector; {*}", |f| {
        let seen = part(SEEN, at(f, 0));
        format!(
            "gli elementi indicano una persona; un ospite avrebbe dovuto usarne il dispositivo o il selettore; {seen}"
        )
    }),
    ("nothing in the records shows who had the password; {*}", |f| {
        format!("nulla nelle registrazioni dice chi aveva la password; {}", part(SEEN, at(f, 0)))
    }),
    ("{w} is the holder, and a device or selector points to them", |f| {
        format!("{} è l'intestatario, e un dispositivo o selettore lo indica", at(f, 0))
    }),
    ("a device or selector points to {w}, who is not the holder", |f| {
        format!("un dispositivo o selettore indica {}, che non è l'intestatario", at(f, 0))
    }),
    ("{w} lives in the holder's household", |f| format!("{} vive nel nucleo dell'intestatario", at(f, 0))),
    ("{d} {~} live with the holder", |f| format!("{} vivono con l'intestatario", people(at(f, 0)))),
    ("{w} neither holds the lines nor lives with a holder", |f| {
        format!("{} non è intestatario delle linee né vive con un intestatario", at(f, 0))
    }),
    ("{d} {~} cannot be told apart from co-subscribers", |f| {
        format!("{} non si possono distinguere da altri abbonati", lines(at(f, 0)))
    }),
    ("{d} {~} of the account are exits of a hosting provider", |f| {
        format!("{} dell'account sono uscite di un fornitore di hosting", lines(at(f, 0)))
    }),
    ("{d} separate entries of the operators' logs would all have to be wrong", |f| {
        format!("{} voci separate dei registri degli operatori dovrebbero essere tutte errate", at(f, 0))
    }),
    ("the household that the register gives line {w} of {*} is seen {*}", |f| {
        let seen = part(DOUBT, &format!("seen {}", at(f, 2)));
        format!("il nucleo che il registro dà alla linea {} di {} è {seen}", at(f, 0), at(f, 1))
    }),
];
