"""``patentprep explain ID``: what an element or rule asks, who says so, and an example of each kind."""

from __future__ import annotations

from patentprep.checklist import Checklist, Element, RedFlag, available, load_checklist
from patentprep.errors import UsageError
from patentprep.formal import FormalRule, load_formal_rules
from patentprep.model import Lang
from patentprep.report.as_text import wrap
from patentprep.strings import t
from patentprep.text import has_han


def explain(name: str, lang: Lang) -> str:
    """The explanation as text. Raises UsageError for an id that no checklist knows."""
    for law in map(load_checklist, available()):
        for element in law.elements:
            if element.id.lower() == name.lower():
                return _element(element, law, lang)
        for flag in law.red_flags:
            if name.lower() in (flag.id, f"ethics/{flag.id}"):
                return _flag(flag, lang)
    if rule := load_formal_rules().get(name.lower()):
        return _formal(rule, lang)
    if name.lower() in _VERDICTS:
        return _verdict(name.lower(), lang)
    raise UsageError(what=name, hint=t("explain.hint", lang))


def _element(element: Element, law: Checklist, lang: Lang) -> str:
    heading = next(r for r in law.requirements if r.id == element.requirement)
    facts = [
        (t("explain.requirement", lang), heading.title.in_(lang)),
        (t("explain.provision", lang), element.provision.in_(lang)),
        (t("explain.source", lang), law.sources[element.source].in_(lang)),
        (t("explain.in_force", lang), element.in_force.start.isoformat()),
        (t("explain.severity", lang), t(f"report.severity.{element.severity}", lang)),
        (t("explain.where", lang), t(f"explain.where_{element.where}", lang)),
        (t("explain.asks", lang), element.asks.in_(lang)),
        (t("explain.good", lang), element.good.in_(lang)),
        (t("explain.bad", lang), element.bad.in_(lang)),
        (t("explain.advice", lang), element.advice.in_(lang)),
        (t("explain.question", lang), element.question.in_(lang)),
    ]
    return _page(f"{element.id}  {element.title.in_(lang)}", facts, lang)


def _flag(flag: RedFlag, lang: Lang) -> str:
    facts = [
        (t("explain.provision", lang), flag.provision.in_(lang)),
        (t("explain.severity", lang), t(f"report.severity.{flag.severity}", lang)),
        (t("explain.bad", lang), example_in(flag.finds, lang)),
        (t("explain.good", lang), example_in(flag.passes_over, lang)),
        (t("explain.advice", lang), flag.advice.in_(lang)),
        (t("explain.question", lang), flag.question.in_(lang)),
    ]
    return _page(f"ethics/{flag.id}  {flag.title.in_(lang)}", facts, lang)


_VERDICTS = {"eligibility/pure-algorithm": "report.pure_algorithm", "ethics/red-flag": "report.red_flag"}


def _verdict(name: str, lang: Lang) -> str:
    """What the trained models find, without a rule of a checklist behind it."""
    key = _VERDICTS[name]
    title = t(f"{key}.title", lang)
    facts = [
        (t("explain.provision", lang), t(f"{key}.provision", lang)),
        (t("explain.asks", lang), t(f"{key}.message", lang, title=title)),
        (t("explain.question", lang), t(f"{key}.fix", lang)),
    ]
    return _page(f"{name}  {title}", facts, lang)


def example_in(examples: tuple[str, ...], lang: Lang) -> str:
    """The first example written in a language, empty when there is none."""
    return next((text for text in examples if has_han(text) == (lang == "zh")), "")


def _formal(rule: FormalRule, lang: Lang) -> str:
    facts = [
        (t("explain.provision", lang), rule.provision.in_(lang)),
        (t("explain.source", lang), rule.source.in_(lang)),
        (t("explain.severity", lang), t(f"report.severity.{rule.severity}", lang)),
        (t("explain.good", lang), rule.good.in_(lang)),
        (t("explain.bad", lang), rule.bad.in_(lang)),
    ]
    return _page(f"{rule.id}  {rule.title.in_(lang)}", facts, lang)


def _page(title: str, facts: list[tuple[str, str]], lang: Lang) -> str:
    lines = [title, ""]
    for label, words in facts:
        lines += wrap(t("explain.fact", lang, label=label, words=words.strip()), "  ", "    ")
    return "\n".join(lines) + "\n"
