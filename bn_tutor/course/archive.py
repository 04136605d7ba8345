"""Arrays from an .npz archive, none of which is made before its size is known to be harmless."""

import warnings
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from numpy.lib import format as array_format

from bn_tutor.course.plain import one_line

MOST_VALUES = 50_000_000
LARGEST_ARRAY = 8 * MOST_VALUES
_LONGEST_HEADER = 100_000


def read_archive(path: Path) -> Mapping[str, Any]:
    """Return the arrays of an .npz file by name; nothing in it is unpickled.

    Raises OSError, BadZipFile, or ValueError with the reason, whatever the file holds.
    """
    try:
        # Opened here, since NumPy leaves a file that is no archive open.
        with path.open("rb") as file, ZipFile(file) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {info.filename.removesuffix(".npy"): _array(archive, info) for info in archive.infolist()}
    except (OSError, ValueError, BadZipFile):
        raise
    except Exception as error:
        # A changed byte may ask for a password, an unknown compression, or any type: each has its own error.
        raise BadZipFile(str(error)) from None


def _array(archive: ZipFile, info: ZipInfo) -> Any:
    name = one_line(info.filename.removesuffix(".npy"), 30)
    if info.file_size > LARGEST_ARRAY + _LONGEST_HEADER:
        raise ValueError(f"{name} has more than {MOST_VALUES:,} values")
    with archive.open(info) as member:
        version = array_format.read_magic(member)
        read_header = _HEADERS.get(version)
        if read_header is None:
            raise ValueError(f"{name} must hold numbers")
        shape, _, kind = read_header(member)
        if prod(shape) > MOST_VALUES or prod(shape) * kind.itemsize > LARGEST_ARRAY:
            raise ValueError(f"{name} has more than {MOST_VALUES:,} values")
        member.seek(0)
        return array_format.read_array(member, allow_pickle=False)


# Version 3 is for names of columns outside of ASCII, and so not for plain numbers.
_HEADERS = {(1, 0): array_format.read_array_header_1_0, (2, 0): array_format.read_array_header_2_0}
