-- step: weigh_payments
-- version: 2
-- looks-for: how strongly the payments of each connected account speak for a buyer and against; who may be a victim of fraud; who
--   passes money on; who pays out for many
-- does-not-show: guilt, or what was bought. Ratios are ceilings of design until they are calibrated: small sums, many recipients or
--   bursts alone are shown by nearly all who send money home, and count for next to nothing
-- after: match_payments, tie_payments, follow_payments, surround_payments
-- param: seed_log10 real default 1.0 range 0.0..3.0 -- log10 LR of repeated payments to one established recipient; relatives and customers of that recipient pay as well
-- param: second_seed_log10 real default 1.0 range 0.0..3.0 -- the same for a second established recipient of another household
-- param: common_log10 real default 0.5 range 0.0..1.0 -- for each of the first two recipients in common with other payers of seeds; together at most a ratio of 10, since those recipients are not established
-- param: through_log10 real default 0.5 range 0.0..2.0 -- for payments to an account that passes money on to a seed
-- param: sequence_log10_max real default 0.3 range 0.0..0.5 -- for bursts, rhythm, growth and change of providers together: they depend on each other and are one block
-- param: near_log10 real default 0.2 range 0.0..0.5 -- for payments near messages, log-ins or trips, each; together at most twice as much: they are one block
-- param: payments_min integer default 3 range 1..100 -- payments to seeds from which they are repeated; fewer weigh a third
-- param: support_payments_log10_min real default 2.5 range 1.0..6.0 -- log10 LR at which a buyer is supported
-- param: growth_percent integer default 250 range 110..10000 -- per cent of the first two payments that the last two reach where sums grow as fraud makes them grow
-- param: growth_days_max integer default 180 range 7..2000 -- days within which such sums grow
-- param: regular_percent integer default 60 range 50..100 -- per cent of gaps between 20 and 45 days from which payments are as regular as support of a family

-- stage: sequence_payment
-- The payments of each payer to each household of seeds, or to each account that passes on, in their order.
SELECT
  f.account_key, f.household, f.currency, f.kind, f.day, f.amount, f.provider, f.is_reversed, f.source_id, f.row, f.part,
  ROW_NUMBER() OVER w AS place,
  COUNT(*) OVER (PARTITION BY f.account_key, f.household, f.currency) AS payments,
  LAG(f.day) OVER w AS day_before,
  LEAD(f.day) OVER w AS day_after,
  LAG(f.amount) OVER w AS amount_before,
  LAG(f.provider) OVER w AS provider_before,
  LEAD(f.provider) OVER w AS provider_after
FROM followed_payment f
WHERE f.kind IN ('seed', 'relay')
WINDOW w AS (PARTITION BY f.account_key, f.household, f.currency ORDER BY f.day, f.source_id, f.row, f.part)
ORDER BY f.account_key, f.household, f.currency, place;

-- stage: payer_sequence
WITH counted AS (
  SELECT
    p.account_key,
    p.household,
    p.currency,
    COUNT(*) AS payments,
    MIN(p.day) AS first_day,
    MAX(p.day) AS last_day,
    SUM(p.amount) AS amount,
    SUM(CASE WHEN p.is_reversed THEN 1 ELSE 0 END) AS reversed,
    SUM(CASE WHEN p.amount > p.amount_before THEN 1 ELSE 0 END) AS increases,
    SUM(CASE WHEN p.place <= 2 THEN p.amount END) AS first_two,
    SUM(CASE WHEN p.place > p.payments - 2 THEN p.amount END) AS last_two,
    SUM(CASE WHEN p.day - p.day_before BETWEEN 20 AND 45 THEN 1 ELSE 0 END) AS monthly_gaps,
    SUM(CASE WHEN p.day - p.day_before <= 1 THEN 1 ELSE 0 END) AS burst_gaps,
    SUM(CASE WHEN p.day - p.day_before <= 15 THEN 1 ELSE 0 END) AS short_gaps,
    SUM(CASE WHEN p.provider <> p.provider_before THEN 1 ELSE 0 END) AS provider_changes
  FROM sequence_payment p
  GROUP BY p.account_key, p.household, p.currency
)
SELECT
  c.account_key, c.household, c.currency, c.payments, c.first_day, c.last_day, c.amount, c.reversed, c.increases, c.first_two,
  c.last_two, c.monthly_gaps, c.burst_gaps, c.short_gaps, c.provider_changes,
  -- Sums that grow as fraud makes them grow, within months.
  CASE
    WHEN c.payments >= 4 AND c.last_day - c.first_day <= $growth_days_max AND c.increases * 10 >= (c.payments - 1) * 8
      AND c.last_two * 100 >= c.first_two * $growth_percent THEN 1
    ELSE 0
  END AS grows,
  CASE WHEN c.payments >= 5 AND c.monthly_gaps * 100 >= (c.payments - 1) * $regular_percent THEN 1 ELSE 0 END AS is_regular,
  CASE WHEN c.burst_gaps >= 2 THEN 1 ELSE 0 END AS has_bursts,
  CASE WHEN c.payments >= 4 AND c.short_gaps * 2 >= c.payments - 1 THEN 1 ELSE 0 END AS is_frequent,
  CASE
    WHEN c.payments >= 6 AND c.last_day - c.first_day > $growth_days_max AND c.last_two * 100 >= c.first_two * $growth_percent
      AND c.increases * 2 >= c.payments - 1 THEN 1
    ELSE 0
  END AS rises,
  CASE WHEN c.provider_changes >= 2 THEN 1 ELSE 0 END AS changes_provider
