-- step: resolve_sessions
-- version: 2
-- looks-for: the assignments that can have held the address and port of each connection of an account under
--   investigation, at its time and within the error of its clock
-- does-not-show: who used the line; what happened on an address whose assignments were not supplied or are no
--   longer kept. A connection with several candidates is evidence for a set, never for one of them
-- inputs: account, session, assignment, mention, request, reply
-- param: clock_error_default_s integer default 10 range 0..3600 -- seconds; the clock error of a session whose source states none (74 % of sampled servers were within 10 s of UTC: Buchholz and Tjaden, DFRWS 2007)
-- param: zone_doubt_s integer default 7200 range 0..86400 -- seconds; added to the clock error of a time whose zone was only assumed (Italian civil time is one or two hours from UTC)

-- stage: known_account
-- Every account in the records, the person that a platform or register names as its holder (only where all records
-- agree on one), and whether it is under investigation. An account is under investigation where a referral reports
-- it; in a case without any such mention, where nobody is named as its holder.
WITH seen AS (
  SELECT a.platform, a.account_ref, a.person_ref FROM account a
  UNION ALL
  SELECT DISTINCT s.platform, s.account_ref, NULL AS person_ref FROM session s
),
grouped AS (
  SELECT
    s.platform,
    s.account_ref,
    MIN(s.person_ref) AS person_ref,
    COUNT(DISTINCT s.person_ref) AS people
  FROM seen s
  GROUP BY s.platform, s.account_ref
),
mentioned AS (
  SELECT DISTINCT m.value FROM mention m WHERE m.kind = 'account' AND m.role = 'reported'
),
marked AS (
  SELECT
    g.platform,
    g.account_ref,
    CASE WHEN g.people = 1 THEN g.person_ref END AS person_ref,
    g.people,
    CASE WHEN w.value IS NOT NULL OR b.value IS NOT NULL THEN 1 ELSE 0 END AS reported
  FROM grouped g
  LEFT JOIN mentioned w ON w.value = g.platform || ':' || g.account_ref
  LEFT JOIN mentioned b ON b.value = g.account_ref
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY m.platform, m.account_ref) AS BIGINT) AS account_id,
  m.platform,
  m.account_ref,
  m.person_ref,
  CASE
    WHEN MAX(m.reported) OVER () = 1 THEN m.reported = 1
    ELSE m.people = 0
  END AS investigated
FROM marked m
ORDER BY m.platform, m.account_ref;

-- stage: login_row
-- The rows behind the connections of the accounts under investigation.
SELECT
  k.account_id,
  CAST(s.at_utc AS BIGINT) AS at_us,
  s.ip,
  s.port,
  s.device_ref,
  s.clock_error_s,
  s.zone_origin,
  s.source_id,
  s.row
FROM session s
JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
WHERE k.investigated
ORDER BY k.account_id, at_us, s.source_id, s.row;

-- stage: login
-- The distinct connections of the accounts under investigation. The same connection in two sources counts once; where
-- one of them lacks the port, the one with the port stands for both. Zone origins sort from the weakest to the best.
WITH grouped AS (
  SELECT
    r.account_id,
    r.at_us,
    r.ip,
    r.port,
    MAX(r.device_ref) AS device_ref,
    MAX(r.clock_error_s) AS clock_error_s,
    MAX(r.zone_origin) AS zone_origin
  FROM login_row r
  GROUP BY r.account_id, r.at_us, r.ip, r.port
),
twin AS (
  SELECT g.account_id, g.at_us, g.ip, MAX(g.device_ref) AS device_ref, COUNT(g.port) AS with_port
  FROM grouped g
  GROUP BY g.account_id, g.at_us, g.ip
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY g.account_id, g.at_us, g.ip, g.port) AS BIGINT) AS login_id,
  g.account_id,
  g.at_us,
  g.ip,
  g.port,
  t.device_ref,
  1000000 * (COALESCE(g.clock_error_s, $clock_error_default_s)
    + CASE WHEN g.zone_origin = 'assumed' THEN $zone_doubt_s ELSE 0 END) AS error_us,
  COALESCE(ip_kind(g.ip), 'absent') AS ip_kind
FROM grouped g
JOIN twin t ON t.account_id = g.account_id AND t.at_us = g.at_us AND COALESCE(t.ip, '') = COALESCE(g.ip, '')
WHERE g.port IS NOT NULL OR t.with_port = 0
ORDER BY g.account_id, g.at_us, g.ip, g.port;

