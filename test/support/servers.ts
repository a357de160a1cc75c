/**
 * Database servers for tests, started on loopback ports of their own from what the machine has installed: Debian's
 * packages postgresql and clickhouse-server, PyPI's pyspark with Java 17, and Trino where TRINO_HOME has it. Where one is
 * not installed its tests are skipped with the reason; continuous integration may not do without, but for Trino.
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
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
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

const javas = '/usr/lib/jvm';
const javaOf = (release: number): string | undefined =>
  (existsSync(javas) ? readdirSync(javas) : [])
    .filter((name) => name.includes(`-${release}-`))
    .map((name) => join(javas, name))
    .find((folder) => existsSync(join(folder, 'bin', 'java')));
/** A virtual environment with pyspark: SPARK_VENV, else where .ci/run makes one. */
const sparkVenv = process.env.SPARK_VENV ?? join(homedir(), '.cache', 'tfjs-logistic', 'spark');
const sparkHome = existsSync(join(sparkVenv, 'lib'))
  ? readdirSync(join(sparkVenv, 'lib'))
      .map((python) => join(sparkVenv, 'lib', python, 'site-packages', 'pyspark'))
      .find((folder) => existsSync(folder))
  : undefined;
const trinoHome = process.env.TRINO_HOME;

export const hasPostgres = there('PostgreSQL', postgresBin !== undefined);
export const hasClickHouse = there('ClickHouse', clickhouse !== undefined);

export const hasSpark = there(
  'Spark with Java 17, @grpc/grpc-js and @grpc/proto-loader',
  sparkHome !== undefined && javaOf(17) !== undefined && isInstalled('@grpc/grpc-js', '@grpc/proto-loader'),
);
export const hasTrino = there(
  'Trino (TRINO_HOME) with Java 25',
  trinoHome !== undefined && javaOf(25) !== undefined,
  false,
);

function isInstalled(...names: string[]): boolean {
  const { resolve } = createRequire(import.meta.url);
  try {
    return names.every((name) => resolve(name));
  } catch {
    return false;
  }
}

function there(name: string, found: boolean, required = true): boolean {
  if (found) return true;
  const reason = `${name} is not installed here`;
  if (process.env.CI && required) throw new Error(reason);
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

/** Of a virtual machine that ends within minutes: compiled once and quickly, where the second compiler would take most of the time. */
const shortLived = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Spark Connect; of `executors` above 0 each is a process of its own. */
export async function startSpark(executors = 0): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'logit-spark-'));
  const port = await freePort();
  const configuration = {
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.driver.host': '127.0.0.1',
    'spark.ui.enabled': 'false',
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.local.dir': join(folder, 'tmp'),
    'spark.sql.shuffle.partitions': '2',
    'spark.driver.extraJavaOptions': shortLived.join(' '),
    'spark.executor.extraJavaOptions': shortLived.join(' '),
    'spark.connect.grpc.binding.address': '127.0.0.1',
    'spark.connect.grpc.binding.port': String(port),
  };
  const server = spawn(
    join(sparkHome!, 'bin', 'spark-submit'),
    [
      '--master',
      executors > 0 ? `local-cluster[${executors},1,1024]` : 'local[2]',
      ...['--driver-memory', '1g', '--class', 'org.apache.spark.sql.connect.service.SparkConnectServer'],
      ...Object.entries(configuration).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
      'spark-internal',
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      env: {
        ...process.env,
        SPARK_HOME: sparkHome!,
        SPARK_LOCAL_IP: '127.0.0.1',
        JAVA_HOME: javaOf(17)!,
        PYSPARK_PYTHON: join(sparkVenv, 'bin', 'python'),
      },
    },
  );
  await answering(port, server);
  return { address: `spark://127.0.0.1:${port}`, port, process: server, stop: stopper(server, folder) };
}

/** Processes of a Spark server's executors. */
export function executorsOf(server: Server): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        const parent = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
        return command.includes('CoarseGrainedExecutorBackend') && Number(parent) === server.process.pid;
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}

/** One node, with tables in its memory: catalog memory, schema default. */
export async function startTrino(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'logit-trino-'));
  const port = await freePort();
  for (const name of ['etc/catalog', 'data', 'plugin']) mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(join(trinoHome!, 'plugin', 'memory'), join(folder, 'plugin', 'memory'));
  symlinkSync(join(trinoHome!, 'secrets-plugin'), join(folder, 'secrets-plugin'));
  writeFileSync(join(folder, 'etc', 'catalog', 'memory.properties'), 'connector.name=memory\n');
  const configuration = {
    coordinator: true,
    'node-scheduler.include-coordinator': true,
    'http-server.http.port': port,
    'discovery.uri': `http://127.0.0.1:${port}`,
    'catalog.management': 'static',
  };
  const lines = Object.entries(configuration).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, 'etc', 'config.properties'), lines.join(''));
  const settings = {
    config: join(folder, 'etc', 'config.properties'),
    'node.data-dir': join(folder, 'data'),
    'node.id': 'one',
    'node.environment': 'test',
    'node.bind-ip': '127.0.0.1',
    'node.internal-address': '127.0.0.1',
    'catalog.config-dir': join(folder, 'etc', 'catalog'),
    'jdk.attach.allowAttachSelf': true,
    'file.encoding': 'UTF-8',
  };
  const server = spawn(
    join(javaOf(25)!, 'bin', 'java'),
    [
      ...[...shortLived, '-Xmx2G', '--add-modules=jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED'],
      '--sun-misc-unsafe-memory-access=allow',
      ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
      ...['-cp', `${trinoHome}/lib/*`, 'io.trino.server.TrinoServer'],
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  await answering(port, server);
  const starting = async (): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/info`).catch(() => undefined);
    return ((await answer?.json()) as { starting?: boolean } | undefined)?.starting !== false;
  };
  while (await starting()) await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    address: `trino://tester@127.0.0.1:${port}/memory/default`,
    port,
    process: server,
    stop: stopper(server, folder),
  };
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
  for (let k = 0; k < 2400; k++) {
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
