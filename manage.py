#!/usr/bin/env python3
from quorate.__main__ import main

main()
