"""`triage face`: the faces that people mark by hand, where the machine found none."""

from typing import Annotated

import typer

from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_bench, open_deployment
from console.cli.output import print_json, say
from console.identity import acting
from engine.records import ids
from jobs.errors import BadInput

app = group("Mark a face by hand.")

_EYES, _ALL = 2, 5


@app.command(
    epilog=examples(
        "triage face mark M12 --eyes 320,200,360,198",
        "triage face mark scan.jpg --points 320,200,360,198,340,225,325,245,356,244",
        "triage face mark M13 --at 12.5 --eyes 320,200,360,198",
    )
)
def mark(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file of a referral: its id (M12), or a copy of it.")],
    eyes: Annotated[str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="The two eyes, in pixels.")] = None,
    points: Annotated[
        str | None, typer.Option(metavar="TEN", help="Both eyes, the nose and both corners of the mouth: x,y of each.")
    ] = None,
    at: Annotated[float | None, typer.Option(min=0, metavar="SECONDS", help="When a video shows it.")] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Mark a face that nobody found. It becomes a subject of the referral, which is searched like any other.

    Name first what is on the left when the head is upright: in a picture of a head that is upside down, that is the eye
    on the right. The same marking again changes nothing.
    """
    from jobs.marking import mark as mark_face
    from jobs.marking import media_named
    from jobs.searching_again import see_to_it

    given = _points(eyes, points)
    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting(session, here.paths, as_name)
    bench = open_bench(here)
    at_ms = None if at is None else round(at * 1000)
    marked = mark_face(bench, media_named(bench, file), given, at_ms=at_ms, actor=actor)
    face = ids.public("face", marked.face_id)
    subjects = [ids.public("subject", number) for number in marked.subject_ids]
    referrals = [ids.public("referral", number) for number in marked.referral_ids]
    what = "was marked before" if marked.again else "is marked"
    say(
        f"{face} {what}: {', '.join(subjects)} of {', '.join(referrals)}, {marked.eye_distance:.0f} pixels between the "
        f"eyes, the head leaning {marked.roll:.0f} degrees."
    )
    for other in marked.beside:
        say(f"{ids.public('face', other)} is at the same place; if it is the same person, merge the two subjects.")
    see_to_it(bench, marked.referral_ids, say)
    if as_json:
        print_json(
            {
                "face": face,
                "media": ids.public("media", marked.media_id),
                "subjects": subjects,
                "referrals": referrals,
                "again": marked.again,
                "beside": [ids.public("face", other) for other in marked.beside],
                "eye_distance": marked.eye_distance,
                "roll": marked.roll,
            }
        )


def _points(eyes: str | None, points: str | None) -> list[tuple[float, float]]:
    if (eyes is None) == (points is None):
        raise BadInput("Give either --eyes or --points.", "Example: triage face mark M12 --eyes 320,200,360,198")
    wanted, text = (_EYES, eyes) if eyes is not None else (_ALL, points)
    try:
        numbers = [float(part) for part in (text or "").replace(" ", ",").split(",") if part]
    except ValueError:
        numbers = []
    if len(numbers) != 2 * wanted:
        raise BadInput(
            f"{text!r} is not {2 * wanted} numbers.", "They are x and y of each point, with commas: 320,200,360,198"
        )
    return list(zip(numbers[::2], numbers[1::2], strict=True))
