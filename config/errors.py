"""The root of every error that Triage shows to a person, and what can be wrong with the configuration.

TriageError                  the root of each package's tree: message, hint and the exit code of a command
└── ConfigError
    ├── SettingsFileError    the settings file is missing, unreadable or not TOML
    ├── UnknownSetting       a key or a TRIAGE_ variable that does not exist
    ├── InvalidSetting       a value outside what its setting allows
    ├── UnsafeFolder         a folder that belongs to, or is open to, somebody else
    ├── ManifestError        models.toml does not describe the models Triage needs
    ├── DeclarationError     what is declared of an imported model is incomplete or impossible
    └── PriorityError        the rules of priority cannot be used
"""

from typing import ClassVar


class TriageError(Exception):
    """Something that a person is told: what happened (`message`) and the next thing to do about it (`hint`)."""

    #: What a command that ends with this error exits with: 1 failed, 2 wrong usage, 3 refused, 4 something is down.
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the sentence that names what is wrong and the one that says what to do next."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(TriageError):
    """Something in the configuration must be corrected before Triage can start."""

    exit_code = 2


class SettingsFileError(ConfigError):
    """The settings file is missing, unreadable or not TOML."""


class UnknownSetting(ConfigError):
    """A key of the settings file, or a TRIAGE_ variable, that does not exist."""


class InvalidSetting(ConfigError):
    """A value outside what its setting allows."""


class UnsafeFolder(ConfigError):
    """A private folder that belongs to another account or is open to others."""


class ManifestError(ConfigError):
    """The manifest of models does not describe the models Triage needs."""


class DeclarationError(ConfigError):
    """What is declared of an imported model is incomplete or impossible."""


class PriorityError(ConfigError):
    """The file with the rules of priority is missing, not TOML, or holds a rule that cannot be used."""
