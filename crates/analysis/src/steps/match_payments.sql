-- step: match_payments
-- version: 1
-- looks-for: the two sides of one payment in different sources, joined into one payment that keeps all its sources, and the
--   payments that were taken back
-- does-not-show: that two records without a reference in common and without two sides are one payment. Such records stay two
-- inputs: payment
-- param: match_days_max integer default 5 range 0..60 -- days between the records of one payment that share a reference; banks settle within days
-- param: reversal_days_max integer default 120 range 1..800 -- days within which a reversal belongs to a payment of the same accounts and amount; charge-backs are open for four months

-- stage: payment_source
-- Sources by a number of this run, so that ten million rows need not carry a digest each.
WITH named AS (
  SELECT DISTINCT p.source_id FROM payment p
)
SELECT CAST(ROW_NUMBER() OVER (ORDER BY n.source_id) AS BIGINT) AS source_no, n.source_id
FROM named n
ORDER BY source_no;

-- stage: payment_record
-- Every record that moves money, with what identifies it and its accounts. An IBAN, an e-mail address, a telephone number or a
-- document means the same everywhere; any other number means something at its provider only.
WITH parts AS (
  SELECT
    p.source_id, p.row, p.payment_ref, p.at_utc, p.booked_date, p.value_date, p.amount, p.currency, p.side, p.status,
    p.is_reversal, p.related_ref, p.debtor_account, p.debtor_provider, p.debtor_country, p.creditor_account,
    p.creditor_provider, p.creditor_country, p.provider, p.uetr, p.end_to_end_ref, p.transaction_ref,
    CAST(1 AS BIGINT) AS part
  FROM payment p
  WHERE p.batch_role IS NULL
  UNION ALL
  SELECT
    p.source_id, p.row, p.payment_ref, p.at_utc, p.booked_date, p.value_date, p.amount, p.currency, p.side, p.status,
    p.is_reversal, p.related_ref, p.debtor_account, p.debtor_provider, p.debtor_country, p.creditor_account,
    p.creditor_provider, p.creditor_country, p.provider, p.uetr, p.end_to_end_ref, p.transaction_ref,
    CAST(ROW_NUMBER() OVER (
      PARTITION BY p.source_id, p.row
      ORDER BY p.amount, p.currency, p.debtor_account, p.creditor_account, p.end_to_end_ref, p.creditor_name, p.debtor_name
    ) AS BIGINT) AS part
  FROM payment p
  WHERE p.batch_role = 'item'
)
SELECT
  n.source_no,
  p.row,
  p.part,
  CAST(p.at_utc AS BIGINT) AS at_us,
  COALESCE(
    CAST(p.at_utc AS BIGINT) / 86400000000,
    CAST(CAST(p.booked_date AS INT) AS BIGINT),
    CAST(CAST(p.value_date AS INT) AS BIGINT)
  ) AS day,
  p.amount,
  p.currency,
  p.side,
  CASE
    WHEN p.debtor_account IS NULL THEN NULL
    WHEN p.debtor_account LIKE 'email:%' OR p.debtor_account LIKE 'phone:%' OR p.debtor_account LIKE 'document:%'
      THEN p.debtor_account
    WHEN CHARACTER_LENGTH(p.debtor_account) BETWEEN 15 AND 34 AND SUBSTR(p.debtor_account, 1, 2) BETWEEN 'AA' AND 'ZZ'
      AND SUBSTR(p.debtor_account, 3, 2) BETWEEN '00' AND '99' THEN p.debtor_account
    ELSE COALESCE(p.debtor_provider, p.provider, '') || '/' || p.debtor_account
  END AS debtor,
  CASE
    WHEN p.creditor_account IS NULL THEN NULL
    WHEN p.creditor_account LIKE 'email:%' OR p.creditor_account LIKE 'phone:%' OR p.creditor_account LIKE 'document:%'
      THEN p.creditor_account
    WHEN CHARACTER_LENGTH(p.creditor_account) BETWEEN 15 AND 34 AND SUBSTR(p.creditor_account, 1, 2) BETWEEN 'AA' AND 'ZZ'
      AND SUBSTR(p.creditor_account, 3, 2) BETWEEN '00' AND '99' THEN p.creditor_account
    ELSE COALESCE(p.creditor_provider, p.provider, '') || '/' || p.creditor_account
  END AS creditor,
  p.debtor_country,
  p.creditor_country,
  p.provider,
  COALESCE(p.status, 'information') AS status,
  COALESCE(p.is_reversal, false) AS is_reversal,
  p.related_ref,
  p.payment_ref,
  p.uetr,
  p.end_to_end_ref,
  p.transaction_ref
FROM payment_source n
JOIN parts p ON p.source_id = n.source_id
WHERE COALESCE(p.status, 'information') <> 'rejected'
ORDER BY n.source_no, p.row, p.part;

