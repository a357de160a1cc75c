/**
 * Spark as an engine, by Spark Connect: plans of SQL over gRPC, texts bound, answers in Arrow. A session of its own, whose
 * settings are for this fit; executors that die are Spark's own business.
 */
import { randomUUID } from 'node:crypto';
import { LogisticError } from '../../errors.ts';
import { dialects } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import type { Statement } from '../../sql/statement.ts';
import { loadOptional } from '../load-optional.ts';
import { answered } from './answer.ts';
import { chunkOf, rowsOf, sentCells } from './pull.ts';
import {
  type Grpc,
  interruptOperation,
  type ProtoLoader,
  type SparkConnectService,
  sparkConnect,
} from './spark-protocol.ts';

/** Texts mean themselves, a mistake is an error and not null, and wide sums are compiled. */
const settings = {
  'spark.sql.variable.substitute': 'false',
  'spark.sql.parser.escapedStringLiterals': 'false',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.session.timeZone': 'UTC',
};
const mostBytes = 2 ** 28;
/** The gRPC status of a server that is not there. */
const unavailable = 14;

type Arrow = typeof import('apache-arrow');
type Table = import('apache-arrow').Table;

/** spark://user@host:15002 */
export async function openSpark(url: URL, shown: string): Promise<Connection> {
  const load = <T>(name: string): T => loadOptional<T>(name, 'Spark Connect needs');
  const { loadPackageDefinition, credentials } = load<Grpc>('@grpc/grpc-js');
  const { fromJSON } = load<ProtoLoader>('@grpc/proto-loader');
  const arrow = load<Arrow>('apache-arrow');
  const definition = fromJSON(sparkConnect, { keepCase: true, longs: Number });
  const { SparkConnectService } = loadPackageDefinition(definition).spark.connect;
  const service = new SparkConnectService(url.host, credentials.createInsecure(), {
    'grpc.max_receive_message_length': mostBytes,
    'grpc.max_send_message_length': mostBytes,
  });
  try {
    return await sparkConnection(service, arrow, decodeURIComponent(url.username) || 'logit');
  } catch (error) {
    service.close();
    throw new LogisticError('connection-failed', `${shown}: ${reasonOf(error)}`, {
      hint: 'check the address: spark://host:15002, and that Spark Connect is started there',
    });
  }
}

async function sparkConnection(service: SparkConnectService, arrow: Arrow, user: string): Promise<Connection> {
  const dialect = dialects.spark;
  const session = { session_id: randomUUID(), user_context: { user_id: user } };
  const call = <T>(method: 'AnalyzePlan' | 'Config' | 'Interrupt' | 'ReleaseSession', request: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, answer: unknown): void => (error ? reject(error) : resolve(answer as T));
      service[method]({ ...session, ...request }, done as never);
    });

  /** The batches of an answer; the query can be interrupted and can fail up to its end. */
  function batches({ sql, texts }: Statement, signal: AbortSignal | undefined, onProgress?: (share: number) => void) {
    const operation_id = randomUUID();
    const named_arguments = Object.fromEntries(texts.map((text, k) => [`p${k}`, { literal: { string: text } }]));
    const plan = { root: { sql: { query: sql, named_arguments } } };
    let answers: ReturnType<SparkConnectService['ExecutePlan']>;
    const cancel = (): void => {
      call('Interrupt', { interrupt_type: interruptOperation, operation_id }).catch(() => {});
      answers.cancel();
    };
    return answered({ signal, cancel, failed }, async function* () {
      answers = service.ExecutePlan({ ...session, operation_id, plan, client_type: 'tfjs-logistic' });
      for await (const { arrow_batch, execution_progress } of answers) {
        if (onProgress && execution_progress) onProgress(shareOf(execution_progress.stages ?? []));
        if (arrow_batch) yield arrow.tableFromIPC(arrow_batch.data);
      }
    });
  }
  const cellsOf = (table: Table): unknown[][] => table.schema.fields.map((_, k) => [...table.getChildAt(k)!]);

  await call('Config', {
    operation: { set: { pairs: Object.entries(settings).map(([key, value]) => ({ key, value })) } },
  });
  const { spark_version } = await call<{ spark_version?: { version: string } }>('AnalyzePlan', { spark_version: {} });

  const describe = async (query: string, signal?: AbortSignal): Promise<DescribedColumn[]> => {
    let described: DescribedColumn[] = [];
    for await (const { schema } of batches({ sql: `select * from (\n${query}\n) q limit 0`, texts: [] }, signal)) {
      described = schema.fields.map(({ name, type }) => ({ name, type: String(type), kind: kindOf(String(type)) }));
    }
    return described;
  };
  return {
    dialect,
    detail: `Spark ${spark_version?.version}`,
    describe,
    async run(statement, signal, onProgress) {
      const rows: unknown[][] = [];
      for await (const table of batches(statement, signal, onProgress)) {
        const columns = cellsOf(table);
        for (let row = 0; row < table.numRows; row++) rows.push(columns.map((cells) => cells[row]));
      }
      return rows;
    },
    ...rowsOf({ dialect, describe }, async function* (sql, kinds, signal) {
      for await (const table of batches({ sql, texts: [] }, signal)) {
        const columns = cellsOf(table).map((values, k) => sentCells(values, kinds[k]!));
        yield chunkOf(table.numRows, columns);
      }
    }),
    async close() {
      await call('ReleaseSession', {}).catch(() => {});
      service.close();
    },
  };
}

function shareOf(stages: readonly { readonly num_tasks?: number; readonly num_completed_tasks?: number }[]): number {
  const total = (of: 'num_tasks' | 'num_completed_tasks'): number =>
    stages.reduce((sum, stage) => sum + (stage[of] ?? 0), 0);
  return total('num_completed_tasks') / Math.max(1, total('num_tasks'));
}

function failed(error: unknown): LogisticError {
  const { code } = error as { code?: number };
  if (code !== unavailable) return new LogisticError('query-failed', `Spark: ${reasonOf(error)}`);
  return new LogisticError('connection-lost', `Spark: no whole answer came (${reasonOf(error)})`, {
    hint: 'check the server and the network, and try again',
  });
}

/** Spark's errors are pages: the first paragraph says what is wrong. */
function reasonOf(error: unknown): string {
  const { details, message } = error as { details?: string; message: string };
  return (details || message).split('\n\n')[0]!.replace(/\s+/g, ' ').trim();
}

function kindOf(type: string): DescribedColumn['kind'] {
  if (/^(U?[Ii]nt\d+|Float\d+|Decimal)/.test(type)) return 'numeric';
  if (type === 'Bool') return 'boolean';
  return /^(Large)?Utf8/.test(type) ? 'categorical' : undefined;
}
