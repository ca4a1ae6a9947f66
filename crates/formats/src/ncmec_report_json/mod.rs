//! The report that police download from the NCMEC CyberTipline.

mod captures;
mod examples;
mod lines;
mod people;
mod report;

use tutela_model::TableId;

use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::json::Document;
use crate::limits::Limits;
use crate::sink::Sink;
use crate::source::Source;

pub(crate) static FORMAT: NcmecReportJson = NcmecReportJson;

pub(crate) struct NcmecReportJson;

static META: FormatMeta = FormatMeta {
    id: "ncmec_report_json",
    title: "NCMEC CyberTipline report (JSON as police download it)",
    standard: "NCMEC CyberTipline, download for law enforcement; no public schema",
    since: "0.1",
    manual: "\
A file holds one report or an array of reports. Any object may be missing, null or of another type. A row is one of the
following, counted in this order through the file:

| row | records |
|---|---|
| a report | `referral`: `reportId`, reporter, incident time and type, time of receipt |
| a reported person or an intended recipient | `account`, and a `mention` of the account, the screen name, each e-mail, each phone and `ipAddress`, in the role `reported` or `recipient` |
| a capture of a person, an uploaded file or a web page | an address gives a `session` of the account; without a time or an account, a `mention` of kind `ip`. A URL gives a `mention` of kind `url` |
| an uploaded file with a hash, or without captures | a `mention` of its hash (`md5`, `sha1` or `sha256`) in the role `uploaded` |
| a line of free text that holds a selector | see below |

**Account.** `account_ref` is `espUserId`, else the screen name. `platform` is a short name made of the reporter's
(`Instagram, Inc.` is `instagram`, `Example Chat LLC` is `example_chat`), or of the person's `espService` where the
reporter is a company known to report for platforms with accounts of their own (Meta, Match Group, MediaLab). A mapping's
constant `platform` overrides it. The mention of a reported account has kind `account`, value `platform:account_ref` and
role `reported`; of an intended recipient, role `recipient`.

**Addresses stand at three levels**: with the person, with the uploaded file, and in free text. A file or a report names
no account; its addresses belong to the reported account if the report has exactly one, else they stay mentions. A
missing, empty or null port is absent, and so is 0.

**The time of an upload** stands where the platform puts it: Dropbox in `espMetadata` as `Upload Date and Time`, Imgur in
the capture with the event `UPLOAD`, others in either, else in the first capture. It is the time of the file's captures
that have none.

**Free text** (`additionalInformations`, and `contents` of e-mails) is never kept. Addresses, e-mails and telephone
numbers with their country code are taken from it, line by line, as mentions in the role `mentioned`. A line of
`additionalInformations` with one address and a time that states its zone is a log-in, since some platforms list them so.

**Times** that state no zone are refused in captures and left out elsewhere, with a note, unless the mapping states the
zone (`dates: {at_utc: {zone: UTC}}`); `zone_origin` is then `provider_rule`.

Names, dates of birth and addresses of people are not read, but for the name an account shows: they are the platform's
word, often false, and nothing may be joined by them.",
};

impl Format for NcmecReportJson {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let has = |key: &str| memchr::memmem::find(text, key.as_bytes()).is_some();
        match text.first() {
            Some(b'{' | b'[') if has("\"reportedInformation\"") => Probe::Yes("the key reportedInformation".into()),
            Some(b'{' | b'[') if has("\"reportId\"") => Probe::Maybe("the key reportId".into()),
            _ => Probe::No,
        }
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Referral, TableId::Account, TableId::Session, TableId::Mention]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let document = Document::read(source, limits)?;
        let root = document.root();
        let is_report = root.object().get("reportId").or_else(|| root.object().get("reportedInformation")).is_some();
        if !root.is_array() && !is_report {
            return Err(FormatError::NotReadable {
                at: At::file(&file_name).byte(root.span().start),
                found: "JSON without reportId and reportedInformation".into(),
                expected: "a report, or an array of reports".into(),
            });
        }
        let reports = if root.is_array() { root.array() } else { vec![root] };
        let mut rows = report::Rows { out, number: 0 };
        for node in reports {
            report::read(&mut rows, node, mapping.as_ref())?;
        }
        Ok(())
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}
