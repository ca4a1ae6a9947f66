// The sentences of a lead from payments in Italian; see sentences.ts.

/** Sentences without anything in them that changes. */
export const PAYMENT_FIXED: Record<string, string> = {
  "repeated payments to established recipients of different households, who have further recipients in common":
    "pagamenti ripetuti a destinatari accertati di famiglie diverse, con altri destinatari in comune",
  "the sums grow and stop, or were taken back, as they do where somebody is defrauded or extorted: may be a victim of fraud":
    "le somme crescono e cessano, o sono state stornate, come quando qualcuno è truffato o estorto: può essere vittima di frode",
  "a register or document ties the holder to the recipient": "un registro o documento lega il titolare al destinatario",
  "payments to one established recipient only; relatives and customers pay as well": "pagamenti a un solo destinatario accertato; pagano anche parenti e clienti",
  "too few payments to tell": "troppo pochi pagamenti per dire qualcosa",
  "other reasons explain the payments about as well": "altri motivi spiegano i pagamenti circa altrettanto bene",
  "about as much goes out as comes in, within days: collects or passes on for others, knowingly or not":
    "esce circa quanto entra, entro pochi giorni: raccoglie o inoltra per altri, consapevolmente o no",
  "a pay-out agent, shop or body, whom very many pay: paying it says nothing": "un agente di pagamento, negozio o ente che moltissimi pagano: pagarlo non dice nulla",
  "recipient, may be a victim; established by other evidence than payments": "destinatario, può essere vittima; accertato con prove diverse dai pagamenti",
  "most of its payers pay monthly and alike: a landlord, school, body or lender; paying it says nothing":
    "la maggior parte dei suoi paganti paga ogni mese e allo stesso modo: un locatore, una scuola, un ente o un creditore; pagarlo non dice nulla",
  "recipient, may be a victim; paid by more payers of established recipients than chance gives":
    "destinatario, può essere vittima; pagato da più paganti di destinatari accertati di quanti ne darebbe il caso",
  "the records of the recipient's contacts with this payer (log-ins, messages on a seized device, under an act), and who uses the paying account":
    "le registrazioni dei contatti del destinatario con questo pagante (accessi, messaggi su un dispositivo sequestrato, con un atto), e chi usa il conto che paga",
  "a conversation with the holder as a witness, and the bank's file on the reversal": "un colloquio con il titolare come testimone, e il fascicolo della banca sullo storno",
  "nothing; only evidence other than payments could reopen it": "nulla; solo prove diverse dai pagamenti potrebbero riaprirla",
  "who opened and uses the account, and on whose instructions": "chi ha aperto e usa il conto, e su istruzioni di chi",
  "a register of the holder's business or lettings": "un registro dell'attività o delle locazioni del titolare",
  "the agent's own list of pay-outs: who took the money out": "l'elenco degli incassi dell'agente: chi ha ritirato il denaro",
  "whether the holder is in danger or was used by others; who takes the money out": "se il titolare è in pericolo o è stato usato da altri; chi ritira il denaro",
  "other evidence than payments": "prove diverse dai pagamenti",
  "relatives, friends, customers of a lawful service, and victims of fraud pay the same person":
    "parenti, amici, clienti di un servizio lecito e vittime di frode pagano la stessa persona",
  "recipients of one family whose tie is not recorded; a customer of several; a supporter of several families":
    "destinatari di una sola famiglia il cui legame non è registrato; un cliente di più persone; chi sostiene più famiglie",
  "pay-out agents that no register knows, landlords, schools, freelancers and sellers with many payers":
    "agenti di pagamento che nessun registro conosce, locatori, scuole, liberi professionisti e venditori con molti paganti",
  "an account shared by a family, a payroll helper, an agent of a wallet": "un conto condiviso da una famiglia, chi aiuta con le paghe, un agente di un portafoglio",
  "families, partners and friends write, call and travel around the days on which they send money; people pay when they are online":
    "famiglie, compagni e amici scrivono, chiamano e viaggiano nei giorni in cui mandano denaro; si paga quando si è in rete",
  "couples, flatmates and families share telephones, devices and pay-out details": "coppie, coinquilini e famiglie condividono telefoni, dispositivi e dati di incasso",
  "families pool money, treasurers collect, and helpers send for those who cannot": "le famiglie mettono in comune il denaro, i tesorieri raccolgono, e chi aiuta manda per chi non può",
  "freelancers, sellers, teachers, landlords and agents whom no register knows have many payers as well":
    "anche liberi professionisti, venditori, insegnanti, locatori e agenti che nessun registro conosce hanno molti paganti",
  "it speaks for a landlord, school or body, and so against any tie between its payers": "depone per un locatore, una scuola o un ente, e quindi contro ogni legame tra i suoi paganti",
  "split and failed transfers, limits of providers, price comparison, top-ups of games":
    "trasferimenti divisi o falliti, limiti dei fornitori, confronto dei prezzi, ricariche di giochi",
  "it speaks for a victim, and so against a buyer": "depone per una vittima, e quindi contro un acquirente",
  "it speaks for a victim of romance fraud or extortion, and so against a buyer": "depone per una vittima di truffa sentimentale o estorsione, e quindi contro un acquirente",
  "families, sponsors and tenants pay monthly; it speaks against a buyer": "famiglie, sostenitori e inquilini pagano ogni mese; depone contro un acquirente",
  "it speaks for the support of a family, and so against a buyer": "depone per il sostegno di una famiglia, e quindi contro un acquirente",
  "a register or document ties payer and recipient": "un registro o documento lega pagante e destinatario",
  "a register or document ties payer and recipient, or they share details": "un registro o documento lega pagante e destinatario, o condividono dati",
};

