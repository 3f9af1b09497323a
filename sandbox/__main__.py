"""Serve an imitated CRM from the command line."""

from sandbox.server import main

main()
