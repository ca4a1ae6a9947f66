-- step: attribute_people
-- version: 3
-- looks-for: the people linked to an account by something other than its lines alone: a device or a selector shared
--   with an account whose holder is named; and what speaks against each: an alibi, a shared device, another person
-- does-not-show: that the holder of a line used it. Nobody is supported by network records alone, and a device or
--   selector says who it belongs to, not whose hands it was in
-- after: resolve_sessions, count_episodes, attribute_lines, place_people
-- param: device_carried_log10 real default 2.3 range 0.0..4.0 -- log10 LR of a device of one person's named accounts, used by both on two lines or more; elicited, no published figure
-- param: device_alone_log10 real default 2.0 range 0.0..4.0 -- the same at one line, where the registers say that the person lives alone; elicited
-- param: device_household_log10 real default 1.3 range 0.0..4.0 -- the same at one line of a larger or unknown household, where it may be lent; elicited
-- param: device_passed_on_log10 real default 0.3 range 0.0..4.0 -- the same where the two uses do not overlap in time, so that it may have changed hands; elicited
-- param: selector_log10 real default 1.7 range 0.0..4.0 -- log10 LR of an e-mail address or telephone number shared with one person's named account, where the account was used on the person's own lines; elicited
-- param: selector_alone_log10 real default 2.0 range 0.0..4.0 -- the same where the registers say that the person lives alone; elicited
-- param: selector_away_log10 real default 0.0 range 0.0..4.0 -- the same where it was not used there: nothing, since anybody can state somebody else's number
-- param: co_presence_log10_max real default 1.0 range 0.0..2.0 -- bound of the log10 LR of each line of somebody else on which a named account of the person was seen at about the same time; how rare that is comes from the records. At most two count, and only where the person lives alone: a household goes visiting together
-- param: habit_least real default 0.1 range 0.01..1.0 -- least share of such lines on which a person is taken to use both accounts, where the records hold too few people with two named accounts to estimate it; elicited
-- param: one_user_log10 real default 1.3 range 0.0..3.0 -- bound of the log10 LR against everybody else where an item points to one person: an account may have two users; elicited
-- param: alibi_window_s integer default 600 range 0..7200 -- seconds, clock errors included, within which nobody is on two fixed lines

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

-- stage: lives_alone
-- People whom the registers show to live alone, and who do not share a line with others who use it as if at home: a
-- residence has many households of one.
WITH user_of_line AS (
  SELECT g.line_id, 'person:' || g.person_ref AS who FROM line_guest g WHERE g.as_at_home
  UNION
  SELECT s.line_id, 'household' AS who FROM line_seen s WHERE s.lives_there
),
crowded AS (
  SELECT u.line_id FROM user_of_line u GROUP BY u.line_id HAVING COUNT(*) > 1
),
among_others AS (
  SELECT p.person_ref
  FROM crowded c
  JOIN line_household h ON h.line_id = c.line_id
  JOIN person_household p ON p.household = h.household
  UNION
  SELECT g.person_ref
  FROM crowded c
  JOIN line_guest g ON g.line_id = c.line_id AND g.as_at_home
)
SELECT p.person_ref
FROM person_household p
LEFT JOIN among_others o ON o.person_ref = p.person_ref
WHERE p.members = 1 AND o.person_ref IS NULL
ORDER BY p.person_ref;

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
    WHEN h.person_ref IS NOT NULL THEN $device_alone_log10
    ELSE $device_household_log10
  END AS log10_lr
FROM ours o
JOIN device_user d ON d.device_ref = o.device_ref
LEFT JOIN device_network n
  ON n.account_id = o.account_id AND n.person_ref = d.person_ref AND n.device_ref = o.device_ref
LEFT JOIN lives_alone h ON h.person_ref = d.person_ref
ORDER BY o.account_id, d.person_ref, o.device_ref;

-- stage: selector_item
WITH home AS (
  SELECT t.account_id, t.person_ref, COUNT(*) AS episodes
  FROM tied_episode t
  WHERE t.at_home
  GROUP BY t.account_id, t.person_ref
)
SELECT
  s.account_id,
  s.person_ref,
  s.kind,
  s.value,
  s.people,
  COALESCE(e.episodes, 0) AS home_episodes,
  CASE
    WHEN s.people > 1 THEN 0.0
    WHEN COALESCE(e.episodes, 0) < 2 THEN $selector_away_log10
    WHEN h.person_ref IS NOT NULL THEN $selector_alone_log10
    ELSE $selector_log10
  END AS log10_lr
FROM selector_user s
LEFT JOIN home e ON e.account_id = s.account_id AND e.person_ref = s.person_ref
LEFT JOIN lives_alone h ON h.person_ref = s.person_ref
ORDER BY s.account_id, s.person_ref, s.kind, s.value;

