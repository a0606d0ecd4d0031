// Keyboard in lists: j and k walk, / searches. Everything also works with Tab and Enter; without this nothing is missing.
(() => {
  "use strict";
  const all = document.querySelector("[data-all]");
  all?.addEventListener("change", () => {
    for (const box of document.querySelectorAll("input[name=id]")) box.checked = all.checked;
  });
  const rows = [...document.querySelectorAll("[data-row]")];
  const search = document.querySelector("[data-key='/']");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const here = rows.indexOf(document.activeElement);
    if (event.key === "j" && rows.length) rows[Math.min(rows.length - 1, here + 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(0, here - 1)].focus();
    else if (event.key === "/" && search) search.focus();
    else if (event.key === "x" && here >= 0) rows[here].closest("tr").querySelector("input[type=checkbox]")?.click();
    else return;
    event.preventDefault();
  });
})();

// Entering one thing after the other. Without this, Tab and Enter do the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-entry]");
  if (!form) return;
  const first = form.querySelector("[aria-invalid=true]") || form.querySelector("input:not([type=hidden]), textarea, select");
  first?.focus();
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.altKey && event.code === "KeyR") document.querySelector("[data-undo]")?.requestSubmit();
    else if (event.altKey && event.code === "Digit1") first?.focus();
    else return;
    event.preventDefault();
  });
})();
