"""Refresh the vendored front end in `src/mitstadt/kit/static/kit/vendor/` from the packages' tarballs.

    npm pack @kern-ux/native@2.7.2 htmx.org@2 leaflet@1.9     # once, anywhere; npm is not needed to run Mitstadt
    python tools/vendor.py FOLDER_WITH_TARBALLS

What it does, always with the same result for the same input:

* KERN: keeps only the rules of the components that our tags write (`KERN_PARTS`), drops its colours (they come from
  the theme through the bridge in `mitstadt.css`) and keeps the other tokens that the kept rules use.
* Fira Sans: keeps the letters of `UNICODES` in the three weights that the look uses.
* htmx and Leaflet: copied as they are. Every folder carries its licence and the version in VERSION; Fira's licence
  (OFL.txt) is not in KERN's tarball and stays as it is.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "src/mitstadt/kit/static/kit/vendor"

# The KERN components that our tags write. Add one here when a tag starts to use it, and run this script again.
# Boxes and radio buttons stay the browser's own (they keep their border on focus and in forced colours), and the
# table is ours because it stacks on phones.
KERN_PARTS = {"btn", "label", "form-input", "fieldset", "hint", "error", "badge"}
# Kept rules would be dead weight: icons come as inline SVG from our own tags.
KERN_DROP = re.compile(r"\.kern-icon|kern-btn--(?:tertiary)?-?icon|kern-table--(?:striped|small)|kern-label--large")

WEIGHTS = ("Regular", "Medium", "SemiBold")
UNICODES = (
    "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+1E9E,U+2010-2015,U+2018-201E,U+2020-2022,"
    "U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+20AC,U+2122,U+2190-2193,U+2212,U+2248,U+2264,U+2265"
)
FEATURES = "kern,liga,mark,mkmk,ccmp,locl,tnum,lnum"


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (prelude, body) of each top-level rule."""
    position = 0
    while (start := css.find("{", position)) >= 0:
        depth, end = 1, start + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        prelude = re.sub(r"@charset[^;]*;", "", css[position:start])
        yield " ".join(prelude.split()), css[start + 1 : end - 1].strip()
        position = end


def selectors(prelude: str) -> list[str]:
    """Split a selector list at its top-level commas."""
    found, depth, last = [], 0, 0
    for index, char in enumerate(prelude):
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(char, 0)
        if char == "," and not depth:
            found.append(prelude[last:index].strip())
            last = index + 1
    return [*found, prelude[last:].strip()]


def wanted(selector: str) -> bool:
    parts = {part.split("__")[0].split("--")[0] for part in re.findall(r"\.kern-([a-z_-]+)", selector)}
    return bool(parts) and parts <= KERN_PARTS and not KERN_DROP.search(selector)


def purge(css: str) -> Iterator[str]:
    """The rules of the wanted components, one per line."""
    for prelude, body in blocks(css):
        if prelude.startswith(("@media", "@supports")):
            inner = "".join(purge(body))
            if inner:
                yield f"{prelude} {{\n{inner}}}\n"
        elif not prelude.startswith("@") and ":root" not in prelude:
            kept = [s for s in selectors(prelude) if wanted(s)]
            if kept:
                yield f"{', '.join(kept)} {{ {' '.join(body.split())} }}\n"


def tokens(css: str, rules: str) -> dict[str, str]:
    """The non-colour tokens that `rules` use, with those they refer to."""
    defined: dict[str, str] = {}
    for prelude, body in blocks(css):
        if prelude == ":root" or prelude.startswith(":is(body"):
            defined.update({k: " ".join(v.split()) for k, v in re.findall(r"(--kern-[a-z0-9-]+):\s*([^;]+);", body)})
    used: dict[str, str] = {}
    queue = re.findall(r"var\((--kern-[a-z0-9-]+)", rules)
    while queue:
        name = queue.pop()
        if name in used or name not in defined or name.startswith(("--kern-color", "--kern-typography-font-family")):
            continue
        used[name] = defined[name]
        queue += re.findall(r"var\((--kern-[a-z0-9-]+)", defined[name])
    return dict(sorted(used.items()))


def members(folder: Path, pattern: str) -> tuple[dict[str, bytes], str]:
    """The files of the newest tarball that fits, and its version."""
    archive = sorted(folder.glob(pattern))[-1]
    with tarfile.open(archive) as tar:
        files = {
            m.name.removeprefix("package/"): tar.extractfile(m).read()  # type: ignore[union-attr]
            for m in tar.getmembers()
            if m.isfile()
        }
    return files, str(json.loads(files["package.json"])["version"])


def write(path: str, data: bytes | str) -> None:
    target = VENDOR / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data.encode() if isinstance(data, str) else data)
    print(f"{target.stat().st_size:8} {path}")


def kern(folder: Path) -> None:
    files, version = members(folder, "kern-ux-native-*.tgz")
    css = re.sub(r"/\*.*?\*/", "", files["dist/kern.css"].decode(), flags=re.S)
    rules = "".join(purge(css))
    root = "".join(f"  {name}: {value};\n" for name, value in tokens(css, rules).items())
    parts = ", ".join(sorted(KERN_PARTS))
    head = f"/* Parts of @kern-ux/native {version}, EUPL-1.2, cut by tools/vendor.py: {parts}. */\n"
    write("kern/kern.css", f"{head}:root {{\n{root}}}\n{rules}")
    write("kern/LICENSE.md", files["LICENSE.md"])
    write("kern/VERSION", version + "\n")
    fonts(files, version)


def fonts(files: dict[str, bytes], version: str) -> None:
    from fontTools import subset

    for weight in WEIGHTS:
        options = subset.Options()
        options.flavor = "woff2"
        options.hinting = False
        options.desubroutinize = True
        options.layout_features = FEATURES.split(",")
        options.name_IDs = [0, 1, 2, 13, 14]  # copyright and licence stay inside
        font = subset.load_font(io.BytesIO(files[f"dist/fonts/fira-sans/FiraSans-{weight}.woff2"]), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(UNICODES.replace("U+", "")))
        subsetter.subset(font)
        font["head"].modified = font["head"].created  # the same bytes every time
        out = io.BytesIO()
        subset.save_font(font, out, options)
        write(f"fira-sans/FiraSans-{weight}.woff2", out.getvalue())
    write("fira-sans/VERSION", f"from @kern-ux/native {version}\n")


def main(folder: Path) -> None:
    kern(folder)
    files, version = members(folder, "htmx.org-*.tgz")
    write("htmx/htmx.min.js", files["dist/htmx.min.js"])
    write("htmx/LICENSE", files["LICENSE"])
    write("htmx/VERSION", version + "\n")
    files, version = members(folder, "leaflet-*.tgz")
    for name in ("leaflet.js", "leaflet.css", *(n[5:] for n in files if n.startswith("dist/images/"))):
        data = files[f"dist/{name}"]
        write(
            f"leaflet/{name}",
            data.replace(b"//# sourceMappingURL=leaflet.js.map", b"") if name.endswith("js") else data,
        )
    write("leaflet/LICENSE", files["LICENSE"])
    write("leaflet/VERSION", version + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
