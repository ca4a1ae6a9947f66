//! Time-stamps of RFC 3161: the request for a checkpoint, and what a token says. Whether a token is signed by an authority
//! to be trusted is for `openssl ts -verify` or any other implementation: this module knows no certificates.

use sha2::{Digest as _, Sha256};

/// Object identifier of SHA-256, 2.16.840.1.101.3.4.2.1.
const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// Object identifier of the content of a time-stamp token, 1.2.840.113549.1.9.16.1.4.
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// Object identifier of signed data, 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// The request (`TimeStampReq`) for a stamp over some bytes: SHA-256, a nonce, and the authority's certificate asked for.
#[must_use]
pub fn request(stamped: &[u8], nonce: u64) -> Vec<u8> {
    let algorithm = [wrap(OID, &SHA256), vec![0x05, 0x00]].concat();
    let imprint = [wrap(SEQUENCE, &algorithm), wrap(OCTETS, &Sha256::digest(stamped))].concat();
    // A leading zero keeps the number positive.
    let mut number = vec![0];
    number.extend_from_slice(&(nonce | 1 << 63).to_be_bytes());
    let parts = [wrap(INTEGER, &[1]), wrap(SEQUENCE, &imprint), wrap(INTEGER, &number), vec![0x01, 0x01, 0xff]];
    wrap(SEQUENCE, &parts.concat())
}

/// An element of DER; nothing here is longer than 65535 bytes.
fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(middle) => out.extend([0x81, middle]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(content);
    out
}

/// What a response of a time-stamping authority says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of what was stamped.
    pub imprint: Vec<u8>,
    /// When, as the authority writes it: `YYYYMMDDhhmmss[.fff]Z`.
    pub time: String,
}

impl Token {
    /// Reads a response (`TimeStampResp`), as authorities send it and `openssl ts` writes it.
    ///
    /// # Errors
    /// Where it is none, was not granted, or stamps another kind of digest; the text says so.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bad = |what: &str| format!("is no time-stamp response ({what})");
        let mut response = Reader(bytes).inside(SEQUENCE).ok_or_else(|| bad("expected a sequence"))?;
        let mut status = response.inside(SEQUENCE).ok_or_else(|| bad("expected a status"))?;
        match status.take(INTEGER).ok_or_else(|| bad("expected a status"))? {
            [0 | 1] => {}
            other => return Err(format!("was refused by the authority (status {})", hex::encode(other))),
        }
        let info = token_info(response).ok_or_else(|| bad("expected a signed time-stamp token"))?;
        info.map_or_else(|| Err("stamps something other than a SHA-256".to_owned()), Ok)
    }

    /// Whether it stamps these bytes.
    ///
    /// # Errors
    /// Where it stamps others.
    pub fn is_about(&self, stamped: &[u8]) -> Result<(), String> {
        if self.imprint == Sha256::digest(stamped).as_slice() {
            Ok(())
        } else {
            Err("stamps something else than this checkpoint".to_owned())
        }
    }
}

/// From the response down to what was stamped: `ContentInfo`, `SignedData`, `EncapsulatedContentInfo`, `TSTInfo`.
fn token_info(mut response: Reader<'_>) -> Option<Option<Token>> {
    let mut content = response.inside(SEQUENCE)?;
    (content.take(OID)? == SIGNED_DATA).then_some(())?;
    let mut signed = content.inside(EXPLICIT_0)?.inside(SEQUENCE)?;
    signed.take(INTEGER)?;
    signed.take(SET)?;
    let mut encapsulated = signed.inside(SEQUENCE)?;
    (encapsulated.take(OID)? == TST_INFO).then_some(())?;
    let mut info = Reader(encapsulated.inside(EXPLICIT_0)?.take(OCTETS)?).inside(SEQUENCE)?;
    info.take(INTEGER)?;
    info.take(OID)?;
    let mut imprint = info.inside(SEQUENCE)?;
    let sha256 = imprint.inside(SEQUENCE)?.take(OID)? == SHA256;
    let digest = imprint.take(OCTETS)?.to_vec();
    info.take(INTEGER)?;
    let time = info.take(TIME)?;
    let plain = time.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'Z'));
    let time = std::str::from_utf8(time).ok().filter(|_| plain)?.to_owned();
    Some(sha256.then_some(Token { imprint: digest, time }))
}

/// Elements of DER, one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next element, if it is of that kind.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        (*found == tag).then_some(())?;
        let (length, rest) = if *first < 0x80 {
            (usize::from(*first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(*first & 0x7f)).filter(|(b, _)| b.len() <= 4)?;
            (bytes.iter().fold(0, |length, b| length << 8 | usize::from(*b)), rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    fn inside(&mut self, tag: u8) -> Option<Self> {
        self.take(tag).map(Self)
    }
}
