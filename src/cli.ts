#!/usr/bin/env node
/** The command `logit`: hands the arguments to cli/main.ts and exits with what it says. */
import { main } from './cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
