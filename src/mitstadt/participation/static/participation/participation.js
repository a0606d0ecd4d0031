// "In meinem Stadtbezirk": the choice stays in this browser and is sent nowhere until somebody presses the button.
(() => {
  "use strict";
  for (const select of document.querySelectorAll("select[data-remember]")) {
    const key = select.dataset.remember;
    try {
      const kept = localStorage.getItem(key);
      if (kept && !select.value && [...select.options].some((option) => option.value === kept)) select.value = kept;
      select.addEventListener("change", () => localStorage.setItem(key, select.value));
    } catch { /* storage is switched off: nothing is remembered */ }
  }
})();
