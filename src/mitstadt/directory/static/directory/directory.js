/* Small helps on top of pages that work without JavaScript: the quick exit leaves no way back, the place comes from the
   device if somebody asks for it. */
"use strict";
(() => {
  for (const link of document.querySelectorAll("[data-exit]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); location.replace(link.href); });
  }
  for (const near of document.querySelectorAll(".dy-near")) {
    if (!("geolocation" in navigator)) continue;
    near.hidden = false;
    near.querySelector("button").addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition((found) => {
        const form = near.closest("form");
        for (const [name, value] of [["lat", found.coords.latitude], ["lon", found.coords.longitude]]) {
          const field = form.querySelector(`[name="${name}"]`) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
          field.value = value.toFixed(3);
        }
        const place = form.querySelector('[name="ort"]');
        if (place) place.value = "";
        form.submit();
      }, () => { near.querySelector("span").textContent = near.dataset.no || ""; });
    });
  }
})();
