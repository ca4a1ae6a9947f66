//! Which lead to look at first.

use tutela_case::{Case, Referral};
use tutela_model::lead::{Lead, Outcome};
use tutela_model::likelihood::LogRatio;

use crate::ReportError;

/// The most urgent supported lead of the newest run, in the workbench's order: a stated urgency first, then the newest
/// reported incident, then the surest identity. Nothing where no lead is supported.
///
/// # Errors
/// Where the leads or the referrals cannot be read.
pub fn most_urgent(case: &Case) -> Result<Option<String>, ReportError> {
    let (_, document) = case.leads()?;
    let referrals = case.referrals()?;
    let key = |lead: &Lead| {
        let named = format!("{}:{}", lead.account.platform, lead.account.account_ref);
        let found = referrals.get(&named).or_else(|| referrals.get(&lead.account.account_ref));
        let found: &[Referral] = found.map(Vec::as_slice).unwrap_or_default();
        let stated = found.iter().any(|r| r.urgency.is_some());
        let newest = found.iter().filter_map(|r| r.reported_us).max();
        let sure = lead.attribution.log10_lr.map(|l| LogRatio::from_log10(l).thousandths());
        (stated, newest, sure, std::cmp::Reverse(lead.lead_ref.clone()))
    };
    let supported = document.leads.iter().filter(|l| l.outcome == Outcome::Supported);
    Ok(supported.max_by_key(|lead| key(lead)).map(|lead| lead.lead_ref.clone()))
}
