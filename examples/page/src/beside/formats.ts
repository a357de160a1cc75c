/** formats.js: what few files need and would be a fifth of the page: Parquet and zstd. */
export { Decompress } from 'fzstd';
export { readParquet } from '../../../../src/web/parquet.ts';
