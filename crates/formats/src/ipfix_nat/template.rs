//! Templates: which fields the records of a data set have, and how long they are.

/// A field whose length is written in each record.
const VARIABLE: usize = 65535;

/// A field of a template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// The information element; nothing for one of an enterprise's own.
    pub(super) element: Option<u16>,
    pub(super) length: usize,
}

/// What the records of a data set consist of.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) fields: Vec<Field>,
    /// The shortest record.
    pub(super) least: usize,
    pub(super) is_options: bool,
}

impl Template {
    /// Where the fields of a record lie, and how long it is.
    pub(super) fn layout(&self, bytes: &[u8], places: &mut Vec<(usize, usize)>) -> Option<usize> {
        places.clear();
        let mut at = 0;
        for field in &self.fields {
            let mut length = field.length;
            if length == VARIABLE {
                length = usize::from(*bytes.get(at)?);
                at += 1;
                if length == 255 {
                    length = usize::from(number16(bytes, at)?);
                    at += 2;
                }
            }
            let end = at + length;
            if end > bytes.len() {
                return None;
            }
            places.push((at, end));
            at = end;
        }
        Some(at)
    }
}

/// A template, and how many bytes it takes; nothing where it reaches beyond its set.
pub(super) fn read_template(
    bytes: &[u8],
    version: u16,
    is_options: bool,
    most: usize,
) -> Option<(u16, Template, usize)> {
    let id = number16(bytes, 0).filter(|id| *id >= 256)?;
    let second = usize::from(number16(bytes, 2)?);
    let (count, mut at) = match (is_options, version) {
        (false, _) => (second, 4),
        // NetFlow 9 counts the bytes of the scopes and of the options.
        (true, 9) => ((second + usize::from(number16(bytes, 4)?)) / 4, 6),
        // A withdrawn template ends here.
        (true, _) if second == 0 => (0, 4),
        (true, _) => (second, 6),
    };
    if count > most {
        return None;
    }
    let mut fields = Vec::with_capacity(count);
    for _ in 0..count {
        let (element, length) = (number16(bytes, at)?, usize::from(number16(bytes, at + 2)?));
        at += 4;
        let is_own = version == 10 && element & 0x8000 != 0;
        if is_own {
            number32(bytes, at)?;
            at += 4;
        }
        // Only IPFIX has fields of any length.
        let length = if length == VARIABLE && version == 9 { return None } else { length };
        fields.push(Field { element: (!is_own).then_some(element), length });
    }
    let least = fields.iter().map(|field| if field.length == VARIABLE { 1 } else { field.length }).sum();
    Some((id, Template { fields, least, is_options }, at))
}

/// Two bytes as a number.
pub(super) fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(two.try_into().ok()?))
}

/// Four bytes as a number.
pub(super) fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
