-- step: weigh_leads
-- version: 2
-- looks-for: accounts for which the evidence supports one person: two episodes on different assignments, an item that
--   is not from the network, a tie in the registers, nobody else it fits as well, and no alibi
-- does-not-show: guilt, or what was done with the account. "Insufficient" says that the records cannot decide, not that
--   the person is cleared
-- after: resolve_sessions, count_episodes, attribute_lines, place_people, attribute_people
-- param: support_log10_min real default 2.0 range 1.0..6.0 -- log10 LR at which a person is supported
-- param: item_log10_min real default 1.0 range 0.1..4.0 -- log10 LR from which an item that is not from the network counts as one
-- param: tied_share_min real default 0.5 range 0.0..1.0 -- share of the resolved episodes that must be tied to the person
-- param: change_share_max real default 0.2 range 0.0..1.0 -- share of the resolved episodes that may lie wholly before or after those tied to the person, before the account may have changed hands
-- param: alibi_episodes_min integer default 2 range 1..20 -- episodes with an alibi that contradict an attribution; one alone may be a wrong record

-- stage: lead_count
WITH logins AS (
  SELECT l.account_id, COUNT(*) AS connections, COUNT(CASE WHEN l.ip_kind = 'public' THEN 1 END) AS usable
  FROM login l
  GROUP BY l.account_id
),
assigned AS (
  SELECT p.account_id, COUNT(*) AS assigned FROM primary_holding p GROUP BY p.account_id
),
episodes AS (
  SELECT e.account_id, COUNT(*) AS episodes FROM episode e GROUP BY e.account_id
),
lines AS (
  SELECT
    f.account_id,
    COUNT(CASE WHEN f.status = 'single' THEN 1 END) AS single_lines,
    COUNT(CASE WHEN f.status = 'single' AND COALESCE(f.access_kind, 'unknown') = 'hosting' THEN 1 END) AS hosting_lines,
    COUNT(CASE WHEN f.status = 'single' AND w.line_id IS NOT NULL THEN 1 END) AS doubted_lines,
    MAX(CASE WHEN f.status = 'single' THEN f.log10_lr END) AS line_log10_lr
  FROM line_finding f
  LEFT JOIN line_doubt w ON w.line_id = f.line_id
  GROUP BY f.account_id
)
SELECT
  k.account_id,
  k.platform,
  k.account_ref,
  COALESCE(l.connections, 0) AS connections,
  COALESCE(l.usable, 0) AS usable,
  COALESCE(a.assigned, 0) AS assigned,
  COALESCE(e.episodes, 0) AS episodes,
  COALESCE(n.single_lines, 0) AS single_lines,
  COALESCE(n.hosting_lines, 0) AS hosting_lines,
  COALESCE(n.doubted_lines, 0) AS doubted_lines,
  n.line_log10_lr
FROM known_account k
LEFT JOIN logins l ON l.account_id = k.account_id
LEFT JOIN assigned a ON a.account_id = k.account_id
LEFT JOIN episodes e ON e.account_id = k.account_id
LEFT JOIN lines n ON n.account_id = k.account_id
WHERE k.investigated
ORDER BY k.account_id;

-- stage: candidate_person
-- The strongest person of each account, with everything the rules look at.
WITH ranked AS (
  SELECT
    f.account_id,
    f.person_ref,
    f.log10_lr,
    f.anchored,
    f.members,
    f.alibi_episodes,
    f.resolved_episodes,
    f.tied_episodes,
    f.home_episodes,
    f.device_log10,
    f.by_selector,
    GREATEST(f.untied_before, f.untied_after) AS untied_run,
    GREATEST(f.device_log10, f.selector_log10) AS item_log10,
    ROW_NUMBER() OVER (
      PARTITION BY f.account_id
      ORDER BY COALESCE(f.log10_lr, 0.0) DESC, f.tied_episodes DESC, f.by_holder DESC, f.person_ref
    ) AS place,
    SUM(CASE WHEN GREATEST(f.device_log10, f.selector_log10) >= $item_log10_min THEN 1 ELSE 0 END)
      OVER (PARTITION BY f.account_id) AS people_with_item
  FROM person_finding f
)
SELECT
  r.account_id,
  r.person_ref,
  r.log10_lr,
  r.anchored,
  r.members,
  r.alibi_episodes,
  r.resolved_episodes,
  r.tied_episodes,
  r.home_episodes,
  r.device_log10,
  r.by_selector,
  r.untied_run,
  r.item_log10,
  r.people_with_item
FROM ranked r
WHERE r.place = 1
ORDER BY r.account_id;

-- stage: lead_verdict
-- One row for each account under investigation: the first rule that stops it, or none.
WITH judged AS (
  SELECT
    c.account_id,
    p.person_ref,
    p.log10_lr,
    CASE
      WHEN c.usable = 0 THEN 'no_usable_connection'
      WHEN c.assigned = 0 THEN 'no_assignment'
      WHEN c.single_lines = 0 THEN 'no_single_line'
      WHEN c.single_lines = c.hosting_lines THEN 'hosting_only'
      WHEN c.single_lines = c.hosting_lines + c.doubted_lines THEN 'line_in_doubt'
      WHEN p.account_id IS NULL THEN 'nobody_linked'
      WHEN p.people_with_item > 1 THEN 'items_name_several_people'
      WHEN p.alibi_episodes >= $alibi_episodes_min AND (p.item_log10 >= $item_log10_min OR p.members = 1) THEN 'alibi'
      -- Anybody can state somebody else's telephone number: alone it counts only on the person's own lines.
      WHEN p.by_selector AND p.device_log10 < $item_log10_min AND p.home_episodes < 2 THEN 'selector_away_from_home'
      WHEN p.item_log10 < $item_log10_min THEN 'network_only'
      WHEN NOT p.anchored THEN 'no_register_tie'
      WHEN p.log10_lr < $support_log10_min THEN 'others_in_household'
      WHEN p.resolved_episodes < 2 OR p.tied_episodes < 2 THEN 'too_few_episodes'
      WHEN p.untied_run >= 3 AND p.untied_run > $change_share_max * p.resolved_episodes THEN 'may_have_changed_hands'
      WHEN p.tied_episodes < $tied_share_min * p.resolved_episodes THEN 'mostly_elsewhere'
      ELSE 'supported'
    END AS reason
  FROM lead_count c
  LEFT JOIN candidate_person p ON p.account_id = c.account_id
)
SELECT
  j.account_id,
  CASE
    WHEN j.reason = 'supported' THEN 'supported'
    WHEN j.reason IN ('items_name_several_people', 'alibi') THEN 'contradicted'
    ELSE 'insufficient'
  END AS outcome,
  CASE WHEN j.reason = 'supported' THEN j.person_ref END AS person_ref,
  j.log10_lr,
  j.reason
FROM judged j
ORDER BY j.account_id;
