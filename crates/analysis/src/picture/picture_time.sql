-- step: picture_time
-- version: 3
-- looks-for: what happened when, lane by lane: connections of each account and each line, payments out of and into each payment
--   account, reports of each account, messages to and from it (never what they say), trips of each person; counted in steps of a minute to a week, so that a million events can be looked at
-- does-not-show: who acted. The clock errors of the sources are not drawn; they stand in the proof of each record
-- inputs: session, message, trip
-- after: resolve_sessions, count_episodes, place_people, match_payments

-- stage: event
-- One row an event and lane. A payment without a time of day stands at the beginning of its day, in UTC. The nodes stand to the
-- left of each join, because that side is held in memory and they are fewer than the events.
WITH laid AS (
  SELECT 'account' AS kind, s.platform || ':' || s.account_ref AS key, 'session' AS lane, CAST(s.at_utc AS BIGINT) AS at_us,
    s.event AS what, CASE WHEN s.ip IS NOT NULL THEN 'address' END AS other_kind, s.ip AS other_key, s.device_ref,
    NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, 'session' AS table_name, s.source_id, s.row
  FROM session s
  UNION ALL
  SELECT 'account' AS kind, r.platform || ':' || r.account_ref AS key, 'report' AS lane, r.reported_us AS at_us,
    'reported' AS what, 'referral' AS other_kind, r.referral_ref AS other_key, NULLIF('', '') AS device_ref,
    NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, 'referral' AS table_name, r.source_id, r.row
  FROM reported_account r
  WHERE r.reported_us IS NOT NULL
  UNION ALL
  SELECT 'account' AS kind, m.platform || ':' || m.sender_ref AS key, 'message_out' AS lane, CAST(m.at_utc AS BIGINT) AS at_us, m.kind AS what,
    CASE WHEN m.recipient_ref IS NOT NULL THEN 'account' WHEN m.group_ref IS NOT NULL THEN 'group' END AS other_kind,
    m.platform || ':' || COALESCE(m.recipient_ref, m.group_ref) AS other_key, NULLIF('', '') AS device_ref,
    NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, 'message' AS table_name, m.source_id, m.row
  FROM message m
  UNION ALL
  SELECT 'account' AS kind, m.platform || ':' || m.recipient_ref AS key, 'message_in' AS lane, CAST(m.at_utc AS BIGINT) AS at_us, m.kind AS what,
    'account' AS other_kind, m.platform || ':' || m.sender_ref AS other_key, NULLIF('', '') AS device_ref,
    NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, 'message' AS table_name, m.source_id, m.row
  FROM message m
  WHERE m.recipient_ref IS NOT NULL
  UNION ALL
  SELECT 'person' AS kind, t.person_ref AS key, 'trip' AS lane, CAST(t.depart_utc AS BIGINT) AS at_us,
    COALESCE(t.from_place, '?') || ' - ' || COALESCE(t.to_place, '?') AS what, NULLIF('', '') AS other_kind, NULLIF('', '') AS other_key,
    NULLIF('', '') AS device_ref, NULLIF('', '') AS currency, CAST(NULL AS DECIMAL(38, 18)) AS amount, 'trip' AS table_name, t.source_id, t.row
  FROM trip t
  WHERE t.person_ref IS NOT NULL
  UNION ALL
  SELECT 'payment' AS kind, p.debtor AS key, 'paid_out' AS lane, COALESCE(p.at_us, p.day * 86400000000) AS at_us,
    CASE WHEN p.is_reversed THEN 'taken_back' ELSE 'payment' END AS what, 'payment' AS other_kind, p.creditor AS other_key,
    NULLIF('', '') AS device_ref, p.currency, CAST(p.amount AS DECIMAL(38, 18)) AS amount, 'payment' AS table_name, n.source_id, p.row
  FROM paid p
  JOIN payment_source n ON n.source_no = p.source_no
  UNION ALL
  SELECT 'payment' AS kind, p.creditor AS key, 'paid_in' AS lane, COALESCE(p.at_us, p.day * 86400000000) AS at_us,
    CASE WHEN p.is_reversed THEN 'taken_back' ELSE 'payment' END AS what, 'payment' AS other_kind, p.debtor AS other_key,
    NULLIF('', '') AS device_ref, p.currency, CAST(p.amount AS DECIMAL(38, 18)) AS amount, 'payment' AS table_name, n.source_id, p.row
  FROM paid p
  JOIN payment_source n ON n.source_no = p.source_no
),
subject AS (
  SELECT n.node_id, n.kind, n.key FROM node n WHERE n.kind IN ('account', 'payment', 'person')
),
other AS (
  SELECT n.node_id, n.kind, n.key FROM node n WHERE n.kind IN ('address', 'referral', 'payment', 'account', 'group')
),
device AS (
  SELECT n.node_id, n.key FROM node n WHERE n.kind = 'device'
),
of_node AS (
  SELECT n.node_id, l.lane, l.at_us, l.what, l.other_kind, l.other_key, l.device_ref, l.currency, l.amount, l.table_name, l.source_id,
    l.row
  FROM subject n
  JOIN laid l ON n.kind = l.kind AND n.key = l.key
),
with_other AS (
  SELECT e.node_id, e.lane, e.at_us, e.what, o.node_id AS other_id, e.device_ref, e.currency, e.amount, e.table_name, e.source_id,
    e.row
  FROM other o
  RIGHT JOIN of_node e ON o.kind = e.other_kind AND o.key = e.other_key
)
SELECT e.node_id, e.lane, e.at_us, e.what, e.other_id, d.node_id AS device_id, e.currency, e.amount, e.table_name, e.source_id,
  e.row
FROM device d
RIGHT JOIN with_other e ON d.key = e.device_ref
ORDER BY e.node_id, e.lane, e.at_us, e.source_id, e.row, e.what, e.other_id, e.currency, e.amount;

-- stage: event_count
-- The same counted in steps of so many minutes, for lanes of more events than are shown one by one (240).
WITH full_lane AS (
  SELECT e.node_id, e.lane FROM event e GROUP BY e.node_id, e.lane HAVING COUNT(*) > 240
),
minute AS (
  SELECT e.node_id, e.lane, e.at_us / 60000000 - CASE WHEN e.at_us % 60000000 < 0 THEN 1 ELSE 0 END AS bin, COUNT(*) AS events
  FROM event e
  JOIN full_lane f ON f.node_id = e.node_id AND f.lane = e.lane
  GROUP BY e.node_id, e.lane, e.at_us / 60000000 - CASE WHEN e.at_us % 60000000 < 0 THEN 1 ELSE 0 END
),
step AS (
  SELECT CAST(1 AS BIGINT) AS minutes
  UNION ALL SELECT CAST(10 AS BIGINT) AS minutes
  UNION ALL SELECT CAST(60 AS BIGINT) AS minutes
  UNION ALL SELECT CAST(360 AS BIGINT) AS minutes
  UNION ALL SELECT CAST(1440 AS BIGINT) AS minutes
  UNION ALL SELECT CAST(10080 AS BIGINT) AS minutes
),
stepped AS (
  SELECT m.node_id, m.lane, s.minutes, m.bin / s.minutes - CASE WHEN m.bin % s.minutes < 0 THEN 1 ELSE 0 END AS bin, m.events
  FROM minute m
  CROSS JOIN step s
)
SELECT s.node_id, s.lane, s.minutes, s.bin, CAST(SUM(s.events) AS BIGINT) AS events
FROM stepped s
GROUP BY s.node_id, s.lane, s.minutes, s.bin
ORDER BY s.node_id, s.lane, s.minutes, s.bin;
