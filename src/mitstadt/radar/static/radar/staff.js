// Keyboard shortcuts of the staff list. Everything here also works by Tab and Enter.
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const help = document.getElementById("rs-help");
  const counter = document.querySelector("[data-selected]");
  let at = rows.findIndex((row) => row.classList.contains("is-open"));
  const link = (row) => row.querySelector("th a");
  const box = (row) => row.querySelector("input[type=checkbox]");
  const count = () => {
    const chosen = rows.filter((row) => box(row)?.checked).length;
    if (counter && chosen) counter.textContent = `${chosen} ${counter.dataset.words}`;
  };
  const go = (step) => {
    at = Math.min(Math.max(at + step, 0), rows.length - 1);
    if (rows[at]) link(rows[at]).focus();
  };
  document.addEventListener("change", count);
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable) return;
    const key = event.key.toLowerCase();
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "x" && rows[at]) { box(rows[at]).checked = !box(rows[at]).checked; count(); }
    else if (key === "/") document.getElementById("rs-q")?.focus();
    else if (key === "?") help?.showModal();
    else {
      const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!button) return;
      button.click();
    }
    event.preventDefault();
  });
})();
