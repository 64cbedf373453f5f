"""The parts of the model as a drawing: what goes in, what works on it, what comes out, and what it learns by."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from patentprep.component_map import Component, ComponentId, load_parts
from patentprep.palette import SHAPES
from patentprep.report.as_text import width
from patentprep.strings import t
from patentprep.ui.desk import lang, w

WIDE, BOX, GAP = 960, 268, 74  # of the drawing, of a box, between boxes
PAD, LINE, FONT = 14, 21, 14.5
COLUMNS = {"zh": 32, "en": 34}  # half-width columns of text on a line of a box; Latin letters are narrower than half
MOST_LINES = 5
TOP, BETWEEN = 8, 62
PLACES: dict[ComponentId, tuple[int, int]] = {
    "input": (0, 0),
    "layers": (1, 0),
    "output": (2, 0),
    "parameters": (0, 1),
    "optimiser": (1, 1),
    "loss": (2, 1),
}
_WORDS = re.compile(r"\s+|[^\s\u2e80-\uffef]+|.", re.DOTALL)
_CLAUSES = "，；：,;:"
_NEVER_FIRST = "，。、；：？！）】》」』”’,.;:?!)]}%"
_NEVER_LAST = "（【《「『“‘([{"


def drawing(components: Sequence[Component]) -> Markup:
    """The drawing as inline SVG, which scales with the page and takes its colours from the style sheet.

    Where the draft has no model, a sentence instead. ``st.html`` takes SVG out of what it shows; a component, or
    ``st.markdown`` with HTML allowed, shows it.
    """
    parts = {component.id: component for component in components}
    if "layers" not in parts:
        return Markup('<p class="pp-calm">{}</p>').format(w("views.parts.none"))
    texts = {name: _text(component) for name, component in parts.items()}
    heights = [
        2 * PAD + LINE * (1 + max((len(texts[name]) for name in texts if PLACES[name][1] == row), default=0))
        for row in (0, 1)
    ]
    tops = [TOP, TOP + heights[0] + BETWEEN]
    second = any(PLACES[name][1] == 1 for name in parts)
    high = (tops[1] + heights[1] if second else heights[0] + TOP) + TOP
    names = t("list.comma", lang()).join(_state(component) for component in parts.values())
    return Markup(
        '<div class="pp-scroll"><svg class="pp-parts" viewBox="0 0 {} {}" role="group" font-size="{}" '
        'aria-label="{}: {}" xmlns="http://www.w3.org/2000/svg"><g class="pp-arrows" fill="none" stroke="currentColor">'
        "{}</g>{}</svg></div>"
    ).format(
        WIDE,
        high,
        FONT,
        w("views.parts.title"),
        names,
        _arrows(parts, tops, heights),
        Markup("").join(
            _box(component, texts[name], _left(PLACES[name][0]), tops[PLACES[name][1]], heights[PLACES[name][1]])
            for name, component in parts.items()
        ),
    )


def _left(column: int) -> int:
    return 4 + column * (BOX + GAP)


def _label(component: Component) -> str:
    return load_parts()[component.id].label.in_(lang())


def _state(component: Component) -> str:
    return f"{_label(component)} ({t(f'report.element.{component.status}', lang())})"


def _text(component: Component) -> list[str]:
    """What stands in a box: the beginning of the quote, or the question where there is none."""
    if not component.quote:
        return wrapped(load_parts()[component.id].question.in_(lang()), COLUMNS[lang()], MOST_LINES)
    quote = _telling(" ".join(component.quote.split()), component)
    return wrapped(f"{w('quote.open')}{quote}{w('quote.close')}", COLUMNS[lang()], MOST_LINES)


def _telling(quote: str, component: Component) -> str:
    """The quote from the clause on that names the part, where that would not be seen otherwise."""
    named = load_parts()[component.id].names.search(quote)
    if named is None or width(quote[: named.end()]) < COLUMNS[lang()] * (MOST_LINES - 1):
        return quote
    clause = max(quote.rfind(mark, 0, named.start()) for mark in _CLAUSES)
    begin = clause + 1 if width(quote[clause + 1 : named.start()]) < 2 * COLUMNS[lang()] else named.start()
    return "…" + quote[begin:].lstrip()


def wrapped(text: str, columns: int, most: int) -> list[str]:
    """Lines of so many half-width columns, broken between words or Chinese characters; the last ends in … if cut."""
    lines = [""]
    for word in _WORDS.findall(text):
        piece = " " if word.isspace() else word
        while width(piece) > columns:  # a word longer than a line
            room = columns - width(lines[-1])
            lines[-1] += piece[:room]
            piece = piece[room:]
            lines.append("")
        fits = width(lines[-1]) + width(piece) <= columns
        if fits or piece in _NEVER_FIRST:  # punctuation may hang over the edge
            lines[-1] += piece if lines[-1] or piece != " " else ""
            continue
        carried = ""
        if lines[-1] and lines[-1][-1] in _NEVER_LAST:
            carried, lines[-1] = lines[-1][-1], lines[-1][:-1]
        lines.append(carried + piece.strip())
        if len(lines) > most + 1:
            break
    lines = [line.rstrip() for line in lines if line.strip()]
    if len(lines) > most:
        last = lines[most - 1]
        while width(last) > columns - 2:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip("，。、；：,.;: ") + "…"]
    return lines


def _box(component: Component, lines: list[str], x: int, y: int, high: int) -> Markup:
    gap = component.status == "not_found"
    part = load_parts()[component.id]
    link, role = Markup(""), Markup('role="img"')
    if component.start is not None:
        link, role = Markup(' data-goto="{}" tabindex="0"').format(component.start), Markup('role="button"')
    words = " ".join(component.quote.split()) or part.question.in_(lang())
    rows = Markup("").join(
        Markup('<text class="pp-part-text" x="{}" y="{}" fill="currentColor">{}</text>').format(
            x + PAD, y + 2 * PAD + LINE * (n + 1) + 4, line
        )
        for n, line in enumerate(lines)
    )
    return Markup(
        '<g class="pp-part pp-{} pp-is-{}" {}{} aria-label="{}. {}"><title>{} · {}\n{}</title>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="6" fill="none" stroke="currentColor"{}/>{}'
        '<text class="pp-part-name" x="{}" y="{}" fill="currentColor">{}</text>'
        '<text class="pp-part-state" x="{}" y="{}" text-anchor="end" fill="currentColor">{} {}</text>{}</g>'
    ).format(
        part.requirement,
        component.status,
        role,
        link,
        _state(component),
        words,
        _state(component),
        t("list.comma", lang()).join(component.elements),
        words,
        x,
        y,
        BOX,
        high,
        Markup(' stroke-dasharray="5 4"') if gap else Markup(""),
        Markup("")
        if gap
        else Markup('<rect class="pp-part-edge" x="{}" y="{}" width="4" height="{}" rx="2"/>').format(x, y, high),
        x + PAD,
        y + PAD + 12,
        _label(component),
        x + BOX - PAD,
        y + PAD + 12,
        SHAPES[component.status],
        t(f"report.element.{component.status}", lang()),
        rows,
    )


def _arrows(parts: dict[ComponentId, Component], tops: list[int], heights: list[int]) -> Markup:
    """Forward along the first row; back through loss and optimisation; parameters from the side."""
    middle = [tops[n] + heights[n] // 2 for n in (0, 1)]
    foot, head = tops[0] + heights[0], tops[1]
    edge = BOX + 6
    drawn: list[Markup] = []

    def arrow(before: ComponentId, after: ComponentId, path: str, tip: str, words: str = "", at: str = "") -> None:
        if before in parts and after in parts:
            gap = "not_found" in (parts[before].status, parts[after].status)
            drawn.append(
                Markup('<path d="{}"{}/><path d="{}" fill="currentColor" stroke="none"/>').format(
                    path, Markup(' stroke-dasharray="5 4"') if gap else Markup(""), tip
                )
            )
            if words:
                drawn.append(
                    Markup('<text class="pp-part-arrow" {} fill="currentColor" stroke="none">{}</text>').format(
                        Markup(at), words
                    )
                )

    for column, (before, after) in enumerate((("input", "layers"), ("layers", "output"))):
        start, end = _left(column) + edge, _left(column + 1) - 6
        arrow(before, after, f"M{start} {middle[0]}H{end - 8}", _right(end, middle[0]))  # type: ignore[arg-type]
    x = _left(2) + BOX // 2
    arrow("output", "loss", f"M{x} {foot + 6}V{head - 14}", _down(x, head - 6), w("views.parts.compares"),
          f'x="{x + 10}" y="{(foot + head) // 2 + 5}"')  # fmt: skip
    start, end = _left(2) - 6, _left(1) + edge
    arrow("loss", "optimiser", f"M{start} {middle[1]}H{end + 8}", _back(end, middle[1]))
    x = _left(1) + BOX // 2
    arrow("optimiser", "layers", f"M{x} {head - 6}V{foot + 14}", _up(x, foot + 6), w("views.parts.updates"),
          f'x="{x + 10}" y="{(foot + head) // 2 + 5}"')  # fmt: skip
    start, end = _left(0) + edge, _left(1) - 6
    arrow("parameters", "optimiser", f"M{start} {middle[1]}H{end - 8}", _right(end, middle[1]), w("views.parts.sets"),
          f'x="{(start + end) // 2 - 2}" y="{middle[1] - 9}" text-anchor="middle"')  # fmt: skip
    return Markup("").join(drawn)


def _right(x: int, y: int) -> str:
    return f"M{x} {y}l-9 -5v10z"


def _back(x: int, y: int) -> str:
    return f"M{x} {y}l9 -5v10z"


def _down(x: int, y: int) -> str:
    return f"M{x} {y}l-5 -9h10z"


def _up(x: int, y: int) -> str:
    return f"M{x} {y}l-5 9h10z"
