// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of the KVM test guest: runs the programs of /etc/rc, reports on the second UART, powers
 * off.
 *
 * A line of /etc/rc is "NAME=VALUE" for the environment, or "KIND SECONDS PROGRAM [ARGUMENT...]".
 * On the UART, around a program's standard output: "### RUN KIND PROGRAM ARGUMENT..." and "### EXIT
 * STATUS", after the last program "### DONE". STATUS is as in the shell: 128 + signal, 124 for one
 * that ran out of time, 127 if it did not start. QEMU's own exit status tells nothing, so whoever
 * reads the UART counts a missing line as a failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 32

static int uart;

static void say(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} fs[] = {
		{"devtmpfs", "/dev"}, {"proc", "/proc"},     {"sysfs", "/sys"},
		{"tmpfs", "/tmp"},    {"tmpfs", "/dev/shm"},
	};

	for (size_t i = 0; i < sizeof(fs) / sizeof(fs[0]); i++) {
		mkdir(fs[i].dir, 0755);
		if (mount(fs[i].type, fs[i].dir, fs[i].type, 0, NULL) && errno != EBUSY)
			say(fs[i].dir);
	}
}

static int open_uart(void)
{
	struct termios raw;
	int fd = open("/dev/ttyS1", O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || tcgetattr(fd, &raw)) {
		say("/dev/ttyS1");
		return -1;
	}
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

static void start(char **argv)
{
	setpgid(0, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(uart, STDOUT_FILENO);
	execv(argv[0], argv);
	say(argv[0]);
	_exit(127);
}

/* Wait for @pid, and reap orphans meanwhile; false when @seconds are over first. */
static int wait_for(pid_t pid, int seconds, int *status)
{
	struct timespec now, end;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		for (pid_t dead; (dead = waitpid(-1, status, WNOHANG)) > 0;)
			if (dead == pid)
				return 1;
		sigtimedwait(&child, NULL, &(struct timespec){.tv_sec = 1});
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	return 0;
}

static int run(char **argv, int seconds)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0) {
		say("fork");
		return 127;
	}
	if (!pid)
		start(argv);
	int in_time = wait_for(pid, seconds, &status);
	kill(-pid, SIGKILL);
	if (!in_time)
		return 124;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_line(char *line)
{
	char *word[MAX_WORDS + 1] = {NULL};
	int n = 0;

	for (char *w = strtok(line, " \t\n"); w && n < MAX_WORDS; w = strtok(NULL, " \t\n"))
		word[n++] = w;
	if (!n || word[0][0] == '#')
		return;
	if (strchr(word[0], '=')) {
		putenv(strdup(word[0]));
		return;
	}
	dprintf(uart, "### RUN %s", word[0]);
	for (int i = 2; i < n; i++)
		dprintf(uart, " %s", word[i]);
	dprintf(uart, "\n");
	dprintf(uart, "\n### EXIT %d\n", n > 2 ? run(word + 2, atoi(word[1])) : 127);
}

static void run_all(void)
{
	char line[512];
	FILE *rc = fopen("/etc/rc", "re");

	if (!rc) {
		say("/etc/rc");
		return;
	}
	while (fgets(line, sizeof(line), rc))
		run_line(line);
	fclose(rc);
	dprintf(uart, "### DONE\n");
}

int main(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("HOME", "/tmp", 1);
	mount_all();
	uart = open_uart();
	if (uart >= 0) {
		run_all();
		tcdrain(uart);
	}
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
