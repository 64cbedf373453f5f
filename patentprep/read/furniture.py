"""Take line numbers, running heads and feet, page numbers and watermarks out of the pages of a PDF."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from patentprep.read.lines import Line, is_han, is_heading, width

_NUMBER = re.compile(r"\d{1,4}")
_LIKE_NUMBER = re.compile(r"[\dIOl\[\]|]{1,3}")
_GLUED_FRONT = re.compile(r"(\d{1,4})(?:\s+|(?=[^\d\s.,、．)）:：/%]))(?=\S)")
_GLUED_BACK = re.compile(r"(?<=\S)\s+(\d{1,4})$")
_COLUMN_NUMBERS = re.compile(r"(\d{1,3})\s+(\d{1,3})")  # 1 and 2 above the columns of a page
_DIGITS = re.compile(r"\d+")
_CLAIM_LIKE = re.compile(r"\d{1,3}\s*[.．、)）]\s*\S")
_CAPTION = re.compile(r"(?:fig(?:ure|s)?\b|figs?\.|图|圖|表|table\b)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"[-–—·]\s*\d{1,4}\s*[-–—·]|第\s*\d{1,4}\s*[页頁](?:\s*[,，/]?\s*共\s*\d{1,4}\s*[页頁])?|共\s*\d{1,4}\s*[页頁]\s*[,，/]?\s*第\s*\d{1,4}\s*[页頁]"
    r"|page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s*/\s*\d{1,4}(?:\s*[页頁])?|\d{1,4}\s+of\s+\d{1,4}|[-–—]?\s*[ivx]{1,5}\s*[-–—]?",
    re.IGNORECASE,
)
_HEADS = [
    "权利要求书",
    "说明书附图",
    "说明书摘要",
    "摘要附图",
    "说明书",
    "摘要",
    "權利要求書",
    "說明書",
    "申請專利範圍",
    "發明說明書",
]
_RUNNING_HEADING = re.compile(
    r"(?:CN\s*\d{6,}\s*[A-Z]\d?\s*)?("
    + "|".join(r"\s*".join(head) for head in _HEADS)
    + r")\s*(?:第?\s*\d+\s*/\s*\d+\s*[页頁]?|第\s*\d+\s*[页頁])\s*"
    r"(?:CN\s*\d{6,}\s*[A-Z]\d?)?"
)

Pages = list[list[Line]]
_Found = tuple[int, int, Line, str]


def without_line_numbers(pages: Pages) -> Pages:
    """Strip the numbers of every fifth line or of every line: in a margin or gutter, or glued to the text."""
    margins = [_margin_numbers(lines) for lines in pages]
    certain = [group for groups in margins for group in groups if _is_count(group, 3)]
    glued = [_glued_numbers(lines, 3) for lines in pages]
    places = [line.x0 for group in certain for line in group] + [line.x0 for found in glued for line, _ in found]
    ends = [line.x1 for group in certain for line in group]
    result: Pages = []
    for lines, groups, found in zip(pages, margins, glued, strict=True):
        drop: set[int] = set()
        for group in groups:
            # a short page has one or two numbers, where the other pages have theirs
            near = [line for line in group if _near(line.x0, places, 8) or _near(line.x1, ends, 4)]
            if group in certain or (near and _is_count(near, 1)):
                chosen = group if group in certain else near
                drop |= {id(line) for line in chosen}
                drop |= {id(line) for line in lines if _LIKE_NUMBER.fullmatch(line.text) and _beside(line, chosen)}
        if not found and any(glued):
            found = [pair for pair in _glued_numbers(lines, 1) if _near(pair[0].x0, places, 8)]
            found = found or _short_page(lines, places)
        if found:  # blank lines have numbers, too
            fronts = [line.x0 for line, text in found if line.text.endswith(text)]
            drop |= {id(line) for line in lines if line.text.isdigit() and line.x0 and _near(line.x0, fronts, 8)}
        for line, text in found:
            _cut_number(line, text)
        result.append([line for line in lines if id(line) not in drop])
    return result


def _near(x: float, places: list[float], by: float) -> bool:
    return any(abs(x - place) < by for place in places)


def _beside(line: Line, numbers: list[Line]) -> bool:
    """In the same margin: a number that the scan misread."""
    return bool(line.x1) and min(n.x0 for n in numbers) - 4 < line.x0 and line.x1 < max(n.x1 for n in numbers) + 4


def _margin_numbers(lines: list[Line]) -> list[list[Line]]:
    """Bare numbers beside the text, from the top, one list per margin. Without geometry: runs of them."""
    bare = [line for line in lines if line.text.isdigit() and _NUMBER.fullmatch(line.text)]
    if not bare:
        return []
    if not any(line.x1 for line in lines):
        return [bare] if _longest_run(lines) >= min(3, len(bare)) else []
    long = [line for line in lines if width(line.text) >= 20 and not line.turned]
    if not long:
        return []
    top = max(line.y for line in long) + 2 * long[0].size
    groups: list[list[Line]] = []
    for line in sorted(bare, key=lambda line: line.x0):
        middle = (line.x0 + line.x1) / 2
        inside = sum(other.x0 - 1 < middle < other.x1 + 1 for other in long)
        if inside > 0.12 * len(long) or line.y > top:
            continue
        if groups and line.x0 - groups[-1][-1].x0 < 20:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [sorted(group, key=lambda line: -line.y) for group in groups]


def _longest_run(lines: list[Line]) -> int:
    best = run = 0
    for line in lines:
        run = run + 1 if _NUMBER.fullmatch(line.text) else 0
        best = max(best, run)
    return best


def _is_count(numbers: list[Line], least: int) -> bool:
    """Whether these numbers count lines: 5, 10, 15 ... or 1, 2, 3 ..., with a few lost by a scan."""
    values = [int(line.text) for line in numbers]
    if len(values) < least:
        return False
    rising = sum(a < b for a, b in pairwise(values))
    if rising < 0.8 * (len(values) - 1):
        return False
    by_five = sum(value % 5 == 0 for value in values)
    steps = sum(b - a == 1 for a, b in pairwise(values))
    return by_five >= 0.8 * len(values) or (steps >= 0.8 * (len(values) - 1) and len(values) >= max(least, 2))


def _glued_numbers(lines: list[Line], least: int) -> list[tuple[Line, str]]:
    """Lines whose first or last word is the number of the line, with the text that remains."""
    fronts = [
        (order, int(match.group(1)), line, line.text[match.end() :])
        for order, line in enumerate(lines)
        if line.text[:1].isdigit() and (match := _GLUED_FRONT.match(line.text))
    ]
    backs = [
        (order, int(match.group(1)), line, line.text[: match.start() - min(8, len(line.text))])
        for order, line in enumerate(lines)
        if line.text[-1:].isdigit() and (match := _GLUED_BACK.search(line.text[-8:]))
    ]
    for found in (fronts, backs):
        chosen = (_counted(found, len(lines)) if least > 1 else []) or _fifths(found, lines, least)
        if chosen and not _in_the_text(chosen, lines, front=found is fronts):
            return [(line, text.strip()) for _, _, line, text in chosen]
    return []


def _short_page(lines: list[Line], places: list[float]) -> list[tuple[Line, str]]:
    """Every line numbered on a page of few lines, where the other pages have their numbers."""
    here = [line for line in lines if line.x0 and _near(line.x0, places, 8)]
    pairs: list[tuple[Line, str]] = []
    values: list[int] = []
    for line in here:
        match = _GLUED_FRONT.match(line.text) or (_NUMBER.fullmatch(line.text) if line.text.isdigit() else None)
        if not match:
            return []
        values.append(int(match.group(1) if match.re is _GLUED_FRONT else match.group()))
        if match.re is _GLUED_FRONT:
            pairs.append((line, line.text[match.end() :].strip()))
    steps = [b - a for a, b in pairwise(values)]
    return pairs if values and all(0 < step <= 3 for step in steps) else []


def _in_the_text(chosen: list[_Found], lines: list[Line], *, front: bool) -> bool:
    """Other lines begin (or end) where these numbers stand: the rows of a table, not numbered lines."""
    numbered = {id(item[2]) for item in chosen}
    places = [item[2].x0 if front else item[2].x1 for item in chosen]
    if not all(places):
        return False
    others = [line for line in lines if id(line) not in numbered and width(line.text) >= 20]
    return sum(_near(line.x0 if front else line.x1, places, 4) for line in others) >= 2


def _cut_number(line: Line, text: str) -> None:
    if line.text.endswith(text):
        line.x0 = line.after_number or line.x0
        line.font = 0.0  # was measured on the number
    else:
        line.x1 = line.before_number or line.x1
    line.text = text


def _counted(found: list[_Found], total: int) -> list[_Found]:
    """Every line numbered: most lines of the page begin with k, k+1, k+2 ..."""
    if len(found) < max(5, 0.5 * total):
        return []
    base = Counter(value - order for order, value, _, _ in found)
    # blank or unnumbered lines between shift the difference; numbers still rise one by one
    steps = sum(b[1] - a[1] == 1 for a, b in pairwise(found))
    if max(base.values()) < 0.7 * len(found) and steps < 0.8 * (len(found) - 1):
        return []
    kept = [found[0]] if found[1][1] - found[0][1] == 1 else []
    for item in found[1:]:
        if not kept or 0 < item[1] - kept[-1][1] <= 3:
            kept.append(item)
    return kept if len(kept) >= max(5, 0.8 * len(found)) else []


def _fifths(found: list[_Found], lines: list[Line], least: int) -> list[_Found]:
    """Every fifth line numbered 5, 10, 15 ...: the numbers must stand where such lines stand."""
    fives = [item for item in found if item[1] % 5 == 0 and item[1] <= 100]
    chosen: list[_Found] = []
    for item in fives:
        if not chosen or (item[1] - chosen[-1][1] == 5 and _five_lines_on(chosen[-1], item)):
            chosen.append(item)
    return chosen if len(chosen) >= least and len(chosen) >= 0.06 * len(lines) and chosen[0][0] <= 12 else []


def _five_lines_on(a: _Found, b: _Found) -> bool:
    if a[2].y and b[2].y and a[2].size:
        rows = (a[2].y - b[2].y) / a[2].size
        return 3.5 < rows < 13
    return 4 <= b[0] - a[0] <= 6


def without_furniture(pages: Pages, heights: list[float]) -> Pages:
    """Strip what repeats at the same place over pages. A running head that names a section stays once."""
    drop = _repeated(pages, heights) | _page_numbers(pages) | _watermarks(pages)
    result: Pages = []
    current = ""
    for lines in pages:
        kept: list[Line] = []
        for line in lines:
            heading = _heading_in(line, id(line) in drop)
            if heading and heading != current:
                current = heading
                if not any(
                    "".join(other.text.split()) == heading
                    for other in lines
                    if other is not line and id(other) not in drop
                ):
                    line.text, line.fixed = heading, True
                    kept.insert(0, line)
            elif id(line) not in drop and not heading:
                kept.append(line)
        result.append(kept)
    return result


def _heading_in(line: Line, repeated: bool) -> str:
    """The section a running head names: ``说 明 书 1/5 页``, or a heading printed on page after page."""
    match = None if line.text.isascii() else _RUNNING_HEADING.fullmatch(line.text.strip())
    if match:
        return "".join(match.group(1).split())
    if repeated and is_heading(line.text):
        return "".join(line.text.split()) if is_han(line.text.strip()[:1]) else line.text.strip()
    return ""


def _edges(lines: list[Line]) -> list[Line]:
    """The three top and bottom rows of a page, or its first and last lines when positions are not known."""
    if not any(line.x1 for line in lines):
        return lines[:3] + lines[3:][-3:]
    rows = sorted({round(line.y / 3) for line in lines})
    low, high = set(rows[:3]), set(rows[-3:])
    return [line for line in lines if round(line.y / 3) in low or round(line.y / 3) in high]


def _repeated(pages: Pages, heights: list[float]) -> set[int]:
    groups: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for line in _edges(lines):
            if len(line.text) < 100:
                groups[_DIGITS.sub("#", "".join(line.text.split()))].append((page, line))
    drop: set[int] = set()
    for skeleton, members in groups.items():
        printed = members[0][1].text
        if len(members) < 2 or _CAPTION.match(printed) or _CLAIM_LIKE.match(printed):
            continue
        if sum(char.isalpha() for char in skeleton) < 2:
            continue
        places: dict[int, list[tuple[int, Line]]] = defaultdict(list)
        for page, line in members:
            places[round(_from_top(line, heights[page]) / 12)].append((page, line))
        for place, here in places.items():
            near = here + places.get(place + 1, []) + places.get(place - 1, [])
            numbers = {page for page, _ in near}
            if len(numbers) < 2 or max(numbers) - min(numbers) > 3 * len(numbers):
                continue
            if "#" not in skeleton or len(numbers) >= 3 or _same_or_counting(near):
                drop |= {id(line) for _, line in near}
    return drop


def _from_top(line: Line, height: float) -> float:
    return height - line.y if line.y else 0.0


def _same_or_counting(members: list[tuple[int, Line]]) -> bool:
    """The numbers in these lines stay the same or go up with the page."""
    rows = [(page, [int(number) for number in re.findall(r"\d{1,9}", line.text)]) for page, line in members]
    first_page, first = rows[0]
    return all(
        len(numbers) == len(first) and all(n in (f, f + page - first_page) for n, f in zip(numbers, first, strict=True))
        for page, numbers in rows
    )


def _page_numbers(pages: Pages) -> set[int]:
    drop: set[int] = set()
    bare: dict[bool, list[tuple[int, Line]]] = {True: [], False: []}  # above / below the text
    for page, lines in enumerate(pages):
        if not lines:
            continue
        long = [line.y for line in lines if len(line.text) >= 10 and width(line.text) >= 20]
        top, bottom = max(long, default=0.0), min(long, default=0.0)
        for line in _edges(lines):
            text = line.text.strip()
            outside = not long or not line.x1 or line.y > top or line.y < bottom
            if outside and _PAGE_NUMBER.fullmatch(text) and (len(pages) > 1 or not re.fullmatch(r"[ivx]+", text)):
                drop.add(id(line))
            elif outside and len(pages) > 1 and (pair := _COLUMN_NUMBERS.fullmatch(text)):
                if int(pair.group(2)) == int(pair.group(1)) + 1 and int(pair.group(1)) % 2:
                    drop.add(id(line))
            elif outside and _NUMBER.fullmatch(text):
                above = line.y > top if long and line.x1 else line is lines[0]
                bare[above].append((page, line))
    for members in bare.values():
        by_page = {page: [int(line.text) for number, line in members if number == page] for page, _ in members}
        order = sorted(by_page)
        rising = all(max(by_page[a]) < min(by_page[b]) for a, b in pairwise(order))
        offsets = Counter(value - page for page in order for value in by_page[page])
        steady = [page for page, line in members if offsets[int(line.text) - page] >= 2]
        if len(order) >= 2 and rising and max(map(max, by_page.values())) <= 3 * len(pages) + 20:
            drop |= {id(line) for _, line in members}
        elif steady:
            drop |= {id(line) for page, line in members if offsets[int(line.text) - page] >= 2}
        elif len(pages) == 1 and len(members) == 1 and members[0][1].text == "1" and _apart(members[0][1], pages[0]):
            drop.add(id(members[0][1]))
    return drop


def _apart(line: Line, lines: list[Line]) -> bool:
    """Alone on its row with at least a blank line towards the text."""
    return bool(line.x1) and all(other is line or abs(other.y - line.y) > 1.8 * other.size for other in lines)


def _watermarks(pages: Pages) -> set[int]:
    """The same words at the same spot on most pages, or strewn over one page."""
    spots: dict[tuple[str, int, int], list[Line]] = defaultdict(list)
    strewn: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for line in lines:
            if 2 <= len(line.text) <= 40 and line.x1 and not _NUMBER.fullmatch(line.text):
                spots[line.text, round(line.x0 / 4), round(line.y / 4)].append(line)
                if line.turned:
                    strewn[page, line.text].append(line)
    least = max(2, 0.6 * len(pages))
    drop = {id(line) for members in spots.values() if len({line.page for line in members}) >= least for line in members}
    return drop | {id(line) for members in strewn.values() if len(members) >= 3 for line in members}
