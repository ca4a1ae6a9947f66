-- step: cite_records
-- version: 1
-- looks-for: the source rows that each item of evidence rests on
-- does-not-show: anything new; it weighs nothing
-- inputs: account, assignment, line, person
-- after: resolve_sessions, count_episodes, attribute_lines, place_people, attribute_people

-- stage: session_record
-- The rows behind each connection that an item of evidence rests on, of the accounts under investigation and of the
-- named accounts of linked people.
WITH our_login AS (
  SELECT p.login_id FROM primary_holding p
  UNION
  SELECT l.login_id FROM device_item d JOIN login l ON l.account_id = d.account_id AND l.device_ref = d.device_ref
  UNION
  SELECT x.login_id FROM alibi x
),
their_login AS (
  SELECT n.login_id
  FROM device_item d
  JOIN named_login n ON n.person_ref = d.person_ref AND n.device_ref = d.device_ref
  UNION
  SELECT x.named_login_id AS login_id FROM alibi x
  UNION
  SELECT n.login_id
  FROM co_presence c
  JOIN named_place n ON n.person_ref = c.person_ref AND n.line_id = c.line_id
  UNION
  SELECT n.login_id
  FROM line_guest g
  JOIN named_place n ON n.person_ref = g.person_ref AND n.line_id = g.line_id
),
ours AS (
  SELECT l.login_id, 'ours' AS side, r.source_id, r.row
  FROM our_login w
  JOIN login l ON l.login_id = w.login_id
  JOIN login_row r ON r.account_id = l.account_id AND r.at_us = l.at_us
  WHERE COALESCE(r.ip, '') = COALESCE(l.ip, '') AND (r.port IS NULL OR l.port IS NULL OR r.port = l.port)
),
theirs AS (
  SELECT n.login_id, 'theirs' AS side, r.source_id, r.row
  FROM their_login w
  JOIN named_login n ON n.login_id = w.login_id
  JOIN named_row r ON r.account_id = n.account_id AND r.at_us = n.at_us
  WHERE r.ip = n.ip AND COALESCE(r.port, -1) = COALESCE(n.port, -1)
    AND COALESCE(r.device_ref, '') = COALESCE(n.device_ref, '')
)
SELECT o.side, o.login_id, o.source_id, o.row FROM ours o
UNION ALL
SELECT t.side, t.login_id, t.source_id, t.row FROM theirs t
ORDER BY side, login_id, source_id, row;

-- stage: holding_record
-- The rows behind each holding that stands behind an episode.
WITH used AS (
  SELECT DISTINCT e.holding_id FROM episode e
)
SELECT u.holding_id, a.source_id, a.row
FROM used u
JOIN holding h ON h.holding_id = u.holding_id
JOIN line_key k ON k.line_id = h.line_id
JOIN assignment a
  ON a.operator = k.operator
  AND a.line_ref = k.line_ref
  AND ip_network(a.ip, ip_prefix_length(a.ip)) = h.network
WHERE CAST(a.from_utc AS BIGINT) >= h.from_us
  AND CAST(a.from_utc AS BIGINT) <= h.until_us
  AND COALESCE(a.port_from, -1) = COALESCE(h.port_from, -1)
  AND COALESCE(a.port_to, -1) = COALESCE(h.port_to, -1)
ORDER BY u.holding_id, a.source_id, a.row;

