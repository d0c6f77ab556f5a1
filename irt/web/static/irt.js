// Two small comforts; every page works without them.
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
document.addEventListener("click", function (event) {
  if (event.target.closest("[data-print]")) window.print();
});
