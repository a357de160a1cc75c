/**
 * The commands and their options, as `--help` shows them. Options of a fit come from their records in
 * model/option-records.ts. What a command does is in its own file, loaded when it is called.
 */
import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { type FlagKind, optionRecords } from '../model/option-records.ts';
import { dialectNames } from '../sql/dialects.ts';
import {
  parseClassWeight,
  parseCount,
  parseDelimiter,
  parseDuration,
  parseLevel,
  parseList,
  parseNumber,
  parseSize,
  parseThreads,
  parseUnits,
} from './parse.ts';
import { onOneLine } from './visible.ts';

const parsers: Readonly<Record<FlagKind, ((text: string, before: never) => unknown) | undefined>> = {
  number: parseNumber,
  duration: parseDuration,
  size: parseSize,
  list: parseList,
  character: parseDelimiter,
  'class-weight': parseClassWeight,
  threads: parseThreads,
  reference: (text: string, before: readonly string[] = []) => [...before, text],
  string: undefined,
  choice: undefined,
};

/** A flag of `logit train` from the record of the option that it sets. */
function flagOf(name: keyof typeof optionRecords): Option[] {
  const { flag, choices } = optionRecords[name];
  if (flag === undefined) return [];
  const option = new Option(flag.usage, flag.help);
  if (choices !== undefined) option.choices([...choices]);
  const parse = flag.kind && parsers[flag.kind];
  return [parse === undefined ? option : option.argParser<unknown>((text, before) => parse(text, before as never))];
}

