"""A CyberTipline package: the report's XML, the files uploaded with it, and the report as PDF.

The form in which police receive reports is not public, so any XML that speaks in the words of NCMEC's reporting API is
read, whatever lies around it: elements that are not known become facts too, and XML and PDF are kept as they came.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from engine.formats.bundle import Bundle, why_empty
from engine.formats.cybertip_facts import facts_of, narrative, report_number
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Member
from engine.formats.safe_xml import BadXml, local, read_xml, text_of

#: Words of the report's XML, one of which it must say near its beginning to be taken for one.
_WORDS = (b"incidentsummary", b"personoruserreported", b"cybertip", b"filedetails", b"internetdetails")
_LOOKED_AT = 1 << 16
_NAMES = frozenset({"originalfilename", "filename", "originalbinaryhashid", "fileid"})


def is_report(member: Member) -> bool:
    """Whether a file looks like the XML of a CyberTipline report."""
    if member.form != "XML":
        return False
    try:
        with member.open() as file:
            head = file.read(_LOOKED_AT).replace(b"\0", b"").lower()
    except OSError:
        return False
    return any(word in head for word in _WORDS)


def read_cybertip(bundle: Bundle, limits: Limits) -> list[IncomingReferral | RefusedInput]:
    """A referral for each folder of the bundle in which the XML of a report lies, and one of what no report claims."""
    homes = sorted({_folder(one.name) for one in bundle.members if is_report(one)}, key=len, reverse=True)
    if not homes:
        return [RefusedInput(bundle.source, "no XML of a CyberTipline report is in it")]
    if len(homes) == 1 or "" in homes:
        return [_package(bundle, limits)]
    found = []
    left = list(bundle.members)
    for home in sorted(homes):
        package = bundle.under(home)
        left = [one for one in left if not one.name.startswith(home)]
        found.append(_package(package, limits))
    stray = [RefusedInput(one.name, "it lies beside the folders of the reports and belongs to none") for one in left]
    return [*found, *(replace(one, path=f"{bundle.source}/{one.path}") for one in stray)]


def _package(bundle: Bundle, limits: Limits) -> IncomingReferral | RefusedInput:
    documents = [one for one in bundle.members if one.form in ("XML", "PDF")]
    media = [one for one in bundle.members if one.form not in ("XML", "PDF")]
    refused = list(bundle.refused)
    roots = [root for one in documents if is_report(one) and (root := _root(one, limits, refused)) is not None]
    facts: list[Fact] = []
    details: list[tuple[set[str], tuple[Fact, ...]]] = []
    for root in roots:
        for fact in facts_of(root, local(root)):
            if "filedetails" not in fact.path.lower():
                facts.append(fact)
        details += [_file_details(node, number) for number, node in enumerate(_details(root), 1)]
    files = _files(media, details, refused)
    if not files and not documents:
        return RefusedInput(bundle.source, why_empty(refused, "package"))
    return IncomingReferral(
        bundle.source,
        tuple(files),
        tuple(refused),
        report_number=next(filter(None, map(report_number, roots)), None),
        narrative="\n\n".join(filter(None, map(narrative, roots))) or None,
        facts=tuple(facts),
        originals=tuple(one.incoming() for one in documents),
    )


def _root(member: Member, limits: Limits, refused: list[RefusedInput]) -> Element | None:
    try:
        with member.open() as file:
            return read_xml(file, limits)
    except (BadXml, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        refused.append(RefusedInput(member.name, f"the report's XML is kept but was not read: {reason}"))
        return None


def _details(root: Element) -> list[Element]:
    return [node for node in root.iter() if local(node).lower() == "filedetails"]


def _file_details(node: Element, number: int) -> tuple[set[str], tuple[Fact, ...]]:
    names = {text_of(child).casefold() for child in node.iter() if local(child).lower() in _NAMES}
    return names - {""}, tuple(facts_of(node, f"fileDetails[{number}]", "file"))


def _files(
    media: Sequence[Member], details: Sequence[tuple[set[str], tuple[Fact, ...]]], refused: list[RefusedInput]
) -> list[IncomingFile]:
    """The uploaded files with what the report says of each; a file that it names and that is not there is refused."""
    found: dict[int, list[Fact]] = {}
    for names, facts in details:
        place = next((at for at, one in enumerate(media) if _is_called(one, names)), None)
        if place is None:
            name = next((one.value for one in facts if one.label.lower() in ("filename", "originalfilename")), "a file")
            refused.append(RefusedInput(name, "the report names it, and it did not come with the report"))
        else:
            found.setdefault(place, []).extend(facts)
    return [replace(one.incoming(), facts=tuple(found.get(at, ()))) for at, one in enumerate(media)]


def _is_called(member: Member, names: set[str]) -> bool:
    base = member.base.casefold()
    return base in names or PurePosixPath(base).stem in names


def _folder(name: str) -> str:
    folder, slash, _ = name.rpartition("/")
    return f"{folder}/" if slash else ""
