#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes random TLBs as the texts of other tools, has ppctlb import read them, and compares: an entry
comes back in its slot with its words, but for what the text does not tell, which is marked so.

usage: judge-texts.py FORMAT CORE SEED"""
import json
import random
import subprocess
import sys
import tlbs

FORMAT, CORE, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
rng = random.Random(f'{FORMAT} {CORE} {SEED}')
SIZE0, WAYS0, SIZE1, _ = tlbs.GEOMETRY[CORE]
SETS = SIZE0 // WAYS0
WIDE = CORE in ('e5500', 'e6500')
RA_BITS = {'e500v1': 32, 'e6500': 40}.get(CORE, 36)
# log2 of K of every page of TLB1
SIZES = {'e500v1': range(2, 19, 2), 'e500v2': range(2, 21, 2), 'e500mc': range(2, 23, 2), 'e5500': range(2, 23, 2),
         'e6500': range(2, 31)}.get(CORE)


class Entry:
    """Of the e500 family, in the fields of the manuals."""

    def __init__(self, slot):
        tlb, index = self.slot = slot
        self.v = int(rng.random() < 0.8)
        self.tsize = rng.choice(SIZES) if tlb else 2
        page = 1 << self.tsize + 10
        self.epn = rng.getrandbits(64 if WIDE else 32) & -page
        if not tlb:
            self.epn = self.epn & ~(SETS - 1 << 12) | index // WAYS0 << 12
        self.rpn = rng.getrandbits(RA_BITS) & -page
        self.tid, self.ts = rng.choice((0, rng.getrandbits(8))), rng.getrandbits(1)
        self.iprot = rng.getrandbits(1) if tlb else 0
        self.x, self.wimge = rng.choice((0, 0, rng.getrandbits(2))), rng.getrandbits(5)
        self.u, self.rights = rng.choice((0, rng.getrandbits(4))), rng.getrandbits(6)

    def words(self):
        return (self.v << 31 | self.iprot << 30 | self.tid << 16 | self.ts << 12 | self.tsize << 7,
                self.epn | self.x << 5 | self.wimge, self.rpn | self.u << 6 | self.rights, 0)

    @property
    def last(self):
        return self.epn + (1 << self.tsize + 10) - 1


def fields(words):
    """The fields of an entry, by the name of what is not told of it."""
    mas1, mas2, mas7_3, mas8 = words
    return {'valid': mas1 >> 31, 'iprot': mas1 >> 30 & 1, 'tid': mas1 >> 16 & 0x3fff, 'ts': mas1 >> 12 & 1,
            'size': mas1 >> 7 & 31, 'ea': mas2 & -4096, 'x0,x1': mas2 >> 5 & 3, 'wimge': mas2 & 31,
            'ra': mas7_3 & -4096, 'u0-u3': mas7_3 >> 6 & 15, 'rights': mas7_3 & 63, 'mas8': mas8}


def letters(value, names, other='-'):
    return ''.join(n if value >> len(names) - 1 - i & 1 else other for i, n in enumerate(names))


def chosen_letters(value, names, bits, other='-'):
    return ''.join(n if value >> bit & 1 else other for n, bit in zip(names, bits))


def k(tsize, units, blank=''):
    return f'{1 << tsize % 10}{blank}{units[tsize // 10]}'


# ---- how the tools write ----

def reginfo(tlb1):
    yield 'TLBCAM entries'
    for e in tlb1:
        size = k(e.tsize, ('KiB', 'MiB', 'GiB', 'TiB'), ' ')
        yield f'entry {e.slot[1]:02}: V: {e.v} EPN 0x{e.epn:08x} RPN 0x{e.rpn:08x} size:{size}'


def freebsd(tlb1):
    for e in tlb1:
        mas1, mas2, mas7_3, _ = e.words()
        yield (f'{e.slot[1]:3}: ({"V" if e.v else " "}{"P" if e.iprot else " "}) [AS={e.ts}] '
               f'sz = 0x{1 << e.tsize + 10:08x} tsz = {e.tsize >> 1} tid = {e.tid} mas1 = 0x{mas1:08x} '
               f'mas2(va) = 0x{mas2:08x} mas3(pa) = 0x{mas7_3 & 0xffffffff:08x} mas7 = 0x{mas7_3 >> 32:08x}')


def codewarrior(tlb1):
    for e in tlb1:
        bits = [e.rights >> i & 1 for i in (5, 3, 1, 4, 2, 0)]  # UX UW UR SX SW SR
        word1 = sum(b << 31 - i for i, b in enumerate(bits)) | 0x80000
        word0 = e.tsize << 27 | e.wimge
        wide = 16 if WIDE else 8
        rpn = e.rpn if WIDE else e.rpn & 0xffffffff
        digits = f'{word0:08x}{word1:08x}{rpn:0{wide}x}{e.epn | e.v:0{wide}x}'
        yield f'\treg ${{CAM_GROUP}}L2MMU_CAM{e.slot[1]} = 0x{digits}'


def bdi(tlb1):
    yield 'l2cam 0 15'
    yield 'IDX PID EPN SIZE V TS RPN U0-U3 WIMGE UUUSSS'
    for e in tlb1:
        rights = chosen_letters(e.rights, 'RWXRWX', (1, 3, 5, 0, 2, 4))
        size = k(e.tsize, ('KB', 'MB', 'GB', 'TB'))
        yield (f'{e.slot[1]:02} : {e.tid:02x} {e.epn:08x} {size:>5} {"V" if e.v else "-"} {e.ts} -> '
               f'{e.rpn >> 32:x}_{e.rpn & 0xffffffff:08x} {e.u:04b} {letters(e.wimge, "WIMGE")} {rights}')


def simics_row(e, place):
    rights = [chosen_letters(e.rights, 'XWR', bits) for bits in ((4, 2, 0), (5, 3, 1))]
    ra = e.rpn & 0xffffffff
    last = ra + (1 << e.tsize + 10) - 1 & 0xffffffff
    return (f'[{place}] {e.epn:08x}-{e.last & 0xffffffff:08x} {ra:08x}-{last:08x} {e.ts:2} {e.tid:3} {e.u:04b}    '
            f'{letters(e.wimge, "WIMGE")} {rights[0]}    {rights[1]}')


def simics(entries):
    columns = 'Logical            Physical          TS TID U[0123] WIMGE S[XWR] U[XWR]'
    yield from ('L2 TLB0', '   # W  ' + columns, '-' * 79)
    for e in entries:
        if e.v and not e.slot[0]:
            yield simics_row(e, f'{e.slot[1] // WAYS0:3}-{e.slot[1] % WAYS0}')
    yield from ('L2 TLB1', ' #  ' + columns + ' IPROT', '-' * 79)
    for e in entries:
        if e.v and e.slot[0]:
            yield simics_row(e, f'{e.slot[1]:2}') + f'    {e.iprot}'


def xmon(entries):
    yield 'Book3E MMU MAV=1.0,2 TLBs,8-bit PID,6-bit LPID,72-bit RA'
    for tlb in 0, 1:
        yield from (f'TLB {tlb}:', '------')
        before = None
        for e in entries:
            if not e.v or e.slot[0] != tlb:
                continue
            number, way = (e.slot[1], ' ') if tlb else (e.slot[1] // WAYS0, chr(ord('A') + e.slot[1] % WAYS0))
            place = f'    |{way}' if not tlb and number == before else f'{number:04x}-{way}'
            before = number
            rights = [chosen_letters(e.rights, 'xwr', bits, ' ') for bits in ((5, 3, 1), (4, 2, 0))]
            yield (f'{place} {e.epn:016x} {e.tid:04x} {k(e.tsize, "KMGT"):>4}  {"P" if e.iprot else " "} AS{e.ts} '
                   f'{letters(e.x, "av", " ")}{letters(e.wimge, "wimge", " ")} {e.rpn:016x} U{rights[0]} S{rights[1]}')


def qemu(entries):
    for tlb in 0, 1:
        yield from ('', f'TLB{tlb}:', 'Effective          Physical           Size TID   TS SRWX URWX WIMGE U0123')
        for e in entries:
            if e.v and e.slot[0] == tlb:
                s, u = (chosen_letters(e.rights, 'RWX', bits) for bits in ((0, 2, 4), (1, 3, 5)))
                yield (f'0x{e.epn:016x} 0x{e.rpn:016x} {k(e.tsize, "KMGT"):>4} {e.tid:<5} {e.ts}  '
                       f'S{s}U{u} {letters(e.wimge, "WIMGE")} U{letters(e.u, "0123")}')


def nowhere(entries, number):
    """An EA of that set of TLB0 that no entry maps."""
    while True:
        ea = rng.getrandbits(64 if WIDE else 32) & ~0x7ffff | number << 12
        if not any(e.v and e.epn <= ea <= e.last for e in entries):
            return ea


def qemu_log(entries):
    entry = {e.slot: e for e in entries}
    for number in range(SETS):
        ea = nowhere(entries, number)
        for slot in [(0, number * WAYS0 + way) for way in range(WAYS0)] + [(1, i) for i in range(SIZE1)]:
            if slot in entry and entry[slot].v:
                e = entry[slot]
                mas1, mas2, mas7_3, mas8 = e.words()
                mask = -(1 << e.tsize + 10) & (1 << 64) - 1
                yield (f'ppcmas_tlb_check: TLB ADDR=0x{ea:x} PID=0x0 MAS1=0x{mas1:x} MAS2=0x{mas2:x} mask=0x{mask:x} '
                       f'MAS7_3=0x{mas7_3:x} MAS8=0x{mas8:x}')
            yield 'mmubooke206_check_tlb: TLB entry not found'
        yield f'mmubooke206_get_physical_address: access refused {ea:x} => ffffffffffffffff 0 -1'


# ---- a 440 ----

class Entry440:
    def __init__(self, slot):
        self.slot = slot
        self.v = int(rng.random() < 0.8)
        self.word = (rng.getrandbits(8),
                     rng.getrandbits(22) << 10 | self.v << 9 | rng.getrandbits(1) << 8 |
                     rng.choice((0, 1, 2, 3, 4, 5, 7, 9)) << 4,
                     rng.getrandbits(22) << 10 | rng.getrandbits(4),
                     rng.getrandbits(4) << 12 | rng.getrandbits(5) << 7 | rng.getrandbits(6))

    def words(self):
        return self.word


def fields_440(words):
    return {'tid': words[0], 'valid': words[1] >> 9 & 1, 'rest': words[1:]}


def xmon_440(entries):
    for e in entries:
        _, w0, w1, w2 = e.word
        ea, ra = w0 & 0xfffffc00, (w1 & 15) << 32 | w1 & 0xfffffc00
        yield f'[{e.slot[1]:02x}] {w0:08x} {w1:08x} {w2:08x} ' + \
            (f'V {ea:08x} -> {ra:09x} ' + ''.join(n.upper() if w2 >> 11 - i & 1 else n for i, n in enumerate('wimge'))
             if e.v else '')


def libkvm(entries):
    yield from ('Guest TLB:', '| nr |     tid  |    word0 |    word1 |    word2 |')
    for e in entries:
        yield f'G{e.slot[1]:2} | ' + ' | '.join(f'{w:08X}' for w in e.word) + ' |'


# Writer, the TLBs that it shows, whether invalid entries are shown, what is not told.
WRITERS = {
    'reginfo': (reginfo, (1,), True, 'rights wimge ts tid iprot u0-u3 x0,x1 mas8'),
    'freebsd': (freebsd, (1,), True, 'mas8'),
    'codewarrior': (codewarrior, (1,), True, 'iprot x0,x1 ts tid u0-u3 mas8' + ('' if WIDE or RA_BITS == 32 else ' ra')),
    'bdi': (bdi, (1,), True, 'iprot x0,x1 mas8'),
    'simics': (simics, (0, 1), False, 'x0,x1 mas8' + (' ra' if RA_BITS > 32 else '')),
    'xmon': (xmon, (0, 1), False, 'u0-u3 mas8'),
    'qemu': (qemu, (0, 1), False, 'slot iprot x0,x1 mas8'),
    'qemu-log': (qemu_log, (0, 1), False, ''),
} if CORE != '440' else {
    'xmon': (xmon_440, (0,), True, 'tid'),
    'libkvm': (libkvm, (0,), True, ''),
}


def fail(what, *more):
    sys.exit(f'{FORMAT} of {CORE}, seed {SEED}: {what}: ' + ' '.join(str(m) for m in more))


def imported(text):
    with open('text', 'w') as f:
        f.write(text)
    done = subprocess.run(['ppctlb', 'import', '-c', CORE, 'text', 'texts.img'], stderr=subprocess.PIPE, text=True)
    if done.returncode:
        fail('refused', done.stderr)
    if f'(--from={FORMAT})' not in done.stderr:
        fail('taken for another format', done.stderr)
    out = subprocess.run(['ppctlb', 'dump', '--json', '--all', 'texts.img'], check=True, stdout=subprocess.PIPE,
                         text=True).stdout
    names = ('tid', 'word0', 'word1', 'word2') if CORE == '440' else ('mas1', 'mas2', 'mas7_3', 'mas8')
    for line in out.splitlines():
        o = json.loads(line)
        words = tuple(int(o[n], 0) if isinstance(o[n], str) else o[n] for n in names)
        yield (o['tlb'], o['index']), words, set(o.get('not_told', ()))


def judge(entries, found, invalid, untold):
    """Each entry that the text has is there once, with what it told; nothing else is."""
    split = fields_440 if CORE == '440' else fields
    left = {e.slot: e for e in entries if e.v or invalid}
    lacking = set() if CORE in ('e500mc', 'e5500', 'e6500') else {'mas8'}  # nothing is to be told of it
    for slot, words, not_told in found:
        got = split(words)
        if not got['valid'] and not (slot in left and invalid):
            continue
        if not untold - lacking <= not_told:
            fail('not marked', slot, untold - lacking - not_told)

        def differing(e):
            want = split(e.words())
            return {name for name in want if want[name] != got[name]} - untold
        fits = [s for s in left if not differing(left[s]) and s[0] == slot[0]] if 'slot' in untold else \
            [slot] if slot in left else []
        if not fits:
            fail('an entry that is not in the text', slot, words)
        e = left.pop(fits[0])
        if differing(e):
            fail('other fields', slot, differing(e), [hex(w) for w in e.words()], [hex(w) for w in words])
    left = {s: e for s, e in left.items() if e.v}
    if left:
        fail('missing', sorted(left))


write, shown, invalid, untold = WRITERS[FORMAT]
places = [(0, i) for i in range(SIZE0) if 0 in shown] + [(1, i) for i in range(SIZE1) if 1 in shown]
chosen = sorted(rng.sample(places, min(24, len(places))))
entries = [(Entry440 if CORE == '440' else Entry)(p) for p in chosen]
judge(entries, imported('\n'.join(write(entries)) + '\n'), invalid, set(untold.split()))
