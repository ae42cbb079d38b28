#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
check-linux-tlb.py RAM VMLINUX < entries of ppctlb dump --format=json

The guest's own memory as the witness: each page of capture-init.c that an entry maps must say, at the
entry's real address, that it is the page of that effective address, and of one process for each TID; and
where the entry for the kernel leads, there must be the kernel. Prints a TAP line for each.
"""
import json
import struct
import sys

MAGIC = b'ppctlb\r\n'


def kernel_text(path):
    """Effective address and bytes of the version string, which the kernel never changes."""
    elf = open(path, 'rb').read()
    offset = elf.index(b'Linux version ')
    phoff, = struct.unpack_from('>I', elf, 28)
    size, count = struct.unpack_from('>HH', elf, 42)
    for i in range(count):
        kind, begin, vaddr, _, length = struct.unpack_from('>5I', elf, phoff + i * size)
        if kind == 1 and begin <= offset < begin + length:
            return vaddr + offset - begin, elf[offset:offset + 64]
    raise ValueError('no segment has the version string')


def say(good, name):
    print('%s - %s' % ('ok' if good else 'not ok', name))


def main():
    ram = open(sys.argv[1], 'rb').read()
    ea, text = kernel_text(sys.argv[2])
    entries = [json.loads(line) for line in sys.stdin]
    processes, pages, wrong = {}, 0, []
    for e in entries:
        at = int(e['ra'], 16)
        if not (0x20000000 <= int(e['ea'], 16) < 0x20000000 + 48 * 4096):
            continue
        magic, address, process = struct.unpack_from('>8sII', ram, at)
        pages += 1
        processes.setdefault(e['tid'], process)
        if magic != MAGIC or address != int(e['ea'], 16) or processes[e['tid']] != process:
            wrong.append(e)
    say(not wrong, 'each page is where its entry says: %s' % (wrong or pages))
    say(pages >= 48, 'there are many: %d' % pages)
    say(len(processes) >= 2 and len(set(processes.values())) == len(processes), 'a TID is one process: %s' % processes)
    kernel = [e for e in entries if int(e['ea'], 16) <= ea < int(e['ea'], 16) + e['size']]
    at = int(kernel[0]['ra'], 16) + ea - int(kernel[0]['ea'], 16) if kernel else 0
    say(kernel and ram[at:at + 64] == text, 'the kernel is where its entry says: 0x%x' % at)
    say(kernel and ram[at + 4096:at + 4160] != text, 'it would not be a page beside')


main()
