-- step: place_people
-- version: 2
-- looks-for: everybody with a link to an account (a shared device or selector, the register's holder of a line and who
--   lives there), where their named accounts were seen, which episodes that ties to them, and which lines it puts in doubt
-- does-not-show: that anybody linked used the account. Most linked people are innocent bystanders: they are looked up
--   because what places them elsewhere clears them
-- inputs: account, session, person
-- after: resolve_sessions, count_episodes, attribute_lines
-- param: doubt_logins_min integer default 5 range 1..1000 -- connections of a household's named accounts on other fixed lines, and none on the line that the register gives it, from which the line is in doubt

-- stage: person_household
-- Each person's household and its size; the size is absent where no register states a household.
WITH one AS (
  SELECT
    p.person_ref,
    CASE WHEN COUNT(DISTINCT p.household_ref) = 1 THEN MIN(p.household_ref) END AS household_ref
  FROM person p
  GROUP BY p.person_ref
)
SELECT
  o.person_ref,
  COALESCE('household:' || o.household_ref, 'person:' || o.person_ref) AS household,
  CASE WHEN o.household_ref IS NOT NULL THEN COUNT(*) OVER (PARTITION BY o.household_ref) END AS members
FROM one o
ORDER BY o.person_ref;

-- stage: line_household
SELECT
  k.line_id,
  k.holder_ref,
  COALESCE(k.access_kind, 'unknown') AS access_kind,
  COALESCE(h.household, 'person:' || k.holder_ref) AS household
FROM known_line k
LEFT JOIN person_household h ON h.person_ref = k.holder_ref
ORDER BY k.line_id;

-- stage: resolved_episode
-- Episodes on lines that stand alone behind them and are not exits of a hosting provider.
SELECT e.episode_id, e.account_id, e.line_id, e.holding_id, e.first_us, e.last_us, h.household, h.access_kind
FROM episode e
JOIN line_finding f ON f.account_id = e.account_id AND f.line_id = e.line_id AND f.status = 'single'
JOIN line_household h ON h.line_id = e.line_id
WHERE h.access_kind <> 'hosting'
ORDER BY e.episode_id;

-- stage: device_user
-- Who uses the devices of the accounts under investigation, by the named accounts seen on them.
WITH wanted AS (
  SELECT DISTINCT l.device_ref FROM login l WHERE l.device_ref IS NOT NULL
)
SELECT
  s.device_ref,
  k.person_ref,
  COUNT(DISTINCT s.at_utc) AS logins,
  MIN(CAST(s.at_utc AS BIGINT)) AS first_us,
  MAX(CAST(s.at_utc AS BIGINT)) AS last_us,
  COUNT(*) OVER (PARTITION BY s.device_ref) AS people
FROM session s
JOIN wanted w ON w.device_ref = s.device_ref
JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
WHERE k.person_ref IS NOT NULL AND NOT k.investigated
GROUP BY s.device_ref, k.person_ref
ORDER BY s.device_ref, k.person_ref;

-- stage: selector_user
-- Who uses the e-mail addresses and telephone numbers of the accounts under investigation.
WITH selector AS (
  SELECT a.platform, a.account_ref, 'email' AS kind, a.email AS value FROM account a WHERE a.email IS NOT NULL
  UNION
  SELECT a.platform, a.account_ref, 'phone' AS kind, a.phone AS value FROM account a WHERE a.phone IS NOT NULL
),
held AS (
  SELECT DISTINCT k.account_id, k.person_ref, k.investigated, s.kind, s.value
  FROM selector s
  JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
),
shared AS (
  SELECT DISTINCT u.account_id, n.person_ref, u.kind, u.value
  FROM held u
  JOIN held n ON n.kind = u.kind AND n.value = u.value
  WHERE u.investigated AND NOT n.investigated AND n.person_ref IS NOT NULL
)
SELECT
  s.account_id,
  s.person_ref,
  s.kind,
  s.value,
  COUNT(*) OVER (PARTITION BY s.account_id, s.kind, s.value) AS people
FROM shared s
ORDER BY s.account_id, s.person_ref, s.kind, s.value;

