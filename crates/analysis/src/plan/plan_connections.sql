-- step: plan_connections
-- version: 1
-- looks-for: what decides whether a connection can be asked about: its operator, the crowd behind its address, its port,
--   the zone of its time, the clock of its platform, retention, and whether it was asked about or answered already
-- does-not-show: who used an address. The crowd is counted from records where there are any, and else from the accounts
--   seen on the address, which may be one household's or a thousand subscribers'
-- inputs: session, line, request
-- after: resolve_sessions, count_episodes, attribute_lines
-- param: as_of_us integer default 0 range 0..4102444800000000 -- microseconds since 1970-01-01T00:00:00Z; the moment at which the plan is made, from which retention is counted
-- param: retention_kind integer default 1 range 1..3 -- which retention holds: 1 Internet, 2 telephone, 3 crimes of the list
-- param: retention_internet_months integer default 12 range 0..120 -- months that operators keep Internet traffic data (art. 132 D.Lgs. 196/2003)
-- param: retention_telephone_months integer default 24 range 0..120 -- months that operators keep telephone traffic data (art. 132 D.Lgs. 196/2003)
-- param: retention_listed_months integer default 72 range 0..120 -- months that operators keep both for crimes of the list (art. 24 L. 167/2017)
-- param: clock_sessions_min integer default 200 range 50..100000 -- connections of a platform from which a day without afternoons, or without mornings, shows a clock of 12 hours

-- stage: plan_operator
-- Which operator holds each address: the records say, or else the list of address blocks, by its longest prefix. Where
-- they name several or none, nobody is asked: an operator is never guessed.
WITH wanted AS (
  SELECT DISTINCT l.ip, CASE WHEN l.ip LIKE '%:%' THEN 6 ELSE 4 END AS family FROM login l WHERE l.ip_kind = 'public'
),
held AS (
  SELECT DISTINCT h.network, h.prefix_length, k.operator FROM holding h JOIN line_key k ON k.line_id = h.line_id
),
held_length AS (
  SELECT DISTINCT d.prefix_length, CASE WHEN d.network LIKE '%:%' THEN 6 ELSE 4 END AS family FROM held d
),
recorded AS (
  SELECT w.ip, MIN(d.operator) AS operator, COUNT(DISTINCT d.operator) AS operators
  FROM wanted w
  JOIN held_length n ON n.family = w.family
  JOIN held d ON d.network = ip_network(w.ip, n.prefix_length)
  GROUP BY w.ip
),
block_length AS (
  SELECT DISTINCT b.prefix_length, CASE WHEN b.network LIKE '%:%' THEN 6 ELSE 4 END AS family FROM address_block b
),
listed AS (
  SELECT w.ip, b.operator, b.prefix_length
  FROM wanted w
  JOIN block_length n ON n.family = w.family
  JOIN address_block b ON b.network = ip_network(w.ip, n.prefix_length)
),
longest AS (
  SELECT l.ip, MAX(l.prefix_length) AS prefix_length FROM listed l GROUP BY l.ip
),
by_list AS (
  SELECT l.ip, MIN(l.operator) AS operator, COUNT(DISTINCT l.operator) AS operators
  FROM listed l
  JOIN longest g ON g.ip = l.ip AND g.prefix_length = l.prefix_length
  GROUP BY l.ip
)
SELECT
  w.ip,
  CASE
    WHEN r.operators = 1 THEN r.operator
    WHEN r.operators IS NULL AND b.operators = 1 THEN b.operator
  END AS operator,
  CASE
    WHEN r.operators = 1 THEN 'records'
    WHEN r.operators > 1 THEN 'several'
    WHEN b.operators = 1 THEN 'list'
    WHEN b.operators > 1 THEN 'several'
    ELSE 'unknown'
  END AS operator_origin
FROM wanted w
LEFT JOIN recorded r ON r.ip = w.ip
LEFT JOIN by_list b ON b.ip = w.ip
ORDER BY w.ip;

