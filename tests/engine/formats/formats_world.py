"""Ways to make bundles for the tests of the formats, and to read them."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.formats.incoming import Incoming, IncomingReferral, RefusedInput
from engine.formats.read import Reader

JPEG = b"\xff\xd8\xff\xe0 the first bytes of a picture"
MATROSKA = b"\x1aE\xdf\xa3 the first bytes of a video"
PDF = b"%PDF-1.7 the report as people print it"

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<cyberTip xmlns="http://example.org/le">
  <reportId>4711</reportId>
  <incidentSummary>
    <incidentType>Child Pornography (possession)</incidentType>
    <incidentDateTime>2026-05-01T10:00:00Z</incidentDateTime>
    <escalateToHighPriority>true</escalateToHighPriority>
  </incidentSummary>
  <internetDetails><webPageIncident><url>https://forum.example/thread/7</url></webPageIncident></internetDetails>
  <reporter><reportingPerson><email>abuse@example.org</email></reportingPerson></reporter>
  <personOrUserReported>
    <screenName>BlåFugl</screenName>
    <ipCaptureEvent><ipAddress>203.0.113.5</ipAddress><dateTime>2026-05-01T09:59:00Z</dateTime></ipCaptureEvent>
    <deviceId idType="IMEI">490154203237518</deviceId>
    <neverHeardOf deep="yes">kept</neverHeardOf>
  </personOrUserReported>
  <personOrUserReported><screenName>second</screenName></personOrUserReported>
  <fileDetails>
    <fileName>a.jpg</fileName><originalFileName>IMG_1.jpg</originalFileName>
    <originalFileHash hashType="MD5">d41d8cd98f00b204e9800998ecf8427e</originalFileHash>
  </fileDetails>
  <fileDetails><fileName>gone.jpg</fileName></fileDetails>
  <additionalInfo>Seen on a forum.</additionalInfo>
</cyberTip>
"""


def a_zip(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def a_tar(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def a_vics(*media: Mapping[str, Any], **case: Any) -> bytes:
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"
    return json.dumps({"@odata.context": context, "value": [{"CaseID": "c-1", **case, "Media": list(media)}]}).encode()


def put(path: Path, data: bytes = JPEG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def read(path: Path, **options: Any) -> list[Incoming]:
    return list(Reader(path.parent, **options).read(path))


def one(path: Path, **options: Any) -> IncomingReferral:
    (found,) = read(path, **options)
    assert isinstance(found, IncomingReferral), found
    return found


def refusal(path: Path, **options: Any) -> RefusedInput:
    (found,) = read(path, **options)
    assert isinstance(found, RefusedInput), found
    return found


def contents(referral: IncomingReferral) -> dict[str, bytes]:
    found = {}
    for incoming in referral.files:
        with incoming.open() as file:
            found[incoming.name] = file.read()
    return found


def facts(referral: IncomingReferral) -> dict[str, str]:
    return {fact.path: fact.value for fact in referral.facts}
