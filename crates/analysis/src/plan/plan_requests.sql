-- step: plan_requests
-- version: 1
-- looks-for: the smallest set of connections to ask operators about: one for each likely lease, spread over time and
--   operators, those first whose answer names fewest lines, until gate 1 is decided for the account
-- does-not-show: who used an address. A likely lease is a guess about the operator's habits that the answer corrects,
--   and a connection that is left out is not worthless: it is likely to say what another one says already
-- after: resolve_sessions, count_episodes, attribute_lines
-- param: first_requests integer default 10 range 1..1000 -- connections asked about for an account before anything is known of its lines
-- param: more_requests integer default 6 range 1..1000 -- connections asked about in each further round, while gate 1 is not decided
-- param: most_requests integer default 28 range 1..10000 -- connections asked about for one account at most
-- param: single_episodes_min integer default 3 range 2..20 -- episodes on a line that stands alone from which gate 1 is decided
-- param: settled_share_min real default 0.5 range 0.0..1.0 -- share of the account's episodes that lines which stand alone must explain before gate 1 is decided
-- param: crowd_lines_max integer default 64 range 1..100000 -- lines that an answer may name; a wider answer tells nearly nothing and touches too many people
-- param: operator_share_min real default 0.05 range 0.0..1.0 -- share of an account's likely leases from which an operator gets two requests whatever its size
-- param: lease_hours integer default 24 range 1..8760 -- hours between two connections from one address up to which they are likely one lease, where the operator's records tell nothing of its leases
-- param: operator_lines_default integer default 100000 range 2..100000000 -- lines of an operator whose records state none; it only scales the bits that are shown

