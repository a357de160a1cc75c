/** The process of csv-duckdb.ts, in plain JavaScript so that no TypeScript is loaded in its time. */
import { DuckDBInstance } from '@duckdb/node-api';

const csv = process.argv[2];
const connection = await (await DuckDBInstance.create()).connect();
const described = await connection.runAndReadAll(`DESCRIBE FROM read_csv('${csv}', sample_size = 1000)`);
const types = described.getRows().map(([name]) => `'${name}': 'DOUBLE'`);
const query = `SELECT sum(COLUMNS(*)) FROM read_csv('${csv}', header = true, columns = {${types.join(', ')}})`;
process.stdout.write(`${(await connection.runAndReadAll(query)).getRows()[0].join(' ')}\n`);
