//! Examples of reports. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile::{self, Pieces};

/// Addresses at all three levels, two roles, a port and its absence.
const WHOLE: &[u8] = br#"{
  "reportId": 900000001, "dateReceived": "2026-03-03T08:00:00Z",
  "reportedInformation": {
    "reportingEsp": {"espName": "Example Chat, Inc.", "lastName": "Example Chat"},
    "incidentSummary": {"incidentType": "Test incident", "incidentDateTime": "2026-03-02T16:10:00Z", "incidentDateTimeDescription": null},
    "additionalInformations": [
      {"value": "Log-ins:\n2026-03-01 10:00:00 UTC 203.0.113.10:50003 (test)\n2026-03-01T12:00:00+01:00 2001:DB8::10\n\nNothing here."},
      {"value": "No time: 203.0.113.12, mail Kite@Example.org"}],
    "incidentDetails": {
      "webpageIncident": [{"sourceInformation": {"sourceCaptures": [{"captureType": "URL", "value": "https://chat.example/p/1"}]}, "additionalInformations": null}],
      "emailIncident": [{"contents": [{"value": "From: Heron@Example.org\r\nX-IP: [203.0.113.13] 2026-03-01 10:00:00 UTC"}]}]},
    "reportedPeople": {"reportedPersons": [{
      "firstName": null, "preferredName": "Kite \u00e9", "espService": "Example Chat", "espUserId": "u1",
      "screenName": {"value": "kite"},
      "emails": {"emails": [{"value": "Kite@Example.org", "verified": true}, {"value": "kite2@example.org"}]},
      "phones": {"phones": [{"value": "+39 06 555 0100", "verified": false}]},
      "addresses": {"addresses": [{"country": "IT"}]},
      "sourceInformation": {"sourceCaptures": [
        {"captureType": "IP Address", "value": "203.0.113.10", "eventName": "LOGIN", "dateTime": "2026-03-02T16:05:00Z", "port": 50001},
        {"captureType": "IP Address", "value": "2001:DB8:0::10", "eventName": "REGISTRATION", "dateTime": "2026-01-02T16:05:00Z", "port": null},
        {"captureType": "IP Address", "value": "203.0.113.11:50002", "eventName": null, "dateTime": "2026-03-02T16:05:01Z"},
        {"captureType": "IP Address", "value": "203.0.113.14", "eventName": "LOGIN"},
        {"captureType": "Profile URL", "value": "https:\/\/chat.example\/u1"}]}}]},
    "intendedRecipients": {"intendedRecipients": [{
      "espUserId": null, "screenName": {"value": "heron"}, "emails": null, "phones": null, "ipAddress": "203.0.113.20",
      "sourceInformation": {"sourceCaptures": [
        {"captureType": "IP Address", "value": "203.0.113.20", "eventName": "LOGIN", "dateTime": "2026-03-02T16:06:00Z", "port": "50009"}]}}]},
    "uploadedFiles": {"uploadedFiles": [{
      "filename": "1.bin", "verificationHash": "D41D8CD98F00B204E9800998ECF8427E", "viewedByEsp": false, "ncmecTags": null,
      "sourceInformation": {"sourceCaptures": [
        {"captureType": "IP Address", "value": "203.0.113.10", "eventName": "UPLOAD", "dateTime": "2026-03-02T16:09:00Z", "port": 50004}]},
      "additionalInformations": [{"value": "Uploaded 2026-03-02 16:09:00 UTC"}]}]}
  }
}"#;

