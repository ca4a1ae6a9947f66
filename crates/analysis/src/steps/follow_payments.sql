-- step: follow_payments
-- version: 1
-- looks-for: who paid recipients that other evidence has established (seeds), directly or through an account that passes money
--   on, and which other recipients those payers have in common more often than chance gives
-- does-not-show: what a payment was for. Families, customers and victims of fraud pay the same recipients; a recipient may be a
--   victim. Without a seed nothing is followed, and no corridor is searched
-- inputs: payment_account, payment_seed, relation
-- after: match_payments
-- param: service_debtors_min integer default 100 range 3..100000 -- payers from which a recipient above the 99th percentile, paid from several countries, is taken for a pay-out agent or shop
-- param: service_countries_min integer default 3 range 1..100 -- countries of those payers
-- param: relay_debtors_min integer default 2 range 1..100 -- payers that an account passing money on must have
-- param: relay_dwell_days integer default 3 range 0..60 -- days between money in and money out of an account that passes it on
-- param: relay_share_percent integer default 80 range 50..100 -- per cent of what came in that must go out again, and of payments out that follow one in within those days
-- param: co_payment_log10_q real default -1.301 range -12.0..0.0 -- log10 of the false-discovery rate (5 %) at which a recipient is paid in common

-- stage: edge
-- Who paid whom, in each currency.
SELECT
  p.debtor,
  p.creditor,
  p.currency,
  COUNT(*) AS payments,
  SUM(p.amount) AS amount,
  MIN(p.day) AS first_day,
  MAX(p.day) AS last_day,
  MIN(p.debtor_country) AS debtor_country,
  SUM(CASE WHEN p.is_reversed THEN 1 ELSE 0 END) AS reversed
FROM paid p
GROUP BY p.debtor, p.creditor, p.currency
ORDER BY p.debtor, p.creditor, p.currency;

-- stage: known_payment_account
-- What registers and providers say of each account, by the key that payments use.
WITH keyed AS (
  SELECT
    CASE
      WHEN a.account_kind IN ('iban', 'email', 'phone', 'document') THEN a.account_ref
      ELSE COALESCE(a.provider, '') || '/' || a.account_ref
    END AS account_key,
    a.holder_kind, a.activity, a.payout_ref, a.document_ref, a.phone, a.device_ref, a.person_ref
  FROM payment_account a
)
SELECT
  k.account_key,
  MAX(k.activity) AS activity,
  MAX(CASE WHEN k.holder_kind = 'entity' THEN 1 ELSE 0 END) AS is_entity,
  CASE WHEN COUNT(DISTINCT k.person_ref) = 1 THEN MIN(k.person_ref) END AS person_ref,
  MIN(k.payout_ref) AS payout_ref,
  MIN(k.document_ref) AS document_ref,
  MIN(k.phone) AS phone,
  MIN(k.device_ref) AS device_ref
FROM keyed k
GROUP BY k.account_key
ORDER BY k.account_key;

-- stage: creditor_degree
WITH pair AS (
  SELECT e.creditor, e.debtor, MIN(e.debtor_country) AS debtor_country FROM edge e GROUP BY e.creditor, e.debtor
),
by_country AS (
  SELECT p.creditor, p.debtor_country, COUNT(*) AS debtors FROM pair p GROUP BY p.creditor, p.debtor_country
)
SELECT c.creditor, SUM(c.debtors) AS debtors, COUNT(c.debtor_country) AS countries
FROM by_country c
GROUP BY c.creditor
ORDER BY c.creditor;

-- stage: service_account
-- Pay-out agents, shops, bodies: everybody's money goes there, so that it ties nobody together.
WITH ranked AS (
  SELECT d.creditor, d.debtors, d.countries, CUME_DIST() OVER (ORDER BY d.debtors) AS share
  FROM creditor_degree d
),
by_volume AS (
  SELECT r.creditor AS account_key
  FROM ranked r
  WHERE r.share > 0.99 AND r.debtors >= $service_debtors_min AND r.countries >= $service_countries_min
)
SELECT k.account_key, 'register' AS by_rule, k.activity
FROM known_payment_account k
WHERE k.activity IS NOT NULL OR k.is_entity = 1
UNION ALL
SELECT v.account_key, 'volume' AS by_rule, NULL AS activity
FROM by_volume v
LEFT JOIN known_payment_account k ON k.account_key = v.account_key AND (k.activity IS NOT NULL OR k.is_entity = 1)
WHERE k.account_key IS NULL
ORDER BY account_key;

