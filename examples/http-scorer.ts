/**
 * A model behind HTTP, without TensorFlow.js: POST a row or a list of rows, get probabilities.
 *
 *   npx tsx http-scorer.ts model.json 8080        port 0 takes a free one and prints it
 *   curl -d '{"sex": "female", "age": 30, "sibsp": 0, "class": "Second"}' localhost:8080/predict
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogisticError, loadScorer, type Row } from 'tfjs-logistic/predict';

const [path, port = process.env.PORT ?? '8080'] = process.argv.slice(2);
if (path === undefined) throw new Error('give the path of a model file');
const scorer = loadScorer(await readFile(path, 'utf8'));
const { target } = scorer.model;
const largestBody = 1_000_000; // bytes

/** What the client did wrong, with the status that says so. */
class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function readRows(request: IncomingMessage): Promise<Row[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is over the limit is read to its end and thrown away, so that the client hears the answer.
    if (size <= largestBody) chunks.push(chunk);
  }
  if (size > largestBody) throw new RequestError(413, `the body is over ${largestBody} bytes`);
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new RequestError(400, 'the body is not JSON');
  }
  const rows = Array.isArray(body) ? body : [body];
  const odd = rows.findIndex((row) => typeof row !== 'object' || row === null);
  if (odd >= 0) throw new RequestError(400, `row ${odd + 1} is not an object`);
  return rows;
}

async function answer(request: IncomingMessage): Promise<object> {
  const call = `${request.method} ${request.url?.split('?')[0]}`;
  if (call === 'GET /health') return { status: 'ok', target: target.name, columns: scorer.columns };
  if (call !== 'POST /predict') throw new RequestError(404, `${call}: there are POST /predict and GET /health`);
  return { classes: scorer.classes, probabilities: scorer.predictProba(await readRows(request)) };
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).then(
    (found) => [200, found] as const,
    (error: unknown) => {
      // The library's errors are the client's to mend and say how; any other is a bug of this server.
      if (error instanceof RequestError) return [error.status, { error: error.message }] as const;
      if (error instanceof LogisticError) return [400, { error: error.message, hint: error.hint }] as const;
      console.error(error);
      return [500, { error: 'internal error' }] as const;
    },
  );
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
});

server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

// Requests under way are answered; then nothing is left to run and the process ends by itself.
process.once('SIGTERM', () => server.close());
