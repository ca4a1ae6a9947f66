"""Checks of exports and dossiers with other people's libraries; called by scripts/conformance with their folder."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import orjson
import pikepdf
import pypdf
from anxwritter import ANXChart
from followthemoney import model
from followthemoney.exc import InvalidData
from lxml import etree


def say(text):
    print(text, flush=True)


def ftm(path):
    """Every entity is valid by its schema, and every value survives the type's own cleaning."""
    entities = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities), "an entity is there twice"
    for data in entities:
        proxy = model.get_proxy(data)
        try:
            proxy.schema.validate(data)
        except InvalidData as error:
            raise SystemExit(f"{path.name}: {data['id']}: {error}: {error.errors}") from error
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                assert value in ids, f"{path.name}: {data['id']}: {prop.name} leads to nothing"
            else:
                assert prop.type.clean(value) is not None, f"{path.name}: {data['id']}: {prop.name} = {value!r}"
        for prop in proxy.schema.required:
            assert proxy.get(prop), f"{path.name}: {data['id']}: {prop} is missing"
    say(f"followthemoney: {path.name}: {len(entities)} entities are valid")


def shape(element):
    """The names of an element's parents and of its attributes."""
    names = []
    while element is not None:
        names.append(element.tag)
        element = element.getparent()
    return "/".join(reversed(names))


def i2(path, folder):
    """The chart is read back and written anew by the library of the format; both say the same, in the same form."""
    ours = etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=True, resolve_entities=False))
    chart, identities = ANXChart(), {}
    for name, style in [(s.get("Name"), s.get("DotStyle")) for s in ours.iter("Strength")]:
        chart.add_strength(name=name, dot_style=style.removeprefix("DotStyle"))
    for item in ours.iter("ChartItem"):
        attributes = {a.get("AttributeClass"): a.get("Value") for a in item.iter("Attribute")}
        kinds = {c.get("Name"): c.get("Type") for c in ours.iter("AttributeClass")}
        attributes = {k: float(v) if kinds[k] == "AttNumber" else v for k, v in attributes.items()}
        entity, link = item.find("End/Entity"), item.find("Link")
        if entity is not None:
            identities[entity.get("EntityId")] = entity.get("Identity")
            kind = entity.find("Icon/IconStyle").get("Type")
            end = item.find("End")
            chart.add_icon(id=entity.get("Identity"), type=kind, label=item.get("Label"), attributes=attributes,
                           x=int(end.get("X")), y=int(end.get("Y")))
        else:
            ends = identities[link.get("End1Id")], identities[link.get("End2Id")]
            style = link.find("LinkStyle")
            chart.add_link(from_id=ends[0], to_id=ends[1], type=style.get("Type"), label=item.get("Label"),
                           strength=style.get("Strength"), description=item.get("Description"), attributes=attributes)
    problems = chart.validate()
    assert not problems, f"{path.name}: {problems[:3]}"
    written = chart.to_anx(str(folder / f"again-{path.stem}"))
    theirs = etree.parse(written).getroot()
    known = {}
    for element in theirs.iter(etree.Element):
        known.setdefault(shape(element), set()).update(element.keys())
    known["Chart/EntityTypeCollection"] = set()
    known["Chart/EntityTypeCollection/EntityType"] = {"Id", "Name"}
    known.setdefault("Chart/ChartItemCollection/ChartItem/End/Entity/Icon/IconStyle", set()).add("EntityTypeReference")
    for element in ours.iter(etree.Element):
        assert shape(element) in known, f"{path.name}: {shape(element)} is not of the format"
        extra = set(element.keys()) - known[shape(element)]
        assert not extra, f"{path.name}: {shape(element)}: {extra} are not of the format"

    def said(root):
        label = {e.get("EntityId"): e.get("Identity") for e in root.iter("Entity")}
        links = sorted((label[l.get("End1Id")], label[l.get("End2Id")], l.getparent().get("Label") or "") for l in root.iter("Link"))
        return sorted(label.values()), links

    assert said(ours) == said(theirs), f"{path.name}: the chart written anew says something else"
    entities, links = said(ours)
    say(f"i2: {path.name}: {len(entities)} entities and {len(links)} links, read back and written anew alike")