FROM counted c
ORDER BY c.account_key, c.household, c.currency;

-- stage: payer_figure
-- Everything the rules look at, one row a payer.
WITH seeds AS (
  SELECT
    c.account_key,
    COUNT(CASE WHEN c.payments > 0 THEN 1 END) AS households,
    SUM(c.payments) AS payments,
    SUM(c.through_payments) AS through_payments
  FROM connected_payer c
  GROUP BY c.account_key
),
sequence AS (
  SELECT
    s.account_key,
    SUM(s.payments) AS sequence_payments,
    SUM(s.reversed) AS reversed,
    MAX(s.last_day) - MIN(s.first_day) AS span_days,
    MAX(s.grows) AS grows,
    MAX(s.is_regular) AS is_regular,
    MAX(s.has_bursts) AS has_bursts,
    MAX(s.is_frequent) AS is_frequent,
    MAX(s.rises) AS rises,
    MAX(s.changes_provider) AS changes_provider
  FROM payer_sequence s
  GROUP BY s.account_key
),
near AS (
  SELECT
    n.account_key,
    COUNT(DISTINCT n.kind) AS near_kinds
  FROM near_contact n
  WHERE n.is_pattern
  GROUP BY n.account_key
),
common AS (
  SELECT f.account_key, COUNT(DISTINCT f.creditor) AS common_recipients
  FROM followed_payment f
  WHERE f.kind = 'common'
  GROUP BY f.account_key
)
SELECT
  s.account_key,
  s.households,
  s.payments,
  s.through_payments,
  COALESCE(c.common_recipients, 0) AS common_recipients,
  q.reversed,
  q.span_days,
  q.grows,
  q.is_regular,
  q.has_bursts,
  q.is_frequent,
  q.rises,
  q.changes_provider,
  COALESCE(n.near_kinds, 0) AS near_kinds,
  COALESCE(h.payers, 0) AS payers_in_household,
  CASE WHEN r.account_key IS NULL THEN 0 ELSE 1 END AS has_relation
FROM seeds s
JOIN sequence q ON q.account_key = s.account_key
LEFT JOIN common c ON c.account_key = s.account_key
LEFT JOIN documented_relation r ON r.account_key = s.account_key
LEFT JOIN near n ON n.account_key = s.account_key
LEFT JOIN payer_household h ON h.account_key = s.account_key
ORDER BY s.account_key;

