//! What `gatewright --help` teaches.

/// The help page: the commands in the order someone meets them, not in that of the alphabet.
pub(super) const TEMPLATE: &str = "\
{about}

{usage-heading} {usage}

Try it:
  quickstart  Run everything at once on this machine: a server, a demo client, two end-users

Run it:
  serve       Run the server
  check       Say whether the configuration, the database, the keys and the policy are fit to serve
  migrate     Bring the database's schema up to date

Look after it:
  client      Clients: add, list, show, rotate-secret, remove
  user        End-users: add, list, set-password, disable, enable, remove
  keys        The server's keys: list, rotate
  admin       The admin API's first access token: bootstrap-token, revoke-bootstrap

Write its policy, and change it while it runs:
  policy      Policies: check, test, run, explain; push, activate, rollback, status; shadow, canary and more

See why:
  trace       Logins, step by step: list, show
  audit       What administrators did: list, export

Extend it:
  plugin      Plugins: new, build, test, inspect, bench, key, sign, verify

Measure it:
  bench       Put an OpenID Provider under load and report its speed

Options:
{options}{after-help}";

/// What someone does on their first day.
pub(super) const EXAMPLES: &str = "\
Examples:
  gatewright quickstart
      then open http://localhost:8080/demo and sign in as alice with wonderland
  gatewright user add carol --data gatewright-data
      adds an end-user to what quickstart keeps in gatewright-data
  gatewright check --config gatewright.toml && gatewright migrate --config gatewright.toml
  gatewright serve --config gatewright.toml
  gatewright client add --config gatewright.toml --name Almanac \\
      --redirect-uri https://almanac.example/callback
  GATEWRIGHT_ADMIN_TOKEN=… gatewright user list --server https://login.example.com
      does the same to a server elsewhere, by its admin API

Every setting of gatewright.toml can also come from the environment: GATEWRIGHT__LOGGING__LEVEL=debug
`gatewright COMMAND --help` says more about a command.
";