-- stage: plan_habit
-- What the records tell of each operator's leases and sharing; absent where they tell nothing.
WITH lease AS (
  SELECT k.operator, CAST(AVG(LEAST(h.until_us - h.from_us, 5184000000000)) AS BIGINT) AS lease_us
  FROM holding h
  JOIN line_key k ON k.line_id = h.line_id
  GROUP BY k.operator
),
block AS (
  SELECT k.operator, MIN(h.port_to - h.port_from + 1) AS ports
  FROM holding h
  JOIN line_key k ON k.line_id = h.line_id
  WHERE h.port_to IS NOT NULL
  GROUP BY k.operator
),
registered AS (
  SELECT l.operator, COUNT(DISTINCT l.line_ref) AS lines FROM line l GROUP BY l.operator
)
SELECT
  e.operator,
  e.lease_us,
  CASE WHEN b.ports IS NOT NULL THEN GREATEST(CAST(64512 / b.ports AS BIGINT), 1) END AS sharing_lines,
  r.lines
FROM lease e
LEFT JOIN block b ON b.operator = e.operator
LEFT JOIN registered r ON r.operator = e.operator
ORDER BY e.operator;

-- stage: plan_crowd
-- The crowd behind each address: as many lines as its blocks of ports leave room for, or as answers have named at once;
-- where no record tells, as many accounts as were seen on it in one day.
WITH seen AS (
  SELECT s.ip, CAST(s.at_utc AS BIGINT) / 86400000000 AS day, COUNT(DISTINCT s.platform || ':' || s.account_ref) AS accounts
  FROM session s
  JOIN plan_operator o ON o.ip = s.ip
  GROUP BY s.ip, day
),
accounts AS (
  SELECT s.ip, MAX(s.accounts) AS accounts FROM seen s GROUP BY s.ip
),
block AS (
  SELECT h.network, MIN(h.port_to - h.port_from + 1) AS ports
  FROM holding h
  WHERE h.port_to IS NOT NULL
  GROUP BY h.network
),
answered AS (
  SELECT c.login_id, COUNT(DISTINCT c.line_id) AS lines FROM candidate c WHERE c.certain GROUP BY c.login_id
),
recorded AS (
  SELECT l.ip, MAX(b.ports) AS ports, MAX(a.lines) AS lines
  FROM answered a
  JOIN login l ON l.login_id = a.login_id
  JOIN login_network n ON n.login_id = l.login_id
  LEFT JOIN block b ON b.network = n.network
  GROUP BY l.ip
)
SELECT
  o.ip,
  COALESCE(a.accounts, 1) AS accounts,
  CASE
    WHEN r.ports IS NOT NULL THEN GREATEST(CAST(64512 / r.ports AS BIGINT), r.lines)
    WHEN r.lines IS NOT NULL THEN r.lines
    WHEN h.sharing_lines IS NOT NULL THEN h.sharing_lines
    ELSE COALESCE(a.accounts, 1)
  END AS lines,
  CASE
    WHEN r.ports IS NOT NULL THEN 'its blocks of ports'
    WHEN r.lines IS NOT NULL THEN 'answers about it'
    WHEN h.sharing_lines IS NOT NULL THEN 'the operator''s blocks of ports elsewhere'
    ELSE 'accounts seen on it in one day'
  END AS lines_origin,
  r.ports IS NOT NULL OR r.lines IS NULL OR r.lines = 1 AS port_tells
FROM plan_operator o
LEFT JOIN accounts a ON a.ip = o.ip
LEFT JOIN recorded r ON r.ip = o.ip
LEFT JOIN plan_habit h ON h.operator = o.operator
ORDER BY o.ip;

