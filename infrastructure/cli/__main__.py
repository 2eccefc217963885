"""`python -m infrastructure.cli` is `till`, whatever the PATH says."""

from infrastructure.cli.main import main

main()
