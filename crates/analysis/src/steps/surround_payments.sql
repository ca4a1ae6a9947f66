-- step: surround_payments
-- version: 1
-- looks-for: payments to established recipients that come near contact with them: messages between the two, log-ins of both within
--   an hour, trips of the payer; more often than the same people's contact at other times gives
-- does-not-show: what was said or agreed, or why somebody travelled. Families and partners write, call and travel around the days
--   on which they send money
-- inputs: account, session, message, trip
-- after: match_payments, tie_payments, follow_payments
-- param: near_message_hours integer default 12 range 1..240 -- hours between a payment and a message of the two that are near each other
-- param: near_login_minutes integer default 60 range 1..1440 -- minutes between log-ins of the two that are near each other, and between them and a payment
-- param: near_trip_days integer default 7 range 0..60 -- days before a trip and after it that are near it
-- param: near_payments_min integer default 3 range 1..100 -- payments near contact from which there is a pattern
-- param: near_times_min integer default 2 range 1..100 -- times as often as at the same hour of other days (or, for trips, in other months) that payments must be near contact

-- stage: platform_link
-- Accounts of online services that a register or the service itself gives to the holder of a payment account: by person, e-mail
-- address or telephone.
WITH wanted AS (
  SELECT c.account_key FROM connected_payer c
  UNION
  SELECT s.account_key FROM followed_seed s
),
known AS (
  SELECT k.account_key, k.person_ref, k.email, k.phone
  FROM wanted w
  JOIN keyed_payment_account k ON k.account_key = w.account_key
  UNION
  SELECT w.account_key, CAST(NULL AS VARCHAR) AS person_ref, SUBSTR(w.account_key, 7) AS email, CAST(NULL AS VARCHAR) AS phone
  FROM wanted w
  WHERE w.account_key LIKE 'email:%'
  UNION
  SELECT w.account_key, CAST(NULL AS VARCHAR) AS person_ref, CAST(NULL AS VARCHAR) AS email, SUBSTR(w.account_key, 7) AS phone
  FROM wanted w
  WHERE w.account_key LIKE 'phone:%'
)
SELECT k.account_key, a.platform, a.account_ref FROM known k JOIN account a ON a.person_ref = k.person_ref
UNION
SELECT k.account_key, a.platform, a.account_ref FROM known k JOIN account a ON a.email = k.email
UNION
SELECT k.account_key, a.platform, a.account_ref FROM known k JOIN account a ON a.phone = k.phone
ORDER BY account_key, platform, account_ref;

-- stage: payer_link
-- Of payers, each with the household of the seed they paid.
SELECT DISTINCT c.household, c.account_key, l.platform, l.account_ref
FROM connected_payer c
JOIN platform_link l ON l.account_key = c.account_key
ORDER BY c.household, c.account_key, l.platform, l.account_ref;

-- stage: recipient_link
SELECT DISTINCT s.household, l.platform, l.account_ref
FROM followed_seed s
JOIN platform_link l ON l.account_key = s.account_key
ORDER BY s.household, l.platform, l.account_ref;

-- stage: contact
-- Moments of contact between a payer and a household of seeds, each from when to when a payment is near it.
WITH written AS (
  SELECT p.account_key, p.household, CAST(m.at_utc AS BIGINT) AS at_us, m.source_id, m.row
  FROM payer_link p
  JOIN message m ON m.platform = p.platform AND m.sender_ref = p.account_ref
  JOIN recipient_link r ON r.household = p.household AND r.platform = m.platform AND r.account_ref = m.recipient_ref
  UNION
  SELECT p.account_key, p.household, CAST(m.at_utc AS BIGINT) AS at_us, m.source_id, m.row
  FROM recipient_link r
  JOIN message m ON m.platform = r.platform AND m.sender_ref = r.account_ref
  JOIN payer_link p ON p.household = r.household AND p.platform = m.platform AND p.account_ref = m.recipient_ref
),
own_login AS (
  SELECT p.account_key, p.household, CAST(s.at_utc AS BIGINT) AS at_us, s.source_id, s.row
  FROM payer_link p
  JOIN session s ON s.platform = p.platform AND s.account_ref = p.account_ref
),
recipient_login AS (
  SELECT r.household, CAST(s.at_utc AS BIGINT) AS at_us
  FROM recipient_link r
  JOIN session s ON s.platform = r.platform AND s.account_ref = r.account_ref
),
-- By the day and its neighbours, so that the join has an equality key; the window is at most a day.
around AS (
  SELECT l.household, l.at_us, l.at_us / 86400000000 - 1 AS day FROM recipient_login l
  UNION ALL
  SELECT l.household, l.at_us, l.at_us / 86400000000 AS day FROM recipient_login l
  UNION ALL
  SELECT l.household, l.at_us, l.at_us / 86400000000 + 1 AS day FROM recipient_login l
),
both_online AS (
  SELECT DISTINCT o.account_key, o.household, o.at_us, o.source_id, o.row
  FROM own_login o
  JOIN around h ON h.household = o.household AND h.day = o.at_us / 86400000000
  WHERE h.at_us - o.at_us BETWEEN -60000000 * $near_login_minutes AND 60000000 * $near_login_minutes
),
travelled AS (
  SELECT k.account_key, CAST(t.depart_utc AS BIGINT) AS from_us, CAST(COALESCE(t.arrive_utc, t.depart_utc) AS BIGINT) AS until_us,
    t.source_id, t.row
  FROM keyed_payment_account k
  JOIN trip t ON t.person_ref = k.person_ref
  UNION
  SELECT k.account_key, CAST(t.depart_utc AS BIGINT) AS from_us, CAST(COALESCE(t.arrive_utc, t.depart_utc) AS BIGINT) AS until_us,
    t.source_id, t.row
  FROM keyed_payment_account k
  JOIN trip t ON t.document_ref = k.document_ref
)
SELECT w.account_key, w.household, 'message' AS kind, w.at_us - 3600000000 * $near_message_hours AS from_us,
  w.at_us + 3600000000 * $near_message_hours AS until_us, w.source_id, w.row