-- stage: seed_account
-- Each seed with its household: seeds that share a holder's document, telephone, device or pay-out details count once.
WITH stated AS (
  SELECT
    CASE
      WHEN s.account_ref LIKE 'email:%' OR s.account_ref LIKE 'phone:%' OR s.account_ref LIKE 'document:%' THEN s.account_ref
      WHEN CHARACTER_LENGTH(s.account_ref) BETWEEN 15 AND 34 AND SUBSTR(s.account_ref, 1, 2) BETWEEN 'AA' AND 'ZZ'
        AND SUBSTR(s.account_ref, 3, 2) BETWEEN '00' AND '99' THEN s.account_ref
      ELSE COALESCE(s.provider, '') || '/' || s.account_ref
    END AS account_key,
    s.source_id,
    s.row
  FROM payment_seed s
),
one AS (
  SELECT t.account_key, MIN(t.source_id) AS source_id, MIN(t.row) AS row, COUNT(*) AS records
  FROM stated t
  GROUP BY t.account_key
),
tie AS (
  SELECT o.account_key, 'payout:' || k.payout_ref AS tie
  FROM one o JOIN known_payment_account k ON k.account_key = o.account_key WHERE k.payout_ref IS NOT NULL
  UNION ALL
  SELECT o.account_key, 'document:' || k.document_ref AS tie
  FROM one o JOIN known_payment_account k ON k.account_key = o.account_key WHERE k.document_ref IS NOT NULL
  UNION ALL
  SELECT o.account_key, 'phone:' || k.phone AS tie
  FROM one o JOIN known_payment_account k ON k.account_key = o.account_key WHERE k.phone IS NOT NULL
  UNION ALL
  SELECT o.account_key, 'device:' || k.device_ref AS tie
  FROM one o JOIN known_payment_account k ON k.account_key = o.account_key WHERE k.device_ref IS NOT NULL
),
-- A tie that many share, such as a public pay-out point, ties nobody.
close AS (
  SELECT t.tie, MIN(t.account_key) AS first_key FROM tie t GROUP BY t.tie HAVING COUNT(*) <= 10
),
grouped AS (
  SELECT t.account_key, MIN(c.first_key) AS household FROM tie t JOIN close c ON c.tie = t.tie GROUP BY t.account_key
)
SELECT
  o.account_key,
  COALESCE(g.household, o.account_key) AS household,
  o.source_id,
  o.row,
  o.records,
  v.account_key IS NOT NULL AS is_service
FROM one o
LEFT JOIN grouped g ON g.account_key = o.account_key
LEFT JOIN service_account v ON v.account_key = o.account_key
ORDER BY o.account_key;

-- stage: followed_seed
-- Seeds from which payments are followed. A pay-out agent is no recipient: it stays named, and nothing is followed from it.
SELECT s.account_key, s.household FROM seed_account s WHERE NOT s.is_service ORDER BY s.account_key;

-- stage: direct_payer
SELECT e.debtor AS account_key, s.household, COUNT(DISTINCT s.account_key) AS seeds, SUM(e.payments) AS payments
FROM edge e
JOIN followed_seed s ON s.account_key = e.creditor
LEFT JOIN seed_account own ON own.account_key = e.debtor
LEFT JOIN service_account v ON v.account_key = e.debtor
WHERE own.account_key IS NULL AND v.account_key IS NULL
GROUP BY e.debtor, s.household
ORDER BY e.debtor, s.household;

