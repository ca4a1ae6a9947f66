import { expect, test } from "vitest";
import { inItalian } from "./sentences";

const check = (english: string, italian: string | null) => expect(inItalian(english)).toBe(italian);

test("sentences keep their figures, people and lines", () => {
  check("the router has not been examined", "il router non è stato esaminato");
  check("P000064 used the account", "P000064 ha usato l'account");
  check(
    "67 connections in 41 episodes on different assignments lead to line M-00054 of mobilnet; no other line explains them",
    "67 connessioni in 41 episodi su assegnazioni diverse portano alla linea M-00054 di mobilnet; nessun'altra linea li spiega",
  );
  check(
    "the register names P000108 as holder of line A-00012 of albanet.example (installation address); this says who pays for it, not who used it",
    "il registro indica P000108 come intestatario della linea A-00012 di albanet.example (indirizzo di installazione); dice chi la paga, non chi l'ha usata",
  );
  check(
    "254 connections of the account and 135 connections of named accounts of P000064 were made with one device, and no named account of anybody else; on 6 networks in common",
    "254 connessioni dell'account e 135 connessioni di account nominati di P000064 sono state fatte con un solo dispositivo, e nessun account nominato di altri; su 6 reti in comune",
  );
  check("in 1 episode of the account a named account of P1 was in use on another fixed line", "in 1 episodio dell'account un account nominato di P1 era in uso su un'altra linea fissa");
  check(
    "the household that the register gives line N-1 of nordnet.example is seen 3 times on other fixed lines and only 1 time on this one, which 2 people of other households use as if at home",
    "il nucleo che il registro dà alla linea N-1 di nordnet.example è visto 3 volte su altre linee fisse e solo 1 volta su questa, che 2 persone di altri nuclei usano come a casa",
  );
  check(
    "nothing in the records shows who had the password; 2 people of other households (1 of them relatives by the registers) are seen there again and again",
    "nulla nelle registrazioni dice chi aveva la password; 2 persone di altri nuclei (di cui 1 parenti per i registri) vi si vedono ripetutamente",
  );
  check("12 payments to 1 established recipients", "12 pagamenti a 1 destinatario accertato");
  check("it speaks for a victim, and so against a buyer", "depone per una vittima, e quindi contro un acquirente");
  check("moderately strong support", "sostegno moderatamente forte");
});

test("a sentence of another form is left to its English", () => {
  check("something that the analysis never said", null);
  check("P000064 used the account twice", null);
  check("constructor", null);
});
