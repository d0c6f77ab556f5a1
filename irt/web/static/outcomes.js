// Filling in outcomes without a mouse; every page works without it.
"use strict";
// Enter leads on to the next field; after the last value to the signature, and from there to the end.
function fieldsOf(form) {
  const all = form.querySelectorAll("input:not([type=hidden]):not([type=range]):not([data-aside]), select, textarea, button[data-finish]");
  const groups = new Set();
  return Array.from(all).filter(function (one) {
    if (one.type !== "radio") return one.offsetParent !== null;
    if (groups.has(one.name)) return false;  // of an answer's marks the first, or the chosen one, stands for all
    groups.add(one.name);
    return true;
  });
}
function standsFor(one) {
  return one.type === "radio" ? one.form.querySelector('[name="' + one.name + '"]:checked') || one : one;
}
document.addEventListener("keydown", function (event) {
  const field = event.target, form = field.closest("form[data-keys]");
  if (!form || !field.matches("input, select")) return;
  if (field.type === "radio" && /^[0-9]$/.test(event.key)) {  // the number of a mark chooses it
    const mark = form.querySelector('[name="' + field.name + '"][value="' + event.key + '"]');
    if (mark) { mark.checked = true; mark.focus(); mark.dispatchEvent(new Event("input", {bubbles: true})); }
    return;
  }
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  if (field.type === "password") { form.requestSubmit(form.querySelector("button[data-finish]")); return; }
  const fields = fieldsOf(form), here = fields.findIndex(function (one) {
    return one === field || (one.type === "radio" && one.name === field.name);
  });
  const next = fields[here + 1];
  if (!next) return;
  standsFor(next).focus();
  if (next.select && next.type !== "radio") next.select();
});
// A slider and its number say the same; a slider that nobody touched says nothing.
document.querySelectorAll("[data-vas]").forEach(function (line) {
  const number = document.getElementById(line.dataset.vas), slider = line.querySelector("input[type=range]");
  const digits = (slider.step.split(".")[1] || "").length;
  function follow() {
    const value = number.value.trim(), known = value !== "" && !isNaN(Number(value));
    line.classList.toggle("untouched", !known);
    if (known) slider.value = value;
  }
  function say() {
    number.value = Number(slider.value).toFixed(digits);
    line.classList.remove("untouched");
    number.dispatchEvent(new Event("input", {bubbles: true}));
  }
  ["input", "pointerup", "touchend"].forEach(function (kind) { slider.addEventListener(kind, say); });
  number.addEventListener("input", follow);
  window.addEventListener("pageshow", follow);
  follow();
});
// Raw totals while one types: of whole thousandths, for a sum of tenths is not a tenth in binary.
function add(output) {
  const form = output.closest("form"), names = output.dataset.of.split(" ");
  const given = names.map(function (name) {
    const field = form.querySelector('[name="' + name + '"]:checked, input:not([type=radio])[name="' + name + '"]');
    return field ? field.value.trim() : "";
  }).filter(function (text) { return /^[0-9]+(\.[0-9]+)?$/.test(text); });
  const sum = given.reduce(function (total, text) { return total + Math.round(Number(text) * 1000); }, 0) / 1000;
  const mean = output.dataset.total === "mean_of_answered", enough = given.length >= Number(output.dataset.least);
  const number = mean ? (enough ? sum / given.length : NaN) : (given.length ? sum : NaN);
  const partly = given.length === names.length ? "" : " (" + output.dataset.partly
    .replace("{answered}", given.length).replace("{all}", names.length) + ")";
  output.textContent = (isNaN(number) ? "–" : String(Math.round(number * 1000) / 1000)) + " / " + output.dataset.most + partly;
}
document.querySelectorAll("output[data-total]").forEach(add);
document.addEventListener("input", function (event) {
  const form = event.target.closest("form");
  if (form) form.querySelectorAll("output[data-total]").forEach(add);
});
// The code that a picture brought along stands after # in the address, which no server is told; it does not stay there.
const typed = document.querySelector("[data-from-hash]");
if (location.hash.length > 1) {
  if (typed) typed.value = decodeURIComponent(location.hash.slice(1));
  if (document.querySelector("[data-takes-hash]")) history.replaceState(null, "", location.pathname);
}
