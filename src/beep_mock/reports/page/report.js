"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cases = all(".case");
  const chips = all("[data-status]").filter((e) => e.tagName === "BUTTON");
  const search = document.querySelector("#search");
  const toggle = document.querySelector("#toggle");
  const none = document.querySelector("#none");
  let status = "";

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of cases) {
      const text = (one.dataset.text ??= one.textContent.toLowerCase());
      const fits = (!status || one.dataset.status === status) && words.every((word) => text.includes(word));
      one.hidden = !fits;
      shown += fits;
    }
    for (const section of all("section.part, details.passed")) {
      const left = all(".case", section).filter((one) => !one.hidden).length;
      section.hidden = left === 0;
      const count = section.querySelector(".count");
      if (count) count.textContent = left === Number(count.dataset.all) ? count.dataset.all : `${left} of ${count.dataset.all}`;
      if (section.matches("details.passed")) section.open = left > 0 && (words.length > 0 || status === "ok");
    }
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.status === status));
    none.hidden = shown > 0 || cases.length === 0;
  };

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      status = chip.dataset.status === status ? "" : chip.dataset.status;
      apply();
    });
  }
  search.addEventListener("input", apply);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      apply();
    }
  });
  toggle.addEventListener("click", () => {
    const folds = all("main details");
    const open = folds.some((fold) => !fold.hidden && !fold.open);
    for (const fold of folds) fold.open = open;
    toggle.textContent = open ? "Collapse all" : "Expand all";
  });

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // a page from a file may not have the clipboard
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };
  for (const button of all(".run button")) {
    button.addEventListener("click", async () => {
      await copy(button.parentElement.querySelector("pre").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
  document.documentElement.classList.add("ready");
})();
