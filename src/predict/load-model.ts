/**
 * What a user gives as a model → a checked model file of format 2. It decides by the version in the file;
 * what each version holds is known to validate.ts and upgrade.ts.
 */
import { LogisticError } from '../errors.ts';
import { oneOf, record, test } from './checks.ts';
import { formatVersion, type ModelFile } from './model-file.ts';
import { upgrade } from './upgrade.ts';
import { validateModel } from './validate.ts';

const majorOf = (version: unknown): number => Number.parseInt(version as string, 10);
const version = test(`a string such as ${formatVersion}`, (value) => typeof value === 'string' && majorOf(value) > 0);

/** The JSON of a model file, or the object parsed from it. Throws LogisticError 'bad-model' or 'newer-model'. */
export function loadModelFile(source: unknown): ModelFile {
  const value = typeof source === 'string' ? parse(source) : source;
  record({ format: oneOf('tfjs-logistic'), formatVersion: version })(value, '');
  const { formatVersion: found } = value as ModelFile;
  if (majorOf(found) > majorOf(formatVersion)) {
    throw new LogisticError('newer-model', `model file: format version ${found} is newer than ${formatVersion}`, {
      hint: 'upgrade tfjs-logistic',
    });
  }
  return validateModel(majorOf(found) === 1 ? upgrade(value) : value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LogisticError('bad-model', 'model file: not JSON', { hint: 'give a file that train or toJSON made' });
  }
}
