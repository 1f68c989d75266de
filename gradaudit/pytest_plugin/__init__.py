"""The pytest plugin: with ``--gradaudit``, or ``gradaudit = true`` in pytest's configuration, audits are test items.

Without these pytest loads this file and nothing else of ours: the plugin is registered wherever gradaudit is installed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch, on the command line and in the configuration."""
    what = "collect audits of hand-written gradients, as gradaudit scan finds them"
    parser.getgroup("gradaudit").addoption("--gradaudit", action="store_true", help=what)
    parser.addini("gradaudit", what, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Switch it on."""
    config.addinivalue_line("markers", "gradaudit: an audit of a hand-written gradient (--gradaudit)")
    if config.getoption("gradaudit") or config.getini("gradaudit"):
        from gradaudit.pytest_plugin.session import AuditSession

        config.pluginmanager.register(AuditSession(config), "gradaudit-session")
