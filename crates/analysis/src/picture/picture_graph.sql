-- step: picture_graph
-- version: 2
-- looks-for: what is tied to what, by records and by findings: accounts, people, lines, devices, addresses, selectors, referrals,
--   households and payment accounts, and how many records say each tie
-- does-not-show: that a tie means anything. Two accounts on one address at different times may be two strangers, and everybody
--   pays a pay-out agent; what a tie weighs stands in the lead, or nowhere
-- inputs: account, session, mention, referral, line, person, relation, payment_account, message, trip
-- after: resolve_sessions, count_episodes, attribute_lines, place_people, attribute_people, match_payments, follow_payments, weigh_payments

-- stage: reported_account
-- Which referral reports which account. A mention belongs to the last referral before it in its source: that is how the readers
-- number the rows of a report.
WITH laid AS (
  SELECT r.source_id, r.row, CAST(0 AS BIGINT) AS place, r.row AS referral_row, NULLIF('', '') AS value FROM referral r
  UNION ALL
  SELECT m.source_id, m.row, CAST(1 AS BIGINT) AS place, CAST(NULL AS BIGINT) AS referral_row, m.value
  FROM mention m
  WHERE m.kind = 'account' AND m.role = 'reported'
),
filled AS (
  SELECT
    l.source_id, l.place, l.value,
    MAX(l.referral_row) OVER (
      PARTITION BY l.source_id ORDER BY l.row, l.place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS referral_row
  FROM laid l
),
reporting AS (
  SELECT DISTINCT r.referral_ref, r.reported_utc, r.source_id, r.row, f.value
  FROM filled f
  JOIN referral r ON r.source_id = f.source_id AND r.row = f.referral_row
  WHERE f.place = 1
)
SELECT p.referral_ref, CAST(p.reported_utc AS BIGINT) AS reported_us, p.source_id, p.row, k.platform, k.account_ref
FROM reporting p
JOIN known_account k ON p.value = k.platform || ':' || k.account_ref
UNION
SELECT p.referral_ref, CAST(p.reported_utc AS BIGINT) AS reported_us, p.source_id, p.row, k.platform, k.account_ref
FROM reporting p
JOIN known_account k ON p.value = k.account_ref
ORDER BY referral_ref, platform, account_ref, source_id, row;

-- stage: keyed_payment_account
-- Payment accounts by the key that payments use.
SELECT DISTINCT
  CASE
    WHEN a.account_kind IN ('iban', 'email', 'phone', 'document') THEN a.account_ref
    ELSE COALESCE(a.provider, '') || '/' || a.account_ref
  END AS account_key,
  a.email, a.phone, a.document_ref, a.device_ref, a.payout_ref, a.person_ref, a.country
FROM payment_account a
ORDER BY account_key, a.email, a.phone, a.document_ref, a.device_ref, a.payout_ref, a.person_ref, a.country;

-- stage: tie
-- Every tie, from the first to the second. The counts are those of records; a finding counts none of its own.
WITH of_account AS (
  SELECT 'account' AS a_kind, a.platform || ':' || a.account_ref AS a_key, 'person' AS b_kind, a.person_ref AS b_key,
    'named_holder' AS tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM account a
  WHERE a.person_ref IS NOT NULL
  GROUP BY a.platform, a.account_ref, a.person_ref
  UNION ALL
  SELECT 'account' AS a_kind, a.platform || ':' || a.account_ref AS a_key, 'selector' AS b_kind, 'email:' || a.email AS b_key,
    'states' AS tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM account a
  WHERE a.email IS NOT NULL
  GROUP BY a.platform, a.account_ref, a.email
  UNION ALL
  SELECT 'account' AS a_kind, a.platform || ':' || a.account_ref AS a_key, 'selector' AS b_kind, 'phone:' || a.phone AS b_key,
    'states' AS tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM account a
  WHERE a.phone IS NOT NULL
  GROUP BY a.platform, a.account_ref, a.phone
),
of_session AS (
  SELECT 'account' AS a_kind, s.platform || ':' || s.account_ref AS a_key, 'device' AS b_kind, s.device_ref AS b_key,
    'used_device' AS tie, COUNT(*) AS records, CAST(MIN(s.at_utc) AS BIGINT) AS first_us, CAST(MAX(s.at_utc) AS BIGINT) AS last_us
  FROM session s
  WHERE s.device_ref IS NOT NULL
  GROUP BY s.platform, s.account_ref, s.device_ref
  UNION ALL
  SELECT 'account' AS a_kind, s.platform || ':' || s.account_ref AS a_key, 'address' AS b_kind, s.ip AS b_key,
    'connected_from' AS tie, COUNT(*) AS records, CAST(MIN(s.at_utc) AS BIGINT) AS first_us, CAST(MAX(s.at_utc) AS BIGINT) AS last_us
  FROM session s
  WHERE s.ip IS NOT NULL
  GROUP BY s.platform, s.account_ref, s.ip
),
of_referral AS (
  SELECT 'referral' AS a_kind, r.referral_ref AS a_key, 'account' AS b_kind, r.platform || ':' || r.account_ref AS b_key,
    'reports' AS tie, COUNT(*) AS records, MIN(r.reported_us) AS first_us, MAX(r.reported_us) AS last_us
  FROM reported_account r
  GROUP BY r.referral_ref, r.platform, r.account_ref
),
of_register AS (
  SELECT 'line' AS a_kind, l.operator || '/' || l.line_ref AS a_key, 'person' AS b_kind, l.holder_ref AS b_key,
    'line_holder' AS tie, COUNT(*) AS records, CAST(MIN(l.from_utc) AS BIGINT) AS first_us, CAST(MAX(l.until_utc) AS BIGINT) AS last_us
  FROM line l
  WHERE l.holder_ref IS NOT NULL
  GROUP BY l.operator, l.line_ref, l.holder_ref
  UNION ALL
  SELECT 'person' AS a_kind, p.person_ref AS a_key, 'household' AS b_kind, p.household_ref AS b_key,
    'lives_in' AS tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM person p
  WHERE p.household_ref IS NOT NULL
  GROUP BY p.person_ref, p.household_ref
  UNION ALL
  SELECT 'person' AS a_kind, r.person_ref AS a_key, 'person' AS b_kind, r.other_ref AS b_key,
    'related' AS tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM relation r
  WHERE r.person_ref <> r.other_ref
  GROUP BY r.person_ref, r.other_ref
),
of_message AS (
  SELECT 'account' AS a_kind, m.platform || ':' || m.sender_ref AS a_key, 'account' AS b_kind,
    m.platform || ':' || m.recipient_ref AS b_key, 'wrote_to' AS tie, COUNT(*) AS records,
    CAST(MIN(m.at_utc) AS BIGINT) AS first_us, CAST(MAX(m.at_utc) AS BIGINT) AS last_us
  FROM message m
  WHERE m.recipient_ref IS NOT NULL AND m.recipient_ref <> m.sender_ref
  GROUP BY m.platform, m.sender_ref, m.recipient_ref
  UNION ALL
  SELECT 'account' AS a_kind, m.platform || ':' || m.sender_ref AS a_key, 'group' AS b_kind,
    m.platform || ':' || m.group_ref AS b_key, 'wrote_in' AS tie, COUNT(*) AS records,
    CAST(MIN(m.at_utc) AS BIGINT) AS first_us, CAST(MAX(m.at_utc) AS BIGINT) AS last_us
  FROM message m
  WHERE m.group_ref IS NOT NULL
  GROUP BY m.platform, m.sender_ref, m.group_ref
  UNION ALL
  SELECT 'person' AS a_kind, t.person_ref AS a_key, 'selector' AS b_kind, 'document:' || t.document_ref AS b_key,
    'travelled_with' AS tie, COUNT(*) AS records, CAST(MIN(t.depart_utc) AS BIGINT) AS first_us, CAST(MAX(t.depart_utc) AS BIGINT) AS last_us
  FROM trip t
  WHERE t.person_ref IS NOT NULL AND t.document_ref IS NOT NULL
  GROUP BY t.person_ref, t.document_ref
),
seen_on AS (
  SELECT 'account' AS a_kind, k.platform || ':' || k.account_ref AS a_key, 'line' AS b_kind, l.operator || '/' || l.line_ref AS b_key,
    'seen_on' AS tie, COUNT(*) AS records, MIN(n.at_us) AS first_us, MAX(n.at_us) AS last_us
  FROM named_place n
  JOIN known_account k ON k.account_id = n.account_id
  JOIN known_line l ON l.line_id = n.line_id
  GROUP BY k.platform, k.account_ref, l.operator, l.line_ref
),
of_payment_account AS (
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'person' AS b_kind, p.person_ref AS b_key, 'payment_holder' AS tie
  FROM keyed_payment_account p WHERE p.person_ref IS NOT NULL
  UNION ALL
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'device' AS b_kind, p.device_ref AS b_key, 'registered_with' AS tie
  FROM keyed_payment_account p WHERE p.device_ref IS NOT NULL
  UNION ALL
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'selector' AS b_kind, 'email:' || p.email AS b_key, 'registered_with' AS tie
  FROM keyed_payment_account p WHERE p.email IS NOT NULL
  UNION ALL
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'selector' AS b_kind, 'phone:' || p.phone AS b_key, 'registered_with' AS tie
  FROM keyed_payment_account p WHERE p.phone IS NOT NULL
  UNION ALL
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'selector' AS b_kind, 'document:' || p.document_ref AS b_key, 'registered_with' AS tie
  FROM keyed_payment_account p WHERE p.document_ref IS NOT NULL
  UNION ALL
  SELECT 'payment' AS a_kind, p.account_key AS a_key, 'selector' AS b_kind, 'payout:' || p.payout_ref AS b_key, 'registered_with' AS tie
  FROM keyed_payment_account p WHERE p.payout_ref IS NOT NULL
),
plain AS (
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM of_account t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM of_session t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM of_referral t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM of_register t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM seen_on t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.records, t.first_us, t.last_us FROM of_message t
  UNION ALL
  SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, COUNT(*) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM of_payment_account t
  GROUP BY t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie
),
full_tie AS (
  SELECT p.a_kind, p.a_key, p.b_kind, p.b_key, p.tie, NULLIF('', '') AS status, CAST(NULL AS DOUBLE) AS log10_lr,
    NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, p.records, p.first_us, p.last_us
  FROM plain p
  UNION ALL
  SELECT 'account' AS a_kind, k.platform || ':' || k.account_ref AS a_key, 'line' AS b_kind, f.operator || '/' || f.line_ref AS b_key,
    'resolved' AS tie, f.status, f.log10_lr, NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount,
    CAST(f.logins AS BIGINT) AS records, f.first_us, f.last_us
  FROM line_finding f
  JOIN known_account k ON k.account_id = f.account_id
  UNION ALL
  SELECT 'account' AS a_kind, k.platform || ':' || k.account_ref AS a_key, 'person' AS b_kind, f.person_ref AS b_key,
    'attributed' AS tie, NULLIF('', '') AS status, f.log10_lr, NULLIF('', '') AS currency,
    CAST(NULL AS DECIMAL(38, 18)) AS amount, CAST(0 AS BIGINT) AS records, CAST(NULL AS BIGINT) AS first_us, CAST(NULL AS BIGINT) AS last_us
  FROM person_finding f
  JOIN known_account k ON k.account_id = f.account_id
  UNION ALL
  SELECT 'payment' AS a_kind, e.debtor AS a_key, 'payment' AS b_kind, e.creditor AS b_key, 'paid' AS tie,
    CASE WHEN e.reversed > 0 THEN 'reversed' END AS status, CAST(NULL AS DOUBLE) AS log10_lr, e.currency,
    CAST(e.amount AS DECIMAL(38, 18)) AS amount, CAST(e.payments AS BIGINT) AS records,
    e.first_day * 86400000000 AS first_us, e.last_day * 86400000000 AS last_us
  FROM edge e
)
SELECT t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.status, t.log10_lr, t.currency, t.amount, t.records, t.first_us, t.last_us
FROM full_tie t
ORDER BY t.a_kind, t.a_key, t.b_kind, t.b_key, t.tie, t.currency;

-- stage: node
-- Everything that has a tie or is known by itself, numbered. It is of note where it is under investigation, or a lead is about it.
WITH named AS (
  SELECT t.a_kind AS kind, t.a_key AS key FROM tie t
  UNION
  SELECT t.b_kind AS kind, t.b_key AS key FROM tie t
  UNION
  SELECT 'account' AS kind, k.platform || ':' || k.account_ref AS key FROM known_account k
  UNION
  SELECT 'line' AS kind, l.operator || '/' || l.line_ref AS key FROM known_line l
  UNION
  SELECT 'payment' AS kind, p.account_key AS key FROM payment_lead p
  UNION
  SELECT 'account' AS kind, m.platform || ':' || m.sender_ref AS key FROM message m
  UNION
  SELECT 'person' AS kind, t.person_ref AS key FROM trip t WHERE t.person_ref IS NOT NULL
),
investigated AS (
  SELECT 'account' AS kind, k.platform || ':' || k.account_ref AS key FROM known_account k WHERE k.investigated
),
of_lead AS (
  SELECT p.account_key, MIN(p.role) AS role, MIN(p.outcome) AS outcome, MIN(p.reason) AS reason, MIN(p.log10_lr) AS log10_lr
  FROM payment_lead p
  GROUP BY p.account_key
),
pays_out AS (
  SELECT DISTINCT s.account_key FROM service_account s
),
access AS (
  SELECT l.operator || '/' || l.line_ref AS key, MIN(l.access_kind) AS access_kind FROM known_line l GROUP BY l.operator, l.line_ref
),
linked AS (
  SELECT DISTINCT f.person_ref FROM person_finding f
),
found AS (
  SELECT DISTINCT f.operator || '/' || f.line_ref AS key FROM line_finding f
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY n.kind, n.key) AS BIGINT) AS node_id,
  n.kind,
  n.key,
  i.key IS NOT NULL AS investigated,
  i.key IS NOT NULL OR p.account_key IS NOT NULL OR w.person_ref IS NOT NULL OR f.key IS NOT NULL AS of_note,
  CASE WHEN s.account_key IS NOT NULL THEN 'service' ELSE p.role END AS role,
  p.outcome,
  p.reason,
  p.log10_lr,
  a.access_kind
