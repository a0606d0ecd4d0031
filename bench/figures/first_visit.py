"""What a first visit transfers: every byte that Chromium receives, headers included, with an empty cache."""

from __future__ import annotations

import shutil
from typing import Any

from ._tools import demo_server

PAGES = {"front": "/", "radar": "/radar/", "table": "/radar/tabelle/", "search": "/suche/?q=Radweg"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


def run() -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    result: dict[str, Any] = {}
    with demo_server() as (base, _server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name, address in PAGES.items():
            result[name] = _visit(browser, base + address)
        browser.close()
    met = all(page["kb"] <= 150 and page["script_kb"] <= 30 for page in result.values())
    return {**result, "goal_kb": 150, "goal_script_kb": 30, "met": met}


def _visit(browser: Any, address: str) -> dict[str, Any]:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address, wait_until="networkidle")
    by_kind: dict[str, float] = {}
    for request, size in sizes.items():
        kind = kinds.get(request, "Other")
        by_kind[kind] = by_kind.get(kind, 0) + size / 1000
    context.close()
    return {
        "kb": round(sum(by_kind.values()), 1),
        "script_kb": round(by_kind.get("Script", 0), 1),
        "requests": len(sizes),
        "by_kind_kb": {kind: round(size, 1) for kind, size in sorted(by_kind.items())},
    }
