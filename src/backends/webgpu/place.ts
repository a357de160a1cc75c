/**
 * The place `webgpu`: rows on a GPU by WebGPU's own interface, in browsers and by the package webgpu in Node, with fused
 * kernels in float32. Without TensorFlow.js and without globals. It knows no penalty and no solver.
 */
import type { RowPlace } from '../../rows/contract.ts';
import { countFeatures, releaseColumns, withoutColumns } from '../../rows/source.ts';
import { holdRows } from '../held-rows.ts';
import type { Device } from './device.ts';
import { planLayout, plansOf } from './layout.ts';
import { rowSumsOf } from './row-sums.ts';
import { blockTooLarge, upload } from './upload.ts';
import { openWorkspace } from './workspace.ts';

export function createWebgpuPlace(device: Device): RowPlace {
  const held = holdRows();
  return {
    name: 'webgpu',
    detail: device.detail,
    limits: `buffers of up to ${Number((device.largestBuffer / 2 ** 30).toPrecision(2))} GiB`,
    async place(source, _storage, signal) {
      signal?.throwIfAborted();
      const features = countFeatures(source);
      const layout = planLayout(source, features, device.largestBuffer);
      if (layout === undefined) throw blockTooLarge(source, features, device.largestBuffer);
      const uploaded = await upload(device, source, layout, signal);
      releaseColumns(source);
      const rows = { device, layout, uploaded, source: withoutColumns(source) };
      return held.hold(rowSumsOf({ ...rows, plans: plansOf(source, layout), workspace: openWorkspace(device) }));
    },
    close: held.close,
  };
}
