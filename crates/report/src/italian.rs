//! The sentences of leads in Italian. The analysis writes them in English, and that text is the one that counts; here each
//! is recognised by its form and said again. What is not recognised stays as it is, and is marked as English.
//!
//! In a form `{d}` stands for a whole number, `{w}` for one word, `{~}` for a word that follows the number (singular or
//! plural), and `{*}` for any text.

mod payments;
mod sentences;
mod steps;

pub(crate) use steps::step_words;

/// A form and how what was found in it is said.
type Form = (&'static str, fn(&[&str]) -> String);

/// A sentence of the analysis in Italian; nothing where its form is not known.
pub(crate) fn in_italian(sentence: &str) -> Option<String> {
    let fixed = sentences::FIXED.iter().chain(payments::FIXED).find(|(english, _)| *english == sentence);
    fixed
        .map(|(_, italian)| (*italian).to_owned())
        .or_else(|| try_all(sentences::FORMS, sentence))
        .or_else(|| try_all(payments::FORMS, sentence))
}

fn try_all(forms: &[Form], text: &str) -> Option<String> {
    forms.iter().find_map(|(form, say)| Some(say(&found(form, text)?)))
}

/// What stands in the places of a form, where the text has that form.
fn found<'t>(form: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut out = Vec::new();
    let mut parts = form.split('{');
    let mut rest = text.strip_prefix(parts.next()?)?;
    for part in parts {
        let (kind, literal) = part.split_once('}')?;
        let belongs = |c: char| match kind {
            "d" => c.is_ascii_digit(),
            "w" => !c.is_whitespace(),
            "~" => c.is_ascii_alphabetic(),
            _ => true,
        };
        let end = if literal.is_empty() {
            rest.len()
        } else if kind == "*" {
            rest.find(literal)?
        } else {
            // A word may end with the sign that follows it in the form, as a bracket or a semicolon.
            let run = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
            rest.get(..run.saturating_add(literal.len()).min(rest.len())).and_then(|r| r.rfind(literal)).unwrap_or(run)
        };
        let (hole, after) = rest.split_at_checked(end)?;
        if hole.is_empty() || !hole.chars().all(belongs) {
            return None;
        }
        if kind != "~" {
            out.push(hole);
        }
        rest = after.strip_prefix(literal)?;
    }
    rest.is_empty().then_some(out)
}

/// One of the places, by number.
fn at<'t>(found: &[&'t str], index: usize) -> &'t str {
    found.get(index).copied().unwrap_or_default()
}

/// A count with its noun.
fn n(count: &str, one: &str, many: &str) -> String {
    if count == "1" { format!("1 {one}") } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(english: &str, italian: Option<&str>) {
        assert_eq!(in_italian(english).as_deref(), italian, "{english}");
    }

    #[test]
    fn sentences_keep_their_figures_people_and_lines() {
        check("the router has not been examined", Some("il router non è stato esaminato"));
        check("P000064 used the account", Some("P000064 ha usato l'account"));
        check(
            "67 connections in 41 episodes on different assignments lead to line M-00054 of mobilnet; no other line explains them",
            Some(
                "67 connessioni in 41 episodi su assegnazioni diverse portano alla linea M-00054 di mobilnet; nessun'altra linea li spiega",
            ),
        );
        check(
            "1 connection in 1 episode on different assignments lead to line M-1 of a net; so few of the account's episodes may be chance or wrong records",
            Some(
                "1 connessione in 1 episodio su assegnazioni diverse portano alla linea M-1 di a net; così pochi episodi dell'account possono essere un caso o registrazioni errate",
            ),
        );
        check(
            "the register names P000108 as holder of line A-00012 of albanet.example (installation address); this says who pays for it, not who used it",
            Some(
                "il registro indica P000108 come intestatario della linea A-00012 di albanet.example (indirizzo di installazione); dice chi la paga, non chi l'ha usata",
            ),
        );
        check(
            "254 connections of the account and 135 connections of named accounts of P000064 were made with one device, and no named account of anybody else; on 6 networks in common",
            Some(
                "254 connessioni dell'account e 135 connessioni di account nominati di P000064 sono state fatte con un solo dispositivo, e nessun account nominato di altri; su 6 reti in comune",
            ),
        );
        check(
            "the household that the register gives line N-1 of nordnet.example is seen 3 times on other fixed lines and only 1 time on this one, which 2 people of other households use as if at home",
            Some(
                "il nucleo che il registro dà alla linea N-1 di nordnet.example è visto 3 volte su altre linee fisse e solo 1 volta su questa, che 2 persone di altri nuclei usano come a casa",
            ),
        );
        check(
            "nothing in the records shows who had the password; 2 people of other households (1 of them relatives by the registers) are seen there again and again",
            Some(
                "nulla nelle registrazioni dice chi aveva la password; 2 persone di altri nuclei (di cui 1 parenti per i registri) vi si vedono ripetutamente",
            ),
        );
        check("moderately strong support", Some("sostegno moderatamente forte"));
    }

    #[test]
    fn a_sentence_of_another_form_is_left_to_its_english() {
        check("something that the analysis never said", None);
        check("P000064 used the account twice", None);
        check("", None);
        check("x connections in y", None);
    }
}
