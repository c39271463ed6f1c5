// A server over HTTPS for these walks, on data of its own.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const home = process.env.HOME_OF_SERVER;
const program = process.env.GATEWRIGHT_BIN;
const configuration = join(home, 'gatewright.toml');

/** What HTTPS servers of this program show. */
export const certificate = {
  key: readFileSync(join(home, 'key.pem')),
  cert: readFileSync(join(home, 'certificate.pem')),
};

export async function freePort() {
  const listener = createServer();
  await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
  const { port } = listener.address();
  await new Promise((closed) => listener.close(closed));
  return port;
}

/** What a command of the server's prints. */
export function command(...words) {
  return execFileSync(program, [...words, '--config', configuration], { cwd: home, input: 'wonderland\n', encoding: 'utf8' });
}

/** Starts the server with alice in it; answers its issuer and how it is stopped. */
export async function startServer() {
  const port = await freePort();
  const issuer = `https://localhost:${port}`;
  writeFileSync(join(home, 'master.key'), `${randomBytes(32).toString('base64')}\n`);
  writeFileSync(configuration, [
    `issuer = "${issuer}"`,
    `listen.address = "127.0.0.1:${port}"`,
    'tls.certificate_file = "certificate.pem"',
    'tls.key_file = "key.pem"',
    'database.url = "sqlite:gatewright.db"',
    'keys.master_key_file = "master.key"',
    'registration.open = true',
    // The relying parties are on this machine, under the same certificate.
    'fetch.allow_private_addresses = true',
    'fetch.ca_file = "certificate.pem"',
    'logout.timeout_s = 1',
    'logout.first_pause_s = 2',
    'logout.tries = 2',
  ].join('\n'));
  command('migrate');
  command('user', 'add', 'alice');
  const server = spawn(program, ['serve', '--config', configuration], { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  server.stderr.on('data', (text) => (log += text));
  await new Promise((ready, failed) => {
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${log}`)));
    createInterface({ input: server.stdout }).on('line', (line) => line.startsWith('ready ') && ready());
  });
  return { issuer, log: () => log, stop: () => server.kill('SIGTERM') };
}
