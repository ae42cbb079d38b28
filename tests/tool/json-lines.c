// SPDX-License-Identifier: GPL-2.0-or-later
/* Is each line of standard input, to the byte, what json-c makes of what it reads in it? */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_canonical(const char *line)
{
	struct json_object *o = json_tokener_parse(line);
	const char *text = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	int same = o && !strcmp(text, line);

	if (!same)
		printf("%s\n%s\n", line, text);
	json_object_put(o);
	return same;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0, lines = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		if (line[len - 1] != '\n')
			return 1;
		line[len - 1] = 0;
		if (!is_canonical(line))
			return 1;
		lines++;
	}
	free(line);
	printf("%zu\n", lines);
	return 0;
}
