//! Examples of retained data. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile;

/// A use with ports, one of a whole address and one of a prefix, and the subscriber.
const ACCESS: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<RetainedDataMessage xmlns="http://uri.etsi.org/02657/v1.28.1#/RetainedData">
  <retainedDataHeader>
    <requestID><countryCode>IT</countryCode><requestNumber>R-7</requestNumber></requestID>
    <cSPID>Example Net</cSPID>
    <timeStamp>20260401080000Z</timeStamp>
  </retainedDataHeader>
  <retainedDataPayload><responseMessage><responsePayload>
    <ResponseRecord>
      <recordNumber>1</recordNumber>
      <recordPayload><networkAccess><naServiceUsage>
        <naSubscriberID>L-1</naSubscriberID>
        <nwAccessType><internetAccess/></nwAccessType>
        <interval><startTime>20260302161000Z</startTime><endTime>20260302191000+0100</endTime></interval>
        <naAssignedAddress>
          <NAAssignedAddress>
            <address><iPTextAddress>203.0.113.9</iPTextAddress></address>
            <external/>
            <portRange><lowest>1024</lowest><highest>1535</highest></portRange>
            <assignedTime>20260302162000Z</assignedTime>
            <destinationAddress><iPTextAddress>198.51.100.1</iPTextAddress></destinationAddress>
          </NAAssignedAddress>
          <NAAssignedAddress>
            <address><iPv4BinaryAddress>64400102</iPv4BinaryAddress></address>
            <internal/>
          </NAAssignedAddress>
          <NAAssignedAddress>
            <address><iPTextAddress> 2001:DB8:1::/56 </iPTextAddress></address>
          </NAAssignedAddress>
        </naAssignedAddress>
      </naServiceUsage></networkAccess></recordPayload>
    </ResponseRecord>
    <ResponseRecord>
      <recordNumber>2</recordNumber>
      <recordPayload><networkAccess><naSubscriber>
        <subscriberID>L&amp;1</subscriberID>
        <subscribedServices><timeSpan><startTime>20250101000000Z</startTime></timeSpan>
          <billingAddress><streetName>Via Esempio</streetName><city>Citta</city></billingAddress>
          <installationAddress><streetName>Via Prova</streetName><buildingNumber>2</buildingNumber><city>Paese</city></installationAddress>
        </subscribedServices>
      </naSubscriber></networkAccess></recordPayload>
    </ResponseRecord>
  </responsePayload></responseMessage></retainedDataPayload>
</RetainedDataMessage>
"#;

/// The shape of a national extension: one use with an address, one with the numbers of a mobile line alone.
const NATIONAL: &[u8] = br#"<ns2:RetainedDataMessage xmlns:ns2="http://uri.etsi.org/02657/v1.26.1#/RetainedData">
<ns2:retainedDataHeader><ns2:cSPID>Example Mobile</ns2:cSPID></ns2:retainedDataHeader>
<ns2:ResponseRecord><ns2:recordNumber>1</ns2:recordNumber>
<ns2:additionalInformation><ns2:otherInformation>note: none</ns2:otherInformation></ns2:additionalInformation>
<ns2:recordPayload><ns2:telephonyRecord><ns2:telephonyServiceUsage>
<ns2:nationalTelephonyServiceUsage><ns2:countryCode>DE</ns2:countryCode><ns2:internetAccess>
<ns2:nwAccessType><ns2:mobilePacketData/></ns2:nwAccessType>
<ns2:interval><ns2:startTime>20260302171000+0100</ns2:startTime></ns2:interval>
<ns2:naAssignedAddress><ns2:iPv6BinaryAddress>20010DB8000000000000000000000005</ns2:iPv6BinaryAddress></ns2:naAssignedAddress>
<ns2:gprsInformation><ns2:iMSI>001010123456789</ns2:iMSI><ns2:mSISDN>390000000001</ns2:mSISDN></ns2:gprsInformation>
</ns2:internetAccess></ns2:nationalTelephonyServiceUsage>
</ns2:telephonyServiceUsage></ns2:telephonyRecord></ns2:recordPayload></ns2:ResponseRecord>
<ns2:ResponseRecord><ns2:recordPayload><ns2:telephonyRecord><ns2:telephonyServiceUsage>
<ns2:nationalTelephonyServiceUsage><ns2:internetAccess>
<ns2:gprsInformation><ns2:iMSI>001010123456789</ns2:iMSI><ns2:aPN>internet.example</ns2:aPN></ns2:gprsInformation>
</ns2:internetAccess></ns2:nationalTelephonyServiceUsage>
</ns2:telephonyServiceUsage></ns2:telephonyRecord></ns2:recordPayload>
<ns2:nationalRecordPayload><ns2:headerID>1</ns2:headerID></ns2:nationalRecordPayload></ns2:ResponseRecord>
</ns2:RetainedDataMessage>
"#;

