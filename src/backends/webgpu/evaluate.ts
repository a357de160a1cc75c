/**
 * Loss, gradient and Hessian, and scores, of rows on a GPU: which kernels run over which pieces, and how their float32
 * partial sums add up in float64. It knows where numbers lie, and no formula.
 */
import type { Order, RowSource, SumOptions, Sums } from '../../rows/contract.ts';
import { countAskedRows } from '../../rows/source.ts';
import { type Command, run } from './commands.ts';
import { type Device, usage } from './device.ts';
import { gramKernel, scoresKernel, sumsKernel } from './kernels.ts';
import { type Batch, blockRows, type Layout, lineBytes, type Plans, planTiles, type Tiling } from './layout.ts';
import type { Uploaded } from './upload.ts';
import type { Workspace } from './workspace.ts';

/** Rows on a GPU. */
export interface GpuRows {
  readonly device: Device;
  readonly layout: Layout;
  readonly uploaded: Uploaded;
  /** Without its columns. */
  readonly source: RowSource;
  readonly plans: Plans;
  readonly workspace: Workspace;
}

interface Request {
  readonly theta: Float64Array;
  readonly options: SumOptions | undefined;
  /** What is done, in words. */
  readonly name: string;
}

/** Bytes of the partial sums of a Hessian: groups of pieces grow until they are no more. */
const gramBytes = 2 ** 24;
/** Scores below this overflow nowhere on their way. */
const scoreLimit = 2 ** 126;

export async function evaluate(rows: GpuRows, order: Order, request: Request): Promise<Sums> {
  const { features: n, vectors: k } = rows.layout;
  const size = k * (n + 1);
  const total = new Float64Array(size + 1);
  const hessian = new Float64Array(order === 2 ? size ** 2 : 0);
  if (scoresOverflow(rows, request.theta)) {
    total.fill(Number.NaN);
    hessian.fill(Number.NaN);
  } else {
    await withInputs(rows, request, async (inputs) => {
      const sums = await sumsCommands(rows, inputs, order, total);
      const gram = order === 2 ? await gramCommands(rows, inputs, hessian) : [];
      // Batch by batch: the Gram kernel reads what the kernel of sums left.
      const commands = inputs.batches.flatMap((_, b) => [sums[b]!, ...(gram[b] ?? [])]);
      await run(rows.device, rows.workspace, request.name, commands);
      if (order === 2) mirror(hessian, n, k);
    });
  }
  const loss = total[size]!;
  if (order === 0) return { loss };
  // From [n + 1, k]: the kernel takes each feature once for all score vectors.
  const gradient = Float64Array.from(
    { length: size },
    (_, at) => total[(at % (n + 1)) * k + Math.floor(at / (n + 1))]!,
  );
  return { loss, gradient, ...(order === 2 && { hessian }) };
}

/** Z [k, m] of the rows that are asked for. */
export async function scoresOf(rows: GpuRows, request: Request): Promise<Float64Array> {
  const { device, layout, uploaded, source } = rows;
  const { features: n, vectors: k } = layout;
  const m = countAskedRows(source, request.options);
  const z = new Float64Array(k * m);
  if (scoresOverflow(rows, request.theta)) return z.fill(Number.NaN);
  await withInputs(rows, request, async ({ theta, pieces, batches }) => {
    const pipeline = await device.pipeline('scores', () => scoresKernel);
    let at = 0;
    const commands = batches.map((batch): Command => {
      return {
        pipeline,
        buffers: { 1: pieces, 2: uploaded.parts[batch.part]!.x, 4: theta, 5: 'result' },
        shape: (out) => [n, k, batch.first, batch.pieces.length, out, 0, 0, 0],
        workgroups: [batch.pieces.length, 1, k],
        count: batch.pieces.length * k * blockRows,
        take(numbers) {
          batch.pieces.forEach(({ begin, end }, slot) => {
            for (let c = 0; c < k; c++) {
              const line = (slot * k + c) * blockRows;
              z.set(numbers.subarray(line + begin, line + end), c * m + at);
            }
            at += end - begin;
          });
        },
      };
    });
    await run(device, rows.workspace, request.name, commands);
  });
  return z;
}