-- stage: citation
-- Evidence item by item: the kind, the person or line it speaks about, and the rows it rests on.
WITH line_item AS (
  SELECT 'line_episodes' AS kind, e.account_id, NULL AS person_ref, e.line_id, 'session' AS table_name, r.source_id, r.row
  FROM episode e
  JOIN primary_holding p ON p.account_id = e.account_id AND p.holding_id = e.holding_id
  JOIN session_record r ON r.side = 'ours' AND r.login_id = p.login_id
  UNION ALL
  SELECT 'line_episodes' AS kind, e.account_id, NULL AS person_ref, e.line_id, 'assignment' AS table_name, r.source_id, r.row
  FROM episode e
  JOIN holding_record r ON r.holding_id = e.holding_id
),
register_item AS (
  SELECT 'holder' AS kind, f.account_id, f.holder_ref AS person_ref, f.line_id, 'line' AS table_name, l.source_id, l.row
  FROM line_finding f
  JOIN line l ON l.operator = f.operator AND l.line_ref = f.line_ref
  WHERE f.status = 'single' AND f.holder_ref IS NOT NULL
  UNION ALL
  SELECT 'household' AS kind, k.account_id, k.person_ref, NULL AS line_id, 'person' AS table_name, p.source_id, p.row
  FROM person_link k
  JOIN person p ON p.person_ref = k.person_ref
),
device_side AS (
  SELECT 'shared_device' AS kind, d.account_id, d.person_ref, NULL AS line_id, 'session' AS table_name, r.source_id, r.row
  FROM device_item d
  JOIN login l ON l.account_id = d.account_id AND l.device_ref = d.device_ref
  JOIN session_record r ON r.side = 'ours' AND r.login_id = l.login_id
  UNION ALL
  SELECT 'shared_device' AS kind, d.account_id, d.person_ref, NULL AS line_id, 'session' AS table_name, r.source_id, r.row
  FROM device_item d
  JOIN named_login n ON n.person_ref = d.person_ref AND n.device_ref = d.device_ref
  JOIN session_record r ON r.side = 'theirs' AND r.login_id = n.login_id
),
selector_side AS (
  SELECT 'shared_selector' AS kind, s.account_id, s.person_ref, NULL AS line_id, 'account' AS table_name, a.source_id, a.row
  FROM selector_item s
  JOIN known_account k ON k.account_id = s.account_id OR k.person_ref = s.person_ref
  JOIN account a ON a.platform = k.platform AND a.account_ref = k.account_ref
  WHERE CASE s.kind WHEN 'email' THEN a.email ELSE a.phone END = s.value
),
alibi_side AS (
  SELECT 'alibi' AS kind, x.account_id, x.person_ref, NULL AS line_id, 'session' AS table_name, r.source_id, r.row
  FROM alibi x
  JOIN session_record r ON r.side = 'ours' AND r.login_id = x.login_id
  UNION ALL
  SELECT 'alibi' AS kind, x.account_id, x.person_ref, NULL AS line_id, 'session' AS table_name, r.source_id, r.row
  FROM alibi x
  JOIN session_record r ON r.side = 'theirs' AND r.login_id = x.named_login_id
),
presence_side AS (
  SELECT 'co_presence' AS kind, c.account_id, c.person_ref, NULL AS line_id, 'session' AS table_name, r.source_id, r.row
  FROM co_presence c
  JOIN named_place n ON n.person_ref = c.person_ref AND n.line_id = c.line_id
  JOIN session_record r ON r.side = 'theirs' AND r.login_id = n.login_id
),
guest_side AS (
  SELECT 'guests' AS kind, f.account_id, NULL AS person_ref, f.line_id, 'session' AS table_name, r.source_id, r.row
  FROM line_finding f
  JOIN line_guest g ON g.line_id = f.line_id
  JOIN named_place n ON n.person_ref = g.person_ref AND n.line_id = g.line_id
  JOIN session_record r ON r.side = 'theirs' AND r.login_id = n.login_id
  WHERE f.status = 'single'
),
item AS (
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM line_item i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM register_item i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM device_side i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM selector_side i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM alibi_side i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM presence_side i
  UNION ALL
  SELECT i.kind, i.account_id, i.person_ref, i.line_id, i.table_name, i.source_id, i.row FROM guest_side i
)
SELECT DISTINCT i.account_id, i.kind, i.person_ref, i.line_id, i.table_name, i.source_id, i.row
FROM item i
ORDER BY i.account_id, i.kind, i.person_ref, i.line_id, i.table_name, i.source_id, i.row;
