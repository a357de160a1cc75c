/** The rooms of docs/architecture.md: what each may import. A new room is a new line here. */
const may = (room, allowed) => ({
  name: `${room}-imports`,
  severity: 'error',
  from: { path: `^src/${room}` },
  to: { path: '^src/', pathNot: [`^src/${room}`, '^src/(errors|yielding)[.]ts$', ...allowed.map((path) => `^src/${path}`)] },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'errors-import-nothing', severity: 'error', from: { path: '^src/errors[.]ts$' }, to: { path: '.' } },
    may('math/', []),
    may('yielding', []),
    may('runtime/', []),
    may('predict/', ['math/']),
    may('explain/', ['math/', 'predict/(cell|model-file|read-row|score-options)[.]ts$']),
    may('rows/', ['math/']),
    may('sql/', ['data/', 'rows/', 'math/', 'predict/model-file[.]ts$']),
    may('data/', ['math/', 'predict/(cell|read-row)[.]ts$']),
    may('design/', ['data/', 'sql/', 'rows/', 'math/', 'predict/model-file[.]ts$']),
    may('backends/', ['rows/', 'runtime/', 'math/']),
    may('objective/', ['rows/', 'math/']),
    may('solvers/', ['objective/', 'math/']),
    may('fitting/', ['objective/', 'solvers/', 'rows/', 'math/']),
    may('evaluation/', ['rows/contract[.]ts$', 'math/']),
    may('bench/', ['backends/', 'model/', 'objective/', 'solvers/', 'rows/', 'math/']),
    may('model/', ['data/', 'sql/', 'design/', 'rows/', 'backends/', 'objective/', 'solvers/', 'fitting/', 'evaluation/', 'explain/', 'predict/', 'math/']),
    may('text/', ['data/', 'runtime/', 'math/', 'predict/cell[.]ts$']),
    may('platform/', ['data/', 'sql/', 'text/', 'predict/cell[.]ts$']),
    may('cli/', ['node[.]ts$', 'bench/', 'model/option-records[.]ts$', 'platform/write-file[.]ts$']),
    may('predict[.]ts$', ['predict/']),
    {
      name: 'tensors-stay-in-backends',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/backends/' },
      to: { path: '@tensorflow|webgpu' },
    },
    {
      name: 'node-stays-in-platform',
      comment: 'node.ts reads model files; the command and bench run in Node; runtime/node.ts is what a bundle for the browser leaves out.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/|bench/|cli|node[.]ts|runtime/node[.]ts)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'duckdb-stays-in-platform',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: '@duckdb' },
    },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, exclude: { path: 'src/(backends/cpu|text|bench)/assembly' } },
};