/** What the kernels of one request are given. */
interface Inputs {
  /** theta as [four score vectors][n + 1][4]. */
  readonly theta: GPUBuffer;
  readonly pieces: GPUBuffer;
  readonly batches: readonly Batch[];
}

async function withInputs(
  { device, layout, plans, workspace }: GpuRows,
  { theta, options, name }: Request,
  use: (inputs: Inputs) => Promise<void>,
): Promise<void> {
  const { features: n, vectors: k } = layout;
  const { batches, pieces } = plans.of(options);
  if (batches.length === 0) return;
  const packed = new Float32Array(4 * Math.ceil(k / 4) * (n + 1));
  theta.forEach((value, at) => {
    const c = Math.floor(at / (n + 1));
    packed[4 * (Math.floor(c / 4) * (n + 1) + (at % (n + 1))) + (c % 4)] = value;
  });
  const inputs = await device.step(name, () => {
    return { theta: workspace.write('theta', packed), pieces: workspace.write('pieces', pieces), batches };
  });
  await use(inputs);
}

/**
 * Whether a score could be infinite in float32: then the sums are no numbers, which is said here, since a kernel may be
 * compiled as if neither infinities nor NaN existed and add up something that looks like one.
 */
function scoresOverflow({ layout, uploaded }: GpuRows, theta: Float64Array): boolean {
  const width = layout.features + 1;
  for (let c = 0; c < layout.vectors; c++) {
    const bound = theta.subarray(c * width, (c + 1) * width).reduce((sum, value) => sum + Math.abs(value), 0);
    if (!(bound * uploaded.largest < scoreLimit)) return true;
  }
  return false;
}

/** One command a batch: [n + 1][k], the loss last, added to `total`. */
async function sumsCommands(rows: GpuRows, inputs: Inputs, order: Order, total: Float64Array): Promise<Command[]> {
  const { device, layout, uploaded } = rows;
  const { features: n, vectors: k } = layout;
  const kind = { twoClasses: k === 1, curved: order === 2 };
  const name = `sums of ${kind.twoClasses ? 'two classes' : 'several classes'}${kind.curved ? ' with curvature' : ''}`;
  const pipeline = await device.pipeline(name, () => sumsKernel(kind));
  const scratch = {
    ...(!kind.twoClasses && { 6: await scratchOf(rows, 'residuals', k) }),
    ...(kind.curved && { 7: await scratchOf(rows, 'factors', 2 * k) }),
  };
  const width = total.length;
  const firstSum = order === 0 ? 8 * Math.floor((width - 1) / 8) : 0; // the loss alone
  return inputs.batches.map(({ part, first, pieces }) => {
    const { x, rows: lines } = uploaded.parts[part]!;
    return {
      pipeline,
      buffers: { 1: inputs.pieces, 2: x, 3: lines, 4: inputs.theta, 5: 'result', ...scratch },
      shape: (out) => [n, k, first, pieces.length, out, firstSum, 0, 0],
      workgroups: [pieces.length, 1, 1],
      count: pieces.length * width,
      take(numbers) {
        for (let from = 0; from < numbers.length; from += width) addFrom(numbers, from, total);
      },
    };
  });
}

/** Adds numbers[from …] to `total`. A function of its own, which engines compile long before the loops around it. */
function addFrom(numbers: Float32Array, from: number, total: Float64Array): void {
  for (let at = 0; at < total.length; at++) total[at]! += numbers[from + at]!;
}

