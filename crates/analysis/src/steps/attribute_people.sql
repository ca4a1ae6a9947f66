-- step: attribute_people
-- version: 1
-- looks-for: the people linked to an account by something other than its lines alone: a device or a selector shared
--   with an account whose holder is named; and what speaks against each: an alibi, a shared device, another person
-- does-not-show: that the holder of a line used it. Nobody is supported by network records alone, and a device or
--   selector says who it belongs to, not whose hands it was in
-- inputs: account, session, person
-- after: resolve_sessions, count_episodes, attribute_lines
-- param: device_carried_log10 real default 2.3 range 0.0..4.0 -- log10 LR of a device of one person's named accounts, used by both on two lines or more; elicited, no published figure
-- param: device_alone_log10 real default 2.0 range 0.0..4.0 -- the same at one line, where the registers say that the person lives alone; elicited
-- param: device_household_log10 real default 1.3 range 0.0..4.0 -- the same at one line of a larger or unknown household, where it may be lent; elicited
-- param: device_passed_on_log10 real default 0.3 range 0.0..4.0 -- the same where the two uses do not overlap in time, so that it may have changed hands; elicited
-- param: selector_log10 real default 1.7 range 0.0..4.0 -- log10 LR of an e-mail address or telephone number shared with one person's named account; elicited
-- param: selector_alone_log10 real default 2.0 range 0.0..4.0 -- the same where the registers say that the person lives alone; elicited
-- param: co_presence_log10 real default 0.5 range 0.0..2.0 -- log10 LR of each line of somebody else on which a named account of the person was seen at about the same time; elicited, at most two count, and only where the person lives alone: a household goes visiting together
-- param: co_presence_window_s integer default 3600 range 0..86400 -- seconds between the two uses of such a line
-- param: alibi_window_s integer default 600 range 0..7200 -- seconds, clock errors included, within which nobody is on two fixed lines

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
WITH length AS (
  SELECT DISTINCT h.prefix_length, CASE WHEN h.network LIKE '%:%' THEN 6 ELSE 4 END AS family FROM holding h
)
SELECT l.login_id, l.account_id, l.at_us, l.error_us, l.port, ip_network(l.ip, n.prefix_length) AS network
FROM named_login l
JOIN length n ON n.family = CASE WHEN l.ip LIKE '%:%' THEN 6 ELSE 4 END
ORDER BY l.login_id, network;

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

-- stage: device_network
-- On which lines (or, where the line is not settled, at which operators) a device was used by the account and by the
-- person's named accounts. Two operators are two lines, whichever they are.
WITH ours AS (
  SELECT DISTINCT l.account_id, l.device_ref, 'operator:' || k.operator AS network
  FROM candidate c
  JOIN login l ON l.login_id = c.login_id
  JOIN known_line k ON k.line_id = c.line_id
  WHERE l.device_ref IS NOT NULL AND COALESCE(k.access_kind, 'unknown') <> 'hosting'
  UNION
  SELECT DISTINCT p.account_id, p.device_ref, 'line:' || CAST(p.line_id AS VARCHAR) AS network
  FROM login_place p
  JOIN line_household h ON h.line_id = p.line_id
  WHERE p.device_ref IS NOT NULL AND h.access_kind <> 'hosting'
),
-- The operator of each network, where the records name one alone.
of_network AS (
  SELECT h.network, MIN(k.operator) AS operator
  FROM holding h
  JOIN known_line k ON k.line_id = h.line_id
  GROUP BY h.network
  HAVING COUNT(DISTINCT k.operator) = 1
),
theirs AS (
  SELECT DISTINCT n.person_ref, n.device_ref, 'operator:' || o.operator AS network
  FROM named_network c
  JOIN of_network o ON o.network = c.network
  JOIN named_login n ON n.login_id = c.login_id
  WHERE n.device_ref IS NOT NULL
  UNION
  SELECT DISTINCT p.person_ref, p.device_ref, 'line:' || CAST(p.line_id AS VARCHAR) AS network
  FROM named_place p
  WHERE p.device_ref IS NOT NULL
),
both_used AS (
  SELECT o.account_id, t.person_ref, o.device_ref, o.network
  FROM ours o
  JOIN theirs t ON t.device_ref = o.device_ref AND t.network = o.network
)
SELECT
  b.account_id,
  b.person_ref,
  b.device_ref,
  GREATEST(
    COUNT(DISTINCT CASE WHEN b.network LIKE 'line:%' THEN b.network END),
    COUNT(DISTINCT CASE WHEN b.network LIKE 'operator:%' THEN b.network END)
  ) AS networks
FROM both_used b
GROUP BY b.account_id, b.person_ref, b.device_ref
ORDER BY b.account_id, b.person_ref, b.device_ref;