-- stage: person_link
-- Everybody with a link to an account, and the kinds of link.
WITH link AS (
  SELECT DISTINCT l.account_id, d.person_ref, 'device' AS kind
  FROM login l
  JOIN device_user d ON d.device_ref = l.device_ref
  UNION
  SELECT s.account_id, s.person_ref, 'selector' AS kind FROM selector_user s
  UNION
  SELECT r.account_id, h.holder_ref AS person_ref, 'holder' AS kind
  FROM resolved_episode r
  JOIN line_household h ON h.line_id = r.line_id
  WHERE h.holder_ref IS NOT NULL
  UNION
  SELECT r.account_id, p.person_ref, 'household' AS kind
  FROM resolved_episode r
  JOIN line_household h ON h.line_id = r.line_id
  JOIN person_household p ON p.household = h.household AND p.person_ref <> h.holder_ref
)
SELECT l.account_id, l.person_ref, l.kind
FROM link l
ORDER BY l.account_id, l.person_ref, l.kind;

-- stage: named_row
-- The rows behind the connections of the named accounts of linked people.
WITH linked AS (
  SELECT DISTINCT p.person_ref FROM person_link p
)
SELECT
  k.account_id,
  k.person_ref,
  CAST(s.at_utc AS BIGINT) AS at_us,
  s.ip,
  s.port,
  s.device_ref,
  1000000 * (COALESCE(s.clock_error_s, $clock_error_default_s)
    + CASE WHEN s.zone_origin = 'assumed' THEN $zone_doubt_s ELSE 0 END) AS error_us,
  s.source_id,
  s.row
FROM session s
JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
JOIN linked p ON p.person_ref = k.person_ref
WHERE NOT k.investigated AND ip_kind(s.ip) = 'public'
ORDER BY k.account_id, at_us, s.source_id, s.row;

-- stage: named_login
-- Their distinct connections.
WITH grouped AS (
  SELECT r.account_id, r.person_ref, r.at_us, r.ip, r.port, r.device_ref, MAX(r.error_us) AS error_us
  FROM named_row r
  GROUP BY r.account_id, r.person_ref, r.at_us, r.ip, r.port, r.device_ref
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY g.account_id, g.at_us, g.ip, g.port, g.device_ref) AS BIGINT) AS login_id,
  g.account_id,
  g.person_ref,
  g.at_us,
  g.ip,
  g.port,
  g.device_ref,
  g.error_us
FROM grouped g
ORDER BY g.account_id, g.at_us, g.ip, g.port, g.device_ref;

-- stage: named_network
-- Nobody asks about named accounts, so of a shared address that only answers tell of, they are placed by their port alone.
WITH length AS (
  SELECT DISTINCT h.prefix_length, CASE WHEN h.network LIKE '%:%' THEN 6 ELSE 4 END AS family FROM holding h
),
networked AS (
  SELECT l.login_id, l.account_id, l.at_us, l.error_us, l.port, ip_network(l.ip, n.prefix_length) AS network
  FROM named_login l
  JOIN length n ON n.family = CASE WHEN l.ip LIKE '%:%' THEN 6 ELSE 4 END
)
SELECT n.login_id, n.account_id, n.at_us, n.error_us, n.port, n.network
FROM networked n
LEFT JOIN answered_share s ON s.network = n.network
WHERE s.network IS NULL OR (n.port IS NOT NULL AND NOT s.without_ports)
ORDER BY n.login_id, n.network;

-- stage: named_alone
-- native: lone_line(named_network, holding)
-- The connections of named accounts that one line alone can have made.
SELECT l.login_id, MIN(h.line_id) AS line_id, MIN(h.holding_id) AS holding_id
FROM named_network l
JOIN holding h
  ON h.network = l.network
  AND h.from_us <= l.at_us + l.error_us
  AND h.until_us > l.at_us - l.error_us
  AND (l.port IS NULL OR l.port >= COALESCE(h.port_from, l.port))
  AND (l.port IS NULL OR l.port <= COALESCE(h.port_to, l.port))
GROUP BY l.login_id
HAVING COUNT(DISTINCT h.line_id) = 1
ORDER BY l.login_id;

-- stage: login_place
-- Connections of the accounts under investigation that one line alone can have made.
WITH alone AS (
  SELECT c.login_id, MIN(c.line_id) AS line_id, MIN(c.holding_id) AS holding_id
  FROM candidate c
  GROUP BY c.login_id
  HAVING COUNT(DISTINCT c.line_id) = 1
)
SELECT l.login_id, l.account_id, l.at_us, l.error_us, l.device_ref, a.line_id, a.holding_id
FROM alone a
JOIN login l ON l.login_id = a.login_id
ORDER BY l.login_id;

