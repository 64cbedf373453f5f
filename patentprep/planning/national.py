"""Deadlines and warnings that belong to one designated office, from the table of offices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from patentprep.planning.international import deadline, examining
from patentprep.planning.offices import Office, office, paris_offices
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import Deadline, Given, PlanWarning, Words, words

EXAMINATION_MONTHS_CN = 36  # Patent Law Art. 35
OLD_ARTICLE_22 = 19  # months for the demand where the old Art. 22(1) limit still stands
RECORD_MONTHS = 6  # Hong Kong, PCT Applicant's Guide CN.17


def national_deadlines(priority: date, given: Given) -> list[Deadline]:
    """Entry, extension, reinstatement, direct filings and the Chinese dates of every office asked for."""
    found: list[Deadline] = []
    since = words("trigger.priority", date=priority)
    for code in given.offices:
        entry = office(code)
        if entry.route == "paris":
            found.append(_direct(code, priority, given, _source(entry)))
        elif entry.chapter_i is not None:
            found += _entry(entry, entry.chapter_i, priority, given, since)
        elif entry.route == "extension":
            found += _by_record(code, priority, given, since)
    if "CN" in given.offices:
        if _may_enter_china(found, given):
            found.append(_cn_publication(priority, since))
        found.append(deadline("cn_substantive_examination", "CN", add_months(priority, EXAMINATION_MONTHS_CN), since))
    return found


def _may_enter_china(found: list[Deadline], given: Given) -> bool:
    """Whether China has been entered, or still can be."""
    limits = [item for item in found if item.id in ("national_phase:CN", "national_phase_extended:CN")]
    entered = any(item.id in given.done for item in limits)
    return entered or given.today is None or any(item.date >= given.today for item in limits)


def _cn_publication(priority: date, since: Words) -> Deadline:
    """Publication at CNIPA, which is its own act: no closed day moves it as it would an applicant's limit."""
    end, id = add_months(priority, 18), "cn_publication"
    return Deadline(
        id, "CN", end, end, None, since, id, words(f"consequence.{id}"), None, False, note=words(f"note.{id}")
    )


def _direct(code: str, priority: date, given: Given, note: Words) -> Deadline:
    """A direct filing within the priority year. It has a priority claim of its own, which a withdrawal in the PCT
    application does not touch.
    """
    start = given.direct_priority or priority
    if start != priority:
        note = words("note.direct_own_claim")
    since = words("trigger.priority", date=start)
    return deadline(f"paris_filing:{code}", code, add_months(start, 12), since, note=note)


def _by_record(code: str, priority: date, given: Given, since: Words) -> list[Deadline]:
    """Hong Kong and Macao follow a Chinese application; a direct filing within the priority year is possible too.

    The record in Hong Kong is due six months from the Chinese publication of the national application, or from
    CNIPA's notice of it. Until that day is known the period is counted from the last day of entry in China, and
    is not certain: whoever enters earlier must record earlier.
    """
    direct = _direct(code, priority, given, words(f"note.direct_{code.lower()}"))
    found = [replace(direct, certain=False, rescue=words(f"rescue.record_{code.lower()}"))]
    if code == "HK":
        start = given.record_from or add_months(priority, office("CN").chapter_i or 30)
        key = "trigger.record" if given.record_from else "trigger.record_planned"
        note = None if given.record_from else words("note.record_planned")
        record = deadline(
            "record_request:HK", code, add_months(start, RECORD_MONTHS), words(key, date=start), note=note
        )
        found.append(record if given.record_from else replace(record, certain=False))
    return found


def _source(entry: Office) -> Words:
    key = "note.source" if entry.confirmed else "note.source_to_confirm"
    return words(key, source_of=entry.code, as_of=entry.as_of)


def _entry(entry: Office, months: int, priority: date, given: Given, since: Words) -> list[Deadline]:
    code, longer = entry.code, entry.chapter_ii or months
    note = _source(entry)
    found: list[Deadline] = []
    elected = elected_in_time(priority, given) and longer > months
    if elected:
        note = words("note.elected", date=given.demand_date, months=longer)
    elif months <= 21:
        found.append(
            deadline(
                f"chapter_ii_demand:{code}", examining(given), add_months(priority, OLD_ARTICLE_22), since,
                "chapter_ii_demand_early",
                note=words("note.chapter_ii_demand_early", office=code, months=longer),
            )
        )  # fmt: skip
        note = words("note.old_article_22", office=code, months=longer, other=add_months(priority, longer))
    elif longer > months:
        note = words("note.chapter_ii_longer", months=longer, other=add_months(priority, longer))
    months = longer if elected else months
    end = add_months(priority, months)
    extension = entry.extension
    rescue = None
    if extension and extension.kind == "unknown_length":
        rescue = words("rescue.unknown_extension")
    elif extension and extension.kind != "reinstatement":
        rescue = words("rescue.extension")
    elif code == "EP":
        rescue = words("rescue.further_processing")
    elif entry.reinstatement == "yes" or extension:
        rescue = words("rescue.reinstatement")
    found.append(deadline(f"national_phase:{code}", code, end, since, rescue=rescue, note=note))
    condition = words("note.extension", condition_of=code)
    if extension and extension.kind in ("as_of_right", "on_fee", "on_request"):
        # one step from the priority date, never from an end that closed days moved
        last = add_months(priority, months + extension.months) if extension.months else add_days(end, extension.days)
        found.append(deadline(f"national_phase_extended:{code}", code, last, since, note=condition))
    if extension and extension.kind == "reinstatement":
        last = add_months(priority, months + extension.months)
        found.append(deadline(f"reinstatement:{code}", code, last, since, "reinstatement_national", note=condition))
    elif entry.reinstatement == "yes":
        limit = words("trigger.national_limit", date=end)
        found.append(
            deadline(f"reinstatement:{code}", code, add_months(end, 12), limit, note=words("note.reinstatement"))
        )
    return found


def elected_in_time(priority: date, given: Given) -> bool:
    """Whether the demand came within 19 months, which is what moves entry at some offices (Art. 39(1)(a))."""
    if given.demand_date is None:
        return False
    limit = deadline(
        "chapter_ii_demand", examining(given), add_months(priority, OLD_ARTICLE_22), words("trigger.priority")
    )
    return given.demand_date <= limit.date


def route_warnings(codes: tuple[str, ...]) -> list[PlanWarning]:
    """Offices that the international application does not reach directly, and how they are reached."""
    found: list[PlanWarning] = []
    missing: dict[str, list[str]] = {}
    if paris := paris_offices(codes):
        found.append(
            PlanWarning(
                "no_pct_route", "serious", paris, words("warning.no_pct_route", offices=",".join(paris)),
                "paris_filing",
            )
        )  # fmt: skip
    for code in codes:
        entry = office(code)
        if entry.route not in ("regional", "extension") or entry.through is None:
            continue
        key = "warning.route" if entry.route == "regional" else f"warning.route_{code.lower()}"
        message = words(key, office=code, through=entry.through, months=office(entry.through).chapter_i or "")
        found.append(PlanWarning(f"route:{code}", "serious", (code, entry.through), message, f"route_{entry.route}"))
        if entry.through not in codes:
            missing.setdefault(entry.through, []).append(code)
    for through, reached in missing.items():
        message = words("warning.through_missing", offices=",".join(reached), through=through, code=through)
        rule = "route_extension" if through == "CN" else "route_regional"
        found.append(PlanWarning("through_missing", "serious", (*reached, through), message, rule))
    return found
