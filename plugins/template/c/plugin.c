// {{name}}: an access token to personal data lives a minute at most, and says what it is.

#include <stdlib.h>
#include <string.h>

#include "gatewright.h"

// Scope values that open personal data.
static const char *const PERSONAL[] = {"address", "email", "phone"};
// How long such a token lives at most, in seconds.
static const uint64_t LIFETIME_S = 60;

static bool is_personal(const gatewright_string_t *value) {
  for (size_t at = 0; at < sizeof PERSONAL / sizeof *PERSONAL; at++) {
    if (value->len == strlen(PERSONAL[at]) && memcmp(value->ptr, PERSONAL[at], value->len) == 0) return true;
  }
  return false;
}

// The personal ones of these scope values, in memory of their own: what a hook answers is freed after it.
static gatewright_list_string_t personal(const gatewright_list_string_t *scope) {
  gatewright_list_string_t found = {calloc(scope->len, sizeof *scope->ptr), 0};
  for (size_t at = 0; found.ptr && at < scope->len; at++) {
    const gatewright_string_t *value = &scope->ptr[at];
    if (is_personal(value)) gatewright_string_dup_n(&found.ptr[found.len++], (const char *)value->ptr, value->len);
  }
  return found;
}

// Asked before each token is signed. What `changes` does not name stays as it is.
bool exports_customize_token_customize_token(exports_customize_token_input_t *token,
                                             exports_customize_token_decision_t *decision,
                                             exports_customize_token_fault_t *fault) {
  (void)fault;
  *decision = (exports_customize_token_decision_t){.tag = EXPORTS_CUSTOMIZE_TOKEN_DECISION_CHANGE};
  if (token->kind != EXPORTS_CUSTOMIZE_TOKEN_TOKEN_KIND_ACCESS) return true;
  gatewright_list_string_t opened = personal(&token->scope);
  if (opened.len == 0) return true;

  gatewright_string_t line;
  gatewright_string_set(&line, "a token to personal data lives a minute");
  log_write(LOG_LEVEL_INFO, &line);

  exports_customize_token_changes_t *changes = &decision->val.change;
  changes->lifetime_s.is_some = true;
  changes->lifetime_s.val = token->lifetime_s < LIFETIME_S ? token->lifetime_s : LIFETIME_S;
  changes->claims.ptr = calloc(1, sizeof *changes->claims.ptr);
  if (!changes->claims.ptr) abort();
  changes->claims.len = 1;
  gatewright_string_dup(&changes->claims.ptr[0].name, "personal_data");
  changes->claims.ptr[0].value.tag = TYPES_VALUE_TEXTS;
  changes->claims.ptr[0].value.val.texts = opened;
  return true;
}
