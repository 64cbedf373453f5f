"""The ``plan`` command: its options, and one plan, scenarios side by side, or a whole portfolio."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patentprep.errors import UsageError
from patentprep.model import Lang

if TYPE_CHECKING:
    from patentprep.planning.timeline import Timeline

FORMATS = ("table", "json", "csv", "ics", "html")
STDIN = "-"
OF_ONE_PLAN = (
    "priority_date", "filing_date", "search_report_date", "add_priority", "correct_priority", "changed_on",
    "withdraw_priority", "withdrawn_on", "early_publication", "demand_date", "ipea", "made_in", "disclosure",
    "record_from", "done", "lead", "absence", "family", "scenarios",
)  # fmt: skip


class PortfolioNotRead(UsageError):
    """Facts: name, reason (of the operating system)."""

    key = "error.input_not_read"


class BadLead(UsageError):
    """Facts: text."""

    key = "error.plan_lead_text"


class BadCorrection(UsageError):
    """Facts: text."""

    key = "error.plan_correct_text"


class EmptyOffice(UsageError):
    """--office without a code."""

    key = "error.plan_office_empty"


class NegativeLead(UsageError):
    """Facts: name, days."""

    key = "error.plan_lead_negative"


class NoSuchForm(UsageError):
    """A format that one plan has, and scenarios or portfolios have not. Facts: format, formats."""

    key = "error.plan_format"


class UntilWithoutPortfolio(UsageError):
    """A last day without a list to shorten."""

    key = "error.plan_until"


class OfOnePlanOnly(UsageError):
    """Options of one plan beside a portfolio. Facts: options."""

    key = "error.plan_portfolio_options"


def add_options(command: argparse.ArgumentParser) -> None:
    """All options of ``patentprep plan`` besides --format, -o and --lang."""
    facts = command.add_argument_group("what has happened or is planned (dates are YYYY-MM-DD)")
    many: dict[str, Any] = {"action": "append", "default": []}
    facts.add_argument("--priority-date", metavar="DATE", help="may be repeated", **many)
    facts.add_argument("--filing-date", metavar="DATE", help="international filing date, planned or actual")
    facts.add_argument("--receiving-office", default="CN", metavar="XX", help="default: CN")
    facts.add_argument("--office", metavar="XX", help="WIPO ST.3 code; may be repeated", **many)
    facts.add_argument("--search-report-date", metavar="DATE", help="when the search report was transmitted")
    facts.add_argument("--add-priority", metavar="DATE", help="a priority claim added later")
    facts.add_argument("--correct-priority", metavar="WRONG:RIGHT", help="a claimed date, and the right one")
    facts.add_argument("--changed-on", metavar="DATE", help="when it was added or corrected; default: today")
    facts.add_argument("--withdraw-priority", metavar="DATE|all", help="a priority claim withdrawn")
    facts.add_argument("--withdrawn-on", metavar="DATE", help="when it was withdrawn; default: today")
    facts.add_argument("--early-publication", metavar="DATE", help="when early publication was requested")
    facts.add_argument("--demand-date", metavar="DATE", help="when the demand (Chapter II) was filed")
    facts.add_argument("--ipea", metavar="XX", help="where a demand would be filed")
    facts.add_argument("--made-in", metavar="CC", help="country where the invention was made")
    facts.add_argument(
        "--disclosure", metavar="DATE:KIND",
        help="past or planned: preprint, talk, code, product, exhibition or abuse; may be repeated", **many,
    )  # fmt: skip
    facts.add_argument(
        "--record-from", metavar="DATE", help="Chinese publication or CNIPA's notice, for the record in Hong Kong"
    )
    facts.add_argument("--done", metavar="ID", help="a deadline that has been met; may be repeated", **many)
    facts.add_argument("--today", metavar="DATE", help="plan as of that day")
    work = command.add_argument_group("how you work")
    work.add_argument(
        "--lead", metavar="NAME=DAYS",
        help="drafting, review, freeze, disclosure, filing, publication, secrecy, translation, associates, entry or "
        "stagger; defaults in data/planning/leads.yaml; may be repeated", **many,
    )  # fmt: skip
    work.add_argument("--absence", metavar="DATE/DATE", help="nobody is there from, to; may be repeated", **many)
    other = command.add_argument_group("what to write")
    other.add_argument("--family", default="", metavar="NAME", help="what you call the family, for ics and html")
    other.add_argument("--scenarios", action="store_true", help="ways to file, side by side: table, json or csv")
    other.add_argument(
        "--portfolio", metavar="FILE.csv",
        help="deadlines of many families, one a row (table, json, csv, ics); --office filters; - reads standard input",
    )  # fmt: skip
    other.add_argument("--until", metavar="DATE", help="of a portfolio, only deadlines by then")


def run(args: argparse.Namespace, lang: Lang, write: Callable[[str], None], complain: Callable[[str], None]) -> int:
    """Write what was asked for; the exit status. Raises PatentprepError."""
    from patentprep.report import plan as report
    from patentprep.strings import t

    if args.portfolio:
        return _portfolio(args, lang, write, complain)
    if args.until:
        raise UntilWithoutPortfolio()
    timeline = _timeline(args)
    if args.scenarios:
        from patentprep.planning.scenarios import scenarios
        from patentprep.report.scenarios import scenarios_csv, scenarios_json, scenarios_table

        _only(args.format, ("table", "json", "csv"))
        found = scenarios(timeline)
        if args.format == "json":
            write(json.dumps(scenarios_json(found, lang), ensure_ascii=False, indent=2))
        else:
            write((scenarios_csv if args.format == "csv" else scenarios_table)(found, lang))
    elif args.format == "json":
        write(json.dumps(report.to_json_dict(timeline, lang), ensure_ascii=False, indent=2))
    elif args.format == "ics":
        from patentprep.report.calendar_file import to_ics

        if not args.family:
            complain(t("plan.ics.no_family", lang))
        write(to_ics(timeline, lang, args.family))
    elif args.format == "html":
        from patentprep.report.plan_html import to_html

        write(to_html(timeline, lang, args.family))
    else:
        write({"table": report.to_table, "csv": report.to_csv}[args.format](timeline, lang))
    return 0


def _timeline(args: argparse.Namespace) -> Timeline:
    from patentprep.planning import parse_date, plan_timeline
    from patentprep.planning.portfolio import disclosure

    def day(text: str | None) -> date | None:
        return None if text is None else parse_date(text)

    return plan_timeline(
        priority_date=[parse_date(text) for text in args.priority_date] or None,
        filing_date=day(args.filing_date),
        receiving_office=args.receiving_office,
        offices=_codes(args.office),
        search_report_date=day(args.search_report_date),
        add_priority=day(args.add_priority),
        withdraw_priority=args.withdraw_priority,
        withdrawn_on=day(args.withdrawn_on),
        ipea=args.ipea,
        made_in=args.made_in,
        disclosures=[disclosure(text) for text in args.disclosure],
        today=day(args.today) or date.today(),
        correct_priority=_correction(args.correct_priority),
        changed_on=day(args.changed_on),
        early_publication=day(args.early_publication),
        demand_date=day(args.demand_date),
        record_from=day(args.record_from),
        done=args.done,
        leads=dict(_lead(text) for text in args.lead),
        absences=[_span(text) for text in args.absence],
    )


def _codes(texts: list[str]) -> list[str]:
    codes = [text.replace(",", " ").split() for text in texts]
    if not all(codes):
        raise EmptyOffice()
    return [code for found in codes for code in found]


def _correction(text: str | None) -> tuple[date, date] | None:
    from patentprep.planning import parse_date

    if text is None:
        return None
    wrong, colon, right = text.partition(":")
    if not colon:
        raise BadCorrection(text=text[:40])
    return parse_date(wrong), parse_date(right)


def _lead(text: str) -> tuple[str, int]:
    name, _, days = text.partition("=")
    number = days.strip()
    if number.startswith("-") and number[1:].isascii() and number[1:].isdigit():
        raise NegativeLead(name=name.strip()[:40], days=number[:10])
    if not (number.isascii() and number.isdigit() and len(days) < 9):
        raise BadLead(text=text[:40])
    return name.strip(), int(number)


def _span(text: str) -> tuple[date, date]:
    """``first/last``, or one day."""
    from patentprep.planning import parse_date

    first, _, last = text.partition("/")
    return parse_date(first), parse_date(last or first)


def _only(chosen: str, formats: tuple[str, ...]) -> None:
    if chosen not in formats:
        raise NoSuchForm(format=chosen, formats=", ".join(formats))


def _portfolio(
    args: argparse.Namespace, lang: Lang, write: Callable[[str], None], complain: Callable[[str], None]
) -> int:
    from patentprep.planning import parse_date
    from patentprep.planning.portfolio import entries, read_portfolio
    from patentprep.report.portfolio import portfolio_csv, portfolio_ics, portfolio_json, portfolio_table
    from patentprep.strings import say, t

    _only(args.format, ("table", "json", "csv", "ics"))
    given = [name for name in OF_ONE_PLAN if getattr(args, name)]
    if given:
        raise OfOnePlanOnly(options=", ".join("--" + name.replace("_", "-") for name in given))
    until = parse_date(args.until) if args.until else None
    today = parse_date(args.today) if args.today else date.today()
    name = "stdin" if args.portfolio == STDIN else args.portfolio
    portfolio = read_portfolio(_bytes(args.portfolio), name, today=today)
    found = entries(portfolio, offices=_codes(args.office), until=until)
    for row in portfolio.bad_rows:
        complain(t("plan.portfolio.bad_row", lang, name=name, line=row.line, message=say(row.error, lang)))
    if not portfolio.families:
        complain(t("plan.portfolio.none_planned", lang, name=name))
        return 2
    if args.format in ("table", "json"):
        write((portfolio_table if args.format == "table" else portfolio_json)(portfolio, found, lang))
    else:
        write((portfolio_csv if args.format == "csv" else portfolio_ics)(found, lang))
    return 0


def _bytes(name: str) -> bytes:
    if name == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise PortfolioNotRead(name=name, reason=error.strerror or type(error).__name__) from error