/** Commands for each batch, one for as many pairs of score vectors as one result holds; added to `hessian`. */
async function gramCommands(rows: GpuRows, inputs: Inputs, hessian: Float64Array): Promise<Command[][]> {
  const { device, layout, uploaded } = rows;
  const { features: n, vectors: k } = layout;
  const tiling = planTiles(n);
  const pipeline = await device.pipeline(`Gram of ${tiling.micro}`, () => gramKernel(tiling.micro));
  const factors = await scratchOf(rows, 'factors', 2 * k);
  const allPairs = (k * (k + 1)) / 2;
  const pairNumbers = tiling.pairs * tiling.tile ** 2;
  const most = Math.max(1, Math.floor(device.largestBuffer / (4 * pairNumbers)));
  const count = inputs.batches.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const piecesInGroup = Math.ceil((4 * count * allPairs * pairNumbers) / gramBytes);
  return inputs.batches.map(({ part, first, pieces }) => {
    const { x, rows: lines } = uploaded.parts[part]!;
    const groups = Math.ceil(pieces.length / piecesInGroup);
    const together = Math.max(1, Math.floor(most / groups));
    const firsts = Array.from({ length: Math.ceil(allPairs / together) }, (_, i) => i * together);
    return firsts.map((firstPair): Command => {
      const pairs = Math.min(together, allPairs - firstPair);
      return {
        pipeline,
        buffers: { 1: inputs.pieces, 2: x, 3: lines, 4: factors, 5: 'result' },
        shape: (out) => [n, k, first, pieces.length, out, 0, firstPair, piecesInGroup],
        workgroups: [tiling.pairs, groups, pairs],
        count: pairs * groups * pairNumbers,
        take(numbers) {
          const each = groups * pairNumbers;
          for (let pair = 0; pair < pairs; pair++) {
            const partial = numbers.subarray(pair * each, (pair + 1) * each);
            addTiles(hessian, partial, { n, k, tiling, pair: firstPair + pair });
          }
        },
      };
    });
  });
}

interface TilesOf {
  readonly n: number;
  readonly k: number;
  readonly tiling: Tiling;
  /** Score vectors c ≤ d, counted line by line. */
  readonly pair: number;
}

/** Adds tiles [group][pair of tiles][tile][tile] to block (c, d) of the Hessian, at and below its diagonal. */
function addTiles(
  hessian: Float64Array,
  numbers: Float32Array,
  { n, k, tiling: { tile, pairs }, pair }: TilesOf,
): void {
  const size = k * (n + 1);
  let [c, d] = [0, pair];
  while (d >= k - c) d -= k - c++;
  const corner = c * (n + 1) * size + (c + d) * (n + 1);
  for (let base = 0; base < numbers.length; base += pairs * tile ** 2) {
    let at = base;
    for (let J = 0; J * tile <= n; J++) {
      for (let K = 0; K <= J; K++, at += tile ** 2) {
        for (let i = J * tile; i < Math.min((J + 1) * tile, n + 1); i++) {
          for (let j = K * tile; j < Math.min((K + 1) * tile, i + 1); j++) {
            hessian[corner + i * size + j]! += numbers[at + (i - J * tile) * tile + (j - K * tile)]!;
          }
        }
      }
    }
  }
}

/** What lies at and below the diagonal of each block c ≤ d, written to where else it belongs. */
function mirror(hessian: Float64Array, n: number, k: number): void {
  const size = k * (n + 1);
  for (let c = 0; c < k; c++) {
    for (let d = c; d < k; d++) {
      for (let i = 0; i <= n; i++) {
        for (let j = 0; j <= i; j++) {
          const [ci, cj, di, dj] = [c * (n + 1) + i, c * (n + 1) + j, d * (n + 1) + i, d * (n + 1) + j];
          const value = hessian[ci * size + dj]!;
          hessian[cj * size + di] = value;
          hessian[dj * size + ci] = value;
          hessian[di * size + cj] = value;
        }
      }
    }
  }
}

/** What kernels leave for one another, so many lines a piece: made by the first evaluation, and there for the next. */
async function scratchOf({ device, layout, workspace }: GpuRows, name: string, lines: number): Promise<GPUBuffer> {
  const size = layout.slots * lines * lineBytes;
  return (
    workspace.known(name, size) ??
    (await device.step(`making room for ${name}`, () => workspace.buffer(name, size, usage.storage)))
  );
}