-- stage: plan_clock
-- Platforms whose connections leave half of the day empty, though there are many: their clock may have lost AM and PM.
WITH hour AS (
  SELECT DISTINCT k.platform, CAST(r.at_us / 3600000000 AS BIGINT) % 24 AS hour
  FROM login_row r
  JOIN known_account k ON k.account_id = r.account_id
),
counted AS (
  SELECT k.platform, COUNT(*) AS sessions
  FROM login_row r
  JOIN known_account k ON k.account_id = r.account_id
  GROUP BY k.platform
),
gap AS (
  SELECT h.platform, h.hour,
    LEAD(h.hour) OVER (PARTITION BY h.platform ORDER BY h.hour) AS next_hour,
    MIN(h.hour) OVER (PARTITION BY h.platform) AS first_hour
  FROM hour h
)
SELECT g.platform
FROM gap g
JOIN counted c ON c.platform = g.platform
WHERE c.sessions >= $clock_sessions_min
GROUP BY g.platform
HAVING MAX(COALESCE(g.next_hour, g.first_hour + 24) - g.hour) >= 12
ORDER BY g.platform;

-- stage: plan_login
-- Every connection with what decides whether it can be asked about. Retention is counted as 365 / 12 days a month; a
-- day or two at its end is for the operator to say.
WITH zoned AS (
  SELECT r.account_id, r.at_us, COALESCE(r.ip, '') AS ip, MAX(r.zone_origin) AS zone_origin
  FROM login_row r
  GROUP BY r.account_id, r.at_us, COALESCE(r.ip, '')
),
answered AS (
  SELECT DISTINCT c.login_id FROM candidate c
),
asked AS (
  SELECT DISTINCT r.ip, CAST(r.asked_utc AS BIGINT) AS at_us, COALESCE(r.port, -1) AS port FROM request r
)
SELECT
  l.login_id,
  l.account_id,
  l.at_us,
  l.error_us,
  l.ip,
  l.port,
  o.operator,
  o.operator_origin,
  c.lines AS crowd_lines,
  c.lines_origin,
  CASE WHEN l.port IS NOT NULL AND c.port_tells THEN 1 ELSE COALESCE(c.lines, 1) END AS expected_lines,
  h.lease_us,
  h.lines AS operator_lines,
  CAST(CASE $retention_kind
    WHEN 1 THEN $retention_internet_months
    WHEN 2 THEN $retention_telephone_months
    ELSE $retention_listed_months
  END * 365 / 12 - ($as_of_us - l.at_us) / 86400000000 AS BIGINT) AS days_left,
  a.login_id IS NOT NULL AS answered,
  q.at_us IS NOT NULL AS asked,
  CASE
    WHEN l.ip_kind <> 'public' THEN 'no_public_address'
    WHEN a.login_id IS NOT NULL THEN 'answered'
    WHEN q.at_us IS NOT NULL THEN 'asked'
    WHEN COALESCE(z.zone_origin, 'assumed') = 'assumed' THEN 'zone_assumed'
    WHEN w.platform IS NOT NULL THEN 'clock_of_12_hours'
    WHEN o.operator_origin = 'several' THEN 'operators_contradict'
    WHEN o.operator IS NULL THEN 'operator_unknown'
    WHEN l.at_us > $as_of_us THEN 'in_the_future'
  END AS barred
FROM login l
JOIN known_account k ON k.account_id = l.account_id
LEFT JOIN zoned z ON z.account_id = l.account_id AND z.at_us = l.at_us AND z.ip = COALESCE(l.ip, '')
LEFT JOIN plan_operator o ON o.ip = l.ip
LEFT JOIN plan_crowd c ON c.ip = l.ip
LEFT JOIN plan_habit h ON h.operator = o.operator
LEFT JOIN plan_clock w ON w.platform = k.platform
LEFT JOIN answered a ON a.login_id = l.login_id
LEFT JOIN asked q ON q.ip = l.ip AND q.at_us = l.at_us AND q.port = COALESCE(l.port, -1)
ORDER BY l.login_id;
