//! One report for each reported account, as police download it from the CyberTipline. It shows a few of the account's
//! connections, at the three places where such reports hold addresses; the rest comes with the platform's return.

use std::path::Path;

use serde_json::json;

use super::{Lines, utc};
use crate::WorldError;
use crate::accounts::{Account, Activity, Platform, Session};
use crate::network::END_S;

pub(super) fn write(activity: &Activity, folder: &Path) -> Result<(), WorldError> {
    for (number, account) in activity.accounts.iter().filter(|a| a.is_reported()).enumerate() {
        let mut file = Lines::create(&folder.join(format!("report-{number:05}.json")))?;
        let text =
            serde_json::to_string_pretty(&report(number, account)).map_err(|e| WorldError::Form(e.to_string()))?;
        file.line(&text)?;
        file.finish()?;
    }
    Ok(())
}

fn report(number: usize, account: &Account) -> serde_json::Value {
    let shown: Vec<&Session> = account.sessions.iter().rev().take(6).collect();
    let (person, rest) = shown.split_at(shown.len().min(3));
    let (files, text) = rest.split_at(rest.len().min(2));
    let esp = match account.platform {
        Platform::Chatter => "Chatter",
        Platform::Google => "Google",
        Platform::Kik => "Kik",
    };
    let newest = account.sessions.last().map_or(END_S, |s| s.at_s);
    let listing: Vec<String> = text.iter().map(|s| format!("Login IP {} at {}", s.ip, utc(s.at_s))).collect();
    json!({
        "reportId": 700_000 + number,
        "dateReceived": utc(newest + 3600),
        "reportedInformation": {
            "reportingEsp": { "espName": esp },
            "incidentSummary": { "incidentType": "Child Sexual Abuse Material", "incidentDateTime": utc(newest) },
            "additionalInformations": [{ "value": listing.join("\n") }],
            "reportedPeople": { "reportedPersons": [{
                "espUserId": account.account_ref,
                "screenName": { "value": account.handle },
                "phones": { "phones": phones(account) },
                "sourceInformation": { "sourceCaptures": person.iter().map(|s| capture(s, "Login")).collect::<Vec<_>>() },
            }] },
            "uploadedFiles": { "uploadedFiles": files.iter().enumerate().map(|(i, s)| json!({
                "filename": format!("file-{i}"),
                "submittalId": format!("{number}-{i}"),
                "verificationHash": format!("{:032x}", number * 100 + i),
                "sourceInformation": { "sourceCaptures": [capture(s, "Upload")] },
            })).collect::<Vec<_>>() },
        },
    })
}

fn phones(account: &Account) -> Vec<serde_json::Value> {
    account.telephone.iter().map(|value| json!({ "value": value, "verified": true })).collect()
}

fn capture(session: &Session, event: &str) -> serde_json::Value {
    let mut capture = json!({
        "captureType": "IP Address",
        "value": session.ip.to_string(),
        "eventName": event,
        "dateTime": utc(session.at_s),
    });
    if let (Some(port), Some(object)) = (session.port, capture.as_object_mut()) {
        object.insert("port".to_owned(), json!(port));
    }
    capture
}
