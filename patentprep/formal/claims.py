"""The formal rules about claims, one small function each. Only clear cases are reported."""

from __future__ import annotations

import re
from collections.abc import Callable

from patentprep.formal.antecedents import missing_antecedents
from patentprep.formal.rules import Hit, Hits, load_formal_rules
from patentprep.model import Claim, Draft
from patentprep.structure.claims import cancelled_numbers, references
from patentprep.structure.subject import category_of, leading_reference, same_class, subject_title
from patentprep.text import split_sentences


def _claim_facts(claim: Claim, **more: object) -> tuple[tuple[str, str], ...]:
    return (("claim", str(claim.number)), *((key, str(value)) for key, value in more.items()))


def _first_line(claim: Claim) -> tuple[int, int]:
    return claim.start, claim.start + len(claim.text[:80].split("\n")[0])


def _numbering(draft: Draft) -> Hits:
    numbers = [claim.number for claim in draft.claims]
    unnumbered = any(warning.key == "claims_unnumbered" for warning in draft.unparsed)
    first = min((claim.start for claim in draft.claims), default=0)
    last = max((claim.end for claim in draft.claims), default=0)
    gone = cancelled_numbers(draft.text, first, last) - set(numbers)
    place = 0
    for claim in draft.claims:
        place += 1
        while place in gone:
            place += 1
        if claim.number != place or unnumbered:
            printed = "–" if unnumbered else ", ".join(map(str, numbers[:40]))
            yield Hit(*_first_line(claim), (("numbers", printed),))
            return
    for claim in draft.claims:
        line = draft.text[draft.text.rfind("\n", 0, claim.start) + 1 : claim.start]
        if re.search(r"(?:权利要求|權利要求)\s*\d+\W*$", line):
            yield Hit(*_first_line(claim), (("numbers", line.strip()[:20]),))
            return


_CANCELLED = re.compile(r"\W*(?:cancell?ed|withdrawn|删除|取消)\W*", re.IGNORECASE)


def _full_stop(draft: Draft) -> Hits:
    for claim in draft.claims:
        body = claim.text.rstrip()
        if _CANCELLED.fullmatch(body):
            continue
        if not body.endswith(("。", ".", "．", "。”", ".”", '."', "｡")):
            yield Hit(claim.end - min(12, len(body)), claim.end, _claim_facts(claim))
            continue
        flat = body.replace("\n", " ")
        ends = [end for _, end in split_sentences(flat)]
        inside = next((end for end in ends if end < len(flat) - 2 and flat[end - 1] in "。."), None)
        if inside is not None and flat[inside:].strip(" 。.”\"'"):
            yield Hit(claim.start + max(0, inside - 12), claim.start + inside, _claim_facts(claim))


def _missing_dependency(draft: Draft) -> Hits:
    numbers = {claim.number for claim in draft.claims}
    for claim in draft.claims:
        for reference in references(claim.text, claim.number):
            absent = [n for n in reference.numbers if n not in numbers]
            if absent:
                place = (claim.start + reference.start, claim.start + reference.end)
                yield Hit(
                    *place,
                    _claim_facts(claim, refers=", ".join(map(str, absent))),
                )
                break


def _forward_reference(draft: Draft) -> Hits:
    numbers = {claim.number for claim in draft.claims}
    for claim in draft.claims:
        for reference in references(claim.text, claim.number):
            later = [n for n in reference.numbers if n >= claim.number and n in numbers]
            if later:
                place = (claim.start + reference.start, claim.start + reference.end)
                yield Hit(*place, _claim_facts(claim, refers=", ".join(map(str, later))))
                break


def _multiple_on_multiple(draft: Draft) -> Hits:
    multiple = {claim.number for claim in draft.claims if not claim.independent and len(claim.depends_on) > 1}
    for claim in draft.claims:
        if claim.independent or len(claim.depends_on) < 2:
            continue
        on = [n for n in claim.depends_on if n in multiple and n < claim.number]
        if on:
            reference = references(claim.text, claim.number)[0]
            place = (claim.start + reference.start, claim.start + reference.end)
            yield Hit(*place, _claim_facts(claim, refers=", ".join(map(str, on))))


def _multiple_not_alternative(draft: Draft) -> Hits:
    for claim in draft.claims:
        if claim.independent:
            continue
        for reference in references(claim.text, claim.number)[:1]:
            if not reference.alternative:
                place = (claim.start + reference.start, claim.start + reference.end)
                yield Hit(*place, _claim_facts(claim, quote=claim.text[reference.start : reference.end]))


def _antecedent(draft: Draft) -> Hits:
    for claim, start, end, term in missing_antecedents(draft.claims):
        yield Hit(start, end, _claim_facts(claim, term=term))


def _words_in_claims(rule: str) -> Callable[[Draft], Hits]:
    def check(draft: Draft) -> Hits:
        pattern = load_formal_rules()[rule].pattern
        for claim in draft.claims:
            match = pattern.search(claim.text) if pattern else None
            if match:
                place = (claim.start + match.start(), claim.start + match.end())
                yield Hit(*place, _claim_facts(claim, quote=match.group()))

    return check


