//! The texts that go to an operator: the questions as CSV, a letter that a person reads, and two forms to answer in.

use std::fmt::Write as _;

use super::{Request, utc};
use crate::Basis;

/// The texts for one operator.
pub(crate) struct Sheets {
    /// The questions, one line each, with the headings of the table `request`.
    pub(crate) request: String,
    /// The same for people, in Italian and English.
    pub(crate) letter: String,
    /// The form for who held the address: the table `assignment`.
    pub(crate) answer: String,
    /// The form for the lines: the table `line`.
    pub(crate) subscribers: String,
}

const REQUEST: &str = "request_ref,operator,basis_ref,ip,port,port_state,asked_utc,from_utc,until_utc,zone,asked_local,\
                       session_source_id,session_row,checksum,sent_utc";
const ANSWER: &str = "request_ref,checksum,operator,ip,asked_port,asked_utc,port_from,port_to,from_utc,until_utc,\
                      line_ref,lookup_key";
const SUBSCRIBERS: &str =
    "request_ref,checksum,operator,line_ref,holder_ref,access_kind,address,address_kind,from_utc,until_utc,lookup_key";

pub(crate) fn sheets(requests: &[Request], basis: &Basis, operator: &str) -> Sheets {
    let mut sheets = Sheets {
        request: format!("{REQUEST}\n"),
        letter: letter(requests, basis, operator),
        answer: format!("{ANSWER}\n"),
        subscribers: format!("{SUBSCRIBERS}\n"),
    };
    for r in requests {
        let port = r.port.map(|p| p.to_string()).unwrap_or_default();
        let state = if r.port.is_some() { "stated" } else { "absent" };
        let row = r.session_row.to_string();
        let (at, from, until, sent) = (utc(r.asked_us), utc(r.from_us), utc(r.until_us), utc(r.sent_us));
        line(
            &mut sheets.request,
            &[
                &r.request_ref,
                &r.operator,
                &r.basis_ref,
                &r.ip,
                &port,
                state,
                &at,
                &from,
                &until,
                &r.zone,
                &r.asked_local,
                &r.session_source_id,
                &row,
                &r.checksum,
                &sent,
            ],
        );
        let answer = [&r.request_ref, &r.checksum, &r.operator, &r.ip, &port, &at].map(String::as_str);
        line(&mut sheets.answer, &[&answer[..], &[""; 6]].concat());
        let subscribers = [&r.request_ref, &r.checksum, &r.operator].map(String::as_str);
        line(&mut sheets.subscribers, &[&subscribers[..], &[""; 8]].concat());
    }
    sheets
}

/// One line of CSV; a cell that needs it is quoted.
fn line(out: &mut String, cells: &[&str]) {
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

fn letter(requests: &[Request], basis: &Basis, operator: &str) -> String {
    let zone = requests.first().map_or("", |r| r.zone.as_str());
    let many = requests.len();
    let mut out = format!(
        "# Richiesta di dati di traffico / Request for traffic data\n\n\
         Operatore / operator: **{operator}**  \n\
         Atto / act: {} ({}), {}  \n\
         Domande / questions: {many}\n\n\
         ## Italiano\n\n\
         Per ciascuna riga si chiede quale linea aveva **quell'indirizzo**, con **quella porta**, in **quel momento**.\n\n\
         * Vale l'ora **UTC**. L'ora locale ({zone}) è indicata con il suo scarto solo per controllo; ore a 24 ore.\n\
         * Dove la porta è **assente**, indicare tutte le linee che condividevano l'indirizzo.\n\
         * Non ricopiare a mano: usare il file CSV. Ripetere nella risposta `request_ref`, `checksum`, indirizzo, porta e \
         momento **effettivamente cercati** (`asked_utc`, `asked_port`).\n\
         * Indicare inizio e fine dell'assegnazione con il fuso. In `lookup_key` indicare con che cosa si è cercato.\n\
         * Per l'indirizzo postale indicare se è di **installazione** (`installation`) o di **fatturazione** (`billing`).\n\
         * Nessun dato oltre quanto richiesto: le righe che non rispondono a una domanda non saranno usate.\n\n\
         ## English\n\n\
         For each line: which line held **that address**, with **that port**, at **that moment**.\n\n\
         * **UTC** counts. Local time ({zone}) stands with its offset as a check only; 24-hour clock.\n\
         * Where the port is **absent**, name every line that shared the address.\n\
         * Do not retype: use the CSV file. Repeat `request_ref`, `checksum`, and the address, port and moment that were \
         **actually looked up** (`asked_utc`, `asked_port`).\n\
         * State when the assignment began and ended, with the zone. Say in `lookup_key` what was searched by.\n\
         * For a postal address say whether the line is **installed** there (`installation`) or only **billed** there \
         (`billing`).\n\
         * Nothing beyond what is asked: lines that answer no question will not be used.\n\n\
         | riferimento / reference | IP | porta / port | UTC | ± s | {zone} | controllo / checksum |\n\
         |---|---|---|---|---|---|---|\n",
        basis.act, basis.authority, basis.basis_id
    );
    for r in requests {
        let port = r.port.map_or_else(|| "**assente / absent**".to_owned(), |p| p.to_string());
        let error_s = (r.until_us - r.asked_us) / 1_000_000;
        // Writing to a string cannot fail.
        let _infallible = writeln!(
            out,
            "| {} | {} | {port} | {} | {error_s} | {} | {} |",
            r.request_ref,
            r.ip,
            utc(r.asked_us),
            r.asked_local,
            r.checksum
        );
    }
    out
}