-- stage: payment_evidence
-- One row an item, for and against. Items of one block share a dependence group and are capped together. `detail` has the figures.
WITH contacts AS (
  SELECT
    n.account_key, n.kind, SUM(n.near) AS near, SUM(n.payments) AS payments, SUM(n.near_controls) AS near_controls,
    SUM(n.controls) AS controls
  FROM near_contact n
  WHERE n.is_pattern
  GROUP BY n.account_key, n.kind
),
told AS (
  SELECT
    c.account_key,
    CAST(STRING_AGG(
      c.kind || ':' || CAST(c.near AS VARCHAR) || ':' || CAST(c.payments AS VARCHAR) || ':' || CAST(c.near_controls AS VARCHAR) || ':'
        || CAST(c.controls AS VARCHAR),
      ';' ORDER BY c.kind
    ) AS VARCHAR) AS detail
  FROM contacts c
  GROUP BY c.account_key
),
passing AS (
  SELECT
    r.account_key,
    CAST(STRING_AGG(
      r.currency || ':' || CAST(r.level AS VARCHAR) || ':' || CAST(r.debtors AS VARCHAR) || ':' || CAST(r.out_payments AS VARCHAR)
        || ':' || CAST(r.quick AS VARCHAR),
      ';' ORDER BY r.currency
    ) AS VARCHAR) AS detail
  FROM relay_account r
  GROUP BY r.account_key
),
item AS (
  SELECT f.account_key, 'paid_established_recipient' AS kind, 'recipients' AS dependence,
    CASE WHEN f.payments >= $payments_min THEN $seed_log10 ELSE ROUND($seed_log10 / 3, 3) END AS log10_lr, '' AS detail
  FROM payer_figure f WHERE f.payments > 0
  UNION ALL
  SELECT f.account_key, 'paid_second_established_recipient' AS kind, 'recipients' AS dependence, $second_seed_log10, '' AS detail
  FROM payer_figure f WHERE f.households >= 2
  UNION ALL
  SELECT f.account_key, 'paid_recipients_in_common' AS kind, 'common' AS dependence,
    LEAST(1.0, $common_log10 * LEAST(f.common_recipients, 2)), '' AS detail
  FROM payer_figure f WHERE f.common_recipients > 0
  UNION ALL
  SELECT f.account_key, 'paid_through_relay' AS kind, 'recipients' AS dependence, $through_log10, '' AS detail
  FROM payer_figure f WHERE f.through_payments > 0
  UNION ALL
  SELECT f.account_key, 'sequence' AS kind, 'sequence' AS dependence,
    LEAST($sequence_log10_max, ROUND($sequence_log10_max / 2 * (f.has_bursts + f.is_frequent + f.rises + f.changes_provider), 3)),
    CASE WHEN f.has_bursts = 1 THEN 'bursts;' ELSE '' END || CASE WHEN f.is_frequent = 1 THEN 'short gaps;' ELSE '' END
      || CASE WHEN f.rises = 1 THEN 'growing sums;' ELSE '' END
      || CASE WHEN f.changes_provider = 1 THEN 'changing providers;' ELSE '' END AS detail
  FROM payer_figure f WHERE f.has_bursts + f.is_frequent + f.rises + f.changes_provider > 0
  UNION ALL
  SELECT f.account_key, 'near_contact' AS kind, 'contact' AS dependence, ROUND($near_log10 * LEAST(f.near_kinds, 2), 3),
    COALESCE(t.detail, '') AS detail
  FROM payer_figure f
  LEFT JOIN told t ON t.account_key = f.account_key
  WHERE f.near_kinds > 0
  UNION ALL
  SELECT f.account_key, 'shares_details' AS kind, 'household' AS dependence, 0.0, CAST(f.payers_in_household AS VARCHAR) AS detail
  FROM payer_figure f WHERE f.payers_in_household > 0
  UNION ALL
  SELECT f.account_key, 'reversed' AS kind, 'fraud' AS dependence, -0.5, '' AS detail
  FROM payer_figure f WHERE f.reversed > 0
  UNION ALL
  SELECT f.account_key, 'sums_grow_and_stop' AS kind, 'fraud' AS dependence, -1.0, '' AS detail
  FROM payer_figure f WHERE f.grows = 1
  UNION ALL
  SELECT f.account_key, 'regular_as_support' AS kind, 'regular' AS dependence, -0.5, '' AS detail
  FROM payer_figure f WHERE f.is_regular = 1 AND f.households < 2
  UNION ALL
  SELECT f.account_key, 'documented_relation' AS kind, 'relation' AS dependence, -2.0, '' AS detail
  FROM payer_figure f WHERE f.has_relation = 1
  UNION ALL
  -- What makes an account that passes on, a recipient paid in common or a landlord what it is; it weighs nothing for or against a buyer.
  SELECT p.account_key, 'passes_on' AS kind, 'relay' AS dependence, 0.0, p.detail FROM passing p
  UNION ALL
  SELECT c.account_key, 'paid_in_common' AS kind, 'common' AS dependence, 0.0,
    CAST(c.common AS VARCHAR) || ':' || CAST(c.payers AS VARCHAR) || ':' || CAST(c.debtors AS VARCHAR) || ':'
      || CAST(c.people AS VARCHAR) || ':' || CAST(c.log10_p AS VARCHAR) || ':' || CAST(c.log10_q AS VARCHAR) AS detail
  FROM common_recipient c
  UNION ALL
  SELECT r.account_key, 'paid_like_rent' AS kind, 'service' AS dependence, 0.0,
    CAST(r.alike AS VARCHAR) || ':' || CAST(r.debtors AS VARCHAR) AS detail
  FROM rent_recipient r
)
SELECT i.account_key, i.kind, i.dependence, i.log10_lr, i.detail
FROM item i
ORDER BY i.account_key, i.kind;

