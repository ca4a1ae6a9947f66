-- step: picture_money
-- version: 1
-- looks-for: the flows around each seed: who paid it, who paid the accounts that pass money on to it, and what its payers pay in common
-- does-not-show: what a payment was for. Families, customers and victims of fraud pay the same recipients; a recipient may be a victim
-- after: match_payments, follow_payments, weigh_payments

-- stage: flow
-- One row a payer, recipient and currency, with what the recipient is to the payments that are followed.
SELECT
  a.node_id AS debtor_id,
  b.node_id AS creditor_id,
  f.kind AS target,
  f.currency,
  COUNT(*) AS payments,
  CAST(SUM(f.amount) AS DECIMAL(38, 18)) AS amount,
  MIN(f.day) AS first_day,
  MAX(f.day) AS last_day,
  SUM(CASE WHEN f.is_reversed THEN 1 ELSE 0 END) AS reversed
FROM followed_payment f
JOIN node a ON a.kind = 'payment' AND a.key = f.account_key
JOIN node b ON b.kind = 'payment' AND b.key = f.creditor
GROUP BY a.node_id, b.node_id, f.kind, f.currency
ORDER BY b.node_id, f.kind, payments DESC, a.node_id, f.currency;

-- stage: flow_seed
-- The seeds, and how many pay them.
SELECT n.node_id, s.is_service, COUNT(DISTINCT f.debtor_id) AS payers
FROM seed_account s
JOIN node n ON n.kind = 'payment' AND n.key = s.account_key
LEFT JOIN flow f ON f.creditor_id = n.node_id AND f.target = 'seed'
GROUP BY n.node_id, s.is_service
ORDER BY payers DESC, n.node_id;

-- stage: flow_total
-- The same for all payers of a recipient together.
SELECT
  f.creditor_id,
  f.target,
  f.currency,
  COUNT(DISTINCT f.debtor_id) AS payers,
  CAST(SUM(f.payments) AS BIGINT) AS payments,
  CAST(SUM(f.amount) AS DECIMAL(38, 18)) AS amount,
  MIN(f.first_day) AS first_day,
  MAX(f.last_day) AS last_day,
  CAST(SUM(f.reversed) AS BIGINT) AS reversed
FROM flow f
GROUP BY f.creditor_id, f.target, f.currency
ORDER BY f.creditor_id, f.target, f.currency;

-- stage: flow_common
-- What the payers of each seed pay in common. These recipients are no seeds, nothing is followed from them, and they may be victims.
WITH payer AS (
  SELECT DISTINCT f.creditor_id AS seed_id, f.debtor_id FROM flow f WHERE f.target = 'seed'
)
SELECT
  p.seed_id,
  c.creditor_id AS common_id,
  c.currency,
  COUNT(DISTINCT c.debtor_id) AS payers,
  CAST(SUM(c.payments) AS BIGINT) AS payments,
  CAST(SUM(c.amount) AS DECIMAL(38, 18)) AS amount
FROM payer p
JOIN flow c ON c.debtor_id = p.debtor_id
WHERE c.target = 'common'
GROUP BY p.seed_id, c.creditor_id, c.currency
ORDER BY p.seed_id, payers DESC, payments DESC, c.creditor_id, c.currency;
