"""Start the command line."""

from __future__ import annotations

import os
import sys
from typing import Final

_INTERRUPTED: Final = 130
_NO_EXTRA: Final = {
    "es": 'La línea de órdenes necesita sus paquetes: pip install "puente-crm[cli]"\n',
    "en": 'The command line needs its packages: pip install "puente-crm[cli]"\n',
}


def main() -> None:
    """Run `puente` with the arguments of this process, and end the process with its exit code."""
    try:
        import rich  # noqa: F401 - loaded when something is shown; whether it is there shall be known at once

        from connector.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.stderr.write(_NO_EXTRA["en" if os.environ.get("PUENTE_LOCALE", "").strip() == "en" else "es"])
        sys.exit(2)
    except KeyboardInterrupt:  # so early that nothing has begun; later the last door answers for it
        sys.exit(_INTERRUPTED)
    sys.exit(run(sys.argv[1:]))
