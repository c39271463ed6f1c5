// A scripted server: what the plugin's imports come to while a test runs, on your own machine.

#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gatewright.h"

#define EXPECT(what)                                                      \
  do {                                                                    \
    if (!(what)) {                                                        \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);  \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

// How many lines were logged, and the last of them.
static size_t lines;
static char last_line[256];

void log_write(log_level_t level, gatewright_string_t *message) {
  (void)level;
  lines++;
  snprintf(last_line, sizeof last_line, "%.*s", (int)message->len, (const char *)message->ptr);
}

// What build/gatewright.c has for WASM.
void gatewright_string_set(gatewright_string_t *made, const char *text) {
  made->ptr = (uint8_t *)text;
  made->len = strlen(text);
}

void gatewright_string_dup_n(gatewright_string_t *made, const char *text, size_t len) {
  made->ptr = malloc(len + 1);
  EXPECT(made->ptr);
  memcpy(made->ptr, text, len);
  made->len = len;
}

void gatewright_string_dup(gatewright_string_t *made, const char *text) {
  gatewright_string_dup_n(made, text, strlen(text));
}

static inline bool says(const gatewright_string_t *text, const char *expected) {
  return text->len == strlen(expected) && memcmp(text->ptr, expected, text->len) == 0;
}
