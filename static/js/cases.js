// Keyboard shortcuts of casework. Off until turned on for this device; every act is also a button of the page.

const SWITCH = "case-shortcuts";
const isOn = () => localStorage.getItem(SWITCH) === "on";

for (const button of document.querySelectorAll("[data-shortcuts]")) {
  const show = () => { button.textContent = isOn() ? button.dataset.on : button.dataset.off; };
  button.addEventListener("click", () => {
    localStorage.setItem(SWITCH, isOn() ? "off" : "on");
    show();
  });
  show();
}

// The rows that j and k walk through: cases of the queue, or hits of a case.
const links = () => [...document.querySelectorAll("[data-row], .cg-hits a")].filter((link) => link.offsetParent);

function step(by) {
  const all = links();
  const here = all.findIndex((link) => link === document.activeElement || link.hasAttribute("data-here"));
  const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
  if (!next) return;
  for (const link of all) link.toggleAttribute("data-here", link === next);
  next.focus();
  // On wide screens the second pane follows; the link itself stays the way to the case.
  if (next.dataset.glance && matchMedia("(min-width: 64em)").matches) {
    htmx.ajax("GET", next.dataset.glance, { target: "#glance", swap: "innerHTML" });
  }
}

function press(key) {
  const item = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!item) return false;
  item.click();
  if (item.matches("summary")) item.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  else item.focus();
  return true;
}

// A reason by its number, among those that fit the chosen outcome.
function reason(number) {
  const chosen = document.querySelector("input[name=outcome]:checked");
  const list = document.querySelector("select[name=reason]");
  if (!chosen || !list) return;
  const label = chosen.closest("label, .govuk-radios__item, .cg-choice")?.textContent ?? "";
  const group = [...list.querySelectorAll("optgroup")].find((item) => label.includes(item.label));
  const option = group?.children[number - 1];
  if (option) list.value = option.value;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.matches("input, select, textarea")) {
    const help = document.querySelector("[data-shortcut-help]");
    if (help) location.assign(help.href);
    return;
  }
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  const outcome = { m: "true_match", n: "false_positive" }[event.key];
  const radio = outcome && document.querySelector(`input[name=outcome][value=${outcome}]`);
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (radio) { radio.checked = true; radio.focus(); }
  else if (/^[1-9]$/.test(event.key)) reason(Number(event.key));
  else if (event.key === "Enter" || !press(event.key)) return;
  event.preventDefault();
});