/// Dropbox puts the time of an upload into its own metadata; Imgur into the capture of the upload.
const UPLOADS: &[u8] = b"\xef\xbb\xbf[
 {\"reportId\": \"900000002\", \"reportedInformation\": {\"reportingEsp\": {\"espName\": \"Dropbox, Inc.\"},
  \"reportedPeople\": {\"reportedPersons\": [{\"espUserId\": \"900002\"}]},
  \"uploadedFiles\": {\"uploadedFiles\": [{\"verificationHash\": \"d41d8cd98f00b204e9800998ecf8427e\",
   \"espMetadata\": {\"metadatas\": [{\"name\": \"Upload Date and Time\", \"value\": \"2026-03-02 16:09:00 UTC\"}]},
   \"sourceInformation\": {\"sourceCaptures\": [{\"captureType\": \"IP Address\", \"value\": \"203.0.113.10\"}]}}]}}},
 {\"reportId\": \"900000003\", \"reportedInformation\": {\"reportingEsp\": {\"espName\": \"Imgur\"},
  \"reportedPeople\": {\"reportedPersons\": [{\"screenName\": {\"value\": \"kite\"}}]},
  \"uploadedFiles\": {\"uploadedFiles\": [{\"verificationHash\": \"da39a3ee5e6b4b0d3255bfef95601890afd80709\",
   \"sourceInformation\": {\"sourceCaptures\": [
    {\"captureType\": \"IP Address\", \"value\": \"203.0.113.10\", \"eventName\": \"LOGIN\", \"dateTime\": \"2026-03-02T15:00:00Z\"},
    {\"captureType\": \"IP Address\", \"value\": \"203.0.113.10\", \"eventName\": \"UPLOAD\", \"dateTime\": \"2026-03-02T16:09:00Z\"}]}}]}}}
]";

const TWO_ACCOUNTS: &[u8] = br#"{"reportId": "900000004", "reportedInformation": {
 "reportingEsp": {"espName": "Meta Platforms, Inc."},
 "reportedPeople": {"reportedPersons": [{"espService": "Instagram", "espUserId": "u1"}, {"espService": "WhatsApp", "espUserId": "u2"}]},
 "uploadedFiles": {"uploadedFiles": [{"verificationHash": "d41d8cd98f00b204e9800998ecf8427e",
  "sourceInformation": {"sourceCaptures": [{"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-03-02T16:09:00Z"}]}}]}}}"#;

/// Each part in a shape that it should not have.
const BROKEN: &[u8] = br#"[
 null,
 {"reportedInformation": null},
 {"reportId": "900000005", "dateReceived": "03/02/2026", "reportedInformation": {
  "reportingEsp": "N/A", "additionalInformations": "N/A", "incidentSummary": [],
  "reportedPeople": {"reportedPersons": [null, {}, {"espUserId": "u1"}, {"espUserId": {"value": "u1"}, "phones": {"phones": [{"value": "555 0101"}]}}, {"ipAddress": "fe80::1%eth0"}]},
  "intendedRecipients": [],
  "uploadedFiles": {"uploadedFiles": [{}, {"verificationHash": "xyz"}, []]}}},
 {"reportId": "900000006", "reportedInformation": {
  "reportingEsp": {"espName": "Example Chat"},
  "reportedPeople": {"reportedPersons": [{"espUserId": "u1", "sourceInformation": {"sourceCaptures": [
   {"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-03-02T16:05:00"},
   {"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-02-30T16:05:00Z"},
   {"captureType": "IP Address", "value": "fe80::1%eth0", "dateTime": "2026-03-02T16:05:00Z"},
   {"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-03-02T16:05:00Z", "port": 70000},
   {"captureType": "Device", "value": "test", "dateTime": "2026-03-02T16:05:00Z"},
   {"captureType": "IP Address"}, 7,
   {"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-03-02T16:05:00Z", "port": "0"}]}}]}}}
]"#;

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "900000001.json", content, mapping: None, expect }
}

