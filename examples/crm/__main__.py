"""`python -m examples.crm`: Neem CRM on 127.0.0.1, settings from the environment."""

from __future__ import annotations

import logging
import sys

from werkzeug.serving import run_simple

from examples.crm.app import create_app
from examples.crm.config import Config

if __name__ == "__main__":
    try:
        config = Config.from_environment()
    except KeyError as missing:
        sys.exit(f"Set {missing.args[0]}: it comes from the registration of the app (examples/crm/README.md).")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its request lines would hold authorization codes
    run_simple("127.0.0.1", config.port, create_app(config), threaded=True)
