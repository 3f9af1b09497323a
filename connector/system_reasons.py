"""Say why the system refused a file or an address in the user's language; English is as the system says it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Final

from connector.domain.model import Locale
from connector.domain.phrase import Phrase

_NUMBERS_ES: Final[Mapping[int, str]] = {
    errno.EACCES: "permiso denegado",
    errno.EADDRINUSE: "la dirección ya está en uso",
    errno.EADDRNOTAVAIL: "esa dirección no es de esta máquina",
    errno.EBUSY: "está en uso",
    errno.EDQUOT: "la cuota de disco está agotada",
    errno.EEXIST: "ya existe",
    errno.EFBIG: "el archivo es demasiado grande",
    errno.EINVAL: "valor no válido",
    errno.EIO: "error de entrada o salida",
    errno.EISDIR: "es una carpeta",
    errno.ELOOP: "demasiados enlaces simbólicos seguidos",
    errno.EMFILE: "demasiados archivos abiertos",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.ENFILE: "demasiados archivos abiertos en el sistema",
    errno.ENODEV: "no existe ese dispositivo",
    errno.ENOENT: "no existe",
    errno.ENOMEM: "falta memoria",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.ENOTDIR: "una parte de la ruta no es una carpeta",
    errno.ENOTEMPTY: "la carpeta no está vacía",
    errno.ENXIO: "no existe ese dispositivo o dirección",
    errno.EPERM: "operación no permitida",
    errno.EROFS: "el disco es de solo lectura",
    errno.ETXTBSY: "un programa lo está ejecutando",
    errno.EXDEV: "está en otro disco",
}
_RESOLVER_ES: Final[Mapping[str, str]] = {
    "Name or service not known": "no se conoce ese nombre de máquina",
    "No address associated with hostname": "ese nombre de máquina no tiene dirección",
    "Temporary failure in name resolution": "los nombres de máquina no se pueden resolver por ahora",
}
"""What the resolver says has numbers of its own, which differ between systems."""
REASONS_ES: Final[Mapping[str, str]] = {
    **{os.strerror(number): said for number, said in _NUMBERS_ES.items()}, **_RESOLVER_ES
}  # fmt: skip
"""What the system says → Spanish."""


def system_phrase(error: BaseException) -> Phrase:
    """Return the system's reason, to be said in a language later; the class of an error that has none."""
    return Phrase(getattr(error, "strerror", None) or type(error).__name__, {})


def system_reason(error: BaseException, locale: Locale) -> str:
    """Return the system's reason in a language. One that is not in the table stays as the system says it."""
    said = str(system_phrase(error))
    return REASONS_ES.get(said, said) if locale == "es" else said
