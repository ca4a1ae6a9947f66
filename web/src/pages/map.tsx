// The map: what the records place. Shapes are part of the workbench; nothing is loaded from elsewhere.

import { useEffect, useMemo, useState } from "react";
import { useAsk } from "../api/ask";
import type { MapAnswer } from "../api/types";
import provinces from "../map/provinces.json";
import world from "../map/world.json";
import { sum } from "../format";
import { Waiting } from "../parts/states";
import { type Municipalities, type Shaded, type Town, municipality, placeLines, placePayments, placeTowns, provinceOf } from "../picture/map_view";
import { Preparing } from "../picture/preparing";
import { useWords } from "../words";

interface Province { name: string; short: string; region: string; x: number; y: number; d: string }
interface Country { x: number; y: number; d: string }
const PROVINCES: Readonly<Record<string, Province>> = provinces;
const WORLD: Readonly<Record<string, Country>> = world;

/** The municipalities, loaded with this page only. */
function useMunicipalities(): Municipalities {
  const [known, setKnown] = useState<Municipalities>({});
  useEffect(() => { void import("../map/municipalities.json").then((found) => setKnown(found.default)); }, []);
  return known;
}

export function MapPage({ caseName }: { caseName: string }) {
  const words = useWords();
  const w = words.pictures.map;
  const asked = useAsk("/api/v1/cases/{case}/map", { case: caseName }, {});
  if (asked.problem !== null) return <><h1>{w.title}</h1><Preparing problem={asked.problem} again={asked.again} /></>;
  if (asked.data === null) return <><h1>{w.title}</h1><Waiting /></>;
  return (
    <div className="picture-page">
      <header className="page-head"><h1>{w.title}</h1></header>
      <p className="note">{w.intro}</p>
      <div className="maps">
        <Lines map={asked.data} />
        <Payments map={asked.data} />
      </div>
      <p className="hint">{w.sources}</p>
    </div>
  );
}