-- stage: pattern_payment
-- The payments that make each item, and no others.
WITH seed_payment AS (
  SELECT f.account_key, f.kind, f.creditor, f.amount, f.currency, f.is_reversed, f.source_id, f.row, f.part
  FROM followed_payment f
),
target AS (
  SELECT c.account_key AS creditor, 'paid_in_common' AS kind FROM common_recipient c
  UNION ALL
  SELECT r.account_key AS creditor, 'paid_like_rent' AS kind FROM rent_recipient r
),
payer AS (
  SELECT DISTINCT c.account_key FROM connected_payer c
),
made AS (
  SELECT f.account_key, 'paid_established_recipient' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind = 'seed'
  UNION ALL
  SELECT f.account_key, 'paid_second_established_recipient' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind = 'seed'
  UNION ALL
  SELECT f.account_key, 'paid_recipients_in_common' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind = 'common'
  UNION ALL
  SELECT f.account_key, 'paid_through_relay' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind = 'relay'
  UNION ALL
  SELECT f.account_key, 'reversed' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind <> 'common' AND f.is_reversed
  UNION ALL
  SELECT f.account_key, 'documented_relation' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind <> 'common'
  UNION ALL
  SELECT f.account_key, 'shares_details' AS kind, f.creditor, f.amount, f.currency, f.source_id, f.row, f.part
  FROM seed_payment f WHERE f.kind <> 'common'
  UNION ALL
  SELECT p.account_key, 'sums_grow_and_stop' AS kind, p.household AS creditor, p.amount, p.currency, p.source_id, p.row, p.part
  FROM sequence_payment p
  JOIN payer_sequence s ON s.account_key = p.account_key AND s.household = p.household AND s.currency = p.currency
  WHERE s.grows = 1
  UNION ALL
  SELECT p.account_key, 'regular_as_support' AS kind, p.household AS creditor, p.amount, p.currency, p.source_id, p.row, p.part
  FROM sequence_payment p
  JOIN payer_sequence s ON s.account_key = p.account_key AND s.household = p.household AND s.currency = p.currency
  WHERE s.is_regular = 1
  UNION ALL
  SELECT p.account_key, 'sequence' AS kind, p.household AS creditor, p.amount, p.currency, p.source_id, p.row, p.part
  FROM sequence_payment p
  JOIN payer_sequence s ON s.account_key = p.account_key AND s.household = p.household AND s.currency = p.currency
  WHERE s.has_bursts = 1 AND (p.day - p.day_before <= 1 OR p.day_after - p.day <= 1)
    OR s.is_frequent = 1 AND (p.day - p.day_before <= 15 OR p.day_after - p.day <= 15)
    OR s.rises = 1
    OR s.changes_provider = 1 AND (p.provider <> p.provider_before OR p.provider <> p.provider_after)
  UNION ALL
  SELECT p.account_key, 'near_contact' AS kind, p.household AS creditor, p.amount, p.currency, p.source_id, p.row, p.part
  FROM near_contact n
  JOIN near_hit h ON h.account_key = n.account_key AND h.household = n.household AND h.kind = n.kind
  JOIN compared_payment p ON p.account_key = h.account_key AND p.household = h.household AND p.kind = h.kind AND p.days = h.days
    AND p.source_id = h.source_id AND p.row = h.row AND p.part = h.part
  WHERE n.is_pattern AND h.days = 0
  UNION ALL
  SELECT r.account_key, 'passes_on' AS kind, r.account_key AS creditor, r.amount, r.currency, r.source_id, r.row, r.part
  FROM relay_payment r
  UNION ALL
  SELECT t.creditor AS account_key, t.kind, p.debtor AS creditor, p.amount, p.currency, n.source_id, p.row, p.part
  FROM target t
  JOIN paid p ON p.creditor = t.creditor
  JOIN payer q ON q.account_key = p.debtor
  JOIN payment_source n ON n.source_no = p.source_no
),
-- Only of items that there are.
own AS (
  SELECT DISTINCT m.account_key, m.kind, m.creditor, m.amount, m.currency, m.source_id, m.row, m.part
  FROM made m
  JOIN payment_evidence e ON e.account_key = m.account_key AND e.kind = m.kind
)
SELECT o.account_key, o.kind, o.creditor, o.amount, o.currency, o.source_id, o.row, o.part
FROM own o
ORDER BY o.account_key, o.kind, o.source_id, o.row, o.part, o.creditor;

