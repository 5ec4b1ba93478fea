"use strict";
// Filters, order and search over the questions; the address keeps them. Without it everything can still be read.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const list = document.getElementById("list");
  const nothing = document.getElementById("nothing");
  const output = form.querySelector("output");
  const opener = form.elements.open;
  const questions = [...list.children];
  const words = new Map();
  const fields = ["only", "why", "type", "half", "sort", "q"].filter((name) => form.elements[name]);
  let order = "";

  const textOf = (question) => {
    if (!words.has(question)) words.set(question, `${question.textContent} ${question.dataset.id}`.toLowerCase());
    return words.get(question);
  };
  const fits = (question, chosen, parts) =>
    (!chosen.only || question.classList.contains(chosen.only)) &&
    (!chosen.why || (question.dataset.why || "").split(" ").includes(chosen.why)) &&
    (!chosen.type || question.dataset.type === chosen.type) &&
    (!chosen.half || question.dataset.half === chosen.half) &&
    parts.every((part) => textOf(question).includes(part));

  const number = (question, name, last) => (name in question.dataset ? Number(question.dataset[name]) : last);
  const orders = {
    "": () => 0,
    unsure: (a, b) => number(a, "sure", Infinity) - number(b, "sure", Infinity) || 0,
    sure: (a, b) => number(b, "sure", -Infinity) - number(a, "sure", -Infinity) || 0,
    slow: (a, b) => number(b, "slow", -Infinity) - number(a, "slow", -Infinity) || 0,
    id: (a, b) => a.dataset.id.localeCompare(b.dataset.id, "zh", { numeric: true }),
  };
  const arrange = (name) => {
    if (name === order) return;
    order = name;
    list.append(...questions.slice().sort(orders[name] || orders[""]));
  };

  const apply = () => {
    const chosen = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
    const parts = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    arrange(chosen.sort);
    for (const question of questions) {
      const shown = fits(question, chosen, parts);
      question.hidden = !shown;
      count += shown;
    }
    output.textContent = `显示 ${count} / ${questions.length} 题`;
    nothing.hidden = count > 0;
    return chosen;
  };
  const keep = (chosen) => {
    const kept = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value));
    try {
      history.replaceState(null, "", `#${kept}`);
    } catch {
      // a page that has no address of its own keeps nothing
    }
  };
  const recall = () => {
    if (!location.hash.includes("=")) return false;
    const kept = new URLSearchParams(location.hash.slice(1));
    form.reset();
    for (const name of fields) {
      const field = form.elements[name];
      const value = kept.get(name) || "";
      if (!field.options || [...field.options].some((option) => option.value === value)) field.value = value;
    }
    apply();
    return true;
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => keep(apply()));
  form.elements.clear.addEventListener("click", () => {
    form.reset();
    keep(apply());
  });
  opener.addEventListener("click", () => {
    const shown = questions.filter((question) => !question.hidden);
    const open = shown.some((question) => !question.open);
    for (const question of shown) question.open = open;
    opener.textContent = open ? "全部收起" : "全部展开";
  });
  addEventListener("hashchange", () => {
    if (recall()) form.scrollIntoView();
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")].filter((part) => !part.hidden);
    for (const part of closed) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of closed) part.open = false;
  });

  if (!recall()) apply();
})();
