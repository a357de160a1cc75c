/**
 * Database servers for tests, started on loopback ports of their own from what the machine has installed: Debian's
 * packages postgresql and clickhouse-server. Where one is not installed its tests are skipped with the reason;
 * continuous integration may not do without.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface Server {
  readonly address: string;
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const postgresFolder = '/usr/lib/postgresql';
const postgresBin = existsSync(postgresFolder)
  ? join(postgresFolder, readdirSync(postgresFolder).sort().at(-1)!, 'bin')
  : undefined;
const clickhouse = ['/usr/sbin/clickhouse-server', '/usr/bin/clickhouse-server'].find((path) => existsSync(path));

export const hasPostgres = there('PostgreSQL', postgresBin !== undefined);
export const hasClickHouse = there('ClickHouse', clickhouse !== undefined);

function there(name: string, found: boolean): boolean {
  if (found) return true;
  const reason = `${name} is not installed here`;
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`tests of ${name} are skipped: ${reason}\n`);
  return false;
}

/** PostgreSQL refuses to run as root, so there it runs as the user that its package made. */
export async function startPostgres(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'logit-postgres-'));
  const port = await freePort();
  const root = userInfo().uid === 0;
  const as: { uid?: number; gid?: number } = root ? idOf('postgres') : {};
  if (root) chownSync(folder, as.uid!, as.gid!);
  const data = join(folder, 'data');
  execFileSync(join(postgresBin!, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'tester', '--no-sync'], {
    ...as,
    stdio: 'ignore',
    cwd: folder,
  });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
  const server = spawn(
    join(postgresBin!, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...as, stdio: 'ignore', cwd: folder },
  );
  await answering(port, server);
  return {
    address: `postgres://tester@127.0.0.1:${port}/postgres`,
    port,
    process: server,
    stop: stopper(server, folder),
  };
}

export interface ClickHousePorts {
  readonly http: number;
  readonly tcp: number;
  /** Ports of servers that are the cluster `two`. */
  readonly shards?: readonly number[];
}

export async function startClickHouse({ http, tcp, shards = [] }: ClickHousePorts): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'logit-clickhouse-'));
  const interserver = await freePort();
  for (const name of ['data', 'tmp', 'log']) mkdirSync(join(folder, name), { recursive: true });
  const shard = (shardPort: number): string =>
    `<shard><replica><host>127.0.0.1</host><port>${shardPort}</port></replica></shard>`;
  const cluster = shards.length > 0 ? `<remote_servers><two>${shards.map(shard).join('')}</two></remote_servers>` : '';
  writeFileSync(
    join(folder, 'config.xml'),
    `<yandex><logger><level>warning</level><log>${folder}/log/log</log><errorlog>${folder}/log/errors</errorlog></logger>
     <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${interserver}</interserver_http_port>
     <listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
     <users_config>${folder}/users.xml</users_config><default_profile>default</default_profile>
     <default_database>default</default_database><mark_cache_size>67108864</mark_cache_size>${cluster}</yandex>`,
  );
  writeFileSync(
    join(folder, 'users.xml'),
    `<yandex><profiles><default><max_threads>2</max_threads></default></profiles><users><default><password></password>
     <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
     <quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors>
     <result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval></default></quotas></yandex>`,
  );
  const server = spawn(clickhouse!, [`--config-file=${folder}/config.xml`], { stdio: 'ignore' });
  await answering(http, server);
  const address = `clickhouse://127.0.0.1:${http}/default`;
  return { address, port: http, process: server, stop: stopper(server, folder) };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function answering(port: number, server: ChildProcess): Promise<void> {
  const { connect } = await import('node:net');
  const tried = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
  for (let k = 0; k < 600; k++) {
    if (server.exitCode !== null) throw new Error(`the server ended with code ${server.exitCode}`);
    if (await tried()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing answers at port ${port}`);
}

function stopper(server: ChildProcess, folder: string): () => Promise<void> {
  return async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      const timer = setTimeout(() => server.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(folder, { recursive: true, force: true });
  };
}

function idOf(user: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))!;
  const [, , uid, gid] = line.split(':').map(Number) as [number, number, number, number];
  return { uid, gid };
}
