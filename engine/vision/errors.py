"""The errors of reading media and of loading networks.

VisionError
├── UnreadableMedia      the bytes are not a picture that can be shown whole, or one beyond the limits
│   └── TooLittleMemory  its decoder asked for more memory than it may have
├── DecoderLost          the process that decodes was ended by something else than the file it was at
├── DeviceMissing        the networks cannot compute where the settings say
├── UnusableLandmarks    the points of a face, found or marked by hand, cannot be those of a face in the picture
└── WeightsError         a network cannot be loaded
    ├── WeightsMissing   the package or the file that carries it is not there
    ├── WeightsAltered   the file is not the one that was declared
    └── WeightsUnusable  the file does not hold the network it should
"""

from config.errors import TriageError


class VisionError(TriageError):
    """Something vision cannot do."""


class UnreadableMedia(VisionError):
    """Bytes that cannot be shown whole; `reason` names what is wrong with them."""

    def __init__(self, reason: str, *, hint: str = "Ask the sender for the file again, or open it elsewhere.") -> None:
        super().__init__(reason, hint=hint)
        self.reason = reason


class TooLittleMemory(UnreadableMedia):
    """A file whose decoder asked for more memory than there was for it."""


class DecoderLost(VisionError):
    """The process that decodes cannot be started, or was ended from outside; it says nothing about the file."""


class WeightsError(VisionError):
    """A network that cannot be loaded."""


class WeightsMissing(WeightsError):
    """The package, or the file in it, that carries a network's weights is not installed."""


class WeightsAltered(WeightsError):
    """A weights file whose SHA-256 is not the declared one."""


class WeightsUnusable(WeightsError):
    """A weights file that cannot be parsed as the network it should hold."""


class DeviceMissing(VisionError):
    """The device that the networks are to compute on is not there."""


class UnusableLandmarks(VisionError):
    """Landmarks, or a box, that cannot be those of a face in the picture."""

    def __init__(self, message: str, *, hint: str = "Mark the eyes, the nose and the mouth of the face again.") -> None:
        super().__init__(message, hint=hint)