-- stage: plan_lease
-- The likely lease of each connection: the account's connections from one address, one after the other, with no gap
-- longer than the operator's leases last.
WITH stepped AS (
  SELECT
    p.login_id,
    p.account_id,
    p.ip,
    p.at_us,
    CASE
      WHEN p.at_us - LAG(p.at_us) OVER (PARTITION BY p.account_id, p.ip ORDER BY p.at_us, p.login_id)
        <= COALESCE(p.lease_us, 3600000000 * $lease_hours) THEN 0
      ELSE 1
    END AS starts
  FROM plan_login p
  WHERE p.ip IS NOT NULL
),
numbered AS (
  SELECT
    s.login_id,
    s.account_id,
    s.ip,
    SUM(s.starts) OVER (
      PARTITION BY s.account_id, s.ip ORDER BY s.at_us, s.login_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS number
  FROM stepped s
)
SELECT
  n.login_id,
  n.account_id,
  n.ip,
  n.number,
  COUNT(*) OVER (PARTITION BY n.account_id, n.ip, n.number) AS lease_logins,
  MAX(CASE WHEN p.asked THEN 1 ELSE 0 END) OVER (PARTITION BY n.account_id, n.ip, n.number) = 1 AS lease_asked
FROM numbered n
JOIN plan_login p ON p.login_id = n.login_id
ORDER BY n.login_id;

-- stage: plan_choice
-- Of each likely lease the connection to ask about: the one whose answer names fewest lines, then the one that is lost
-- first. The others would say the same.
WITH usable AS (
  SELECT
    p.login_id,
    p.account_id,
    p.at_us,
    p.operator,
    p.expected_lines,
    p.days_left,
    e.lease_logins,
    e.lease_asked,
    ROW_NUMBER() OVER (
      PARTITION BY e.account_id, e.ip, e.number
      ORDER BY p.expected_lines, p.days_left, p.login_id
    ) AS place
  FROM plan_login p
  JOIN plan_lease e ON e.login_id = p.login_id
  WHERE p.barred IS NULL AND p.days_left >= 0
)
SELECT u.login_id, u.account_id, u.at_us, u.operator, u.expected_lines, u.days_left, u.lease_logins
FROM usable u
WHERE u.place = 1 AND NOT u.lease_asked AND u.expected_lines <= $crowd_lines_max
ORDER BY u.login_id;

-- stage: plan_account
-- How many more connections of each account are asked about, and why.
WITH asked AS (
  SELECT p.account_id, COUNT(CASE WHEN p.asked THEN 1 END) AS asked, COUNT(CASE WHEN p.answered THEN 1 END) AS answered,
    COUNT(*) AS connections
  FROM plan_login p
  GROUP BY p.account_id
),
episodes AS (
  SELECT e.account_id, COUNT(*) AS episodes FROM episode e GROUP BY e.account_id
),
settled AS (
  SELECT f.account_id, MAX(f.episodes) AS most_episodes, SUM(f.episodes) AS single_episodes
  FROM line_finding f
  WHERE f.status = 'single'
  GROUP BY f.account_id
),
judged AS (
  SELECT
    a.account_id,
    a.connections,
    a.asked,
    a.answered,
    COALESCE(e.episodes, 0) AS episodes,
    GREATEST(a.asked, COALESCE(e.episodes, 0)) AS had,
    COALESCE(s.most_episodes, 0) >= $single_episodes_min
      AND COALESCE(s.single_episodes, 0) >= $settled_share_min * COALESCE(e.episodes, 0) AS decided
  FROM asked a
  LEFT JOIN episodes e ON e.account_id = a.account_id
  LEFT JOIN settled s ON s.account_id = a.account_id
)
SELECT
  j.account_id,
  k.platform,
  k.account_ref,
  j.connections,
  j.answered,
  j.asked,
  j.episodes,
  j.decided,
  CASE
    WHEN j.had >= $most_requests THEN 0
    WHEN j.had < $first_requests THEN $first_requests - j.had
    WHEN j.decided THEN 0
    ELSE LEAST($more_requests, $most_requests - j.had)
  END AS wanted
FROM judged j
JOIN known_account k ON k.account_id = j.account_id
ORDER BY j.account_id;

-- stage: plan_quota
-- How the account's requests are shared out among operators: by the lines that their answers are expected to single out
-- (highest averages, counting what was answered before), and two for each operator that is more than a chance visit.
WITH weight AS (
  SELECT
    c.account_id,
    c.operator,
    COUNT(*) AS leases,
    SUM(1.0 / c.expected_lines) AS weight,
    SUM(COUNT(*)) OVER (PARTITION BY c.account_id) AS all_leases
  FROM plan_choice c
  GROUP BY c.account_id, c.operator
),
before AS (
  SELECT p.account_id, p.operator, COUNT(*) AS asked
  FROM plan_login p
  WHERE p.asked AND p.operator IS NOT NULL
  GROUP BY p.account_id, p.operator
),
numbered AS (
  SELECT
    c.account_id,
    c.operator,
    ROW_NUMBER() OVER (PARTITION BY c.account_id, c.operator ORDER BY c.at_us, c.login_id) AS number
  FROM plan_choice c
),
seat AS (
  SELECT
    w.account_id,
    w.operator,
    w.leases,
    n.number,
    CASE
      WHEN n.number + COALESCE(b.asked, 0) <= 2 AND w.leases >= $operator_share_min * w.all_leases THEN 1
      ELSE 0
    END AS due,
    w.weight / (n.number + COALESCE(b.asked, 0)) AS average
  FROM weight w
  JOIN numbered n ON n.account_id = w.account_id AND n.operator = w.operator
  LEFT JOIN before b ON b.account_id = w.account_id AND b.operator = w.operator
),
ranked AS (
  SELECT
    s.account_id,
    s.operator,
    s.leases,
    ROW_NUMBER() OVER (PARTITION BY s.account_id ORDER BY s.due DESC, s.average DESC, s.operator, s.number) AS place
  FROM seat s
)
SELECT r.account_id, r.operator, r.leases, COUNT(*) AS quota
FROM ranked r
JOIN plan_account a ON a.account_id = r.account_id
WHERE r.place <= a.wanted
GROUP BY r.account_id, r.operator, r.leases
ORDER BY r.account_id, r.operator;

-- stage: plan_chosen
-- The likely leases of an account and operator are cut into as many spans of time as there are requests, and of each
-- span the one is asked about whose answer names fewest lines.
WITH placed AS (
  SELECT
    c.login_id,
    c.account_id,
    c.operator,
    c.expected_lines,
    c.days_left,
    c.lease_logins,
    q.quota,
    (CAST(ROW_NUMBER() OVER (PARTITION BY c.account_id, c.operator ORDER BY c.at_us, c.login_id) AS BIGINT) - 1)
      * q.quota / q.leases AS span
  FROM plan_choice c
  JOIN plan_quota q ON q.account_id = c.account_id AND q.operator = c.operator
),
best AS (
  SELECT
    p.login_id,
    p.span,
    p.quota,
    p.lease_logins,
    ROW_NUMBER() OVER (
      PARTITION BY p.account_id, p.operator, p.span
      ORDER BY p.expected_lines, p.lease_logins DESC, p.days_left, p.login_id
    ) AS place
  FROM placed p
)
SELECT b.login_id, CAST(b.span + 1 AS BIGINT) AS span, b.quota, b.lease_logins
FROM best b
WHERE b.place = 1
ORDER BY b.login_id;

-- stage: plan_request
-- What is to be asked. Two accounts on one address at one moment are one question.
WITH source AS (
  SELECT r.account_id, r.at_us, r.ip, r.port, MIN(r.source_id) AS source_id
  FROM login_row r
  GROUP BY r.account_id, r.at_us, r.ip, r.port
),
source_row AS (
  SELECT s.account_id, s.at_us, s.ip, s.port, s.source_id, MIN(r.row) AS row
  FROM source s
  JOIN login_row r ON r.account_id = s.account_id AND r.at_us = s.at_us AND r.ip = s.ip AND r.source_id = s.source_id
  WHERE COALESCE(r.port, -1) = COALESCE(s.port, -1)
  GROUP BY s.account_id, s.at_us, s.ip, s.port, s.source_id
),
once AS (
  SELECT
    c.login_id,
    c.span,
    c.quota,
    c.lease_logins,
    ROW_NUMBER() OVER (PARTITION BY p.operator, p.ip, p.at_us, p.port ORDER BY c.login_id) AS place
  FROM plan_chosen c
  JOIN plan_login p ON p.login_id = c.login_id
)
SELECT
  p.login_id,
  a.platform,
  a.account_ref,
  p.operator,
  p.operator_origin,
  p.ip,
  p.port,
  p.at_us,
  p.error_us,
  p.crowd_lines,
  p.lines_origin,
  p.expected_lines,
  ROUND(LOG10(1.0 * GREATEST(COALESCE(p.operator_lines, $operator_lines_default), p.expected_lines, 2) / p.expected_lines)
    / LOG10(2.0), 1) AS bits,
  p.days_left,
  o.lease_logins,
  o.span,
  o.quota,
  s.source_id,
  s.row
FROM once o
JOIN plan_login p ON p.login_id = o.login_id
JOIN plan_account a ON a.account_id = p.account_id
JOIN source_row s ON s.account_id = p.account_id AND s.at_us = p.at_us AND s.ip = p.ip
WHERE o.place = 1 AND COALESCE(s.port, -1) = COALESCE(p.port, -1)
ORDER BY p.login_id;

-- stage: plan_left_out
-- Every other connection, and the first reason why it is not asked about.
SELECT
  p.login_id,
  p.account_id,
  p.at_us,
  CASE
    WHEN p.barred IS NOT NULL THEN p.barred
    WHEN p.days_left < 0 THEN 'retention_over'
    WHEN e.lease_asked THEN 'lease_asked'
    WHEN c.login_id IS NULL AND p.expected_lines > $crowd_lines_max THEN 'crowd'
    WHEN h.login_id IS NOT NULL THEN 'same_moment'
    WHEN c.login_id IS NULL THEN 'same_lease'
    WHEN a.decided AND a.wanted = 0 THEN 'decided'
    WHEN a.wanted = 0 THEN 'enough_asked'
    ELSE 'others_first'
  END AS reason
FROM plan_login p
JOIN plan_account a ON a.account_id = p.account_id
LEFT JOIN plan_lease e ON e.login_id = p.login_id
LEFT JOIN plan_choice c ON c.login_id = p.login_id
LEFT JOIN plan_chosen h ON h.login_id = p.login_id
LEFT JOIN plan_request r ON r.login_id = p.login_id
WHERE r.login_id IS NULL
ORDER BY p.login_id;
