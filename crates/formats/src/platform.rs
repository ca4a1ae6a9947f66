//! One name for one platform, whoever writes it.

/// The short names of platforms that go by several. A name not listed becomes its own words in lower case.
const KNOWN: &[(&str, &[&str])] = &[
    ("discord", &["discord"]),
    ("dropbox", &["dropbox"]),
    ("facebook", &["facebook", "facebook_messenger", "messenger"]),
    ("google", &["google", "youtube"]),
    ("imgur", &["imgur"]),
    ("instagram", &["instagram"]),
    ("kik", &["kik", "kik_interactive", "kik_messenger", "medialab_kik", "medialab_ai_kik"]),
    ("microsoft", &["microsoft", "microsoft_online_operations"]),
    ("roblox", &["roblox"]),
    ("snapchat", &["snap", "snapchat"]),
    ("telegram", &["telegram", "telegram_messenger"]),
    ("tiktok", &["tiktok", "bytedance_tiktok"]),
    ("whatsapp", &["whatsapp"]),
    ("x", &["x", "x_formerly_twitter", "twitter", "x_twitter"]),
];

/// Companies that report for several platforms, whose accounts have nothing to do with each other: the service tells
/// which one is meant.
const UMBRELLAS: &[&str] = &["meta", "meta_platforms", "match", "match_group", "medialab", "medialab_ai"];

/// What stands after a company's name and says nothing of the platform.
const LEGAL_FORMS: &[&str] = &[
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "ltd",
    "plc",
    "pte",
    "sa",
    "sarl",
    "se",
    "spa",
    "srl",
];

/// The short name of a platform: lower-case words joined by `_`, without the company's legal form.
///
/// `reporter` is the company that reports or answers, `service` the product it names. The company decides, since the
/// products of one company share its accounts (Gmail and Google Drive); but where a company is known to report for
/// platforms with accounts of their own (Meta, Match Group, MediaLab), or none is named, the service does. Nothing if
/// neither has a letter or digit.
pub fn slug(reporter: Option<&str>, service: Option<&str>) -> Option<String> {
    let reporter = reporter.and_then(words);
    let service = service.and_then(words);
    let name = match (reporter, service) {
        (Some(reporter), Some(service)) if UMBRELLAS.contains(&reporter.as_str()) => service,
        (Some(reporter), _) => reporter,
        (None, service) => service?,
    };
    let known = KNOWN.iter().find(|(_, names)| names.contains(&name.as_str()));
    Some(known.map_or(name, |(slug, _)| (*slug).to_owned()))
}

/// An account as its platform writes it everywhere: Kik's addresses lose the domain that all of them share.
pub(crate) fn account_ref<'a>(platform: &str, text: &'a str) -> &'a str {
    match platform {
        "kik" => text.strip_suffix("@talk.kik.com").unwrap_or(text),
        _ => text,
    }
}

fn words(name: &str) -> Option<String> {
    // "S.p.A." and "B.V." are one word each.
    let name = name.to_lowercase().replace('.', " ").replace(" s p a", " spa").replace(" b v", " bv");
    let mut words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    (!words.is_empty()).then(|| words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_one_name() {
        let cases = [
            (Some("Instagram, Inc."), None, Some("instagram")),
            (Some("Snap Inc."), Some("Snapchat"), Some("snapchat")),
            (Some("X Corp."), None, Some("x")),
            (Some("Google"), Some("Google Drive"), Some("google")),
            (Some("Meta Platforms, Inc."), Some("WhatsApp"), Some("whatsapp")),
            (Some("MediaLab/Kik"), None, Some("kik")),
            (Some("Example Chat S.p.A."), None, Some("example_chat")),
            (Some("Dropbox, Inc."), None, Some("dropbox")),
            (None, Some("Chatline 2"), Some("chatline_2")),
            (Some("Inc."), None, Some("inc")),
            (Some("--"), None, None),
            (None, None, None),
        ];
        for (reporter, service, expected) in cases {
            assert_eq!(slug(reporter, service).as_deref(), expected, "{reporter:?} {service:?}");
        }
    }
}
