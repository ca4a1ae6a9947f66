-- step: picture_map
-- version: 2
-- looks-for: what the records place: lines by municipality of their address, payment accounts by country, payments from country to country,
--   trips from place to place
-- does-not-show: where anybody was. The address of a line may be that of a bill, and a connection from a line may be a guest's
-- inputs: line, payment_account, trip
-- after: attribute_lines, match_payments

-- stage: line_place
-- Lines by municipality, operator and kind of access; how many of them a finding is about.
WITH found AS (
  SELECT DISTINCT f.operator, f.line_ref FROM line_finding f
),
one AS (
  SELECT DISTINCT l.operator, l.line_ref, l.municipality_code, l.access_kind, l.address_kind FROM line l
)
SELECT
  o.municipality_code, o.operator, o.access_kind, o.address_kind,
  COUNT(*) AS lines,
  COUNT(f.line_ref) AS found
FROM one o
LEFT JOIN found f ON f.operator = o.operator AND f.line_ref = o.line_ref
GROUP BY o.municipality_code, o.operator, o.access_kind, o.address_kind
ORDER BY o.municipality_code, o.operator, o.access_kind, o.address_kind;

-- stage: payment_corridor
-- Payments by the countries of both sides. It is drawn for what is in the records; nothing is searched by corridor.
SELECT
  p.debtor_country,
  r.creditor_country,
  p.currency,
  COUNT(*) AS payments,
  CAST(SUM(p.amount) AS DECIMAL(38, 18)) AS amount
FROM paid p
JOIN payment_record r ON r.source_no = p.source_no AND r.row = p.row AND r.part = p.part
GROUP BY p.debtor_country, r.creditor_country, p.currency
ORDER BY p.debtor_country, r.creditor_country, p.currency;

-- stage: payment_account_place
-- Payment accounts by country.
SELECT a.country, COUNT(DISTINCT COALESCE(a.provider, '') || '/' || a.account_ref) AS accounts
FROM payment_account a
GROUP BY a.country
ORDER BY a.country;

-- stage: trip_place
-- Trips by both of their places.
SELECT t.from_place, t.to_place, COUNT(*) AS trips, COUNT(t.person_ref) AS named
FROM (SELECT DISTINCT t.traveller_ref, t.person_ref, t.from_place, t.to_place, t.depart_utc FROM trip t) t
GROUP BY t.from_place, t.to_place
ORDER BY t.from_place, t.to_place;