-- stage: relay_account
-- Accounts that pay a seed and pass on about what comes in, within days.
WITH candidate AS (
  SELECT DISTINCT d.account_key FROM direct_payer d
),
incoming AS (
  SELECT e.creditor AS account_key, e.currency, COUNT(DISTINCT e.debtor) AS debtors, SUM(e.amount) AS amount
  FROM candidate c
  JOIN edge e ON e.creditor = c.account_key
  GROUP BY e.creditor, e.currency
),
outgoing AS (
  SELECT e.debtor AS account_key, e.currency, SUM(e.amount) AS amount
  FROM candidate c
  JOIN edge e ON e.debtor = c.account_key
  GROUP BY e.debtor, e.currency
),
flow AS (
  SELECT p.creditor AS account_key, p.day, p.at_us, 1 AS is_in, p.source_no, p.row, p.part
  FROM candidate c JOIN paid p ON p.creditor = c.account_key
  UNION ALL
  SELECT p.debtor AS account_key, p.day, p.at_us, 0 AS is_in, p.source_no, p.row, p.part
  FROM candidate c JOIN paid p ON p.debtor = c.account_key
),
timed AS (
  SELECT
    f.account_key, f.day, f.is_in,
    MAX(CASE WHEN f.is_in = 1 THEN f.day END) OVER (
      PARTITION BY f.account_key
      ORDER BY f.day, f.is_in DESC, f.source_no, f.row, f.part
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS last_in
  FROM flow f
),
dwell AS (
  SELECT
    t.account_key,
    COUNT(*) AS out_payments,
    SUM(CASE WHEN t.last_in IS NOT NULL AND t.day - t.last_in <= $relay_dwell_days THEN 1 ELSE 0 END) AS quick
  FROM timed t
  WHERE t.is_in = 0
  GROUP BY t.account_key
)
SELECT i.account_key, i.currency, i.debtors, i.amount AS amount_in, o.amount AS amount_out, d.out_payments, d.quick
FROM incoming i
JOIN outgoing o ON o.account_key = i.account_key AND o.currency = i.currency
JOIN dwell d ON d.account_key = i.account_key
WHERE i.debtors >= $relay_debtors_min
  AND o.amount * 100 >= i.amount * $relay_share_percent
  AND o.amount * $relay_share_percent <= i.amount * 100
  AND d.quick * 100 >= d.out_payments * $relay_share_percent
ORDER BY i.account_key, i.currency;

-- stage: connected_payer
-- Everybody within the bound: who paid a seed, and who paid an account that passes money on to one.
WITH relay AS (
  SELECT DISTINCT r.account_key FROM relay_account r
),
through AS (
  SELECT e.debtor AS account_key, d.household, SUM(e.payments) AS payments
  FROM relay r
  JOIN edge e ON e.creditor = r.account_key
  JOIN direct_payer d ON d.account_key = r.account_key
  LEFT JOIN relay own ON own.account_key = e.debtor
  LEFT JOIN seed_account s ON s.account_key = e.debtor
  LEFT JOIN service_account v ON v.account_key = e.debtor
  WHERE own.account_key IS NULL AND s.account_key IS NULL AND v.account_key IS NULL
  GROUP BY e.debtor, d.household
),
both_ways AS (
  SELECT d.account_key, d.household, d.payments, CAST(0 AS BIGINT) AS through_payments
  FROM direct_payer d
  LEFT JOIN relay r ON r.account_key = d.account_key
  WHERE r.account_key IS NULL
  UNION ALL
  SELECT t.account_key, t.household, CAST(0 AS BIGINT) AS payments, t.payments AS through_payments FROM through t
)
SELECT
  b.account_key,
  b.household,
  SUM(b.payments) AS payments,
  SUM(b.through_payments) AS through_payments
FROM both_ways b
GROUP BY b.account_key, b.household
ORDER BY b.account_key, b.household;

-- stage: co_payment
-- Other recipients of the people who paid a seed: how many of them pay it, and how often chance alone gives as many
-- (hypergeometric), over all payers of the records. log10_q is the false-discovery rate of Benjamini and Hochberg.
WITH payer AS (
  SELECT DISTINCT c.account_key FROM connected_payer c WHERE c.payments > 0
),
population AS (
  SELECT COUNT(DISTINCT e.debtor) AS people FROM edge e
),
common AS (
  SELECT e.creditor, COUNT(DISTINCT e.debtor) AS common
  FROM payer p
  JOIN edge e ON e.debtor = p.account_key
  LEFT JOIN seed_account s ON s.account_key = e.creditor
  LEFT JOIN service_account v ON v.account_key = e.creditor
  WHERE s.account_key IS NULL AND v.account_key IS NULL
  GROUP BY e.creditor
),
tested AS (
  SELECT
    c.creditor,
    c.common,
    d.debtors,
    (SELECT COUNT(*) FROM payer) AS payers,
    (SELECT n.people FROM population n) AS people,
    hypergeometric_log10(
      c.common, (SELECT COUNT(*) FROM payer), d.debtors, (SELECT n.people FROM population n)
    ) AS log10_p
  FROM common c
  JOIN creditor_degree d ON d.creditor = c.creditor
),
placed AS (
  SELECT
    t.creditor, t.common, t.debtors, t.payers, t.people, t.log10_p,
    COUNT(*) OVER () AS tests,
    RANK() OVER (ORDER BY t.log10_p) + COUNT(*) OVER (PARTITION BY t.log10_p) - 1 AS place
  FROM tested t
)
SELECT
  p.creditor,
  p.common,
  p.debtors,
  p.payers,
  p.people,
  p.tests,
  p.log10_p,
  LEAST(0.0, MIN(ROUND(p.log10_p + LOG10(CAST(p.tests AS DOUBLE) / p.place), 3)) OVER (
    ORDER BY p.log10_p DESC, p.creditor DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )) AS log10_q
FROM placed p
ORDER BY p.creditor;

-- stage: common_recipient
-- Recipients paid in common. They are no seeds: nothing is followed from them, and they may be victims.
SELECT c.creditor AS account_key, c.common, c.debtors, c.payers, c.people, c.tests, c.log10_p, c.log10_q
FROM co_payment c
WHERE c.common >= 2 AND c.log10_q <= $co_payment_log10_q
ORDER BY c.creditor;

-- stage: followed_payment
-- The payments of connected people to seeds, to accounts that pass on to seeds, and to recipients paid in common.
WITH payer AS (
  SELECT DISTINCT c.account_key FROM connected_payer c
),
target AS (
  SELECT s.account_key, 'seed' AS kind, s.household FROM followed_seed s
  UNION ALL
  SELECT DISTINCT r.account_key AS account_key, 'relay' AS kind, r.account_key AS household FROM relay_account r
  UNION ALL
  SELECT c.account_key AS account_key, 'common' AS kind, c.account_key AS household FROM common_recipient c
)
SELECT
  p.debtor AS account_key, t.kind, p.creditor, t.household, p.day, p.at_us, p.amount, p.currency, p.provider, p.is_reversed,
  n.source_id, p.row, p.part
FROM payer q
JOIN paid p ON p.debtor = q.account_key
JOIN target t ON t.account_key = p.creditor
JOIN payment_source n ON n.source_no = p.source_no
ORDER BY p.debtor, p.day, n.source_id, p.row, p.part;

-- stage: documented_relation
-- Payers whom a register or document ties to the holder of a seed.
SELECT DISTINCT c.account_key
FROM connected_payer c
JOIN known_payment_account k ON k.account_key = c.account_key
JOIN followed_seed s ON s.household = c.household
JOIN known_payment_account o ON o.account_key = s.account_key
JOIN relation r ON (r.person_ref = k.person_ref AND r.other_ref = o.person_ref)
WHERE k.person_ref IS NOT NULL AND o.person_ref IS NOT NULL
UNION
SELECT DISTINCT c.account_key
FROM connected_payer c
JOIN known_payment_account k ON k.account_key = c.account_key
JOIN followed_seed s ON s.household = c.household
JOIN known_payment_account o ON o.account_key = s.account_key
JOIN relation r ON (r.person_ref = o.person_ref AND r.other_ref = k.person_ref)
WHERE k.person_ref IS NOT NULL AND o.person_ref IS NOT NULL
ORDER BY account_key;
