// Keyboard in lists: j and k walk, / searches. Everything also works with Tab and Enter; without this nothing is missing.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("[data-row]")];
  const search = document.querySelector("[data-key='/']");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const here = rows.indexOf(document.activeElement);
    if (event.key === "j" && rows.length) rows[Math.min(rows.length - 1, here + 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(0, here - 1)].focus();
    else if (event.key === "/" && search) search.focus();
    else return;
    event.preventDefault();
  });
})();
