// Draft and margin point at each other. Only attributes that our own pages write are read; nothing is fetched or sent.

// Streamlit adds a step to the history for every parameter written into the address, so that going back one step
// would write it again and never leave the page. A new step is made for a new page only.
if (!window.history.ppCalm) {
  window.history.ppCalm = true;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  window.history.pushState = (state, title, url) => {
    const samePage = url && new URL(url, document.baseURI).pathname === window.location.pathname;
    (samePage ? replace : push)(state, title, url);
  };
}

// An answer is saved while it is typed: after a short pause, and at the latest after a second of typing without any, the
// field is told what Ctrl+Enter would tell it. This outlives every redraw of the page, which may come at any time.
const PAUSE = 400, LATEST = 800; // ms
const typing = new Map(); // field -> [timer, time of its first letter that is not saved]

function save(event) {
  const field = event.target;
  if (field.tagName !== "TEXTAREA" || !field.closest('[class*="st-key-pp-answer-"]')) return;
  const [timer, since] = typing.get(field) || [0, Date.now()];
  clearTimeout(timer);
  const tell = () => {
    typing.delete(field);
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  };
  typing.set(field, [setTimeout(tell, Math.max(0, Math.min(PAUSE, since + LATEST - Date.now()))), since]);
}

// A link to a place on another page is followed there: what is wanted is remembered until that page shows it.
const WANTED = "pp-wanted", PATIENCE = 20000; // ms

function want(link) {
  const { open, goto } = link.dataset;
  sessionStorage.setItem(WANTED, JSON.stringify({ open, goto, since: Date.now() }));
}

function stepButtons() {
  return [...document.querySelectorAll('[class*="st-key-walk_step"] [data-testid="stButtonGroup"] button, [data-testid="stButtonGroup"][class*="st-key-walk_step"] button')];
}

// A step that is turned starts at its top, and so does the keyboard.
function turned() {
  const buttons = stepButtons();
  const now = buttons.length ? buttons.findIndex((b) => b.getAttribute("aria-checked") === "true") : null;
  const before = window.ppStep;
  if (now === -1) return;
  window.ppStep = now;
  if (now === null || before === null || before === undefined || now === before) return;
  const main = document.querySelector('[data-testid="stMain"]');
  if (main) main.scrollTo({ top: 0, behavior: "auto" });
  const at = document.activeElement;
  if (!at || at === document.body || at.closest(".st-key-walk_go")) buttons[now].focus({ preventScroll: true });
}

if (!window.ppWatch) {
  window.ppWatch = () => {};
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      turned();
      window.ppWatch();
    });
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-checked"] });
}

export default function () {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  function flash(node) {
    node.classList.remove("pp-flash");
    void node.offsetWidth; // restarts the animation
    node.classList.add("pp-flash");
  }

  function toPlace(start, stay) {
    const pane = document.querySelector(".pp-draft");
    if (!pane) return;
    let node = pane.querySelector(`mark[data-s="${start}"]`);
    if (!node) {
      for (const line of pane.querySelectorAll("p[data-s], h3[data-s]")) {
        if (Number(line.dataset.s) <= start) node = line;
        else break;
      }
    }
    if (!node) return;
    const inside = node.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTo({ top: pane.scrollTop + inside - pane.clientHeight / 3, behavior: calm });
    const box = pane.getBoundingClientRect();
    if (!stay && (box.top < 0 || box.top > window.innerHeight * 0.6)) pane.scrollIntoView({ block: "start", behavior: calm });
    pane.querySelectorAll(`mark[data-s="${start}"]`).forEach(flash);
    if (node.tagName !== "MARK") flash(node);
  }

  function toElement(name) {
    const node = document.getElementById(`pp-${name}`);
    if (!node) return;
    for (let at = node; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    node.scrollIntoView({ block: "center", behavior: calm });
    flash(node);
  }

  function act(event) {
    const link = event.target.closest && event.target.closest("[data-goto], [data-open], [data-peek]");
    if (!link) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (link.dataset.peek) return toPlace(Number(link.dataset.peek), true); // on a card: the card unfolds as well
    event.preventDefault();
    if (link.dataset.turn) {
      want(link);
      const step = stepButtons()[Number(link.dataset.turn)];
      if (step) step.click();
      return;
    }
    const here = link.dataset.open ? document.getElementById(`pp-${link.dataset.open}`) : document.querySelector(".pp-draft");
    const there = document.querySelector(".st-key-to_check button");
    if (!here && there) {
      want(link);
      there.click();
      return;
    }
    if (link.dataset.open) toElement(link.dataset.open);
    if (link.dataset.goto) toPlace(Number(link.dataset.goto));
  }

  // On a narrow screen the menu unfolds over the page; a page chosen from it should be seen.
  function fold(event) {
    const chosen = event.target.closest && event.target.closest('[data-testid="stSidebarNavLink"]');
    const button = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (chosen && button && window.innerWidth <= 768) setTimeout(() => button.click(), 50);
  }

  function follow() {
    const { open, goto, since } = JSON.parse(sessionStorage.getItem(WANTED) || "{}");
    if (!since) return;
    if (Date.now() - since > PATIENCE) return sessionStorage.removeItem(WANTED);
    if (open ? !document.getElementById(`pp-${open}`) : !document.querySelector(".pp-draft")) return;
    sessionStorage.removeItem(WANTED);
    setTimeout(() => (open ? toElement(open) : toPlace(Number(goto))), 250); // once the page has its final height
  }

  window.ppWatch = follow;
  document.addEventListener("input", save);
  document.addEventListener("click", act);
  document.addEventListener("click", fold);
  document.addEventListener("keydown", act);
  return () => {
    if (window.ppWatch === follow) window.ppWatch = () => {};
    document.removeEventListener("input", save);
    document.removeEventListener("click", act);
    document.removeEventListener("click", fold);
    document.removeEventListener("keydown", act);
  };
}