-- stage: shared_reference
-- References that stand in more than one source. UETR first: it is unique in the world.
WITH named AS (
  SELECT CAST(1 AS BIGINT) AS rule, r.uetr AS reference, r.source_no FROM payment_record r WHERE r.uetr IS NOT NULL
  UNION ALL
  SELECT CAST(2 AS BIGINT) AS rule, r.end_to_end_ref AS reference, r.source_no FROM payment_record r WHERE r.end_to_end_ref IS NOT NULL
  UNION ALL
  SELECT CAST(3 AS BIGINT) AS rule, r.transaction_ref AS reference, r.source_no FROM payment_record r WHERE r.transaction_ref IS NOT NULL
  UNION ALL
  SELECT CAST(4 AS BIGINT) AS rule, r.payment_ref AS reference, r.source_no FROM payment_record r WHERE r.payment_ref IS NOT NULL
)
SELECT n.rule, n.reference
FROM named n
GROUP BY n.rule, n.reference
HAVING MIN(n.source_no) <> MAX(n.source_no)
ORDER BY n.rule, n.reference;

-- stage: payment_group
-- Records that are one payment: the same reference, amount and currency in different sources, no two from one source, no two
-- accounts on one side; or the two sides of the same accounts, amount and day.
WITH by_reference AS (
  SELECT r.source_no, r.row, r.part, s.rule, s.reference AS key, r.amount, r.currency, r.day, r.debtor, r.creditor, r.is_reversal
  FROM shared_reference s
  JOIN payment_record r ON r.uetr = s.reference
  WHERE s.rule = 1
  UNION ALL
  SELECT r.source_no, r.row, r.part, s.rule, s.reference AS key, r.amount, r.currency, r.day, r.debtor, r.creditor, r.is_reversal
  FROM shared_reference s
  JOIN payment_record r ON r.end_to_end_ref = s.reference
  WHERE s.rule = 2
  UNION ALL
  SELECT r.source_no, r.row, r.part, s.rule, s.reference AS key, r.amount, r.currency, r.day, r.debtor, r.creditor, r.is_reversal
  FROM shared_reference s
  JOIN payment_record r ON r.transaction_ref = s.reference
  WHERE s.rule = 3
  UNION ALL
  SELECT r.source_no, r.row, r.part, s.rule, s.reference AS key, r.amount, r.currency, r.day, r.debtor, r.creditor, r.is_reversal
  FROM shared_reference s
  JOIN payment_record r ON r.payment_ref = s.reference
  WHERE s.rule = 4
  UNION ALL
  SELECT
    r.source_no, r.row, r.part, CAST(5 AS BIGINT) AS rule, r.debtor || ' ' || r.creditor || ' ' || CAST(r.day AS VARCHAR) AS key,
    r.amount, r.currency, r.day, r.debtor, r.creditor, r.is_reversal
  FROM payment_record r
  WHERE r.side IS NOT NULL AND r.debtor IS NOT NULL AND r.creditor IS NOT NULL
),
numbered AS (
  SELECT
    b.source_no, b.row, b.part, b.rule, b.key, b.amount, b.currency, b.day, b.debtor, b.creditor, b.is_reversal,
    ROW_NUMBER() OVER (
      PARTITION BY b.rule, b.key, b.amount, b.currency, b.is_reversal, b.source_no ORDER BY b.day, b.row, b.part
    ) AS nth
  FROM by_reference b
),
grouped AS (
  SELECT n.rule, n.key, n.amount, n.currency, n.is_reversal, n.nth
  FROM numbered n
  GROUP BY n.rule, n.key, n.amount, n.currency, n.is_reversal, n.nth
  HAVING MIN(n.source_no) <> MAX(n.source_no)
    AND COALESCE(MIN(n.debtor) = MAX(n.debtor), true)
    AND COALESCE(MIN(n.creditor) = MAX(n.creditor), true)
    AND MAX(n.day) - MIN(n.day) <= $match_days_max
),
member AS (
  SELECT
    n.source_no, n.row, n.part, n.rule,
    FIRST_VALUE(n.source_no) OVER (
      PARTITION BY n.rule, n.key, n.amount, n.currency, n.is_reversal, n.nth ORDER BY n.source_no, n.row, n.part
    ) AS first_source,
    FIRST_VALUE(n.row) OVER (
      PARTITION BY n.rule, n.key, n.amount, n.currency, n.is_reversal, n.nth ORDER BY n.source_no, n.row, n.part
    ) AS first_row,
    FIRST_VALUE(n.part) OVER (
      PARTITION BY n.rule, n.key, n.amount, n.currency, n.is_reversal, n.nth ORDER BY n.source_no, n.row, n.part
    ) AS first_part
  FROM grouped g
  JOIN numbered n ON g.rule = n.rule AND g.key = n.key AND g.amount = n.amount AND g.currency = n.currency
    AND g.is_reversal = n.is_reversal AND g.nth = n.nth
),
ranked AS (
  SELECT
    m.source_no, m.row, m.part, m.rule, m.first_source, m.first_row, m.first_part,
    ROW_NUMBER() OVER (PARTITION BY m.source_no, m.row, m.part ORDER BY m.first_source, m.first_row, m.first_part, m.rule)
      AS place
  FROM member m
)
SELECT r.source_no, r.row, r.part, r.rule, r.first_source, r.first_row, r.first_part
FROM ranked r
WHERE r.place = 1
ORDER BY r.source_no, r.row, r.part;