-- stage: payment_lead
-- One row an account: its role and how far the payments go. Recipients are never called offenders.
WITH weighed AS (
  SELECT e.account_key, ROUND(SUM(e.log10_lr), 3) AS log10_lr FROM payment_evidence e GROUP BY e.account_key
),
relay AS (
  SELECT DISTINCT r.account_key FROM relay_account r
),
payer AS (
  SELECT
    f.account_key,
    w.log10_lr,
    f.households,
    f.payments,
    f.common_recipients,
    CASE
      WHEN f.has_relation = 1 THEN 'documented_relation'
      WHEN f.households < 2 AND (f.grows = 1 OR (f.reversed > 0 AND f.common_recipients = 0)) THEN 'may_be_victim_of_fraud'
      WHEN f.households < 2 THEN 'one_established_recipient'
      WHEN f.payments < $payments_min + 1 THEN 'too_few_payments'
      WHEN w.log10_lr < $support_payments_log10_min THEN 'others_explain_it'
      ELSE 'supported'
    END AS reason
  FROM payer_figure f
  JOIN weighed w ON w.account_key = f.account_key
),
all_leads AS (
  SELECT
    p.account_key,
    CASE WHEN p.reason = 'supported' THEN 'buyer' ELSE 'unclear' END AS role,
    CASE
      WHEN p.reason = 'supported' THEN 'supported'
      WHEN p.reason = 'may_be_victim_of_fraud' THEN 'may_be_victim_of_fraud'
      ELSE 'insufficient'
    END AS outcome,
    p.reason, p.log10_lr, p.households, p.payments, p.common_recipients,
    p.reason NOT IN ('may_be_victim_of_fraud', 'documented_relation') AS is_ranked
  FROM payer p
  UNION ALL
  SELECT
    r.account_key, 'relay' AS role, 'insufficient' AS outcome, 'passes_money_on' AS reason,
    CAST(NULL AS DOUBLE) AS log10_lr, d.households, d.payments, CAST(0 AS BIGINT) AS common_recipients, false AS is_ranked
  FROM relay r
  JOIN (
    SELECT
      p.account_key, COUNT(*) AS households, CAST(SUM(COALESCE(d.payments, 0)) AS BIGINT) AS payments
    FROM relay_path p
    LEFT JOIN direct_payer d ON d.account_key = p.account_key AND d.household = p.household
    GROUP BY p.account_key
  ) d ON d.account_key = r.account_key
  UNION ALL
  SELECT
    s.account_key,
    CASE WHEN s.is_service THEN 'service' ELSE 'recipient' END AS role,
    CASE WHEN s.is_service THEN 'insufficient' ELSE 'may_be_victim' END AS outcome,
    CASE WHEN s.is_service THEN 'pays_out_for_many' ELSE 'established_by_other_evidence' END AS reason,
    CAST(NULL AS DOUBLE) AS log10_lr,
    CAST(0 AS BIGINT) AS households,
    CAST(0 AS BIGINT) AS payments,
    CAST(0 AS BIGINT) AS common_recipients,
    false AS is_ranked
  FROM seed_account s
  UNION ALL
  SELECT
    c.account_key, 'recipient' AS role, 'may_be_victim' AS outcome, 'paid_in_common' AS reason,
    CAST(NULL AS DOUBLE) AS log10_lr, CAST(0 AS BIGINT) AS households, CAST(0 AS BIGINT) AS payments,
    c.common AS common_recipients, false AS is_ranked
  FROM common_recipient c
  LEFT JOIN payer_figure f ON f.account_key = c.account_key
  LEFT JOIN relay r ON r.account_key = c.account_key
  WHERE f.account_key IS NULL AND r.account_key IS NULL
  UNION ALL
  SELECT
    c.account_key, 'service' AS role, 'insufficient' AS outcome, 'paid_like_rent' AS reason,
    CAST(NULL AS DOUBLE) AS log10_lr, CAST(0 AS BIGINT) AS households, CAST(0 AS BIGINT) AS payments,
    CAST(0 AS BIGINT) AS common_recipients, false AS is_ranked
  FROM rent_recipient c
  LEFT JOIN payer_figure f ON f.account_key = c.account_key
  LEFT JOIN relay r ON r.account_key = c.account_key
  WHERE f.account_key IS NULL AND r.account_key IS NULL
)
SELECT
  a.account_key,
  a.role,
  a.outcome,
  a.reason,
  a.log10_lr,
  a.households,
  a.payments,
  a.common_recipients,
  CASE WHEN a.is_ranked THEN ROW_NUMBER() OVER (
    ORDER BY CASE WHEN a.is_ranked THEN 0 ELSE 1 END, a.log10_lr DESC, a.households DESC, a.common_recipients DESC,
      a.payments DESC, a.account_key
  ) END AS rank
FROM all_leads a
ORDER BY a.account_key;
