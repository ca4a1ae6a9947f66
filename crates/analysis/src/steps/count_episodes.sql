-- step: count_episodes
-- version: 1
-- looks-for: episodes: all connections of an account inside one assignment, which count once however many they are
-- does-not-show: independence beyond that. Two assignments of one line come from two entries of the operator's log,
--   but one systematic error of the operator can still stand behind both
-- inputs: line
-- after: resolve_sessions
-- param: episode_cover_share real default 1.0 range 0.5..1.0 -- share of an episode's connections that a line must be able to explain to be a candidate of the episode

-- stage: line_cover
-- How many connections of an account each line, and each of its holdings, can explain. A connection meets a holding
-- once, but it can meet two holdings of one line.
WITH of_line AS (
  SELECT c.account_id, c.line_id, COUNT(DISTINCT c.login_id) AS line_logins
  FROM candidate c
  GROUP BY c.account_id, c.line_id
),
of_holding AS (
  SELECT c.account_id, c.line_id, c.holding_id, COUNT(*) AS holding_logins
  FROM candidate c
  GROUP BY c.account_id, c.line_id, c.holding_id
)
SELECT h.account_id, h.line_id, h.holding_id, l.line_logins, h.holding_logins
FROM of_holding h
JOIN of_line l ON l.account_id = h.account_id AND l.line_id = h.line_id
ORDER BY h.account_id, h.holding_id;

-- stage: primary_holding
-- For each connection the holding that explains most of the account's other connections: first by its line, then by
-- itself. It only says which connections belong together; the other candidates stay candidates.
SELECT
  c.login_id,
  c.account_id,
  FIRST_VALUE(c.holding_id ORDER BY v.line_logins DESC, v.holding_logins DESC, c.holding_id) AS holding_id,
  FIRST_VALUE(c.line_id ORDER BY v.line_logins DESC, v.holding_logins DESC, c.holding_id) AS line_id,
  COUNT(*) AS holdings
FROM candidate c
JOIN line_cover v ON v.account_id = c.account_id AND v.holding_id = c.holding_id
GROUP BY c.login_id, c.account_id
ORDER BY c.login_id;

-- stage: episode
WITH grouped AS (
  SELECT
    p.account_id,
    p.holding_id,
    p.line_id,
    COUNT(*) AS logins,
    MIN(l.at_us) AS first_us,
    MAX(l.at_us) AS last_us
  FROM primary_holding p
  JOIN login l ON l.login_id = p.login_id
  GROUP BY p.account_id, p.holding_id, p.line_id
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY g.account_id, g.first_us, g.holding_id) AS BIGINT) AS episode_id,
  g.account_id,
  g.holding_id,
  g.line_id,
  g.logins,
  g.first_us,
  g.last_us
FROM grouped g
ORDER BY g.account_id, g.first_us, g.holding_id;

-- stage: episode_line
-- The lines that can explain an episode: its own, and every other that covers its connections.
WITH member AS (
  SELECT p.login_id, e.episode_id
  FROM primary_holding p
  JOIN episode e ON e.account_id = p.account_id AND e.holding_id = p.holding_id
),
covered AS (
  SELECT m.episode_id, c.line_id, COUNT(DISTINCT c.login_id) AS covered
  FROM candidate c
  JOIN member m ON m.login_id = c.login_id
  GROUP BY m.episode_id, c.line_id
)
SELECT v.episode_id, e.account_id, e.line_id AS own_line_id, v.line_id
FROM covered v
JOIN episode e ON e.episode_id = v.episode_id
WHERE v.covered >= $episode_cover_share * e.logins
ORDER BY v.episode_id, v.line_id;

-- stage: known_line
-- What the registers say of each line that held an address; absent where no register was supplied.
SELECT
  h.line_id,
  h.operator,
  h.line_ref,
  CASE WHEN MIN(l.holder_ref) = MAX(l.holder_ref) THEN MIN(l.holder_ref) END AS holder_ref,
  CASE WHEN MIN(l.access_kind) = MAX(l.access_kind) THEN MIN(l.access_kind) END AS access_kind,
  CASE WHEN MIN(l.address_kind) = MAX(l.address_kind) THEN MIN(l.address_kind) END AS address_kind
FROM line_key h
LEFT JOIN line l ON l.operator = h.operator AND l.line_ref = h.line_ref
GROUP BY h.line_id, h.operator, h.line_ref
ORDER BY h.line_id;
