"""Knows where the schemas and the default configuration lie: inside the wheel, or in the checkout we run from."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: Literal["schemas", "deploy"]) -> Path:
    """The folder of that name that came with this Bindeledd.

    Raises FileNotFoundError when the installation is incomplete.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"the folder {name}/ is missing from this installation of Bindeledd: install it again")