-- stage: pair_background
-- How often one person's two named accounts are both seen, close in time, on a line of another household: what is to be
-- expected where the account is the person's. It comes from the people in the records who have two named accounts.
WITH away AS (
  SELECT n.person_ref, n.account_id, n.line_id, n.holding_id, n.at_us,
    n.at_us / (1000000 * GREATEST($co_presence_window_s, 1)) AS bucket
  FROM named_place n
  JOIN line_household h ON h.line_id = n.line_id
  LEFT JOIN person_household p ON p.person_ref = n.person_ref
  WHERE h.access_kind IN ('fixed', 'business', 'public_wifi')
    AND COALESCE(h.household, 'nobody') <> COALESCE(p.household, 'person:' || n.person_ref)
),
several AS (
  SELECT a.person_ref FROM away a GROUP BY a.person_ref HAVING COUNT(DISTINCT a.account_id) > 1
),
tried AS (
  SELECT DISTINCT a.person_ref, a.account_id, a.line_id
  FROM away a
  JOIN several s ON s.person_ref = a.person_ref
),
shift AS (
  SELECT -1 AS step UNION ALL SELECT 0 AS step UNION ALL SELECT 1 AS step
),
near AS (
  SELECT a.person_ref, a.account_id, a.line_id, a.holding_id, a.at_us, a.bucket + s.step AS bucket
  FROM away a
  CROSS JOIN shift s
),
both_seen AS (
  SELECT DISTINCT a.person_ref, a.account_id, a.line_id
  FROM near a
  JOIN away b ON b.person_ref = a.person_ref AND b.holding_id = a.holding_id AND b.bucket = a.bucket
  WHERE b.account_id <> a.account_id AND abs(b.at_us - a.at_us) <= 1000000 * $co_presence_window_s
),
people AS (
  SELECT COUNT(DISTINCT n.person_ref) AS people FROM named_place n
),
counts AS (
  SELECT
    (SELECT COUNT(*) FROM tried) AS tries,
    (SELECT COUNT(*) FROM both_seen) AS hits
)
SELECT p.people, c.tries, c.hits, GREATEST($habit_least, (c.hits + 1.0) / (c.tries + 2.0)) AS habit
FROM people p
CROSS JOIN counts c
ORDER BY p.people;

-- stage: co_presence
-- The lines on which a linked person turns up where the account does, and how rare that is: the share of all people in
-- the records who do so on that line (the rare pair).
WITH crowd AS (
  SELECT m.account_id, m.line_id, COUNT(*) AS people FROM met m GROUP BY m.account_id, m.line_id
)
SELECT
  m.account_id,
  m.person_ref,
  m.line_id,
  c.people,
  ROUND(GREATEST(0.0, LEAST($co_presence_log10_max, LOG10(b.habit * b.people / c.people))), 3) AS log10_lr
FROM met m
JOIN crowd c ON c.account_id = m.account_id AND c.line_id = m.line_id
JOIN (SELECT DISTINCT l.account_id, l.person_ref FROM person_link l) p
  ON p.account_id = m.account_id AND p.person_ref = m.person_ref
CROSS JOIN pair_background b
ORDER BY m.account_id, m.person_ref, m.line_id;

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

