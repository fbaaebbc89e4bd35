/** The trainer's command, program and environment, as every executor that starts processes builds them. */
export { type Env, trainerEnv } from './local/env.js';
export { checkCommand, describeCommand, describeEnv, expandCommand, saysAll } from './local/placeholders.js';
export { checkPlatform } from './local/platform.js';
export { findProgram } from './local/program.js';
