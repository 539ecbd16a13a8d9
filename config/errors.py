"""What can be wrong with the configuration.

ConfigError
├── SettingsFileError    the settings file is missing, unreadable or not TOML
├── UnknownSetting       a key or a TRIAGE_ variable that does not exist
├── InvalidSetting       a value outside what its setting allows
├── UnsafeFolder         a folder that belongs to, or is open to, somebody else
└── ManifestError        models.toml does not describe the models Triage needs
"""


class ConfigError(Exception):
    """Something in the configuration must be corrected before Triage can start."""

    def __init__(self, message: str, hint: str) -> None:
        """Keep what is wrong (`message`) and the next thing to do about it (`hint`)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


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
