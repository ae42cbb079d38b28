#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each file of an unpacked tarball has in pkg/debian/copyright the licence that it has by itself: on its SPDX line, or
else in .reuse/dep5. Of what Autotools make, neither of them says anything.
usage: copyright.py DIR"""

import fnmatch
import os
import re
import sys


def stanzas(path):
    """(patterns, licence) of each stanza with files, in their order"""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for stanza in re.split(r"\n\s*\n", text):
        files = re.search(r"^Files: *(.*(?:\n .*)*)", stanza, re.M)
        if files:
            yield files[1].split(), re.search(r"^License: *(.*)", stanza, re.M)[1]


def licence(name, stanza_list):
    """of the last stanza that matches"""
    found = None
    for patterns, text in stanza_list:
        if any(fnmatch.fnmatchcase(name, p) for p in patterns):
            found = text
    return found


def own(path):
    with open(path, "rb") as f:
        # in two parts, since reuse reads this file, too
        match = re.search(rb"SPDX-License-" rb"Identifier: ([A-Za-z0-9.-]+)", f.read(1000))
    return match and match[1].decode()


def main(root):
    debian = list(stanzas(os.path.join(root, "pkg/debian/copyright")))
    reuse = list(stanzas(os.path.join(root, ".reuse/dep5")))
    made = ("aclocal.m4", "configure", "Makefile.in", "build-aux/", "m4/")
    count = wrong = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            name = os.path.relpath(path, root)
            if name.startswith(made):
                continue
            says, is_so = licence(name, debian), own(path) or licence(name, reuse)
            count += 1
            if says != is_so:
                wrong += 1
                print(f"{name}: {is_so}, but {says} in debian/copyright")
    print(f">> {count} files, {wrong} wrong")
    return wrong > 0 or count == 0


sys.exit(main(sys.argv[1]))