const fn read(in_records: u64, refused: u64, records: &'static [(TableId, u64)]) -> Expect {
    Expect::Read { rows: in_records + refused, in_records, refused, records }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "addresses at three levels",
        Content::Bytes(WHOLE),
        read(
            17,
            0,
            &[(TableId::Referral, 1), (TableId::Account, 2), (TableId::Session, 7), (TableId::Mention, 16)],
        ),
    ),
    example(
        ExampleKind::Good,
        "several reports, a byte order mark, uploads of Dropbox and Imgur",
        Content::Bytes(UPLOADS),
        read(
            9,
            0,
            &[(TableId::Referral, 2), (TableId::Account, 2), (TableId::Session, 3), (TableId::Mention, 5)],
        ),
    ),
    example(
        ExampleKind::Good,
        "two reported accounts, and a file of nobody's",
        Content::Bytes(TWO_ACCOUNTS),
        read(5, 0, &[(TableId::Referral, 1), (TableId::Account, 2), (TableId::Mention, 4)]),
    ),
    Example {
        mapping: Some("constants: {platform: example_chat}\ndates: {at_utc: {zone: Europe/Rome}}\n"),
        ..example(
            ExampleKind::Good,
            "times without a zone, which the mapping states",
            Content::Bytes(
                br#"{"reportId": "900000007", "reportedInformation": {"additionalInformations": [{"value": "2026-03-02 16:10:00 203.0.113.10 (test)"}],
                  "reportedPeople": {"reportedPersons": [{"espUserId": "u1", "sourceInformation": {"sourceCaptures": [
                   {"captureType": "IP Address", "value": "203.0.113.10", "dateTime": "2026-03-02T16:05:00"}]}}]}}}"#,
            ),
            read(
                4,
                0,
                &[(TableId::Referral, 1), (TableId::Account, 1), (TableId::Session, 2), (TableId::Mention, 1)],
            ),
        )
    },
    example(
        ExampleKind::Bad,
        "null, missing and of another type",
        Content::Bytes(BROKEN),
        read(
            5,
            16,
            &[(TableId::Referral, 2), (TableId::Account, 1), (TableId::Session, 1), (TableId::Mention, 2)],
        ),
    ),
    example(ExampleKind::Bad, "no reports", Content::Bytes(b"[]"), read(0, 0, &[])),
    example(
        ExampleKind::Bad,
        "cut off",
        Content::Bytes(br#"{"reportId": "900000001", "reportedInformation": {"reportingEsp": {"espNa"#),
        Expect::Refused("the end of the file, expected JSON"),
    ),
    example(
        ExampleKind::Bad,
        "another JSON",
        Content::Bytes(br#"{"reportID": 1}"#),
        Expect::Refused("JSON without reportId"),
    ),
    example(
        ExampleKind::Hostile,
        "10,000 deep",
        Content::Made(|| [&b"{\"reportId\": "[..], &hostile::deep_json(10_000), b"}"].concat()),
        Expect::Refused("nesting of JSON"),
    ),
    example(ExampleKind::Hostile, "empty", hostile::EMPTY, Expect::Refused("an empty file")),
    example(
        ExampleKind::Hostile,
        "1 GiB of text",
        Content::Streamed(|| Pieces::streamed(vec![(b"{\"reportId\": \"".to_vec(), 1), (vec![b'x'; 1 << 20], 1 << 10)])),
        Expect::Refused("bytes of a JSON file"),
    ),
    example(
        ExampleKind::Hostile,
        "ten million values",
        Content::Made(|| [b"[0", b",0".repeat(10_000_000).as_slice(), b"]"].concat()),
        Expect::Refused("values of a JSON file"),
    ),
    example(
        ExampleKind::Hostile,
        "not UTF-8",
        Content::Bytes(b"{\"reportId\": \"\xff\"}"),
        Expect::Refused("byte 14: found \\xff"),
    ),
    example(
        ExampleKind::Hostile,
        "UTF-16",
        Content::Made(|| hostile::utf16("{\"reportId\": \"1\"}")),
        Expect::Refused("UTF-16 text"),
    ),
    example(
        ExampleKind::Hostile,
        "NUL, half letters and a hundred thousand lines of text",
        Content::Made(|| {
            let lines = "203.0.113.10\\n".repeat(100_000);
            format!(
                r#"[{{"reportId": "a\u0000b"}}, {{"reportId": "\ud800"}}, {{"reportId": "1", "reportedInformation": {{"additionalInformations": [{{"value": "{lines}"}}]}}}}]"#
            )
            .into_bytes()
        }),
        read(100_001, 2, &[(TableId::Referral, 1), (TableId::Mention, 100_000)]),
    ),
];