def _subject_title_mismatch(draft: Draft) -> Hits:
    by_number = {claim.number: claim for claim in reversed(draft.claims)}
    for claim in draft.claims:
        parents = [by_number[n] for n in claim.depends_on if n in by_number and n < claim.number]
        if claim.independent or not parents or not leading_reference(claim.text):
            continue
        parent = parents[0]
        mine, theirs = subject_title(claim.text), subject_title(parent.text)
        categories = category_of(claim.text), category_of(parent.text)
        if not mine or not theirs or "other" in categories or same_class(*categories):
            continue
        tail = mine[-2:] if not mine.isascii() else mine.split()[-1]
        if tail.lower() not in parent.text[:160].lower():
            yield Hit(
                *_first_line(claim),
                _claim_facts(claim, subject=mine[:40], refers=parent.number, other=theirs[:40]),
            )


def _order(draft: Draft) -> Hits:
    """One finding for all claims that stand behind the same foreign independent claim."""
    roots: dict[int, int] = {}
    late: dict[tuple[int, int], list[Claim]] = {}
    independents = [c.number for c in draft.claims if c.independent and not _CANCELLED.fullmatch(c.text)]
    for claim in draft.claims:
        if claim.independent:
            roots.setdefault(claim.number, claim.number)
            continue
        above = [roots[n] for n in claim.depends_on if n in roots and n < claim.number]
        if not above:
            continue
        root = max(above)
        roots.setdefault(claim.number, root)
        between = next((n for n in independents if root < n < claim.number), None)
        if between is not None:
            late.setdefault((root, between), []).append(claim)
    for (root, between), claims in late.items():
        numbers = ("、" if draft.language == "zh" else ", ").join(str(claim.number) for claim in claims)
        yield Hit(*_first_line(claims[0]), (("claim", numbers), ("root", str(root)), ("between", str(between))))


def _duplicate(draft: Draft) -> Hits:
    seen: dict[str, int] = {}
    for claim in draft.claims:
        key = re.sub(r"[\W_]+", "", claim.text).lower()
        if len(key) < 8 or _CANCELLED.fullmatch(claim.text):
            continue
        if key in seen:
            yield Hit(*_first_line(claim), _claim_facts(claim, other=seen[key]))
        seen.setdefault(key, claim.number)


_NO_SUBJECT = re.compile(r"(?:技术|技術|方案|理论|理論|思想|理念|概念|构思|構思)$")
_TWO_SUBJECTS_ZH = re.compile(
    r"(?:装置|设备|系统|产品|裝置|設備|系統|介质|模块)(?:及其?|和|与|以及)[^，]{0,12}(?:方法|工艺)$"
    r"|方法(?:及其?|和|与|以及)[^，]{0,12}(?:装置|设备|系统|裝置|設備|系統|介质)$"
)
_NO_SUBJECT_EN = re.compile(
    r"^(?:An?\s+)?(?:(?!of\b|for\b|to\b|in\b)[\w-]+\s+){0,4}(?:technique|technology|idea|concept"
    r"|theory)\s*(?:,|:|for\b|of\b|to\b|compris|wherein)",
    re.IGNORECASE,
)
_TWO_SUBJECTS_EN = re.compile(
    r"^An?\s+(?:[\w-]+\s+){0,4}method\s+and\s+(?:an?\s+)?(?:[\w-]+\s+){0,3}(?:system|apparatus|device"
    r"|medium)\b|^An?\s+(?:[\w-]+\s+){0,4}(?:system|apparatus"
    r"|device)\s+and\s+(?:an?\s+)?(?:[\w-]+\s+){0,3}method\b",
    re.IGNORECASE,
)


def _subject(draft: Draft) -> Hits:
    for claim in draft.claims:
        if not claim.independent or claim.depends_on:
            continue
        title = subject_title(claim.text)
        head = claim.text[:160]
        if head.isascii():
            wrong = bool(_NO_SUBJECT_EN.match(head) or _TWO_SUBJECTS_EN.match(head))
        else:
            wrong = bool(_NO_SUBJECT.search(title) or _TWO_SUBJECTS_ZH.search(title))
        if wrong:
            yield Hit(*_first_line(claim), _claim_facts(claim, subject=title[:60]))


def _too_many(draft: Draft) -> Hits:
    if len(draft.claims) > 10:
        yield Hit(
            *_first_line(draft.claims[10]),
            (("count", str(len(draft.claims))), ("more", str(len(draft.claims) - 10))),
        )


CLAIM_CHECKS: dict[str, Callable[[Draft], Hits]] = {
    "claims/numbering": _numbering,
    "claims/full-stop": _full_stop,
    "claims/missing-dependency": _missing_dependency,
    "claims/forward-reference": _forward_reference,
    "claims/multiple-on-multiple": _multiple_on_multiple,
    "claims/multiple-not-alternative": _multiple_not_alternative,
    "claims/antecedent": _antecedent,
    "claims/reference-to-description": _words_in_claims("claims/reference-to-description"),
    "claims/optional-words": _words_in_claims("claims/optional-words"),
    "claims/uncertain-words": _words_in_claims("claims/uncertain-words"),
    "claims/subject-title-mismatch": _subject_title_mismatch,
    "claims/order": _order,
    "claims/duplicate": _duplicate,
    "claims/subject-not-product-or-method": _subject,
    "claims/too-many": _too_many,
}