FROM named n
LEFT JOIN investigated i ON i.kind = n.kind AND i.key = n.key
LEFT JOIN of_lead p ON n.kind = 'payment' AND p.account_key = n.key
LEFT JOIN pays_out s ON n.kind = 'payment' AND s.account_key = n.key
LEFT JOIN access a ON n.kind = 'line' AND a.key = n.key
LEFT JOIN linked w ON n.kind = 'person' AND w.person_ref = n.key
LEFT JOIN found f ON n.kind = 'line' AND f.key = n.key
ORDER BY n.kind, n.key;

-- stage: tie_from
-- The ties with the number of the node that they start from.
SELECT n.node_id AS from_id, n.of_note AS from_note, t.a_kind, t.b_kind, t.b_key, t.tie, t.status, t.log10_lr, t.currency, t.amount,
  t.records, t.first_us, t.last_us
FROM tie t
JOIN node n ON n.kind = t.a_kind AND n.key = t.a_key
ORDER BY from_id, t.b_kind, t.b_key, t.tie, t.currency;

-- stage: numbered_tie
-- The same with the number of the node that they lead to.
SELECT t.from_id, t.from_note, t.a_kind AS from_kind, n.node_id AS to_id, n.of_note AS to_note, t.b_kind AS to_kind, t.tie, t.status,
  t.log10_lr, t.currency, t.amount, t.records, t.first_us, t.last_us
FROM tie_from t
JOIN node n ON n.kind = t.b_kind AND n.key = t.b_key
ORDER BY t.from_id, to_id, t.tie, t.currency;

-- stage: neighbour
-- Each tie from both of its ends.
WITH ended AS (
  SELECT t.from_id AS node_id, t.to_id AS other_id, t.to_kind AS other_kind, t.to_note AS note, TRUE AS outward,
    t.tie, t.status, t.log10_lr, t.currency, t.amount, t.records, t.first_us, t.last_us
  FROM numbered_tie t
  UNION ALL
  SELECT t.to_id AS node_id, t.from_id AS other_id, t.from_kind AS other_kind, t.from_note AS note, FALSE AS outward,
    t.tie, t.status, t.log10_lr, t.currency, t.amount, t.records, t.first_us, t.last_us
  FROM numbered_tie t
)
SELECT e.node_id, e.other_kind, e.other_id, e.note, e.outward, e.tie, e.status, e.log10_lr, e.currency, e.amount, e.records,
  e.first_us, e.last_us
FROM ended e
ORDER BY e.node_id, e.other_kind, e.other_id, e.tie, e.outward, e.currency;
