//! Examples of goAML reports. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile;

const TWO_PARTIES: &[u8] = br#"<?xml version="1.0"?><!-- invented -->
<report><rentity_id>9001</rentity_id><submission_code>E</submission_code><report_code>STR</report_code>
<entity_reference>STR-1</entity_reference><submission_date>2026-03-10T09:30:00+01:00</submission_date>
<currency_code_local>EUR</currency_code_local>
<reporting_person><first_name>Elena</first_name><last_name>Specimen</last_name><email>e@example.org</email></reporting_person>
<transaction><transactionnumber>T-1</transactionnumber><date_transaction>2026-03-02T21:14:05+01:00</date_transaction>
<transmode_code>MB</transmode_code><amount_local>35.00</amount_local>
<t_from_my_client><from_funds_code>E</from_funds_code>
<from_foreign_currency><foreign_currency_code>PHP</foreign_currency_code><foreign_amount>2380</foreign_amount></from_foreign_currency>
<from_account><institution_name>Banca Esempio</institution_name><swift>EXMPITMM</swift><account>12345</account>
<currency_code>EUR</currency_code><iban>IT51X9999999999000000012345</iban>
<signatory><is_primary>0</is_primary><t_person><first_name>Altra</first_name><last_name>Persona</last_name></t_person></signatory>
<signatory><is_primary>1</is_primary><t_person><first_name>Aldo</first_name><last_name>Provanti</last_name>
<birthdate>1981-04-12T00:00:00</birthdate><passport_number>YA0000001</passport_number>
<addresses><address><address>Via Prova 1</address><city>Esempio</city><country_code>IT</country_code></address></addresses>
<network_devices><network_device><device_number>D-1</device_number><ip_address><ipv4>203.0.113.45</ipv4><cgn_port>41017</cgn_port>
<first_seen_date>2026-03-02T21:13:00+01:00</first_seen_date><last_seen_date>2026-03-02T20:15:00Z</last_seen_date></ip_address></network_device></network_devices>
</t_person></signatory><balance>-20.40</balance><date_balance>2026-03-09T00:00:00</date_balance></from_account>
<from_country>IT</from_country></t_from_my_client>
<t_to><to_person><first_name>Mirela</first_name><last_name>Testescu</last_name>
<phones><phone><tph_country_prefix>40</tph_country_prefix><tph_number>0000000201</tph_number></phone></phones></to_person>
<to_country>RO</to_country></t_to></transaction>
<report_indicators><indicator>X</indicator></report_indicators></report>
"#;

const MANY_PARTIES: &[u8] = br#"<reportdata><currency_code_local>EUR</currency_code_local>
<transaction><transactionnumber>T-2</transactionnumber><date_transaction>2026-03-06T18:20:00</date_transaction>
<transmode_code>E</transmode_code><amount_local>120.00</amount_local><involved_parties>
<party><role>RMITR</role><person><first_name>Aldo</first_name><last_name>Provanti</last_name>
<social_media><social_account><platform>Telegram</platform><user_name>@prova</user_name></social_account></social_media></person>
<transaction_additional_info><network_device><ip_address><ipv6>2001:0db8:0000:0042:0000:0000:0000:00a7</ipv6>
<first_seen_date>2026-03-06T18:19:41</first_seen_date></ip_address></network_device><virtual_address>wallet-1</virtual_address></transaction_additional_info>
<country>IT</country></party>
<party><role>BNFCR</role><entity><name>Negozio Esempio</name><business>Shop</business></entity><country>RO</country></party>
<party><role>ACCNT</role><account><institution_name>Beispielbank</institution_name><account>99</account></account></party>
</involved_parties></transaction></reportdata>
"#;

const BROKEN: &[u8] = br"<report><rentity_id>1</rentity_id><entity_reference>STR-2</entity_reference>
<transaction><amount_local>1,00</amount_local><t_from><from_person><last_name>A</last_name></from_person></t_from></transaction>
<transaction><amount_local>1.00</amount_local><t_from><from_person><last_name>A</last_name></from_person></t_from></transaction>
<transaction><t_from><from_person><last_name>A</last_name></from_person></t_from></transaction>
<transaction><amount_local>1.00</amount_local></transaction>
<activity><report_parties><report_party/></report_parties></activity></report>
";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "report.xml", content, mapping: None, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "two parties, a device with its port",
        Content::Bytes(TWO_PARTIES),
        Expect::Read {
            rows: 2,
            in_records: 2,
            refused: 0,
            records: &[
                (TableId::Referral, 1),
                (TableId::Session, 2),
                (TableId::Payment, 1),
                (TableId::PaymentAccount, 2),
                (TableId::Mention, 3),
            ],
        },
    ),
    example(
        ExampleKind::Good,
        "many parties in answer to a request",
        Content::Bytes(MANY_PARTIES),
        Expect::Read {
            rows: 1,
            in_records: 1,
            refused: 0,
            records: &[(TableId::Payment, 1), (TableId::PaymentAccount, 2), (TableId::Mention, 3)],
        },
    ),
    example(
        ExampleKind::Bad,
        "amounts, currencies and parties that are missing",
        Content::Bytes(BROKEN),
        Expect::Read { rows: 6, in_records: 1, refused: 5, records: &[(TableId::Referral, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "a form that only calls itself goAML",
        Content::Bytes(b"<goAMLReport xmlns=\"http://www.unodc.org/goaml\"><transaction/></goAMLReport>"),
        Expect::Refused("other forms that call themselves goAML"),
    ),
    example(ExampleKind::Bad, "cut off", Content::Bytes(b"<report><rentity_id>1"), Expect::Refused("expected XML")),
    example(
        ExampleKind::Hostile,
        "entities that grow",
        Content::Bytes(
            b"<!DOCTYPE report [<!ENTITY b \"bb\">]><report><entity_reference>&b;</entity_reference></report>",
        ),
        Expect::Refused("DOCTYPE"),
    ),
    example(
        ExampleKind::Hostile,
        "parties inside each other",
        Content::Made(|| [&b"<report><transaction>"[..], &b"<party>".repeat(100_000)].concat()),
        Expect::Refused("nesting of XML"),
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
];