-- stage: person_finding
-- All that is known of each linked person, in one row. A likelihood ratio is stated only where there is an item that
-- is not from the network: for the person it points to, and against the others, since most accounts have one user.
WITH people AS (
  SELECT
    l.account_id,
    l.person_ref,
    MAX(CASE WHEN l.kind = 'device' THEN 1 ELSE 0 END) AS by_device,
    MAX(CASE WHEN l.kind = 'selector' THEN 1 ELSE 0 END) AS by_selector,
    MAX(CASE WHEN l.kind = 'holder' THEN 1 ELSE 0 END) AS by_holder,
    MAX(CASE WHEN l.kind = 'household' THEN 1 ELSE 0 END) AS by_household,
    MAX(CASE WHEN l.kind = 'guest' THEN 1 ELSE 0 END) AS by_guest
  FROM person_link l
  GROUP BY l.account_id, l.person_ref
),
device AS (
  SELECT d.account_id, d.person_ref, MAX(d.log10_lr) AS log10_lr, MAX(d.networks) AS networks
  FROM device_item d
  GROUP BY d.account_id, d.person_ref
),
selector AS (
  SELECT s.account_id, s.person_ref, MAX(s.log10_lr) AS log10_lr FROM selector_item s GROUP BY s.account_id, s.person_ref
),
ranked_line AS (
  SELECT
    c.account_id,
    c.person_ref,
    c.log10_lr,
    ROW_NUMBER() OVER (PARTITION BY c.account_id, c.person_ref ORDER BY c.log10_lr DESC, c.line_id) AS place
  FROM co_presence c
),
presence AS (
  SELECT
    r.account_id,
    r.person_ref,
    COUNT(*) AS lines,
    SUM(CASE WHEN r.place <= 2 THEN r.log10_lr ELSE 0.0 END) AS log10_lr
  FROM ranked_line r
  GROUP BY r.account_id, r.person_ref
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
),
together AS (
  SELECT
    p.account_id,
    p.person_ref,
    -- A device that was carried from line to line says the same already.
    CASE WHEN h.members = 1 AND COALESCE(d.networks, 0) < 2 THEN COALESCE(c.log10_lr, 0.0) ELSE 0.0 END AS co_presence_log10,
    GREATEST(COALESCE(d.log10_lr, 0.0), COALESCE(s.log10_lr, 0.0)) AS item_log10,
    COALESCE(d.log10_lr, 0.0) + COALESCE(s.log10_lr, 0.0) AS items_log10
  FROM people p
  LEFT JOIN person_household h ON h.person_ref = p.person_ref
  LEFT JOIN device d ON d.account_id = p.account_id AND d.person_ref = p.person_ref
  LEFT JOIN selector s ON s.account_id = p.account_id AND s.person_ref = p.person_ref
  LEFT JOIN presence c ON c.account_id = p.account_id AND c.person_ref = p.person_ref
),
ranked AS (
  SELECT
    g.account_id,
    g.item_log10,
    COALESCE(t.tied_episodes, 0) AS tied_episodes,
    COALESCE(t.resolved_episodes, 0) AS resolved_episodes,
    ROW_NUMBER() OVER (
      PARTITION BY g.account_id
      ORDER BY g.item_log10 DESC, COALESCE(t.tied_episodes, 0) DESC, g.person_ref
    ) AS place
  FROM together g
  LEFT JOIN ties t ON t.account_id = g.account_id AND t.person_ref = g.person_ref
),
-- The one that an item points to speaks against the others only where nearly all of the account's episodes are tied to
-- that one: otherwise it may have a second user.
strongest AS (
  SELECT
    r.account_id,
    CASE WHEN r.tied_episodes >= (1 - $change_share_max) * r.resolved_episodes THEN r.item_log10 ELSE 0.0 END AS item_log10
  FROM ranked r
  WHERE r.place = 1
)
SELECT
  p.account_id,
  p.person_ref,
  p.by_device = 1 AS by_device,
  p.by_selector = 1 AS by_selector,
  p.by_holder = 1 AS by_holder,
  p.by_household = 1 AS by_household,
  p.by_guest = 1 AS by_guest,
  h.members,
  a.account_id IS NOT NULL AS anchored,
  COALESCE(d.log10_lr, 0.0) AS device_log10,
  COALESCE(s.log10_lr, 0.0) AS selector_log10,
  g.co_presence_log10,
  COALESCE(c.lines, 0) AS co_presence_lines,
  COALESCE(e.episodes, 0) AS alibi_episodes,
  COALESCE(t.resolved_episodes, 0) AS resolved_episodes,
  COALESCE(t.tied_episodes, 0) AS tied_episodes,
  COALESCE(t.home_episodes, 0) AS home_episodes,
  COALESCE(t.untied_before, 0) AS untied_before,
  COALESCE(t.untied_after, 0) AS untied_after,
  CASE
    WHEN g.item_log10 > 0 THEN ROUND(LEAST($lr_log10_cap, g.items_log10 + g.co_presence_log10), 3)
    WHEN m.item_log10 >= $item_log10_min THEN -LEAST($one_user_log10, m.item_log10)
  END AS log10_lr
FROM people p
JOIN together g ON g.account_id = p.account_id AND g.person_ref = p.person_ref
JOIN strongest m ON m.account_id = p.account_id
LEFT JOIN person_household h ON h.person_ref = p.person_ref
LEFT JOIN anchor a ON a.account_id = p.account_id AND a.person_ref = p.person_ref
LEFT JOIN device d ON d.account_id = p.account_id AND d.person_ref = p.person_ref
LEFT JOIN selector s ON s.account_id = p.account_id AND s.person_ref = p.person_ref
LEFT JOIN presence c ON c.account_id = p.account_id AND c.person_ref = p.person_ref
LEFT JOIN elsewhere e ON e.account_id = p.account_id AND e.person_ref = p.person_ref
LEFT JOIN ties t ON t.account_id = p.account_id AND t.person_ref = p.person_ref
ORDER BY p.account_id, p.person_ref;