def tables(csv_path, parquet_path):
    """CSV and Parquet have the same tables, and other readers read them."""
    import csv

    import pyarrow.parquet

    with zipfile.ZipFile(csv_path) as texts, zipfile.ZipFile(parquet_path) as binaries:
        assert texts.testzip() is None and binaries.testzip() is None
        names = [Path(n).stem for n in texts.namelist()]
        assert names == [Path(n).stem for n in binaries.namelist()]
        for name in names:
            rows = list(csv.reader(io.TextIOWrapper(texts.open(f"{name}.csv"), "utf-8", newline="")))
            table = pyarrow.parquet.read_table(io.BytesIO(binaries.read(f"{name}.parquet")))
            assert rows[0] == table.column_names, name
            assert len(rows) - 1 == table.num_rows, name
            assert all(len(row) == len(rows[0]) for row in rows), name
    say(f"csv and parquet: {csv_path.name}: {len(names)} tables, alike")


# What ISO 19005-2 asks of every file, as far as it can be read off the objects.
FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide", "/SetOCGState", "/Rendition",
                     "/Trans", "/GoTo3DView"}


def pdf(path):
    """The PDF opens in three readers, claims PDF/A-2a, and keeps to what it asks."""
    raw = path.read_bytes()
    assert re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", raw), "header and binary comment"
    with pikepdf.open(path) as document:
        assert not document.check_pdf_syntax(), document.check_pdf_syntax()
        assert "/Encrypt" not in document.trailer and "/ID" in document.trailer, "no encryption, an identifier"
        root = document.Root
        with document.open_metadata() as metadata:
            assert (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) == ("2", "A"), "claims PDF/A-2a"
        assert root.MarkInfo.Marked and "/StructTreeRoot" in root and str(root.Lang), "tagged, with a language"
        intents = [i for i in root.OutputIntents if i.S == "/GTS_PDFA1"]
        assert intents and "/DestOutputProfile" in intents[0], "an output intent with its profile"
        assert not any(k in root for k in ("/AA", "/NeedsRendering", "/Requirements")), "no actions of the document"
        for entry in document.objects:
            if not isinstance(entry, (pikepdf.Dictionary, pikepdf.Stream)):
                continue
            if entry.get("/Type") == "/Font" and entry.get("/Subtype") in ("/Type1", "/TrueType", "/CIDFontType0", "/CIDFontType2"):
                descriptor = entry.FontDescriptor
                assert any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3")), f"{entry.BaseFont} is embedded"
            if entry.get("/Type") == "/Font" and entry.get("/Subtype") == "/Type0":
                assert "/ToUnicode" in entry, f"{entry.BaseFont}: every glyph has its character"
            assert entry.get("/S") not in FORBIDDEN_ACTIONS, entry.get("/S")
            if isinstance(entry, pikepdf.Stream):
                filters = entry.get("/Filter", [])
                filters = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
                assert "/LZWDecode" not in filters and "/Crypt" not in filters and "/F" not in entry, "plain streams"
            if entry.get("/Type") == "/Annot":
                assert entry.get("/F", 0) & 4, "annotations are printed"
        pages = len(document.pages)
    read = pypdf.PdfReader(path)
    assert len(read.pages) == pages and "Tutela" in "".join(p.extract_text() for p in read.pages[:2])
    for command in (["qpdf", "--check", str(path)], ["pdfinfo", str(path)]):
        if shutil.which(command[0]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if shutil.which("verapdf"):
        # The reference checker, where it is installed.
        found = subprocess.run(["verapdf", "--flavour", "2a", "--format", "text", str(path)], capture_output=True, text=True)
        assert found.returncode == 0 and found.stdout.startswith("PASS"), found.stdout + found.stderr
    say(f"pdf: {path.name}: {pages} pages keep to what was checked of PDF/A-2a")


def main():
    folder = Path(sys.argv[1])
    for which in ("one", "all"):
        ftm(folder / f"{which}.ftm")
        i2(folder / f"{which}.i2", folder)
        tables(folder / f"{which}.csv", folder / f"{which}.parquet")
    for lang in ("en", "it"):
        pdf(folder / f"dossier-{lang}.pdf")
    say("everything conforms")


main()
