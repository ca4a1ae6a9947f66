// The sentences of a lead in Italian. The analysis writes them in English, and that text is the one that counts; here
// each is recognised by its form and said again. What is not recognised stays as it is, marked as English.

import { PAYMENT_FIXED, PAYMENT_FORMS } from "./payment_sentences";

type Say = (...found: string[]) => string;

const n = (text: string, one: string, many: string) => (text === "1" ? `1 ${one}` : `${text} ${many}`);
const lines = (text: string) => n(text, "linea", "linee");
const connections = (text: string) => n(text, "connessione", "connessioni");
const episodes = (text: string) => n(text, "episodio", "episodi");
const people = (text: string) => n(text, "persona", "persone");

/** Sentences without anything in them that changes. */
const FIXED: Record<string, string> = {
  "two episodes or more on different assignments, an item that is not from the network, a tie in the registers, and nobody else it fits as well":
    "due o più episodi su assegnazioni diverse, un elemento non di rete, un legame nei registri, e nessun altro a cui si adatti altrettanto",
  "no connection has a public address": "nessuna connessione ha un indirizzo pubblico",
  "no assignment in the records covers any of the connections": "nessuna assegnazione nelle registrazioni copre le connessioni",
  "no single line stands alone behind two episodes": "nessuna linea sta da sola dietro due episodi",
  "no line stands alone behind two episodes": "nessuna linea sta da sola dietro due episodi",
  "every resolved line is an exit of a hosting provider, which names nobody": "ogni linea ricondotta è un'uscita di un fornitore di hosting, che non indica nessuno",
  "the people whom the register gives the resolved lines are seen on other lines and never on these":
    "le persone a cui il registro dà le linee ricondotte sono viste su altre linee e mai su queste",
  "no register and no named account links a person to the lines or devices": "nessun registro e nessun account nominato lega una persona alle linee o ai dispositivi",
  "items that are not from the network point to different people": "elementi non di rete indicano persone diverse",
  "the person it points to was on another line at the same times": "la persona indicata era su un'altra linea negli stessi momenti",
  "only network records lead to a line; nothing else says who used it": "solo registrazioni di rete portano a una linea; nient'altro dice chi l'ha usata",
  "an item points to a person whom no register ties to any of the lines": "un elemento indica una persona che nessun registro lega alle linee",
  "the account states somebody's address or number, but was not used on their lines: anybody can state it":
    "l'account dichiara l'indirizzo o il numero di qualcuno, ma non è stato usato sulle sue linee: chiunque può dichiararlo",
  "the people whom the register gives the resolved lines are hardly ever seen on these, but on other lines, or others are seen there as if at home":
    "le persone a cui il registro dà le linee ricondotte non vi si vedono quasi mai, ma su altre linee, o altri vi si vedono come a casa",
  "an item points to one person, but others in the household, or guests who are there like at home, may have used it as well":
    "un elemento indica una persona, ma altri del nucleo, o ospiti che vi stanno come a casa, possono averlo usato",
  "an item points to one person, but others in the household may have used it as well":
    "un elemento indica una persona, ma altri del nucleo possono averlo usato",
  "fewer than two resolved episodes are tied to the person": "meno di due episodi ricondotti sono legati alla persona",
  "a run of episodes before or after has no tie to the person: the account may have changed hands":
    "una serie di episodi prima o dopo non ha legami con la persona: l'account può aver cambiato mano",
  "most of the resolved episodes have no tie to the person": "la maggior parte degli episodi ricondotti non ha legami con la persona",
  "the records cannot decide": "le registrazioni non bastano a decidere",
  "have both gates read and signed; then verify without contact that the person lives where the line is installed":
    "far leggere e firmare entrambi i vagli; poi verificare, senza contatto, che la persona abiti dove la linea è installata",
  "ask the platform for its log-in records with address, port and time zone": "chiedere alla piattaforma i suoi accessi con indirizzo, porta e fuso orario",
  "ask the operators of these addresses who held them, before their retention ends":
    "chiedere agli operatori di questi indirizzi chi li aveva, prima che scada la conservazione",
  "ask the platform for source ports, and the operators for port-aware answers on several dates":
    "chiedere alla piattaforma le porte sorgente, e agli operatori risposte per porta su più date",
  "look for connections without the VPN: registration, payments, recovery selectors":
    "cercare connessioni senza la VPN: registrazione, pagamenti, selettori di recupero",
  "have the operator confirm the physical line, port by port, and the register entry, before anybody is named":
    "far confermare all'operatore la linea fisica, porta per porta, e la voce del registro, prima di nominare qualcuno",
  "ask the platforms for the devices of each episode, and set the episodes of the two people side by side":
    "chiedere alle piattaforme i dispositivi di ogni episodio, e mettere a confronto gli episodi delle due persone",
  "check the clocks and the replies of both operators for those episodes before anything else":
    "controllare prima di tutto gli orologi e le risposte di entrambi gli operatori per quegli episodi",
  "ask the registers for the person's residence and lines in the period": "chiedere ai registri la residenza e le linee della persona nel periodo",
  "ask the platform for the account's other devices and recovery selectors, and for connections away from the line":
    "chiedere alla piattaforma gli altri dispositivi e selettori di recupero dell'account, e le connessioni lontano dalla linea",
  "ask the platform for changes of password, device and recovery selectors over the period":
    "chiedere alla piattaforma i cambi di password, dispositivo e selettori di recupero nel periodo",
  "ask the platforms for devices and recovery selectors of the account, and for named accounts on the same devices":
    "chiedere alle piattaforme i dispositivi e i selettori di recupero dell'account, e gli account nominati sugli stessi dispositivi",
  "no assignment in the records covers the connections: not asked for, or no longer kept":
    "nessuna assegnazione nelle registrazioni copre le connessioni: non richiesta, o non più conservata",
  "the only lines in two episodes or more are exits of a hosting provider": "le sole linee in due o più episodi sono uscite di un fornitore di hosting",
  "no line stands behind two episodes on different assignments": "nessuna linea sta dietro due episodi su assegnazioni diverse",
  "the source port of connections through shared addresses": "la porta sorgente delle connessioni da indirizzi condivisi",
  "the holder of a resolved line": "l'intestatario di una linea ricondotta",
  "the installation address of a resolved line": "l'indirizzo di installazione di una linea ricondotta",
  "the kind of access of a resolved line": "il tipo di accesso di una linea ricondotta",
  "who lives at the address": "chi abita all'indirizzo",
  "anything that is not from the network: a device, a selector, a payment": "qualunque elemento non di rete: un dispositivo, un selettore, un pagamento",
  "the connections of the account were made through these lines": "le connessioni dell'account sono state fatte da queste linee",
  "they were made through other lines of the same operators": "sono state fatte da altre linee degli stessi operatori",
  "one particular person used the account": "una determinata persona ha usato l'account",
  "somebody else used it": "l'ha usato qualcun altro",
  "no register names the holder of a resolved line": "nessun registro indica l'intestatario di una linea ricondotta",
  "a named account of the holder was in use elsewhere at the same times": "un account nominato dell'intestatario era in uso altrove negli stessi momenti",
  "holding the line does not say who used it": "essere intestatario non dice chi l'ha usata",
  "the registers show a household of one": "i registri indicano un nucleo di una persona",
  "the items point to one person; a device can be lent": "gli elementi indicano una persona; un dispositivo può essere prestato",
  "no register states who lives with the holder": "nessun registro dice chi vive con l'intestatario",
  "no line is resolved": "nessuna linea è ricondotta",
  "the items point to one person; a guest would have had to use their device or selector":
    "gli elementi indicano una persona; un ospite avrebbe dovuto usarne il dispositivo o il selettore",
  "nothing in the records shows who had the password": "nulla nelle registrazioni dice chi aveva la password",
  "at least one of the lines is public Wi-Fi": "almeno una delle linee è Wi-Fi pubblico",
  "the items point into the household": "gli elementi indicano qualcuno del nucleo",
  "whether the Wi-Fi was open is not in the records": "le registrazioni non dicono se il Wi-Fi era aperto",
  "no other subscriber explains the same episodes": "nessun altro abbonato spiega gli stessi episodi",
  "the router has not been examined": "il router non è stato esaminato",
  "no assignment covers the connections": "nessuna assegnazione copre le connessioni",
  "no line is confirmed by a second entry": "nessuna linea è confermata da una seconda voce",
  "the register states installation addresses; a crossed wire remains possible": "il registro dà indirizzi di installazione; un incrocio di cavi resta possibile",
  "at least one address is a billing address or its kind is not stated": "almeno un indirizzo è di fatturazione o di tipo non indicato",
  "extremely strong support": "sostegno estremamente forte",
  "very strong support": "sostegno molto forte",
  "strong support": "sostegno forte",
  "moderately strong support": "sostegno moderatamente forte",
  "moderate support": "sostegno moderato",
  "weak support": "sostegno debole",
  "no support either way": "nessun sostegno in un senso o nell'altro",
};

