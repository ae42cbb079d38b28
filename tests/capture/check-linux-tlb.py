#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
check-linux-tlb.py RAM VMLINUX CPU CPUS < entries of ppctlb dump --format=json

The guest's own memory as the witness: each page of capture-init.c that an entry maps must say, at the
entry's real address, that it is the page of that effective address, and of one process for each TID, one
that runs on this CPU; and where the entry for the kernel leads, there must be the kernel. Prints a TAP
line for each.
"""
import json
import struct
import sys

MAGIC = b'ppctlb\r\n'
PAGES = 48


class Kernel:
    def __init__(self, path):
        self.elf = open(path, 'rb').read()
        self.wide = self.elf[4] == 2

    # Of a segment the file has type, offset and address, and its size there; with 64 bits in another order.
    def segments(self):
        phoff, = struct.unpack_from(*(('>Q', self.elf, 32) if self.wide else ('>I', self.elf, 28)))
        size, count = struct.unpack_from('>HH', self.elf, 54 if self.wide else 42)
        for at in range(phoff, phoff + count * size, size):
            if self.wide:
                kind, _, begin, vaddr, _, length = struct.unpack_from('>IIQQQQ', self.elf, at)
            else:
                kind, begin, vaddr, _, length = struct.unpack_from('>5I', self.elf, at)
            yield kind, begin, vaddr, length

    def text(self):
        """Effective address and bytes of the version string, which the kernel never changes."""
        offset = self.elf.index(b'Linux version ')
        for kind, begin, vaddr, length in self.segments():
            if kind == 1 and begin <= offset < begin + length:
                return vaddr + offset - begin, self.elf[offset:offset + 64]
        raise ValueError('no segment has the version string')


# By IPROT; a 440 has none, and Linux leaves the last one alone.
def stays(e):
    return e['index'] == 63 if e['core'] == '440' else e['tlb'] == 1 and 'iprot' in e['flags']


def say(good, name):
    print('%s - %s' % ('ok' if good else 'not ok', name))


def main():
    ram, kernel = open(sys.argv[1], 'rb').read(), Kernel(sys.argv[2])
    cpu, cpus = (int(number) for number in sys.argv[3:])
    base = 0x123420000000 if kernel.wide else 0x20000000
    ea, text = kernel.text()
    entries = [json.loads(line) for line in sys.stdin]
    processes, pages, wrong = {}, 0, []
    for e in entries:
        at = int(e['ra'], 16)
        if not (base <= int(e['ea'], 16) < base + PAGES * 4096):
            continue
        magic, address, process = struct.unpack_from('>8sQI', ram, at)
        pages += 1
        processes.setdefault(e['tid'], process)
        if magic != MAGIC or address != int(e['ea'], 16) or processes[e['tid']] != process:
            wrong.append(e)
    say(not wrong, 'each page is where its entry says: %s' % (wrong or pages))
    say(pages >= PAGES, 'there are many: %d' % pages)
    say(len(processes) >= 2 and len(set(processes.values())) == len(processes), 'a TID is one process: %s' % processes)
    say(all(process % cpus == cpu for process in processes.values()), 'which runs on this CPU')
    found = [e for e in entries if int(e['ea'], 16) <= ea < int(e['ea'], 16) + e['size']]
    at = int(found[0]['ra'], 16) + ea - int(found[0]['ea'], 16) if found else 0
    say(found and ram[at:at + 64] == text, 'the kernel is where its entry says: 0x%x' % at)
    say(found and ram[at + 4096:at + 4160] != text, 'it would not be a page beside')
    say(found and stays(found[0]), 'its entry is one that stays')


main()
