/** What build.ts writes into the page's sources in place of these. */

/** Lines of the library: code`path#function#words of one line`, or the whole function where no words stand. */
declare function code(reference: TemplateStringsArray): import('../code-of.ts').Quoted;

/** TeX as MathML; $ at the end sets it in display style. */
declare function tex(formula: TemplateStringsArray): string;

/** A file of docs/ as the blocks of the story. */
declare function story(path: TemplateStringsArray): readonly import('../markdown.ts').Block[];

/** The program of TensorFlow.js's wasm backend, as a data address. */
declare const wasmProgram: string;