const ADDRESS: Record<string, string> = {
  "installation address": "indirizzo di installazione",
  "billing address, which may not be where the line is": "indirizzo di fatturazione, che può non essere quello della linea",
  "kind of address not stated": "tipo di indirizzo non indicato",
};

/** Where the register's household of a line in doubt was seen. */
function doubt(text: string): string {
  const form = /^seen (?:(\d+) times? on other fixed lines and )?(?:never|only (\d+) times?) on this one(?:, which (\d+) (?:person|people) of other households uses? as if at home)?$/;
  const found = form.exec(text);
  if (found === null) return text;
  const [, elsewhere, here, others] = found;
  const away = elsewhere === undefined ? "" : `${n(elsewhere, "volta", "volte")} su altre linee fisse e `;
  const seen = here === undefined ? "mai su questa" : `solo ${n(here, "volta", "volte")} su questa`;
  return `visto ${away}${seen}${others === undefined ? "" : `, che ${people(others)} di altri nuclei usano come a casa`}`;
}

/** Who is seen on a line again and again. */
function seenThere(text: string): string {
  const found = /^(\d+) (?:person|people) of other households \((\d+) of them relatives by the registers\) (?:is|are) seen there again and again$/.exec(text);
  if (found !== null) return `${people(found[1] ?? "")} di altri nuclei (di cui ${found[2]} parenti per i registri) vi si vedono ripetutamente`;
  return text === "no named account of anybody else is seen there again and again" ? "nessun account nominato di altri vi si vede ripetutamente" : text;
}

