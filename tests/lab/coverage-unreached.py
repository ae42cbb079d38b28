#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the lines that no test reached with those of which that is known.

usage: unreached.py SRCDIR REPORT

REPORT is gcovr's, in JSON. coverage.unreached has FILE | line | reason; what is unreached and not
there, or there and reached, is told, and makes the exit status 1.
"""
import json
import os
import sys


def known(path):
    for line in open(path):
        if line.strip() and not line.startswith("#"):
            name, rest = line.split(" | ", 1)
            yield name, rest.rsplit(" | ", 1)[0].strip()


def unreached(src, report):
    for part in json.load(open(report))["files"]:
        text = open(os.path.join(src, part["file"])).read().splitlines()
        for line in part["lines"]:
            # gcovr 5 always has the key, gcovr 7 only where it is true.
            if not line["count"] and not line.get("gcovr/noncode"):
                yield part["file"], text[line["line_number"] - 1].strip()


def main():
    src, report = sys.argv[1:]
    listed = set(known(os.path.join(src, "tests/lab/coverage.unreached")))
    found = set(unreached(src, report))
    for name, line in sorted(found - listed):
        print("UNREACHED %s: %s" % (name, line))
    for name, line in sorted(listed - found):
        print("NOT UNREACHED %s: %s" % (name, line))
    print("%d lines are reached by no test, of %d the reason is known" % (len(found), len(found & listed)))
    sys.exit(found != listed)


main()
