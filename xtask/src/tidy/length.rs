//! Files under 500 lines, functions under 70: what one person can hold in mind and on a screen.

use super::{Complaint, Source};

const FILE_LINES_MAX: usize = 499;
const FUNCTION_LINES_MAX: usize = 69;

/// Checks one file of code.
pub(super) fn check(source: &Source, found: &mut Vec<Complaint>) {
    let made = source.path.to_string_lossy().ends_with(".gen.ts");
    if made || !["rs", "sql", "ts", "tsx"].contains(&source.extension()) {
        return;
    }
    let lines: Vec<&str> = source.text.lines().collect();
    if lines.len() > FILE_LINES_MAX {
        let text = format!("{} lines; split it (at most {FILE_LINES_MAX})", lines.len());
        found.push(Complaint::file(&source.path, text));
    }
    if source.extension() == "rs" {
        for (start, length) in functions(&lines).filter(|(_, length)| *length > FUNCTION_LINES_MAX) {
            let text = format!("a function of {length} lines; split it (at most {FUNCTION_LINES_MAX})");
            found.push(Complaint::at(&source.path, start + 1, text));
        }
    }
}

/// The first line and the length of every function. rustfmt puts the closing brace at the indent of the first line,
/// so no parser is needed.
fn functions<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let starts = lines.iter().enumerate().filter(|(_, line)| begins_function(line));
    starts.filter_map(|(start, line)| {
        let indent = line.len() - line.trim_start().len();
        let head = lines.get(start..)?.iter().position(|l| l.ends_with(['{', ';', '}']))?;
        if !lines.get(start + head)?.ends_with('{') {
            return Some((start, head + 1));
        }
        let closes = |l: &&str| l.trim_start().starts_with('}') && l.len() - l.trim_start().len() == indent;
        let body = lines.get(start + head + 1..)?.iter().position(closes)?;
        Some((start, head + body + 2))
    })
}

fn begins_function(line: &str) -> bool {
    let qualifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe", "extern", "\"C\""];
    line.split_whitespace().find(|word| !qualifiers.contains(word)) == Some("fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: String) -> Vec<String> {
        let mut found = Vec::new();
        check(&Source { path: path.into(), text }, &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    fn function(head: &str, body: usize) -> String {
        format!("impl X {{\n    {head} {{\n{}    }}\n}}\n", "        f();\n".repeat(body))
    }

    #[test]
    fn a_file_has_at_most_499_lines() {
        for extension in ["rs", "sql", "ts"] {
            assert!(said(&format!("x.{extension}"), "\n".repeat(499)).is_empty());
            assert_eq!(said(&format!("x.{extension}"), "\n".repeat(500)).len(), 1);
        }
        assert!(said("x.md", "\n".repeat(900)).is_empty());
        assert!(said("web/src/api/schema.gen.ts", "\n".repeat(900)).is_empty());
    }

    #[test]
    fn a_function_has_at_most_69_lines() {
        for head in ["fn f()", "pub(crate) async fn f()", "pub const fn f(\n        a: u8,\n    ) -> u8"] {
            let more = head.lines().count() - 1;
            assert!(said("x.rs", function(head, 67 - more)).is_empty(), "{head}");
            let long = said("x.rs", function(head, 68 - more));
            assert_eq!(long, ["x.rs:2: a function of 70 lines; split it (at most 69)"], "{head}");
        }
    }

    #[test]
    fn a_signature_alone_ends_at_its_semicolon() {
        let text = format!("trait X {{\n    fn f(&self);\n{}}}\n", "    const A: u8 = 1;\n".repeat(100));
        assert!(said("x.rs", text).is_empty());
    }
}
