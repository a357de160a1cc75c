/**
 * The commands and their options, as `--help` shows them. What a command does is in its own file,
 * loaded when it is called.
 */
import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { parseClassWeight, parseDelimiter, parseList, parseNumber, parseThreads } from './parse.ts';

const number = (flags: string, text: string): Option => new Option(flags, text).argParser(parseNumber);
const list = (flags: string, text: string): Option => new Option(flags, text).argParser(parseList);

const delimiter = (): Option =>
  new Option('--delimiter <character>', 'between fields (default: found from the file)').argParser(parseDelimiter);
const headerText = 'the first line is data; columns are c1, c2, …';

export function createProgram(signal: AbortSignal): Command {
  const program = new Command('logit')
    .description('Logistic regression on CSV, TSV, Parquet and JSON lines files.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error:/, 'logit:')
            .replaceAll('\n', ' ')}\n`,
        ),
    });

  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description).allowExcessArguments(false);

  command('train', 'fit a model to a file')
    .argument('<file>', 'CSV, TSV, Parquet or JSON lines, also .gz and .zst; - is standard input')
    .option('--target <column>', 'the column to predict: two classes of any kind (required)')
    .option('--out <model>', 'write the model to this file')
    .option('--positive <label>', 'the class that probabilities are of (default: the second in sorted order)')
    .addOption(list('--only <columns>', 'only these columns as features'))
    .addOption(list('--drop <columns>', 'all columns but these'))
    .addOption(list('--numeric <columns>', 'read these as numbers'))
    .addOption(list('--categorical <columns>', 'read these as categories'))
    .option('--weights <column>', 'column of sample weights')
    .addOption(
      new Option('--class-weight <weights>', 'balanced, or a weight a class: no=1,yes=3').argParser(parseClassWeight),
    )
    .addOption(number('--l2 <strength>', 'L2 penalty on the mean loss, standardised features (default: 0, none)'))
    .addOption(new Option('--solver <name>', 'how to fit').choices(['auto', 'newton', 'lbfgs', 'gd']))
    .addOption(number('--max-iterations <count>', 'stop after this many'))
    .addOption(number('--tolerance <size>', 'stop when the gradient is at most this (default: 1e-10)'))
    .addOption(number('--learning-rate <rate>', 'gradient descent only (default: 1/L)'))
    .addOption(number('--momentum <share>', 'gradient descent only (default: 0)'))
    .addOption(number('--holdout <share>', 'hold out this share of the rows for evaluation, stratified'))
    .addOption(number('--seed <number>', 'seed of the holdout (default: 1)'))
    .addOption(
      new Option('--missing <policy>', 'rows with missing cells (default: drop)').choices(['drop', 'impute', 'error']),
    )
    .addOption(
      new Option('--imputation <kind>', 'what fills a missing number (default: mean)').choices(['mean', 'median']),
    )
    .addOption(list('--missing-tokens <texts>', 'texts that mean missing, besides the empty cell'))
    .addOption(delimiter())
    .option('--decimal-comma', 'numbers are written 1,5')
    .option('--no-header', headerText)
    .addOption(number('--max-bad-rows <count>', 'let go of this many unreadable rows (default: 0)'))
    .addOption(
      new Option('--backend <name>', 'where sums are computed (default: auto)').choices([
        'auto',
        'cpu',
        'tfjs-cpu',
        'wasm',
      ]),
    )
    .addOption(
      new Option('--threads <count>', 'threads that compute (default: auto, as many as there are)').argParser(
        parseThreads,
      ),
    )
    .addOption(
      new Option('--precision <precision>', 'how rows are kept: float32 takes a third of the memory').choices([
        'float64',
        'float32',
      ]),
    )
    .option('--json', 'print one JSON object on standard output')
    .option('--quiet', 'print no summary and no progress')
    .action(async (file: string, flags) => (await import('./train.ts')).train(file, flags, signal));

  scoring(command('predict', 'predict the rows of a file'))
    .option('--out <file>', 'write the CSV here instead of on standard output')
    .option('--quiet', 'print no notes')
    .action(async (model: string, file: string, flags) =>
      (await import('./predict.ts')).predict(model, file, flags, signal),
    );

  scoring(command('evaluate', 'measure a model on a file whose labels are known'))
    .option('--json', 'print one JSON object on standard output')
    .action(async (model: string, file: string, flags) =>
      (await import('./evaluate.ts')).evaluate(model, file, flags, signal),
    );

  command('inspect', 'show what a model needs, its coefficients and how it was made')
    .argument('<model>', 'a model file made by train')
    .option('--json', 'print one JSON object on standard output')
    .action(async (model: string, flags) => (await import('./inspect.ts')).inspect(model, flags));

  return program;
}

/** What predict and evaluate share: a model, a file of rows, and how both are read. */
function scoring(command: Command): Command {
  return command
    .argument('<model>', 'a model file made by train')
    .argument('<file>', 'the rows, of any kind that train reads; - is standard input')
    .addOption(
      number('--threshold <probability>', 'the positive class from this probability on (default: as in the model)'),
    )
    .addOption(
      new Option('--unseen <policy>', 'categories that training never saw (default: as in the model)').choices([
        'error',
        'ignore',
      ]),
    )
    .addOption(delimiter())
    .option('--no-header', headerText);
}