-- stage: device_item
WITH ours AS (
  SELECT l.account_id, l.device_ref, COUNT(*) AS logins, MIN(l.at_us) AS first_us, MAX(l.at_us) AS last_us
  FROM login l
  WHERE l.device_ref IS NOT NULL
  GROUP BY l.account_id, l.device_ref
)
SELECT
  o.account_id,
  d.person_ref,
  o.device_ref,
  o.logins,
  d.logins AS named_logins,
  d.people,
  d.first_us < o.last_us AND d.last_us > o.first_us AS overlaps,
  COALESCE(n.networks, 0) AS networks,
  CASE
    WHEN d.people > 1 THEN 0.0
    WHEN NOT (d.first_us < o.last_us AND d.last_us > o.first_us) THEN $device_passed_on_log10
    WHEN COALESCE(n.networks, 0) >= 2 THEN $device_carried_log10
    WHEN h.members = 1 THEN $device_alone_log10
    ELSE $device_household_log10
  END AS log10_lr
FROM ours o
JOIN device_user d ON d.device_ref = o.device_ref
LEFT JOIN device_network n
  ON n.account_id = o.account_id AND n.person_ref = d.person_ref AND n.device_ref = o.device_ref
LEFT JOIN person_household h ON h.person_ref = d.person_ref
ORDER BY o.account_id, d.person_ref, o.device_ref;

-- stage: selector_item
SELECT
  s.account_id,
  s.person_ref,
  s.kind,
  s.value,
  s.people,
  CASE
    WHEN s.people > 1 THEN 0.0
    WHEN h.members = 1 THEN $selector_alone_log10
    ELSE $selector_log10
  END AS log10_lr
FROM selector_user s
LEFT JOIN person_household h ON h.person_ref = s.person_ref
ORDER BY s.account_id, s.person_ref, s.kind, s.value;

-- stage: co_presence
-- Fixed lines of other households on which the account and a named account of the person were seen during one
-- assignment and close in time. Public Wi-Fi does not count: too many people are seen there.
SELECT DISTINCT a.account_id, n.person_ref, a.line_id
FROM login_place a
JOIN named_place n ON n.holding_id = a.holding_id
JOIN person_link p ON p.account_id = a.account_id AND p.person_ref = n.person_ref
JOIN line_household h ON h.line_id = a.line_id
LEFT JOIN person_household o ON o.person_ref = n.person_ref
WHERE h.access_kind = 'fixed'
  AND abs(n.at_us - a.at_us) <= 1000000 * $co_presence_window_s
  AND COALESCE(h.household, 'nobody') <> COALESCE(o.household, 'person:' || n.person_ref)
ORDER BY a.account_id, n.person_ref, a.line_id;

-- stage: alibi
-- Times when the account was on one fixed line and a named account of the person on another.
WITH fixed_ours AS (
  SELECT a.login_id, a.account_id, a.at_us, a.error_us, a.line_id, a.holding_id,
    a.at_us / (1000000 * GREATEST($alibi_window_s, 1)) AS bucket
  FROM login_place a
  JOIN line_household h ON h.line_id = a.line_id
  WHERE h.access_kind IN ('fixed', 'business', 'public_wifi')
),
fixed_theirs AS (
  SELECT n.login_id, n.person_ref, n.at_us, n.error_us, n.line_id,
    n.at_us / (1000000 * GREATEST($alibi_window_s, 1)) AS bucket
  FROM named_place n
  JOIN line_household h ON h.line_id = n.line_id
  WHERE h.access_kind IN ('fixed', 'business', 'public_wifi')
),
shift AS (
  SELECT -1 AS step UNION ALL SELECT 0 AS step UNION ALL SELECT 1 AS step
),
near AS (
  SELECT t.login_id, t.person_ref, t.at_us, t.error_us, t.line_id, t.bucket + s.step AS bucket
  FROM fixed_theirs t
  CROSS JOIN shift s
),
people AS (
  SELECT DISTINCT p.account_id, p.person_ref FROM person_link p
)
SELECT
  o.account_id,
  p.person_ref,
  o.login_id,
  n.login_id AS named_login_id,
  o.holding_id,
  o.line_id,
  n.line_id AS elsewhere_line_id
FROM fixed_ours o
JOIN near n ON n.bucket = o.bucket
JOIN people p ON p.account_id = o.account_id AND p.person_ref = n.person_ref
WHERE n.line_id <> o.line_id
  AND abs(n.at_us - o.at_us) + n.error_us + o.error_us <= 1000000 * $alibi_window_s
ORDER BY o.account_id, p.person_ref, o.login_id, n.login_id;

-- stage: tied_episode
-- Which resolved episodes of an account are tied to a linked person: on a line of the person's household, on a line
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
  h.household IS NOT NULL AS at_home,
  h.household IS NOT NULL OR s.line_id IS NOT NULL OR d.episode_id IS NOT NULL AS tied
FROM resolved_episode e
JOIN people p ON p.account_id = e.account_id
LEFT JOIN person_household h ON h.person_ref = p.person_ref AND h.household = e.household
LEFT JOIN seen_line s ON s.person_ref = p.person_ref AND s.line_id = e.line_id
LEFT JOIN device_episode d ON d.person_ref = p.person_ref AND d.episode_id = e.episode_id
ORDER BY e.episode_id, p.person_ref;