FROM written w
UNION ALL
SELECT b.account_key, b.household, 'session' AS kind, b.at_us - 60000000 * $near_login_minutes AS from_us,
  b.at_us + 60000000 * $near_login_minutes AS until_us, b.source_id, b.row
FROM both_online b
UNION ALL
SELECT c.account_key, c.household, 'trip' AS kind, t.from_us - 86400000000 * $near_trip_days AS from_us,
  t.until_us + 86400000000 * $near_trip_days AS until_us, t.source_id, t.row
FROM connected_payer c
JOIN travelled t ON t.account_key = c.account_key
ORDER BY account_key, household, kind, from_us, source_id, row;

-- stage: compared_payment
-- Each payment at its own time, and as it would stand at the same hour of other days (for trips: in other months).
WITH shift AS (
  SELECT 'message' AS kind, days FROM (VALUES (0), (-28), (-21), (-14), (-7), (7), (14), (21), (28)) AS v (days)
  UNION ALL
  SELECT 'session' AS kind, days FROM (VALUES (0), (-28), (-21), (-14), (-7), (7), (14), (21), (28)) AS v (days)
  UNION ALL
  SELECT 'trip' AS kind, days FROM (VALUES (0), (-180), (-120), (-60), (60), (120), (180)) AS v (days)
),
contacted AS (
  SELECT DISTINCT c.account_key, c.household, c.kind FROM contact c
)
SELECT
  f.account_key, f.household, c.kind, s.days, f.at_us + s.days * 86400000000 AS at_us, f.source_id, f.row, f.part, f.amount, f.currency
FROM followed_payment f
JOIN contacted c ON c.account_key = f.account_key AND c.household = f.household
JOIN shift s ON s.kind = c.kind
WHERE f.kind = 'seed' AND f.at_us IS NOT NULL
ORDER BY f.account_key, f.household, c.kind, s.days, f.source_id, f.row, f.part;

-- stage: near_hit
-- Which of them are near contact.
SELECT DISTINCT p.account_key, p.household, p.kind, p.days, p.source_id, p.row, p.part
FROM compared_payment p
JOIN contact c ON c.account_key = p.account_key AND c.household = p.household AND c.kind = p.kind
WHERE p.at_us BETWEEN c.from_us AND c.until_us
ORDER BY p.account_key, p.household, p.kind, p.days, p.source_id, p.row, p.part;

-- stage: near_contact
-- Whether payments are near contact more often than chance: one row a payer, household and kind of contact.
WITH compared AS (
  SELECT p.account_key, p.household, p.kind,
    SUM(CASE WHEN p.days = 0 THEN 1 ELSE 0 END) AS payments,
    SUM(CASE WHEN p.days <> 0 THEN 1 ELSE 0 END) AS controls
  FROM compared_payment p
  GROUP BY p.account_key, p.household, p.kind
),
hit AS (
  SELECT h.account_key, h.household, h.kind,
    SUM(CASE WHEN h.days = 0 THEN 1 ELSE 0 END) AS near,
    SUM(CASE WHEN h.days <> 0 THEN 1 ELSE 0 END) AS near_controls
  FROM near_hit h
  GROUP BY h.account_key, h.household, h.kind
)
SELECT c.account_key, c.household, c.kind, c.payments, h.near, c.controls, h.near_controls,
  h.near >= $near_payments_min AND h.near * c.controls >= h.near_controls * c.payments * $near_times_min AS is_pattern
FROM compared c
JOIN hit h ON h.account_key = c.account_key AND h.household = c.household AND h.kind = c.kind
ORDER BY c.account_key, c.household, c.kind;

-- stage: near_record
-- The records of contact near the payments of each pattern.
SELECT DISTINCT n.account_key, n.kind, c.source_id, c.row
FROM near_contact n
JOIN compared_payment p ON p.account_key = n.account_key AND p.household = n.household AND p.kind = n.kind
JOIN contact c ON c.account_key = p.account_key AND c.household = p.household AND c.kind = p.kind
WHERE n.is_pattern AND p.days = 0 AND p.at_us BETWEEN c.from_us AND c.until_us
ORDER BY n.account_key, n.kind, c.source_id, c.row;
