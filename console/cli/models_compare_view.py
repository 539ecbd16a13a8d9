"""What `triage models compare` found, for people to read before they decide on a model."""

from typing import Any

from console.cli.output import counted, print_line, print_table

# A person at this screen wants to judge; --json has the whole list.
_SHOWN = 20


def print_comparison(document: dict[str, Any]) -> None:
    """Write the summary, then which identifications change and which candidates are new, by their ids."""
    both, first = document["identifications"], document["first"]
    print_line(f"{document['model']} beside {document['at_work']['model']}, which is at work:")
    print_line(
        f"{counted(sum(both.values()), 'identification')} compared. The person is among the first {first} candidates "
        f"with both models for {both['kept']:,}, would no longer be for {both['lost']:,}, only then would be for "
        f"{both['gained']:,}, and is with neither for {both['neither']:,}."
    )
    print_line(
        f"{counted(document['unmatched'], 'unmatched subject')} compared: "
        f"{counted(len(document['new_candidates']), 'new candidate')} rare enough; "
        f"{document['new_of_unknown_rarity']:,} more of unknown rarity."
    )
    for reason, number in document["not_compared"].items():
        print_line(f"Not compared, for {reason}: {counted(number, 'subject')}.")
    _changed(document["changed"])
    _new(document["new_candidates"])


def _changed(changed: list[dict[str, Any]]) -> None:
    if not changed:
        return
    print_line("")
    lost_first = sorted(changed, key=lambda one: str(one["change"]), reverse=True)
    print_table(
        ("identification", "referral", "person", "rank now", "rank then", ""),
        (
            (one["subject"], one["referral"], one["person"], one["rank"], one["rank_with_model"], one["change"])
            for one in lost_first[:_SHOWN]
        ),
        empty="",
    )
    _more(len(changed))


def _new(found: list[dict[str, Any]]) -> None:
    if not found:
        return
    print_line("")
    print_table(
        ("subject", "referral", "new candidate", "rank then", "how rare"),
        (
            (one["subject"], one["referral"], one["candidate"], one["rank_with_model"], f"{one['rarity']:.2g}")
            for one in sorted(found, key=lambda one: float(one["rarity"]))[:_SHOWN]
        ),
        empty="",
    )
    _more(len(found))


def _more(number: int) -> None:
    if number > _SHOWN:
        print_line(f"and {number - _SHOWN:,} more: --json has them all")