function Lines({ map }: { map: MapAnswer }) {
  const words = useWords();
  const w = words.pictures.map;
  const placed = useMemo(() => placeLines(map, new Set(Object.keys(PROVINCES))), [map]);
  const known = useMunicipalities();
  const towns = useMemo(() => placeTowns(map, known, PROVINCES), [map, known]);
  const most = Math.max(1, ...towns.map((t) => t.lines));
  const told = (t: Town) => [t.name, w.linesCount(t.lines), t.found > 0 ? w.found(t.found) : ""].filter((text) => text !== "").join(", ");
  const shade = new Map(placed.provinces.map((p) => [p.code, p]));
  const name = (code: string) => `${PROVINCES[code]?.name ?? code} (${PROVINCES[code]?.short ?? ""})`;
  const said = (p: Shaded) => [name(p.code), w.linesCount(p.value), placed.found.has(p.code) ? w.found(placed.found.get(p.code) ?? 0) : ""].filter((t) => t !== "").join(", ");
  const rows = map.lines.filter((row) => row.municipality_code !== null);
  return (
    <section className="card map-italy" aria-labelledby="map-lines">
      <h2 id="map-lines">{w.lines}</h2>
      {placed.provinces.length === 0 && <p className="note" role="status">{w.linesNone}</p>}
      <svg role="img" aria-label={w.italy} viewBox="0 0 560 732">
        {Object.entries(PROVINCES).map(([code, province]) => {
          const p = shade.get(code);
          return <path key={code} className={p === undefined ? "map-shape" : "map-shape is-shaded"} d={province.d} style={p === undefined ? undefined : { fillOpacity: 0.25 + 0.75 * p.shade }}><title>{p === undefined ? name(code) : said(p)}</title></path>;
        })}
        {towns.map((t) => <circle key={t.code} className="map-dot" cx={t.x} cy={t.y} r={1.5 + 3 * Math.sqrt(t.lines / most)}><title>{told(t)}</title></circle>)}
        {towns.filter((t) => t.found > 0).map((t) => <circle key={t.code} className="map-found" cx={t.x} cy={t.y} r="7"><title>{told(t)}</title></circle>)}
      </svg>
      {placed.without > 0 && <p className="hint">{w.without(placed.without)}</p>}
      {placed.strange.length > 0 && <ul className="hint">{placed.strange.slice(0, 20).map(([code]) => <li key={code}>{w.unknownCode(code)}</li>)}</ul>}
      {rows.length > 0 && (
        <div className="table-frame event-table" tabIndex={0} role="group" aria-labelledby="map-lines">
          <table>
            <thead><tr><th scope="col">{w.columns.place}</th><th scope="col">{w.columns.code}</th><th scope="col">{w.columns.operator}</th><th scope="col">{w.columns.access}</th><th scope="col" className="number">{w.columns.lines}</th><th scope="col" className="number">{w.columns.found}</th></tr></thead>
            <tbody>
              {rows.map((row, i) => {
                const province = provinceOf(row.municipality_code);
                return (
                  <tr key={i}>
                    <td>{province === null || PROVINCES[province] === undefined ? "" : name(province)}</td>
                    <td>{municipality(row.municipality_code, known) ?? ""} <code>{row.municipality_code}</code>{row.address_kind === "billing" ? <span className="under">{w.billing}</span> : null}</td>
                    <td>{row.operator}</td>
                    <td>{row.access_kind === null ? "" : ((w.access as Record<string, string>)[row.access_kind] ?? row.access_kind)}</td>
                    <td className="number">{row.lines.toLocaleString(words.locale)}</td>
                    <td className="number">{row.found > 0 ? row.found.toLocaleString(words.locale) : ""}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Payments({ map }: { map: MapAnswer }) {
  const words = useWords();
  const w = words.pictures.map;
  const placed = useMemo(() => placePayments(map, WORLD), [map]);
  const shade = new Map(placed.countries.map((c) => [c.code, c]));
  const names = useMemo(() => new Intl.DisplayNames([words.language], { type: "region" }), [words.language]);
  const name = (code: string | null) => {
    if (code === null) return w.unknownCountry;
    try { return `${names.of(code.toUpperCase()) ?? code} (${code})`; } catch { return code; }
  };
  const most = Math.max(1, ...placed.arcs.map((a) => a.payments));
  return (
    <section className="card map-world" aria-labelledby="map-payments">
      <h2 id="map-payments">{w.payments}</h2>
      {placed.countries.length === 0 && <p className="note" role="status">{w.paymentsNone}</p>}
      <svg role="img" aria-label={w.world} viewBox="0 0 1000 440">
        {Object.entries(WORLD).map(([code, country]) => {
          const c = shade.get(code);
          return <path key={code} className={c === undefined ? "map-shape" : "map-shape is-shaded"} d={country.d} style={c === undefined ? undefined : { fillOpacity: 0.2 + 0.6 * c.shade }}><title>{c === undefined ? name(code.length === 2 ? code : null) : `${name(code)}, ${words.pictures.money.payments(c.value)}`}</title></path>;
        })}
        {placed.arcs.slice(0, 80).map((a) => <path key={`${a.from} ${a.to}`} className="map-arc" d={a.d} strokeWidth={1 + 5 * Math.sqrt(a.payments / most)}><title>{`${name(a.from)} → ${name(a.to)}, ${words.pictures.money.payments(a.payments)}`}</title></path>)}
        {placed.countries.map((c) => <circle key={c.code} className="map-dot" cx={WORLD[c.code]?.x} cy={WORLD[c.code]?.y} r="3.5" />)}
      </svg>
      {map.corridors.length > 0 && (
        <div className="table-frame event-table" tabIndex={0} role="group" aria-labelledby="map-payments">
          <table>
            <thead><tr><th scope="col">{w.columns.from}</th><th scope="col">{w.columns.to}</th><th scope="col" className="number">{w.columns.payments}</th><th scope="col" className="number">{w.columns.sum}</th></tr></thead>
            <tbody>
              {map.corridors.slice(0, 300).map((row) => (
                <tr key={`${row.from} ${row.to} ${row.currency}`}>
                  <td>{name(row.from)}</td><td>{name(row.to)}</td>
                  <td className="number">{row.payments.toLocaleString(words.locale)}</td><td className="number">{sum(row.amount, row.currency, words.locale)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2>{w.accounts}</h2>
      {map.accounts.every((row) => row.country === null) ? <p className="note">{w.accountsNone}</p> : (
        <div className="table-frame event-table" tabIndex={0} role="region" aria-label={w.accounts}>
          <table>
            <thead><tr><th scope="col">{w.columns.country}</th><th scope="col" className="number">{w.columns.accounts}</th></tr></thead>
            <tbody>{map.accounts.map((row) => <tr key={row.country ?? ""}><td>{name(row.country)}</td><td className="number">{row.accounts.toLocaleString(words.locale)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      <h2>{w.trips}</h2>
      {map.trips.length === 0 ? <p className="note">{w.tripsNone}</p> : (
        <div className="table-frame event-table" tabIndex={0} role="region" aria-label={w.trips}>
          <table>
            <thead><tr><th scope="col">{w.columns.from}</th><th scope="col">{w.columns.to}</th><th scope="col" className="number">{w.tripCount}</th><th scope="col" className="number">{w.tripNamed}</th></tr></thead>
            <tbody>{map.trips.slice(0, 300).map((row) => <tr key={`${row.from} ${row.to}`}><td>{row.from ?? w.unknownCountry}</td><td>{row.to ?? w.unknownCountry}</td><td className="number">{row.trips.toLocaleString(words.locale)}</td><td className="number">{row.named.toLocaleString(words.locale)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
