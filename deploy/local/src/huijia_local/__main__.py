"""`python -m huijia_local`."""

from huijia_local.cli import main

main()
