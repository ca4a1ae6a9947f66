-- step: attribute_lines
-- version: 4
-- looks-for: the lines that an account used in two episodes or more, each with the lines that cannot be told apart from it
-- does-not-show: who used the line, or that the operator's records are right. Lines that appear together in every
--   episode (a static group, a shared address without ports) stay a set for ever
-- after: resolve_sessions, count_episodes
-- param: record_error real default 0.01 range 0.001..0.05 -- floor for the share of wrong records; oversight reports count 0.16 to 0.19 % self-reported errors, a lower bound (IOCCO 2013 to 2017)
-- param: systematic_error real default 0.0019 range 0.0001..0.05 -- share of an operator's answers that are wrong in one way throughout, so that agreeing episodes do not outweigh it; 0.16 to 0.19 % of items carried a self-reported error (IOCCO 2013 to 2017)
-- param: record_error_most real default 0.05 range 0.001..0.2 -- share of wrong records that a line alone behind its episodes must withstand: the upper end of the range that is to be swept
-- param: line_log10_min real default 2.0 range 0.0..6.0 -- log10 LR that a line needs after the choice among all lines of its operator is paid for; at 2, fewer than 0.01 other lines are to be expected that do as well by chance
-- param: rival_log10_min real default 2.0 range 0.0..6.0 -- log10 LR that a line needs against each line that explains some of the same episodes
-- param: rival_absent_min integer default 2 range 1..20 -- episodes that a rival must not explain before it is set aside, so that one wrong record can neither clear a line nor leave one alone
-- param: lr_log10_cap real default 3.0 range 1.0..6.0 -- bound of any reported log10 LR, by the size of the validation: n trials of the rarer kind bear out n + 1 to 1, and the trial that is shipped has more than 1,000 at each gate

-- stage: account_pairs
-- For each account and operator: how often a line that merely shares one episode with the account is a candidate of
-- another of its episodes, in pairs of episodes.
WITH per_account AS (
  SELECT e.account_id, k.operator, COUNT(*) AS episodes
  FROM episode e
  JOIN known_line k ON k.line_id = e.line_id
  GROUP BY e.account_id, k.operator
),
beside AS (
  SELECT x.account_id, k.operator, x.line_id, COUNT(*) AS hits
  FROM episode_line x
  JOIN known_line k ON k.line_id = x.line_id
  WHERE x.line_id <> x.own_line_id
  GROUP BY x.account_id, k.operator, x.line_id
),
pairs AS (
  SELECT
    b.account_id,
    b.operator,
    SUM(b.hits * (b.hits - 1)) AS pairs_hit,
    SUM(b.hits * (a.episodes - 1)) AS pairs_all
  FROM beside b
  JOIN per_account a ON a.account_id = b.account_id AND a.operator = b.operator
  GROUP BY b.account_id, b.operator
)
SELECT
  a.account_id,
  a.operator,
  a.episodes,
  COALESCE(p.pairs_hit, 0) AS pairs_hit,
  COALESCE(p.pairs_all, 0) AS pairs_all
FROM per_account a
LEFT JOIN pairs p ON p.account_id = a.account_id AND p.operator = a.operator
ORDER BY a.account_id, a.operator;

-- stage: pool
-- The same for each operator. It is estimated from the operator's own records, never assumed; its floor is one in all
-- lines.
WITH lines AS (
  SELECT k.operator, COUNT(*) AS lines FROM known_line k GROUP BY k.operator
),
pairs AS (
  SELECT a.operator, SUM(a.pairs_hit) AS pairs_hit, SUM(a.pairs_all) AS pairs_all
  FROM account_pairs a
  GROUP BY a.operator
)
SELECT
  l.operator,
  l.lines,
  COALESCE(p.pairs_hit, 0) AS pairs_hit,
  COALESCE(p.pairs_all, 0) AS pairs_all,
  LEAST(0.99, (COALESCE(p.pairs_hit, 0) + 1.0 / GREATEST(l.lines, 2)) / (COALESCE(p.pairs_all, 0) + 1.0)) AS background
FROM lines l
LEFT JOIN pairs p ON p.operator = l.operator
ORDER BY l.operator;

