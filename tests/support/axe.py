"""axe on a page of a browser: its faults as lines, without those that the allow list takes out with a reason.

The allow list, `tests/browser/allowed.toml`, is for what other people's screens do wrong: an entry names one rule, the
elements by a selector, the addresses it may be used on, and why it stands there. It never takes out a page.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH

ALLOWED = Path(__file__).resolve().parents[1] / "browser" / "allowed.toml"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # nobody reads the elements that are well
}
COLOURS = ("color-contrast", "link-in-text-block")  # what another mode or theme of the same page can change
# Colours that are still on their way from light to dark would be judged on half of it.
RUN = """async ([options, allowed]) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    document.getAnimations().forEach((one) => { try { one.finish(); } catch { one.cancel(); } });
    const result = await axe.run(document, options);
    const element = (node) => {
        const path = node.target.flat();
        try { return path.length === 1 ? document.querySelector(path[0]) : null; } catch { return null; }
    };
    const excused = (rule, node) => allowed.some(
        (one) => one.rule === rule && element(node) !== null && element(node).matches(one.selector));
    return result.violations.map((one) => ({
        rule: one.id,
        nodes: one.nodes.filter((node) => !excused(one.id, node)).map((node) => node.target.flat().join(" ")),
    })).filter((one) => one.nodes.length);
}"""


def equip(context: Any) -> None:
    """Every page of this browser context has axe from its first moment on."""
    context.add_init_script(path=str(AXE_FILE_PATH))


def allowed(address: str) -> list[dict[str, str]]:
    """The entries for an address, as `{"rule": "color-contrast", "selector": ".w-tag"}`."""
    entries = tomllib.loads(ALLOWED.read_text())["axe"]
    return [
        {"rule": one["rule"], "selector": one["selector"]} for one in entries if address.startswith(one["addresses"])
    ]


def faults(page: Any, address: str, *, only: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on the page as it stands there: `rule: element (and n more)`; with `only` by these rules."""
    options = {**RULES, "runOnly": {"type": "rule", "values": list(only)}} if only else RULES
    found = page.evaluate(RUN, [options, allowed(address)])
    more = [f" and {len(one['nodes']) - 1} more" if len(one["nodes"]) > 1 else "" for one in found]
    return [f"{one['rule']}: {one['nodes'][0]}{rest}" for one, rest in zip(found, more, strict=True)]
