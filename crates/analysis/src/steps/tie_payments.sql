-- step: tie_payments
-- version: 1
-- looks-for: which payment accounts share a person, a document, a telephone, an e-mail address, a device or pay-out details, and so
--   are of one person or household: they count once wherever people are counted
-- does-not-show: which of the people of a household used an account. Couples, flatmates and families share telephones and devices
-- inputs: payment_account
-- param: tie_accounts_max integer default 10 range 2..1000 -- accounts up to which a shared detail ties them; one that more share is a public pay-out point, a shop's device or a help desk's telephone

-- stage: keyed_payment_account
-- What registers and providers say of each account, by the key that payments use.
SELECT DISTINCT
  CASE
    WHEN a.account_kind IN ('iban', 'email', 'phone', 'document') THEN a.account_ref
    ELSE COALESCE(a.provider, '') || '/' || a.account_ref
  END AS account_key,
  a.holder_kind, a.activity, a.payout_ref, a.document_ref, a.phone, a.email, a.device_ref, a.person_ref
FROM payment_account a
ORDER BY account_key, holder_kind, activity, payout_ref, document_ref, phone, email, device_ref, person_ref;

-- stage: known_payment_account
SELECT
  k.account_key,
  MAX(k.activity) AS activity,
  MAX(CASE WHEN k.holder_kind = 'entity' THEN 1 ELSE 0 END) AS is_entity,
  CASE WHEN MIN(k.person_ref) = MAX(k.person_ref) THEN MIN(k.person_ref) END AS person_ref
FROM keyed_payment_account k
GROUP BY k.account_key
ORDER BY k.account_key;

-- stage: account_tie
-- Details that several accounts of people share. Shops, agents and bodies are nobody's household.
WITH detail AS (
  SELECT k.account_key, 'person ' || k.person_ref AS tie FROM keyed_payment_account k WHERE k.person_ref IS NOT NULL
  UNION
  SELECT k.account_key, 'document ' || k.document_ref AS tie FROM keyed_payment_account k WHERE k.document_ref IS NOT NULL
  UNION
  SELECT k.account_key, 'phone ' || k.phone AS tie FROM keyed_payment_account k WHERE k.phone IS NOT NULL
  UNION
  SELECT k.account_key, 'email ' || k.email AS tie FROM keyed_payment_account k WHERE k.email IS NOT NULL
  UNION
  SELECT k.account_key, 'device ' || k.device_ref AS tie FROM keyed_payment_account k WHERE k.device_ref IS NOT NULL
  UNION
  SELECT k.account_key, 'payout ' || k.payout_ref AS tie FROM keyed_payment_account k WHERE k.payout_ref IS NOT NULL
  UNION
  -- An account that is itself an address, a number or a document.
  SELECT k.account_key, 'email ' || SUBSTR(k.account_key, 7) AS tie FROM keyed_payment_account k WHERE k.account_key LIKE 'email:%'
  UNION
  SELECT k.account_key, 'phone ' || SUBSTR(k.account_key, 7) AS tie FROM keyed_payment_account k WHERE k.account_key LIKE 'phone:%'
  UNION
  SELECT k.account_key, 'document ' || SUBSTR(k.account_key, 10) AS tie
  FROM keyed_payment_account k
  WHERE k.account_key LIKE 'document:%'
),
own AS (
  SELECT d.account_key, d.tie
  FROM detail d
  JOIN known_payment_account k ON k.account_key = d.account_key
  WHERE k.is_entity = 0 AND k.activity IS NULL
),
shared AS (
  SELECT o.tie FROM own o GROUP BY o.tie HAVING COUNT(*) BETWEEN 2 AND $tie_accounts_max
)
SELECT o.tie, o.account_key
FROM own o
JOIN shared s ON s.tie = o.tie
ORDER BY o.tie, o.account_key;

-- stage: account_household
-- native: components(account_tie)
-- Accounts that ties lead to from each other, over any number of ties: the household is the first account's key, `accounts` how many
-- there are. SQL without recursion can state one round of it, as here; the function goes on until nothing changes.
SELECT t.account_key, MIN(o.account_key) AS household, COUNT(DISTINCT o.account_key) AS accounts
FROM account_tie t
JOIN account_tie o ON o.tie = t.tie
GROUP BY t.account_key
ORDER BY t.account_key;
