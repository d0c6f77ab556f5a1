// Kit numbers from a scanner or the camera. Without this a field takes a typed number, and the service reads scans itself.
"use strict";
(function () {
  const said = document.currentScript.dataset;
  const MARKED = /^(?:\]d2)?\x1d?(?:(?:01|\(01\))[0-9]{14}\x1d?)?(?:21|\(21\))([1-9][0-9]{6,9})\x1d?$/;
  const UNMARKED = /^21([1-9][0-9]{6,7})$/, NUMBER = /^[1-9][0-9]{6,9}$/;

  // As irt/gate/scans.py does it, which decides: here the person sees what will be taken.
  function checks(number) {
    let rest = 0;
    for (const digit of number.slice(0, -1)) rest = (rest + Number(digit)) * 2 % 11;
    return "0123456789X"[(12 - rest) % 11] === number.slice(-1);
  }
  function unscanned(typed) {
    const text = typed.trim(), short = UNMARKED.exec(text), marked = MARKED.exec(text);
    if (short) return checks(short[1]) && !checks(text) ? short[1] : text;
    return marked ? marked[1] : text;
  }

  // The number stays marked, so that the next scan takes its place.
  function take(field, text) {
    field.value = unscanned(text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (field.dataset.picks) pick(field); else field.select();
  }
  // Among the kits of a list: a box is ticked, a row of answers gets the focus.
  function pick(field) {
    const form = field.form, number = field.value, told = form.querySelector("output[data-picked]");
    const found = NUMBER.test(number) && form.querySelector(
      'input[type=checkbox][name="' + field.dataset.picks + '"][value="' + number + '"], ' +
      'input[type=radio][name="' + field.dataset.picks + "." + number + '"]:checked');
    told.textContent = (found ? told.dataset.found : told.dataset.missing).replace("{kit}", number);
    if (found) {
      if (found.type === "checkbox") found.checked = true;
      found.closest("fieldset, .form-check").scrollIntoView({ block: "center" });
      if (found.type === "radio") { found.focus(); field.value = ""; return; }
    }
    field.select();
  }

  document.addEventListener("keydown", function (event) {
    const field = event.target, form = field.form;
    if (event.isComposing || !form || !form.querySelector("[data-scan]")) return;
    const scans = field.matches("[data-scan]"), key = event.key.toLowerCase();
    // Scanners type the separator as Ctrl+], a line feed as Ctrl+J: to a browser these are "forward" and "downloads".
    if (scans && event.ctrlKey && (key === "]" || key === "j" || key === "m")) event.preventDefault();
    if (event.key !== "Enter" || !field.matches("input") || field.type === "password") return;
    if (form.method === "post" || field.dataset.picks) event.preventDefault();
    if (scans) take(field, field.value);
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-scan]")) event.target.value = unscanned(event.target.value);
  });
  document.querySelectorAll("[data-picking]").forEach(function (part) { part.hidden = false; });

  // The camera, where the browser itself reads such codes.
  function element(kind, text, className) {
    const made = document.createElement(kind);
    made.textContent = text || "";
    made.className = className || "";
    return made;
  }
  async function look(field) {
    const dialog = element("dialog", "", "camera-view"), video = element("video"), told = element("p", said.aim);
    const close = element("button", said.close, "btn btn-outline-secondary");
    video.muted = video.playsInline = video.autoplay = true;
    close.type = "button";
    told.setAttribute("role", "status");
    close.addEventListener("click", function () { dialog.close(); });
    dialog.append(video, told, close);
    document.body.append(dialog);
    dialog.showModal();
    let stream = null, number = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      number = await seen(video, dialog);
    } catch (_) {
      told.textContent = said.refused;
      video.hidden = true;
      await new Promise(function (done) { if (dialog.open) dialog.addEventListener("close", done); else done(); });
    }
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    dialog.remove();
    field.focus();
    if (number) take(field, number);
  }
  async function seen(video, dialog) {
    const detector = new BarcodeDetector({ formats: ["data_matrix"] });
    while (dialog.open) {
      const codes = video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA ? [] : await detector.detect(video);
      const numbers = codes.map(function (one) { return unscanned(one.rawValue); });
      const number = numbers.find(function (one) { return NUMBER.test(one); });
      if (number) return number;
      await new Promise(function (done) { setTimeout(done, 120); });
    }
    return null;
  }
  async function offer() {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
    if (!(await BarcodeDetector.getSupportedFormats()).includes("data_matrix")) return;
    document.querySelectorAll("[data-scan]").forEach(function (field) {
      const button = element("button", said.camera, "btn btn-outline-secondary camera");
      button.type = "button";
      button.addEventListener("click", function () { look(field); });
      field.after(button);
    });
  }
  offer();
})();
