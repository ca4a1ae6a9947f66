-- step: follow_payments
-- version: 2
-- looks-for: who paid recipients that other evidence has established (seeds), directly or through up to three accounts in a row that
--   pass money on, and which other recipients those payers have in common more often than chance gives
-- does-not-show: what a payment was for. Families, customers and victims of fraud pay the same recipients; a recipient may be a
--   victim. Without a seed nothing is followed, and no corridor is searched
-- inputs: payment_seed, relation
-- after: match_payments, tie_payments
-- param: service_debtors_min integer default 100 range 3..100000 -- payers from which a recipient above the 99th percentile, paid from several countries, is taken for a pay-out agent or shop
-- param: service_countries_min integer default 3 range 1..100 -- countries of those payers
-- param: rent_share_percent integer default 60 range 50..100 -- per cent of the payers of a recipient paid in common who pay monthly and alike, from which it is taken for a landlord, school or body
-- param: rent_spread_percent integer default 10 range 0..50 -- per cent by which sums may differ that are alike
-- param: relay_debtors_min integer default 2 range 1..100 -- payers of other households that an account passing money on must have
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

-- stage: payer_pair
-- Who paid whom, people of one household counted once. Money that moves inside a household is none of its payments to others.
SELECT
  e.creditor,
  COALESCE(h.household, e.debtor) AS debtor_household,
  MIN(e.debtor_country) AS debtor_country
FROM edge e
LEFT JOIN account_household h ON h.account_key = e.debtor
LEFT JOIN account_household c ON c.account_key = e.creditor
WHERE c.household IS NULL OR c.household <> COALESCE(h.household, e.debtor)
GROUP BY e.creditor, COALESCE(h.household, e.debtor)
ORDER BY e.creditor, debtor_household;

-- stage: creditor_degree
WITH by_country AS (
  SELECT p.creditor, p.debtor_country, COUNT(*) AS debtors FROM payer_pair p GROUP BY p.creditor, p.debtor_country
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
-- Each seed with its household: seeds that share a holder's details count once.
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
)
SELECT
  o.account_key,
  COALESCE(h.household, o.account_key) AS household,
  o.source_id,
  o.row,
  o.records,
  v.account_key IS NOT NULL AS is_service
FROM one o
LEFT JOIN account_household h ON h.account_key = o.account_key
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

-- stage: upstream_account
-- Accounts from which money can have reached a seed over up to three accounts in a row.
WITH one AS (
  SELECT DISTINCT d.account_key FROM direct_payer d
),
two AS (
  SELECT DISTINCT e.debtor AS account_key
  FROM one o
  JOIN edge e ON e.creditor = o.account_key
  LEFT JOIN seed_account s ON s.account_key = e.debtor
  LEFT JOIN service_account v ON v.account_key = e.debtor
  WHERE s.account_key IS NULL AND v.account_key IS NULL
),
three AS (
  SELECT DISTINCT e.debtor AS account_key
  FROM two o
  JOIN edge e ON e.creditor = o.account_key
  LEFT JOIN seed_account s ON s.account_key = e.debtor
  LEFT JOIN service_account v ON v.account_key = e.debtor
  WHERE s.account_key IS NULL AND v.account_key IS NULL
)
SELECT o.account_key FROM one o
UNION
SELECT o.account_key FROM two o
UNION
SELECT o.account_key FROM three o
ORDER BY account_key;

