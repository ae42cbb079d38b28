#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Both ends of QMP, for tests.

  qmp.py ask SOCKET COMMAND [ARGUMENTS]    run a command, print what it returns as JSON
  qmp.py hold SOCKET                       connect and stay, until standard input ends
  qmp.py fake SOCKET MODE                  a bad QEMU for one client; prints the commands that it gets
"""
import json
import os
import select
import socket
import sys
import threading
import time

GREETING = {'QMP': {'version': {'qemu': {'micro': 22, 'minor': 2, 'major': 7}, 'package': ''}, 'capabilities': []}}
EVENT = {'event': 'STOP', 'timestamp': {'seconds': 0, 'microseconds': 0}}
TLB = '\r\nTLB0:\r\nEffective\r\n\r\nTLB1:\r\nEffective\r\n'
UNREADABLE = ['bad-json', 'endless', 'deep']
REGISTERS = ' SRR0 0  SRR1 0  PVR 80210022 VRSAVE 0\r\nMMUCFG 00000000 TLB0CFG 04110200 TLB1CFG 101cc010\r\n'


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
        self.s = listener.accept()[0]
        self.f = self.s.makefile('r')

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
        if command == 'query-kvm':
            return {'enabled': self.mode == 'kvm', 'present': True}
        if command == 'query-cpus-fast':
            return [{'cpu-index': 0, 'target': 'x86_64' if self.mode == 'x86' else 'ppc'}]
        if command == 'query-status':
            return {'running': self.mode != 'paused'}
        if line == 'info tlb':
            return {'other-mmu': 'HTAB base 0\r\n', 'odd-tlb': TLB + 'what\r\n'}.get(self.mode, TLB)
        if line == 'info registers':
            return REGISTERS.replace('04110200', '00000000') if self.mode == 'odd-geometry' else REGISTERS
        if line.startswith('logfile') and self.mode == 'no-logfile':
            return 'Error opening logfile: Permission denied\r\n'
        if line.startswith('logfile') and self.mode == 'bad-log' and 'null' not in line:
            os.symlink('/proc/self/mem', line.split('"')[1])
        if line.startswith('gva2gpa'):
            return 'Unmapped\r\n'
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
            if arguments.get('command-line') == 'info tlb' and self.spoil(c['id']):
                continue
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
            time.sleep(1.5)
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
