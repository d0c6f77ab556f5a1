// A page that waits for long work asks how far it is, and loads itself anew when something is done.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-progress]")) {
    const bars = place.querySelectorAll("[data-making]");
    if (bars.length === 0) continue;
    const look = async () => {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const found = await answer.json();
      for (const bar of bars) {
        const row = found[bar.dataset.making];
        if (!row || row.state !== "running") return window.location.reload();
        bar.max = row.of;
        bar.value = row.done;
      }
      window.setTimeout(look, 1000);
    };
    window.setTimeout(look, 1000);
  }
});
