# SPDX-License-Identifier: GPL-2.0-or-later
"""Random TLBs and accesses: where lookup --why gives one reason only, changing that one thing makes the access hit the
entry; and an entry that one such change would make hit is among those that came near. Usage: judge-why.py CORE SEED"""
import collections
import json
import random
import subprocess
import sys
import tlbs

core, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(f'{core} {seed}')
e500 = core != '440'
wide = core in ('e5500', 'e6500')
size0, ways0, size1, _ = tlbs.GEOMETRY[core]
seen = collections.Counter()


def entry(slot):
    """Of few addresses, PIDs and rights, so that accesses come near."""
    tlb, index = slot
    ea = rng.randrange(6) << 12 | (rng.choice((0, 0, 0xffffffff)) << 32 if wide else 0)
    if tlb == 0 and e500 and rng.random() < 0.8:
        ea = ea & ~0x7f000 | (index // ways0 & 7) << 12
    shift = rng.choice((0, 1)) if tlb or not e500 else 0
    ea &= ~((4096 << 2 * shift) - 1)
    tid, ts, v = rng.choice((0, 0, 5, 6)), rng.choice((0, 0, 1)), rng.choice((1, 1, 1, 0))
    rights = rng.getrandbits(6)
    if e500:
        ind = rng.choice((0, 0, 0, 0, 1)) if tlb else 0
        return (v << 31 | tid << 16 | ind << 13 | ts << 12 | (2 + 2 * shift) << 7, ea,
                rng.getrandbits(8) << 16 | rights, 0)
    return tid, ea | v << 9 | ts << 8 | (1 + shift) << 4, rng.getrandbits(8) << 16, rights


def lookup(slots, access, why=True):
    tlbs.write('why.img', core, slots)
    command = ['ppctlb', 'lookup', '-J', '--pid', str(access['pid']), '--ts', str(access['ts']),
               '--access', access['type']] + ['--why'] * why + ['--user'] * access['user'] + \
              ['why.img', hex(access['ea'])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def with_bits(words, word, clear, put):
    words = list(words)
    words[word] = words[word] & ~clear | put
    return tuple(words)


def right_bit(access):
    if e500:
        return {'r': (1, 2), 'w': (4, 8), 'x': (16, 32)}[access['type']][access['user']]
    return {'r': 1, 'w': 2, 'x': 4}[access['type']] << 3 * access['user']


def hits(answer, slot):
    """Does the access hit that entry, or others besides it?"""
    return answer['result'] == 'multi-hit' or answer['result'] == 'hit' and (answer['tlb'], answer['index']) == slot


def change(slots, access, near):
    """TLB, access and slot with the one thing changed that a reason names."""
    slot, reason = (near['tlb'], near['index']), near['reasons'][0]
    slots, access = dict(slots), dict(access)
    if reason == 'pid':
        access['pid'] = near['tid']
    elif reason == 'ts':
        access['ts'] = near['ts']
    elif reason == 'before':
        access['ea'] += near['distance']
    elif reason == 'behind':
        access['ea'] -= near['distance']
    elif reason == 'upper':
        access['ea'] = access['ea'] & 0xffffffff | int(near['ea'], 16) >> 32 << 32
    elif reason == 'right':
        slots[slot] = with_bits(slots[slot], 2 if e500 else 3, 0, right_bit(access))
    elif reason == 'invalid':
        slots[slot] = with_bits(slots[slot], 0 if e500 else 1, 0, 1 << 31 if e500 else 0x200)
    elif reason == 'indirect':
        slots[slot] = with_bits(slots[slot], 0, 1 << 13, 0)
    elif reason == 'set':
        words = slots.pop(slot)
        slot = (0, (int(near['ea'], 16) >> 12 & size0 // ways0 - 1) * ways0)
        slots[slot] = words
    else:
        sys.exit(f'{core}, seed {seed}: no such reason: {reason}')
    return slots, access, slot


def judge(slots, access):
    answer = lookup(slots, access)
    what = f'{core}, seed {seed}: {access}: {answer}'
    if len(answer['near']) > 5:
        sys.exit(f'more than a handful: {what}')
    for near in answer['near']:
        seen[len(near['reasons'])] += 1
        if len(near['reasons']) != 1:
            continue
        seen[near['reasons'][0]] += 1
        new_slots, new_access, slot = change(slots, access, near)
        if not hits(lookup(new_slots, new_access, False), slot):
            sys.exit(f'not true of {near}: {what}')
    if len(answer['near']) < 5:
        complete(slots, access, answer, what)


def complete(slots, access, answer, what):
    """No other entry becomes a hit by another PID or TS."""
    near = {(n['tlb'], n['index']) for n in answer['near']} | {(answer.get('tlb'), answer.get('index'))}
    others = [s for s in slots if s not in near]
    for slot in rng.sample(others, min(2, len(others))):
        for other in ({'pid': 5}, {'pid': 6}, {'ts': 1 - access['ts']}):
            if hits(lookup({slot: slots[slot]}, {**access, **other}, False), slot):
                sys.exit(f'{slot} came near by {other}, and is not named: {what}')


places = [(0, i) for i in range(min(size0, 24))] + [(1, i) for i in range(size1)]
for _ in range(2):
    some = {p: entry(p) for p in rng.sample(places, 12)}
    for _ in range(5):
        judge(some, {'ea': rng.randrange(7) << 12 | rng.choice((0, 0xffc)), 'pid': rng.choice((0, 5)),
                     'ts': rng.choice((0, 0, 1)), 'user': rng.choice((False, True)), 'type': rng.choice('rwx')})
print(' '.join(f'{k}={v}' for k, v in sorted(seen.items(), key=str)))
