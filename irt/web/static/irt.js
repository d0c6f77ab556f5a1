// Small comforts; every page works without them.
"use strict";
document.addEventListener("submit", function (event) {
  // One press, one request: the request id makes a second one harmless, this makes it rare.
  if (!event.target.matches("form.once")) return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
  event.target.querySelectorAll("button").forEach(function (button) { button.classList.add("disabled"); });
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form.once").forEach(function (form) {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach(function (button) { button.classList.remove("disabled"); });
  });
});
// On a narrow screen the menu is wider than the screen: the page one is on is in sight.
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 48;
document.addEventListener("click", function (event) {
  if (event.target.closest("[data-print]")) window.print();
});
// While the vials of a kit are counted: how many it has, how many are counted, and what is missing.
function tally(part) {
  const known = JSON.parse(part.dataset.vials), said = part.querySelector("output[data-said]");
  const number = part.querySelector("[name=kit]").value.trim(), all = Object.values(known);
  const vials = number in known ? known[number] : (!number && all.length === 1 ? all[0] : null);
  let counted = 0;
  part.querySelectorAll(".vials input").forEach(function (input) { counted += Number(input.value) || 0; });
  said.textContent = vials === null ? "" : said.dataset.said
    .replace("{vials}", vials).replace("{counted}", counted).replace("{difference}", vials - counted);
}
document.addEventListener("input", function (event) {
  const part = event.target.closest("[data-vials]");
  if (part) tally(part);
});
document.querySelectorAll("[data-vials]").forEach(tally);
// What is shown once is not there any more when one comes back to the page, whatever the browser kept of it.
window.addEventListener("pagehide", function () {
  document.querySelectorAll("[data-once]").forEach(function (part) { part.remove(); });
});