const payments = (k: string) => (k === "1" ? "1 pagamento" : `${k} pagamenti`);
const recipients = (k: string) => (k === "1" ? "1 destinatario accertato" : `${k} destinatari accertati`);

/** Sentences with figures. */
export const PAYMENT_FORMS: [RegExp, (...found: string[]) => string][] = [
  [/^(\d+) payments to (\d+) established recipients$/, (k = "", r = "") => `${payments(k)} a ${recipients(r)}`],
  [/^the (\d+) established recipients are of different households \((\d+) payments\)$/, (r = "", k = "") => `i ${recipients(r)} sono di famiglie diverse (${payments(k)})`],
  [
    /^(\d+) payments to (\d+) further recipients whom other payers of established recipients also pay, more often than chance gives$/,
    (k = "", r = "") => `${payments(k)} a ${r} altri destinatari che anche altri paganti di destinatari accertati pagano, più spesso di quanto dia il caso`,
  ],
  [/^(\d+) payments to an account that passes money on to an established recipient$/, (k = "") => `${payments(k)} a un conto che inoltra denaro a un destinatario accertato`],
  [/^bursts, short gaps or changing providers among (\d+) payments$/, (k = "") => `raffiche, intervalli brevi o cambi di fornitore tra ${payments(k)}`],
  [/^(\d+) payments were taken back$/, (k = "") => `${payments(k)}: stornati`],
  [/^the sums of (\d+) payments grow within months and then stop$/, (k = "") => `le somme di ${payments(k)} crescono in pochi mesi e poi cessano`],
  [/^(\d+) payments come about monthly$/, (k = "") => `${payments(k)} a cadenza circa mensile`],
  [/^(\d+) of its (\d+) payers pay monthly, about the same sum each time$/, (a = "", b = "") => `${a} dei suoi ${b} paganti pagano ogni mese, circa la stessa somma ogni volta`],
  [
    /^(\d+) payers around these recipients share a person, document, telephone, address, device or pay-out details, and count once$/,
    (k = "") => `${k} paganti attorno a questi destinatari condividono una persona, un documento, un telefono, un indirizzo, un dispositivo o dati di incasso, e contano una volta`,
  ],
  [/^(\d+) payments$/, (k = "") => payments(k)],
];
