//! Returns of platforms: log-ins of the reported accounts and of the named accounts.

use std::path::Path;

use super::{Lines, optional, time, utc};
use crate::WorldError;
use crate::accounts::{Activity, Platform};

pub(super) fn write(activity: &Activity, folder: &Path) -> Result<(), WorldError> {
    let mut accounts = Lines::create(&folder.join("account.csv"))?;
    accounts.row(&["platform", "account_ref", "handle", "phone", "person_ref"])?;
    let mut chatter = Lines::create(&folder.join("chatter-session.csv"))?;
    chatter.row(&["platform", "account_ref", "at_utc", "ip", "port", "event", "device_ref"])?;
    let mut google = Lines::create(&folder.join("Activities.csv"))?;
    google.line(
        "Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,\
         Activity Region,Activity City,User Agent String,Product Name,Sub-Product Name,Activity Type,\
         Gmail Access Channel",
    )?;
    let mut kik = Lines::create(&folder.join("binds.csv"))?;
    kik.row(&["user_jid", "ip", "port", "ts", "device"])?;
    for account in &activity.accounts {
        let person = account.holder.map(|p| format!("P{p:06}")).unwrap_or_default();
        let telephone = account.telephone.clone().unwrap_or_default();
        accounts.row(&[account.platform.slug(), &account.account_ref, &account.handle, &telephone, &person])?;
        for session in &account.sessions {
            let ip = session.ip.to_string();
            let device = session.device.as_deref().unwrap_or_default();
            let port = optional(session.port);
            match account.platform {
                Platform::Chatter => {
                    chatter.row(&["chatter", &account.account_ref, &utc(session.at_s), &ip, &port, "login", device])?;
                }
                Platform::Google => {
                    let at = time(session.at_s, "%Y-%m-%d %H:%M:%S UTC");
                    google.row(&[
                        &account.account_ref,
                        &at,
                        &ip,
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "Accounts",
                        "",
                        "Login",
                        "",
                    ])?;
                }
                Platform::Kik => {
                    let at = time(session.at_s, "%Y/%m/%d %H:%M:%S UTC");
                    kik.row(&[&account.account_ref, &ip, &port, &at, "android"])?;
                }
            }
        }
    }
    for file in [accounts, chatter, google, kik] {
        file.finish()?;
    }
    Ok(())
}
