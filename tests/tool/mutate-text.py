#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Spoils the structure of texts that ppctlb import reads, and judges what comes of it.

  mutate-text.py PPCTLB FORMAT CORE FILE TIMES SEED

Lines are cut, joined, doubled, dropped, moved, indented, quoted and mixed with others, fields swapped with fields of
another shape or dropped. What is imported must be entries that the whole text has, with their words and, where the
text tells it, their slot; or nothing, and a message that names a line. Prints each text that was misread.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

PPCTLB, FORMAT, CORE, FILE, TIMES, SEED = sys.argv[1:7]
# where slots go by the order of entries, or of comparisons, another order is another text
ORDERED = FORMAT in ('qemu', 'qemu-log', 'u-boot', 'vxworks', 'hex')
rng = random.Random(int(SEED))


def entries(text):
    with tempfile.TemporaryDirectory() as here:
        image = os.path.join(here, 'image')
        source = os.path.join(here, 'text')
        with open(source, 'w') as f:
            f.write(text)
        done = subprocess.run([PPCTLB, 'import', '--from=' + FORMAT, '-c', CORE, source, image],
                              capture_output=True, text=True)
        if done.returncode not in (0, 1):
            return None, done.stderr + 'status %d' % done.returncode
        if done.returncode:
            return None, done.stderr
        shown = subprocess.run([PPCTLB, 'dump', '-n', '-o', 'ENTRY', image], capture_output=True, text=True)
        return shown.stdout.split(), done.stderr


def shape(field):
    return re.sub(r'[0-9a-fA-F]', 'x', field)


def cut(lines):
    i = rng.randrange(len(lines))
    lines[i] = lines[i][:rng.randrange(len(lines[i]) + 1)]


def join(lines):
    i = rng.randrange(len(lines))
    lines[i:i + 2] = [' '.join(lines[i:i + 2])]


def double(lines):
    i = rng.randrange(len(lines))
    lines.insert(i, lines[i])


def drop(lines):
    del lines[rng.randrange(len(lines))]


def move(lines):
    lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))


def quote(lines):
    prefix = rng.choice(['> ', '> > ', '\t', '  ', '[   12.345678] ', '\033[32m'])
    lines[:] = [prefix + line for line in lines]


def mix(lines):
    lines.insert(rng.randrange(len(lines) + 1),
                 rng.choice(['[...]', '<snip>', 'Is this right?', '', '-- ', 'usb 1-1: new device', '(qemu) ', '=> ']))


def end(lines):
    lines[:] = [line + '\r' for line in lines]


def swap(lines):
    i = rng.randrange(len(lines))
    fields = re.split(r'(\s+)', lines[i])
    pairs = [k for k in range(0, len(fields) - 2, 2) if fields[k] and shape(fields[k]) != shape(fields[k + 2])]
    if pairs:
        k = rng.choice(pairs)
        fields[k], fields[k + 2] = fields[k + 2], fields[k]
        lines[i] = ''.join(fields)


KINDS = [cut, join, double, quote, mix, end, swap] + ([] if ORDERED else [drop, move])


def words(entry):
    return entry.split('=')[1]


def misread(found, whole):
    if ORDERED:
        return [e for e in found if words(e) not in [words(w) for w in whole]]
    return [e for e in found if e not in whole]


def main():
    with open(FILE) as f:
        text = f.read().splitlines()
    whole, message = entries('\n'.join(text) + '\n')
    if not whole:
        print('not ok 1 - %s of %s: the whole text is read' % (FORMAT, CORE))
        print('# ' + message)
        sys.exit(1)
    bad = taken = refused = 0
    for _ in range(int(TIMES)):
        lines = list(text)
        kind = rng.choice(KINDS)
        kind(lines)
        found, message = entries('\n'.join(lines) + '\n')
        taken += found is not None
        refused += found is None
        wrong = misread(found, whole) if found is not None else []
        silent = found is None and not re.search(r'text(:\d+)?: ', message)
        if wrong or silent:
            bad += 1
            print('# %s: %s' % (kind.__name__, wrong or message))
            print('\n'.join('# | ' + line for line in lines[:40]))
    print('# %d taken, %d refused' % (taken, refused))
    print('%sok 1 - %s of %s: no spoilt text is misread' % ('not ' if bad else '', FORMAT, CORE))
    sys.exit(bad > 0)


main()