-- stage: passing_account
-- Those of them that pass on about what comes in, within days.
WITH payers AS (
  SELECT u.account_key, COUNT(*) AS debtors
  FROM upstream_account u
  JOIN payer_pair p ON p.creditor = u.account_key
  GROUP BY u.account_key
),
incoming AS (
  SELECT e.creditor AS account_key, e.currency, SUM(e.amount) AS amount, SUM(e.payments) AS payments
  FROM upstream_account c
  JOIN edge e ON e.creditor = c.account_key
  GROUP BY e.creditor, e.currency
),
outgoing AS (
  SELECT e.debtor AS account_key, e.currency, SUM(e.amount) AS amount
  FROM upstream_account c
  JOIN edge e ON e.debtor = c.account_key
  GROUP BY e.debtor, e.currency
),
flow AS (
  SELECT p.creditor AS account_key, p.day, 1 AS is_in, p.source_no, p.row, p.part
  FROM incoming c JOIN paid p ON p.creditor = c.account_key AND p.currency = c.currency
  UNION ALL
  SELECT p.debtor AS account_key, p.day, 0 AS is_in, p.source_no, p.row, p.part
  FROM outgoing c JOIN paid p ON p.debtor = c.account_key AND p.currency = c.currency
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
SELECT
  i.account_key, i.currency, n.debtors, i.payments AS in_payments, i.amount AS amount_in, o.amount AS amount_out, d.out_payments,
  d.quick
FROM incoming i
JOIN outgoing o ON o.account_key = i.account_key AND o.currency = i.currency
JOIN dwell d ON d.account_key = i.account_key
JOIN payers n ON n.account_key = i.account_key
WHERE n.debtors >= $relay_debtors_min
  AND o.amount * 100 >= i.amount * $relay_share_percent
  AND o.amount * $relay_share_percent <= i.amount * 100
  AND d.quick * 100 >= d.out_payments * $relay_share_percent
ORDER BY i.account_key, i.currency;

-- stage: relay_path
-- The households of seeds that accounts passing money on lead to, and over how many such accounts in a row.
WITH passing AS (
  SELECT DISTINCT p.account_key FROM passing_account p
),
one AS (
  SELECT p.account_key, d.household, CAST(1 AS BIGINT) AS level
  FROM passing p
  JOIN direct_payer d ON d.account_key = p.account_key
),
two AS (
  SELECT DISTINCT p.account_key, o.household, CAST(2 AS BIGINT) AS level
  FROM one o
  JOIN edge e ON e.creditor = o.account_key
  JOIN passing p ON p.account_key = e.debtor
),
three AS (
  SELECT DISTINCT p.account_key, o.household, CAST(3 AS BIGINT) AS level
  FROM two o
  JOIN edge e ON e.creditor = o.account_key
  JOIN passing p ON p.account_key = e.debtor
),
every AS (
  SELECT o.account_key, o.household, o.level FROM one o
  UNION ALL
  SELECT o.account_key, o.household, o.level FROM two o
  UNION ALL
  SELECT o.account_key, o.household, o.level FROM three o
)
SELECT e.account_key, e.household, MIN(e.level) AS level
FROM every e
GROUP BY e.account_key, e.household
ORDER BY e.account_key, e.household;

-- stage: relay_account
-- Accounts that pass money on to a seed, directly (level 1) or over one or two more of their kind.
WITH nearest AS (
  SELECT p.account_key, MIN(p.level) AS level FROM relay_path p GROUP BY p.account_key
)
SELECT
  p.account_key, n.level, p.currency, p.debtors, p.in_payments, p.amount_in, p.amount_out, p.out_payments, p.quick
FROM passing_account p
JOIN nearest n ON n.account_key = p.account_key
ORDER BY p.account_key, p.currency;

-- stage: relay_payment
-- The payments into and out of them.
WITH relay AS (
  SELECT DISTINCT r.account_key FROM relay_account r
)
SELECT r.account_key, true AS is_in, p.amount, p.currency, p.day, n.source_id, p.row, p.part
FROM relay r
JOIN paid p ON p.creditor = r.account_key
JOIN payment_source n ON n.source_no = p.source_no
UNION ALL
SELECT r.account_key, false AS is_in, p.amount, p.currency, p.day, n.source_id, p.row, p.part
FROM relay r
JOIN paid p ON p.debtor = r.account_key
JOIN payment_source n ON n.source_no = p.source_no
ORDER BY account_key, day, source_id, row, part, is_in;

-- stage: connected_payer
-- Everybody within the bound: who paid a seed, and who paid an account that passes money on to one.
WITH relay AS (
  SELECT DISTINCT r.account_key FROM relay_account r
),
through AS (
  SELECT e.debtor AS account_key, d.household, SUM(e.payments) AS payments
  FROM relay r
  JOIN edge e ON e.creditor = r.account_key
  JOIN relay_path d ON d.account_key = r.account_key
  LEFT JOIN relay own ON own.account_key = e.debtor
  LEFT JOIN seed_account s ON s.account_key = e.debtor
  LEFT JOIN service_account v ON v.account_key = e.debtor
  WHERE own.account_key IS NULL AND s.account_key IS NULL AND v.account_key IS NULL
  GROUP BY e.debtor, d.household
),
-- Payments that pass over an account on the way to two households are payments on the way to either.
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
-- (hypergeometric), over all payers of the records; households count once. log10_q is the false-discovery rate of Benjamini and
-- Hochberg.
WITH payer AS (
  SELECT DISTINCT COALESCE(h.household, c.account_key) AS household
  FROM connected_payer c
  LEFT JOIN account_household h ON h.account_key = c.account_key
  WHERE c.payments > 0 AND c.household <> COALESCE(h.household, c.account_key)
),
population AS (
  SELECT COUNT(DISTINCT p.debtor_household) AS people FROM payer_pair p
),
common AS (
  SELECT p.creditor, COUNT(*) AS common
  FROM payer q
  JOIN payer_pair p ON p.debtor_household = q.household
  LEFT JOIN seed_account s ON s.account_key = p.creditor
  LEFT JOIN service_account v ON v.account_key = p.creditor
  WHERE s.account_key IS NULL AND v.account_key IS NULL
  GROUP BY p.creditor
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

-- stage: rent_recipient
-- Recipients paid in common whom most payers pay monthly and alike: landlords, schools, bodies. They tie nobody together.
WITH candidate AS (
  SELECT c.creditor FROM co_payment c WHERE c.common >= 2 AND c.log10_q <= $co_payment_log10_q
),
gap AS (
  SELECT
    p.creditor, p.debtor, p.currency, p.amount,
    p.day - LAG(p.day) OVER (PARTITION BY p.creditor, p.debtor, p.currency ORDER BY p.day, p.source_no, p.row, p.part) AS days
  FROM candidate c
  JOIN paid p ON p.creditor = c.creditor
),
pair AS (
  SELECT
    g.creditor,
    g.debtor,
    MIN(g.currency) = MAX(g.currency) AS is_one_currency,
    COUNT(*) AS payments,
    SUM(CASE WHEN g.days BETWEEN 20 AND 45 THEN 1 ELSE 0 END) AS monthly,
    MIN(g.amount) AS least,
    MAX(g.amount) AS most
  FROM gap g
  GROUP BY g.creditor, g.debtor
),
judged AS (
  SELECT
    p.creditor,
    CASE
      WHEN p.is_one_currency AND p.payments >= 3 AND p.monthly * 100 >= (p.payments - 1) * 60
        AND p.most * 100 <= p.least * (100 + $rent_spread_percent) THEN 1
      ELSE 0
    END AS is_alike
  FROM pair p
)
SELECT j.creditor AS account_key, COUNT(*) AS debtors, SUM(j.is_alike) AS alike
FROM judged j
GROUP BY j.creditor
HAVING SUM(j.is_alike) >= 2 AND SUM(j.is_alike) * 100 >= COUNT(*) * $rent_share_percent
ORDER BY j.creditor;

-- stage: common_recipient
-- Recipients paid in common. They are no seeds: nothing is followed from them, and they may be victims.
SELECT c.creditor AS account_key, c.common, c.debtors, c.payers, c.people, c.tests, c.log10_p, c.log10_q
FROM co_payment c
LEFT JOIN rent_recipient r ON r.account_key = c.creditor
WHERE c.common >= 2 AND c.log10_q <= $co_payment_log10_q AND r.account_key IS NULL
ORDER BY c.creditor;

-- stage: followed_payment
-- The payments of connected people to seeds, to accounts that pass on to seeds, and to recipients paid in common.
WITH payer AS (
  SELECT DISTINCT c.account_key FROM connected_payer c
),
target AS (
  SELECT s.account_key, 'seed' AS kind, s.household FROM followed_seed s
  UNION ALL
  SELECT DISTINCT r.account_key AS account_key, 'relay' AS kind, 'relay ' || r.account_key AS household FROM relay_account r
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
ORDER BY p.debtor, p.day, n.source_id, p.row, p.part, t.kind, t.household;

-- stage: documented_relation
-- Payers whom a register or document ties to the holder of a seed, or who share details with that holder.
SELECT c.account_key
FROM connected_payer c
JOIN known_payment_account k ON k.account_key = c.account_key
JOIN followed_seed s ON s.household = c.household
JOIN known_payment_account o ON o.account_key = s.account_key
JOIN relation r ON (r.person_ref = k.person_ref AND r.other_ref = o.person_ref)
WHERE k.person_ref IS NOT NULL AND o.person_ref IS NOT NULL
UNION
SELECT c.account_key
FROM connected_payer c
JOIN known_payment_account k ON k.account_key = c.account_key
JOIN followed_seed s ON s.household = c.household
JOIN known_payment_account o ON o.account_key = s.account_key
JOIN relation r ON (r.person_ref = o.person_ref AND r.other_ref = k.person_ref)
WHERE k.person_ref IS NOT NULL AND o.person_ref IS NOT NULL
UNION
SELECT c.account_key
FROM connected_payer c
JOIN account_household h ON h.account_key = c.account_key AND h.household = c.household
ORDER BY account_key;

-- stage: payer_household
-- Payers who share details with other payers around the same seeds.
WITH payer AS (
  SELECT DISTINCT c.account_key, h.household
  FROM connected_payer c
  JOIN account_household h ON h.account_key = c.account_key
),
together AS (
  SELECT p.household, COUNT(*) AS payers FROM payer p GROUP BY p.household HAVING COUNT(*) >= 2
)
SELECT p.account_key, p.household, t.payers
FROM payer p
JOIN together t ON t.household = p.household
ORDER BY p.account_key;
