"""The check of a log as anybody could write it in an afternoon: the root over all entries, beside the signed one."""

import base64
import hashlib
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
origin, size, root, *_ = (folder / "checkpoint").read_text().split("\n")


def number(path):
    """Entries before a bundle."""
    parts = [p.lstrip("x") for p in path.relative_to(folder / "tile" / "entries").parts]
    if parts[-2:-1] and parts[-2].endswith(".p"):
        parts = parts[:-2] + [parts[-2][:-2]]
    return int("".join(parts))


bundles = sorted((p for p in (folder / "tile" / "entries").rglob("*") if p.is_file()), key=number)
edge = []
count = 0
for bundle in bundles:
    data = bundle.read_bytes()
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        digest = hashlib.sha256(b"\0" + data[at + 2 : at + 2 + length]).digest()
        at += 2 + length
        count += 1
        merge = count
        while merge % 2 == 0:
            digest = hashlib.sha256(b"\1" + edge.pop() + digest).digest()
            merge //= 2
        edge.append(digest)
top = edge.pop()
while edge:
    top = hashlib.sha256(b"\1" + edge.pop() + top).digest()
if count != int(size) or base64.b64encode(top).decode() != root:
    sys.exit("the entries do not come to the signed root")
