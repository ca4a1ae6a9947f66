-- step: place_people
-- version: 2
-- looks-for: everybody with a link to an account (a shared device or selector, the register's holder of a line and who
--   lives there, guests whose named accounts are seen on it again and again, people who turn up where the account does),
--   where their named accounts were seen, which episodes that ties to them, and which lines it puts in doubt
-- does-not-show: that anybody linked used the account. Most linked people are innocent bystanders: they are looked up
--   because what places them elsewhere clears them
-- inputs: account, session, person, relation
-- after: resolve_sessions, count_episodes, attribute_lines
-- param: doubt_logins_min integer default 5 range 1..1000 -- connections of a household's named accounts on other fixed lines, and none on the line that the register gives it, from which the line is in doubt
-- param: doubt_share_max real default 0.1 range 0.0..1.0 -- share of these connections on the line itself, up to which it is as good as none: people visit the other line of a crossed pair now and then
-- param: guest_days_min integer default 3 range 1..100 -- days on which a named account of another household is seen on a line, from which its holder counts as a guest there
-- param: guest_share_min real default 0.2 range 0.0..1.0 -- the same as a share of the household's own days on the line, from which the guest uses it as people do who live there
-- param: co_presence_window_s integer default 3600 range 0..86400 -- seconds between the two uses of a line that belongs to neither

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

-- stage: related_household
-- The households of people whom the registers relate to each person, other than the person's own.
WITH stated AS (
  SELECT r.person_ref, r.other_ref FROM relation r
  UNION
  SELECT r.other_ref AS person_ref, r.person_ref AS other_ref FROM relation r
)
SELECT DISTINCT s.person_ref, COALESCE(o.household, 'person:' || s.other_ref) AS household
FROM stated s
LEFT JOIN person_household o ON o.person_ref = s.other_ref
LEFT JOIN person_household p ON p.person_ref = s.person_ref
WHERE COALESCE(o.household, 'person:' || s.other_ref) <> COALESCE(p.household, 'person:' || s.person_ref)
ORDER BY s.person_ref, household;

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

-- stage: named_login
-- The distinct connections of all named accounts: who else is seen on a line, and how rare it is that two people meet,
-- can only be told from everybody.
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY g.account_id, g.at_us, g.ip, g.port, g.device_ref) AS BIGINT) AS login_id,
  g.account_id,
  g.person_ref,
  g.at_us,
  g.ip,
  g.port,
  g.device_ref,
  g.error_us
FROM (
  SELECT
    k.account_id,
    k.person_ref,
    CAST(s.at_utc AS BIGINT) AS at_us,
    s.ip,
    s.port,
    s.device_ref,
    MAX(1000000 * (COALESCE(s.clock_error_s, $clock_error_default_s)
      + CASE WHEN s.zone_origin = 'assumed' THEN $zone_doubt_s ELSE 0 END)) AS error_us
  FROM session s
  JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
  WHERE k.person_ref IS NOT NULL AND NOT k.investigated AND ip_kind(s.ip) = 'public'
  GROUP BY k.account_id, k.person_ref, s.at_utc, s.ip, s.port, s.device_ref
) g
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
-- The same for the named accounts.
SELECT n.login_id, n.account_id, n.person_ref, n.at_us, n.error_us, n.device_ref, a.line_id, a.holding_id
FROM named_alone a
JOIN named_login n ON n.login_id = a.login_id
ORDER BY n.login_id;

-- stage: met
-- Lines on which the account and a named account of somebody were seen during one assignment and close in time, that are
-- neither the person's own nor a relative's, where a visit is no surprise.
WITH ours AS (
  SELECT DISTINCT a.account_id, a.line_id, a.holding_id, a.at_us, a.at_us / (1000000 * GREATEST($co_presence_window_s, 1)) AS bucket
  FROM login_place a
  JOIN line_household h ON h.line_id = a.line_id
  WHERE h.access_kind IN ('fixed', 'business', 'public_wifi')
),
shift AS (
  SELECT -1 AS step UNION ALL SELECT 0 AS step UNION ALL SELECT 1 AS step
),
near AS (
  SELECT o.account_id, o.line_id, o.holding_id, o.at_us, o.bucket + s.step AS bucket
  FROM ours o
  CROSS JOIN shift s
),
theirs AS (
  SELECT n.person_ref, n.holding_id, n.at_us, n.at_us / (1000000 * GREATEST($co_presence_window_s, 1)) AS bucket
  FROM named_place n
),
pair AS (
  SELECT DISTINCT o.account_id, t.person_ref, o.line_id
  FROM near o
  JOIN theirs t ON t.holding_id = o.holding_id AND t.bucket = o.bucket
  WHERE abs(t.at_us - o.at_us) <= 1000000 * $co_presence_window_s
)
SELECT p.account_id, p.person_ref, p.line_id
FROM pair p
JOIN line_household h ON h.line_id = p.line_id
LEFT JOIN person_household o ON o.person_ref = p.person_ref
LEFT JOIN related_household r ON r.person_ref = p.person_ref AND r.household = h.household
WHERE COALESCE(h.household, 'nobody') <> COALESCE(o.household, 'person:' || p.person_ref) AND r.person_ref IS NULL
ORDER BY p.account_id, p.person_ref, p.line_id;

