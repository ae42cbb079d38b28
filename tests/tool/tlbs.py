# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of any words for the tests of ppctlb(1), written from ppctlb-image(5)."""
import struct
import zlib

# Entries and ways of TLB0, entries and ways of TLB1.
GEOMETRY = {'440': (64, 64, 0, 0), 'e500v1': (256, 2, 16, 16), 'e500v2': (512, 4, 16, 16),
            'e500mc': (512, 4, 64, 64), 'e5500': (512, 4, 64, 64), 'e6500': (1024, 8, 64, 64)}


def write(path, core, slots, unknown=0):
    """slots: by (tlb, index) the four words, or five with what is not told of the entry."""
    size0, ways0, size1, ways1 = GEOMETRY[core]
    data = b'PPCTLB\r\n' + struct.pack('>II16s6I', 2, unknown, core.encode(), size0, ways0, size1, ways1,
                                       size0 + size1, 0)
    for tlb, size in ((0, size0), (1, size1)):
        for index in range(size):
            words = list(slots.get((tlb, index), (0, 0, 0, 0)))
            data += struct.pack('>4QI', *(words + [0])[:5])
    with open(path, 'wb') as f:
        f.write(data + struct.pack('>I', zlib.crc32(data)))