-- stage: payment_joined
-- What the sources of one payment say together.
SELECT
  g.first_source,
  g.first_row,
  g.first_part,
  COUNT(*) AS records,
  COUNT(DISTINCT g.source_no) AS sources,
  MIN(r.at_us) AS at_us,
  MIN(r.day) AS day,
  MAX(r.debtor) AS debtor,
  MAX(r.creditor) AS creditor,
  MAX(r.debtor_country) AS debtor_country,
  MAX(r.creditor_country) AS creditor_country,
  MAX(r.provider) AS provider,
  MAX(CASE WHEN r.status = 'reversed' THEN 1 ELSE 0 END) AS reversed
FROM payment_group g
JOIN payment_record r ON r.source_no = g.source_no AND r.row = g.row AND r.part = g.part
GROUP BY g.first_source, g.first_row, g.first_part
ORDER BY g.first_source, g.first_row, g.first_part;

-- stage: reversal
-- Records that take a payment back, by its reference or by its accounts and amount.
SELECT r.source_no, r.row, r.part, r.day, r.related_ref, r.debtor, r.creditor, r.amount, r.currency
FROM payment_record r
LEFT JOIN payment_group g ON g.source_no = r.source_no AND g.row = r.row AND g.part = r.part
WHERE r.is_reversal
  AND (g.source_no IS NULL OR (g.first_source = g.source_no AND g.first_row = g.row AND g.first_part = g.part))
ORDER BY r.source_no, r.row, r.part;

-- stage: reversed_payment
-- The payment that each reversal takes back: the one it names; else the last one before it of the same accounts and amount.
WITH named AS (
  SELECT DISTINCT r.source_no, r.row, r.part
  FROM reversal v
  JOIN payment_record r ON v.related_ref = r.payment_ref AND v.currency = r.currency
  WHERE NOT r.is_reversal
),
possible AS (
  SELECT
    r.source_no, r.row, r.part,
    ROW_NUMBER() OVER (PARTITION BY v.source_no, v.row, v.part ORDER BY r.day DESC, r.source_no, r.row, r.part) AS place
  FROM reversal v
  JOIN payment_record r ON v.debtor = r.debtor AND v.creditor = r.creditor AND v.amount = r.amount AND v.currency = r.currency
  WHERE NOT r.is_reversal AND v.related_ref IS NULL AND r.day <= v.day AND v.day - r.day <= $reversal_days_max
)
SELECT n.source_no, n.row, n.part FROM named n
UNION
SELECT p.source_no, p.row, p.part FROM possible p WHERE p.place = 1
ORDER BY source_no, row, part;

-- stage: reversed_record
-- The same by the first record of the payment.
SELECT DISTINCT
  COALESCE(g.first_source, x.source_no) AS source_no,
  COALESCE(g.first_row, x.row) AS row,
  COALESCE(g.first_part, x.part) AS part
FROM reversed_payment x
LEFT JOIN payment_group g ON g.source_no = x.source_no AND g.row = x.row AND g.part = x.part
ORDER BY source_no, row, part;

-- stage: paid
-- One row a payment, with both accounts known. Reversals are no payments; what they take back is marked.
SELECT
  r.source_no,
  r.row,
  r.part,
  COALESCE(j.at_us, r.at_us) AS at_us,
  COALESCE(j.day, r.day) AS day,
  r.amount,
  r.currency,
  COALESCE(j.debtor, r.debtor) AS debtor,
  COALESCE(j.creditor, r.creditor) AS creditor,
  COALESCE(j.debtor_country, r.debtor_country) AS debtor_country,
  COALESCE(j.provider, r.provider) AS provider,
  (r.status = 'reversed' OR COALESCE(j.reversed, 0) = 1 OR x.source_no IS NOT NULL) AS is_reversed,
  COALESCE(j.sources, 1) AS sources
FROM payment_record r
LEFT JOIN payment_group g ON g.source_no = r.source_no AND g.row = r.row AND g.part = r.part
LEFT JOIN payment_joined j ON j.first_source = r.source_no AND j.first_row = r.row AND j.first_part = r.part
LEFT JOIN reversed_record x ON x.source_no = r.source_no AND x.row = r.row AND x.part = r.part
WHERE NOT r.is_reversal
  AND (g.source_no IS NULL OR (g.first_source = g.source_no AND g.first_row = g.row AND g.first_part = g.part))
  AND COALESCE(j.debtor, r.debtor) IS NOT NULL
  AND COALESCE(j.creditor, r.creditor) IS NOT NULL
  AND COALESCE(j.debtor, r.debtor) <> COALESCE(j.creditor, r.creditor)
  AND COALESCE(j.day, r.day) IS NOT NULL
ORDER BY r.source_no, r.row, r.part;
