# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what ppctlb prints as mas and u-boot back into words, by the manuals and the macros of those
sources, and compares: what a line does not carry must be 0, or be told beside it. Usage: judge-forms.py CORE SEED"""
import random
import re
import subprocess
import sys
import tlbs

core, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(f'{core} {seed}')
e500 = core != '440'
size0, ways0, size1, _ = tlbs.GEOMETRY[core]
wide = core in ('e5500', 'e6500')
ra_bits = {'e500v1': 32, 'e6500': 40}.get(core, 36)
has_mas8 = core in ('e500mc', 'e5500', 'e6500')


def e500_entry(slot):
    tlb, index = slot
    epn = rng.getrandbits(rng.choice((32, 64)) if wide else 32) & ~0xfff
    if tlb == 0 and rng.random() < 0.9:  # mostly in its set
        sets = size0 // ways0
        epn = epn & ~((sets - 1) << 12) | (index // ways0) << 12
    tid = rng.choice((0, 0, rng.getrandbits(8))) << 16
    mas1 = rng.choice((1, 1, 1, 0)) << 31 | rng.getrandbits(1) << 30 | tid | rng.getrandbits(1) << 12
    mas1 |= (2 if tlb == 0 else rng.randrange(1, 24)) << 7
    mas2 = epn | rng.choice((0, rng.getrandbits(7)))
    mas7_3 = rng.getrandbits(ra_bits) & ~0xfff | rng.choice((rng.getrandbits(6), rng.getrandbits(10)))
    return mas1, mas2, mas7_3, rng.choice((0, 1 << 31 | rng.getrandbits(6))) if has_mas8 else 0


def words_entry(_):
    size = rng.choice((0, 1, 2, 3, 4, 5, 7, 9))
    rights = rng.choice((rng.getrandbits(6), 9 * rng.getrandbits(3)))
    return (rng.choice((0, rng.getrandbits(8))),
            rng.getrandbits(22) << 10 | rng.choice((1, 1, 1, 0)) << 9 | rng.choice((0, 0, 1)) << 8 | size << 4,
            rng.getrandbits(22) << 10 | rng.getrandbits(4),
            rng.choice((0, 0, rng.getrandbits(4))) << 12 | rng.getrandbits(5) << 7 | rights)


places = [(0, i) for i in range(size0)] + [(1, i) for i in range(size1)]
slots = {p: (e500_entry if e500 else words_entry)(p) for p in rng.sample(places, 24)}
tlbs.write('forms.img', core, slots)


def lines(form):
    out = subprocess.run(['ppctlb', 'dump', '-a', '--format=' + form, 'forms.img'], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return out.splitlines()


def check(good, what, line):
    if not good:
        sys.exit(f'{core}, seed {seed}: {what}: {line}')


def slot_of(tlb, way, epn):
    return (tlb, way if tlb else (epn >> 12 & size0 // ways0 - 1) * ways0 + way)


WHY = {'not valid': lambda slot, w: not w[0 if e500 else 1] & (1 << 31 if e500 else 0x200),
       "in another set than its EPN's": lambda slot, w: e500 and slot != slot_of(slot[0], slot[1] % ways0, w[1]),
       'EPN has more than 32 bits': lambda slot, w: wide and w[1] >> 32}


def judge_comment(left, line):
    """Is it a comment only, with the words of an entry that has no line for the reason given?"""
    m = re.fullmatch(r'(?:# |/\* )(.*): (\d+):(\d+)=([0-9a-f,]*)(?: \*/)?', line)
    if m:
        slot = int(m[2]), int(m[3])
        words = left.pop(slot, None)
        check(words == tuple(int(w, 16) for w in m[4].split(',')), 'a comment of other words', line)
        check(WHY[m[1]](slot, words), 'a comment for nothing', line)
    return m


def judge_mas():
    left = dict(slots)
    for text in lines('mas'):
        line = text
        if judge_comment(left, text):
            continue
        reg = {k.lower(): int(v, 16) for k, v in re.findall(r'(\w+)=(0x[0-9a-f]+)', text)}
        if e500:
            check('mas8' in reg or not has_mas8, 'no MAS8', line)
            check(('mas7' in reg) == (ra_bits > 32), 'MAS7', line)
            words = reg['mas1'], reg['mas2'], reg.get('mas7', 0) << 32 | reg['mas3'], reg.get('mas8', 0)
            slot = slot_of(reg['mas0'] >> 28 & 3, reg['mas0'] >> 16 & 0xfff, reg['mas2'])
        else:
            words = reg['tid'], reg['word0'], reg['word1'], reg['word2']
            slot = tuple(int(n) for n in re.match(r'(\d+):(\d+)=', text).groups())
        check(left.pop(slot, None) == words, 'not the words of that slot', line)
    check(not left, 'no line', left)


VALUES = {f'BOOKE_PAGESZ_{1 << n % 10}{"KMGT"[n // 10]}': n for n in range(32)}
VALUES.update({f'SZ_{1 << 2 * n % 10}{"KMG"[2 * n // 10]}': n for n in range(11)})
VALUES.update(MAS3_UX=32, MAS3_SX=16, MAS3_UW=8, MAS3_SW=4, MAS3_UR=2, MAS3_SR=1,
              MAS2_W=16, MAS2_I=8, MAS2_M=4, MAS2_G=2, MAS2_E=1,
              AC_R=0x09, AC_W=0x12, AC_X=0x24, SA_W=0x800, SA_I=0x400, SA_M=0x200, SA_G=0x100, SA_E=0x80)


def value(text):
    total = 0
    for word in text.split('|'):
        n = VALUES.get(word.strip())
        total |= int(word.strip().removesuffix('ull'), 0) if n is None else n
    return total


def e500_line(text):
    tlb, epn, rpn, perms, wimge, ts, esel, tsize, iprot = (value(x) for x in text.split(','))
    return slot_of(tlb, esel, epn), (1 << 31 | iprot << 30 | ts << 12 | tsize << 7, epn | wimge, rpn | perms, 0)


def words_line(text, order):
    ea, size, rpn, erpn, attr = (value(x) for x in text.split(','))
    return (0, order), (0, ea | 0x200 | size << 4, rpn | erpn, attr)


def add_comment(words, comment):
    """The words with what the comment tells."""
    words = list(words)
    bits = {'U0': 0x200, 'U1': 0x100, 'U2': 0x80, 'U3': 0x40} if e500 else \
        {'U0': 0x8000, 'U1': 0x4000, 'U2': 0x2000, 'U3': 0x1000}
    for item in comment.split(', ') if comment else []:
        name, _, number = item.partition(' ')
        if name == 'TID':
            words[0] |= int(number) << (16 if e500 else 0)
        elif name == 'TS':
            words[1] |= 0x100
        elif name in bits:
            words[2 if e500 else 3] |= bits[name]
        elif name in ('X0', 'X1'):
            words[1] |= {'X0': 0x40, 'X1': 0x20}[name]
        elif name == 'MAS8':
            words[3] |= int(number, 16)
        elif name not in ('slot',):
            sys.exit(f'{core}, seed {seed}: a comment that means nothing: {item}')
    return tuple(words)


def judge_u_boot():
    left, order = dict(slots), 0
    for line in lines('u-boot'):
        if judge_comment(left, line):
            continue
        macro = r'SET_TLB_ENTRY\((.*)\),' if e500 else r'tlbentry\((.*)\)'
        m = re.fullmatch(macro + r'(?: /\* (.*) \*/)?', line)
        check(m, 'no line of a table', line)
        slot, words = e500_line(m[1]) if e500 else words_line(m[1], order)
        order += 1
        told = re.search(r'slot (\d+)', m[2] or '')
        if told:
            check(slot != (0, int(told[1])), 'a comment for nothing', line)
            slot = (0, int(told[1]))
        check(left.pop(slot, None) == add_comment(words, m[2]), 'not the words of that slot', line)
    check(not left, 'no line', left)


judge_mas()
judge_u_boot()