-- stage: anchor
-- People whom the registers tie to a line on which the account, or a named account of theirs, was seen.
WITH place AS (
  SELECT DISTINCT e.account_id, e.household FROM resolved_episode e
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

-- stage: person_finding
-- All that is known of each linked person, in one row.
WITH people AS (
  SELECT
    l.account_id,
    l.person_ref,
    MAX(CASE WHEN l.kind = 'device' THEN 1 ELSE 0 END) AS by_device,
    MAX(CASE WHEN l.kind = 'selector' THEN 1 ELSE 0 END) AS by_selector,
    MAX(CASE WHEN l.kind = 'holder' THEN 1 ELSE 0 END) AS by_holder,
    MAX(CASE WHEN l.kind = 'household' THEN 1 ELSE 0 END) AS by_household
  FROM person_link l
  GROUP BY l.account_id, l.person_ref
),
device AS (
  SELECT d.account_id, d.person_ref, MAX(d.log10_lr) AS log10_lr FROM device_item d GROUP BY d.account_id, d.person_ref
),
selector AS (
  SELECT s.account_id, s.person_ref, MAX(s.log10_lr) AS log10_lr FROM selector_item s GROUP BY s.account_id, s.person_ref
),
presence AS (
  SELECT c.account_id, c.person_ref, COUNT(*) AS lines FROM co_presence c GROUP BY c.account_id, c.person_ref
),
elsewhere AS (
  SELECT a.account_id, a.person_ref, COUNT(DISTINCT a.holding_id) AS episodes FROM alibi a GROUP BY a.account_id, a.person_ref
),
span AS (
  SELECT
    t.account_id,
    t.person_ref,
    MIN(CASE WHEN t.tied THEN t.first_us END) AS first_us,
    MAX(CASE WHEN t.tied THEN t.last_us END) AS last_us
  FROM tied_episode t
  GROUP BY t.account_id, t.person_ref
),
ties AS (
  SELECT
    t.account_id,
    t.person_ref,
    COUNT(*) AS resolved_episodes,
    COUNT(CASE WHEN t.tied THEN 1 END) AS tied_episodes,
    COUNT(CASE WHEN t.at_home THEN 1 END) AS home_episodes,
    COUNT(CASE WHEN NOT t.tied AND t.last_us < s.first_us THEN 1 END) AS untied_before,
    COUNT(CASE WHEN NOT t.tied AND t.first_us > s.last_us THEN 1 END) AS untied_after
  FROM tied_episode t
  JOIN span s ON s.account_id = t.account_id AND s.person_ref = t.person_ref
  GROUP BY t.account_id, t.person_ref
)
SELECT
  p.account_id,
  p.person_ref,
  p.by_device = 1 AS by_device,
  p.by_selector = 1 AS by_selector,
  p.by_holder = 1 AS by_holder,
  p.by_household = 1 AS by_household,
  h.members,
  a.account_id IS NOT NULL AS anchored,
  COALESCE(d.log10_lr, 0.0) AS device_log10,
  COALESCE(s.log10_lr, 0.0) AS selector_log10,
  CASE WHEN h.members = 1 THEN $co_presence_log10 * LEAST(COALESCE(c.lines, 0), 2) ELSE 0.0 END AS co_presence_log10,
  COALESCE(c.lines, 0) AS co_presence_lines,
  COALESCE(e.episodes, 0) AS alibi_episodes,
  COALESCE(t.resolved_episodes, 0) AS resolved_episodes,
  COALESCE(t.tied_episodes, 0) AS tied_episodes,
  COALESCE(t.home_episodes, 0) AS home_episodes,
  COALESCE(t.untied_before, 0) AS untied_before,
  COALESCE(t.untied_after, 0) AS untied_after,
  ROUND(LEAST(
    $lr_log10_cap,
    COALESCE(d.log10_lr, 0.0) + COALESCE(s.log10_lr, 0.0)
      + CASE WHEN h.members = 1 THEN $co_presence_log10 * LEAST(COALESCE(c.lines, 0), 2) ELSE 0.0 END
  ), 3) AS log10_lr
FROM people p
LEFT JOIN person_household h ON h.person_ref = p.person_ref
LEFT JOIN anchor a ON a.account_id = p.account_id AND a.person_ref = p.person_ref
LEFT JOIN device d ON d.account_id = p.account_id AND d.person_ref = p.person_ref
LEFT JOIN selector s ON s.account_id = p.account_id AND s.person_ref = p.person_ref
LEFT JOIN presence c ON c.account_id = p.account_id AND c.person_ref = p.person_ref
LEFT JOIN elsewhere e ON e.account_id = p.account_id AND e.person_ref = p.person_ref
LEFT JOIN ties t ON t.account_id = p.account_id AND t.person_ref = p.person_ref
ORDER BY p.account_id, p.person_ref;
