#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Read an image as ppctlb-image(5) describes it, and nothing else; print one entry a line.

Written from that page alone: it shares no source and no constant with the library.
"""
import struct
import sys
import zlib

HEADER = struct.Struct(">8sII16sIIIIII")


def need(truth, what):
    if not truth:
        sys.exit(f"{sys.argv[1]}: {what}")


data = open(sys.argv[1], "rb").read()
need(len(data) >= 60, "too short")
magic, version, unknown, core, size0, ways0, size1, ways1, n, reserved = HEADER.unpack_from(data)
need(magic == bytes.fromhex("505043544c420d0a"), "magic")
need(version in (1, 2), "version")
entry = struct.Struct(">4Q" if version == 1 else ">4QI")
need(len(data) == 60 + entry.size * n, "length")
need(struct.unpack(">I", data[-4:])[0] == zlib.crc32(data[:-4]), "checksum")
need(reserved == 0, "reserved field")
need(unknown < (0x400 if version == 1 else 0x8000), "unknown mask")
name = core.rstrip(b"\0")
need(1 <= len(name) <= 15 and all(0x21 <= c <= 0x7e for c in name), "core")
tlbs = [(size0, ways0)] + ([(size1, ways1)] if size1 or ways1 else [])
need(all(0 < s <= 65536 and 0 < w and s % w == 0 for s, w in tlbs), "geometry")
need(sum(s for s, w in tlbs) == n, "number of entries")

print(f"core={name.decode()} unknown={unknown:x} geometry={size0}/{ways0},{size1}/{ways1}")
places = [(tlb, i) for tlb, (size, ways) in enumerate(tlbs) for i in range(size)]
for place, fields in zip(places, entry.iter_unpack(data[HEADER.size:-4])):
    words, not_told = fields[:4], fields[4] if version == 2 else 0
    need(not_told < 0x8000, "unknown of an entry")
    print("%d:%d=%x,%x,%x,%x" % (place + words) + (" unknown=%x" % not_told if version == 2 else ""))
