// Keys of the list: j and k walk the rows, a and n mark them, c goes to the code, / searches. Nothing depends on them.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = Array.from(document.querySelectorAll("[data-row]"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    if (event.key === "j" || event.key === "k") {
      if (!rows.length) return;
      const next = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
      rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
    } else if (event.key === "c" || event.key === "/") {
      const field = document.querySelector('[data-key="' + event.key + '"]');
      if (!field) return;
      field.focus();
    } else if (here >= 0 && /^[an]$/.test(event.key)) {
      const button = rows[here].querySelector('[data-key="' + event.key + '"]');
      if (!button) return;
      button.click();
    } else return;
    event.preventDefault();
  });
})();