const BROKEN: &[u8] = br"<RetainedDataMessage>
<retainedDataHeader><cSPID>Example Net</cSPID></retainedDataHeader>
<ResponseRecord><recordPayload><messageRecord><msgServiceUsage/></messageRecord></recordPayload></ResponseRecord>
<ResponseRecord/>
<ResponseRecord><recordPayload><naServiceUsage><naSubscriberID>L-1</naSubscriberID></naServiceUsage></recordPayload></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID><interval><startTime>20260302161000</startTime></interval>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><interval><startTime>20260302161000Z</startTime></interval>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID><interval><startTime>20260302161000Z</startTime></interval>
<naAssignedAddress><range><low><iPTextAddress>203.0.113.9</iPTextAddress></low></range></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID><interval><startTime>20260302161000Z</startTime></interval>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress><portNumber>70000</portNumber></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID><interval><startTime>20260302161000Z</startTime><endTime>20260302151000Z</endTime></interval>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress></naAssignedAddress></naServiceUsage></ResponseRecord>
<ResponseRecord><naServiceUsage><naSubscriberID>L-1</naSubscriberID><interval><startTime>20260302161000Z</startTime></interval>
<naAssignedAddress><iPTextAddress>203.0.113.9</iPTextAddress><portNumber>4242</portNumber></naAssignedAddress></naServiceUsage></ResponseRecord>
</RetainedDataMessage>
";

const BOMB: &[u8] = br#"<?xml version="1.0"?>
<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///example">]>
<m><retainedDataHeader/><ResponseRecord>&b;&x;</ResponseRecord></m>
"#;

const ENTITY: &[u8] = b"<m><retainedDataHeader/><ResponseRecord><a>&b;</a></ResponseRecord></m>";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "retained-data.xml", content, mapping: None, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "a use with ports, an address inside, a prefix, and the subscriber",
        Content::Bytes(ACCESS),
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Assignment, 2), (TableId::Line, 1)] },
    ),
    example(
        ExampleKind::Good,
        "a national extension for mobile lines",
        Content::Bytes(NATIONAL),
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Assignment, 1), (TableId::Line, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "records that cannot be, and kinds that are not read",
        Content::Bytes(BROKEN),
        Expect::Read { rows: 10, in_records: 1, refused: 9, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "an element that never ends",
        Content::Bytes(b"<m><retainedDataHeader/><ResponseRecord><a>"),
        Expect::Refused("expected XML"),
    ),
    example(
        ExampleKind::Bad,
        "no record",
        Content::Bytes(b"<m><retainedDataHeader/></m>"),
        Expect::Refused("elements ResponseRecord"),
    ),
    example(
        ExampleKind::Hostile,
        "entities that grow, and one outside",
        Content::Bytes(BOMB),
        Expect::Refused("DOCTYPE"),
    ),
    example(
        ExampleKind::Hostile,
        "an entity without a document type",
        Content::Bytes(ENTITY),
        Expect::Refused("entities"),
    ),
    example(
        ExampleKind::Hostile,
        "elements inside each other",
        Content::Made(|| [&b"<retainedDataHeader>"[..], &b"<a>".repeat(100_000)].concat()),
        Expect::Refused("nesting of XML"),
    ),
    example(
        ExampleKind::Hostile,
        "ends that nothing began",
        Content::Bytes(b"<m><retainedDataHeader/></m></m></m>"),
        Expect::Refused("expected XML"),
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
];
