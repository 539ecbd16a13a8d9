"""The colours of the console: a quiet dark theme whose greys leave the faces alone, and one of high contrast."""

from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#7d9db5",
    secondary="#8a8f98",
    accent="#9cc3dd",
    warning="#d9a441",
    error="#e06c63",
    success="#86b87a",
    foreground="#d5d8dc",
    background="#121417",
    surface="#121417",
    panel="#23272d",
    dark=True,
)

HIGH_CONTRAST = Theme(
    name="high contrast",
    primary="#00aaff",
    secondary="#ffffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff6666",
    success="#66ff66",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#333333",
    dark=True,
    variables={"text-muted": "#ffffff", "text-disabled": "#cccccc"},
)