-- stage: line_seen
-- Who is seen on the resolved lines of households, and on how many days.
WITH resolved AS (
  SELECT DISTINCT e.line_id, e.household FROM resolved_episode e WHERE e.access_kind = 'fixed'
)
SELECT
  n.line_id,
  n.person_ref,
  COALESCE(COALESCE(p.household, 'person:' || n.person_ref) = r.household, FALSE) AS lives_there,
  COUNT(*) AS logins,
  COUNT(DISTINCT n.at_us / 86400000000) AS days
FROM named_place n
JOIN resolved r ON r.line_id = n.line_id
LEFT JOIN person_household p ON p.person_ref = n.person_ref
GROUP BY n.line_id, n.person_ref, COALESCE(COALESCE(p.household, 'person:' || n.person_ref) = r.household, FALSE)
ORDER BY n.line_id, n.person_ref;

-- stage: line_guest
-- Guests: people of other households who are seen on a line again and again; whether they use it as people do who live
-- there, and whether the registers relate them to those who do.
WITH home AS (
  SELECT s.line_id, MAX(s.days) AS days FROM line_seen s WHERE s.lives_there GROUP BY s.line_id
)
SELECT
  s.line_id,
  s.person_ref,
  s.days,
  s.days >= $guest_share_min * COALESCE(h.days, 0) AS as_at_home,
  r.person_ref IS NOT NULL AS related
FROM line_seen s
JOIN line_household l ON l.line_id = s.line_id
LEFT JOIN home h ON h.line_id = s.line_id
LEFT JOIN related_household r ON r.person_ref = s.person_ref AND r.household = l.household
WHERE NOT s.lives_there AND s.days >= $guest_days_min
ORDER BY s.line_id, s.person_ref;

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
  UNION
  SELECT r.account_id, g.person_ref, 'guest' AS kind
  FROM resolved_episode r
  JOIN line_guest g ON g.line_id = r.line_id
  UNION
  SELECT m.account_id, m.person_ref, 'co_presence' AS kind
  FROM met m
  GROUP BY m.account_id, m.person_ref
  HAVING COUNT(*) >= 2
)
SELECT l.account_id, l.person_ref, l.kind
FROM link l
ORDER BY l.account_id, l.person_ref, l.kind;

-- stage: named_row
-- The rows behind the connections of the named accounts of linked people, to be cited.
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
  s.source_id,
  s.row
FROM session s
JOIN known_account k ON k.platform = s.platform AND k.account_ref = s.account_ref
JOIN linked p ON p.person_ref = k.person_ref
WHERE NOT k.investigated AND ip_kind(s.ip) = 'public'
ORDER BY k.account_id, at_us, s.source_id, s.row;

-- stage: line_doubt
-- Fixed lines on which the household that the register gives them is as good as never seen, though its named accounts
-- are seen on other fixed lines, or others' are seen on this one as if they lived there: wired crosswise, used by
-- somebody else, or wrong in the register.
WITH at_line AS (
  SELECT p.household, n.line_id, COUNT(*) AS logins
  FROM named_place n
  JOIN person_household p ON p.person_ref = n.person_ref
  JOIN line_household h ON h.line_id = n.line_id
  WHERE h.access_kind = 'fixed'
  GROUP BY p.household, n.line_id
),
resolved AS (
  SELECT DISTINCT e.line_id, e.household FROM resolved_episode e WHERE e.access_kind = 'fixed' AND e.household IS NOT NULL
),
others AS (
  SELECT g.line_id, COUNT(*) AS guests FROM line_guest g WHERE g.as_at_home GROUP BY g.line_id
),
counted AS (
  SELECT
    r.line_id,
    r.household,
    COALESCE(SUM(CASE WHEN s.line_id = r.line_id THEN s.logins END), 0) AS logins_here,
    COALESCE(SUM(CASE WHEN s.line_id <> r.line_id THEN s.logins END), 0) AS logins_elsewhere,
    COUNT(CASE WHEN s.line_id <> r.line_id THEN 1 END) AS lines_elsewhere
  FROM resolved r
  LEFT JOIN at_line s ON s.household = r.household
  GROUP BY r.line_id, r.household
)
SELECT c.line_id, c.household, c.logins_here, c.logins_elsewhere, c.lines_elsewhere, COALESCE(o.guests, 0) AS guests
FROM counted c
LEFT JOIN others o ON o.line_id = c.line_id
WHERE (c.logins_elsewhere >= $doubt_logins_min AND c.logins_here <= $doubt_share_max * c.logins_elsewhere)
  OR (c.logins_here = 0 AND COALESCE(o.guests, 0) > 0)
ORDER BY c.line_id;

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
-- People whom the registers tie to a line on which the account, or a named account of theirs, was seen: as those who
-- live there, or as relatives of these who are guests there.
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
),
kin AS (
  SELECT DISTINCT e.account_id, g.person_ref
  FROM resolved_episode e
  JOIN line_guest g ON g.line_id = e.line_id AND g.related
)
SELECT DISTINCT l.account_id, l.person_ref
FROM person_link l
LEFT JOIN person_household h ON h.person_ref = l.person_ref
LEFT JOIN place p
  ON p.account_id = l.account_id AND p.household = COALESCE(h.household, 'person:' || l.person_ref)
LEFT JOIN own o ON o.person_ref = l.person_ref
LEFT JOIN kin k ON k.account_id = l.account_id AND k.person_ref = l.person_ref
WHERE p.account_id IS NOT NULL OR o.person_ref IS NOT NULL OR k.person_ref IS NOT NULL
ORDER BY l.account_id, l.person_ref;