-- stage: line_key
-- A number for each line that held an address.
WITH held AS (
  SELECT DISTINCT a.operator, a.line_ref FROM assignment a
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY h.operator, h.line_ref) AS BIGINT) AS line_id,
  h.operator,
  h.line_ref
FROM held h
ORDER BY h.operator, h.line_ref;

-- stage: piece
-- The assignments as they were supplied. A port that is absent is -1 here, so that it can be compared.
SELECT
  k.line_id,
  ip_network(a.ip, ip_prefix_length(a.ip)) AS network,
  COALESCE(a.port_from, -1) AS low_port,
  COALESCE(a.port_to, -1) AS high_port,
  CAST(a.from_utc AS BIGINT) AS from_us,
  CAST(a.until_utc AS BIGINT) AS until_us
FROM assignment a
JOIN line_key k ON k.operator = a.operator AND k.line_ref = a.line_ref
WHERE ip_prefix_length(a.ip) IS NOT NULL
ORDER BY network, from_us, k.line_id, low_port, high_port, until_us;

-- stage: holding
-- native: merge_holdings(piece)
-- Who held which network and ports, and when. Each assignment counts once, whoever supplied it how often; where one
-- copy lacks the end, the end of the other holds. Assignments of one line that overlap or touch become one. One whose
-- end is not in the records lasts until the same network and ports are assigned again, else without end.
WITH once AS (
  SELECT p.line_id, p.network, p.low_port, p.high_port, p.from_us, MAX(p.until_us) AS until_us
  FROM piece p
  GROUP BY p.line_id, p.network, p.low_port, p.high_port, p.from_us
),
open_end AS (
  SELECT o.line_id, o.network, o.low_port, o.high_port, o.from_us, MIN(n.from_us) AS next_us
  FROM once o
  LEFT JOIN once n
    ON n.network = o.network AND n.low_port = o.low_port AND n.high_port = o.high_port AND n.from_us > o.from_us
  WHERE o.until_us IS NULL
  GROUP BY o.line_id, o.network, o.low_port, o.high_port, o.from_us
),
ended AS (
  SELECT p.line_id, p.network, p.low_port, p.high_port, p.from_us, p.until_us FROM once p WHERE p.until_us IS NOT NULL
  UNION ALL
  SELECT o.line_id, o.network, o.low_port, o.high_port, o.from_us, COALESCE(o.next_us, 9223372036854775807) AS until_us
  FROM open_end o
),
marked AS (
  SELECT
    e.line_id,
    e.network,
    e.low_port,
    e.high_port,
    e.from_us,
    e.until_us,
    CASE WHEN e.from_us <= MAX(e.until_us) OVER (
      PARTITION BY e.line_id, e.network, e.low_port, e.high_port
      ORDER BY e.from_us, e.until_us
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) THEN 0 ELSE 1 END AS starts
  FROM ended e
),
numbered AS (
  SELECT
    m.line_id,
    m.network,
    m.low_port,
    m.high_port,
    m.from_us,
    m.until_us,
    SUM(m.starts) OVER (
      PARTITION BY m.line_id, m.network, m.low_port, m.high_port
      ORDER BY m.from_us, m.until_us
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
  FROM marked m
),
merged AS (
  SELECT
    n.line_id,
    n.network,
    n.low_port,
    n.high_port,
    MIN(n.from_us) AS from_us,
    MAX(n.until_us) AS until_us
  FROM numbered n
  GROUP BY n.line_id, n.network, n.low_port, n.high_port, n.island
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY m.network, m.from_us, m.until_us, m.line_id, m.low_port, m.high_port) AS BIGINT) AS holding_id,
  m.line_id,
  m.network,
  ip_prefix_length(m.network) AS prefix_length,
  NULLIF(m.low_port, -1) AS port_from,
  NULLIF(m.high_port, -1) AS port_to,
  m.from_us,
  m.until_us
FROM merged m
ORDER BY m.network, m.from_us, m.until_us, m.line_id, m.low_port, m.high_port;

