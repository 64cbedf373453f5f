"""Ways to file, side by side: China first then PCT, PCT at CNIPA at once, direct filings, a US provisional first.

Each scenario is planned from the same facts. One that the facts rule out says why, and has no dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from patentprep.planning.international import SECRECY_MONTHS, deadline
from patentprep.planning.offices import office, paris_offices_abroad
from patentprep.planning.pct import plan_timeline
from patentprep.planning.periods import add_months
from patentprep.planning.timeline import Given, Timeline, Words, words

ScenarioId = Literal["cn_first", "pct_at_cnipa", "paris_direct", "us_provisional"]
SCENARIOS: tuple[ScenarioId, ...] = ("cn_first", "pct_at_cnipa", "paris_direct", "us_provisional")
DATES = ("first_filing", "second_filing", "publication", "entry_first", "entry_last", "paris_end", "secrecy", "costs")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to file. ``dates`` maps names of ``DATES`` to days, None where there is no such date; empty, with
    ``why_not``, when the facts rule the scenario out. ``lost`` and ``grace`` are offices where a disclosure costs
    novelty or needs a grace period.
    """

    id: ScenarioId
    why_not: Words | None
    dates: tuple[tuple[str, date | None], ...]
    remarks: tuple[Words, ...]
    lost: tuple[str, ...] = ()
    grace: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether the facts leave this way open."""
        return self.why_not is None


def scenarios(timeline: Timeline) -> tuple[Scenario, ...]:
    """The four scenarios for the facts of a plan; its priority date (without one, its filing date) is the day of the
    first filing. With ``today`` after that day the first filing has been made.
    """
    given = timeline.given
    return tuple(_scenario(id, given) for id in SCENARIOS)


def _scenario(id: ScenarioId, given: Given) -> Scenario:
    reason = _why_not(id, given)
    if reason:
        return Scenario(id, reason, (), ())
    return _direct(given) if id == "paris_direct" else _through_pct(id, given)


def _why_not(id: ScenarioId, given: Given) -> Words | None:
    day, today = given.priority_date, given.today
    filed = today is not None and day < today
    pct_filed = given.filing_date is not None and today is not None and given.filing_date < today
    end = deadline("priority_period", given.receiving_office, add_months(day, 12), words("trigger.priority", date=day))
    reachable = [code for code in given.offices if office(code).route != "paris"]
    if id == "us_provisional":
        return _why_no_provisional(given, filed)
    if id == "pct_at_cnipa":
        if filed and (given.priority_dates or given.receiving_office != "CN"):
            return words("scenario.why_filed", date=day)
        return words("scenario.why_no_pct_office") if given.offices and not reachable else None
    if id == "cn_first":
        if pct_filed and not given.priority_dates:
            return words("scenario.why_pct_filed", date=given.filing_date)
        if filed and not pct_filed and today and end.date < today:
            return words("scenario.why_year_over", date=day, last=end.date)
        return words("scenario.why_no_pct_office") if given.offices and not reachable else None
    if filed and today and end.date < today:
        return words("scenario.why_year_over", date=day, last=end.date)
    return None if given.offices else words("scenario.why_no_offices")


def _why_no_provisional(given: Given, filed: bool) -> Words | None:
    day, today = given.priority_date, given.today
    if filed:
        return words("scenario.why_filed", date=day)
    if given.made_in == "CN" and today:
        clear = add_months(today, SECRECY_MONTHS)
        if day < clear:
            return words("scenario.why_secrecy", date=day, clear=clear)
    return None


def _through_pct(id: ScenarioId, given: Given) -> Scenario:
    day, at_once = given.priority_date, id == "pct_at_cnipa"
    receiving = "CN" if at_once else given.receiving_office
    kept = given.filing_date if not at_once and given.priority_dates and given.filing_date != day else None
    through = [entry.through for code in given.offices if (entry := office(code)).through]
    plan = plan_timeline(
        priority_date=None if at_once else day,
        filing_date=day if at_once else kept,
        receiving_office=receiving,
        offices=[*given.offices, *(code for code in through if code)],  # France is entered through the EPO
        made_in=given.made_in,
        disclosures=given.disclosures,
        today=given.today,
        absences=given.absences,
    )
    limits = {item.id: item for item in plan.deadlines}
    entries = sorted(item.date for item in plan.deadlines if item.id.startswith("national_phase:"))
    direct = [item.date for item in plan.deadlines if item.id.startswith("paris_filing:") and item.kind == "act"]
    second = None if at_once else limits["priority_period"].date
    secrecy = None
    if given.made_in == "CN":
        before = add_months(day, -SECRECY_MONTHS)  # clear it before filing in the United States
        secrecy = day if at_once else before if id == "us_provisional" else limits["secrecy_examination"].date
    dates = {
        "first_filing": day,
        "second_filing": second,
        "publication": limits["publication"].date,
        "entry_first": entries[0] if entries else None,
        "entry_last": entries[-1] if entries else None,
        "paris_end": min(direct) if direct else None,
        "secrecy": secrecy,
        "costs": entries[0] if entries else min(direct, default=None),
    }
    remarks = [words(f"scenario.remark_{id}")]
    if direct:
        codes = ",".join(
            item.office for item in plan.deadlines if item.id.startswith("paris_filing:") and item.kind == "act"
        )
        remarks.append(words("scenario.remark_no_pct", offices=codes, date=min(direct)))
    return _judged(id, plan, dates, remarks + _abroad(id, given))


def _direct(given: Given) -> Scenario:
    day = given.priority_date
    ends = [
        deadline(f"paris_filing:{code}", code, add_months(day, 12), words("trigger.priority", date=day))
        for code in given.offices
    ]
    plan = plan_timeline(
        priority_date=day, receiving_office="CN", offices=given.offices, made_in=given.made_in,
        disclosures=given.disclosures, today=given.today,
    )  # fmt: skip
    first = min(item.date for item in ends)
    foreign = [code for code in given.offices if code not in ("CN", "TW", "HK", "MO")]
    dates = {
        "first_filing": day,
        "second_filing": first,
        "publication": add_months(day, 18),
        "entry_first": None,
        "entry_last": None,
        "paris_end": first,
        "secrecy": add_months(day, 12 - SECRECY_MONTHS) if given.made_in == "CN" and foreign else None,
        "costs": first,
    }
    regional = [code for code in given.offices if office(code).route == "regional"]
    remarks = [words("scenario.remark_paris_direct", count=len(given.offices))]
    if regional:
        remarks.append(words("scenario.remark_regional", offices=",".join(regional)))
    return _judged("paris_direct", plan, dates, remarks + _abroad("paris_direct", given))


def _abroad(id: ScenarioId, given: Given) -> list[Words]:
    """What the country where the invention was made has to say about filing elsewhere first."""
    if given.made_in == "CN":
        at_cnipa = given.receiving_office == "CN" and not paris_offices_abroad(given.offices)
        counts = id == "pct_at_cnipa" or (id == "cn_first" and at_cnipa)
        return [words(f"scenario.secrecy_{'with' if counts else 'before'}")]
    home = {"us_provisional": "US"}.get(id, "CN")
    if given.made_in and given.made_in != home:
        return [words("scenario.licence", country=given.made_in)]
    return []


def _judged(id: ScenarioId, plan: Timeline, dates: dict[str, date | None], remarks: list[Words]) -> Scenario:
    found = {
        name: tuple(dict.fromkeys(item.office for item in plan.disclosures if item.verdict == name))
        for name in ("lost", "grace")
    }
    lost = found["lost"]
    grace = tuple(code for code in found["grace"] if code not in lost)
    if lost:
        remarks.append(words("scenario.lost", offices=",".join(lost)))
    if grace:
        remarks.append(words("scenario.grace", offices=",".join(grace)))
    return Scenario(id, None, tuple((name, dates[name]) for name in DATES), tuple(remarks), lost, grace)