-- stage: named_place
-- The same for the named accounts of linked people.
SELECT n.login_id, n.account_id, n.person_ref, n.at_us, n.error_us, n.device_ref, a.line_id, a.holding_id
FROM named_alone a
JOIN named_login n ON n.login_id = a.login_id
ORDER BY n.login_id;

-- stage: line_doubt
-- Fixed lines on which nobody of the household that the register gives them was ever seen, though the household's
-- named accounts were seen on other fixed lines: wired crosswise, used by somebody else, or wrong in the register.
WITH seen AS (
  SELECT p.household, n.line_id, COUNT(*) AS logins
  FROM named_place n
  JOIN person_household p ON p.person_ref = n.person_ref
  JOIN line_household h ON h.line_id = n.line_id
  WHERE h.access_kind = 'fixed'
  GROUP BY p.household, n.line_id
),
resolved AS (
  SELECT DISTINCT e.line_id, e.household FROM resolved_episode e WHERE e.access_kind = 'fixed'
)
SELECT
  r.line_id,
  r.household,
  SUM(s.logins) AS logins_elsewhere,
  COUNT(*) AS lines_elsewhere
FROM resolved r
JOIN seen s ON s.household = r.household
GROUP BY r.line_id, r.household
HAVING SUM(CASE WHEN s.line_id = r.line_id THEN 1 ELSE 0 END) = 0 AND SUM(s.logins) >= $doubt_logins_min
ORDER BY r.line_id;

-- stage: tied_episode
-- Which resolved episodes of an account are tied to a linked person: on an undoubted line of the person's household, on a line
-- where a named account of the person was seen, or with a device of that person alone.
WITH people AS (
  SELECT DISTINCT p.account_id, p.person_ref FROM person_link p
),
seen_line AS (
  SELECT DISTINCT n.person_ref, n.line_id FROM named_place n
),
device_episode AS (
  SELECT DISTINCT e.episode_id, d.person_ref
  FROM resolved_episode e
  JOIN primary_holding p ON p.account_id = e.account_id AND p.holding_id = e.holding_id
  JOIN login l ON l.login_id = p.login_id
  JOIN device_user d ON d.device_ref = l.device_ref AND d.people = 1
)
SELECT
  e.episode_id,
  e.account_id,
  p.person_ref,
  e.first_us,
  e.last_us,
  h.household IS NOT NULL AND w.line_id IS NULL AS at_home,
  (h.household IS NOT NULL AND w.line_id IS NULL) OR s.line_id IS NOT NULL OR d.episode_id IS NOT NULL AS tied
FROM resolved_episode e
JOIN people p ON p.account_id = e.account_id
LEFT JOIN person_household h ON h.person_ref = p.person_ref AND h.household = e.household
LEFT JOIN line_doubt w ON w.line_id = e.line_id
LEFT JOIN seen_line s ON s.person_ref = p.person_ref AND s.line_id = e.line_id
LEFT JOIN device_episode d ON d.person_ref = p.person_ref AND d.episode_id = e.episode_id
ORDER BY e.episode_id, p.person_ref;

-- stage: anchor
-- People whom the registers tie to a line on which the account, or a named account of theirs, was seen.
WITH place AS (
  SELECT DISTINCT e.account_id, e.household
  FROM resolved_episode e
  LEFT JOIN line_doubt w ON w.line_id = e.line_id
  WHERE w.line_id IS NULL
),
own AS (
  SELECT DISTINCT n.person_ref
  FROM named_place n
  JOIN line_household h ON h.line_id = n.line_id
  JOIN person_household p ON p.person_ref = n.person_ref AND p.household = h.household
)
SELECT DISTINCT l.account_id, l.person_ref
FROM person_link l
LEFT JOIN person_household h ON h.person_ref = l.person_ref
LEFT JOIN place p
  ON p.account_id = l.account_id AND p.household = COALESCE(h.household, 'person:' || l.person_ref)
LEFT JOIN own o ON o.person_ref = l.person_ref
WHERE p.account_id IS NOT NULL OR o.person_ref IS NOT NULL
ORDER BY l.account_id, l.person_ref;
