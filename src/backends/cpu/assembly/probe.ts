// The vector functions one by one, for test/backends/cpu/lanes.test.ts to measure. Not part of the module
// that is shipped. Each maps `bytes` bytes at address 65536 onto themselves.
import { expOfNegative } from './exp';
import { add, splat } from './lanes';
import { log1pOfSum, log1pOfUnit } from './log1p';

const at: usize = 65536;

export function exp32(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, expOfNegative<f32>(v128.load(at + i)));
}

export function exp64(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, expOfNegative<f64>(v128.load(at + i)));
}

export function log1p32(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, log1pOfUnit<f32>(v128.load(at + i)));
}

export function log1p64(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, log1pOfUnit<f64>(v128.load(at + i)));
}

export function log1pOfSum32(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const t = v128.load(at + i);
    v128.store(at + i, log1pOfSum<f32>(t, add<f32>(t, splat<f32>(1))));
  }
}

export function log1pOfSum64(bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const t = v128.load(at + i);
    v128.store(at + i, log1pOfSum<f64>(t, add<f64>(t, splat<f64>(1))));
  }
}