const LINE_TAILS: [RegExp, Say][] = [
  [/^no other line explains them$/, () => "nessun'altra linea li spiega"],
  [/^(\d+) lines? explain them equally well and cannot be told apart$/, (k = "") => `${lines(k)} li spiegano altrettanto e non si possono distinguere`],
  [/^so few of the account's episodes may be chance or wrong records$/, () => "così pochi episodi dell'account possono essere un caso o registrazioni errate"],
  [
    /^but the household that the register gives it was (seen .*): it may be wired crosswise, used by somebody else, or wrong in the register$/,
    (where = "") => `ma il nucleo che il registro le dà è stato ${doubt(where)}: può essere cablata male, usata da altri, o errata nel registro`,
  ],
];

const DEVICE_TAILS: [RegExp, Say][] = [
  [/^but named accounts of (\d+) (?:person|people) are seen on it$/, (k = "") => `ma vi si vedono account nominati di ${people(k)}`],
  [/^but not over the same time: it may have changed hands$/, () => "ma non nello stesso periodo: può aver cambiato mano"],
  [/^and no named account of anybody else; not known to have been on the same line$/, () => "e nessun account nominato di altri; non risulta sulla stessa linea"],
  [/^and no named account of anybody else; on (\d+) networks? in common$/, (k = "") => `e nessun account nominato di altri; su ${n(k, "rete", "reti")} in comune`],
];

const tail = (tails: [RegExp, Say][], text: string) => tryAll(tails, text) ?? text;
const selector = (kind: string) => (kind === "e-mail address" ? "lo stesso indirizzo e-mail" : "lo stesso numero di telefono");

const FORMS: [RegExp, Say][] = [
  [/^(\d+) lines? alone explains? (\d+) episodes on different assignments$/, (k = "", e = "") => `${lines(k)} da sole spiegano ${episodes(e)} su assegnazioni diverse`],
  [/^(\S+) used the account$/, (p = "") => `${p} ha usato l'account`],
  [/^somebody else with access to the same lines and devices as (\S+) used it$/, (p = "") => `l'ha usato qualcun altro con accesso alle stesse linee e dispositivi di ${p}`],
  [/^(\d+) lines? stand behind the episodes only as members of sets$/, (k = "") => `${lines(k)} stanno dietro gli episodi solo come parti di insiemi`],
  [/^a public address for (\d+) connections?$/, (k = "") => `un indirizzo pubblico per ${connections(k)}`],
  [/^an assignment for (\d+) connections?: not asked for, or no longer kept$/, (k = "") => `un'assegnazione per ${connections(k)}: non richiesta, o non più conservata`],
  [
    /^(\d+) connections? in (\d+) episodes? on different assignments leads? to line (\S+) of ([^;]+); (.*)$/,
    (c = "", e = "", line = "", operator = "", rest = "") =>
      `${connections(c)} in ${episodes(e)} su assegnazioni diverse portano alla linea ${line} di ${operator}; ${tail(LINE_TAILS, rest)}`,
  ],
  [
    /^the register names (\S+) as holder of line (\S+) of (\S+) \(([^)]+)\); this says who pays for it, not who used it$/,
    (p = "", line = "", operator = "", kind = "") =>
      `il registro indica ${p} come intestatario della linea ${line} di ${operator} (${ADDRESS[kind] ?? kind}); dice chi la paga, non chi l'ha usata`,
  ],
  [
    /^(\d+) connections? of the account and (\d+) connections? of named accounts of (\S+) were made with one device, (.*)$/,
    (a = "", b = "", p = "", rest = "") =>
      `${connections(a)} dell'account e ${connections(b)} di account nominati di ${p} sono state fatte con un solo dispositivo, ${tail(DEVICE_TAILS, rest)}`,
  ],
  [
    /^a named account of (\S+) has the same (e-mail address|telephone number) as the account$/,
    (p = "", kind = "") => `un account nominato di ${p} ha ${selector(kind)} dell'account`,
  ],
  [
    /^a named account of (\S+) has the same (e-mail address|telephone number) as the account, but so do those of (\d+) (?:person|people) in all$/,
    (p = "", kind = "", k = "") => `un account nominato di ${p} ha ${selector(kind)} dell'account, ma così è per ${people(k)} in tutto`,
  ],
  [
    /^a named account of (\S+) was seen on (\d+) lines? of other households within an hour of the account, during the same assignments$/,
    (p = "", k = "") => `un account nominato di ${p} è stato visto su ${lines(k)} di altri nuclei entro un'ora dall'account, nelle stesse assegnazioni`,
  ],
  [
    /^in (\d+) episodes? of the account a named account of (\S+) was in use on another fixed line$/,
    (e = "", p = "") => `in ${episodes(e)} dell'account un account nominato di ${p} era in uso su un'altra linea fissa`,
  ],
  [
    /^(\d+) of (\d+) resolved episodes \((\d+ %)\) have no tie to (\S+)$/,
    (a = "", b = "", share = "", p = "") => `${a} episodi ricondotti su ${b} (${share}) non hanno legami con ${p}`,
  ],
  [
    /^(\d+) people live in the household of (\S+): others may have had access to line and devices$/,
    (k = "", p = "") => `${people(k)} vivono nel nucleo di ${p}: altri possono aver avuto accesso a linea e dispositivi`,
  ],
  [
    /^no register states the household of (\S+): others may have had access to line and devices$/,
    (p = "") => `nessun registro indica il nucleo di ${p}: altri possono aver avuto accesso a linea e dispositivi`,
  ],
  [
    /^a named account of (\S+) was seen on (\d+) lines? that belongs? neither to them nor to relatives, close in time to the account and during the same assignments$/,
    (p = "", k = "") => `un account nominato di ${p} è stato visto su ${lines(k)} non sue né di parenti, vicino nel tempo all'account e nelle stesse assegnazioni`,
  ],
  [
    /^named accounts of (\d+) (?:person|people) of other households are seen on line (\S+) of (\S+) again and again, (\d+) of them as if at home: they had access to it$/,
    (k = "", line = "", operator = "", home = "") =>
      `account nominati di ${people(k)} di altri nuclei si vedono ripetutamente sulla linea ${line} di ${operator}, ${home} come a casa: vi avevano accesso`,
  ],
  [/^(\S+) is one of the guests who are seen there again and again$/, (p = "") => `${p} è tra gli ospiti che vi si vedono ripetutamente`],
  [
    /^the items point to one person; a guest would have had to use their device or selector; (.*)$/,
    (rest = "") => `gli elementi indicano una persona; un ospite avrebbe dovuto usarne il dispositivo o il selettore; ${seenThere(rest)}`,
  ],
  [/^nothing in the records shows who had the password; (.*)$/, (rest = "") => `nulla nelle registrazioni dice chi aveva la password; ${seenThere(rest)}`],
  [/^(\S+) is the holder, and a device or selector points to them$/, (p = "") => `${p} è l'intestatario, e un dispositivo o selettore lo indica`],
  [/^a device or selector points to (\S+), who is not the holder$/, (p = "") => `un dispositivo o selettore indica ${p}, che non è l'intestatario`],
  [/^(\S+) lives in the holder's household$/, (p = "") => `${p} vive nel nucleo dell'intestatario`],
  [/^(\d+) (?:person|people) live with the holder$/, (k = "") => `${people(k)} vivono con l'intestatario`],
  [/^(\S+) neither holds the lines nor lives with a holder$/, (p = "") => `${p} non è intestatario delle linee né vive con un intestatario`],
  [/^(\d+) lines? cannot be told apart from co-subscribers$/, (k = "") => `${lines(k)} non si possono distinguere da altri abbonati`],
  [/^(\d+) lines? of the account are exits of a hosting provider$/, (k = "") => `${lines(k)} dell'account sono uscite di un fornitore di hosting`],
  [/^(\d+) separate entries of the operators' logs would all have to be wrong$/, (k = "") => `${k} voci separate dei registri degli operatori dovrebbero essere tutte errate`],
  [
    /^the household that the register gives line (\S+) of (\S+) is (seen .*)$/,
    (line = "", operator = "", where = "") => `il nucleo che il registro dà alla linea ${line} di ${operator} è ${doubt(where)}`,
  ],
];

function tryAll(forms: [RegExp, Say][], text: string): string | null {
  for (const [form, say] of forms) {
    const found = form.exec(text);
    if (found !== null) return say(...found.slice(1));
  }
  return null;
}

/** A sentence of the analysis in Italian; null where its form is not known. */
export function inItalian(sentence: string): string | null {
  for (const fixed of [FIXED, PAYMENT_FIXED]) if (Object.hasOwn(fixed, sentence)) return fixed[sentence] ?? null;
  return tryAll(FORMS, sentence) ?? tryAll(PAYMENT_FORMS, sentence);
}