-- stage: answered_share
-- Addresses that answers to requests show to be shared, and of which no log was supplied. Such an answer names who held
-- the port that was asked about and nobody else. So it is the whole truth about the connection that was asked about, and
-- about one whose port lies in a block that it names; about any other connection from the address it is not.
WITH known_request AS (
  SELECT r.request_ref FROM request r
  UNION
  SELECT r.request_ref FROM reply r
),
answer AS (
  SELECT
    ip_network(a.ip, ip_prefix_length(a.ip)) AS network,
    a.request_ref,
    k.line_id,
    a.port_from,
    CAST(a.from_utc AS BIGINT) AS from_us,
    COALESCE(CAST(a.until_utc AS BIGINT), 9223372036854775807) AS until_us
  FROM assignment a
  JOIN known_request r ON r.request_ref = a.request_ref
  JOIN line_key k ON k.operator = a.operator AND k.line_ref = a.line_ref
  WHERE ip_prefix_length(a.ip) IS NOT NULL
),
logged AS (
  SELECT DISTINCT w.network
  FROM (SELECT DISTINCT a.network FROM answer a) w
  JOIN (
    SELECT DISTINCT ip_network(a.ip, ip_prefix_length(a.ip)) AS network
    FROM assignment a
    LEFT JOIN known_request r ON r.request_ref = a.request_ref
    WHERE r.request_ref IS NULL
  ) g ON g.network = w.network
),
without_ports AS (
  SELECT DISTINCT a.network
  FROM answer a
  JOIN answer b ON b.request_ref = a.request_ref AND b.network = a.network
  WHERE a.line_id <> b.line_id AND a.from_us < b.until_us AND b.from_us < a.until_us
    AND (a.port_from IS NULL OR b.port_from IS NULL)
)
SELECT a.network, MAX(CASE WHEN w.network IS NOT NULL THEN 1 ELSE 0 END) = 1 AS without_ports
FROM answer a
LEFT JOIN without_ports w ON w.network = a.network
LEFT JOIN logged g ON g.network = a.network
WHERE g.network IS NULL AND (a.port_from IS NOT NULL OR w.network IS NOT NULL)
GROUP BY a.network
ORDER BY a.network;

-- stage: login_network
-- The networks that can hold each usable address: one for each length of prefix that operators assigned. Where an
-- address is shared and only answers tell of it, the connections that no answer speaks of are left out.
WITH length AS (
  SELECT DISTINCT h.prefix_length, CASE WHEN h.network LIKE '%:%' THEN 6 ELSE 4 END AS family FROM holding h
),
answered AS (
  SELECT DISTINCT r.ip, CAST(r.asked_utc AS BIGINT) AS at_us, COALESCE(r.port, -1) AS port
  FROM request r
  JOIN (SELECT DISTINCT a.request_ref FROM assignment a WHERE a.request_ref IS NOT NULL) a ON a.request_ref = r.request_ref
),
networked AS (
  SELECT
    l.login_id,
    l.account_id,
    l.at_us,
    l.error_us,
    l.ip,
    l.port,
    ip_network(l.ip, n.prefix_length) AS network
  FROM login l
  JOIN length n ON n.family = CASE WHEN l.ip LIKE '%:%' THEN 6 ELSE 4 END
  WHERE l.ip_kind = 'public'
)
SELECT n.login_id, n.account_id, n.at_us, n.error_us, n.port, n.network
FROM networked n
LEFT JOIN answered_share s ON s.network = n.network
LEFT JOIN answered q ON q.ip = n.ip AND q.at_us = n.at_us AND q.port = COALESCE(n.port, -1)
WHERE s.network IS NULL OR q.ip IS NOT NULL OR (n.port IS NOT NULL AND NOT s.without_ports)
ORDER BY n.login_id, n.network;

-- stage: candidate
-- native: interval_join(login_network, holding)
SELECT
  l.login_id,
  l.account_id,
  h.holding_id,
  h.line_id,
  h.from_us <= l.at_us - l.error_us AND h.until_us > l.at_us + l.error_us AS certain
FROM login_network l
JOIN holding h
  ON h.network = l.network
  AND h.from_us <= l.at_us + l.error_us
  AND h.until_us > l.at_us - l.error_us
  AND (l.port IS NULL OR l.port >= COALESCE(h.port_from, l.port))
  AND (l.port IS NULL OR l.port <= COALESCE(h.port_to, l.port))
ORDER BY l.login_id, l.network, h.from_us, h.until_us, h.holding_id;
