"""The versions of what makes a package and an analysis, for environment.json."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "numpy", "scipy", "pandas", "pyreadstat", "odmlib", "matplotlib", "pyrage", "fpdf2", "fonttools",
    "pylopdf-fonts-zh-cn", "cryptography", "pydantic",
)  # fmt: skip


def library_versions() -> dict[str, str]:
    """Python, the system, and each library that is installed, by name."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
