#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Both ends of QMP, for tests.

  qmp.py ask SOCKET COMMAND [ARGUMENTS]    run a command, print what it returns as JSON
  qmp.py hold SOCKET                       connect and stay, until standard input ends
  qmp.py full FIFO COMMAND...              run it with that for standard error, full, and nobody to read it
  qmp.py blocks PPCTLB                     capture from QEMUs that do not answer one of their commands
  qmp.py fake SOCKET MODE                  a bad QEMU for one client; prints the commands that it gets
"""
import ctypes
import json
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the sources may not be written to
import stuck

GREETING = {'QMP': {'version': {'qemu': {'micro': 22, 'minor': 2, 'major': 7}, 'package': ''}, 'capabilities': []}}
EVENT = {'event': 'STOP', 'timestamp': {'seconds': 0, 'microseconds': 0}}
TLB = '\r\nTLB0:\r\nEffective\r\n\r\nTLB1:\r\nEffective\r\n'
ROW = '0x00000000c0000000 0x0000000000000000 256M 1     0  SRWXU--- --M-- U----\r\n'
FINDING = '0:5 error multi-hit 1:1 both entries match EA 0xc0001000 to 0xc0001fff: undefined, or a machine check\r\n'
SHOWN = {'other-mmu': 'HTAB base 0\r\n', 'odd-tlb': TLB + 'what\r\n', 'many-rows': TLB + 20000 * ROW,
         'many-values': [{}] * 300000, 'many-findings': TLB + ROW + '\r\nTLB entries:\r\n' + 70000 * FINDING,
         'no-rows': TLB, 'empty': TLB}
GEOMETRY = {'odd-geometry': '00000000', 'false-geometry': '08110800'}
UNREADABLE = ['bad-json', 'endless', 'deep']
REGISTERS = ' SRR0 0  SRR1 0  PVR 80210022 VRSAVE 0\r\nMMUCFG 00000000 TLB0CFG 04110200 TLB1CFG 101cc010\r\n'


# mas8, mas1; mas2; mas7_3 of each entry, in the order of bytes of this host. Made without an allocation of its very size
# that is freed again: that would be another array in this heap.
VALID = struct.pack('=IIQQ', 0, 0xc0010900, 0xc0000004, 0x15)
NOT_VALID = struct.pack('=IIQQ', 0, 0x40010900, 0xd0000004, 0x15)
ARRAY = b''.join({512 + 3: VALID, 512 + 5: NOT_VALID}.get(i, bytes(24)) for i in range(528))
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
LIBC = ctypes.CDLL(None)
LIBC.malloc.restype = ctypes.c_size_t


def allocate(data):
    at = LIBC.malloc(len(data))
    ctypes.memmove(at, data, len(data))
    return at


def heap_of_this_process():
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb') as memory:
        at, end = [int(x, 16) for x in next(line for line in maps if '[heap]' in line).split()[0].split('-')]
        memory.seek(at)
        return memory.read(end - at)


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
        self.path = path
        self.mode = mode
        self.stands = False
        self.told = 0
        listener = self.listen(path)
        self.memory()
        print('ready', flush=True)
        if mode == 'secret':
            LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        # a client that fails before it comes must not leave this one waiting
        listener.settimeout(30)
        self.s = listener.accept()[0]
        self.s.settimeout(None)
        self.f = self.s.makefile('r')

    # The process that listens is the one that the kernel names to a client; here it may be gone by then.
    def listen(self, path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        if self.mode not in ('heir', 'handed'):
            listener.listen(1)
            return listener
        ready, done = os.pipe()
        if os.fork() == 0:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            listener.listen(1)
            os.write(done, b'x')
            if self.mode == 'handed':
                signal.pause()
            os._exit(0)
        os.read(ready, 1)
        if self.mode == 'heir':
            os.wait()
        return listener

    # What a QEMU has in its memory: the array of the CPU's entries, or by mode something else.
    def memory(self):
        if self.mode in ('own-mapping', 'unmaps'):
            self.mapping = mmap.mmap(-1, len(ARRAY))
            self.mapping.write(ARRAY)
            return
        if self.mode in ('empty', 'no-rows'):
            # nothing at all, or an entry that is not valid
            self.arrays = [allocate(bytes(len(ARRAY)) if self.mode == 'empty' else ARRAY.replace(VALID, bytes(len(VALID))))]
            return
        if self.mode == 'stuck':
            page = mmap.PAGESIZE
            self.mapping = stuck.mapping((len(ARRAY) + page - 1) // page * page)
        if self.mode == 'large-heap':
            LIBC.sbrk(ctypes.c_long(600 << 20))
        if self.mode in ('twice', 'pointed'):
            self.two_arrays()
            return
        copies = {'no-array': 0, 'too-many': 5000}.get(self.mode, 1)
        self.arrays = [allocate(ARRAY) for _ in range(copies)]

    # Two that differ in an entry that is not valid; to one of them, or none, a pointer leads. Python may have left some
    # in its heap: other arrays are taken then.
    def two_arrays(self):
        arrays = [allocate(ARRAY) for _ in range(12)]
        heap = heap_of_this_process()
        free = [a for a in arrays if struct.pack('@P', a) not in heap]
        for a in arrays:
            if a not in free[:2]:
                ctypes.memset(a, 0xff, len(ARRAY))
        ctypes.memmove(free[1] + 8, b'other', 5)
        if self.mode == 'pointed':
            allocate(struct.pack('@P', free[1]))

    def change_memory(self):
        if self.mode == 'changes':
            ctypes.memset(self.arrays[0], 0xff, len(ARRAY))
        if self.mode == 'unmaps':
            self.mapping.close()
        if self.mode == 'flips':
            threading.Thread(target=self.flip, daemon=True).start()

    # An entry that is not valid comes and goes, for ever.
    def flip(self):
        at = self.arrays[0] + 24 * (512 + 7) + 8
        while True:
            ctypes.memset(at, 0x20, 4)
            ctypes.memset(at, 0, 4)

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
            return SHOWN.get(self.mode, TLB + ROW)
        if line == 'info registers':
            return REGISTERS.replace('04110200', GEOMETRY.get(self.mode, '04110200'))
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
            self.told += 1
            if self.mode == 'blocks-%d' % self.told:
                continue
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
        elif self.mode == 'waits':
            while not os.path.exists(self.path + '.go'):
                time.sleep(0.02)
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
            self.be_slow()
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
    except PermissionError:
        print('no FUSE here', flush=True)
        sys.exit(77)


# All at the same time, since each takes a second.
def blocks(program):
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(1, 9):
            path = os.path.join(folder, str(n))
            peer = subprocess.Popen([sys.executable, __file__, 'fake', path, 'blocks-%d' % n], stdout=subprocess.PIPE, text=True)
            peer.stdout.readline()
            command = [program, 'capture', '--timeout', '1', '--qmp', path, path + '.img']
            runs.append((peer, subprocess.Popen(command, stderr=subprocess.PIPE, text=True), time.monotonic()))
        for peer, tool, began in runs:
            status, took = tool.wait(), time.monotonic() - began
            told = peer.stdout.read().split('\n')[:-1]
            in_time = told and status == 1 and took < 5 and 'no answer from QEMU within 1 seconds' in tool.stderr.read()
            good = in_time and ('stop ' not in told or told[-1] == 'cont ')
            print('good' if good else 'bad', told[-1:], 'after', len(told), '' if good else (status, took, told))
            peer.wait()


def full(path, *command):
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        while True:
            os.write(pipe, b'x' * 4096)
    except BlockingIOError:
        os.set_blocking(pipe, True)
    os.dup2(pipe, 2)
    os.execvp(command[0], command)


{'ask': ask, 'hold': hold, 'fake': fake, 'full': full, 'blocks': blocks}[sys.argv[1]](*sys.argv[2:])
