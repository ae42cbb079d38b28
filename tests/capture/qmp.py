#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Both ends of QMP, for tests.

  qmp.py ask SOCKET COMMAND [ARGUMENTS]    run a command, print what it returns as JSON
  qmp.py hold SOCKET                       connect and stay, until standard input ends
  qmp.py fake SOCKET MODE                  a bad QEMU for one client; prints the commands that it gets
"""
import ctypes
import json
import mmap
import select
import socket
import struct
import sys
import threading
import time

GREETING = {'QMP': {'version': {'qemu': {'micro': 22, 'minor': 2, 'major': 7}, 'package': ''}, 'capabilities': []}}
EVENT = {'event': 'STOP', 'timestamp': {'seconds': 0, 'microseconds': 0}}
TLB = '\r\nTLB0:\r\nEffective\r\n\r\nTLB1:\r\nEffective\r\n'
ROW = '0x00000000c0000000 0x0000000000000000 256M 1     0  SRWXU--- --M-- U----\r\n'
UNREADABLE = ['bad-json', 'endless', 'deep']
REGISTERS = ' SRR0 0  SRR1 0  PVR 80210022 VRSAVE 0\r\nMMUCFG 00000000 TLB0CFG 04110200 TLB1CFG 101cc010\r\n'


# mas8, mas1; mas2; mas7_3 of each entry, in the order of bytes of this host
ARRAY = bytearray(24 * 528)
struct.pack_into('=IIQQ', ARRAY, 24 * (512 + 3), 0, 0xc0010900, 0xc0000004, 0x15)
struct.pack_into('=IIQQ', ARRAY, 24 * (512 + 5), 0, 0x40010900, 0xd0000004, 0x15)
ARRAY = bytes(ARRAY)
PR_SET_DUMPABLE = 4
LIBC = ctypes.CDLL(None)
LIBC.malloc.restype = ctypes.c_size_t


def allocate(data):
    at = LIBC.malloc(len(data))
    ctypes.memmove(at, data, len(data))
    return at


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    f = s.makefile('rw')
    f.readline()
    return f


def run(f, command, arguments):
    f.write(json.dumps({'execute': command, 'arguments': arguments}) + '\n')
    f.flush()
    while True:
        answer = json.loads(f.readline())
        if 'event' not in answer:
            return answer.get('return', answer)


def ask(path, command, arguments='{}'):
    f = connect(path)
    run(f, 'qmp_capabilities', {})
    print(json.dumps(run(f, command, json.loads(arguments))))


def hold(path):
    f = connect(path)
    print('ready', flush=True)
    sys.stdin.read()
    f.close()


class Fake:
    def __init__(self, path, mode):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(1)
        print('ready', flush=True)
        self.mode = mode
        self.stands = False
        self.memory()
        if mode == 'secret':
            LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        # a client that fails before it comes must not leave this one waiting
        listener.settimeout(30)
        self.s = listener.accept()[0]
        self.s.settimeout(None)
        self.f = self.s.makefile('r')

    # What a QEMU has in its memory: the array of the CPU's entries, or by mode something else.
    def memory(self):
        if self.mode in ('own-mapping', 'unmaps'):
            self.mapping = mmap.mmap(-1, len(ARRAY))
            self.mapping.write(ARRAY)
            return
        copies = {'no-array': 0, 'twice': 2, 'pointed': 2, 'too-many': 5000}.get(self.mode, 1)
        self.arrays = [allocate(ARRAY) for _ in range(copies)]
        if self.mode in ('twice', 'pointed'):
            # an entry that is not valid
            ctypes.memmove(self.arrays[1] + 8, b'other', 5)
        if self.mode == 'pointed':
            allocate(self.arrays[1].to_bytes(8, sys.byteorder))

    def change_memory(self):
        if self.mode == 'changes':
            ctypes.memset(self.arrays[0], 0xff, len(ARRAY))
        if self.mode == 'unmaps':
            self.mapping.close()

    def send(self, text):
        data = text.encode()
        step = 1 if self.mode == 'slow' else len(data)
        for i in range(0, len(data), step):
            self.s.sendall(data[i:i + step])

    def answer(self, result, id):
        if self.mode == 'events':
            self.send(json.dumps(EVENT) + '\r\n' + json.dumps({'return': 'of another', 'id': 'x'}) + '\r\n')
        self.send(json.dumps({'return': result, 'id': id}) + '\r\n')

    def result(self, command, arguments):
        line = arguments.get('command-line', '')
        if command == 'query-cpus-fast':
            return [{'cpu-index': 0, 'target': 'x86_64' if self.mode == 'x86' else 'ppc'}]
        if command == 'query-status':
            return {'running': self.mode != 'paused'}
        if line == 'info tlb':
            return {'other-mmu': 'HTAB base 0\r\n', 'odd-tlb': TLB + 'what\r\n', 'many-rows': TLB + 20000 * ROW}.get(self.mode, TLB + ROW)
        if line == 'info registers':
            return REGISTERS.replace('04110200', '00000000') if self.mode == 'odd-geometry' else REGISTERS
        return '' if line else {}

    def serve(self):
        if self.mode == 'monitor':
            self.send("QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ")
        elif self.mode == 'number':
            self.send('17\n')
        elif self.mode == 'silent':
            time.sleep(60)
        elif self.mode == 'closes-at-once':
            return
        else:
            self.send(json.dumps(GREETING) + '\r\n')
        for text in self.f:
            c = json.loads(text)
            arguments = c.get('arguments', {})
            print(c['execute'], arguments.get('command-line', ''), flush=True)
            # the first info tlb is asked for while the guest runs
            self.stands |= c['execute'] == 'stop'
            if arguments.get('command-line') == 'info tlb' and self.stands and self.spoil(c['id']):
                continue
            if c['execute'] == 'stop':
                self.change_memory()
            if c['execute'] == 'cont' and self.mode in UNREADABLE:
                return
            self.answer(self.result(c['execute'], arguments), c['id'])

    # As QEMU does: what a client said that has left meanwhile is not heard.
    def be_slow(self):
        time.sleep(0.5)
        poll = select.poll()
        poll.register(self.s, select.POLLHUP)
        if poll.poll(0):
            sys.exit()

    def flood(self):
        try:
            self.send('{"return": "')
            while True:
                self.send('x' * 1000000)
        except OSError:
            return

    # What happens instead of the answer to info tlb; the guest is stopped then.
    def spoil(self, id):
        if self.mode == 'hangs':
            return True
        if self.mode == 'late':
            time.sleep(0.85)
        elif self.mode == 'closes':
            sys.exit()
        elif self.mode == 'bad-json':
            self.send('{"return": nonsense}\r\n')
            self.be_slow()
            return True
        elif self.mode == 'endless':
            threading.Thread(target=self.flood, daemon=True).start()
            return True
        elif self.mode == 'deep':
            self.send('[' * 100000)
            return True
        elif self.mode == 'refuses':
            self.send(json.dumps({'error': {'class': 'GenericError', 'desc': 'not today'}, 'id': id}) + '\r\n')
            return True
        return False


def fake(path, mode):
    try:
        Fake(path, mode).serve()
    except (ConnectionError, BrokenPipeError):
        return


{'ask': ask, 'hold': hold, 'fake': fake}[sys.argv[1]](*sys.argv[2:])