export function createProgram(signal: AbortSignal): Command {
  const program = new Command('logit')
    .description('Logistic regression on CSV, TSV, Parquet and JSON lines files.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `${onOneLine(
            text
              .trim()
              .replace(/^error:/, 'logit:')
              .replaceAll('\n', ' '),
          )}\n`,
        ),
    });

  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description).allowExcessArguments(false);

  const train = ofDatabase(
    command('train', 'fit a model to a file').argument(
      '[file]',
      'CSV, TSV, Parquet or JSON lines, also .gz and .zst; - is standard input',
    ),
  )
    .addOption(
      new Option('--show-sql', 'print the queries of the fit, and read no row').conflicts([
        'out',
        'report',
        'table',
        'json',
        'quiet',
      ]),
    )
    .option(
      '--target <column>',
      'the column to predict: two classes or more, of any kind (required, or named by the formula)',
    )
    .option('--out <model>', 'write the model to this file')
    .option('--report <file>', 'write a page about the model: tables, charts, diagnostics; one HTML file')
    .addOption(tableOption().conflicts('json'));
  const names = Object.keys(optionRecords) as (keyof typeof optionRecords)[];
  for (const option of names.flatMap(flagOf)) train.addOption(option);
  perOf(train)
    .option('--json', 'print one JSON object on standard output')
    .option('--quiet', 'print no summary and no progress')
    .action(async (file: string | undefined, flags) => (await import('./train.ts')).train(file, flags, signal));

  ofDatabase(scoring(command('predict', 'predict the rows of a file'), '[file]'))
    .addOption(
      new Option(
        '--interval <level>',
        'two classes: confidence intervals of the probabilities, 0.95 for 95 %',
      ).argParser(parseLevel),
    )
    .option('--out <file>', 'write the CSV here instead of on standard output')
    .option('--quiet', 'print no notes')
    .action(async (model: string, file: string | undefined, flags) =>
      (await import('./predict.ts')).predict(model, file, flags, signal),
    );

  weightsOf(scoring(command('evaluate', 'measure a model on a file whose labels are known')))
    .option('--detailed', 'two classes: thresholds, calibration, goodness of fit and net benefit as well')
    .addOption(
      new Option(
        '--false-negative-cost <ratio>',
        'in thresholds: a false negative costs so many false positives (default: 1)',
      ).argParser(parseNumber),
    )
    .option('--report <file>', 'write a page about the model and these rows: one HTML file')
    .option('--compare <model>', "test whether another model's AUC differs on the same rows (DeLong)")
    .option('--json', 'print one JSON object on standard output')
    .action(async (model: string, file: string, flags) =>
      (await import('./evaluate.ts')).evaluate(model, file, flags, signal),
    );

  weightsOf(rowsOf(command('explain', 'show how the loss of one row and its derivatives come about')))
    .addOption(new Option('--row <number>', 'which row of the file, from 1').argParser(parseNumber).default(1))
    .option('--label <class>', 'its class, where the file does not give it or another is to be tried')
    .addOption(new Option('--json', 'print the graph as one JSON object on standard output').conflicts('html'))
    .option('--html <file>', 'write a page here instead')
    .action(async (model: string, file: string, flags) =>
      (await import('./explain.ts')).explain(model, file, flags, signal),
    );

  const inspect = command('inspect', 'show what a model needs, its coefficients and how it was made')
    .argument('<model>', 'a model file made by train')
    .argument('[file]', 'rows for --effects and --influence, of any kind that train reads; - is standard input')
    .option('--report <file>', 'write a page about the model: one HTML file')
    .addOption(tableOption().conflicts(['json', 'sql', 'effects', 'influence']))
    .option('--json', 'print one JSON object on standard output')
    .addOption(
      new Option('--sql <dialect>', 'print its probabilities as SQL expressions')
        .choices([...dialectNames])
        .conflicts('json'),
    )
    .addOption(new Option('--effects', 'average marginal effects over the rows of the file').conflicts('sql'))
    .addOption(
      new Option(
        '--influence',
        'what each row does to the fit: leverage, residuals, Cook’s distance, as CSV',
      ).conflicts(['sql', 'effects']),
    )
    .addOption(
      new Option('--top <count>', 'of --influence, the rows of the largest Cook’s distances as a table')
        .argParser(parseCount)
        .implies({ influence: true })
        .conflicts('json'),
    );
  weightsOf(readingOf(perOf(inspect))).action(async (model: string, file: string | undefined, flags) =>
    (await import('./inspect.ts')).inspect(model, file, flags, signal),
  );

  command('doctor', 'say which backends work here, and what the others need')
    .option('--json', 'print one JSON object on standard output')
    .action(async (flags) => (await import('./doctor.ts')).doctor(flags, signal));

  command('bench', 'time one evaluation of loss and gradient on each backend')
    .addOption(
      new Option('--backends <names>', 'only these (default: all but reference and tfjs)').argParser(parseList),
    )
    .addOption(new Option('--rows <count>', 'rows of the problem').argParser(parseNumber).default(200_000))
    .addOption(new Option('--features <count>', 'features of each row').argParser(parseNumber).default(32))
    .addOption(new Option('--classes <count>', 'classes of the labels').argParser(parseNumber).default(2))
    .option('--report <file>', 'write a page with charts: one HTML file')
    .option('--json', 'print one JSON object on standard output')
    .action(async (flags) => (await import('./bench.ts')).bench(flags, signal));

  return program;
}

/** Rows of a database in place of a file. */
function ofDatabase(command: Command): Command {
  return command
    .option(
      '--connection <address>',
      'a database in place of a file: postgres:, clickhouse:, duckdb:, spark: or trino:',
    )
    .option('--sql <query>', 'the rows of the database');
}

const tableOption = (): Option =>
  new Option('--table <format>', 'print the table of odds ratios as Markdown (md) or CSV').choices(['md', 'csv']);

/** What predict and evaluate share. */
function scoring(command: Command, file?: string): Command {
  const threshold = new Option(
    '--threshold <probability>',
    'two classes: the positive one from this probability on (default: as in the model)',
  ).argParser(parseNumber);
  return rowsOf(command, file).addOption(threshold);
}

/** A model, a file of rows, and how its rows are read. */
function rowsOf(command: Command, file = '<file>'): Command {
  return readingOf(
    command
      .argument('<model>', 'a model file made by train')
      .argument(file, 'the rows, of any kind that train reads; - is standard input'),
  );
}

/** How the rows of a file are read. */
function readingOf(command: Command): Command {
  command.addOption(
    new Option('--unseen <policy>', 'categories that training never saw (default: as in the model)').choices([
      ...optionRecords.unseen.choices!,
    ]),
  );
  for (const option of [...flagOf('delimiter'), ...flagOf('header')]) command.addOption(option);
  return command;
}

/** Units of odds ratios in a summary. */
function perOf(command: Command): Command {
  return command.addOption(
    new Option('--per <units>', 'odds ratios for so many units of a number: age=10').argParser(parseUnits),
  );
}

/** What weighs the rows of a file. */
function weightsOf(command: Command): Command {
  return command
    .option('--weights <column>', 'column of sample weights (default: the one that weighed the rows in training)')
    .option('--no-weights', 'count each row once');
}
