"""A referral on the terminal: the document of `referral show` for people to read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.cli.output import counted, moment, moment_and_age, print_facts, print_line, print_table, words
from console.cli.report_view import print_report

# A person at this screen wants an overview; the console and --json have the whole list.
_CANDIDATES_SHOWN = 10


def print_referral(document: dict[str, Any]) -> None:
    """Write the document of a referral as text."""
    _heading(document)
    print_report(document)
    _media(document["media"])
    for subject in document["subjects"]:
        print_line("")
        print_subject(subject, document["scores_hidden"])
    _conclusions(document["conclusions"])


def _heading(document: dict[str, Any]) -> None:
    cases = [f"{case['id']} {case['name']}" for case in document["cases"]]
    print_facts(
        {
            "referral": document["id"],
            "state": words(document["state"]),
            "reason": document["reason"],
            "source": document["source"],
            "report number": document["report_number"],
            "duplicate of": document["duplicate_of"],
            "version": document["version"] if document["version"] > 1 else None,
            "received": _at(document["received_at"]),
            "cases": ", ".join(cases) or None,
            "text": document["narrative"],
        }
    )


def _media(media: list[dict[str, Any]]) -> None:
    print_line("")
    print_table(
        ("media", "file", "size", "finding"),
        ((one["id"], one["name"], _size(one), _finding(one)) for one in media),
        empty="No media.",
    )
    known = [(one["id"], words) for one in media if one["known"] for words in _known(one["known"])]
    if known:
        print_line("")
        print_table(("known file", "as"), known, empty="")


def _known(known: dict[str, Any]) -> Iterator[str]:
    yield from known["words"]
    for one in known["looks_like"]:
        where = f" of {', '.join(one['referrals'])}" if one["referrals"] else ""
        yield f"looks like {one['media']}{where}: {one['distance']} of 256 bits differ"


def print_subject(subject: dict[str, Any], scores_hidden: bool) -> None:
    """Write a subject of such a document as text."""
    who = subject["person"]
    print_facts(
        {
            "subject": f"{subject['id']}, {words(subject['standing'])}, {counted(len(subject['faces']), 'face')}",
            "role": subject["role"],
            "person": None if who is None else f"{who['id']} {who['name'] or ''} ({who['basis']})",
            "claimed by": subject["claimed_by"],
            "not searched": subject["not_searched"],
            "back": _back(subject["recalls"]),
            "search": _search(subject["search"]),
            "not current": _not_current(subject),
            "model": subject["search"] and subject["search"]["model_caution"],
            "candidate of": _links(subject["candidate_of"]),
        }
    )
    shown = subject["candidates"][:_CANDIDATES_SHOWN]
    if not shown:
        return
    columns = ("", "candidate", "who", "in", "cautions") if scores_hidden else _WITH_SCORES
    print_table(columns, _candidates(shown, scores_hidden), empty="")
    if more := len(subject["candidates"]) - len(shown):
        print_line(f"and {more} more: triage console, or --json")


_WITH_SCORES = ("", "candidate", "score", "who", "in", "cautions")


def _candidates(candidates: list[dict[str, Any]], scores_hidden: bool) -> Iterator[list[object]]:
    for one in candidates:
        who = one["name"] or one["person"] or one["subject"]
        where = one["gallery"] or f"referral {one['referral']}"
        row = [one["rank"], one["id"], who, where, ", ".join(one["cautions"])]
        if not scores_hidden:
            row.insert(2, "" if one["score"] is None else f"{one['score']:.3f}")
        yield row


def _conclusions(conclusions: list[dict[str, Any]]) -> None:
    if not conclusions:
        return
    print_line("")
    print_table(
        ("conclusion", "about", "by", "at", "holds", "note"),
        (
            (
                one["id"],
                f"{one['subject'] or ''} {one['candidate'] or ''}",
                one["examiner"]["name"],
                _day(one["made_at"]),
                _holding(one),
                one["note"],
            )
            for one in conclusions
        ),
        empty="",
    )


def _search(search: dict[str, Any] | None) -> str | None:
    if search is None:
        return None
    how = "exactly" if search["exact"] else "approximately"
    under = [
        f"{permit}: {', '.join(scope['scope'] for scope in search['scopes'] if scope['permit'] == permit)}"
        for permit in search["permits"]
    ]
    return (
        f"{search['id']}: {search['scanned']:,} of {search['eligible']:,} faces scanned {how}, under {'; '.join(under)}"
        + (f"; {search['earlier_model']}" if search["earlier_model"] else "")
    )


def _not_current(subject: dict[str, Any]) -> str | None:
    """Why the list that is shown does not hold any more, where that is so."""
    if subject["search"] is None:
        return None if subject["outdated"] is None else f"to be searched: {subject['outdated']}"
    if subject["outdated"] is not None:
        return f"being searched again: {subject['outdated']}"
    return None if subject["not_searched"] is None else "the list is from before; it may not be searched again"


def _back(recalls: list[dict[str, Any]]) -> str | None:
    """Why the subject came back, and whether anybody has looked since."""
    return "; ".join(one["reason"] + ("" if one["answered"] else ", not looked at yet") for one in recalls) or None


def _links(links: list[dict[str, Any]]) -> str | None:
    return ", ".join(f"{one['subject']} in {one['referral']} (rank {one['rank']})" for one in links) or None


def _holding(conclusion: dict[str, Any]) -> str:
    if conclusion["hidden"]:
        return "hidden from the next examiner"
    if conclusion["kind"] == "retracted":
        return f"took {conclusion['supersedes']} back"
    return words(conclusion["kind"]) + ("" if conclusion["in_force"] else " (superseded)")


def _finding(media: dict[str, Any]) -> str:
    if media["finding_reason"]:
        return f"{words(media['finding'])}: {media['finding_reason']}"
    tried = f" (tried: {', '.join(media['passes'])})" if media["passes"] else ""
    return words(media["finding"]) + tried


def _size(media: dict[str, Any]) -> str:
    return f"{media['width']} x {media['height']}" if media["width"] else f"{media['size']:,} bytes"


def _day(text: str) -> str:
    return moment(datetime.fromisoformat(text))


def _at(text: str) -> str:
    return moment_and_age(datetime.fromisoformat(text))
