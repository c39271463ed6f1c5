// The plugin against a scripted server: `gatewright plugin test`.

#include "host.h"

// A token of an hour with these scope values, as the plugin changes it.
static exports_customize_token_changes_t decided(uint8_t kind, uint64_t lifetime_s, gatewright_string_t *scope, size_t len) {
  exports_customize_token_input_t token = {.kind = kind, .lifetime_s = lifetime_s, .scope = {scope, len}};
  exports_customize_token_decision_t decision;
  exports_customize_token_fault_t fault;
  lines = 0;
  EXPECT(exports_customize_token_customize_token(&token, &decision, &fault));
  EXPECT(decision.tag == EXPORTS_CUSTOMIZE_TOKEN_DECISION_CHANGE);
  return decision.val.change;
}

int main(void) {
  gatewright_string_t scope[2];
  gatewright_string_set(&scope[0], "openid");
  gatewright_string_set(&scope[1], "email");
  const uint8_t access = EXPORTS_CUSTOMIZE_TOKEN_TOKEN_KIND_ACCESS;

  // A token to personal data lives a minute and says so.
  exports_customize_token_changes_t changes = decided(access, 3600, scope, 2);
  EXPECT(changes.lifetime_s.is_some && changes.lifetime_s.val == 60);
  EXPECT(changes.claims.len == 1 && says(&changes.claims.ptr[0].name, "personal_data"));
  gatewright_list_string_t opened = changes.claims.ptr[0].value.val.texts;
  EXPECT(opened.len == 1 && says(&opened.ptr[0], "email"));
  EXPECT(lines == 1 && strcmp(last_line, "a token to personal data lives a minute") == 0);

  // A token that would live shorter stays as short.
  EXPECT(decided(access, 30, scope, 2).lifetime_s.val == 30);

  // Any other token stays as it is.
  changes = decided(access, 3600, scope, 1);
  EXPECT(!changes.lifetime_s.is_some && changes.claims.len == 0 && lines == 0);
  changes = decided(EXPORTS_CUSTOMIZE_TOKEN_TOKEN_KIND_ID, 3600, scope, 2);
  EXPECT(!changes.lifetime_s.is_some && changes.claims.len == 0 && lines == 0);

  puts("all as it should be");
  return 0;
}
