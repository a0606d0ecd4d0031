"use strict";
/* On top of a page that works without it: arrow keys inside the picture, and the card without a page change. */
(() => {
  const picture = document.querySelector(".rd-wide .rd-picture[data-card]");
  const dock = document.getElementById("rd-dock");

  const reach = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const links = () => Array.from(picture.querySelectorAll("a.rd-m"));
  const middle = (link) => {
    const box = link.querySelector("rect").getBBox();
    return { x: box.x, y: box.y + box.height / 2 };
  };

  /* The nearest mark in the asked direction. Sideways distance weighs more, so that a column stays a column, and to
     the right or left anything in the same row comes before the next row. */
  const nearest = (from, [dx, dy]) => {
    const here = middle(from);
    let best = null;
    let least = Infinity;
    for (const link of links()) {
      if (link === from) continue;
      const there = middle(link);
      const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
      const across = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
      if (along < 6) continue;
      const cost = along + across * (dx ? 50 : 2.5);
      if (cost < least) { least = cost; best = link; }
    }
    return best;
  };

  const focusOn = (link) => {
    for (const other of picture.querySelectorAll('a.rd-m:not([tabindex="-1"])')) other.setAttribute("tabindex", "-1");
    link.removeAttribute("tabindex");
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };

  const mark = (number) => {
    for (const link of document.querySelectorAll("a[data-m]")) {
      const on = link.dataset.m === number;
      if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      if (link.classList.contains("rd-m")) link.classList.toggle("rd-on", on);
    }
  };

  const show = async (href) => {
    const address = new URL(href, location.href);
    const number = (address.searchParams.get("massnahme") || "").replace(/^M-0*/, "");
    const answer = await fetch(picture.dataset.card + address.search, { headers: { Accept: "text/html" } });
    if (!answer.ok) { location.href = href; return; }
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    dock.replaceChildren(...made.body.childNodes);
    mark(number);
    history.replaceState(null, "", address.pathname + address.search);
  };

  if (picture && dock) {
    picture.addEventListener("keydown", (event) => {
      const from = event.target.closest && event.target.closest("a.rd-m");
      if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
      const all = links();
      const next = event.key === "Home" ? all[0] : event.key === "End" ? all[all.length - 1]
        : reach[event.key] ? nearest(from, reach[event.key]) : null;
      if (reach[event.key] || next) event.preventDefault();
      if (next) focusOn(next);
    });
    document.addEventListener("click", (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target.closest("a[data-m], a[data-close]");
      if (!link || link.classList.contains("rd-more")) return;
      event.preventDefault();
      const href = link.href.baseVal || link.href;
      if (link.hasAttribute("data-close")) close(href);
      else show(href).catch(() => { location.href = href; });
    });
    const close = (href) => {
      const chosen = picture.querySelector("a.rd-on");
      dock.replaceChildren();
      mark("");
      history.replaceState(null, "", href);
      if (chosen && chosen.getClientRects().length) focusOn(chosen);
    };
    document.addEventListener("keydown", (event) => {
      const link = event.key === "Escape" && dock.querySelector("a[data-close]");
      if (link) close(link.href);
    });
  }

  /* The panel that chooses a day lies over the page: a click elsewhere or Escape closes it. */
  const day = document.querySelector(".rd-day");
  if (day) {
    document.addEventListener("click", (event) => { if (!day.contains(event.target)) day.open = false; });
    day.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && day.open) { day.open = false; day.querySelector("summary").focus(); event.stopPropagation(); }
    });
  }

  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }

  const copy = document.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value);
      document.querySelector("[data-copied]").hidden = false;
    });
  }
})();