-- stage: line_use
-- How often an account used a line: k of n episodes at the account's own habit, against chance. Behind an episode that
-- several lines can explain an unrelated line stands as often as the pool's background says; behind one that a single
-- line explains, only through a wrong record. The line was chosen among all lines of its operator because it does best,
-- and that choice is paid for: otherwise the best of a thousand innocent lines would look good. An account's own part of
-- the pool can be stickier than the operator's average; of the two backgrounds the greater counts.
WITH lone AS (
  SELECT x.episode_id FROM episode_line x GROUP BY x.episode_id HAVING COUNT(*) = 1
),
used AS (
  SELECT
    e.account_id,
    e.line_id,
    COUNT(*) AS episodes,
    COUNT(l.episode_id) AS lone_episodes,
    SUM(e.logins) AS logins,
    MIN(e.first_us) AS first_us,
    MAX(e.last_us) AS last_us
  FROM episode e
  LEFT JOIN lone l ON l.episode_id = e.episode_id
  GROUP BY e.account_id, e.line_id
),
of_operator AS (
  SELECT
    u.account_id,
    u.line_id,
    u.episodes,
    u.lone_episodes,
    u.logins,
    u.first_us,
    u.last_us,
    k.operator,
    SUM(u.episodes) OVER (PARTITION BY u.account_id, k.operator) AS operator_episodes
  FROM used u
  JOIN known_line k ON k.line_id = u.line_id
),
weighed AS (
  SELECT
    o.account_id,
    o.line_id,
    o.operator,
    o.episodes,
    o.lone_episodes,
    o.logins,
    o.first_us,
    o.last_us,
    o.operator_episodes,
    p.lines,
    GREATEST(p.background, LEAST(0.99, (a.pairs_hit + p.background) / (a.pairs_all + 1.0))) AS q,
    LEAST(p.background, $record_error_most / GREATEST(p.lines, 2)) AS q_lone,
    (o.episodes + 1.0) / (o.operator_episodes + 2.0) AS habit
  FROM of_operator o
  JOIN pool p ON p.operator = o.operator
  JOIN account_pairs a ON a.account_id = o.account_id AND a.operator = o.operator
)
SELECT
  w.account_id,
  w.line_id,
  w.operator,
  w.episodes,
  w.lone_episodes,
  w.logins,
  w.first_us,
  w.last_us,
  w.operator_episodes,
  w.q,
  ROUND(
    w.lone_episodes
      * LOG10(((1 - $record_error) * (w.habit + (1 - w.habit) * w.q_lone) + $record_error * w.q_lone) / w.q_lone)
    + (w.episodes - w.lone_episodes)
      * LOG10(((1 - $record_error) * (w.habit + (1 - w.habit) * w.q) + $record_error * w.q) / w.q)
    + (w.operator_episodes - w.episodes)
      * LOG10(((1 - $record_error) * (1 - w.habit) * (1 - w.q) + $record_error * (1 - w.q)) / (1 - w.q))
    - LOG10(GREATEST(w.lines, 1)),
    3) AS log10_lr
FROM weighed w
ORDER BY w.account_id, w.line_id;

-- stage: rival
-- Lines that explain episodes of a line as well. In each episode that a rival does not explain it could only be the
-- source through a wrong record; where its presence beside the line is mere background, that counts against it.
WITH shared AS (
  SELECT x.account_id, x.own_line_id AS line_id, x.line_id AS rival_line_id, COUNT(*) AS present
  FROM episode_line x
  WHERE x.line_id <> x.own_line_id
  GROUP BY x.account_id, x.own_line_id, x.line_id
),
weighed AS (
  SELECT
    s.account_id,
    s.line_id,
    s.rival_line_id,
    s.present,
    u.episodes - s.present AS absent,
    LEAST(-LOG10($record_error), GREATEST(0.0, LOG10((1 - u.q) / ($record_error * u.q)))) AS gain
  FROM shared s
  JOIN line_use u ON u.account_id = s.account_id AND u.line_id = s.line_id
)
SELECT
  w.account_id,
  w.line_id,
  w.rival_line_id,
  w.present,
  w.absent,
  ROUND(w.absent * w.gain, 3) AS log10_lr,
  w.absent < $rival_absent_min OR ROUND(w.absent * w.gain, 3) < $rival_log10_min AS open
FROM weighed w
ORDER BY w.account_id, w.line_id, w.rival_line_id;

-- stage: line_finding
WITH open_rivals AS (
  SELECT r.account_id, r.line_id, COUNT(*) AS rivals
  FROM rival r
  WHERE r.open
  GROUP BY r.account_id, r.line_id
)
SELECT
  u.account_id,
  u.line_id,
  k.operator,
  k.line_ref,
  k.holder_ref,
  k.access_kind,
  k.address_kind,
  u.episodes,
  u.logins,
  u.first_us,
  u.last_us,
  -- That a line was used seldom does not say that it was not used.
  GREATEST(0.0, LEAST($lr_log10_cap, ROUND(LOG10((1 - $systematic_error) / $systematic_error), 3), u.log10_lr)) AS log10_lr,
  1 + COALESCE(o.rivals, 0) AS set_size,
  CASE
    WHEN u.episodes < 2 THEN 'one_episode'
    WHEN COALESCE(o.rivals, 0) > 0 THEN 'set'
    WHEN u.log10_lr < $line_log10_min THEN 'weak'
    ELSE 'single'
  END AS status
FROM line_use u
JOIN known_line k ON k.line_id = u.line_id
LEFT JOIN open_rivals o ON o.account_id = u.account_id AND o.line_id = u.line_id
ORDER BY u.account_id, u.line_id;
