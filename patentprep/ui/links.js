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
    if (link.dataset.open) toElement(link.dataset.open);
    if (link.dataset.goto) toPlace(Number(link.dataset.goto));
  }

  // On a narrow screen the menu unfolds over the page; a page chosen from it should be seen.
  function fold(event) {
    const chosen = event.target.closest && event.target.closest('[data-testid="stSidebarNavLink"]');
    const button = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (chosen && button && window.innerWidth <= 768) setTimeout(() => button.click(), 50);
  }

  document.addEventListener("input", save);
  document.addEventListener("click", act);
  document.addEventListener("click", fold);
  document.addEventListener("keydown", act);
  return () => {
    document.removeEventListener("input", save);
    document.removeEventListener("click", act);
    document.removeEventListener("click", fold);
    document.removeEventListener("keydown", act);
  };
}
