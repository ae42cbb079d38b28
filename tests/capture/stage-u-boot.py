#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A running U-Boot on QEMU's ppce500 whose TLB entries are known: like tests/oracle/stage, but what writes
the TLB is a program that was not made for this test.

  stage-u-boot.py UBOOT-ELF QMP-SOCKET EMULATOR CPU SLOTS WAYS

SLOTS is the number of entries in TLB1, WAYS that of TLB0, which has 128 sets.
Types a program into U-Boot's console that reads TLB1 with tlbre and counts the valid entries of TLB0,
and prints TLB1's as TLB:INDEX=MAS1,MAS2,MAS7_3,MAS8; then "ready". The machine ends when standard
input does.
"""
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM, RESULT, LIMIT, SETS = 0x1000000, 0x2000000, 60, 128
# Assembled from:
#       li 3,0; lis 4,RESULT@h
#    1: lis 5,0x1000; slwi 6,3,16; or 5,5,6; mtspr MAS0,5; isync; tlbre; isync
#       mfspr 6,MAS1; stw 6,0(4); mfspr 6,MAS2; stw 6,4(4); mfspr 6,MAS3; stw 6,8(4)
#       mfspr 6,MAS7; stw 6,12(4); addi 4,4,16; addi 3,3,1; cmpwi 3,SLOTS; bne 1b
#       li 3,0; li 7,0
#    2: slwi 5,3,9; rlwinm 5,5,0,12,15; rlwinm 6,3,12,13,19; mtspr MAS0,5; mtspr MAS2,6
#       isync; tlbre; isync; mfspr 6,MAS1; srwi 6,6,31; add 7,7,6
#       addi 3,3,1; cmpwi 3,SETS*WAYS; bne 2b
#       stw 7,0(4); li 3,0; blr
WORDS = """
38600000 3c800200 3ca01000 5466801e 7ca53378 7cb09ba6 4c00012c 7c000764 4c00012c 7cd19aa6 90c40000
7cd29aa6 90c40004 7cd39aa6 90c40008 7cd0eaa6 90c4000c 38840010 38630001 2c03%04x 4082ffb8 38600000
38e00000 5465482c 54a5031e 54666366 7cb09ba6 7cd29ba6 4c00012c 7c000764 4c00012c 7cd19aa6 54c60ffe
7ce73214 38630001 2c03%04x 4082ffcc 90e40000 38600000 4e800020
"""


class Console:
    """U-Boot's. QEMU connects to it before U-Boot runs, so that nothing it prints is lost."""

    def __init__(self, path):
        self.end = time.monotonic() + LIMIT
        self.text = ''
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.listener.settimeout(LIMIT)

    def accept(self):
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(0.2)

    def check(self):
        if time.monotonic() > self.end:
            sys.exit('no answer from U-Boot within %d seconds' % LIMIT)

    def read(self):
        self.check()
        try:
            self.text += self.socket.recv(65536).decode('ascii', 'replace')
        except TimeoutError:
            return

    def wait(self, text):
        while text not in self.text:
            self.read()

    # Its UART has hardly a FIFO: send a character, then wait for its echo.
    def type(self, line):
        for c in line:
            before = len(self.text)
            self.socket.send(c.encode())
            while len(self.text) == before:
                self.read()
        self.text = ''
        self.socket.send(b'\r')
        self.wait('=> ')
        return self.text


def main():
    uboot, qmp, emulator, cpu = sys.argv[1:5]
    slots, ways = (int(number) for number in sys.argv[5:])
    path = os.path.join(tempfile.mkdtemp(), 'serial')
    console = Console(path)
    machine = subprocess.Popen(
        [emulator, '-M', 'ppce500', '-cpu', cpu, '-m', '256', '-display', 'none', '-nodefaults',
         '-monitor', 'none', '-kernel', uboot, '-serial', 'unix:' + path,
         '-qmp', 'unix:%s,server=on,wait=off' % qmp], stdin=subprocess.DEVNULL)
    try:
        console.accept()
        console.wait('autoboot')
        while '=> ' not in console.text:
            console.socket.send(b' ')
            console.read()
        console.type('')
        for i, word in enumerate((WORDS % (slots, SETS * ways)).split()):
            console.type('mw.l %x %s' % (PROGRAM + 4 * i, word))
        console.type('go %x' % PROGRAM)
        lines = re.findall(r'^[0-9a-f]{8}: ((?:[0-9a-f]{8} ){1,4})', console.type('md.l %x %x' % (RESULT, 4 * slots + 1)), re.M)
        for i, line in enumerate(lines[:slots]):
            mas1, mas2, mas3, mas7 = (int(word, 16) for word in line.split())
            if mas1 >> 31:
                print('1:%d=%x,%x,%x,0' % (i, mas1, mas2, mas7 << 32 | mas3))
        if int(lines[slots].split()[0], 16):
            sys.exit('there are valid entries in TLB0, which this program does not read')
        print('ready', flush=True)
        sys.stdin.read()
    finally:
        machine.kill()
        machine.wait()
        os.unlink(path)
        os.rmdir(os.path.dirname(path))


main()
